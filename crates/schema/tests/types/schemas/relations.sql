-- schemas: public
-- foreign keys of every kind, partitions, inheritance
create table public.users (id uuid primary key, email text unique not null);
create table public.profiles (user_id uuid primary key references public.users, bio text);
create table public.settings (
  id int primary key, user_id uuid unique references public.users, other uuid references public.users (id)
);
create table public.teams (id int, region text, name text, primary key (id, region), unique (region, name));
create table public.members (
  team_id int not null, team_region text not null, user_id uuid not null references public.users on delete cascade,
  invited_by uuid, invited_email text references public.users (email),
  primary key (team_id, team_region, user_id),
  foreign key (team_id, team_region) references public.teams,
  constraint "a very long constraint name with spaces in it, to be broken" foreign key (invited_by) references public.users
);
create table public.captains (
  region text, id int, primary key (id, region), foreign key (id, region) references public.teams (id, region)
);
create table public.vice_captains (
  region text, id int, primary key (region, id), foreign key (id, region) references public.teams (id, region)
);
create table public.nodes (id int primary key, parent_id int references public.nodes, next_id int unique references public.nodes);
create table public.events (id bigint, at timestamptz not null, user_id uuid references public.users, primary key (id, at))
  partition by range (at);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
create table public.events_rest partition of public.events default;
create table public.event_notes (
  id int primary key, event_id bigint, event_at timestamptz, foreign key (event_id, event_at) references public.events
);
create table public.animals (id int primary key, name text not null);
create table public.dogs (breed text) inherits (public.animals);
create view public.user_names as select id, email from public.users;
create view public.member_pairs as
  select m.team_id, m.team_region, m.user_id, m.user_id as same_user, t.name from public.members m
  join public.teams t on t.id = m.team_id and t.region = m.team_region;
create view public.team_keys as select id, region, id as id_again from public.teams;
create materialized view public.profile_cache as select user_id, bio from public.profiles;
