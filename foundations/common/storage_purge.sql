--! table = storage_purges: the queue to make
--! accounts = users: the table whose deleted rows leave files behind
--! key = id: its column with the id of the account
--! bucket: the bucket with a folder for each account
-- Files of deleted accounts. SQL cannot delete a file, only its row, so a deleted account leaves its folder in a
-- queue; a worker with the service key asks `files_to_purge`, removes those files through the storage API, and asks
-- again until nothing is left. The queue names folders and not files, so what an upload that was under way leaves in
-- it an hour later is found as well. Safe to run twice, at once, or late.
create table public.{{ table }} (
    bucket_id text not null,
    folder text not null check (folder <> '' and folder !~ '/'),
    queued_at timestamptz not null default now(),
    primary key (bucket_id, folder)
);

revoke all on public.{{ table }} from anon, authenticated, service_role;
grant select on public.{{ table }} to service_role;
alter table public.{{ table }} enable row level security;

create function public.queue_storage_purge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.{{ table }} (bucket_id, folder)
    values ('{{ bucket }}', old.{{ key }}::text)
    on conflict (bucket_id, folder) do update set queued_at = now();
    return null;
end;
$$;

create trigger {{ accounts }}_queue_storage_purge
    after delete on public.{{ accounts }}
    for each row execute function public.queue_storage_purge();

-- What is to be removed now.
create function public.files_to_purge(max_files integer default 100)
returns table (bucket_id text, name text)
language sql
stable
security definer
set search_path = ''
as $$
    select o.bucket_id, o.name
    from public.{{ table }} as p
    join storage.objects as o on o.bucket_id = p.bucket_id
        -- every name in the folder, in the order of the index of storage.objects
        and o.name collate "C" > p.folder || '/' and o.name collate "C" < p.folder || '0'
    order by p.queued_at, o.name
    limit least(greatest(max_files, 0), 1000)
$$;

-- Drops what is done: folders that have been empty for a day, by when no token of the account is valid any more.
-- Returns how many.
create function public.finish_storage_purges()
returns bigint
language sql
security definer
set search_path = ''
as $$
    with finished as (
        delete from public.{{ table }} as p
        where p.queued_at < now() - interval '1 day'
            and not exists (
                select from storage.objects as o
                where o.bucket_id = p.bucket_id
                    and o.name collate "C" > p.folder || '/' and o.name collate "C" < p.folder || '0'
            )
        returning 1
    )
    select count(*) from finished
$$;

revoke all on function public.queue_storage_purge(), public.files_to_purge(integer), public.finish_storage_purges()
    from public, anon, authenticated, service_role;
grant execute on function public.files_to_purge(integer), public.finish_storage_purges() to service_role;
