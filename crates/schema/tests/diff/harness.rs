//! Two databases, the way from one to the other, and whether it leads there.

use pg::Client;
use schema::{Change, Options, Scope, Snapshot};
use testkit::TestDb;

/// A database with the platform and this SQL, run as `postgres`.
pub(super) struct Database {
    pub db: TestDb,
    pub client: Client,
}

impl Database {
    pub(super) async fn with(sql: &str) -> Self {
        let db = TestDb::platform().await;
        let mut client = db.client("postgres").await;
        run(&mut client, sql).await;
        Self { db, client }
    }

    pub(super) async fn snapshot(&mut self) -> Snapshot {
        schema::snapshot::load(&mut self.client, &scope()).await.unwrap()
    }

    pub(super) async fn run(&mut self, sql: &str) {
        run(&mut self.client, sql).await;
    }
}

async fn run(client: &mut Client, sql: &str) {
    if let Err(error) = client.script(sql).await {
        panic!("{error:?}\n{sql}");
    }
}

/// Everything but the platform's own schemas.
pub(super) fn scope() -> Scope {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Scope {
        only: None,
        except: list(&[
            "auth",
            "storage",
            "realtime",
            "_realtime",
            "extensions",
            "graphql",
            "graphql_public",
            "vault",
            "cron",
            "net",
            "pgmq",
            "pgmq_public",
            "pgsodium",
            "pgbouncer",
            "supabase_functions",
            "supabase_migrations",
            "ferrobase",
        ]),
        guests: list(&["auth", "storage", "realtime", "extensions"]),
    }
}

pub(super) fn diff(from: &Snapshot, to: &Snapshot) -> Vec<Change> {
    schema::diff(from, to, &Options::default())
}

/// Turns a database with `from` into one with `to` and says by which statements.
pub(super) async fn migrate(from: &str, to: &str) -> String {
    let (mut before, mut after) = (Database::with(from).await, Database::with(to).await);
    let script = convert(&mut before, &mut after).await;
    drop((before, after));
    script
}

/// Makes the first database like the second by their difference; panics unless nothing differs afterwards.
pub(super) async fn convert(before: &mut Database, after: &mut Database) -> String {
    let (from, to) = (before.snapshot().await, after.snapshot().await);
    assert_eq!(schema::print::script(&diff(&to, &to)), "", "a schema differs from itself");
    let script = schema::print::script(&diff(&from, &to));
    before.run(&script).await;
    let reached = before.snapshot().await;
    let rest = schema::print::script(&diff(&reached, &to));
    assert_eq!(rest, "", "the difference did not lead there:\n{script}");
    let back = schema::print::script(&diff(&to, &reached));
    assert_eq!(back, "", "and back:\n{script}");
    script
}
