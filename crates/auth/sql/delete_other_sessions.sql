delete from auth.sessions where user_id = $1::uuid and id is distinct from $2::uuid
