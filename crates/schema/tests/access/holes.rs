//! Schemas with known holes: the matrix shows each.

use schema::access::{self, Hints, Matrix};
use testkit::TestDb;

/// The matrix of a platform database with this schema in it.
async fn matrix_with(sql: &str, hints: &str) -> Matrix {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script(sql).await.unwrap();
    let hints = Hints::parse(hints, "access.toml").unwrap();
    access::derive(&mut postgres, &["public".to_owned()], &hints).await.unwrap()
}

async fn matrix_of(sql: &str) -> Matrix {
    matrix_with(sql, "").await
}

/// The line of an actor in a section.
#[track_caller]
fn line(matrix: &Matrix, section: &str, actor: &str) -> String {
    let printed = matrix.print();
    let lines = printed.lines().skip_while(|line| *line != section);
    let found =
        lines.take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&format!("  {actor} ")));
    found.unwrap_or_else(|| panic!("no {actor} in {section} of\n{printed}")).trim().to_owned()
}

#[track_caller]
fn finds(matrix: &Matrix, finding: &str) {
    assert!(matrix.findings.contains(finding), "{finding}\nis not among\n{:#?}", matrix.findings);
}

#[tokio::test]
async fn a_profile_that_its_owner_may_promote() {
    let matrix = matrix_of(
        "create table profiles (
            id uuid primary key references auth.users on delete cascade,
            email text unique check (email like '%@%'),
            name text,
            plan text not null default 'free' check (plan in ('free', 'pro')),
            credits int not null default 0 check (credits >= 0),
            status text not null default 'active' check (status in ('active', 'suspended')),
            created_at timestamptz not null default now()
        );
        alter table profiles enable row level security;
        create policy own on profiles for all to authenticated
            using (id = (select auth.uid()) and status = 'active') with check (id = (select auth.uid()));
        create function sign_up() returns trigger language plpgsql security definer set search_path = '' as
            $$begin insert into public.profiles (id, email) values (new.id, new.email); return new; end$$;
        create trigger sign_up after insert on auth.users for each row execute function sign_up();
        create function guard() returns trigger language plpgsql as
            $$begin new.credits := old.credits; return new; end$$;
        create trigger guard before update on profiles for each row execute function guard();",
    )
    .await;
    assert_eq!(
        line(&matrix, "public.profiles", "owner"),
        "select; insert; update (email, name, plan, status, created_at); delete; truncate \
         | policy refuses: update (id) | trigger refuses: update (credits)"
    );
    // truncate knows no policies
    assert_eq!(
        line(&matrix, "public.profiles", "stranger"),
        "truncate | policy refuses: select; insert as owner; update; delete"
    );
    assert_eq!(
        line(&matrix, "public.profiles", "suspended"),
        "insert; truncate | policy refuses: select; update; delete"
    );
    finds(&matrix, "public.profiles.plan may be changed by owner");
    finds(&matrix, "public.profiles.status may be changed by owner");
    finds(&matrix, "anon may truncate public.profiles");
    finds(&matrix, "only a trigger keeps public.profiles.credits from being changed by owner");
    assert!(!matrix.findings.iter().any(|finding| finding.contains("credits may be changed")));
}

