-- who signs in with this number
select
  to_jsonb(u),
  coalesce((select jsonb_agg(to_jsonb(i) order by i.created_at, i.provider, i.id) from auth.identities i where i.user_id = u.id), '[]'),
  coalesce((
    select jsonb_agg(to_jsonb(f) - 'secret' - 'web_authn_credential' order by f.created_at, f.id)
    from auth.mfa_factors f
    where f.user_id = u.id
  ), '[]')
from auth.users u
where u.instance_id = '00000000-0000-0000-0000-000000000000'
  and u.phone = $1::text
  and u.aud = $2::text
  and not u.is_sso_user
limit 1
