-- schemas: public, other, 🎉
-- names that are somebody's syntax
create schema other;
create schema "🎉";
create type public."🎉 mood" as enum ('👍', '👎', '`tick`', '${template}', '*/', '//', '<b>', E'\u00a0', 'NULL', 'true', '0', '-1');
create type other."🎉 mood" as enum ('x');
create type "🎉".party as enum ('on');
create type public."constructor" as (prototype text, "__proto__" int, "toString" public."🎉 mood"[]);
create table public."Database" (id int primary key, "Row" text, "Insert" int not null, "Update" boolean default true, "Relationships" jsonb, "__proto__" text, "constructor" text, "hasOwnProperty" int generated always as identity, "`" int, "${x}" int, "*/" int, "//" int, "</script>" int, "a\b" int, "'" int, """" int, " lead" int, "trail " int, "  " int, "a:b" int, "a?" int, "a[]" int, "a.b.c" int, "-" int, "--" int, "0" int, "00" int, "1.5" int, "NaN" int, "Infinity" int, "é" int, "é" int, "ß" int, "İ" int, "ı" int);
create table public."Tables" (id int primary key references public."Database");
create table public."Enums" (id int primary key, mood public."🎉 mood" not null default '👍', other other."🎉 mood", party "🎉".party);
create table public.json ("Json" json, "Json[]" json[]);
create table public."Constants" (x int);
create table public."public" ("public" text);
create table other."public" (id int primary key references public."Tables", again int references public."Database", constraint "f k 🎉" foreign key (id) references public."Enums");
create table "🎉"."🎉" ("key 🎉" int primary key, "👨‍👩‍👧" int, "self 🎉" int references public."Database", "👨‍👩‍👧2" int unique references other."public");
create table other."a""b'c`d" (id int primary key);
create table other.x (id int references other."a""b'c`d");
create view public."view: a, b" as select id as "i d", "Insert" from public."Database";
create view "🎉"."🎉🎉" as select "key 🎉" as a, "👨‍👩‍👧" as b from "🎉"."🎉";
create materialized view other."m v" as select * from "🎉"."🎉🎉";
create function public."__proto__"(public."Database") returns text language sql stable as 'select ''x''';
create function public."constructor"(a public."constructor") returns public."constructor" language sql as 'select a';
create function "🎉"."🎉"("🎉" "🎉"."🎉") returns setof "🎉"."🎉" language sql as 'select * from "🎉"."🎉"';
create table public.comments (id int);
comment on table public.comments is E'ends a comment */ and ``` begins\n@deprecated\n"quotes"';
comment on column public.comments.id is E'*/ export type X = 1; /*';
create table public.very_wide (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa public."🎉 mood"[] not null, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb text[] default '{}');