#[tokio::test]
async fn classic_mistakes_of_exposure() {
    let matrix = matrix_of(
        "create table secrets (id int primary key, word text);
        create view all_secrets as select * from secrets;
        create view careful with (security_invoker = true) as select * from secrets;
        create materialized view counted as select count(*) from secrets;
        create function leak() returns text language sql security definer as $$select word from public.secrets$$;
        create function fine() returns int language sql as $$select 1$$;
        revoke execute on function fine() from public, anon, authenticated;",
    )
    .await;
    assert_eq!(line(&matrix, "public.secrets", "anon"), "select; insert; update; delete; truncate");
    assert_eq!(line(&matrix, "public.all_secrets", "anon"), "select; update; delete");
    finds(&matrix, "public.secrets has no row level security, and grants to anon, authenticated");
    finds(&matrix, "public.all_secrets is a view without security_invoker, open to anon, authenticated");
    finds(&matrix, "public.counted has no policies by nature and is open to anon, authenticated");
    finds(&matrix, "public.leak() runs with its owner's rights and anon may call it");
    finds(&matrix, "public.leak() runs with its owner's rights and has no fixed search_path");
    assert_eq!(
        matrix.functions["public.leak()"],
        "anon, authenticated, service_role (with its owner's rights)"
    );
    assert_eq!(matrix.functions["public.fine()"], "service_role");
    assert!(!matrix.findings.iter().any(|finding| finding.contains("careful is a view")));
}

const ORGANISATIONS: &str = "
    create type org_role as enum ('owner', 'admin', 'viewer');
    create table orgs (
        id uuid primary key default gen_random_uuid(),
        slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
        owner_id uuid not null references auth.users,
        plan text not null default 'free'
    );
    create table members (
        org_id uuid references orgs on delete cascade,
        user_id uuid references auth.users on delete cascade,
        role org_role not null default 'viewer',
        primary key (org_id, user_id)
    );
    create table documents (
        id bigint generated always as identity primary key,
        org_id uuid not null references orgs on delete cascade,
        created_by uuid not null default auth.uid() references auth.users,
        title varchar(5) not null check (title <> ''),
        pages int not null check (pages between 10 and 20)
    );
    create unique index one_owner on members (org_id) where role = 'owner';
    create function founded() returns trigger language plpgsql security definer set search_path = '' as
        $$begin insert into public.members values (new.id, new.owner_id, 'owner'); return new; end$$;
    create trigger founded after insert on orgs for each row execute function founded();
    create function my_orgs(roles public.org_role[]) returns setof uuid
        language sql stable security definer set search_path = '' as
        $$select org_id from public.members where user_id = auth.uid() and role = any (roles)$$;
    revoke execute on function my_orgs(org_role[]) from public, anon;
    revoke all on orgs, members, documents from anon, authenticated;
    grant select on orgs, members to authenticated;
    grant insert, update, delete on members to authenticated;
    grant select, insert, update (title), delete on documents to authenticated;
    alter table orgs enable row level security;
    alter table members enable row level security;
    alter table documents enable row level security;
    create policy r on orgs for select to authenticated using (id in (select my_orgs('{owner,admin,viewer}')));
    create policy r on members for select to authenticated using (org_id in (select my_orgs('{owner,admin,viewer}')));
    create policy r on documents for select to authenticated using (org_id in (select my_orgs('{owner,admin,viewer}')));
    create policy w on documents for all to authenticated
        using (org_id in (select my_orgs('{owner,admin}')))
        with check (org_id in (select my_orgs('{owner,admin}')) and created_by = (select auth.uid()));
    -- the hole: an admin manages members, and so makes himself owner
    create policy w on members for all to authenticated
        using (org_id in (select my_orgs('{owner,admin}'))) with check (org_id in (select my_orgs('{owner,admin}')));";

#[tokio::test]
async fn every_role_of_an_organisation_acts() {
    let matrix = matrix_of(ORGANISATIONS).await;
    let actors: Vec<&str> = matrix.actors.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        actors,
        ["anon", "owner", "stranger", "org owner", "org admin", "org viewer", "service_role"],
        "{:?}",
        matrix.notes
    );
    assert_eq!(matrix.notes, Vec::<String>::new());
    let documents = |actor| line(&matrix, "public.documents", actor);
    assert_eq!(documents("anon"), "-");
    assert_eq!(documents("owner"), "select | policy refuses: insert; update (title); delete");
    assert_eq!(
        documents("stranger"),
        "- | policy refuses: select; insert; insert as owner; update (title); delete"
    );
    let writes = "select; insert; delete | policy refuses: insert as owner; update (title)";
    assert_eq!(documents("org admin"), writes);
    assert_eq!(documents("org owner"), writes);
    assert_eq!(
        documents("org viewer"),
        "select | policy refuses: insert; insert as owner; update (title); delete"
    );
    assert_eq!(line(&matrix, "public.orgs", "stranger"), "- | policy refuses: select");
    finds(&matrix, "public.members.role of the own membership may be raised to owner by org admin");
    finds(&matrix, "public.members.role may be changed by org owner, org admin");
}

