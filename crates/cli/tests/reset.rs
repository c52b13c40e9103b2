//! The served database made anew, and branches, with the real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::harness::{Project, request};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asks for the notes again and again; counts the answers by whether they were good.
fn ask_all_the_time(port: u16, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<(usize, Vec<u16>)> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let (good, mut bad) = (AtomicUsize::new(0), Vec::new());
        while !stop.load(Ordering::Relaxed) {
            match request(port, "GET", "/rest/v1/notes?select=body", "") {
                Ok((200, _)) => drop(good.fetch_add(1, Ordering::Relaxed)),
                Ok((status, _)) => bad.push(status),
                Err(_) => bad.push(0),
            }
        }
        (good.into_inner(), bad)
    })
}

#[test]
fn a_reset_is_not_noticed_by_those_who_ask() {
    let project = Project::new();
    let server = project.start();
    assert!(server.try_add_note("gone after a reset"));
    let keys = project.output(&["status", "-o", "env"]).stdout;

    let stop = Arc::new(AtomicBool::new(false));
    let asking = ask_all_the_time(project.port, &stop);
    for _ in 0..2 {
        let reset = project.output(&["db", "reset"]);
        assert!(reset.status.success(), "{}", said(&reset));
    }
    stop.store(true, Ordering::Relaxed);
    let (good, bad) = asking.join().unwrap();
    assert!(good > 0 && bad.is_empty(), "{good} good, others: {bad:?}");
    assert_eq!(server.notes(), Vec::<String>::new());
    assert_eq!(project.output(&["status", "-o", "env"]).stdout, keys, "keys stay");

    // a migration is added: the schema that is served is the new one
    let sql = "alter table public.notes add column pinned boolean not null default true;
        create extension if not exists supabase_vault with schema vault;
        select vault.create_secret('hidden', 'name');";
    std::fs::write(project.path().join("supabase/migrations/00002_pinned.sql"), sql).unwrap();
    let reset = project.output(&["db", "reset"]);
    assert!(reset.status.success(), "{}", said(&reset));
    assert_eq!(server.get("/rest/v1/notes?select=pinned").0, 200);
    let secret = ["db", "query", "select decrypted_secret from vault.decrypted_secrets", "-o", "csv"];
    let secret = String::from_utf8(project.output(&secret).stdout).unwrap();
    assert_eq!(secret, "decrypted_secret\nhidden\n", "the key of secrets stays");
    let down = project.output(&["migration", "down"]);
    assert!(down.status.success(), "{}", said(&down));
    assert_eq!(server.get("/rest/v1/notes?select=pinned").0, 400);

    // other seeds than those of config.toml
    let seeds = project.path().join("supabase/seeds");
    std::fs::create_dir(&seeds).unwrap();
    for body in ["one", "two"] {
        let sql = format!("insert into public.notes (body) values ('{body}')");
        std::fs::write(seeds.join(format!("{body}.sql")), sql).unwrap();
    }
    let reset = project.output(&["db", "reset", "--sql-paths", "seeds/t*.sql,./seeds/one.sql"]);
    assert!(reset.status.success(), "{}", said(&reset));
    assert_eq!(server.notes(), ["two", "one"]);
    let reset = project.output(&["db", "reset", "--sql-paths", "seeds/three.sql"]);
    assert!(said(&reset).contains("no file fits \"seeds/three.sql\""), "{}", said(&reset));
    assert!(project.output(&["db", "reset"]).status.success());

    // a broken migration leaves the database as it was
    assert!(server.try_add_note("kept"));
    std::fs::write(
        project.path().join("supabase/migrations/00002_pinned.sql"),
        "alter table nowhere add x int;",
    )
    .unwrap();
    let reset = project.output(&["db", "reset"]);
    assert_eq!(reset.status.code(), Some(1));
    assert!(said(&reset).contains("00002_pinned.sql:1:1"), "{}", said(&reset));
    assert_eq!(server.notes(), ["kept"]);
    server.stop();
}

