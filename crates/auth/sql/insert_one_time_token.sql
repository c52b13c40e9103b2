-- the newest token of a kind replaces the one before
insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
values (
  gen_random_uuid(), $1::uuid, $2::auth.one_time_token_type, $3::text, $4::text,
  $5::timestamptz at time zone 'utc', $5::timestamptz at time zone 'utc'
)
on conflict (user_id, token_type) do update
set token_hash = excluded.token_hash, relates_to = excluded.relates_to, updated_at = excluded.updated_at
