//! Extensions that need another one or stand for one that cannot be there.

use testkit::TestDb;

use super::{refusal, text, texts};

#[tokio::test]
async fn indexes_are_advised_where_the_server_has_hypopg() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    if text(&mut postgres, "select count(*)::text from pg_available_extensions where name = 'hypopg'").await
        == "0"
    {
        let (code, message) = refusal(&mut postgres, "create extension index_advisor cascade").await;
        assert_eq!((code.as_str(), message.as_str()), ("0A000", "extension \"hypopg\" is not available"));
        return;
    }
    postgres
        .script(
            r#"create extension index_advisor with schema extensions cascade;
               create table public.book (id int primary key, title text, "Author's" int, meta json);
               insert into public.book select n, md5(n::text), n % 1000, '{}' from generate_series(1, 20000) as n;
               analyze public.book;
               create view public.shelf as select * from public.book"#,
        )
        .await
        .unwrap();
    for (query, advised) in [
        ("select * from book where title = $1", "CREATE INDEX ON public.book USING btree (title)"),
        ("select * from public.shelf where title = $1;\n", "CREATE INDEX ON public.book USING btree (title)"),
        (
            r#"select * from book where "Author's" = $1 -- ; a comment"#,
            r#"CREATE INDEX ON public.book USING btree ("Author's")"#,
        ),
        ("select * from book where id = $1 /* ; */", ""),
        ("select 1", ""),
    ] {
        let asked = format!(
            "select concat_ws('|', array_to_string(index_statements, ', '), array_to_string(errors, ', '),
                     total_cost_after::numeric < total_cost_before::numeric)
             from extensions.index_advisor($q${query}$q$)"
        );
        let cheaper = if advised.is_empty() { "f" } else { "t" };
        let expected = if query.contains("\"Author's\"") {
            // quotes and a semicolon together are not worth telling apart
            "|Query must not contain a semicolon".to_owned()
        } else {
            format!("{advised}||{cheaper}")
        };
        assert_eq!(text(&mut postgres, &asked).await, expected, "{query}");
    }
    for (query, error) in [
        ("select 1; drop table public.book", "Query must not contain a semicolon"),
        ("select '--'; drop table public.book", "Query must not contain a semicolon"),
        ("select * from nowhere", "relation \"nowhere\" does not exist"),
    ] {
        let asked = format!("select errors[1] from extensions.index_advisor($q${query}$q$)");
        assert_eq!(text(&mut postgres, &asked).await, error, "{query}");
    }
    let left = "select (select count(*) from extensions.hypopg()) + (select count(*) from pg_prepared_statements where name like '%advisor%') + (select count(*) from public.book)";
    assert_eq!(texts(&mut postgres, &format!("select ({left})::text")).await, ["20000"]);
}

#[tokio::test]
async fn who_installs_an_extension_by_sql_is_told_what_to_do_instead() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(r#"create extension if not exists "pg_stat_monitor" with schema "extensions""#)
        .await
        .unwrap();
    let (code, message) = refusal(&mut postgres, "select * from pg_stat_monitor").await;
    assert!(code == "0A000" && message.contains("pg_stat_monitor is not installed"), "{message}");
    postgres.script("create extension if not exists pg_tle").await.unwrap();
    assert_eq!(text(&mut postgres, "select count(*)::text from pgtle.available_extensions()").await, "0");
    assert_eq!(text(&mut postgres, "select pgtle.uninstall_extension_if_exists('a-b')").await, "f");
    let (code, message) =
        refusal(&mut postgres, "select pgtle.install_extension('a-b', '1', '', 'select 1')").await;
    assert_eq!(code, "0A000");
    assert!(message.starts_with("extension \"a-b\" cannot be installed"), "{message}");
}

/// The scripts revoke it from `public` only, and hosted default privileges give it to the API roles by name.
#[tokio::test]
async fn dblink_lets_nobody_in_without_a_password() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let socket = "select format('host=%s port=%s dbname=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database())";
    let socket = text(&mut database.client("supabase_admin").await, socket).await;
    for schema in ["public", "extensions"] {
        postgres.script(&format!("create extension dblink with schema {schema}")).await.unwrap();
        let may = "select coalesce(string_agg(format('%s %s', rolname, proc.oid::regprocedure), ', '), '')
                   from pg_roles, pg_proc as proc
                   where proname = 'dblink_connect_u' and not rolsuper and has_function_privilege(pg_roles.oid, proc.oid, 'execute')";
        assert_eq!(text(&mut postgres, may).await, "", "{schema}");
        for (statement, expected) in [
            (format!("select {schema}.dblink_connect_u('user=supabase_admin')"), "42501"),
            (format!("select {schema}.dblink_connect('{socket} user=supabase_admin')"), "2F003"),
            // a socket that trusts does not ask for it
            (
                format!("select {schema}.dblink_connect('{socket} user=supabase_admin password=guess')"),
                "2F003",
            ),
            (format!("grant execute on function {schema}.dblink_connect_u(text) to anon"), "42501"),
            (format!("alter extension dblink drop function {schema}.dblink_connect_u(text)"), "42501"),
        ] {
            assert_eq!(refusal(&mut postgres, &statement).await.0, expected, "{statement}");
        }
        postgres.script("drop extension dblink").await.unwrap();
    }
}
