//! Reads that share a connection: each with its own answer, error, transaction and client.

use std::collections::HashSet;
use std::sync::Arc;
use std::task::Context;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::task::noop_waker_ref;
use pg::{Client, Convoy, Error, Flight, Outcome, Pool, PoolConfig, Statement};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::server::Server;

fn pool(max_connections: usize) -> Pool {
    Pool::new(Server::shared().config(), PoolConfig { max_connections, ..PoolConfig::default() })
}

/// A convoy of four seats whose flights are known to be quick: any is, also on a machine with much else to do.
async fn convoy(pool: &Pool, sql: &str) -> Convoy {
    let convoy = Convoy::with_limits(4, Duration::MAX);
    fly(pool, &convoy, sql, ["1"]).await.pop().unwrap().unwrap();
    convoy
}

/// On how many connections flights with these values flew.
async fn convoy_of<const N: usize>(pool: &Pool, convoy: &Convoy, sql: &str, values: [&str; N]) -> usize {
    let landed = fly(pool, convoy, sql, values).await;
    let processes = landed.into_iter().map(|outcome| text(&outcome.unwrap(), 1, 1));
    processes.collect::<HashSet<_>>().len()
}

/// Flies them at the same moment. A setting travels with each, as with a request.
async fn fly<const N: usize>(
    pool: &Pool,
    convoy: &Convoy,
    sql: &str,
    values: [&str; N],
) -> Vec<Result<Outcome, Error>> {
    join_all(values.map(|value| pool.run_in(convoy, flight(sql, value)))).await
}

fn flight(sql: &str, value: &str) -> Flight {
    let mut flight = Flight::new();
    flight.push(Statement::new("select set_config('convoy.value', $1, true)").bind(value));
    flight.push(Statement::new(sql.to_owned()).bind(value));
    flight
}

fn text(outcome: &Outcome, statement: usize, column: usize) -> String {
    outcome.results[statement].rows[0].get(column).unwrap()
}

/// Waits until the query, asked on a connection of its own, answers true.
async fn until(sql: &str) {
    let mut observer = Client::connect(&Server::shared().config()).await.unwrap();
    let started = Instant::now();
    while !observer.query(sql, &[]).await.unwrap()[0].get::<bool>(0).unwrap() {
        assert!(started.elapsed() < Duration::from_secs(20), "never true: {sql}");
        tokio::task::yield_now().await;
    }
}

const ECHO: &str = "select $1::text || current_setting('convoy.value'), pg_backend_pid()::text, now()::text";

#[tokio::test]
async fn each_has_its_own_answer_and_its_own_transaction() {
    let pool = pool(8);
    let convoy = convoy(&pool, ECHO).await;
    let landed = fly(&pool, &convoy, ECHO, ["a", "b", "c", "d"]).await;
    let landed: Vec<Outcome> = landed.into_iter().map(Result::unwrap).collect();
    let of = |column| landed.iter().map(|outcome| text(outcome, 1, column)).collect::<Vec<_>>();
    assert_eq!(of(0), ["aa", "bb", "cc", "dd"]);
    let different = |column| of(column).into_iter().collect::<HashSet<_>>().len();
    assert_eq!(different(1), 1, "one connection");
    assert_eq!(different(2), 4, "four transactions");
    // nothing is left of them
    let setting =
        pool.run(Statement::new("select current_setting('convoy.value', true)").into()).await.unwrap();
    assert_eq!(setting.results[0].rows[0].text(0), Some(""));
}

#[tokio::test]
async fn a_convoy_has_so_many_seats() {
    let pool = pool(8);
    let convoy = convoy(&pool, ECHO).await;
    assert_eq!(convoy_of(&pool, &convoy, ECHO, ["1", "2", "3", "4", "5", "6", "7", "8"]).await, 2);
}

