-- schemas: public, select, weird name, ÜNI
-- reserved words, quotes, unicode, upper case, order
create schema "select";
create schema "weird name";
create schema "ÜNI";
create type public."My Enum" as enum ('a', 'B', 'with space', 'with "quotes"', 'it''s', 'back\slash', 'ünï', '1', '', 'new
line', 'tab	', '日本');
create type public._underscore as enum ('x');
create type "select"."type" as enum ('default', 'await', 'self');
create type public.with_array_type as enum ('one', 'two');
create type public."Composite Type" as ("First Field" text, "select" int, "ünï" public."My Enum", "a""b" text[]);
create table public."Users" (id int primary key, "firstName" text not null, "last name" text, "from" text, "a-b" int, "a.b" int, "1st" int, "$dollar" int, "_under" int, "ünï" int, "日本" int, "class" text, "type" text, "self" text, "Ab" int, "ab" int, "aB" int, "a_b" int, "a b" int, "a1" int, "a10" int, "a2" int, "it's" int, "say ""hi""" int, "say ""hi"" it's" int, "back\slash" int, "new
line" int, z int, "Z" int, "é" int, "e" int, "f" int);
create table public.users (id int primary key, "Users_id" int references public."Users" (id), constraint "odd ""fk"" name" foreign key (id) references public."Users" (id));
create table public."select" ("select" int primary key references public."Users" (id));
create table public."with ""quotes""" ("x" public."My Enum" not null, "y" public._underscore, "z" public._underscore[], "w" public."Composite Type");
create table public."日本語" ("名前" text not null);
create table public."123" ("123" int);
create table public.a_table_whose_name_is_as_long_as_postgres_allows_it_to_be_ok_ (a_column_whose_name_is_as_long_as_postgres_allows_it_to_be_ok_x public.with_array_type, b_column_whose_name_is_as_long_as_postgres_allows_it_to_be_ok_x public.with_array_type[] not null);
create table "select"."from" ("where" "select"."type" not null, "group" public."My Enum", "order" public.with_array_type[]);
create table "weird name"."a table" ("a column" "select"."type"[]);
create table "ÜNI"."Täble" (id int references public."Users" (id));
create function public."Do It"("First Arg" int, "select" text default 'x', "a""b" public."My Enum" default null) returns public."My Enum" language sql as 'select null::public."My Enum"';
create function public."it's"("a b" public."Users") returns text language sql as 'select ''x''';
create function public."say ""hi"""(public."Users") returns setof public.users language sql as 'select * from public.users';
create function "select"."function"() returns table ("return" int, "If" text) language sql as 'select 1, ''x''';
create view public."Odd View" as select id as "The Id", "firstName" from public."Users";
