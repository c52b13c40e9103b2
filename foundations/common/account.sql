--! table: the mirror of auth.users
--! key = id: its column with the id of the account, primary key or unique
--! columns: what a sign-up fills in
--! values: with what
--! email = new.email: what the mirror holds of the address
--! also = : one more statement of the sign-up, without its semicolon
-- The mirror of auth.users: a row for each account from the moment it exists, with the address it has now. It goes
-- with the account by its foreign key. E-mail is neither required nor unique in it: an account may have only a
-- phone or be anonymous, and an SSO account may share an address with a password account; Auth decides about that.

-- Runs inside the sign-up, so it must not fail: an error here refuses the account. Auth connects with another search
-- path, so every name is qualified.
create function public.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.{{ table }} ({{ columns }})
    values ({{ values }})
    on conflict ({{ key }}) do nothing;
{% if also %}
    {{ also }};
{% endif %}
    return new;
end;
$$;

create trigger on_auth_user_created
    after insert on auth.users
    for each row execute function public.handle_new_user();

create function public.handle_user_email_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.{{ table }} set email = {{ email }} where {{ key }} = new.id;
    return new;
end;
$$;

create trigger on_auth_user_email_changed
    after update on auth.users
    for each row
    when (old.email is distinct from new.email)
    execute function public.handle_user_email_change();

revoke all on function public.handle_new_user(), public.handle_user_email_change()
    from public, anon, authenticated, service_role;

-- Accounts from before this migration.
insert into public.{{ table }} ({{ columns }})
select {{ values }} from auth.users as new
on conflict ({{ key }}) do nothing;
