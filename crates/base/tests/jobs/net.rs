//! pg_net's surface and the worker behind it.

use std::sync::Arc;

use base::clock::{Clock as _, FixedClock, SystemClock};
use base::http::Outgoing;
use base::jobs::net::{self, Answer, Net};
use base::jobs::{Config, Jobs};
use chrono::TimeDelta;
use pg::{Client, Param};
use testkit::TestDb;
use tokio::sync::mpsc;

use super::site::Site;

pub(crate) fn outgoing() -> Outgoing {
    Outgoing::new("127.0.0.1".parse().unwrap()).unwrap()
}

struct Stage {
    site: Site,
    clock: FixedClock,
    admin: Client,
    postgres: Client,
    net: Net,
    answers: mpsc::UnboundedReceiver<Answer>,
    _database: TestDb,
}

impl Stage {
    async fn open() -> Self {
        let database = TestDb::platform().await;
        let mut postgres = database.client("postgres").await;
        postgres.script("create extension if not exists pg_net with schema extensions").await.unwrap();
        let mut admin = database.client("supabase_admin").await;
        let (sender, answers) = mpsc::unbounded_channel();
        let net = Net::begin(&mut admin, outgoing(), sender).await.unwrap();
        let clock = FixedClock::at(SystemClock.now());
        Self { site: Site::open().await, clock, admin, postgres, net, answers, _database: database }
    }

    /// Works until the queue is empty and everything is answered.
    async fn work(&mut self) {
        self.net.wake(&mut self.admin).await.unwrap();
        while self.count("net.http_request_queue").await + self.count("net.request_in_flight").await > 0 {
            let mut answers = vec![self.answers.recv().await.unwrap()];
            while let Ok(answer) = self.answers.try_recv() {
                answers.push(answer);
            }
            self.net.record(&mut self.admin, answers, &self.clock).await.unwrap();
        }
        assert!(self.net.is_idle());
    }

    async fn count(&mut self, table: &str) -> i64 {
        self.postgres.query(&format!("select count(*) from {table}"), &[]).await.unwrap()[0].get(0).unwrap()
    }

    /// One text for each answer.
    async fn answers(&mut self, sql: &str) -> Vec<String> {
        let rows = self.postgres.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get::<Option<String>>(0).unwrap().unwrap_or_default()).collect()
    }
}

#[tokio::test]
async fn requests_are_sent_as_asked_and_answers_kept() {
    let mut stage = Stage::open().await;
    let url = stage.site.url("/echo");
    for statement in [
        "select net.http_get($1)",
        r#"select net.http_get($1 || '?a=1#end', params := '{"b": "ü &", "c": 2}', headers := '{"X-Mine": "yes"}')"#,
        r#"select net.http_post($1, '{"hello": "world"}')"#,
        r#"select net.http_post(url := $1, body := '{}', headers := '{"x-mine": "yes"}', timeout_milliseconds := 2000)"#,
        "select net.http_delete($1)",
        r#"select net.http_delete($1, body := '{"gone": true}')"#,
    ] {
        stage.postgres.query(statement, &[Param::from(url.as_str())]).await.unwrap();
    }
    stage.work().await;
    assert_eq!(
        stage.answers("select status_code || ' ' || content from net._http_response order by id").await,
        [
            "200 GET /echo - - ",
            "200 GET /echo?a=1&b=%C3%BC%20%26&c=2 - yes ",
            r#"200 POST /echo application/json - {"hello": "world"}"#,
            "200 POST /echo application/json yes {}",
            "200 DELETE /echo - - ",
            r#"200 DELETE /echo - - {"gone": true}"#,
        ]
    );
    assert_eq!(
        stage
            .answers("select format('%s %s %s %s', content_type, headers ->> 'server', timed_out, error_msg is null) from net._http_response limit 1")
            .await,
        ["text/plain site f t"]
    );
    let collected = "select (net._http_collect_response(1)).status || ' ' || ((net._http_collect_response(1)).response).status_code";
    assert_eq!(stage.answers(collected).await, ["SUCCESS 200"]);
    assert_eq!(
        stage.answers("select (net.http_collect_response(99)).message").await,
        ["request matching request_id not found"]
    );
}