#[tokio::test]
async fn what_cannot_be_made_is_said_and_can_be_helped() {
    let schema = "
        create table codes (id int primary key, code text not null check (md5(code) = md5('xyzzy')));
        create table uses (id int primary key, code_id int not null references codes);
        create table locked (id int primary key);
        create function no() returns trigger language plpgsql as $$begin raise exception 'never'; end$$;
        create trigger no before insert on locked for each row execute function no();
        alter table codes enable row level security;
        alter table uses enable row level security;
        alter table locked enable row level security;
        revoke all on codes, uses, locked from anon, authenticated, service_role;
        grant select on locked to anon";
    let matrix = matrix_of(schema).await;
    // the check is not in the words of its table, but its constants are tried
    assert_eq!(matrix.sections["public.codes"].remarks, Vec::<String>::new());
    assert_eq!(
        matrix.sections["public.locked"].remarks,
        ["no row could be made, so this is by privilege alone: P0001 never"]
    );
    assert_eq!(line(&matrix, "public.locked", "anon"), "- | policy refuses: select");

    let schema = schema.replace("md5('xyzzy')", "'4c0de5e3d4de1a2b3c4d5e6f708192a3'");
    let matrix = matrix_of(&schema).await;
    assert!(
        matrix.sections["public.codes"].remarks[0].contains("23514"),
        "{:?}",
        matrix.sections["public.codes"]
    );
    assert!(matrix.sections["public.uses"].remarks[0].contains("23514"));
}

#[tokio::test]
async fn hints_make_actors_rows_and_exceptions() {
    let schema = "
        create table moderators (id uuid primary key references auth.users);
        create table posts (
            id int primary key, author_id uuid not null references auth.users,
            code text not null check (length(code) = 17), status text not null default 'new'
        );
        alter table moderators enable row level security;
        alter table posts enable row level security;
        revoke all on moderators, posts from anon, authenticated, service_role;
        grant select on moderators to authenticated;
        grant update (status) on posts to authenticated;
        grant select on posts to authenticated;
        create policy m on moderators for select to authenticated using (id = (select auth.uid()));
        create policy p on posts for all to authenticated using (exists (select from moderators where id = (select auth.uid())))";
    let hints = r#"
        [rows."public.posts"]
        code = "repeat('x', 17)"
        [actors.moderator]
        as = "member"
        setup = "insert into public.moderators values ({member}) on conflict do nothing"
        [allow]
        "public.posts.status may be changed by listed in moderators, moderator" = "that is their work"
        "public.posts is gone" = "no longer true"
    "#;
    let matrix = matrix_with(schema, hints).await;
    assert_eq!(line(&matrix, "public.posts", "moderator"), "select; update (status)");
    assert_eq!(line(&matrix, "public.posts", "listed in moderators"), "select; update (status)");
    assert_eq!(line(&matrix, "public.posts", "owner"), "- | policy refuses: select; update (status)");
    assert_eq!(
        matrix.allowed["public.posts.status may be changed by listed in moderators, moderator"],
        "that is their work"
    );
    finds(&matrix, "access.toml allows what is not found (any more): public.posts is gone");
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let unknown = access::derive(&mut postgres, &["nowhere".to_owned()], &Hints::default()).await;
    assert_eq!(unknown.unwrap_err().to_string(), "there is no schema nowhere");
    assert!(Hints::parse("[actors.x]\nas = \"king\"", "access.toml").is_err());
    assert!(Hints::parse("[allow]\n\"x\" = \" \"", "access.toml").is_err());
    assert!(Hints::parse("nonsense = 1", "access.toml").is_err());
}

