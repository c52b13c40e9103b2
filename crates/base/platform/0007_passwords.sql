-- Sets a role's password, given as a SCRAM verifier: the password itself never reaches the server or its log.
create or replace function ferrobase.set_role_password(role_name text, verifier text) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  execute format('alter role %I password %L', role_name, verifier);
end
$$;
revoke execute on function ferrobase.set_role_password(text, text) from public;
