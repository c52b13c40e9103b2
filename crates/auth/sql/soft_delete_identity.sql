update auth.identities
set provider_id = $2::text, identity_data = '{}', updated_at = $3::timestamptz
where id = $1::uuid
