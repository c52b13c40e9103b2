-- Listing of objects, as the Storage API and projects call it. All run with the rights of their caller: row level
-- security decides what is seen.

-- The folder a key lies in below a prefix, with its delimiter at the end; null for an object right there.
create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) returns text
  language sql immutable
  as $$
    select case
      when position(p_delimiter in rest) > 0
        then left(p_key, length(p_prefix) + position(p_delimiter in rest) + length(p_delimiter) - 1)
    end
    from (select substring(p_key from length(p_prefix) + 1) as rest) as below
  $$;

-- The first key, byte by byte, after all that begin with this prefix.
create function storage.key_after_prefix(prefix text) returns text
  language sql immutable
  as $$
    select case
      when prefix = '' then repeat(chr(1114111), 8)
      else left(prefix, -1) || case ascii(right(prefix, 1))
        -- what would be next is no character
        when 55295 then chr(57344)
        when 1114111 then right(prefix, 1) || chr(1114111)
        else chr(ascii(right(prefix, 1)) + 1)
      end
    end
  $$;

-- The first object from `low` on, or the last one before `high`: one step in an index.
create function storage.next_object(bucket text, low text, high text, ascending boolean, folded boolean)
  returns storage.objects
  language plpgsql stable
  as $$
declare
  found_object storage.objects;
begin
  if ascending and folded then
    select * into found_object from storage.objects as o
    where o.bucket_id = bucket and lower(o.name) collate "C" >= low and lower(o.name) collate "C" < high
    order by lower(o.name) collate "C", o.name collate "C" limit 1;
  elsif ascending then
    select * into found_object from storage.objects as o
    where o.bucket_id = bucket and o.name collate "C" >= low and o.name collate "C" < high
    order by o.name collate "C" limit 1;
  elsif folded then
    select * into found_object from storage.objects as o
    where o.bucket_id = bucket and lower(o.name) collate "C" >= low and lower(o.name) collate "C" < high
    order by lower(o.name) collate "C" desc, o.name collate "C" desc limit 1;
  else
    select * into found_object from storage.objects as o
    where o.bucket_id = bucket and o.name collate "C" >= low and o.name collate "C" < high
    order by o.name collate "C" desc limit 1;
  end if;
  return found_object;
end
$$;

-- Folders and objects right below a prefix, by name. A folder costs one step, however much lies in it.
create function storage.list_objects_with_delimiter(
  _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  start_after text default '', next_token text default '', sort_order text default 'asc'
) returns table (
  name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz
)
  language plpgsql stable
  as $$
declare
  ascending constant boolean := lower(coalesce(sort_order, 'asc')) = 'asc';
  prefix constant text := coalesce(prefix_param, '');
  cursor_key constant text := coalesce(nullif(next_token, ''), start_after, '');
  low text := prefix;
  high text := storage.key_after_prefix(prefix);
  object storage.objects;
  folder text;
begin
  if cursor_key <> '' then
    -- the cursor may name a folder, whose objects are not to come again
    if (storage.next_object(
      _bucket_id, cursor_key || delimiter_param, storage.key_after_prefix(cursor_key || delimiter_param), true, false)
    ).id is not null then
      low := case when ascending then storage.key_after_prefix(cursor_key || delimiter_param) else low end;
      high := case when ascending then high else cursor_key || delimiter_param end;
    else
      low := case when ascending then cursor_key || chr(1) else low end;
      high := case when ascending then high else cursor_key end;
    end if;
    low := case when low collate "C" < prefix then prefix else low end;
    high := case
      when high collate "C" > storage.key_after_prefix(prefix) then storage.key_after_prefix(prefix) else high end;
  end if;
  for number in 1 .. max_keys loop
    object := storage.next_object(_bucket_id, low, high, ascending, false);
    exit when object.id is null;
    folder := storage.get_common_prefix(object.name, prefix, delimiter_param);
    if folder is null then
      name := object.name;
      id := object.id;
      metadata := object.metadata;
      updated_at := object.updated_at;
      created_at := object.created_at;
      last_accessed_at := object.last_accessed_at;
      low := case when ascending then object.name || chr(1) else low end;
      high := case when ascending then high else object.name end;
    else
      name := left(folder, -length(delimiter_param));
      id := null;
      metadata := null;
      updated_at := null;
      created_at := null;
      last_accessed_at := null;
      low := case when ascending then storage.key_after_prefix(folder) else low end;
      high := case when ascending then high else folder end;
    end if;
    return next;
  end loop;
end
$$;

-- The same by time; a folder has the age of its oldest object.
create function storage.search_by_timestamp(
  p_prefix text, p_bucket_id text, p_limit integer, p_level integer, p_start_after text,
  p_sort_order text, p_sort_column text, p_sort_column_after text
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
  language plpgsql stable
  as $$
begin
  return query execute format(
    'with entry as (
       select rtrim(folder, ''/'') as name, null::uuid as id, min(o.created_at) as updated_at,
         min(o.created_at) as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
       from storage.objects as o, storage.get_common_prefix(o.name, $1, ''/'') as folder
       where o.bucket_id = $2 and starts_with(o.name, $1) and folder is not null
       group by folder
       union all
       select o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata
       from storage.objects as o
       where o.bucket_id = $2 and starts_with(o.name, $1) and storage.get_common_prefix(o.name, $1, ''/'') is null
     )
     select split_part(name, ''/'', $3), name, id, updated_at, created_at, last_accessed_at, metadata
     from entry
     where $5 = ''''
       or row(coalesce(date_trunc(''milliseconds'', %1$I), ''epoch''), name collate "C")
         %2$s row(coalesce(nullif($6, '''')::timestamptz, ''epoch''), $5)
     order by coalesce(date_trunc(''milliseconds'', %1$I), ''epoch'') %3$s, name collate "C" %3$s
     limit $4',
    case when p_sort_column = 'updated_at' then 'updated_at' else 'created_at' end,
    case when p_sort_order = 'asc' then '>' else '<' end,
    case when p_sort_order = 'asc' then 'asc' else 'desc' end)
  using coalesce(p_prefix, ''), p_bucket_id, p_level, p_limit, coalesce(p_start_after, ''), p_sort_column_after;
