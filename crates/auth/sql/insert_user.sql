-- a new user as triggers see it: without role, without confirmation
insert into auth.users (
  instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data, raw_user_meta_data,
  confirmation_token, recovery_token, email_change_token_new, email_change, is_anonymous, created_at, updated_at
)
values (
  '00000000-0000-0000-0000-000000000000', $1::uuid, $2::text, '', $3::text, $4::text, $5::text, $6::jsonb, $7::jsonb,
  '', '', '', '', $8::boolean, $9::timestamptz, $9::timestamptz
)
