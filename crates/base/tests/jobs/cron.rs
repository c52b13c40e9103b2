//! pg_cron's surface and the scheduler behind it. Time is a parameter: no test waits for a minute to pass.

use std::sync::Arc;
use std::time::Duration;

use base::clock::{Clock as _, FixedClock};
use base::jobs::cron::{Report, Scheduler};
use base::jobs::{Config, Jobs};
use chrono::{DateTime, TimeDelta, Utc};
use pg::{Client, Param};
use testkit::TestDb;
use tokio::sync::mpsc;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn config(database: &TestDb, clock: &FixedClock) -> Config {
    let connect = database.admin();
    let connect_as = Arc::new(move |role: &str| Some(connect.clone().with_user(role)));
    Config {
        election_pause: Duration::from_millis(20),
        ..Config::new(database.admin(), connect_as, Arc::new(clock.clone()), super::net::outgoing())
    }
}

/// A scheduler that does nothing unless it is told what time it is.
struct Stage {
    database: TestDb,
    clock: FixedClock,
    admin: Client,
    postgres: Client,
    scheduler: Scheduler,
    reports: mpsc::UnboundedReceiver<Report>,
}

impl Stage {
    async fn at(start: &str, jobs: &str) -> Self {
        let database = TestDb::platform().await;
        let mut postgres = database.client("postgres").await;
        postgres.script("create extension if not exists pg_cron").await.unwrap();
        postgres.script(jobs).await.unwrap();
        let clock = FixedClock::at(at(start));
        let mut admin = database.client("supabase_admin").await;
        let (sender, reports) = mpsc::unbounded_channel();
        let scheduler = Scheduler::begin(&mut admin, config(&database, &clock), sender).await.unwrap();
        Self { database, clock, admin, postgres, scheduler, reports }
    }

    /// Moves the clock to a moment and starts what is due then.
    async fn tick(&mut self, moment: &str) {
        self.clock.advance(at(moment) - self.clock.now());
        self.scheduler.tick(&mut self.admin, self.clock.now()).await.unwrap();
    }

    /// Until nothing runs any more.
    async fn settle(&mut self) {
        while !self.scheduler.is_idle() {
            let report = self.reports.recv().await.unwrap();
            self.scheduler.record(&mut self.admin, report).await.unwrap();
        }
    }

    async fn run_at(&mut self, moment: &str) {
        self.tick(moment).await;
        self.settle().await;
    }

    /// Runs so far, as `jobname status message`.
    async fn runs(&mut self) -> Vec<String> {
        texts(
            &mut self.postgres,
            "select coalesce(jobname, '?') || ' ' || status || ' ' || coalesce(return_message, '-')
             from cron.job_run_details left join cron.job using (jobid) order by runid",
        )
        .await
    }
}

async fn texts(client: &mut Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0).unwrap()).collect()
}

async fn text(client: &mut Client, sql: &str) -> String {
    texts(client, sql).await.pop().unwrap()
}

#[tokio::test]
async fn a_job_runs_in_its_minute_as_its_owner_and_says_what_came_of_it() {
    let mut stage = Stage::at(
        "2026-03-01T11:58:30Z",
        "create table public.log (who text default current_user, session text default session_user, what text);
         select cron.schedule('insert', '0 12 * * *', $$insert into public.log (what) values ('a'), ('b')$$);
         select cron.schedule('one row', '* * * * *', 'select 1');
         select cron.schedule('rows', '0 12 * * *', 'select 1; select generate_series(1, 3)');
         select cron.schedule('vacuum', '0 12 * * *', 'vacuum public.log');
         select cron.schedule('fails', '0 12 * * *', 'insert into public.log (what) values (''undone''); select 1/0')",
    )
    .await;
    stage.run_at("2026-03-01T11:58:59Z").await;
    assert_eq!(stage.runs().await, Vec::<String>::new());
    stage.run_at("2026-03-01T11:59:00Z").await;
    assert_eq!(stage.runs().await, ["one row succeeded 1 row"]);
    stage.run_at("2026-03-01T12:00:10Z").await;
    assert_eq!(
        stage.runs().await[1..],
        [
            "insert succeeded INSERT 0 2",
            "one row succeeded 1 row",
            "rows succeeded 3 rows",
            "vacuum succeeded VACUUM",
            "fails failed ERROR:  division by zero\n",
        ]
    );
    stage.run_at("2026-03-01T12:00:50Z").await;
    assert_eq!(stage.runs().await.len(), 6, "once a minute");
    let log = "select string_agg(who || session || what, ',' order by what) from public.log";
    assert_eq!(text(&mut stage.postgres, log).await, "postgrespostgresa,postgrespostgresb");
    let details =
        "select format('%s %s %s %s', username, database = current_database(), job_pid > 0, end_time)
                   from cron.job_run_details order by runid limit 1";
    assert_eq!(text(&mut stage.postgres, details).await, "postgres t t 2026-03-01 11:59:00+00");
}

