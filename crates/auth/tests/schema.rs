//! The schema from outside: who may do what with it, and every statement of the room against it.

use crate::harness::Room;

#[tokio::test]
async fn every_statement_fits_the_schema_and_is_used() {
    let room = Room::new().await;
    let mut client = room.client("supabase_auth_admin").await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql");
    let sources: String = ["db/users.rs", "db/sessions.rs", "db/records.rs"]
        .iter()
        .map(|file| std::fs::read_to_string(format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap())
        .collect();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let sql = std::fs::read_to_string(&path).unwrap();
        client
            .script(&format!("prepare {name} as {sql}"))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(sources.contains(&format!("statement!(\"{name}\")")), "{name}.sql is not used");
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[tokio::test]
async fn the_api_roles_see_no_row_and_may_ask_who_they_are() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    for role in ["anon", "authenticated"] {
        let mut client = room.client("supabase_admin").await;
        client.script(&format!("set role {role}")).await.unwrap();
        for table in [
            "users",
            "identities",
            "sessions",
            "refresh_tokens",
            "one_time_tokens",
            "audit_log_entries",
            "oauth_clients",
        ] {
            let error = client.script(&format!("select * from auth.{table}")).await.unwrap_err();
            assert_eq!(error.code(), Some("42501"), "{role} {table}");
        }
        let claims = room.claims(session.access_token()).await;
        let claims = serde_json::to_string(&claims).unwrap().replace('\'', "''");
        client.script(&format!("set request.jwt.claims = '{claims}'")).await.unwrap();
        let sql =
            "select concat_ws(' ', auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'is_anonymous')";
        let rows = client.query(sql, &[]).await.unwrap();
        let expected = format!("{} authenticated ada@example.com false", session.user_id());
        assert_eq!(rows[0].text(0), Some(expected.as_str()));
    }
}

#[tokio::test]
async fn the_functions_read_the_settings_of_single_claims_first_and_empty_as_null() {
    let room = Room::new().await;
    let mut client = room.client("postgres").await;
    let mut ask = async |settings: &str| {
        client.script(settings).await.unwrap();
        let sql = "select concat_ws(' ', coalesce(auth.uid()::text, '-'), coalesce(auth.role(), '-'), coalesce(auth.email(), '-'), coalesce(auth.jwt()::text, '-'))";
        client.query(sql, &[]).await.unwrap()[0].text(0).unwrap().to_owned()
    };
    assert_eq!(ask("select 1").await, "- - - -");
    assert_eq!(ask("set request.jwt.claims = ''").await, "- - - -");
    let nil = "00000000-0000-0000-0000-000000000000";
    let legacy = format!(
        "set request.jwt.claim.sub = '{nil}'; set request.jwt.claim.role = 'r'; set request.jwt.claim.email = 'e'"
    );
    assert_eq!(ask(&legacy).await, format!("{nil} r e -"));
    assert_eq!(
        ask("set request.jwt.claims = '{\"role\": \"other\"}'").await,
        format!("{nil} r e {{\"role\": \"other\"}}")
    );
}

#[tokio::test]
async fn the_projects_owner_may_hang_triggers_and_foreign_keys_on_users() {
    let room = Room::new().await;
    let mut postgres = room.client("postgres").await;
    postgres
        .script(
            "create table public.profiles (id uuid primary key references auth.users on delete cascade, email text);
             create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
             begin insert into public.profiles (id, email) values (new.id, new.email); return new; end $$;
             create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();",
        )
        .await
        .unwrap();
    room.sign_up("ada@example.com").await;
    assert_eq!(room.value("select email from public.profiles").await, "ada@example.com");
    postgres
        .script("insert into auth.users (id, email) values (gen_random_uuid(), 'seed@example.com')")
        .await
        .unwrap();
    assert_eq!(room.value("select count(*) from public.profiles").await, "2");
}
