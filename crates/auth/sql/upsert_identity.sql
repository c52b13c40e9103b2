-- the user's identity at a provider: made from $4, or an existing one told what changed ($5)
insert into auth.identities (
  id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
)
values (
  $1::uuid, $2::uuid::text, $2::uuid, $4::jsonb, $3::text, $6::timestamptz, $6::timestamptz, $6::timestamptz
)
on conflict (provider_id, provider) do update
set identity_data = identities.identity_data || $5::jsonb, updated_at = $6::timestamptz
