-- the first token of a session
insert into auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
values ('00000000-0000-0000-0000-000000000000', $1::text, $2::uuid::text, false, $4::timestamptz, $4::timestamptz, '', $3::uuid)
