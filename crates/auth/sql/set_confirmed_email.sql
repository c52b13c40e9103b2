-- an address that needs no mail: an anonymous user takes it at once
update auth.users
set
  email = $2::text,
  email_change = '',
  email_change_token_current = '',
  email_change_token_new = '',
  email_change_confirm_status = 0,
  email_confirmed_at = coalesce(email_confirmed_at, $3::timestamptz),
  updated_at = $3::timestamptz
where id = $1::uuid