#[test]
fn branches_have_databases_keys_and_ports_of_their_own() {
    let project = Project::new();
    let main = project.start();
    assert!(main.try_add_note("from main"));
    let made = project.output(&["branch", "create", "feature/Tags"]);
    assert!(made.status.success(), "{}", said(&made));
    assert_eq!(main.notes(), ["from main"], "main goes on");
    let started = project.output(&["start", "--branch", "feature/Tags", "--detach"]);
    assert!(started.status.success(), "{}", said(&started));

    let listed = project.output(&["branch", "list", "-o", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap();
    let branch = &listed.as_array().unwrap()[1];
    assert_eq!((&branch["name"], &branch["running"]), (&"feature-tags".into(), &true.into()), "{listed}");
    let port: u16 = branch["api_url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let notes = |port| request(port, "GET", "/rest/v1/notes?select=body", "").unwrap().1.to_string();
    assert_eq!(notes(port), r#"[{"body":"from main"}]"#, "it began as a copy");
    request(port, "POST", "/rest/v1/notes", r#"{"body":"from the branch"}"#).unwrap();
    assert_eq!(main.notes(), ["from main"]);

    let secret = |arguments: &[&str]| {
        let variables = project.output(arguments).stdout;
        let variables: serde_json::Value = serde_json::from_slice(&variables).unwrap();
        variables["SECRET_KEY"].as_str().unwrap().to_owned()
    };
    let keys =
        [secret(&["status", "-o", "json"]), secret(&["status", "-o", "json", "--branch", "feature-tags"])];
    assert_ne!(keys[0], keys[1]);

    let reset = project.output(&["db", "reset", "--branch", "feature-tags"]);
    assert!(reset.status.success(), "{}", said(&reset));
    assert_eq!(notes(port), "[]", "the branch is made anew");
    assert_eq!(main.notes(), ["from main"], "and nothing else");

    // the branch goes on when main ends, and the last one stops the cluster
    main.stop();
    assert_eq!(notes(port), "[]");
    let busy = project.output(&["branch", "delete", "feature-tags"]);
    assert!(!busy.status.success() && said(&busy).contains("ferrobase stop --branch"), "{}", said(&busy));
    assert!(project.output(&["stop", "--branch", "feature-tags"]).status.success());
    assert!(project.try_postmaster().is_none(), "nobody uses it any more");
    let gone = project.output(&["branch", "delete", "feature-tags"]);
    assert!(gone.status.success(), "{}", said(&gone));
    let unknown = project.output(&["status", "--branch", "feature-tags"]);
    assert!(said(&unknown).contains("ferrobase branch create"), "{}", said(&unknown));
}

fn git(folder: &std::path::Path, arguments: &[&str]) {
    let who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"];
    let output =
        std::process::Command::new("git").arg("-C").arg(folder).args(who).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
}

/// `ferrobase <arguments>` for the git branch of a worktree.
fn in_worktree(folder: &std::path::Path, arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_ferrobase"))
        .args(arguments)
        .args(["--branch", "auto", "--project"])
        .arg(folder)
        .env_remove("DATABASE_URL")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn every_git_branch_and_worktree_has_a_database_of_its_own() {
    let project = Project::new();
    let main = project.path();
    git(main, &["init", "--quiet", "--initial-branch", "main"]);
    git(main, &["add", "supabase"]);
    git(main, &["commit", "--quiet", "--message", "notes"]);
    // two names that look alike, and one without a letter that a database could be named with
    let worktrees = tempfile::tempdir().unwrap();
    let at = |name: &str| worktrees.path().join(name);
    for (folder, branch) in [("one", "feature/tags"), ("two", "feature-tags"), ("three", "日本")] {
        git(main, &["worktree", "add", "--quiet", "-b", branch, at(folder).to_str().unwrap()]);
    }
    let sql = "alter table public.notes add column pinned boolean";
    std::fs::write(at("two").join("supabase/migrations/00002_pinned.sql"), sql).unwrap();

    let started = |folder: &str| {
        let output = in_worktree(&at(folder), &["start", "--detach"]);
        assert!(output.status.success(), "{}", said(&output));
        let card = in_worktree(&at(folder), &["status", "-o", "json"]).stdout;
        let card: serde_json::Value = serde_json::from_slice(&card).unwrap();
        let port = card["API_URL"].as_str().unwrap().rsplit(':').next().unwrap().parse::<u16>().unwrap();
        (port, card["SECRET_KEY"].as_str().unwrap().to_owned(), card["DB_URL"].as_str().unwrap().to_owned())
    };
    let [one, two] = ["one", "two"].map(started);
    assert!(one.0 != two.0 && one.1 != two.1 && one.2 != two.2, "{one:?} {two:?}");
    let status = |port, path| request(port, "GET", path, "").unwrap().0;
    assert_eq!(status(one.0, "/rest/v1/notes?select=body"), 200);
    assert_eq!(status(one.0, "/rest/v1/notes?select=pinned"), 400, "each has its own migrations");
    assert_eq!(status(two.0, "/rest/v1/notes?select=pinned"), 200);
    assert!(!at("one").join(".ferrobase").exists(), "all are in the main checkout's cluster");

    // the branch that is checked out is what counts, and a checkout of none is told
    let began = in_worktree(&at("three"), &["status"]);
    assert!(said(&began).contains("there is no branch 日本"), "{}", said(&began));
    git(&at("three"), &["switch", "--quiet", "--detach"]);
    let detached = in_worktree(&at("three"), &["start"]);
    assert!(said(&detached).contains("name the branch instead"), "{}", said(&detached));

    let listed = project.output(&["branch", "list", "-o", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap();
    let names: Vec<&str> = listed.as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["main", "feature-tags", "feature-tags-2"]);
    for folder in ["one", "two"] {
        let output = in_worktree(&at(folder), &["stop"]);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert!(project.try_postmaster().is_none(), "nobody uses it any more");
    let gone = project.output(&["branch", "delete", "feature/tags"]);
    assert!(gone.status.success(), "{}", said(&gone));
}