#[tokio::test]
async fn a_job_never_overlaps_itself_and_makes_up_for_what_fell_due_meanwhile() {
    let mut stage = Stage::at(
        "2026-03-01T12:00:00Z",
        "create table public.gate (); select cron.schedule('slow', '* * * * *', 'lock table public.gate')",
    )
    .await;
    stage.postgres.script("create table public.other ()").await.unwrap();
    let mut blocker = stage.database.client("postgres").await;
    // held until the connection goes
    blocker.query("select pg_advisory_lock(1)", &[]).await.unwrap();
    stage
        .postgres
        .script("select cron.schedule('slow', '* * * * *', 'select pg_advisory_xact_lock(1)')")
        .await
        .unwrap();
    stage.scheduler.reload(&mut stage.admin).await.unwrap();
    stage.tick("2026-03-01T12:01:00Z").await;
    stage.tick("2026-03-01T12:02:00Z").await;
    stage.tick("2026-03-01T12:03:00Z").await;
    assert_eq!(text(&mut stage.postgres, "select count(*)::text from cron.job_run_details").await, "1");
    drop(blocker);
    stage.settle().await;
    assert_eq!(stage.runs().await, vec!["slow succeeded 1 row"; 3]);
}

#[tokio::test]
async fn seconds_count_from_the_last_start() {
    let mut stage = Stage::at(
        "2026-03-01T12:00:00Z",
        "select cron.schedule('quick', '30 seconds', 'select 1'); select cron.schedule('slow', '59 SECONDS', 'select 1')",
    )
    .await;
    assert_eq!(stage.scheduler.next_wake(), at("2026-03-01T12:00:30Z"));
    for (moment, runs) in [
        ("2026-03-01T12:00:29Z", 0),
        ("2026-03-01T12:00:30Z", 1),
        ("2026-03-01T12:00:59Z", 2),
        ("2026-03-01T12:01:10Z", 3),
        ("2026-03-01T12:01:39Z", 3),
        ("2026-03-01T12:01:40Z", 4),
    ] {
        stage.run_at(moment).await;
        assert_eq!(stage.runs().await.len(), runs, "{moment}");
    }
}

#[tokio::test]
async fn jobs_at_restart_run_once_when_the_scheduler_begins() {
    let mut stage =
        Stage::at("2026-03-01T12:00:00Z", "select cron.schedule('begin', '@reboot', 'select 1')").await;
    stage.run_at("2026-03-01T12:00:01Z").await;
    stage.postgres.script("select cron.schedule('later', '@restart', 'select 1')").await.unwrap();
    stage.scheduler.reload(&mut stage.admin).await.unwrap();
    stage.run_at("2026-03-01T12:10:00Z").await;
    assert_eq!(stage.runs().await, ["begin succeeded 1 row"]);
}

#[tokio::test]
async fn a_job_that_is_taken_away_while_it_runs_is_cancelled() {
    let mut stage = Stage::at(
        "2026-03-01T12:00:00Z",
        "select cron.schedule('endless', '* * * * *', 'select pg_sleep(1000)')",
    )
    .await;
    stage.tick("2026-03-01T12:01:00Z").await;
    // its first report: it runs
    let report = stage.reports.recv().await.unwrap();
    stage.scheduler.record(&mut stage.admin, report).await.unwrap();
    assert_eq!(stage.runs().await, ["endless running -"]);
    stage.postgres.script("select cron.unschedule('endless')").await.unwrap();
    stage.scheduler.reload(&mut stage.admin).await.unwrap();
    let report = stage.reports.recv().await.unwrap();
    stage.scheduler.record(&mut stage.admin, report).await.unwrap();
    assert_eq!(stage.runs().await, ["? failed job canceled"]);
}

