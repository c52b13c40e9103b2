delete from auth.sessions where user_id = $1::uuid
