update auth.users set is_anonymous = false, updated_at = $2::timestamptz where id = $1::uuid and is_anonymous
