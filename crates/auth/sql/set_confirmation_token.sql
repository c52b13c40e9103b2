-- remembers what the confirmation mail asks for; a trigger may have confirmed the user already
update auth.users
set confirmation_token = $2::text, confirmation_sent_at = $3::timestamptz, updated_at = $3::timestamptz
where id = $1::uuid and confirmed_at is null
