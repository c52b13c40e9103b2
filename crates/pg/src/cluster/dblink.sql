do $dblink$
declare
  granted record;
begin
  for granted in
    select proc.oid::pg_catalog.regprocedure as function, acl.grantee::pg_catalog.regrole as role
    from pg_catalog.pg_proc as proc
    join pg_catalog.pg_depend as member
      on member.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and member.objid = proc.oid and member.deptype = 'e'
    join pg_catalog.pg_extension as extension
      on member.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and member.refobjid = extension.oid
    cross join pg_catalog.aclexplode(proc.proacl) as acl
    where extension.extname = 'dblink' and proc.proname = 'dblink_connect_u'
      and acl.grantee not in (0, proc.proowner)
  loop
    execute pg_catalog.format('revoke all on function %s from %s', granted.function, granted.role);
  end loop;
end
$dblink$;
