//! What is generated of a foundation's Rust crate and committed, for its test.

use std::path::Path;

use schema::types::{Facts, Language, print};
use testkit::TestDb;

/// Fails unless `src/types.rs` of the crate in `folder` holds the types of the foundation's database. With
/// `FERROBASE_WRITE_TYPES` it writes them instead.
pub async fn types_are_those_of_the_database(foundation: &str, folder: &str) {
    let database = TestDb::foundation(foundation).await;
    let mut client = database.client("postgres").await;
    let facts = Facts::read(&mut client, &["public".to_owned()], &[]).await.expect("the schema can be read");
    let types = print(&facts, &Language::Rust { client: true });
    let file = Path::new(folder).join("src/types.rs");
    if std::env::var_os("FERROBASE_WRITE_TYPES").is_some() {
        std::fs::write(file, types).expect("the types can be written");
        return;
    }
    let committed = std::fs::read_to_string(file).expect("there are types");
    assert!(
        types == committed,
        "run this test with FERROBASE_WRITE_TYPES=1, or `ferrobase gen types rust --client -f src/types.rs`"
    );
}
