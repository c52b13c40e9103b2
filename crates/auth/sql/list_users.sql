-- a page of an audience's users
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
  and u.aud = $1::text
  and ($2::text is null or u.email like $2::text or u.raw_user_meta_data ->> 'full_name' ilike $2::text)
order by
  case when $3::boolean then u.created_at end asc,
  case when not $3::boolean then u.created_at end desc,
  u.id
limit $4::bigint
offset $5::bigint
