update auth.users set phone = $2::text, updated_at = $3::timestamptz where id = $1::uuid
