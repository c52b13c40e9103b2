-- Foreign keys whose columns no index begins with: a delete or update of the other table reads this one whole. The column
-- that names the other row by itself is enough: what stands beside it (a tenant) finds nothing more.
select format('%s, %I', conrelid::regclass, conname),
  format('has no index that begins with (%s): deleting from %s reads the whole table',
    (select string_agg(quote_ident(attname), ', ' order by place)
     from unnest(conkey) with ordinality as key (number, place)
     join pg_attribute on attrelid = conrelid and attnum = number),
    confrelid::regclass)
from pg_constraint
join pg_namespace on pg_namespace.oid = connamespace
where contype = 'f' and conparentid = 0 and nspname = any ($1::text[]) and $2::text[] is not null
  and not exists (
    select
    from pg_index
    where indrelid = conrelid and indpred is null and indisvalid
      and (
        (
          select array_agg(number order by number)
          from unnest((string_to_array(indkey::text, ' ')::int2[])[1:cardinality(conkey)]) as number
        ) = (select array_agg(number order by number) from unnest(conkey) as number)
        or exists (
          select
          from pg_index as named
          where named.indrelid = confrelid and named.indisunique and named.indpred is null and named.indnkeyatts = 1
            and named.indkey[0] = confkey[array_position(conkey, pg_index.indkey[0])]
        )
      )
  )
order by 1
