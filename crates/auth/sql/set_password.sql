-- whoever changes a password no longer trusts what the old one asked for
update auth.users
set
  encrypted_password = $2::text,
  confirmation_token = '',
  confirmation_sent_at = null,
  recovery_token = '',
  recovery_sent_at = null,
  email_change_token_current = '',
  email_change_token_new = '',
  email_change_sent_at = null,
  phone_change_token = '',
  phone_change_sent_at = null,
  reauthentication_token = '',
  reauthentication_sent_at = null,
  updated_at = $3::timestamptz
where id = $1::uuid
