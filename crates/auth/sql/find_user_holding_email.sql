-- whom an address belongs to, by an identity or by the user's own row; $3 is not asked
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
  and u.aud = $2::text
  and u.id is distinct from $3::uuid
  and u.id in (
    select user_id from auth.identities where email = $1::text and provider not like 'sso:%'
    union all
    select id from auth.users
    where instance_id = '00000000-0000-0000-0000-000000000000' and lower(email::text) = $1::text and not is_sso_user
  )
limit 1