#[tokio::test]
async fn another_scheduler_finds_unfinished_runs_failed() {
    let mut stage = Stage::at(
        "2026-03-01T12:00:00Z",
        "select cron.schedule('endless', '* * * * *', 'select pg_sleep(1000)')",
    )
    .await;
    stage.tick("2026-03-01T12:01:00Z").await;
    drop(stage.scheduler);
    let (sender, _reports) = mpsc::unbounded_channel();
    Scheduler::begin(&mut stage.admin, config(&stage.database, &stage.clock), sender).await.unwrap();
    let runs = "select status || ' ' || return_message from cron.job_run_details";
    assert_eq!(text(&mut stage.postgres, runs).await, "failed server restarted");
}

#[tokio::test]
async fn the_clock_on_the_wall_may_be_another() {
    let mut stage =
        Stage::at("2026-03-01T00:00:00Z", "select cron.schedule('berlin', '0 9 * * *', 'select 1')").await;
    let name = stage.database.name().to_owned();
    stage.admin.script(&format!("alter database {name} set cron.timezone = 'Europe/Berlin'")).await.unwrap();
    stage.admin = stage.database.client("supabase_admin").await;
    stage.scheduler.tick(&mut stage.admin, at("2026-03-01T07:59:00Z")).await.unwrap();
    stage.run_at("2026-03-01T08:00:00Z").await;
    stage.run_at("2026-03-01T09:00:00Z").await;
    assert_eq!(stage.runs().await, ["berlin succeeded 1 row"]);
}

/// Templates are cloned with the jobs that their migrations scheduled.
#[tokio::test]
async fn the_jobs_of_a_clone_run_in_the_clone() {
    let mut stage = Stage::at(
        "2026-03-01T12:00:00Z",
        "create table public.ran (db text default current_database());
         select cron.schedule('here', '* * * * *', 'insert into public.ran default values')",
    )
    .await;
    // the second one belongs elsewhere, and stays there
    let mut admin = stage.database.client("supabase_admin").await;
    admin
        .script(
            "update cron.job set database = 'template_of_this';
             select cron.schedule_in_database('there', '* * * * *', 'select 1', 'postgres')",
        )
        .await
        .unwrap();
    let (sender, reports) = mpsc::unbounded_channel();
    stage.scheduler =
        Scheduler::begin(&mut stage.admin, config(&stage.database, &stage.clock), sender).await.unwrap();
    stage.reports = reports;
    stage.run_at("2026-03-01T12:01:00Z").await;
    assert_eq!(text(&mut stage.postgres, "select db = current_database() from public.ran").await, "t");
    let databases = "select string_agg((database = current_database()) || status, ' ' order by jobid) from cron.job_run_details";
    assert_eq!(text(&mut stage.admin, databases).await, "truesucceeded falsesucceeded");
    assert_eq!(
        text(
            &mut stage.admin,
            "select (database = current_database())::text from cron.job where jobname = 'here'"
        )
        .await,
        "true"
    );
}

#[tokio::test]
async fn one_of_several_nodes_works_and_another_takes_over() {
    let database = TestDb::platform().await;
    database.client("postgres").await.script("create extension pg_cron").await.unwrap();
    let clock = FixedClock::at(at("2026-03-01T12:00:00Z"));
    let one = Jobs::start(config(&database, &clock));
    one.leads().wait_for(|leads| *leads).await.unwrap();
    let other = Jobs::start(config(&database, &clock));
    assert!(!*other.leads().borrow());
    // a job that is made later is noticed
    let mut postgres = database.client("postgres").await;
    let (_listener, mut events) = pg::listen::Listener::spawn(database.admin(), ["done"]);
    assert_eq!(events.recv().await, Some(pg::listen::Event::Connected));
    postgres.script("select cron.schedule('1 second', 'notify done')").await.unwrap();
    one.stop().await;
    other.leads().wait_for(|leads| *leads).await.unwrap();
    clock.advance(TimeDelta::seconds(2));
    postgres.script("select cron.schedule('again', '1 second', 'notify done')").await.unwrap();
    assert!(matches!(events.recv().await, Some(pg::listen::Event::Notification { .. })));
    other.stop().await;
}