end
$$;

create function storage.search_v2(
  prefix text, bucket_name text, limits integer default 100, levels integer default 1, start_after text default '',
  sort_order text default 'asc', sort_column text default 'name', sort_column_after text default ''
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
  language plpgsql stable
  as $$
declare
  most constant integer := least(coalesce(limits, 100), 1500);
  direction constant text := case when lower(sort_order) = 'desc' then 'desc' else 'asc' end;
begin
  if lower(sort_column) in ('updated_at', 'created_at') then
    return query
      select *
      from storage.search_by_timestamp(
        prefix, bucket_name, most, levels, start_after, direction, lower(sort_column), sort_column_after);
  else
    return query
      select
        split_part(listed.name, '/', levels), listed.name, listed.id, listed.updated_at, listed.created_at,
        listed.last_accessed_at, listed.metadata
      from storage.list_objects_with_delimiter(
        bucket_name, coalesce(prefix, ''), '/', most, start_after, '', direction) as listed;
  end if;
end
$$;

-- The first version of listing: case does not matter, names are relative to the prefix, pages are counted. Folders
-- come first unless it is sorted by name.
create function storage.search(
  prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc'
) returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
  language plpgsql stable
  as $$
declare
  most constant integer := least(coalesce(limits, 100), 1500);
  ascending constant boolean := lower(coalesce(sortorder, 'asc')) = 'asc';
  wanted constant text := coalesce(prefix, '') || coalesce(search, '');
  relative constant integer := length(coalesce(prefix, '')) + 1;
  low text := lower(wanted);
  high text := storage.key_after_prefix(lower(wanted));
  object storage.objects;
  folder text;
begin
  if lower(sortcolumn) in ('updated_at', 'created_at', 'last_accessed_at') then
    return query execute format(
      'with seen as (
         select o.*, storage.get_common_prefix(o.name, $1, ''/'') as folder
         from storage.objects as o
         where o.bucket_id = $2 and starts_with(lower(o.name), lower($1))
       )
       (select substring(rtrim(folder, ''/'') from $3), null::uuid, null::timestamptz, null::timestamptz,
          null::timestamptz, null::jsonb
        from seen
        where folder is not null
        group by folder
        order by folder %2$s)
       union all
       (select substring(name from $3), id, updated_at, created_at, last_accessed_at, metadata
        from seen
        where folder is null
        order by %1$I %2$s)
       limit $4 offset $5',
      lower(sortcolumn), case when ascending then 'asc' else 'desc' end)
    using wanted, bucketname, relative, most, offsets;
    return;
  end if;
  for number in 1 .. most + coalesce(offsets, 0) loop
    object := storage.next_object(bucketname, low, high, ascending, true);
    exit when object.id is null;
    folder := storage.get_common_prefix(object.name, wanted, '/');
    if folder is null then
      name := substring(object.name from relative);
      id := object.id;
      updated_at := object.updated_at;
      created_at := object.created_at;
      last_accessed_at := object.last_accessed_at;
      metadata := object.metadata;
      low := case when ascending then lower(object.name) || chr(1) else low end;
      high := case when ascending then high else lower(object.name) end;
    else
      name := substring(rtrim(folder, '/') from relative);
      id := null;
      updated_at := null;
      created_at := null;
      last_accessed_at := null;
      metadata := null;
      low := case when ascending then storage.key_after_prefix(lower(folder)) else low end;
      high := case when ascending then high else lower(folder) end;
    end if;
    if number > coalesce(offsets, 0) then
      return next;
    end if;
  end loop;
end
$$;

create function storage.list_multipart_uploads_with_delimiter(
  bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  next_key_token text default '', next_upload_token text default ''
) returns table (key text, id text, created_at timestamptz)
  language plpgsql stable
  as $$
begin
  return query
    select distinct on (listed.key) listed.key, listed.id, listed.created_at
    from (
      select
        coalesce(storage.get_common_prefix(u.key, prefix_param, delimiter_param), u.key) collate "C" as key,
        u.id, u.created_at
      from storage.s3_multipart_uploads as u
      where u.bucket_id = list_multipart_uploads_with_delimiter.bucket_id
        and starts_with(lower(u.key), lower(prefix_param))
        and (next_upload_token = '' or u.id collate "C" > next_upload_token)
    ) as listed
    where next_key_token = '' or next_upload_token <> '' or listed.key > next_key_token
    order by listed.key, listed.created_at
    limit max_keys;
end
$$;

-- Whether the caller may insert an object: always fails, with PT200 when it may.
create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void
  language plpgsql
  as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata) values (bucketid, name, owner, metadata);
  raise sqlstate 'PT200' using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

do $$
declare
  added regprocedure;
begin
  for added in
    select oid
    from pg_proc
    where pronamespace = 'storage'::regnamespace and proowner = current_user::regrole
  loop
    execute format('grant execute on function %s to postgres, anon, authenticated, service_role', added);
    execute format('alter function %s owner to supabase_storage_admin', added);
  end loop;
end
$$;
