-- The bucket user-files: whose file is whose, and how it is named (S1-8, S1-9, S1-R1 to S1-R3, S1-R5).
begin;
create extension if not exists pgtap with schema extensions;
select plan(39);

insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');
insert into storage.objects (bucket_id, name) values
    ('user-files', '00000000-0000-0000-0000-00000000000b/report/2026/11/00000000-0000-0000-0000-0000000000f2.pdf');

create function pg_temp.put(name text, bucket text default 'user-files') returns void language sql as $$
    insert into storage.objects (bucket_id, name) values (bucket, name)
$$;
grant execute on function pg_temp.put to authenticated, anon;

set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select lives_ok($$select pg_temp.put('00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf')$$,
    'S1-9 A1-067 C19 a name by the convention');
select throws_ok(format('select pg_temp.put(%L)', name), '42501', null, 'S1-9 A1-067 no name: ' || left(quote_literal(name), 70))
from unnest(array[
    '00000000-0000-0000-0000-00000000000b/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/../00000000-0000-0000-0000-00000000000b/x.pdf',
    '00000000-0000-0000-0000-00000000000a/../2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/./2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a//2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '/00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/x.pdf',
    '00000000-0000-0000-0000-00000000000a',
    '',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/13/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/invoice/26/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/11/invoice.pdf',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf/x',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf}',
    '00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf' || chr(10),
    '00000000-0000-0000-0000-00000000000a/in\voice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf',
    '00000000-0000-0000-0000-00000000000a/' || repeat('x', 1000) || '/2026/11/00000000-0000-0000-0000-0000000000f1.pdf'
]) as name;
select throws_ok($$select pg_temp.put('00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1' || chr(0))$$,
    '54000', null, 'S1-9 NUL is no character of a name');
select throws_ok($$select pg_temp.put('00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f3.pdf', 'nowhere')$$,
    '42501', null, 'S1-9 no other bucket');

select results_eq('select name from storage.objects',
    $$values ('00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf')$$, 'S1-R2 reads only own files');
select lives_ok($$update storage.objects set name = replace(name, '/invoice/', '/bill/')$$, 'A1-057 moves an own file');
select throws_ok($$update storage.objects set name = replace(name, '00000000000a/', '00000000000b/')$$, '42501', null, 'S1-R1 not into another''s folder');
select throws_ok($$update storage.objects set name = replace(name, '/bill/', '/../')$$, '42501', null, 'S1-9 nor to a name that is none');
update storage.objects set name = '00000000-0000-0000-0000-00000000000a/stolen/2026/11/00000000-0000-0000-0000-0000000000f2.pdf' where name like '%00f2.pdf';
set local storage.allow_delete_query = 'true';
delete from storage.objects where name like '%00f2.pdf';
select lives_ok($$delete from storage.objects where name like '%/bill/%'$$, 'A1-058 deletes an own file');
select is_empty('select from storage.objects', 'A1-058 and it is gone');

set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select is_empty('select from storage.objects', 'S1-R5 anon lists nothing');
select throws_ok($$select pg_temp.put('00000000-0000-0000-0000-00000000000a/invoice/2026/11/00000000-0000-0000-0000-0000000000f1.pdf')$$,
    '42501', null, 'S1-R5 anon uploads nothing');

set local role service_role;
select results_eq('select name from storage.objects',
    $$values ('00000000-0000-0000-0000-00000000000b/report/2026/11/00000000-0000-0000-0000-0000000000f2.pdf')$$,
    'S1-R1 S1-R3 A1-059 A1-068 another''s file is where it was, and the service sees it');
select lives_ok($$delete from storage.objects$$, 'A1-068 the service cleans up');
reset role;

-- the queue
select results_eq('select public, file_size_limit, cardinality(allowed_mime_types) from storage.buckets',
    $$values (false, 52428800::bigint, 7)$$, 'S1-8 A1-054 the bucket is private and limited');
insert into public.storage_purges (bucket_id, folder, queued_at) values ('user-files', 'gone', now() - interval '2 days'), ('user-files', 'go', now() - interval '2 days');
insert into storage.objects (bucket_id, name) values ('user-files', 'gone/a'), ('user-files', 'gone0/b'), ('user-files', 'gon/c'), ('user-files', 'gone'), ('user-files', 'go!');
select results_eq('select name from public.files_to_purge()', $$values ('gone/a')$$, 'S1-10 what lies in a queued folder, and nothing beside it');
select is(public.finish_storage_purges(), 1::bigint, 'S1-10 a folder with a file is not done');
select results_eq('select folder from public.storage_purges', $$values ('gone')$$, 'S1-10 and is asked for again');
delete from public.storage_purges;
delete from storage.objects;
insert into public.storage_purges (bucket_id, folder, queued_at) values ('user-files', 'old', now() - interval '2 days'), ('user-files', 'new', now());
select is(public.finish_storage_purges(), 1::bigint, 'S1-10 a folder that is empty for a day is done');
select is(public.finish_storage_purges(), 0::bigint, 'S1-10 twice is once');
select throws_ok($$insert into public.storage_purges (bucket_id, folder) values ('user-files', 'a/b')$$, '23514', null, 'S1-10 a folder is one');

-- S1-8: a bucket that was made by hand before, public and without limits. The migration's statement, once more.
update storage.buckets set public = true, file_size_limit = null, allowed_mime_types = null where id = 'user-files';
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
select results_eq($$select public, file_size_limit, cardinality(allowed_mime_types) from storage.buckets where id = 'user-files'$$,
    $$values (false, 52428800::bigint, 7)$$, 'A1-070 S1-8 a bucket made by hand becomes private and limited, and policies can be made again');

select * from finish();
rollback;
