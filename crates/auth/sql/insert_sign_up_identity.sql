-- what the identity says of itself wins over the caller's data; the address is re-read, for a trigger may have changed it
insert into auth.identities (
  id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
)
select
  $2::uuid,
  u.id::text,
  u.id,
  $4::jsonb
    || jsonb_strip_nulls(jsonb_build_object('sub', u.id, 'email', lower(nullif(u.email, ''))))
    || '{"email_verified": false, "phone_verified": false}',
  $3::text,
  $5::timestamptz,
  $5::timestamptz,
  $5::timestamptz
from auth.users u
where u.id = $1::uuid
on conflict (provider_id, provider) do nothing
