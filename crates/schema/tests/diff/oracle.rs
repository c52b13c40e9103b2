//! pg_dump as a second opinion: what it prints of two databases is the same when they are.

use std::collections::BTreeMap;
use std::process::Command;

use schema::{Options, Snapshot, print};

use super::harness::{Database, diff};

/// What pg_dump prints, line by line and counted: the order of columns and statements does not matter. `None` where
/// the server came without pg_dump.
fn lines(database: &Database) -> Option<BTreeMap<String, usize>> {
    let program = pg::cluster::find(None).unwrap().binaries.join("pg_dump");
    if !program.exists() {
        return None;
    }
    let output = Command::new(program)
        .args(["--schema-only", "--exclude-schema=supabase_migrations", &database.db.url("supabase_admin")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut counted = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line = line.trim().trim_end_matches(',');
        // headlines repeat what the statement says
        if !line.is_empty()
            && !line.starts_with("--")
            && !line.starts_with("\\restrict")
            && !line.starts_with("\\unrestrict")
        {
            *counted.entry(line.to_owned()).or_insert(0) += 1;
        }
    }
    Some(counted)
}

pub(super) async fn assert_same(one: &mut Database, other: &mut Database, context: &str) {
    let (Some(one), Some(other)) = (lines(one), lines(other)) else {
        let rest = diff(&one.snapshot().await, &other.snapshot().await);
        assert_eq!(print::script(&rest), "", "{context}");
        return;
    };
    let missing: Vec<_> = other.iter().filter(|line| one.get(line.0) != Some(line.1)).collect();
    let surplus: Vec<_> = one.iter().filter(|line| other.get(line.0) != Some(line.1)).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing {missing:#?}\nsurplus {surplus:#?}\n{context}"
    );
}

/// A dump of this SQL, put into an empty platform database, is the same database.
async fn dump_and_restore(sql: &str) -> String {
    let (mut empty, mut full) = (Database::with("").await, Database::with(sql).await);
    let (base, snapshot) = (empty.snapshot().await, full.snapshot().await);
    assert_eq!(snapshot.unsupported, Vec::<String>::new());
    let dump = print::dump(&base, &snapshot, &Options::default());
    empty.run(&dump).await;
    assert_same(&mut empty, &mut full, &dump).await;
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_differs_from_nothing_by_nothing() {
    let mut database = Database::with("").await;
    let snapshot = database.snapshot().await;
    assert_eq!(snapshot.unsupported, Vec::<String>::new());
    assert!(schema::diff(&snapshot, &snapshot, &Options::default()).is_empty());
    let ours = |id: &schema::Id| id.schema == "public" || id.schema.is_empty();
    assert!(snapshot.entries.keys().all(|id| ours(id) || id.kind == schema::Kind::DefaultPrivileges));
    let nothing = Snapshot { version: snapshot.version, ..Snapshot::default() };
    // and what it has of ours can be printed
    assert!(print::dump(&nothing, &snapshot, &Options::default()).contains("create publication"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_saas_foundation_survives_its_dump() {
    let mut sql = String::new();
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations/saas/supabase/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        sql += &std::fs::read_to_string(file).unwrap();
    }
    let dump = dump_and_restore(&sql).await;
    assert!(dump.contains(r#"create policy "Users can read own jobs""#), "{dump}");
    assert!(dump.contains("on_auth_user_created"), "{dump}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_survives_its_dump() {
    let dump = dump_and_restore(include_str!("everything.sql")).await;
    // twice the same: nothing depends on oids
    assert_eq!(dump, dump_and_restore(include_str!("everything.sql")).await);
}
