update auth.users
set confirmation_token = '', email_confirmed_at = $2::timestamptz, updated_at = $2::timestamptz
where id = $1::uuid
