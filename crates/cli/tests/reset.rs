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
