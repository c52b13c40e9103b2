-- what people made and we can neither compare nor print, by name
with ours as (
  select oid, nspname from pg_namespace where nspname = any ($1::text[])
),
found (class, oid, what) as (
  select 'pg_class'::regclass, c.oid, format('foreign table %s.%s', o.nspname, c.relname)
  from pg_class c join ours o on o.oid = c.relnamespace where c.relkind = 'f'
  union all
  select 'pg_class'::regclass, c.oid, format('typed table %s.%s', o.nspname, c.relname)
  from pg_class c join ours o on o.oid = c.relnamespace where c.reloftype <> 0
  union all
  select 'pg_type'::regclass, t.oid, format('base type %s.%s', o.nspname, t.typname)
  from pg_type t join ours o on o.oid = t.typnamespace where t.typtype = 'b' and t.typcategory <> 'A'
  union all
  select 'pg_opclass'::regclass, c.oid, format('operator class %s.%s', o.nspname, c.opcname)
  from pg_opclass c join ours o on o.oid = c.opcnamespace
  union all
  select 'pg_opfamily'::regclass, f.oid, format('operator family %s.%s', o.nspname, f.opfname)
  from pg_opfamily f join ours o on o.oid = f.opfnamespace
  where not exists (select from pg_opclass c where c.opcfamily = f.oid)
  union all
  select 'pg_conversion'::regclass, c.oid, format('conversion %s.%s', o.nspname, c.conname)
  from pg_conversion c join ours o on o.oid = c.connamespace
  union all
  select 'pg_ts_parser'::regclass, p.oid, format('text search parser %s.%s', o.nspname, p.prsname)
  from pg_ts_parser p join ours o on o.oid = p.prsnamespace
  union all
  select 'pg_ts_template'::regclass, t.oid, format('text search template %s.%s', o.nspname, t.tmplname)
  from pg_ts_template t join ours o on o.oid = t.tmplnamespace
  union all
  select 'pg_foreign_server'::regclass, s.oid, format('foreign server %s', s.srvname) from pg_foreign_server s
  union all
  select 'pg_foreign_data_wrapper'::regclass, w.oid, format('foreign data wrapper %s', w.fdwname)
  from pg_foreign_data_wrapper w
  union all
  select 'pg_am'::regclass, a.oid, format('access method %s', a.amname) from pg_am a where a.oid >= 16384
  union all
  select 'pg_transform'::regclass, t.oid, format('transform for %s', format_type(t.trftype, null))
  from pg_transform t
  union all
  select 'pg_language'::regclass, l.oid, format('language %s', l.lanname) from pg_language l where l.oid >= 16384
  union all
  select 'pg_class'::regclass, c.oid, format('security label on %s.%s', o.nspname, c.relname)
  from pg_seclabel s join pg_class c on s.classoid = 'pg_class'::regclass and c.oid = s.objoid
  join ours o on o.oid = c.relnamespace
)
select f.what
from found f
where not exists (
  select from pg_depend e where e.classid = f.class and e.objid = f.oid and e.deptype in ('e', 'i')
)
order by f.what
