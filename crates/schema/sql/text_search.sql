-- text search configurations and dictionaries: what they are made of, as options and mappings
select d.oid::int8, n.nspname, d.dictname, obj_description(d.oid, 'pg_ts_dict'),
  pg_get_userbyid(d.dictowner), null,
  'dictionary',
  array_remove(array[
    (
      select format('template = %I.%I', k.nspname, t.tmplname)
      from pg_ts_template t join pg_namespace k on k.oid = t.tmplnamespace where t.oid = d.dicttemplate
    ),
    d.dictinitoption
  ], null),
  '{}'::text[], '{}'::text[], 3600
from pg_ts_dict d
join pg_namespace n on n.oid = d.dictnamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_ts_dict'::regclass and e.objid = d.oid and e.deptype = 'e'
  )
union all
select c.oid::int8, n.nspname, c.cfgname, obj_description(c.oid, 'pg_ts_config'),
  pg_get_userbyid(c.cfgowner), null,
  'configuration',
  array(
    select format('parser = %I.%I', k.nspname, p.prsname)
    from pg_ts_parser p join pg_namespace k on k.oid = p.prsnamespace where p.oid = c.cfgparser
  ),
  array(
    select t.alias from pg_ts_config_map m
    join ts_token_type(c.cfgparser) t on t.tokid = m.maptokentype
    where m.mapcfg = c.oid group by t.tokid, t.alias order by t.tokid
  ),
  array(
    select string_agg(format('%I.%I', k.nspname, d.dictname), ', ' order by m.mapseqno)
    from pg_ts_config_map m
    join pg_ts_dict d on d.oid = m.mapdict
    join pg_namespace k on k.oid = d.dictnamespace
    where m.mapcfg = c.oid group by m.maptokentype order by m.maptokentype
  ),
  3602
from pg_ts_config c
join pg_namespace n on n.oid = c.cfgnamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_ts_config'::regclass and e.objid = c.oid and e.deptype = 'e'
  )
