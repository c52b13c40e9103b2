update auth.users set banned_until = $2::timestamptz, updated_at = $3::timestamptz where id = $1::uuid
