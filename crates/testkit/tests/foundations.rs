//! What every foundation promises: its generated files are up to date, its migrations and seed run on an empty
//! database, its pgTAP files pass, and its list of proofs is complete.
//!
//! The attacks and promises themselves are SQL, in `foundations/<name>/supabase/tests/database`; this file only runs
//! them, so that they say the same to `supabase test db` and to cargo. Load and interleavings have files of their own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use testkit::TestDb;
use testkit::foundations::{self, folder};

fn pgtap_files(project: &Path) -> Vec<PathBuf> {
    testkit::parts::sql_files(&project.join("supabase/tests/database")).expect("a folder of pgTAP files")
}

async fn passes(project: &Path) {
    let files = pgtap_files(project);
    assert!(!files.is_empty(), "{} has no tests", project.display());
    for path in files {
        let database = TestDb::project_with_pgtap(&project.join("supabase")).await;
        let report = base::pgtap::run(&mut database.client("postgres").await, &path).await.expect("a file");
        let failed: Vec<_> = report.tests.iter().filter(|test| !test.passed()).collect();
        assert!(report.passed(), "{}: {:?}\n{failed:#?}", path.display(), report.problem);
    }
}

/// All of them: a foundation cannot be forgotten here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pgtap_files_of_every_foundation_pass() {
    let names = foundations::names().expect("the foundations lie there");
    let runs: Vec<_> = names
        .iter()
        .map(|name| folder().join(name))
        .map(|project| tokio::spawn(async move { passes(&project).await }))
        .collect();
    for run in runs {
        run.await.expect("they pass");
    }
}

/// Each part is included in the example, so that none is without a test.
#[tokio::test]
async fn every_common_part_works() {
    let example = folder().join("common/example");
    let mut included = BTreeSet::new();
    let migrations = testkit::parts::sql_files(&example.join("supabase/migrations")).expect("migrations");
    for file in migrations.into_iter().chain(pgtap_files(&example)) {
        for line in fs::read_to_string(file).expect("readable").lines() {
            included.extend(line.strip_prefix("-- from common/").map(str::to_owned));
        }
    }
    let parts = testkit::parts::Parts::read(&folder().join("common")).expect("parts");
    for name in parts.names() {
        assert!(included.contains(name), "common/example does not include {name}");
    }
    passes(&example).await;
}

#[test]
fn common_parts_are_up_to_date_in_every_migration() {
    let outdated = foundations::outdated_migrations().expect("markers that make sense");
    let files: Vec<_> = outdated.iter().map(|(file, _)| file).collect();
    assert!(files.is_empty(), "run `cargo run -p ferrobase-testkit -- foundations`: {files:?}");
}

#[tokio::test]
async fn the_diagram_of_every_readme_is_the_catalogues() {
    let outdated = foundations::outdated_diagrams().await.expect("a place for it in every README");
    let files: Vec<_> = outdated.iter().map(|(file, _)| file).collect();
    assert!(files.is_empty(), "run `cargo run -p ferrobase-testkit -- foundations`: {files:?}");
}

/// Every id of the acceptance list, without a gap, points to a file and a text that exist.
#[test]
fn every_promise_and_defect_has_its_proof() {
    let acceptance = table(&folder().join("acceptance.toml"));
    for name in foundations::names().expect("the foundations lie there") {
        let root = folder().join(&name);
        let list = table(&root.join("proofs.toml"));
        let proofs = list["proofs"].as_table().expect("[proofs]");
        let wanted = acceptance.get(&name).unwrap_or_else(|| panic!("{name} is not in acceptance.toml"));
        for id in ids(wanted).into_iter().chain(ids(&acceptance["every"])) {
            let proof = proofs.get(&id).and_then(toml::Value::as_array);
            assert!(proof.is_some_and(|proof| !proof.is_empty()), "{name}: {id} has no proof");
        }
        for (id, proof) in proofs {
            for place in proof.as_array().expect("a list of places") {
                let place = place.as_str().expect("a place is text");
                let (file, text) = place.split_once('#').unwrap_or((place, ""));
                let content = fs::read_to_string(root.join(file))
                    .unwrap_or_else(|error| panic!("{name}: {id}: {file}: {error}"));
                let found = if text == id.as_str() { names(&content, id) } else { content.contains(text) };
                assert!(found, "{name}: {id}: {file} does not contain {text}");
            }
        }
    }
}

/// Each defect is attacked in SQL and through the front door, but for the kinds that acceptance.toml names.
#[test]
fn every_defect_is_attacked_in_sql_and_through_the_front_door() {
    let acceptance = table(&folder().join("acceptance.toml"));
    let mut missing = Vec::new();
    for name in foundations::names().expect("the foundations lie there") {
        let proofs = table(&folder().join(&name).join("proofs.toml"));
        let listed = |key: &str| -> BTreeSet<String> {
            let sections = [&acceptance["every"], &acceptance[&name]];
            sections.iter().filter_map(|section| section.get(key)).flat_map(ranges).collect()
        };
        let (catalogue, documents) = (listed("catalogue"), listed("documents"));
        for id in listed("defects").difference(&documents) {
            let places = proofs["proofs"][id].as_array().expect("a list of places");
            let is_in = |folders: &[&str]| {
                let mut places = places.iter().filter_map(toml::Value::as_str);
                places.any(|place| folders.iter().any(|folder| place.starts_with(folder)))
            };
            if !is_in(&["supabase/tests/database/", "../../crates/testkit/tests/"]) {
                missing.push(format!("{name}: {id} is not attacked in SQL"));
            }
            if !catalogue.contains(id) && !is_in(&["../../tests/e2e/", "rust/tests/"]) {
                missing.push(format!("{name}: {id} is not attacked through the front door"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn table(path: &Path) -> toml::Table {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .parse()
        .expect("valid TOML")
}

/// The ids that a section of acceptance.toml stands for.
fn ids(section: &toml::Value) -> Vec<String> {
    let mut ids = Vec::new();
    if let (Some(seed), Some(promises)) = (section.get("seed"), section.get("promises")) {
        let promises = promises.as_integer().expect("a number");
        ids.extend((1..=promises).map(|number| format!("A{seed}-{number:03}")));
    }
    for key in ["defects", "resolutions"] {
        ids.extend(ranges(&section[key]));
    }
    ids
}

/// The ids that a list of ranges stands for.
fn ranges(list: &toml::Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    list.iter().flat_map(|text| range(text.as_str().expect("an id"))).collect()
}

/// `S0-1..S0-20` is twenty ids, `S0-4b` one.
fn range(text: &str) -> Vec<String> {
    let Some((first, last)) = text.split_once("..") else { return vec![text.to_owned()] };
    let digits = |id: &str| id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let number = |id: &str| id[digits(id)..].parse::<u32>().expect("a range of numbers");
    let head = &first[..digits(first)];
    (number(first)..=number(last)).map(|number| format!("{head}{number}")).collect()
}

/// Whether the text has this id as a word: S0-1 is not named by S0-12.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let after = text[at + id.len()..].chars().next();
        !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn a_range_of_ids_is_all_of_them() {
    assert_eq!(range("S0-R1..S0-R3"), ["S0-R1", "S0-R2", "S0-R3"]);
    assert_eq!(range("C9..C11"), ["C9", "C10", "C11"]);
    assert_eq!(range("S0-4b"), ["S0-4b"]);
    assert!(names("x S0-1 y", "S0-1") && !names("S0-12", "S0-1"));
}
