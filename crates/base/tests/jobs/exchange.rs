//! pgsql-http's surface: answered while the statement runs.

use std::sync::Arc;

use base::clock::SystemClock;
use base::jobs::{Config, Jobs, exchange};
use pg::Client;
use testkit::TestDb;

use super::site::Site;

struct Stage {
    site: Site,
    postgres: Client,
    database: TestDb,
    _jobs: Jobs,
}

async fn open() -> Stage {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension http with schema extensions").await.unwrap();
    let connect_as = Arc::new(|_: &str| None);
    let config = Config::new(database.admin(), connect_as, Arc::new(SystemClock), super::net::outgoing());
    let jobs = Jobs::start(config);
    jobs.leads().wait_for(|leads| *leads).await.unwrap();
    Stage { site: Site::open().await, postgres, database, _jobs: jobs }
}

impl Stage {
    /// The first column of the first row; `SITE` stands for the site.
    async fn text(&mut self, sql: &str) -> String {
        let sql = sql.replace("SITE", &self.site.url(""));
        let rows = self.postgres.query(&sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows[0].text(0).unwrap_or_default().to_owned()
    }

    async fn refusal(&mut self, sql: &str) -> String {
        let sql = sql.replace("SITE", &self.site.url(""));
        let error = self.postgres.script(&sql).await.expect_err(&sql);
        error.db().unwrap_or_else(|| panic!("{sql}: {error}")).message.clone()
    }
}

#[tokio::test]
async fn requests_are_answered_while_the_statement_runs() {
    let mut stage = open().await;
    for (sql, expected) in [
        ("select content from http_get('SITE/echo')", "GET /echo - - "),
        (
            "select content from http_get('SITE/echo', jsonb_build_object('q', 'a b&', 'n', 1))",
            "GET /echo?n=1&q=a+b%26 - - ",
        ),
        (
            "select content from http_post('SITE/echo', '{\"a\": \"ü\"}', 'application/json')",
            "POST /echo application/json - {\"a\": \"ü\"}",
        ),
        (
            "select content from http_post('SITE/echo', jsonb_build_object('q', 'a b'))",
            "POST /echo application/x-www-form-urlencoded - q=a+b",
        ),
        ("select content from http_put('SITE/echo', 'x', 'text/plain')", "PUT /echo text/plain - x"),
        ("select content from http_patch('SITE/echo', 'x', 'text/plain')", "PATCH /echo text/plain - x"),
        ("select content from http_delete('SITE/echo')", "DELETE /echo - - "),
        ("select content from http_delete('SITE/echo', 'x', 'text/plain')", "DELETE /echo text/plain - x"),
        ("select status::text from http_head('SITE/echo')", "200"),
        ("select status::text from http_get('SITE/status/404')", "404"),
        ("select content_type from http_get('SITE/echo')", "text/plain"),
        ("select value from http_get('SITE/echo') as r, unnest(r.headers) where field = 'server'", "site"),
        (
            "select content from http(('GET', 'SITE/echo', array[http_header('X-Mine', 'yes')], null, null)::http_request)",
            "GET /echo - yes ",
        ),
        (
            "select content from extensions.http(('PURGE', 'SITE/echo', http_headers('X-Mine', 'too'), null, null))",
            "PURGE /echo - too ",
        ),
    ] {
        assert_eq!(stage.text(sql).await, expected, "{sql}");
    }
    // also where a snapshot does not move
    let sql = format!(
        "begin isolation level repeatable read; select 1; select status from http_get('{}'); commit",
        stage.site.url("/echo")
    );
    stage.postgres.script(&sql).await.unwrap();
    let mut authenticator = stage.database.client("authenticator").await;
    let as_anon = format!(
        "begin; set local role anon; select status from extensions.http_get('{}'); commit",
        stage.site.url("/echo")
    );
    authenticator.script(&as_anon).await.unwrap();
    assert_eq!(stage.text("select count(*)::text from ferrobase.http_exchange").await, "0");
}

#[tokio::test]
async fn what_fails_is_an_error_of_the_statement() {
    let mut stage = open().await;
    for (sql, expected) in [
        ("select http_get('http://10.0.0.1/')", "requests to 10.0.0.1 are refused"),
        ("select http_get('nonsense')", "Couldn't parse URL"),
        (
            "select http_set_curlopt('CURLOPT_TIMEOUT_MS', '50'); select http_get('SITE/never')",
            "Timeout of 50 ms reached",
        ),
        (
            "select http_reset_curlopt(); set http.timeout_msec = '40.5'; select http_get('SITE/never')",
            "Timeout of 40 ms reached",
        ),
        ("select http(('GET', null, null, null, null)::http_request)", "http_request.uri is NULL"),
        ("select http((null, 'SITE', null, null, null)::http_request)", "http_request.method is NULL"),
        ("select http(('POST', 'SITE', null, null, 'x')::http_request)", "http_request.content_type is NULL"),
        ("select http(('POST', 'SITE', null, null, null)::http_request)", "http_request.content is NULL"),
        ("select http_set_curlopt('CURLOPT_PROXY', 'x')", "curl option 'CURLOPT_PROXY' is not available"),
    ] {
        let message = stage.refusal(sql).await;
        assert!(message.starts_with(expected), "{sql}: {message}");
    }
    // what a statement left behind when it was cancelled is not in the way of the next
    let message = stage
        .refusal("set statement_timeout = 100; select http_reset_curlopt(); select http_get('SITE/never')")
        .await;
    assert_eq!(message, "canceling statement due to statement timeout");
    stage.postgres.script("set statement_timeout = 0").await.unwrap();
    assert_eq!(stage.text("select status::text from http_get('SITE/echo')").await, "200");
}

#[tokio::test]
async fn nobody_waits_when_nobody_works() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension http with schema extensions").await.unwrap();
    let error = postgres.script("select http_get('http://example.com')").await.unwrap_err();
    assert!(
        error.db().unwrap().message.starts_with("no Ferrobase server works for this database"),
        "{error}"
    );
    for statement in [
        "select ferrobase.dblink_connect('x', 'user=supabase_admin')",
        "select ferrobase.exchange_http('GET', 'http://a', '{}', '{}', null, 1)",
    ] {
        assert_eq!(postgres.script(statement).await.unwrap_err().code(), Some("42501"), "{statement}");
    }
}