#[tokio::test]
async fn a_sign_up_that_needs_to_know_more_gets_it_from_the_hints() {
    let schema = "create table handles (id uuid primary key references auth.users, handle text not null unique);
        alter table handles enable row level security;
        create policy own on handles for select using (auth.uid() = id);
        create function on_new_user() returns trigger language plpgsql security definer set search_path = '' as
          $$ begin insert into public.handles values (new.id, new.raw_user_meta_data ->> 'handle'); return new; end $$;
        create trigger on_new_user after insert on auth.users for each row execute function on_new_user()";
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script(schema).await.unwrap();
    let schemas = ["public".to_owned()];
    let refused = access::derive(&mut postgres, &schemas, &Hints::default()).await.unwrap_err().to_string();
    assert!(refused.contains("[users] of access.toml") && refused.contains("23502"), "{refused}");

    let matrix = matrix_with(schema, "[users]\nhandle = \"the-{name}\"").await;
    assert!(line(&matrix, "public.handles", "owner").starts_with("select"), "{}", matrix.print());
}

#[tokio::test]
async fn partitions_are_one_section_and_an_open_one_shows() {
    let matrix = matrix_of(
        "create table events (id uuid not null default gen_random_uuid(), user_id uuid not null references auth.users,
            at timestamptz not null default now(), primary key (id, at)) partition by range (at);
        alter table events enable row level security;
        create policy own on events for select to authenticated using (user_id = (select auth.uid()));
        create table events_now partition of events for values from ('-infinity') to ('2100-01-01');
        create table events_later partition of events for values from ('2100-01-01') to ('2200-01-01');
        alter table events_now enable row level security;
        revoke all on events_now, events_later, events from anon, authenticated;
        grant select on events_later, events to authenticated;",
    )
    .await;
    assert_eq!(line(&matrix, "public.events", "owner"), "select");
    assert_eq!(line(&matrix, "public.events (partitions)", "stranger"), "select");
    assert_eq!(line(&matrix, "public.events (partitions)", "anon"), "-");
    finds(&matrix, "a partition of public.events has no row level security, and grants to authenticated");
}

#[tokio::test]
async fn files_are_tried_by_bucket_and_folder() {
    let matrix = matrix_with(
        "insert into storage.buckets (id, name, public) values ('mine', 'mine', false), ('odd', 'odd', true);
        create policy r on storage.objects for select to authenticated
            using (bucket_id = 'mine' and (storage.foldername(name))[1] = (select auth.uid())::text);
        create policy i on storage.objects for insert to authenticated
            with check (bucket_id = 'mine');
        create policy d on storage.objects for delete to authenticated
            using (bucket_id = 'mine' and (storage.foldername(name))[1] = (select auth.uid())::text);
        create policy o on storage.objects for select to anon using (bucket_id = 'odd' and name like 'u-%');",
        "[storage]\nodd = \"'u-' || {owner}\"",
    )
    .await;
    let mine = |actor| line(&matrix, "storage.objects in mine, <user>/…", actor);
    assert_eq!(mine("anon"), "- | policy refuses: select; insert; update; delete");
    assert_eq!(mine("owner"), "select; insert; delete | policy refuses: update");
    // the hole: nobody looks whose folder it is
    assert_eq!(mine("stranger"), "insert; insert as owner | policy refuses: select; update; delete");
    assert_eq!(mine("service_role"), "select; insert; update; delete");
    let odd = "storage.objects in odd, named as in access.toml";
    assert_eq!(line(&matrix, odd, "anon"), "select | policy refuses: insert; update; delete");
    assert_eq!(matrix.sections[odd].remarks, ["a public bucket: who knows a file's address may read it"]);
}
