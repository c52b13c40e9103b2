-- index_advisor's function: which indexes of one column would make the plan of a query cheaper. They are hypothetical
-- (hypopg), nothing is made and the query is never run.

-- The plan of a query, its parameters unknown. What is prepared outlives a transaction that fails.
create function @extschema@._index_advisor_plan(query text) returns jsonb
  language plpgsql
  set plan_cache_mode = force_generic_plan
  as $$
declare
  parameters integer;
  plan json;
begin
  execute 'prepare _index_advisor as ' || query;
  begin
    select cardinality(parameter_types) into strict parameters
    from pg_catalog.pg_prepared_statements
    where name = '_index_advisor';
    execute 'explain (verbose, format json) execute _index_advisor'
      || case when parameters > 0 then '(' || rtrim(repeat('null, ', parameters), ', ') || ')' else '' end
    into strict plan;
  exception when others then
    deallocate _index_advisor;
    raise;
  end;
  deallocate _index_advisor;
  return plan::jsonb;
end
$$;

-- Nothing but one statement: what follows a semicolon would be run.
create function @extschema@._index_advisor_statement(query text) returns text
  language plpgsql immutable
  as $$
declare
  statement text := rtrim(query, e' \t\r\n;');
  bare text := statement;
begin
  -- comments are taken away only where no quotes could make them something else
  if statement !~ '[''"]|\$[^0-9]' then
    bare := regexp_replace(statement, '--[^\n]*|/\*.*?\*/', '', 'g');
  end if;
  if bare like '%;%' then
    raise exception 'Query must not contain a semicolon' using errcode = '22023';
  end if;
  return statement;
end
$$;

-- Columns of the tables that a plan reads, but those that an index begins with.
create function @extschema@._index_advisor_columns(plan jsonb) returns table (relation regclass, attribute name)
  language sql stable
  as $$
    select rel.oid::regclass, att.attname
    from (
      select distinct node ->> 'Schema' as schema, node ->> 'Relation Name' as name
      from jsonb_path_query(plan, 'strict $.** ? (exists (@."Relation Name"))') as node
      where jsonb_typeof(node) = 'object'
    ) as read
    join pg_catalog.pg_namespace as nsp on nsp.nspname = read.schema
    join pg_catalog.pg_class as rel on rel.relnamespace = nsp.oid and rel.relname = read.name and rel.relkind in ('r', 'm')
    join pg_catalog.pg_attribute as att on att.attrelid = rel.oid and att.attnum > 0 and not att.attisdropped
    where not exists (
        select from pg_catalog.pg_index as ind
        where ind.indrelid = rel.oid and ind.indkey[0] = att.attnum and ind.indisvalid and ind.indpred is null)
  $$;

-- Hypothetical indexes are not undone with a transaction.
create function @extschema@._index_advisor_forget(hypopg text, tried oid[]) returns void
  language plpgsql
  as $$
begin
  execute format('select count(%s.hypopg_drop_index(indexrelid)) from unnest($1) as indexrelid', hypopg) using tried;
end
$$;

create function @extschema@.index_advisor(query text)
  returns table (
    startup_cost_before jsonb, startup_cost_after jsonb, total_cost_before jsonb, total_cost_after jsonb,
    index_statements text[], errors text[]
  )
  language plpgsql
  as $$
declare
  hypopg constant text := (
    select quote_ident(nsp.nspname)
    from pg_catalog.pg_extension join pg_catalog.pg_namespace as nsp on nsp.oid = extnamespace
    where extname = 'hypopg');
  statement text;
  candidate record;
  tried oid[] := '{}';
  made oid;
  before jsonb;
  later jsonb;
begin
  statement := @extschema@._index_advisor_statement(query);
  before := @extschema@._index_advisor_plan(statement) #> '{0,Plan}';
  for candidate in select * from @extschema@._index_advisor_columns(before) loop
    begin
      execute format('select indexrelid from %s.hypopg_create_index($1)', hypopg)
      into made
      using format('create index on %s (%I)', candidate.relation, candidate.attribute);
      tried := tried || made;
    exception when undefined_object then
      -- a type without an order
    end;
  end loop;
  later := @extschema@._index_advisor_plan(statement) #> '{0,Plan}';
  execute format(
    'select coalesce(array_agg(%1$s.hypopg_get_indexdef(indexrelid) order by indexrelid), ''{}'')
     from %1$s.hypopg()
     where indexrelid = any ($1) and $2 @? format(''strict $.** ? (@."Index Name" == %%s)'', to_json(indexname))::jsonpath',
    hypopg)
  into index_statements
  using tried, later;
  perform @extschema@._index_advisor_forget(hypopg, tried);
  startup_cost_before := before -> 'Startup Cost';
  startup_cost_after := later -> 'Startup Cost';
  total_cost_before := before -> 'Total Cost';
  total_cost_after := later -> 'Total Cost';
  errors := '{}';
  return next;
exception when others then
  perform @extschema@._index_advisor_forget(hypopg, tried);
  index_statements := '{}';
  errors := array[sqlerrm];
  return next;
end
$$;
