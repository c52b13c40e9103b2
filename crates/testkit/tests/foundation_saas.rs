//! The quota of the foundation `saas` under load.

use pg::Param;
use testkit::TestDb;

const JOB: &str = "insert into public.jobs (user_id, job_type) values ('00000000-0000-0000-0000-00000000000a', 'generation')";

/// A foreign key's look at a user for whom somebody else counts would leave a multixact on the row, and look-ups of a busy
/// user would go through all its versions until a vacuum. Whoever waits has not looked yet: the row is the first one's alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_user_is_locked_by_one_at_a_time() {
    let database = TestDb::foundation("saas").await;
    let mut first = database.client("postgres").await;
    first
        .query("insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a')", &[])
        .await
        .unwrap();
    let mut session = first.session().await.unwrap();
    session.say("begin").await.unwrap();
    session.say(JOB).await.unwrap();
    let mut second = database.client("postgres").await;
    let waiting = tokio::spawn(async move { second.query(JOB, &[]).await.map(drop) });

    let mut watcher = database.client("supabase_admin").await;
    let waits = "select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while watcher.query(waits, &[]).await.unwrap()[0].text(0) != Some("1") {
        assert!(!waiting.is_finished(), "nothing held it up");
    }
    let holds =
        "select (select xmax::text from public.users) = (select backend_xid::text from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction')";
    assert_eq!(watcher.query(holds, &[]).await.unwrap()[0].text(0), Some("t"));
    session.say("commit").await.unwrap();
    waiting.await.unwrap().unwrap();
}

/// S0-8b: fifty clients ask for a job at once; exactly the ten of the free tier are made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quota_is_exact_under_fifty_parallel_clients() {
    let database = TestDb::foundation("saas").await;
    let user = "00000000-0000-0000-0000-00000000000a";
    let mut postgres = database.client("postgres").await;
    postgres.query("insert into auth.users (id) values ($1::uuid)", &[Param::from(user)]).await.unwrap();

    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(database.client("postgres").await);
    }
    let attempts: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                client
                    .query(
                        "insert into public.jobs (user_id, job_type) values ($1::uuid, 'generation')",
                        &[Param::from(user)],
                    )
                    .await
            })
        })
        .collect();
    let mut made = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => made += 1,
            Err(pg::Error::Db(error)) => assert_eq!(error.code, "PT402", "{error:?}"),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(made, 10);
    let rows = postgres
        .query(
            "select (select count(*) from public.jobs where user_id = users.id) || ' jobs, usage ' || monthly_usage \
             from public.users where id = $1::uuid",
            &[Param::from(user)],
        )
        .await
        .unwrap();
    assert_eq!(rows[0].text(0), Some("10 jobs, usage 10"));
}
