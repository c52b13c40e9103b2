-- schemas: public, private, app
-- several schemas that refer to one another, one of them not asked for
create schema app;
create schema private;
create schema hidden;
create type app.status as enum ('on', 'off');
create type public.status as enum ('alive', 'dead');
create type hidden.secret as enum ('shh', 'quiet');
create type hidden.box as (inside text);
create table app.apps (id int primary key, status app.status not null, public_status public.status, secret hidden.secret, secrets hidden.secret[], box hidden.box);
create table public.things (id int primary key, app_id int references app.apps, status public.status not null, app_status app.status, app app.apps, box hidden.box);
create table hidden.vault (id int primary key, thing_id int references public.things, name text not null);
create table app.notes (id int primary key, app_id int references app.apps, thing_id int unique references public.things, vault_id int references hidden.vault);
create table public.vaults (vault_id int references hidden.vault, row_of hidden.vault);
create view public.app_view as select id, status from app.apps;
create view public.note_view as select id, app_id, thing_id from app.notes;
create view app.hidden_view as select id, thing_id, name from hidden.vault;
create view hidden.inner_view as select id, app_id, thing_id from app.notes;
create view public.over_hidden as select id, app_id, thing_id from hidden.inner_view;
create view app.things_view as select id, app_id from public.things;
create function public.app_rows() returns setof app.apps language sql as 'select * from app.apps';
create function public.hidden_rows() returns setof hidden.vault language sql as 'select * from hidden.vault';
create function public.label(app.apps) returns text language sql as 'select ''x''';
create function app.label(app.apps) returns text language sql as 'select ''x''';
create function app.things(app.apps) returns setof public.things language sql as 'select * from public.things';
create function app.takes(s public.status, t hidden.secret, u app.status, v app.notes, w public.things) returns hidden.box language sql as 'select null::hidden.box';
create function hidden.not_seen() returns int language sql as 'select 1';
