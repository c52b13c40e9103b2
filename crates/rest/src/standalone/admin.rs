//! What the admin server answers: is the room alive, is it ready, what does it know.

use std::fmt::Write as _;

use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use pg::{Flight, Statement};
use serde_json::{Value, json};

use super::Standalone;
use crate::db::schema_cache::Loaded;

const WRITTEN: &str = "writing to a String does not fail";
const TEXT: &str = "text/plain; charset=utf-8";

#[expect(clippy::cast_precision_loss, reason = "figures are for people, and far from 2^53")]
impl Standalone {
    /// Answers a path of the admin server.
    pub async fn administer(&self, path: &str) -> Response<Body> {
        match path {
            "/live" => answer(StatusCode::OK, TEXT, String::new()),
            "/ready" if self.is_ready().await => answer(StatusCode::OK, TEXT, String::new()),
            "/ready" => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, String::new()),
            "/schema_cache" => answer(StatusCode::OK, "application/json", self.schemas()),
            "/config" => answer(StatusCode::OK, TEXT, self.options.without_secrets().dump()),
            "/metrics" => answer(StatusCode::OK, TEXT, self.metrics()),
            _ => answer(StatusCode::NOT_FOUND, TEXT, String::new()),
        }
    }

    /// The schema cache is there and the database answers.
    async fn is_ready(&self) -> bool {
        let mut flight = Flight::new();
        flight.push(Statement::new("select 1"));
        self.room.is_ready() && self.pool.run(flight).await.is_ok()
    }

    fn schemas(&self) -> String {
        self.room.cache.current().map_or(Value::Null, |loaded| schemas(&loaded)).to_string()
    }

    /// The figures, in the format and with the names that dashboards for PostgREST have.
    fn metrics(&self) -> String {
        let (pool, loads) = (self.pool.status(), self.room.cache.figures());
        let tokens = self.room.cache.given_verifier().figures();
        let available = pool.max.saturating_sub(pool.open.saturating_sub(pool.idle));
        let mut text = String::new();
        let mut figure = |name: &str, kind: &str, help: &str, samples: &[(&str, f64)]| {
            write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n").expect(WRITTEN);
            for (labels, value) in samples {
                writeln!(text, "{name}{labels} {value}").expect(WRITTEN);
            }
        };
        let one = |value: u64| [("", value as f64)];
        figure(
            "pgrst_schema_cache_query_time_seconds",
            "gauge",
            "The query time in seconds of the last schema cache load",
            &[("", loads.duration().as_secs_f64())],
        );
        figure(
            "pgrst_schema_cache_loads_total",
            "counter",
            "The total number of times the schema cache was loaded",
            &[
                ("{status=\"SUCCESS\"}", loads.succeeded() as f64),
                ("{status=\"FAIL\"}", loads.failed() as f64),
            ],
        );
        for (name, help, value) in [
            ("pgrst_db_pool_max", "Max pool connections", pool.max),
            ("pgrst_db_pool_available", "Available connections in the pool", available),
            ("pgrst_db_pool_waiting", "Requests waiting to acquire a pool connection", pool.waiting),
        ] {
            figure(name, "gauge", help, &one(value as u64));
        }
        for (name, help, value) in [
            ("pgrst_db_pool_timeouts_total", "The total number of pool connection timeouts", pool.timeouts),
            ("pgrst_jwt_cache_requests_total", "The total number of JWT cache lookups", tokens.lookups()),
            ("pgrst_jwt_cache_hits_total", "The total number of JWT cache hits", tokens.hits()),
            (
                "pgrst_jwt_cache_evictions_total",
                "The total number of JWT cache evictions",
                tokens.evictions(),
            ),
        ] {
            figure(name, "counter", help, &one(value));
        }
        text
    }
}

/// What a database has of the exposed schemas: names by schema.
pub(super) fn schemas(loaded: &Loaded) -> Value {
    let schemas = loaded.config.schemas.iter().map(|schema| {
        let mut relations: Vec<&str> =
            loaded.catalog.tables(schema).map(|table| table.name.name.as_str()).collect();
        let mut functions: Vec<&str> =
            loaded.catalog.routines_in(schema).map(|routine| routine.name.name.as_str()).collect();
        relations.sort_unstable();
        functions.sort_unstable();
        (schema.clone(), json!({ "relations": relations, "functions": functions }))
    });
    json!({
        "schemas": schemas.collect::<serde_json::Map<_, _>>(),
        "relationships": loaded.catalog.relationship_count(),
    })
}

fn answer(status: StatusCode, media_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
