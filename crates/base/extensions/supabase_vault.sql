-- The surface of supabase_vault 0.3: secrets encrypted at rest.
--
-- A secret is encrypted with AES-256 in CBC mode under a random nonce and authenticated together with its row's id
-- (HMAC-SHA-256 over id, nonce and ciphertext), with two keys derived from the project's root key for that row. The
-- root key is in no table that `postgres` may read: ferrobase.root_key() tells where it lies (the platform's
-- 0008_surfaces.sql), and only the functions here may call it. So a copy of the table, or of the whole database,
-- is of no use without the server's own files.

create function vault._root_key(purpose text, additional bytea, nonce bytea) returns bytea
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select extensions.hmac(
      convert_to('vault:' || purpose, 'utf8') || '\x00'::bytea || nonce || additional,
      ferrobase.root_key(),
      'sha256'::text)
  $$;

create function vault._crypto_aead_det_noncegen() returns bytea
  language sql volatile
  set search_path = pg_catalog, pg_temp
  as $$ select extensions.gen_random_bytes(32) $$;

-- The result is ciphertext and then tag. Key id and context are there for the sake of the signature.
create function vault._crypto_aead_det_encrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select ciphertext || extensions.hmac(
      int4send(length(additional)) || additional || nonce || ciphertext,
      vault._root_key('authenticate', additional, nonce), 'sha256'::text)
    from (
      select extensions.encrypt_iv(
        message, vault._root_key('encrypt', additional, nonce), substring(nonce for 16),
        'aes-cbc/pad:pkcs'::text) as ciphertext
    ) as encrypted
  $$;

create function vault._crypto_aead_det_decrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  ciphertext bytea := substring(message for greatest(length(message) - 32, 0));
  tag bytea := substring(message from length(ciphertext) + 1);
begin
  if tag is distinct from extensions.hmac(
    int4send(length(additional)) || additional || nonce || ciphertext,
    vault._root_key('authenticate', additional, nonce), 'sha256'::text)
  then
    raise exception 'invalid ciphertext' using errcode = '22023';
  end if;
  return extensions.decrypt_iv(
    ciphertext, vault._root_key('encrypt', additional, nonce), substring(nonce for 16), 'aes-cbc/pad:pkcs'::text);
end
$$;

create table vault.secrets (
  id          uuid primary key default gen_random_uuid(),
  name        text,
  description text not null default '',
  secret      text not null,
  key_id      uuid,
  nonce       bytea default vault._crypto_aead_det_noncegen(),
  created_at  timestamptz not null default current_timestamp,
  updated_at  timestamptz not null default current_timestamp
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
  select
    id, name, description, secret,
    convert_from(
      vault._crypto_aead_det_decrypt(
        decode(secret, 'base64'), convert_to(id::text, 'utf8'), 0::bigint, 'pgsodium'::bytea, nonce),
      'utf8') as decrypted_secret,
    key_id, nonce, created_at, updated_at
  from vault.secrets;

create function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  new_id uuid := gen_random_uuid();
  new_nonce bytea := vault._crypto_aead_det_noncegen();
begin
  insert into vault.secrets (id, name, description, nonce, secret)
  values (
    new_id, new_name, new_description, new_nonce,
    encode(
      vault._crypto_aead_det_encrypt(
        convert_to(new_secret, 'utf8'), convert_to(new_id::text, 'utf8'), 0::bigint, 'pgsodium'::bytea, new_nonce),
      'base64'));
  return new_id;
end
$$;

create function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null
) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  -- never twice the same for different secrets
  new_nonce bytea := vault._crypto_aead_det_noncegen();
begin
  update vault.secrets
  set secret = case
        when new_secret is null then secret
        else encode(
          vault._crypto_aead_det_encrypt(
            convert_to(new_secret, 'utf8'), convert_to(id::text, 'utf8'), 0::bigint, 'pgsodium'::bytea, new_nonce),
          'base64')
      end,
      nonce = case when new_secret is null then nonce else new_nonce end,
      name = coalesce(new_name, name),
      description = coalesce(new_description, description),
      updated_at = now()
  where id = secret_id;
end
$$;

revoke execute on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete, truncate, references on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function
  vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid),
  vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
to postgres with grant option;
grant execute on function
  vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid),
  vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
to service_role;
