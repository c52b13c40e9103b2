//! The types are those of the database.

use foundation::generated;

#[tokio::test]
async fn types_are_those_of_the_database() {
    generated::types_are_those_of_the_database("coloring-book", env!("CARGO_MANIFEST_DIR")).await;
}
