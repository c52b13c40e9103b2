-- A stand-in for pg_graphql where the server does not have it: there is no GraphQL, but migrations that ask for the
-- extension run, and who queries is told what is missing.

create function graphql.resolve(
  query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null
) returns jsonb
  language sql immutable
  as $$
    select jsonb_build_object('errors', jsonb_build_array(jsonb_build_object(
      'message',
      'pg_graphql is not installed on this PostgreSQL server. Install it there (see supabase.github.io/pg_graphql), '
        'then drop and create the extension.')))
  $$;

grant usage on schema graphql to postgres, anon, authenticated, service_role;
grant execute on function graphql.resolve(text, jsonb, text, jsonb) to postgres, anon, authenticated, service_role;
