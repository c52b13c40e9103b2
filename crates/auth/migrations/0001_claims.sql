-- The four functions with which policies ask who is calling. Who may enter the schema is the platform's affair.

-- what this role creates in its schema from here on is open to the project's owner;
-- anon and authenticated get nothing but the functions
alter default privileges in schema auth grant all on tables to postgres, dashboard_user;
alter default privileges in schema auth grant all on sequences to postgres, dashboard_user;
alter default privileges in schema auth grant all on functions to postgres, dashboard_user;

-- Each function looks at the setting of a single claim first (`request.jwt.claim.sub`, as set by
-- PostgREST before version 9 and by many hand-written tests), then at the whole claims document.
-- They stay plain SQL without SET clauses, so that the planner can inline them into policies.

create function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create function auth.role() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create function auth.email() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

create function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

comment on function auth.uid() is 'The caller''s user id: claim sub.';
comment on function auth.role() is 'The caller''s role: claim role. Prefer auth.jwt() ->> ''role''.';
comment on function auth.email() is 'The caller''s e-mail address: claim email. Prefer auth.jwt() ->> ''email''.';
comment on function auth.jwt() is 'All claims of the caller''s token.';
