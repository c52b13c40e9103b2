delete from auth.mfa_factors where user_id = $1::uuid
