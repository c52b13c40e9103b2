//! What the admin server answers: is the room alive, is it ready, what does it know.

use std::fmt::Write as _;

use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use pg::{Flight, Statement};
use serde_json::{Value, json};

use super::Standalone;

impl Standalone {
    /// Answers a path of the admin server.
    pub async fn administer(&self, path: &str) -> Response<Body> {
        match path {
            "/live" => answer(StatusCode::OK, "text/plain", String::new()),
            "/ready" if self.is_ready().await => answer(StatusCode::OK, "text/plain", String::new()),
            "/ready" => answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", String::new()),
            "/schema_cache" => answer(StatusCode::OK, "application/json", self.schemas().to_string()),
            "/config" => answer(StatusCode::OK, "text/plain", self.options.without_secrets().dump()),
            "/metrics" => answer(StatusCode::OK, "text/plain", self.metrics()),
            _ => answer(StatusCode::NOT_FOUND, "text/plain", String::new()),
        }
    }

    /// The schema cache is there and the database answers.
    async fn is_ready(&self) -> bool {
        let mut flight = Flight::new();
        flight.push(Statement::new("select 1"));
        self.room.is_ready() && self.pool.run(flight).await.is_ok()
    }

    /// The names of what is exposed, by schema.
    fn schemas(&self) -> Value {
        let Some(loaded) = self.room.cache.current() else { return Value::Null };
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

    /// The pool's figures, in the format and with the names that dashboards for PostgREST have.
    fn metrics(&self) -> String {
        let pool = self.pool.status();
        let available = pool.max.saturating_sub(pool.open.saturating_sub(pool.idle));
        let figures = [
            ("pgrst_db_pool_max", "Max pool connections", pool.max),
            ("pgrst_db_pool_available", "Available connections in the pool", available),
            ("pgrst_db_pool_waiting", "Requests waiting to acquire a pool connection", pool.waiting),
        ];
        let mut text = String::new();
        for (name, help, value) in figures {
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")
                .expect("writing to a String does not fail");
        }
        text
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
