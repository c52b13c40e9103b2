--! table = assets: the table of files
--! owner = user_id: its column with the owner
--! size = file_size: its column with the size in bytes, with a check that it is not negative
--! accounts = users: the table with the sums
--! key = id: its column that the owner refers to
--! used: its column with the bytes in use
--! allowed: its column with the bytes allowed, null: unlimited
--! function: name of the trigger function
-- What the files of an account take up, kept by the database: it follows every insert, delete and change of size or
-- owner, and what would go beyond the allowance is refused with PT402 (HTTP 402). Runs as its owner, so that it counts
-- whoever writes the file and although nobody may write the sum.
alter table public.{{ accounts }}
    add constraint {{ accounts }}_{{ used }}_check check ({{ used }} >= 0);

create function public.{{ function }}()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    change record;
begin
    -- In a fixed order, so that two statements that move files between accounts cannot deadlock.
    for change in
        select owner, sum(size)::bigint as size
        from (values
            (case when tg_op <> 'INSERT' then old.{{ owner }} end, case when tg_op <> 'INSERT' then -old.{{ size }} end),
            (case when tg_op <> 'DELETE' then new.{{ owner }} end, case when tg_op <> 'DELETE' then new.{{ size }} end)
        ) as changes (owner, size)
        where owner is not null
        group by owner having sum(size) <> 0
        order by owner
    loop
        update public.{{ accounts }} as a
        set {{ used }} = a.{{ used }} + change.size
        where a.{{ key }} = change.owner
            and (change.size < 0 or a.{{ allowed }} is null or change.size <= a.{{ allowed }} - a.{{ used }});
        -- an account that is gone takes its files along and needs no sum
        if not found and (change.size > 0 or exists (
            select from public.{{ accounts }} as a where a.{{ key }} = change.owner
        )) then
            raise exception 'storage allowance exceeded'
                using errcode = 'PT402', hint = 'Delete files, or upgrade the plan.', detail = (
                    select format('Allowed are %s bytes: %s used, %s asked for.', a.{{ allowed }}, a.{{ used }}, change.size)
                    from public.{{ accounts }} as a where a.{{ key }} = change.owner);
        end if;
    end loop;
    return null;
end;
$$;

create trigger {{ table }}_count_sizes
    after insert or delete or update of {{ owner }}, {{ size }} on public.{{ table }}
    for each row execute function public.{{ function }}();

revoke all on function public.{{ function }}() from public, anon, authenticated, service_role;
