-- The lines of a mermaid erDiagram: relationships first, then tables with their columns.
with tables as (
    select c.oid, case when n.nspname = 'public' then c.relname else n.nspname || '_' || c.relname end as name
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
        and (n.nspname in ('public', 'private') or c.oid = 'auth.users'::regclass)
        and not exists (
            select from pg_depend as d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
), lines as (
    select 1 as section, child.name as first, k.conname::text as second, 0 as third, format(
        '    %s %s--%s %s : "%s%s"',
        parent.name,
        case when exists (
            select from pg_attribute as a
            where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and not a.attnotnull
        ) then '|o' else '||' end,
        case when exists (
            select from pg_index as i
            where i.indrelid = k.conrelid and i.indisunique and i.indpred is null
                and (i.indkey::smallint[])[0:i.indnkeyatts - 1] <@ k.conkey
        ) then 'o|' else 'o{' end,
        child.name,
        (
            select string_agg(a.attname, ', ' order by position)
            from unnest(k.conkey) with ordinality as keys (attnum, position)
            join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = keys.attnum
        ),
        case k.confdeltype when 'c' then ', cascade' when 'n' then ', set null' else '' end
    ) as line
    from pg_constraint as k
    join tables as child on child.oid = k.conrelid
    join tables as parent on parent.oid = k.confrelid
    where k.contype = 'f' and k.conparentid = 0
    union all
    select 2, name, '', 0, format('    %s {', name) from tables where oid <> 'auth.users'::regclass
    union all
    select 2, t.name, '', a.attnum, format(
        '        %s %s%s',
        regexp_replace(replace(format_type(a.atttypid, null), 'timestamp with time zone', 'timestamptz'), '[ ()".]+', '_', 'g'),
        a.attname,
        coalesce(' ' || (
            select string_agg(distinct upper(k.contype::text) || 'K', ', ' order by upper(k.contype::text) || 'K' desc)
            from pg_constraint as k
            where k.conrelid = t.oid and k.contype in ('p', 'f', 'u') and a.attnum = any (k.conkey)
        ), '')
    )
    from tables as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where t.oid <> 'auth.users'::regclass
    union all
    select 2, name, '', 10000, '    }' from tables where oid <> 'auth.users'::regclass
)
select line from lines order by section, first, second, third
