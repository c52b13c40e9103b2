//! Flights and scripts on one connection.

use chrono::{DateTime, Utc};
use pg::{Begin, Client, Error, Flight, Isolation, Param, Statement};
use serde_json::json;
use uuid::Uuid;

use crate::server::Server;

async fn connect() -> Client {
    Client::connect(&Server::shared().config()).await.unwrap()
}

async fn text(client: &mut Client, sql: &str) -> String {
    client.query(sql, &[]).await.unwrap()[0].get(0).unwrap()
}

/// A table of this test's own.
async fn table(client: &mut Client, columns: &str) -> String {
    let name = format!("t_{}", Uuid::new_v4().simple());
    client.script(&format!("create table {name} ({columns})")).await.unwrap();
    name
}

fn flight(statements: impl IntoIterator<Item = Statement>) -> Flight {
    let mut flight = Flight::new();
    statements.into_iter().for_each(|statement| {
        flight.push(statement);
    });
    flight
}

fn db(error: Error) -> pg::DbError {
    match error {
        Error::Db(error) => *error,
        other => panic!("not a database error: {other}"),
    }
}

#[tokio::test]
async fn values_travel_both_ways() {
    let mut client = connect().await;
    let id = Uuid::new_v4();
    let time: DateTime<Utc> = "2026-11-21T01:02:03.456789Z".parse().unwrap();
    let statement = Statement::new(
        "select $1::text, $2::bool, $3::int8, $4::float8, $5::uuid, $6::timestamptz, $7::jsonb, $8::text[], $9::int4[],
         $10::text, $11::bytea",
    )
    .bind("it's \"ü\"")
    .bind(true)
    .bind(i64::MIN)
    .bind(f64::INFINITY)
    .bind(id)
    .bind(time)
    .bind(json!({"a": [1, null]}))
    .bind(vec![Some("a,\"b\\"), None, Some("")])
    .bind(vec![1, -2])
    .bind(None::<String>)
    .bind(Param::bytea(&[0, 255]));
    let outcome = client.run(statement.into()).await.unwrap();
    let row = &outcome.results[0].rows[0];
    assert_eq!(row.len(), 11);
    assert_eq!(row.get::<String>(0).unwrap(), "it's \"ü\"");
    assert!(row.get::<bool>(1).unwrap());
    assert_eq!(row.get::<i64>(2).unwrap(), i64::MIN);
    assert!(row.get::<f64>(3).unwrap().is_infinite());
    assert_eq!(row.get::<Uuid>(4).unwrap(), id);
    assert_eq!(row.get::<DateTime<Utc>>(5).unwrap(), time);
    assert_eq!(row.get::<serde_json::Value>(6).unwrap(), json!({"a": [1, null]}));
    let texts: Vec<Option<String>> = row.get(7).unwrap();
    assert_eq!(texts, [Some("a,\"b\\".to_owned()), None, Some(String::new())]);
    assert_eq!(row.get::<Vec<i32>>(8).unwrap(), [1, -2]);
    assert_eq!(row.get::<Option<String>>(9).unwrap(), None);
    assert_eq!(row.text(10), Some("\\x00ff"));
    assert!(matches!(row.get::<String>(9), Err(Error::Decode { column: 9, .. })));
    assert!(matches!(row.get::<i32>(0), Err(Error::Decode { column: 0, .. })));
    assert!(matches!(row.get::<i32>(99), Err(Error::Decode { column: 99, .. })));
}

