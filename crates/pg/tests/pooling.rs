//! The pool: limits, cancellation, reconnecting.

use std::task::Context;
use std::time::{Duration, Instant};

use futures_util::task::noop_waker_ref;
use pg::{Client, Error, Flight, Pool, PoolConfig, Statement};
use tokio::task::JoinSet;

use crate::server::Server;

fn config(max_connections: usize) -> PoolConfig {
    PoolConfig { max_connections, ..PoolConfig::default() }
}

fn pool(max_connections: usize) -> Pool {
    Pool::new(Server::shared().config(), config(max_connections))
}

async fn text(pool: &Pool, sql: &'static str) -> Result<String, Error> {
    pool.run(Statement::new(sql).into()).await?.results[0].rows[0].get(0)
}

/// Waits until the query, asked on a connection of its own, answers true.
async fn until(sql: impl Into<String>) {
    let sql = sql.into();
    let mut observer = Client::connect(&Server::shared().config()).await.unwrap();
    let started = Instant::now();
    while !observer.query(&sql, &[]).await.unwrap()[0].get::<bool>(0).unwrap() {
        assert!(started.elapsed() < Duration::from_secs(20), "never true: {sql}");
        tokio::task::yield_now().await;
    }
}

fn sleeping(mark: &str) -> String {
    format!(
        "select exists (select from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)%{mark}' and pid <> pg_backend_pid())"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_flights_over_eight_connections_each_get_their_own_answer() {
    let pool = pool(8);
    let mut flights = JoinSet::new();
    for n in 0..1000_i64 {
        let pool = pool.clone();
        flights.spawn(async move {
            let mut flight = Flight::new();
            flight.push(Statement::new("select set_config('my.n', $1, true)").bind(n.to_string()));
            flight.push(Statement::new("select current_setting('my.n')::int8 * 2, $1::int8").bind(n));
            let outcome = pool.run(flight).await.unwrap();
            let row = &outcome.results[1].rows[0];
            assert_eq!((row.get::<i64>(0).unwrap(), row.get::<i64>(1).unwrap()), (2 * n, n));
        });
    }
    flights.join_all().await;
    let status = pool.status();
    assert!(status.open <= 8 && status.idle == status.open && status.waiting == 0, "{status:?}");
}

#[tokio::test]
async fn a_full_pool_refuses_in_bounded_time() {
    let limits = PoolConfig { max_waiting: 1, acquire_timeout: Duration::from_millis(100), ..config(1) };
    let pool = Pool::new(Server::shared().config(), limits);
    let held = pool.get().await.unwrap();
    let (first, second) = tokio::join!(text(&pool, "select 1"), async {
        while pool.status().waiting == 0 {
            tokio::task::yield_now().await;
        }
        let asked = Instant::now();
        let refused = text(&pool, "select 1").await;
        assert!(asked.elapsed() < Duration::from_millis(100));
        refused
    });
    assert!(matches!(first, Err(Error::PoolTimeout { .. })), "{first:?}");
    assert!(matches!(second, Err(Error::PoolFull)), "{second:?}");
    assert_eq!(pool.status().waiting, 0);
    drop(held);
    assert_eq!(text(&pool, "select 'free'").await.unwrap(), "free");
}

#[tokio::test]
async fn dropping_a_flight_cancels_it_and_the_connection_serves_on() {
    let pool = pool(1);
    let process = text(&pool, "select pg_backend_pid()").await.unwrap();
    for _ in 0..3 {
        tokio::select! {
            _ = text(&pool, "select pg_sleep(60) -- dropped") => panic!("slept through"),
            () = until(sleeping("-- dropped")) => {}
        }
        until(format!("select not ({})", sleeping("-- dropped").trim_start_matches("select"))).await;
        // the permit came back, with the same session, outside of any transaction
        assert_eq!(text(&pool, "select pg_backend_pid()").await.unwrap(), process);
    }
    assert_eq!(pool.status().open, 1);
}

#[tokio::test]
async fn a_dropped_call_on_a_client_is_cancelled_before_its_next() {
    let mut client = pool(1).get().await.unwrap();
    tokio::select! {
        _ = client.query("select pg_sleep(60) -- client", &[]) => panic!("slept through"),
        () = until(sleeping("-- client")) => {}
    }
    assert_eq!(client.query("select 1", &[]).await.unwrap()[0].text(0), Some("1"));
    tokio::select! {
        _ = client.script("begin; select pg_sleep(60) -- script") => panic!("slept through"),
        () = until(sleeping("-- script")) => {}
    }
    assert_eq!(client.query("select 2", &[]).await.unwrap()[0].text(0), Some("2"));
}

#[tokio::test]
async fn a_flight_dropped_before_anything_happened_costs_nothing() {
    let pool = pool(1);
    let process = text(&pool, "select pg_backend_pid()").await.unwrap();
    for _ in 0..50 {
        let mut flight = Box::pin(text(&pool, "select 'never looked at'"));
        let mut context = Context::from_waker(noop_waker_ref());
        let _ = flight.as_mut().poll(&mut context);
        drop(flight);
    }
    assert_eq!(text(&pool, "select pg_backend_pid()").await.unwrap(), process);
    assert_eq!(pool.status().open, 1);
}

#[tokio::test]
async fn settings_of_a_script_do_not_reach_the_next_caller() {
    let pool = pool(1);
    let process = text(&pool, "select pg_backend_pid()").await.unwrap();
    let mut client = pool.get().await.unwrap();
    client.query("select 1", &[]).await.unwrap();
    client.script("set role anon; create temp table leftover (); listen x").await.unwrap();
    drop(client);
    assert_eq!(text(&pool, "select current_user").await.unwrap(), "postgres");
    assert_eq!(text(&pool, "select to_regclass('leftover') is null").await.unwrap(), "t");
    assert_eq!(text(&pool, "select pg_backend_pid()").await.unwrap(), process);
}

#[tokio::test]
async fn without_prepared_statements_nothing_stays_on_the_server() {
    let limits = PoolConfig { prepared_statements: false, ..config(1) };
    let pool = Pool::new(Server::shared().config(), limits);
    for _ in 0..3 {
        assert_eq!(text(&pool, "select 'same'").await.unwrap(), "same");
        let mut flight = Flight::transaction(pg::Begin::read_only());
        flight.push(Statement::new("select $1::int + 1").bind(1));
        assert_eq!(pool.run(flight).await.unwrap().results[0].rows[0].text(0), Some("2"));
    }
    assert_eq!(text(&pool, "select count(*) from pg_prepared_statements").await.unwrap(), "0");
}

#[tokio::test]
async fn a_session_the_server_ended_is_replaced_unseen() {
    let pool = pool(1);
    let process: i32 = text(&pool, "select pg_backend_pid()").await.unwrap().parse().unwrap();
    until(format!("select pg_terminate_backend({process})")).await;
    until(format!("select not exists (select from pg_stat_activity where pid = {process})")).await;
    let now: i32 = text(&pool, "select pg_backend_pid()").await.unwrap().parse().unwrap();
    assert_ne!(now, process);
}

#[tokio::test]
async fn ending_the_session_in_the_middle_is_an_error_and_the_next_flight_works() {
    let pool = pool(1);
    let (failed, ()) = tokio::join!(text(&pool, "select pg_sleep(60) -- ended"), async {
        until(sleeping("-- ended")).await;
        until("select bool_and(pg_terminate_backend(pid)) from pg_stat_activity where query like '%pg_sleep(60) -- ended' and pid <> pg_backend_pid()").await;
    });
    let error = failed.unwrap_err();
    assert_eq!(error.code(), Some("57P01"));
    assert!(error.is_unavailable());
    assert_eq!(text(&pool, "select 1").await.unwrap(), "1");
}

#[tokio::test]
async fn after_a_restart_of_the_server_the_next_flight_works_and_while_it_is_down_the_error_is_clear() {
    let server = Server::start();
    let pool = Pool::new(server.config(), config(3));
    for mode in ["fast", "immediate"] {
        let held = [pool.get().await.unwrap(), pool.get().await.unwrap()];
        drop(held);
        assert_eq!(pool.status().idle, 2);
        server.control(&["restart", "-m", mode]);
        for _ in 0..3 {
            assert_eq!(text(&pool, "select 1").await.unwrap(), "1", "after {mode}");
        }
    }
    server.control(&["stop", "-m", "fast"]);
    let asked = Instant::now();
    let error = text(&pool, "select 1").await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }) && error.is_unavailable(), "{error}");
    assert!(error.to_string().contains(".s.PGSQL.") && asked.elapsed() < Duration::from_secs(1), "{error}");
    server.control(&["start"]);
    assert_eq!(text(&pool, "select 1").await.unwrap(), "1");
}

