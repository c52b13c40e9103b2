//! The types are those of the database.

use schema::types::{Facts, Language, print};
use testkit::TestDb;

#[tokio::test]
async fn types_are_those_of_the_database() {
    let database = TestDb::foundation("fenta").await;
    let mut client = database.client("postgres").await;
    let facts = Facts::read(&mut client, &["public".to_owned()], &[]).await.unwrap();
    let types = print(&facts, &Language::Rust { client: true });
    if std::env::var_os("FERROBASE_WRITE_TYPES").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/types.rs");
        std::fs::write(file, &types).unwrap();
    }
    let hint =
        "run this test with FERROBASE_WRITE_TYPES=1, or `ferrobase gen types rust --client -f src/types.rs`";
    assert!(
        types == include_str!("../src/types.rs") || std::env::var_os("FERROBASE_WRITE_TYPES").is_some(),
        "{hint}"
    );
}
