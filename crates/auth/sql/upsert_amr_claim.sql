-- how the user of a session proved who they are, and when they last did so
insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
values (gen_random_uuid(), $1::uuid, $3::timestamptz, $3::timestamptz, $2::text)
on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at
