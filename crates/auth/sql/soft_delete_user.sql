-- the row stays for those who reference it; nothing in it tells who it was
update auth.users
set
  email = $2::text,
  phone = $3::text,
  email_change = $4::text,
  phone_change = $5::text,
  encrypted_password = null,
  confirmation_token = '',
  recovery_token = '',
  email_change_token_current = '',
  email_change_token_new = '',
  phone_change_token = '',
  raw_user_meta_data = '{}',
  raw_app_meta_data = '{}',
  deleted_at = $6::timestamptz,
  updated_at = $6::timestamptz
where id = $1::uuid and deleted_at is null