#[tokio::test]
async fn what_fails_leaves_a_row_that_says_why() {
    let mut stage = Stage::open().await;
    let never = stage.site.url("/never");
    let gone = stage.site.url("/status/404");
    let bytes = stage.site.url("/bytes");
    stage
        .postgres
        .script(&format!(
            "select net.http_get('{never}', timeout_milliseconds := 50);
             select net.http_get('http://10.0.0.1/');
             select net.http_get('nonsense');
             select net.http_get('{gone}');
             select net.http_get('{bytes}');
             select net.http_get('{gone}', headers := '{{\"a b\": \"c\"}}')"
        ))
        .await
        .unwrap();
    stage.work().await;
    let answers = stage
        .answers("select format('%s %s %s', status_code, timed_out, coalesce(error_msg, content)) from net._http_response order by id")
        .await;
    for (answer, expected) in answers.iter().zip([
        " t Timeout of 50 ms reached. Total time: ",
        " f requests to 10.0.0.1 are refused",
        " f Couldn't parse URL \"nonsense\"",
        "404 f status 404",
        "200 f \u{fffd}a",
        " f \"a b\" with this value is no header",
    ]) {
        assert!(answer.starts_with(expected), "{answer:?} does not begin with {expected:?}");
    }
    let refused = stage
        .postgres
        .script("select net.http_post('http://a.b', '{}', headers := '{\"content-type\": \"text/plain\"}')")
        .await;
    assert_eq!(
        refused.unwrap_err().db().unwrap().message,
        "Content-Type header must be \"application/json\""
    );
}

#[tokio::test]
async fn a_thousand_queued_requests_are_bounded_and_none_is_late() {
    let mut stage = Stage::open().await;
    let gate = stage.site.url("/gate");
    let queue =
        format!("select net.http_get('{gate}', timeout_milliseconds := 3000) from generate_series(1, 1000)");
    stage.postgres.script(&queue).await.unwrap();
    stage.work().await;
    assert_eq!(stage.site.served(), 1000);
    assert!((1..=100).contains(&stage.site.most_at_once()), "{}", stage.site.most_at_once());
    let answers = "select status_code || ' ' || timed_out || ' ' || count(*) from net._http_response group by status_code, timed_out";
    assert_eq!(stage.answers(answers).await, ["200 false 1000"]);
}

#[tokio::test]
async fn what_a_dead_worker_had_begun_is_sent_again() {
    let mut stage = Stage::open().await;
    let never = stage.site.url("/never");
    stage.postgres.script(&format!("select net.http_get('{never}')")).await.unwrap();
    stage.net.wake(&mut stage.admin).await.unwrap();
    assert_eq!(
        (stage.count("net.http_request_queue").await, stage.count("net.request_in_flight").await),
        (0, 1)
    );
    let (sender, answers) = mpsc::unbounded_channel();
    stage.net = Net::begin(&mut stage.admin, outgoing(), sender).await.unwrap();
    stage.answers = answers;
    assert_eq!(
        (stage.count("net.http_request_queue").await, stage.count("net.request_in_flight").await),
        (1, 0)
    );
    stage
        .postgres
        .script("update net.http_request_queue set url = replace(url, 'never', 'echo')")
        .await
        .unwrap();
    stage.work().await;
    assert_eq!(stage.answers("select status_code::text from net._http_response").await, ["200"]);
}

#[tokio::test]
async fn answers_are_kept_for_six_hours() {
    let mut stage = Stage::open().await;
    let echo = stage.site.url("/echo");
    stage.postgres.script(&format!("select net.http_get('{echo}')")).await.unwrap();
    stage.work().await;
    for (hours, left) in [(5, 1), (2, 0)] {
        stage.clock.advance(TimeDelta::hours(hours));
        net::expire(&mut stage.admin, stage.clock.now()).await.unwrap();
        assert_eq!(stage.count("net._http_response").await, left);
    }
}

#[tokio::test]
async fn the_running_worker_is_woken_by_a_committed_request() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension if not exists pg_net").await.unwrap();
    assert!(postgres.script("select net.check_worker_is_up()").await.is_err());
    let connect_as = Arc::new(|_: &str| None);
    let jobs = Jobs::start(Config::new(database.admin(), connect_as, Arc::new(SystemClock), outgoing()));
    jobs.leads().wait_for(|leads| *leads).await.unwrap();
    postgres
        .script("select net.check_worker_is_up(), net.wait_until_running(), net.worker_restart()")
        .await
        .unwrap();
    let site = Site::open().await;
    let mut authenticator = database.client("authenticator").await;
    authenticator
        .script(&format!("begin; set local role anon; select net.http_get('{}'); commit", site.url("/echo")))
        .await
        .unwrap();
    let response = "select (response).status_code from net._http_collect_response((select max(last_value) from net.http_request_queue_id_seq), async := false)";
    assert_eq!(postgres.query(response, &[]).await.unwrap()[0].get::<i64>(0).unwrap(), 200);
    jobs.stop().await;
}
