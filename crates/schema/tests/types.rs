//! Types of schemas with everything in them. What the snapshots hold was compared with the official generators, byte
//! for byte; `tests/e2e` does so again with the real command line.

use std::path::{Path, PathBuf};

use schema::types::{Dialect, Facts, Language, print};
use testkit::TestDb;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types")
}

/// Loads `schemas/<name>.sql`, whose first line names the schemas that types are wanted of.
async fn facts(name: &str) -> Facts {
    let sql = std::fs::read_to_string(folder().join("schemas").join(name).with_extension("sql")).unwrap();
    let schemas = sql.lines().next().and_then(|line| line.strip_prefix("-- schemas: ")).unwrap();
    let schemas: Vec<String> = schemas.split(',').map(|schema| schema.trim().to_owned()).collect();
    let database = TestDb::platform().await;
    let mut client = database.client("supabase_admin").await;
    client.script(&sql).await.unwrap();
    let searched = ["public".to_owned(), "extensions".to_owned()];
    Facts::read(&mut client, &schemas, &searched).await.unwrap()
}

fn typescript(dialect: Dialect) -> Language {
    Language::TypeScript { dialect, postgrest_version: None }
}

/// The types are those in `expected/<file>`; `INSTA_UPDATE=always` writes them.
fn check(facts: &Facts, language: &Language, file: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("expected"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let types = print(facts, language);
    // Python has the enums of every schema, also the platform's
    let parts = types.split("\n\n").filter(|part| {
        !part.contains(": TypeAlias = Literal[") || part.starts_with("Public") || part.starts_with("Select")
    });
    let types = parts.collect::<Vec<_>>().join("\n\n");
    settings.bind(|| insta::assert_snapshot!(file, types));
}

macro_rules! schemas {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let name = stringify!($name);
            let facts = facts(name).await;
            check(&facts, &typescript(Dialect::Cli), &format!("{name}.ts"));
            if name == "functions" {
                check(&facts, &Language::Rust { client: true }, &format!("{name}.rs"));
            }
            if matches!(name, "foreign_tables" | "functions" | "schemas" | "views") {
                check(&facts, &typescript(Dialect::PgMeta), &format!("{name}.pg-meta.ts"));
            }
            if matches!(name, "tables" | "names" | "names_more" | "empty") {
                check(&facts, &Language::Rust { client: name == "tables" }, &format!("{name}.rs"));
                check(&facts, &Language::Go, &format!("{name}.go"));
                check(&facts, &Language::Python, &format!("{name}.py"));
            }
        }
    )*};
}

schemas! { empty extensions foreign_tables functions functions_more names names_more relations relations_more schemas tables views }

#[tokio::test]
async fn a_schema_that_is_not_there_is_left_out() {
    let database = TestDb::platform().await;
    let mut client = database.client("postgres").await;
    let schemas = ["nowhere".to_owned(), "public".to_owned(), "pg_catalog".to_owned()];
    let facts = Facts::read(&mut client, &schemas, &[]).await.unwrap();
    let types = print(&facts, &typescript(Dialect::Cli));
    assert!(types.contains("  public: {") && !types.contains("nowhere") && !types.contains("pg_catalog"));
}

#[tokio::test]
async fn a_version_of_postgrest_is_told_to_clients() {
    let facts = facts("empty").await;
    let language = Language::TypeScript { dialect: Dialect::Cli, postgrest_version: Some("14.1".to_owned()) };
    let types = print(&facts, &language);
    assert!(
        types.contains("  __InternalSupabase: {\n    PostgrestVersion: \"14.1\"\n  }\n  public: {"),
        "{types}"
    );
}
