-- Files of users: a private bucket in which a name is {userId}/{entity}/{yyyy}/{mm}/{uuid}.{ext}.

-- from common/storage_folders.sql
--   bucket = user-files
--   bytes = 52428800
--   types = image/jpeg, image/png, image/gif, image/webp, application/pdf, text/plain, text/csv
--   function = is_user_file_name
--   shape = [a-z0-9][a-z0-9_-]{0,62}/[0-9]{4}/(0[1-9]|1[0-2])/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]{1,10}
-- A private bucket with a folder for each user, named by the user's id. Reading and deleting need the folder;
-- writing, and moving to another name, also a well made name. service_role passes over policies.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('user-files', 'user-files', false, 52428800,
    array['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'application/pdf', 'text/plain', 'text/csv'])
-- A bucket that is there already becomes what it should be: one made by hand may be public.
on conflict (id) do update set
    public = excluded.public,
    file_size_limit = excluded.file_size_limit,
    allowed_mime_types = excluded.allowed_mime_types;

-- Whether a name is well made: at most 1,024 bytes, no empty part, no `.` or `..`, no backslash, no control character
-- (text of Postgres cannot hold NUL), at most ten folders, and behind the owner's folder the agreed shape.
create or replace function private.is_user_file_name(name text)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select octet_length(name) <= 1024
        and name !~ '(^|/)\.{0,2}(/|$)'
        and name !~ '[\\[:cntrl:]]'
        and array_length(string_to_array(name, '/'), 1) <= 11
        and name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[a-z0-9][a-z0-9_-]{0,62}/[0-9]{4}/(0[1-9]|1[0-2])/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]{1,10}$'
$$;

revoke all on function private.is_user_file_name(text) from public, anon, authenticated, service_role;
grant execute on function private.is_user_file_name(text) to authenticated;

drop policy if exists "Users can read own files" on storage.objects;
create policy "Users can read own files"
    on storage.objects for select
    to authenticated
    using (bucket_id = 'user-files' and (select auth.uid())::text = (storage.foldername(name))[1]);

drop policy if exists "Users can upload own files" on storage.objects;
create policy "Users can upload own files"
    on storage.objects for insert
    to authenticated
    with check (bucket_id = 'user-files' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.is_user_file_name(name));

drop policy if exists "Users can update own files" on storage.objects;
create policy "Users can update own files"
    on storage.objects for update
    to authenticated
    using (bucket_id = 'user-files' and (select auth.uid())::text = (storage.foldername(name))[1])
    with check (bucket_id = 'user-files' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.is_user_file_name(name));

drop policy if exists "Users can delete own files" on storage.objects;
create policy "Users can delete own files"
    on storage.objects for delete
    to authenticated
    using (bucket_id = 'user-files' and (select auth.uid())::text = (storage.foldername(name))[1]);
-- end common/storage_folders.sql

-- from common/storage_purge.sql
--   accounts = users
--   bucket = user-files
-- Files of deleted accounts. SQL cannot delete a file, only its row, so a deleted account leaves its folder in a
-- queue; a worker with the service key asks `files_to_purge`, removes those files through the storage API, and asks
-- again until nothing is left. The queue names folders and not files, so what an upload that was under way leaves in
-- it an hour later is found as well. Safe to run twice, at once, or late.
create table public.storage_purges (
    bucket_id text not null,
    folder text not null check (folder <> '' and folder !~ '/'),
    queued_at timestamptz not null default now(),
    primary key (bucket_id, folder)
);

revoke all on public.storage_purges from anon, authenticated, service_role;
grant select on public.storage_purges to service_role;
alter table public.storage_purges enable row level security;

create function public.queue_storage_purge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.storage_purges (bucket_id, folder)
    values ('user-files', old.id::text)
    on conflict (bucket_id, folder) do update set queued_at = now();
    return null;
end;
$$;

create trigger users_queue_storage_purge
    after delete on public.users
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
    from public.storage_purges as p
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
        delete from public.storage_purges as p
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
-- end common/storage_purge.sql