#[tokio::test]
async fn only_the_same_statements_for_the_same_role_share_a_connection() {
    let pool = pool(1);
    let convoy = convoy(&pool, ECHO).await;
    let of_role = |role: &str| {
        let mut flight = Flight::new();
        flight.push(Statement::new("select set_config('convoy.value', $1, true)").bind("c"));
        flight.push(Statement::new(ECHO).bind("c").cache_key_role(role));
        flight
    };
    let other = ECHO.replace("now()", "clock_timestamp()");
    let taken = pool.get().await.unwrap();
    let flights = [flight(ECHO, "a"), flight(&other, "b"), of_role("anon"), flight(ECHO, "d")];
    let mut landing = Box::pin(join_all(flights.map(|flight| pool.run_in(&convoy, flight))));
    let mut context = Context::from_waker(noop_waker_ref());
    // they board, the leader leaves, and the convoy waits like the others
    for _ in 0..3 {
        assert!(landing.as_mut().poll(&mut context).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(pool.status().waiting, 3);
    drop(taken);
    let answers: Vec<_> = landing.await.into_iter().map(|outcome| text(&outcome.unwrap(), 1, 0)).collect();
    assert_eq!(answers, ["aa", "bb", "cc", "dd"]);
}

#[tokio::test]
async fn an_error_is_only_its_own() {
    let pool = pool(8);
    let sql = "select ($1::text)::int4::text, pg_backend_pid()::text";
    let convoy = convoy(&pool, sql).await;
    for order in [["1", "x", "3", "4"], ["x", "2", "y", "4"], ["x", "y", "z", "4"]] {
        for (value, outcome) in order.into_iter().zip(fly(&pool, &convoy, sql, order).await) {
            match outcome {
                Ok(outcome) => assert_eq!(text(&outcome, 1, 0), value),
                Err(Error::Db(error)) => {
                    assert_eq!((&*error.code, error.statement), ("22P02", Some(1)));
                    assert!(error.message.contains(&format!("\"{value}\"")), "{}", error.message);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert_eq!(pool.status().open, pool.status().idle);
}

#[tokio::test]
async fn what_the_schema_has_outgrown_is_prepared_anew_for_all() {
    let pool = pool(2);
    let table = format!("outgrown_{}", Uuid::new_v4().simple());
    let mut admin = Client::connect(&Server::shared().config()).await.unwrap();
    admin
        .script(&format!("create table {table} (id text, pid text); insert into {table} values (1, 0)"))
        .await
        .unwrap();
    let sql = format!("select t.*, $1::text from {table} t");
    let convoy = convoy(&pool, &sql).await;
    for column in ["a", "b", "c"] {
        admin.script(&format!("alter table {table} add {column} int4 default 7")).await.unwrap();
        let landed = fly(&pool, &convoy, &sql, ["1", "2", "3", "4"]).await;
        let last: Vec<String> = landed
            .into_iter()
            .map(|outcome| {
                let outcome = outcome.unwrap();
                let row = &outcome.results[1].rows[0];
                row.get(row.len() - 1).unwrap()
            })
            .collect();
        assert_eq!(last, ["1", "2", "3", "4"]);
    }
}

#[tokio::test]
async fn after_a_slow_one_they_fly_alone() {
    let pool = pool(8);
    let sql = "select pg_sleep($1::float8)::text, pg_backend_pid()::text";
    let convoy = Convoy::with_limits(4, Duration::from_millis(500));
    // what nothing is known of flies alone
    assert_eq!(convoy_of(&pool, &convoy, sql, ["0", "0", "0", "0"]).await, 4);
    while convoy_of(&pool, &convoy, sql, ["0", "0", "0", "0"]).await != 1 {}
    fly(&pool, &convoy, sql, ["0.6"]).await.pop().unwrap().unwrap();
    // for fifty times as long
    assert_eq!(convoy_of(&pool, &convoy, sql, ["0", "0", "0", "0"]).await, 4);
}

#[tokio::test]
async fn explicit_transactions_fly_alone() {
    let pool = pool(8);
    let convoy = convoy(&pool, ECHO).await;
    let rolled_back = ["x", "y"].map(|value| pool.run_in(&convoy, flight(ECHO, value).end_with_rollback()));
    let processes: HashSet<String> =
        join_all(rolled_back).await.into_iter().map(|outcome| text(&outcome.unwrap(), 1, 1)).collect();
    assert_eq!(processes.len(), 2);
}

#[tokio::test]
async fn where_nothing_stays_prepared_they_fly_alone() {
    let pool = pool(8);
    let convoy = convoy(&pool, ECHO).await;
    pool.set_prepared_statements(false);
    assert_eq!(convoy_of(&pool, &convoy, ECHO, ["1", "2", "3", "4"]).await, 4);
    pool.set_prepared_statements(true);
    assert_eq!(convoy_of(&pool, &convoy, ECHO, ["1", "2", "3", "4"]).await, 1);
}

/// Four reads of one convoy that wait for a lock, on one connection.
struct Stuck {
    flights: [JoinHandle<Result<Outcome, Error>>; 4],
    holder: Client,
    /// How many connections wait for it.
    waiting: String,
}

async fn stuck(pool: &Pool) -> Stuck {
    let table = format!("locked_{}", Uuid::new_v4().simple());
    let mut holder = Client::connect(&Server::shared().config()).await.unwrap();
    holder.script(&format!("create table {table} (id int4); insert into {table} values (1)")).await.unwrap();
    let sql = format!("select $1::text, pg_backend_pid()::text from {table}");
    let convoy = Arc::new(convoy(pool, &sql).await);
    holder.session().await.unwrap().say(&format!("begin; lock {table}")).await.unwrap();
    let flights = ["1", "2", "3", "4"].map(|value| {
        let (pool, convoy, flight) = (pool.clone(), Arc::clone(&convoy), flight(&sql, value));
        tokio::spawn(async move { pool.run_in(&convoy, flight).await })
    });
    let waiting = format!(
        "(select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%from {table}')"
    );
    until(&format!("select {waiting} = 1")).await;
    Stuck { flights, holder, waiting }
}

#[tokio::test]
async fn who_leaves_takes_nobody_along() {
    let pool = pool(4);
    let Stuck { flights: [first, second, third, fourth], holder, waiting } = stuck(&pool).await;
    first.abort();
    third.abort();
    assert!(first.await.unwrap_err().is_cancelled() && third.await.unwrap_err().is_cancelled());
    until(&format!("select {waiting} = 1")).await;
    drop(holder);
    let (second, fourth) = (second.await.unwrap().unwrap(), fourth.await.unwrap().unwrap());
    assert_eq!((text(&second, 1, 0), text(&fourth, 1, 0)), ("2".to_owned(), "4".to_owned()));
    assert_eq!(text(&second, 1, 1), text(&fourth, 1, 1));
}

#[tokio::test]
async fn what_nobody_waits_for_is_cancelled() {
    let pool = pool(4);
    let Stuck { flights, holder, waiting } = stuck(&pool).await;
    flights.iter().for_each(JoinHandle::abort);
    until(&format!("select {waiting} = 0")).await;
    // all four, one after the other: every permit is back while the lock is held
    let all = [pool.get().await, pool.get().await, pool.get().await, pool.get().await];
    assert!(all.iter().all(Result::is_ok));
    drop(holder);
}

#[tokio::test]
async fn a_session_that_ends_is_the_error_of_one() {
    let pool = pool(4);
    let Stuck { flights, holder, waiting } = stuck(&pool).await;
    let end = waiting.replace("count(*)", "pg_terminate_backend(pid)");
    until(&format!("select {end}")).await;
    // the others wait again, each for himself
    until(&format!("select {waiting} = 3")).await;
    drop(holder);
    let [first, others @ ..] = flights;
    assert!(matches!(first.await.unwrap(), Err(Error::Db(error)) if error.code == "57P01"));
    for (value, other) in ["2", "3", "4"].into_iter().zip(others) {
        assert_eq!(text(&other.await.unwrap().unwrap(), 1, 0), value);
    }
}

#[tokio::test]
async fn without_a_connection_each_hears_why() {
    let limits = PoolConfig {
        max_connections: 1,
        max_waiting: 1,
        acquire_timeout: Duration::from_millis(50),
        ..PoolConfig::default()
    };
    let pool = Pool::new(Server::shared().config(), limits);
    let convoy = convoy(&pool, ECHO).await;
    let taken = pool.get().await.unwrap();
    let landed = fly(&pool, &convoy, ECHO, ["1", "2", "3", "4"]).await;
    assert!(landed.iter().all(|outcome| matches!(outcome, Err(Error::PoolTimeout { .. }))), "{landed:?}");
    assert_eq!(pool.status().timeouts, 1, "they waited together");
    drop(taken);
    assert_eq!(convoy_of(&pool, &convoy, ECHO, ["1", "2", "3", "4"]).await, 1);
    pool.close().await;
    let landed = fly(&pool, &convoy, ECHO, ["1", "2", "3", "4"]).await;
    assert!(landed.iter().all(|outcome| matches!(outcome, Err(Error::PoolClosed))), "{landed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_of_which_some_leave_each_get_their_own_answer() {
    let pool = pool(4);
    let convoy = Arc::new(convoy(&pool, ECHO).await);
    let mut flights = JoinSet::new();
    for n in 0..1000_u64 {
        let (pool, convoy) = (pool.clone(), Arc::clone(&convoy));
        flights.spawn(async move {
            let flying = pool.run_in(&convoy, flight(ECHO, &n.to_string()));
            if n % 3 == 0 {
                // dropped while it boards, waits, is sent, runs or has just been answered
                let pause = Duration::from_micros(n * 7919 % 2500);
                let _ = tokio::time::timeout(pause, flying).await;
            } else {
                assert_eq!(text(&flying.await.unwrap(), 1, 0), format!("{n}{n}"));
            }
        });
    }
    flights.join_all().await;
    let all = [pool.get().await, pool.get().await, pool.get().await, pool.get().await];
    assert!(all.iter().all(Result::is_ok) && pool.status().open == 4, "{:?}", pool.status());
}
