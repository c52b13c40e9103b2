//! The surfaces of extensions: made by `create extension`, used as migrations use them, dropped.

mod advisor;
mod catalogue;
mod create;
mod event_triggers;
mod idioms;
mod json_schema;
mod other_server;
mod pgmq;
mod small;
mod storage;
mod upgrade;
mod vault;

use pg::Client;

/// The first column of each row.
async fn texts(client: &mut Client, sql: &str) -> Vec<String> {
    let rows = client.query(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.text(0).unwrap_or_default().to_owned()).collect()
}

async fn text(client: &mut Client, sql: &str) -> String {
    texts(client, sql).await.pop().unwrap_or_default()
}

/// A statement that is refused: its SQLSTATE and message.
async fn refusal(client: &mut Client, sql: &str) -> (String, String) {
    let error = client.script(sql).await.expect_err(sql);
    let db = error.db().unwrap_or_else(|| panic!("{sql}: {error}"));
    (db.code.clone(), db.message.clone())
}
