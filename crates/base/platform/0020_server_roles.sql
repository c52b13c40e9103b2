-- Before version 16, CREATEROLE may give away any role that is no superuser, so `postgres` could make itself a member of those
-- that reach the server's files and programs, and leave the database. As superusers they are given by superusers only; nobody
-- is a member of them, and they cannot log in. `alter role` refuses reserved names, hence the catalogue itself.
do $$
begin
  if current_setting('server_version_num')::integer < 160000 then
    perform pg_temp.attempt($attempt$
      update pg_authid set rolsuper = true
      where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') and not rolsuper
        and not exists (select from pg_auth_members where roleid = pg_authid.oid)$attempt$);
  end if;
end
$$;