#[tokio::test]
async fn a_flight_commits_all_or_nothing() {
    let mut client = connect().await;
    let table = table(&mut client, "n int primary key").await;
    let insert = |n: i32| Statement::new(format!("insert into {table} values ($1)")).bind(n);
    let outcome = client.run(flight([insert(1), insert(2)])).await.unwrap();
    assert_eq!(outcome.results.iter().map(|result| result.affected).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(outcome.results[0].tag.as_str(), "INSERT 0 1");

    let error = db(client.run(flight([insert(3), insert(1), insert(4)])).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", Some(1)));
    assert_eq!(error.table.as_deref(), Some(table.as_str()));
    assert!(error.constraint.is_some() && error.detail.is_some() && error.schema.is_some());

    let mut explicit = Flight::transaction(Begin::read_write());
    assert_eq!(explicit.push(insert(5)), 0);
    assert_eq!(explicit.push(insert(1)), 1);
    let error = db(client.run(explicit).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", Some(1)));

    let mut undone = Flight::new().end_with_rollback();
    undone.push(insert(6));
    assert_eq!(client.run(undone).await.unwrap().results[0].affected, 1);

    let mut kept = Flight::transaction(Begin::read_write().isolation(Isolation::Serializable));
    kept.push(insert(7));
    let level = kept.push(Statement::new("select current_setting('transaction_isolation')"));
    let outcome = client.run(kept).await.unwrap();
    assert_eq!((outcome.results.len(), outcome.results[level].rows[0].text(0)), (2, Some("serializable")));
    assert_eq!(
        text(&mut client, &format!("select string_agg(n::text, ' ' order by n) from {table}")).await,
        "1 2 7"
    );

    let mut forbidden = Flight::transaction(Begin::read_only());
    forbidden.push(insert(8));
    assert_eq!(db(client.run(forbidden).await.unwrap_err()).code, "25006");
}

#[tokio::test]
async fn a_constraint_deferred_to_the_commit_is_reported_for_no_statement() {
    let mut client = connect().await;
    let table = table(&mut client, "n int unique deferrable initially deferred").await;
    let twice = || Statement::new(format!("insert into {table} values (1), (1)"));
    let error = db(client.run(twice().into()).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", None));
    let mut explicit = Flight::transaction(Begin::default());
    explicit.push(twice());
    let error = db(client.run(explicit).await.unwrap_err());
    assert_eq!((error.code.as_str(), error.statement), ("23505", None));
    assert_eq!(text(&mut client, &format!("select count(*) from {table}")).await, "0");
}

#[tokio::test]
async fn role_and_claims_are_gone_after_the_flight() {
    let mut client = connect().await;
    let become_anon = || {
        Statement::new("select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)")
            .bind("anon")
            .bind(r#"{"sub":"me"}"#)
    };
    let who = || {
        Statement::new("select current_user || coalesce(current_setting('request.jwt.claims', true), '')")
            .cache_key_role("anon")
    };
    for _ in 0..3 {
        let outcome = client.run(flight([become_anon(), who()])).await.unwrap();
        assert_eq!(outcome.results[1].rows[0].text(0), Some(r#"anon{"sub":"me"}"#));
        assert_eq!(client.run(who().into()).await.unwrap().results[0].rows[0].text(0), Some("postgres"));
        let error = client.run(flight([become_anon(), Statement::new("select 1/0")])).await.unwrap_err();
        assert_eq!(db(error).code, "22012");
        assert_eq!(client.run(who().into()).await.unwrap().results[0].rows[0].text(0), Some("postgres"));
    }
}

#[tokio::test]
async fn a_transaction_left_open_is_rolled_back_and_reported() {
    let mut client = connect().await;
    let table = table(&mut client, "n int").await;
    let open = flight([Statement::new("begin"), Statement::new(format!("insert into {table} values (1)"))]);
    assert!(matches!(client.run(open).await, Err(Error::TransactionLeftOpen)));
    let script = format!("begin; insert into {table} values (1)");
    assert!(matches!(client.script(&script).await, Err(Error::TransactionLeftOpen)));
    assert_eq!(text(&mut client, &format!("select count(*) from {table}")).await, "0");
}

#[tokio::test]
async fn a_session_keeps_its_transaction_and_tells_what_was_said_before_an_error() {
    let mut client = connect().await;
    let table = table(&mut client, "n int").await;
    let mut session = client.session().await.unwrap();
    assert!(session.say("begin").await.unwrap().error.is_none());
    let said = session
        .say(&format!(
            "insert into {table} values (1); do $$begin raise notice 'hear'; end$$; select nonsense"
        ))
        .await
        .unwrap();
    assert_eq!((said.results.len(), said.notices[0].message.as_str()), (2, "hear"));
    assert_eq!(said.error.unwrap().code, "42703");
    assert_eq!(db(session.query("select 1", &[]).await.unwrap_err()).code, "25P02");
    session.say(&format!("rollback; begin; insert into {table} values (2)")).await.unwrap();
    let count = session.query(&format!("select n from {table} where n = $1::int"), &[Param::from(2)]).await;
    assert_eq!(count.unwrap().len(), 1);
    // dropped with the transaction open
    assert_eq!(text(&mut client, &format!("select count(*) from {table}")).await, "0");
}

#[tokio::test]
async fn a_script_describes_its_columns_and_is_one_transaction() {
    let mut client = connect().await;
    let results = client.script("select 1 as one, 'x' as two; ; create temp table s (n int)").await.unwrap();
    let columns = results[0].columns.clone().unwrap();
    assert_eq!(columns.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["one", "two"]);
    assert_eq!(results[1].tag.as_str(), "CREATE TABLE");
    let error = db(client.script("insert into s values (1); select nonsense").await.unwrap_err());
    assert_eq!(error.code, "42703");
    assert_eq!(text(&mut client, "select count(*) from s").await, "0");
    let error = db(client.script("copy s from stdin").await.unwrap_err());
    assert_eq!(error.code, "57014");
    assert_eq!(client.script("copy (select 1) to stdout").await.unwrap()[0].affected, 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_the_connection_stays_good() {
    let mut client = connect().await;
    assert!(matches!(client.query("select '\0'", &[]).await, Err(Error::Encode(_))));
    assert!(matches!(client.script("select '\0'").await, Err(Error::Encode(_))));
    let many = vec![Param::from(1); 70_000];
    assert!(matches!(client.query("select 1", &many).await, Err(Error::Encode(_))));
    assert_eq!(db(client.query("select $1::text", &[Param::from("\0")]).await.unwrap_err()).code, "22021");
    assert_eq!(text(&mut client, "select 1").await, "1");
}

#[tokio::test]
async fn copy_from_stdin_in_a_flight_ends_the_connection_and_no_other() {
    let mut client = connect().await;
    let table = table(&mut client, "n int").await;
    let copy = Statement::new(format!("copy {table} from stdin"));
    assert!(matches!(client.run(copy.into()).await, Err(Error::Protocol(_))));
    assert!(matches!(client.query("select 1", &[]).await, Err(Error::Closed)));
}

#[tokio::test]
async fn empty_flights_and_empty_statements() {
    let mut client = connect().await;
    assert!(client.run(Flight::new()).await.unwrap().results.is_empty());
    assert!(client.run(Flight::transaction(Begin::default())).await.unwrap().results.is_empty());
    let outcome = client.run(flight([Statement::new(""), Statement::new("select 1")])).await.unwrap();
    assert_eq!((outcome.results[0].rows.len(), outcome.results[1].rows.len()), (0, 1));
}

#[tokio::test]
async fn notices_come_with_the_outcome() {
    let mut client = connect().await;
    let outcome =
        client.run(Statement::new("do $$ begin raise warning 'careful'; end $$").into()).await.unwrap();
    assert_eq!(outcome.notices.len(), 1);
    assert_eq!(
        (outcome.notices[0].severity.as_str(), outcome.notices[0].message.as_str()),
        ("WARNING", "careful")
    );
}

#[tokio::test]
async fn results_and_parameters_larger_than_every_buffer() {
    let mut client = connect().await;
    let large = "x".repeat(3 << 20);
    // the server sends the first result while we still send the second parameter
    let echo = || Statement::new("select $1::text || n from generate_series(1, 3) n").bind(large.as_str());
    let outcome = client.run(flight((0..4).map(|_| echo()))).await.unwrap();
    for result in outcome.results {
        let lengths: Vec<usize> = result.rows.iter().map(|row| row.as_bytes(0).unwrap().len()).collect();
        assert_eq!(lengths, [large.len() + 1; 3]);
    }
    let rows =
        client.query("select n, repeat('y', 100) from generate_series(1, 20000) n", &[]).await.unwrap();
    let sum: i64 = rows.iter().map(|row| row.get::<i64>(0).unwrap()).sum();
    assert_eq!((rows.len(), sum), (20_000, 200_010_000));
}

#[tokio::test]
async fn a_cached_statement_survives_changes_of_the_schema() {
    let mut client = connect().await;
    let mut other = connect().await;
    let table = table(&mut client, "n int").await;
    client.script(&format!("insert into {table} values (7)")).await.unwrap();
    let all = || Statement::new(format!("select * from {table} where n = $1")).bind("7");
    let write = || Statement::new(format!("insert into {table} (n) values (8)"));
    for change in ["add column m int", "alter column n type text", "rename to renamed_{t}", "rename to {t}"] {
        for _ in 0..2 {
            client.run(flight([write(), all()])).await.unwrap();
        }
        let from = if change == "rename to {t}" { format!("renamed_{table}") } else { table.clone() };
        let change = change.replace("{t}", &table);
        other.script(&format!("alter table {from} {change}")).await.unwrap();
        if change.starts_with("rename to renamed") {
            assert_eq!(db(client.run(flight([write(), all()])).await.unwrap_err()).code, "42P01");
            other.script(&format!("alter table renamed_{table} rename to {table}")).await.unwrap();
            break;
        }
    }
    client.run(flight([write(), all()])).await.unwrap();
    // each flight inserted exactly one row: nothing was flown twice and kept twice
    assert_eq!(text(&mut client, &format!("select count(*) from {table} where n = '8'")).await, "7");
}

#[tokio::test]
async fn statements_the_server_forgot_are_prepared_again() {
    let mut client = connect().await;
    for _ in 0..2 {
        assert_eq!(text(&mut client, "select 'kept'").await, "kept");
        client.script("deallocate all").await.unwrap();
    }
    let mut explicit = Flight::transaction(Begin::default());
    explicit.push(Statement::new("select 'kept'"));
    assert_eq!(client.run(explicit).await.unwrap().results[0].rows[0].text(0), Some("kept"));
}

#[tokio::test]
async fn evicted_statements_are_closed_on_the_server() {
    let mut client = connect().await;
    for n in 0..200 {
        assert_eq!(text(&mut client, &format!("select {n}")).await, n.to_string());
    }
    let prepared: i64 =
        text(&mut client, "select count(*) from pg_prepared_statements").await.parse().unwrap();
    assert!((2..=65).contains(&prepared), "{prepared} statements are prepared");
}

#[tokio::test]
async fn an_error_skips_a_parse_and_it_is_sent_again() {
    let mut client = connect().await;
    for _ in 0..2 {
        let failing = flight([Statement::new("select 1/0"), Statement::new("select 'later'")]);
        assert_eq!(db(client.run(failing).await.unwrap_err()).statement, Some(0));
        assert_eq!(text(&mut client, "select 'later'").await, "later");
    }
}

#[tokio::test]
async fn copy_in_takes_all_or_nothing() {
    use bytes::Bytes;
    use futures_util::{StreamExt as _, stream};
    let mut client = connect().await;
    let table = table(&mut client, "n int").await;
    let copy = format!("copy {table} from stdin");
    let lines = |count: usize| (0..count).map(|n| Ok(Bytes::from(format!("{n}\n"))));
    assert_eq!(client.copy_in(&copy, stream::iter(lines(100_000))).await.unwrap(), 100_000);
    let large = lines(200_000).flat_map(|line| line.unwrap()).collect::<Bytes>();
    assert_eq!(client.copy_in(&copy, stream::iter([Ok(large)])).await.unwrap(), 200_000);

    let wrong = lines(3).chain([Ok(Bytes::from("x\n"))]).chain(lines(100_000));
    assert_eq!(db(client.copy_in(&copy, stream::iter(wrong)).await.unwrap_err()).code, "22P02");
    let broken = lines(3).chain([Err(std::io::Error::other("disk"))]);
    assert!(matches!(client.copy_in(&copy, stream::iter(broken)).await, Err(Error::Io(_))));
    assert_eq!(db(client.copy_in("copy nonsense from", stream::empty()).await.unwrap_err()).code, "42601");
    assert_eq!(text(&mut client, &format!("select count(*) from {table}")).await, "300000");

    let endless = stream::iter(lines(3)).chain(stream::pending());
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(50), client.copy_in(&copy, endless));
    assert!(dropped.await.is_err());
    assert_eq!(text(&mut client, &format!("select count(*) from {table}")).await, "300000");
}
