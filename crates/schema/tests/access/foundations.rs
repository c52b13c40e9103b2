//! Every foundation's committed matrix is what its migrations really allow, and has no finding nobody answered for.

use std::path::{Path, PathBuf};

use schema::access::{self, Hints, Matrix};
use testkit::TestDb;

fn foundations() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations");
    let mut found: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("supabase"))
        .filter(|folder| folder.join("migrations").is_dir())
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn committed_matrices_are_true() {
    let mut wrong = Vec::new();
    for folder in foundations() {
        let database = TestDb::project(&folder).await;
        let mut postgres = database.client("postgres").await;
        let hints = std::fs::read_to_string(folder.join("tests/access.toml")).unwrap_or_default();
        let hints = Hints::parse(&hints, "access.toml").unwrap();
        let found = access::derive(&mut postgres, &["public".to_owned()], &hints).await.unwrap();
        let file = folder.join("tests/access.snap");
        if std::env::var_os("UPDATE_ACCESS").is_some() {
            std::fs::write(&file, found.print()).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        let changes = Matrix::parse(&committed).changes(&found);
        wrong.extend(changes.iter().map(|change| format!("{}: {change}", folder.display())));
        if changes.is_empty() && !found.is_printed_as(&committed) {
            wrong.push(format!("{}: is not written as it would be now", file.display()));
        }
        wrong.extend(found.findings.iter().map(|finding| format!("{}: {finding}", folder.display())));
    }
    assert!(
        wrong.is_empty(),
        "{}\nReview the change, then: ferrobase test access --update (in the foundation's folder)",
        wrong.join("\n")
    );
}
