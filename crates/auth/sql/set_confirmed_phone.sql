-- a number that needs no message
update auth.users
set
  phone = $2::text,
  phone_change = '',
  phone_change_token = '',
  phone_confirmed_at = $3::timestamptz,
  updated_at = $3::timestamptz
where id = $1::uuid
