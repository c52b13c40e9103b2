-- What migrations of older projects touch of pgsodium: the table of keys and the sequence of their ids. There is no
-- key management and no encryption here; vault has its own.

create type pgsodium.key_status as enum ('default', 'valid', 'invalid', 'expired');
create type pgsodium.key_type as enum (
  'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf', 'secretbox',
  'secretstream', 'stream_xchacha20'
);

create table pgsodium.key (
  id              uuid primary key default gen_random_uuid(),
  status          pgsodium.key_status default 'valid',
  created         timestamptz not null default current_timestamp,
  expires         timestamptz,
  key_type        pgsodium.key_type default 'aead-det',
  key_id          bigserial,
  key_context     bytea default 'pgsodium',
  name            text unique,
  associated_data text default 'associated',
  raw_key         bytea,
  raw_key_nonce   bytea,
  parent_key      uuid references pgsodium.key (id),
  comment         text,
  user_data       text
);

create view pgsodium.valid_key as
  select id, name, status, key_type, key_id, key_context, created, expires, associated_data
  from pgsodium.key
  where status in ('valid', 'default') and (expires is null or expires > now());

grant usage on schema pgsodium to postgres;
grant select on pgsodium.key, pgsodium.valid_key to postgres;
grant all on sequence pgsodium.key_key_id_seq to postgres;
