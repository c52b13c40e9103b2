//! Commands that only make files.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn ferrobase(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ferrobase"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn an_empty_project_is_made_once() {
    let folder = tempfile::Builder::new().prefix("my shop").tempdir().unwrap();
    let made = ferrobase(folder.path(), &["init"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let supabase = folder.path().join("supabase");
    assert_eq!(names(&supabase), [".gitignore", "config.toml", "migrations", "seed.sql", "tests"]);
    let config = std::fs::read_to_string(supabase.join("config.toml")).unwrap();
    assert!(config.contains("project_id = \"my-shop"), "{config}");

    std::fs::write(supabase.join("seed.sql"), "select 1;").unwrap();
    let again = ferrobase(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
    assert!(ferrobase(folder.path(), &["init", "--force"]).status.success());
    assert_eq!(
        std::fs::read_to_string(supabase.join("seed.sql")).unwrap(),
        "select 1;",
        "what a person wrote stays"
    );

    let made = ferrobase(folder.path(), &["migration", "new", "add notes"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let files = names(&supabase.join("migrations"));
    assert!(files.len() == 1 && files[0].ends_with("_add_notes.sql"), "{files:?}");
}

#[test]
fn every_foundation_is_carried_whole() {
    let foundations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations");
    let mut tried = 0;
    for entry in std::fs::read_dir(foundations).unwrap() {
        let source = entry.unwrap().path();
        if !source.join("supabase/migrations").is_dir() {
            continue;
        }
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        let folder = tempfile::tempdir().unwrap();
        let made = ferrobase(folder.path(), &["init", "--foundation", &name]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for part in ["supabase/migrations", "supabase/tests"] {
            if source.join(part).is_dir() {
                assert_eq!(names(&folder.path().join(part)), names(&source.join(part)), "{name}/{part}");
            }
        }
        tried += 1;
    }
    assert!(tried > 0);
    let folder = tempfile::tempdir().unwrap();
    let unknown = ferrobase(folder.path(), &["init", "--foundation", "nope"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the binary carries: "));
    assert!(names(folder.path()).is_empty(), "a mistake makes nothing");
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = ferrobase(Path::new("."), &["completions", shell]);
        assert!(String::from_utf8_lossy(&script.stdout).contains("migration"), "{shell}");
    }
}