#[tokio::test]
async fn helpers_encode_as_pgsql_http_does() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension http").await.unwrap();
    for (sql, expected) in [
        ("select urlencode('my special string''s & things?')", "my+special+string%27s+%26+things%3F"),
        ("select urlencode('ü'::bytea)", "%C3%BC"),
        ("select urlencode('')", ""),
        (
            "select urlencode('{\"name\": \"Colin & James\", \"rate\": \"50%\", \"skip\": [1], \"none\": null}'::jsonb)",
            "name=Colin+%26+James&rate=50%25",
        ),
        (
            "select string_agg(curlopt || '=' || value, ',') from (select http_set_curlopt('CURLOPT_TIMEOUT', '3')) as s, http_list_curlopt()",
            "CURLOPT_TIMEOUT=3",
        ),
        ("select http_reset_curlopt()::text", "true"),
        ("select count(*)::text from http_list_curlopt()", "0"),
        ("select bytea_to_text(text_to_bytea('ü'))", "ü"),
    ] {
        let rows = postgres.query(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(rows[0].text(0).unwrap_or_default(), expected, "{sql}");
    }
}

/// As while migrations are applied: before the workers are started, or where there are none.
#[tokio::test]
async fn work_that_runs_without_workers_is_answered_too() {
    let database = TestDb::platform().await;
    let site = Site::open().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension http with schema extensions").await.unwrap();
    let script = format!(
        "create table public.t as select content from http_get('{0}'); select content from http_get('{0}')",
        site.url("/echo")
    );
    let outgoing = || Ok(super::net::outgoing());
    exchange::answering(&database.admin(), outgoing, postgres.script(&script)).await.unwrap();
    let rows = postgres.query("select content from public.t", &[]).await.unwrap();
    assert_eq!(rows[0].text(0), Some("GET /echo - - "));
    // what asks nothing needs no client
    let unused = || panic!("nothing was asked for");
    exchange::answering(&database.admin(), unused, postgres.script("select 1")).await.unwrap();
}
