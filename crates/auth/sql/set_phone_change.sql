-- a new number waits for its confirmation
update auth.users
set
  phone_change = $2::text,
  phone_change_token = $3::text,
  phone_change_sent_at = $4::timestamptz,
  updated_at = $4::timestamptz
where id = $1::uuid
