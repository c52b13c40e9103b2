-- a PKCE flow that goes through a mailbox
insert into auth.flow_state (
  id, user_id, auth_code, code_challenge_method, code_challenge, provider_type, authentication_method,
  created_at, updated_at
)
values (
  gen_random_uuid(), $1::uuid, gen_random_uuid()::text, $2::auth.code_challenge_method, $3::text, $4::text, $5::text,
  $6::timestamptz, $6::timestamptz
)
