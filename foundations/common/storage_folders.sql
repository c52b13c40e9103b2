--! bucket: the bucket
--! bytes: the largest file, in bytes
--! types list: allowed MIME types
--! whose = own files: what the policies call them
--! function: name of the function, in the schema private, that says whether a name is well made
--! shape: regular expression for what follows the owner's folder and a slash
-- A private bucket with a folder for each user, named by the user's id. Reading and deleting need the folder;
-- writing, and moving to another name, also a well made name. service_role passes over policies.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('{{ bucket }}', '{{ bucket }}', false, {{ bytes }},
    array[{% for type in types %}'{{ type }}'{% if not loop.last %}, {% endif %}{% endfor %}])
-- A bucket that is there already becomes what it should be: one made by hand may be public.
on conflict (id) do update set
    public = excluded.public,
    file_size_limit = excluded.file_size_limit,
    allowed_mime_types = excluded.allowed_mime_types;

-- Whether a name is well made: at most 1,024 bytes, no empty part, no `.` or `..`, no backslash, no control character
-- (text of Postgres cannot hold NUL), at most ten folders, and behind the owner's folder the agreed shape.
create or replace function private.{{ function }}(name text)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select octet_length(name) <= 1024
        and name !~ '(^|/)\.{0,2}(/|$)'
        and name !~ '[\\[:cntrl:]]'
        and array_length(string_to_array(name, '/'), 1) <= 11
        and name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/{{ shape }}$'
$$;

revoke all on function private.{{ function }}(text) from public, anon, authenticated, service_role;
grant execute on function private.{{ function }}(text) to authenticated;

drop policy if exists "Users can read {{ whose }}" on storage.objects;
create policy "Users can read {{ whose }}"
    on storage.objects for select
    to authenticated
    using (bucket_id = '{{ bucket }}' and (select auth.uid())::text = (storage.foldername(name))[1]);

drop policy if exists "Users can upload {{ whose }}" on storage.objects;
create policy "Users can upload {{ whose }}"
    on storage.objects for insert
    to authenticated
    with check (bucket_id = '{{ bucket }}' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.{{ function }}(name));

drop policy if exists "Users can update {{ whose }}" on storage.objects;
create policy "Users can update {{ whose }}"
    on storage.objects for update
    to authenticated
    using (bucket_id = '{{ bucket }}' and (select auth.uid())::text = (storage.foldername(name))[1])
    with check (bucket_id = '{{ bucket }}' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.{{ function }}(name));

drop policy if exists "Users can delete {{ whose }}" on storage.objects;
create policy "Users can delete {{ whose }}"
    on storage.objects for delete
    to authenticated
    using (bucket_id = '{{ bucket }}' and (select auth.uid())::text = (storage.foldername(name))[1]);