/// (schedule, valid): pg_cron's own test table among them.
const SCHEDULES: &[(&str, bool)] = &[
    ("0 10 * * *", true),
    ("*/5 * * * *", true),
    ("1,2,30-40/5 0-23/2 1-31 jan-DEC mon-Fri", true),
    ("0 0 * * 7", true),
    ("  0 0 * * sun  ", true),
    ("0\t0 * * *", true),
    ("0 11 $ * *", true),
    ("@daily", true),
    ("@reboot", true),
    ("@restart", true),
    ("1 second", true),
    (" 30 sEcOnDs ", true),
    ("59 seconds", true),
    ("17  seconds ", true),
    // the sixth field is where a crontab has its command
    ("0 0 * * * *", true),
    ("* * * *", false),
    ("5 secondc", false),
    ("50 seconds c", false),
    ("*/0 10 * * *", false),
    ("-1 * * * *", false),
    ("*/-1 10 * * *", false),
    ("*/60 10 * * *", true),
    ("1/20 * * * *", false),
    ("5-64/30 * * * *", false),
    ("* * * 13 *", false),
    ("* * * 0 *", false),
    ("* 24 * * *", false),
    ("60 * * * *", false),
    ("* * 32 * *", false),
    ("* * * * 8", false),
    ("* * * foo *", false),
    ("1, * * * *", false),
    ("*/5000000000 10 * * *", false),
    ("-1 seconds", false),
    ("0 seconds", false),
    ("60 seconds", false),
    ("10000000000 seconds", false),
    ("@restar", false),
    ("@DAILY", false),
    ("0 11 $foo * *", false),
    ("", false),
    ("every hour", false),
];

/// (schedule, moments it is due, moments it is not).
const DUE: &[(&str, &[&str], &[&str])] = &[
    ("30 2 * * *", &["2026-03-01 02:30"], &["2026-03-01 02:31", "2026-03-01 14:30"]),
    ("*/15 * * * *", &["2026-03-01 02:00", "2026-03-01 02:45"], &["2026-03-01 02:50"]),
    ("5-10/3 * * * *", &["2026-03-01 02:05", "2026-03-01 02:08"], &["2026-03-01 02:10"]),
    (
        "0 0 $ * *",
        &["2026-02-28 00:00", "2024-02-29 00:00", "2026-04-30 00:00"],
        &["2024-02-28 00:00", "2026-03-30 00:00"],
    ),
    // Sunday has two numbers
    ("0 0 * * 0", &["2026-03-01 00:00"], &["2026-03-02 00:00"]),
    ("0 0 * * 7", &["2026-03-01 00:00"], &["2026-03-02 00:00"]),
    ("0 0 * * fri,Sun", &["2026-03-01 00:00", "2026-03-06 00:00"], &["2026-03-05 00:00"]),
    // day of month and day of week both given: either will do
    ("0 0 13 * fri", &["2026-03-13 00:00", "2026-03-06 00:00", "2026-04-13 00:00"], &["2026-03-12 00:00"]),
    ("0 0 */2 * fri", &["2026-03-13 00:00"], &["2026-03-06 00:00"]),
    ("0 0 1 jan *", &["2026-01-01 00:00"], &["2026-02-01 00:00"]),
    ("@yearly", &["2026-01-01 00:00"], &["2026-02-01 00:00"]),
    ("@weekly", &["2026-03-01 00:00"], &["2026-03-02 00:00"]),
    ("@hourly", &["2026-03-01 05:00"], &["2026-03-01 05:01"]),
    ("@reboot", &[], &["2026-03-01 00:00"]),
    ("10 seconds", &[], &["2026-03-01 00:00"]),
];

#[tokio::test]
async fn schedules_are_accepted_refused_and_due_as_with_pg_cron() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension pg_cron with schema extensions").await.unwrap();
    for (schedule, valid) in SCHEDULES {
        let result =
            postgres.query("select cron.schedule('j', $1, 'select 1')", &[Param::from(*schedule)]).await;
        match result {
            Ok(_) => assert!(valid, "{schedule:?} was accepted"),
            Err(error) => {
                let db = error.db().unwrap();
                assert!(!valid, "{schedule:?}: {error}");
                assert_eq!(
                    (db.code.as_str(), db.message.as_str()),
                    ("22023", &*format!("invalid schedule: {schedule}"))
                );
                assert_eq!(
                    db.hint.as_deref(),
                    Some("Use cron format (e.g. 5 4 * * *), or interval format '[1-59] seconds'")
                );
            }
        }
    }
    let due = "select cron.is_due($1, $2::timestamp, true, true)";
    for (schedule, at, not_at) in DUE {
        for (moments, expected) in [(at, true), (not_at, false)] {
            for moment in *moments {
                let params = [Param::from(*schedule), Param::from(*moment)];
                let is_due: bool = postgres.query(due, &params).await.unwrap()[0].get(0).unwrap();
                assert_eq!(is_due, expected, "{schedule} at {moment}");
            }
        }
    }
}

