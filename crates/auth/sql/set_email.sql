update auth.users set email = $2::text, updated_at = $3::timestamptz where id = $1::uuid
