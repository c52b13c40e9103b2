insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
values ($1::uuid, $2::uuid, $3::timestamptz, $3::timestamptz, 'aal1', $4::text, $5::inet)