/// What another role than the owner of job 1 is refused.
const NOT_THEIRS: &[(&str, &str, &str)] = &[
    ("select cron.unschedule('nightly')", "XX000", "could not find valid entry for job 'nightly'"),
    ("select cron.unschedule(1)", "42501", "permission denied for table job"),
    ("select cron.unschedule(99)", "XX000", "could not find valid entry for job 99"),
    ("select cron.alter_job(1, active := false)", "XX000", "Job 1 does not exist or you don't own it"),
    ("select cron.alter_job(1)", "XX000", "no updates specified"),
    ("select cron.alter_job(4, username := 'postgres')", "XX000", "must be superuser to alter username"),
    ("select cron.alter_job(4, database := 'nowhere')", "3D000", "database \"nowhere\" does not exist"),
    (
        "select cron.schedule_in_database('x', '* * * * *', 'select 1', 'postgres')",
        "42501",
        "permission denied for function schedule_in_database",
    ),
    ("update cron.job set command = 'select 2'", "42501", "permission denied for table job"),
    (
        "insert into cron.job (schedule, command) values ('* * * * *', 'x')",
        "42501",
        "permission denied for table job",
    ),
    (
        "insert into cron.request (action, schedule, command, database) values ('schedule', '* * * * *', 'x', 'postgres')",
        "42501",
        "permission denied for table job",
    ),
    (
        "insert into cron.request (action, caller) values ('schedule', 'postgres')",
        "42501",
        "permission denied for view request",
    ),
    ("select cron.handle_schedule(null)", "42501", "permission denied for function handle_schedule"),
];

#[tokio::test]
async fn jobs_belong_to_who_made_them() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    // roles are the cluster's, not the database's
    let role = format!("worker_of_{}", database.name());
    postgres
        .script(&format!(
            "create extension if not exists pg_cron;
             create role {role} login; grant usage on schema cron to {role};
             grant execute on function cron.alter_job to {role};
             grant all on database postgres to postgres;
             select cron.schedule('nightly', '0 10 * * *', 'vacuum');
             select cron.schedule('nightly', '0 11 * * *', 'analyze');
             select cron.schedule('0 10 * * *', 'select 1');
             create function public.plan() returns bigint language sql security definer
               as $$ select cron.schedule('by definer', '* * * * *', 'select 1') $$;
             grant execute on function public.plan() to {role}",
        ))
        .await
        .unwrap();
    let jobs = "select string_agg(coalesce(jobname, '?') || ' ' || username || ' ' || schedule || ' ' || command, ', ' order by jobid) from cron.job";
    assert_eq!(
        text(&mut postgres, jobs).await,
        "nightly postgres 0 11 * * * analyze, ? postgres 0 10 * * * select 1"
    );
    let mut worker = database.client(&role).await;
    worker
        .script("select cron.schedule('mine', '* * * * *', 'select 1'); select public.plan()")
        .await
        .unwrap();
    assert_eq!(text(&mut worker, "select string_agg(jobname, ',') from cron.job").await, "mine");
    assert_eq!(
        text(&mut postgres, "select username from cron.job where jobname = 'by definer'").await,
        "postgres"
    );
    for (statement, code, message) in NOT_THEIRS {
        let error = worker.script(statement).await.expect_err(statement);
        let db = error.db().unwrap();
        assert_eq!((db.code.as_str(), db.message.as_str()), (*code, *message), "{statement}");
    }
    for (statement, message) in [
        ("update cron.job set username = 'supabase_admin'", "permission denied for table job"),
        (
            "select cron.schedule_in_database('x', '* * * * *', 'select 1', current_database(), 'supabase_admin')",
            "must be superuser to create a job for another role",
        ),
        ("select cron.schedule(null, '* * * * *', 'x')", "job_name can not be NULL"),
        ("select cron.alter_job(1, schedule := 'never')", "invalid schedule: never"),
    ] {
        let error = postgres.script(statement).await.expect_err(statement);
        assert_eq!(error.db().unwrap().message, message, "{statement}");
    }
    postgres
        .script(
            "select cron.alter_job(1, schedule := '5 seconds', active := false);
             select cron.schedule_in_database('there', '* * * * *', 'select 1', current_database(), active := false);
             select cron.unschedule(jobid) from cron.job where jobname = 'nightly';
             select cron.unschedule('there');
             delete from cron.job_run_details;
             drop extension pg_cron; create extension pg_cron version '1.4'; drop extension pg_cron cascade",
        )
        .await
        .unwrap();
    drop(worker);
    let mut admin = database.client("supabase_admin").await;
    admin.script(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
}