#[tokio::test]
async fn old_and_idle_connections_are_closed() {
    let aged = PoolConfig { max_lifetime: Duration::ZERO, ..config(2) };
    let pool = Pool::new(Server::shared().config(), aged);
    text(&pool, "select 1").await.unwrap();
    assert_eq!(pool.status().open, 0);

    let bored = PoolConfig { idle_timeout: Duration::ZERO, ..config(2) };
    let pool = Pool::new(Server::shared().config(), bored.clone()).clone();
    text(&pool, "select 1").await.unwrap();
    while pool.status().open > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn closing_waits_for_what_runs_and_refuses_the_rest() {
    let pool = pool(2);
    let mut running = pool.get().await.unwrap();
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });
    while !matches!(text(&pool, "select 1").await, Err(Error::PoolClosed)) {
        tokio::task::yield_now().await;
    }
    assert!(!closing.is_finished());
    assert_eq!(running.query("select 1", &[]).await.unwrap().len(), 1);
    drop(running);
    closing.await.unwrap();
    assert_eq!((pool.status().open, pool.status().idle), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_some_flights_never_hits_others() {
    let limits = PoolConfig { acquire_timeout: Duration::from_mins(1), ..config(4) };
    let pool = Pool::new(Server::shared().config(), limits);
    let mut flights = JoinSet::new();
    for n in 0..400_u64 {
        let pool = pool.clone();
        flights.spawn(async move {
            if n % 2 == 0 {
                // dropped while it waits, is sent, runs or has just been answered
                let pause = Duration::from_micros(n * 7919 % 2500);
                let sql = if n % 4 == 0 { "select pg_sleep(60)" } else { "select 1" };
                let _ = tokio::time::timeout(pause, pool.run(Statement::new(sql).into())).await;
                return;
            }
            let statement = Statement::new("select $1::int8 from pg_sleep(0.002)").bind(n);
            let outcome = pool.run(statement.into()).await.unwrap();
            assert_eq!(outcome.results[0].rows[0].get::<u64>(0).unwrap(), n);
        });
    }
    flights.join_all().await;
    // every permit came back
    let all = [pool.get().await, pool.get().await, pool.get().await, pool.get().await];
    assert!(all.iter().all(Result::is_ok) && pool.status().open == 4, "{:?}", pool.status());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_the_server_under_load_loses_nothing_that_was_acknowledged() {
    let server = Server::start();
    let pool = Pool::new(server.config(), config(4));
    let mut admin = Client::connect(&server.config()).await.unwrap();
    admin.script("create table kept (n int8 primary key)").await.unwrap();
    let mut writers = JoinSet::new();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    for writer in 0..4_i64 {
        let (pool, stopped) = (pool.clone(), stopped.clone());
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            for n in (writer..).step_by(4) {
                if *stopped.borrow() {
                    break;
                }
                match pool.run(Statement::new("insert into kept values ($1)").bind(n).into()).await {
                    Ok(outcome) => acknowledged.push((n, outcome.results[0].affected)),
                    Err(error) => assert!(error.is_unavailable(), "{error:?}"),
                }
                tokio::task::yield_now().await;
            }
            acknowledged
        });
    }
    for mode in ["immediate", "fast"] {
        let control = || server.control(&["restart", "-m", mode]);
        tokio::task::block_in_place(control);
    }
    let before: i64 = text(&pool, "select count(*) from kept").await.unwrap().parse().unwrap();
    let grown =
        || async { text(&pool, "select count(*) from kept").await.unwrap().parse::<i64>().unwrap() > before };
    while !grown().await {
        tokio::task::yield_now().await;
    }
    stop.send(true).unwrap();
    let acknowledged: Vec<(i64, u64)> = writers.join_all().await.into_iter().flatten().collect();
    assert!(acknowledged.iter().all(|(_, affected)| *affected == 1));
    let numbers: Vec<i64> = acknowledged.iter().map(|(n, _)| *n).collect();
    let kept = Statement::new("select count(*) from kept where n = any ($1)").bind(numbers.clone());
    let outcome = pool.run(kept.into()).await.unwrap();
    assert_eq!(outcome.results[0].rows[0].get::<usize>(0).unwrap(), numbers.len());
}
