//! The foundation `saas` on a real database: its own pgTAP files, its list of proofs, and its quota under load.
//!
//! The attacks and promises themselves are SQL, in `foundations/saas/supabase/tests/database`; this file only runs
//! them, so that they say the same to `supabase test db` and to cargo.

use std::path::{Path, PathBuf};

use pg::Param;
use testkit::TestDb;

fn foundation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations/saas")
}

/// Runs one pgTAP file in a database of its own and returns the lines it printed.
async fn run_file(path: &Path) -> Vec<String> {
    let database = TestDb::foundation("saas").await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script("create extension if not exists pgtap with schema extensions")
        .await
        .expect("pgTAP is not installed: apt install postgresql-15-pgtap, or your system's package");
    let sql = std::fs::read_to_string(path).expect("the file is there");
    let results = postgres.script(&sql).await.unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    results
        .iter()
        .flat_map(|result| &result.rows)
        .filter_map(|row| row.text(0))
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Every line `ok`, as many of them as planned.
fn assert_passed(path: &Path, lines: &[String]) {
    let printed = lines.join("\n");
    let planned = lines.iter().find_map(|line| line.strip_prefix("1..")).expect("a plan");
    let passed = lines.iter().filter(|line| line.starts_with("ok ")).count();
    assert!(!lines.iter().any(|line| line.starts_with("not ok")), "{}:\n{printed}", path.display());
    assert_eq!(planned, passed.to_string(), "{} ran not what it planned:\n{printed}", path.display());
}

async fn passes(name: &str) {
    let path = foundation().join("supabase/tests/database").join(name);
    assert_passed(&path, &run_file(&path).await);
}

#[tokio::test]
async fn schema() {
    passes("01_schema.test.sql").await;
}

#[tokio::test]
async fn access() {
    passes("02_access.test.sql").await;
}

#[tokio::test]
async fn usage_and_jobs() {
    passes("03_usage_and_jobs.test.sql").await;
}

#[tokio::test]
async fn billing() {
    passes("04_billing.test.sql").await;
}

#[tokio::test]
async fn seed() {
    passes("05_seed.test.sql").await;
}

/// S0-8b: fifty clients ask for a job at once; exactly the ten of the free tier are made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quota_is_exact_under_fifty_parallel_clients() {
    let database = TestDb::foundation("saas").await;
    let user = "00000000-0000-0000-0000-00000000000a";
    let mut postgres = database.client("postgres").await;
    postgres.query("insert into auth.users (id) values ($1::uuid)", &[Param::from(user)]).await.unwrap();

    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(database.client("postgres").await);
    }
    let attempts: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                client
                    .query(
                        "insert into public.jobs (user_id, job_type) values ($1::uuid, 'generation')",
                        &[Param::from(user)],
                    )
                    .await
            })
        })
        .collect();
    let mut made = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => made += 1,
            Err(pg::Error::Db(error)) => assert_eq!(error.code, "PT402", "{error:?}"),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(made, 10);
    let rows = postgres
        .query(
            "select (select count(*) from public.jobs where user_id = users.id) || ' jobs, usage ' || monthly_usage \
             from public.users where id = $1::uuid",
            &[Param::from(user)],
        )
        .await
        .unwrap();
    assert_eq!(rows[0].text(0), Some("10 jobs, usage 10"));
}

/// Every id of the acceptance list, without a gap, points to a file and a text that exist.
#[test]
fn every_promise_and_defect_has_its_proof() {
    let root = foundation();
    let list: toml::Table =
        std::fs::read_to_string(root.join("proofs.toml")).expect("proofs.toml").parse().expect("valid TOML");
    let proofs = list["proofs"].as_table().expect("[proofs]");

    let promises = (1..=155).map(|number| format!("A0-{number:03}"));
    let defects = (1..=20).map(|number| format!("S0-{number}"));
    let more = ["S0-4b", "S0-8b"].map(str::to_owned);
    let common = (2..=9).map(|number| format!("Sx-C{number}"));
    let resolutions = [12, 13, 14, 15, 16, 17, 18, 29, 30, 31, 32].map(|number| format!("C{number}"));
    for id in promises.chain(defects).chain(more).chain(common).chain(resolutions) {
        let proof = proofs.get(&id).and_then(toml::Value::as_array);
        assert!(proof.is_some_and(|proof| !proof.is_empty()), "{id} has no proof");
    }
    for (id, proof) in proofs {
        for place in proof.as_array().expect("a list of places") {
            let place = place.as_str().expect("a place is text");
            let (file, text) = place.split_once('#').unwrap_or((place, ""));
            let content = std::fs::read_to_string(root.join(file))
                .unwrap_or_else(|error| panic!("{id}: {file}: {error}"));
            let found = if text == id.as_str() { names(&content, id) } else { content.contains(text) };
            assert!(found, "{id}: {file} does not contain {text}");
        }
    }
}

/// Whether the text has this id as a word: S0-1 is not named by S0-12.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let after = text[at + id.len()..].chars().next();
        !after.is_some_and(char::is_alphanumeric)
    })
}
