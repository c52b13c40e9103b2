-- a refresh token with its session and user; a token older than the sessions table has neither
select
  to_jsonb(u),
  coalesce((select jsonb_agg(to_jsonb(i) order by i.created_at, i.provider, i.id) from auth.identities i where i.user_id = u.id), '[]'),
  coalesce((
    select jsonb_agg(to_jsonb(f) - 'secret' - 'web_authn_credential' order by f.created_at, f.id)
    from auth.mfa_factors f
    where f.user_id = u.id
  ), '[]'),
  to_jsonb(s) - 'refresh_token_hmac_key',
  to_jsonb(t)
from auth.refresh_tokens t
left join auth.sessions s on s.id = t.session_id
left join auth.users u on u.id = s.user_id and u.instance_id = '00000000-0000-0000-0000-000000000000'
where t.token = $1::text
