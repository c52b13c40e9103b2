//! Properties of reads prepared by shape: what is filled in is what would have been written without them.

use std::sync::Arc;

use base::identity::Verifier;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use testkit::TestDb;

use super::read::{Filled, by_itself, fill, prepare};
use crate::Config;
use crate::db::schema_cache::Loaded;
use crate::error::Error;
use crate::logic::request::ast::Action;
use crate::logic::request::query::Parameters;
use crate::logic::request::{Shape, parse};

const OPERATORS: [&str; 32] = [
    "eq.",
    "neq.",
    "gt.",
    "gte.",
    "lt.",
    "lte.",
    "isdistinct.",
    "cs.",
    "cd.",
    "ov.",
    "sl.",
    "sr.",
    "nxr.",
    "nxl.",
    "adj.",
    "like.",
    "ilike.",
    "match.",
    "imatch.",
    "in.",
    "is.",
    "fts.",
    "plfts(english).",
    "eq(any).",
    "lt(all).",
    "not.eq.",
    "not.gte.",
    "not.in.",
    "not.not.eq.",
    "eq",
    "",
    "not.",
];

const NAMES: [&str; 22] = [
    "id",
    "name",
    "client_id",
    "settings",
    "settings->a",
    "settings->>b",
    "tags",
    "colour",
    "clients",
    "clients.id",
    "x.name",
    "users.name",
    "clients.chief.id",
    "chief",
    "and",
    "or",
    "clients.not.or",
    "select",
    "order",
    "limit",
    "users.limit",
    "\"odd.one\"",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &[
                "",
                "1",
                "-7",
                "null",
                "(1,2)",
                "()",
                "(id.eq.1,name.neq.a)",
                "{a,b}",
                "a*b",
                "eq.1",
                "not.eq.2",
                "id",
                "name.desc",
                "*",
                "';--\"",
                "5.eq.6",
                "%00",
                "a&b",
                "a;b",
                "a=b",
                "$1",
                "x y",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

#[derive(Clone, Debug)]
struct Sent {
    method: Method,
    relation: &'static str,
    select: Option<&'static str>,
    /// Names, operators and, for two requests, values.
    filters: Vec<(&'static str, &'static str, [String; 2])>,
    headers: Vec<(&'static str, &'static str)>,
}

fn sent() -> impl Strategy<Value = Sent> {
    let select = prop::sample::select(
        &[
            None,
            Some("*"),
            Some("id,name,settings->a"),
            Some("id,clients(*)"),
            Some("id,x:clients!inner(name,projects(id)),users(name)"),
            Some("...clients(name),colour"),
            Some("users(*),chief(id)"),
            Some("id,nowhere(*)"),
        ][..],
    );
    let filter = (prop::sample::select(&NAMES[..]), prop::sample::select(&OPERATORS[..]), [value(), value()]);
    let headers = prop::sample::subsequence(
        &[
            ("prefer", "count=exact"),
            ("prefer", "count=estimated"),
            ("prefer", "handling=strict, timezone=UTC"),
            ("accept", "text/csv"),
            ("accept", "application/vnd.pgrst.object+json"),
            ("accept", "application/vnd.pgrst.plan+json"),
            ("range", "2-5"),
            ("accept-profile", "public"),
            ("content-type", "text/csv"),
        ][..],
        0..4,
    );
    (
        prop::sample::select(&[Method::GET, Method::HEAD][..]),
        prop::sample::select(&["projects", "clients", "projects_view", "nothing"][..]),
        select,
        prop::collection::vec(filter, 0..4),
        headers,
    )
        .prop_map(|(method, relation, select, filters, headers)| Sent {
            method,
            relation,
            select,
            filters,
            headers,
        })
}

impl Sent {
    fn uri(&self, which: usize) -> Uri {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let select = self.select.map(|select| format!("select={}", encode(select)));
        let filters = self
            .filters
            .iter()
            .map(|(name, operator, values)| format!("{}={operator}{}", encode(name), encode(&values[which])));
        let query: Vec<String> = select.into_iter().chain(filters).collect();
        format!("/{}?{}", self.relation, query.join("&")).parse().unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }
}

/// Texts and parameters of the statements, and the address.
type Shown = (Vec<(String, pg::Params)>, String);

fn shown(filled: Filled) -> Shown {
    let statements = [Some(filled.main), filled.estimate].into_iter().flatten();
    let statements =
        statements.map(|statement| (statement.sql().to_owned(), statement.params().clone())).collect();
    (statements, filled.location)
}

/// What is made of a request without its shape.
fn written(loaded: &Loaded, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Shown, Error> {
    let request = parse(crate::settings(&loaded.config), method, uri, headers, Bytes::new())?;
    let Action::Read { relation, head } = &request.action else { panic!("{uri} reads") };
    Ok(shown(by_itself(loaded, &request, relation, *head)?.1))
}

fn check(loaded: &Loaded, sent: &Sent) -> Result<(), TestCaseError> {
    let headers = sent.headers();
    let uris = [sent.uri(0), sent.uri(1)];
    let parameters = [0, 1].map(|which: usize| Parameters::decode(uris[which].query().unwrap()));
    let [Ok(parameters), Ok(others)] = &parameters else { return Ok(()) };
    let shape = Shape::of(&sent.method, &uris[0], &headers, parameters);
    let other = Shape::of(&sent.method, &uris[1], &headers, others);
    let (Some(shape), Some(other)) = (shape, other) else { return Ok(()) };
    let prepared = shape
        .parse(crate::settings(&loaded.config))
        .ok()
        .and_then(|request| prepare(loaded, request, shape.values().len()));
    for (uri, same) in [(&uris[0], &shape), (&uris[1], &other)] {
        if same.key() != shape.key() {
            continue;
        }
        let filled = prepared.as_ref().map(|prepared| shown(fill(prepared, same.values()).unwrap()));
        let written = written(loaded, &sent.method, uri, &headers);
        prop_assert_eq!(filled, written.ok(), "{}", uri);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_filled_in_is_what_would_be_written() {
    let database = TestDb::platform().await;
    let mut client = database.client("supabase_admin").await;
    client.script(include_str!("../../tests/schema.sql")).await.unwrap();
    client
        .script(
            "create domain colour as integer; alter table projects add colour colour;
             create function colour(text) returns colour language sql immutable as 'select $1::integer::colour';
             create function json(colour) returns json language sql immutable as 'select to_json($1::integer)';
             create cast (text as colour) with function colour(text) as implicit;
             create cast (colour as json) with function json(colour) as implicit;",
        )
        .await
        .unwrap();
    let config = Config { plans: true, ..Config::default() };
    let catalog = pg::catalog::load(&mut client, &config.schemas, &[]).await.unwrap();
    let loaded = Loaded::new(config, catalog, Arc::new(Verifier::new(Vec::new())));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner.run(&sent(), |sent| check(&loaded, &sent)).unwrap();
}
