-- Connections to streaming platforms: how many a plan allows, and tokens that only the backend ever reads.

-- Checks the plan after the insert, with the user's subscription locked: concurrent inserts cannot all be the last one.
create function private.check_platforms_limit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    subscription public.subscriptions;
begin
    select * into subscription from public.subscriptions where user_id = new.user_id for update;
    if subscription.platforms_limit is distinct from -1
        and (select count(*) from public.platform_connections where user_id = new.user_id)
            > coalesce(subscription.platforms_limit, 0) then
        raise exception 'platform limit reached'
            using errcode = 'PT402',
                detail = format('Tier %s allows %s connected platforms.',
                    private.entitled_tier(subscription.tier, subscription.status), subscription.platforms_limit),
                hint = 'Upgrade the plan, or remove another connection.';
    end if;
    return null;
end;
$$;

create trigger platform_connections_check_limit
    after insert on public.platform_connections
    for each row execute function private.check_platforms_limit();

-- The key is made here, once for each database, and kept by the vault: a dump of the tables alone opens no token.
select vault.create_secret(
    encode(extensions.gen_random_bytes(32), 'base64'),
    'platform_token_key',
    'Encrypts the OAuth tokens of public.platform_connections'
)
where not exists (select from vault.secrets where name = 'platform_token_key');

create function private.encrypt_token(token text)
returns text
language sql
stable
set search_path = ''
as $$
    select extensions.armor(extensions.pgp_sym_encrypt(token, decrypted_secret))
    from vault.decrypted_secrets where name = 'platform_token_key' and token is not null
$$;

create function private.decrypt_token(cipher text)
returns text
language sql
stable
set search_path = ''
as $$
    select extensions.pgp_sym_decrypt(extensions.dearmor(cipher), decrypted_secret)
    from vault.decrypted_secrets where name = 'platform_token_key' and cipher is not null
$$;

-- Connects a platform or renews the connection: one for each user and platform. Returns its id.
create function public.save_platform_connection(
    p_user_id uuid,
    p_platform text,
    p_platform_user_id text,
    p_access_token text,
    p_refresh_token text default null,
    p_token_expires_at timestamptz default null,
    p_platform_username text default null,
    p_cached_metadata jsonb default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
    connected uuid;
begin
    if p_user_id is null or p_platform is null or p_platform_user_id is null or coalesce(p_access_token, '') = '' then
        raise exception 'a connection has a user, a platform, an id there, and a token'
            using errcode = 'invalid_parameter_value';
    end if;
    -- One call at a time for each user: of two that insert the same channel, one would be refused by its unique key.
    perform from public.users where id = p_user_id for no key update;
    if not found then
        raise exception 'there is no user %', p_user_id using errcode = 'PT404';
    end if;
    insert into public.platform_connections as c (user_id, platform, platform_user_id, platform_username,
        access_token_encrypted, refresh_token_encrypted, token_expires_at, cached_metadata, metadata_updated_at)
    values (p_user_id, p_platform, p_platform_user_id, p_platform_username, private.encrypt_token(p_access_token),
        private.encrypt_token(p_refresh_token), p_token_expires_at, coalesce(p_cached_metadata, '{}'),
        case when p_cached_metadata is not null then now() end)
    on conflict (user_id, platform) do update set
        platform_user_id = excluded.platform_user_id,
        platform_username = coalesce(excluded.platform_username, c.platform_username),
        access_token_encrypted = excluded.access_token_encrypted,
        -- platforms send a refresh token once and leave it out of renewals
        refresh_token_encrypted = coalesce(excluded.refresh_token_encrypted, c.refresh_token_encrypted),
        token_expires_at = excluded.token_expires_at,
        cached_metadata = case when p_cached_metadata is null then c.cached_metadata else excluded.cached_metadata end,
        metadata_updated_at = coalesce(excluded.metadata_updated_at, c.metadata_updated_at),
        is_active = true
    returning c.id into connected;
    return connected;
end;
$$;

-- The tokens of a connection, for the backend that calls the platform.
create function public.platform_tokens(p_connection_id uuid)
returns table (access_token text, refresh_token text, token_expires_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
    select private.decrypt_token(c.access_token_encrypted), private.decrypt_token(c.refresh_token_encrypted),
        c.token_expires_at
    from public.platform_connections as c
    where c.id = p_connection_id
$$;

revoke all on function
    private.check_platforms_limit(),
    private.encrypt_token(text),
    private.decrypt_token(text),
    public.save_platform_connection(uuid, text, text, text, text, timestamptz, text, jsonb),
    public.platform_tokens(uuid)
    from public, anon, authenticated, service_role;
grant execute on function
    public.save_platform_connection(uuid, text, text, text, text, timestamptz, text, jsonb),
    public.platform_tokens(uuid)
    to service_role;
