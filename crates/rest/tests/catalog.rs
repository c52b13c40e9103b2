//! The catalogue that plans are made against.

use pg::catalog::{self, Cardinality, QualifiedName};

use crate::harness::Room;

#[tokio::test]
async fn relationships_follow_keys_views_junctions_and_functions() {
    let room = Room::new().await;
    let mut client = room.database.client("authenticator").await;
    let catalog = catalog::load(&mut client, &["public".to_owned()], &[]).await.unwrap();
    let ways = |table: &str| {
        let name = QualifiedName::new("public", table);
        let mut ways: Vec<String> = catalog
            .relationships(&name)
            .iter()
            .map(|way| {
                let kind = match &way.cardinality {
                    Cardinality::ManyToOne(_) => "many-to-one",
                    Cardinality::OneToMany(_) => "one-to-many",
                    Cardinality::OneToOne { .. } => "one-to-one",
                    Cardinality::ManyToMany(_) => "many-to-many",
                    Cardinality::Computed { .. } => "computed",
                };
                format!("{kind} {}", way.foreign_table.name)
            })
            .collect();
        ways.sort();
        ways.join(", ")
    };
    assert_eq!(
        ways("projects"),
        "computed users, many-to-many users, many-to-one clients, one-to-many members"
    );
    assert_eq!(ways("projects_view"), "many-to-many users, many-to-one clients, one-to-many members");
    assert_eq!(ways("tree"), "many-to-one tree, one-to-many tree");
    let view = catalog.table("public", "projects_view").unwrap();
    assert_eq!(view.primary_key, ["project_id"]);
    assert!(view.is_insertable && view.is_updatable && view.is_deletable);
    let notes = catalog.table("public", "notes").unwrap();
    assert!(notes.column("length").unwrap().is_generated);
    assert!(notes.column("id").unwrap().default.as_ref().unwrap().as_str().starts_with("nextval("));
}

/// Ten thousand tables load at once and in one flight; the figure itself is printed, not tested.
#[tokio::test]
#[ignore = "takes half a minute to make the tables: cargo nextest run -p ferrobase-rest --run-ignored all ten_thousand"]
async fn ten_thousand_tables() {
    let room = Room::new().await;
    let mut admin = room.database.client("supabase_admin").await;
    for part in 0..20 {
        admin
            .script(&format!(
                "do $$ begin for i in {}..{} loop execute format('create table public.many_%s (id integer primary key, \
                 next integer references public.clients, a text, b jsonb, c timestamptz default now())', i); end loop; end $$",
                part * 500, part * 500 + 499
            ))
            .await
            .unwrap();
    }
    let started = std::time::Instant::now();
    let mut client = room.database.client("authenticator").await;
    let catalog = catalog::load(&mut client, &["public".to_owned()], &[]).await.unwrap();
    println!("loaded {} tables in {:?}", catalog.tables("public").count(), started.elapsed());
    assert!(catalog.tables("public").count() > 10_000);
}
