-- a new address waits for its confirmation
update auth.users
set
  email_change = $2::text,
  email_change_token_new = $3::text,
  email_change_token_current = $4::text,
  email_change_sent_at = $5::timestamptz,
  email_change_confirm_status = 0,
  updated_at = $5::timestamptz
where id = $1::uuid
