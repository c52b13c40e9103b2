//! The rules of the house that no compiler knows.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn rust_files() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir()
                && !["target", "node_modules", ".ferrobase", "fuzz"].contains(&name.as_str())
                && !name.starts_with('.')
            {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("crates"), &mut found);
    walk(&root().join("foundations"), &mut found);
    assert!(found.len() > 50, "the walk lost its way");
    found
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

#[test]
fn files_are_short_enough_to_read() {
    let long: Vec<String> = rust_files()
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.starts_with("//! Types of the database. Made by `ferrobase gen types rust`") {
                return None;
            }
            let lines = text.lines().count();
            let most = if is_test(&path) { 1000 } else { 600 };
            (lines > most).then(|| format!("{}: {lines} lines, {most} allowed", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let mute: Vec<String> = rust_files()
        .into_iter()
        .filter(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            !text.starts_with("//!") && !text.starts_with("#![doc = include_str!")
        })
        .map(|path| path.display().to_string())
        .collect();
    assert!(mute.is_empty(), "begin these with //!:\n{}", mute.join("\n"));
}

#[test]
fn rooms_never_depend_on_rooms_and_arrows_point_down() {
    const ROOMS: &[&str] = &["rest", "auth", "storage", "realtime", "studio"];
    let depends = |on: &str, manifest: &str| {
        let normal = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        normal.lines().any(|line| line.starts_with(&format!("{on}.")) || line.starts_with(&format!("{on} ")))
    };
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let forbidden: &[&str] = match name.as_str() {
            "pg" | "schema" => &["base", "rest", "auth", "storage", "realtime", "studio", "gateway"],
            "base" => &["rest", "auth", "storage", "realtime", "studio", "gateway"],
            room if ROOMS.contains(&room) => &["rest", "auth", "storage", "realtime", "studio", "gateway"],
            _ => &[],
        };
        for other in forbidden {
            assert!(!depends(other, &manifest), "{name} must not depend on {other}");
        }
    }
}

#[test]
fn every_sql_file_is_used() {
    let mut unused = Vec::new();
    let sources: String = rust_files().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let mut folders = vec![entry.unwrap().path().join("sql")];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for file in entries {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if !sources.contains(&name) && !sources.contains(name.trim_end_matches(".sql")) {
                    unused.push(path.display().to_string());
                }
            }
        }
    }
    assert!(unused.is_empty(), "nothing runs these:\n{}", unused.join("\n"));
}
