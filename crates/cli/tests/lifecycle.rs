//! Start, stop, status, and everything that can end a server without asking it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Stdio;

use rustix::process::Signal;

use crate::harness::{Project, signal_process};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_project_starts_serves_stops_and_keeps_its_data() {
    let project = Project::new();
    let server = project.start();
    assert_eq!(server.get("/health"), (200, serde_json::json!({ "status": "ok" })));
    assert!(server.try_add_note("kept"));
    let said = server.stop_and_listen();
    assert!(!said.iter().any(|line| line.contains("WARN") || line.contains("ERROR")), "{said:#?}");
    assert!(!project.state().join("postgres/data/postmaster.pid").exists(), "the cluster is stopped too");

    let server = project.start();
    assert_eq!(server.notes(), ["kept"]);
    let stopped = project.output(&["stop"]);
    assert!(stopped.status.success(), "{}", stderr(&stopped));
    drop(server);
    assert!(stderr(&project.output(&["stop"])).contains("Nothing is running"));
}

#[test]
fn a_started_project_runs_its_jobs() {
    let project = Project::new();
    let jobs = "create extension if not exists pg_cron;
        select cron.schedule('note', '1 second', $$insert into public.notes (body) values ('from cron')$$);";
    std::fs::write(project.path().join("supabase/migrations/00002_jobs.sql"), jobs).unwrap();
    let server = project.start();
    while !server.notes().iter().any(|note| note == "from cron") {}
    assert_eq!(server.stop(), Some(0));
}

/// A site that greets, as many times as it is asked.
fn greeting_site() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = BufReader::new(&stream).lines();
            while asked.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let greeting = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
            let _asker_left = stream.write_all(greeting);
        }
    });
    format!("http://{address}/")
}

#[test]
fn migrations_seeds_and_tests_wait_for_an_answer_from_the_network() {
    let project = Project::new();
    let site = greeting_site();
    let add = format!("insert into public.notes (body) select content from extensions.http_get('{site}');");
    let migration = format!("create extension if not exists http with schema extensions; {add}");
    std::fs::write(project.path().join("supabase/migrations/00002_ask.sql"), migration).unwrap();
    std::fs::write(project.path().join("supabase/seed.sql"), add).unwrap();
    let run = |arguments: &[&str]| {
        let output = project.command(arguments).env("FERROBASE_HTTP_ALLOW_PRIVATE", "127.0.0.1/32").output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    };
    let tests = project.path().join("supabase/tests");
    std::fs::create_dir(&tests).unwrap();
    let ask = format!("select extensions.http_get('{site}');");
    std::fs::write(tests.join("00_prepare.sql"), &ask).unwrap();
    let test = format!(
        "begin; select plan(1); select is(content, 'hello', 'an answer') from extensions.http_get('{site}'); rollback;"
    );
    std::fs::write(tests.join("ask.sql"), test).unwrap();
    run(&["test", "db"]);
    run(&["migration", "up"]);
    run(&["db", "reset"]);
    let server = project.start();
    assert_eq!(server.notes(), ["hello", "hello"]);
}

#[test]
fn status_speaks_to_people_shells_and_programs() {
    let project = Project::new();
    let before = project.output(&["status"]);
    assert!(!before.status.success());
    assert!(stderr(&before).contains("ferrobase start"), "{}", stderr(&before));

    let server = project.start();
    let json = project.output(&["status", "-o", "json"]);
    let variables: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
    let environment = String::from_utf8(project.output(&["status", "-o", "env"]).stdout).unwrap();
    for name in [
        "API_URL",
        "REST_URL",
        "DB_URL",
        "ANON_KEY",
        "SERVICE_ROLE_KEY",
        "PUBLISHABLE_KEY",
        "SECRET_KEY",
        "JWT_SECRET",
    ] {
        let value = variables[name].as_str().unwrap();
        assert!(environment.contains(&format!("{name}=\"{value}\"\n")), "{name} in {environment}");
    }
    assert_eq!(variables["API_URL"], format!("http://127.0.0.1:{}", project.port));
    let db_url = variables["DB_URL"].as_str().unwrap();
    assert!(
        db_url.starts_with("postgresql://postgres:")
            && db_url.contains(&format!("@127.0.0.1:{}/", project.port + 1)),
        "{db_url}"
    );
    assert!(variables["SECRET_KEY"].as_str().unwrap().starts_with("sb_secret_"));
    server.stop();
}

#[test]
fn status_prints_the_keys_that_the_configuration_fixes() {
    let project = Project::new();
    let config = "[auth]\nsecret_key = \"sb_secret_fixed\"\nsigning_keys_path = \"./keys.json\"\n";
    std::fs::write(project.path().join("supabase/config.toml"), config).unwrap();
    let token = || {
        let token = project.output(&["gen", "bearer-jwt", "--role", "anon"]);
        assert!(token.status.success(), "{}", stderr(&token));
        String::from_utf8(token.stdout).unwrap().trim().to_owned()
    };
    assert!(project.output(&["gen", "signing-key", "--append", "--algorithm", "RS256"]).status.success());
    let earlier = token();
    // the keys change places: another signs, and what the first one signed is good
    assert!(project.output(&["gen", "signing-key", "--append"]).status.success());
    let path = project.path().join("supabase/keys.json");
    let mut keys: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    keys.reverse();
    std::fs::write(&path, serde_json::to_vec(&keys).unwrap()).unwrap();
    let server = project.start();
    for token in [earlier, token()] {
        assert_eq!(server.get_as(&token, "/rest/v1/notes").0, 200);
    }
    let shown = server.get("/auth/v1/.well-known/jwks.json").1;
    let shown: Vec<_> =
        shown["keys"].as_array().unwrap().iter().map(|key| (&key["alg"], &key["kid"])).collect();
    assert_eq!(shown, [(&"ES256".into(), &keys[0]["kid"]), (&"RS256".into(), &keys[1]["kid"])]);
    let renamed = project.output(&["status", "-o", "env", "--override-name", "auth.secret_key=MINE"]);
    assert!(String::from_utf8(renamed.stdout).unwrap().contains("\nMINE=\"sb_secret_fixed\"\n"));
    let environment = String::from_utf8(project.output(&["status", "-o", "env"]).stdout).unwrap();
    assert!(environment.contains("SECRET_KEY=\"sb_secret_fixed\"\n"), "{environment}");
    assert_eq!(server.get("/rest/v1/notes?apikey=sb_secret_fixed").0, 200);
    assert_eq!(server.get("/rest/v1/notes?apikey=sb_secret_other").0, 401);
    server.stop();
}

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let project = Project::new();
    let taken = TcpListener::bind(("127.0.0.1", project.port)).unwrap();
    let output = project.output(&["start", "--port", &project.port.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains(&project.port.to_string()) && said.contains("--port"), "{said}");
    drop(taken);
    let taken = TcpListener::bind(("127.0.0.1", project.port + 1)).unwrap();
    let output = project.output(&["start", "--port", &project.port.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&(project.port + 1).to_string()), "{}", stderr(&output));
    // a command needs no port of its own, so another project that runs on the usual one is not in its way
    let config = format!("[db]\nport = {}\n", project.port + 1);
    std::fs::write(project.path().join("supabase/config.toml"), config).unwrap();
    let output = project.output(&["migration", "list"]);
    assert!(output.status.success(), "{}", stderr(&output));
    drop(taken);
    assert_eq!(project.start().stop(), Some(0), "nothing half-done is in the way");
}

#[test]
fn two_projects_run_side_by_side_with_keys_of_their_own() {
    let (one, two) = (Project::new(), Project::new());
    let (first, second) = (one.start(), two.start());
    assert!(first.try_add_note("in the first"));
    assert_eq!(first.notes(), ["in the first"]);
    assert!(second.notes().is_empty());
    let keys = |project: &Project| std::fs::read_to_string(project.state().join("keys.json")).unwrap();
    assert_ne!(keys(&one), keys(&two));
    assert_eq!((first.stop(), second.stop()), (Some(0), Some(0)));
}

#[test]
fn a_second_server_for_the_same_project_is_refused() {
    let project = Project::new();
    let server = project.start();
    let output = project.output(&["start", "--port", "1"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("already running"), "{}", stderr(&output));
    server.stop();
}

#[test]
fn killing_the_server_loses_no_acknowledged_write() {
    let project = Project::new();
    let server = project.start();
    let acknowledged: Vec<String> =
        (0..20).map(|n| n.to_string()).filter(|body| server.try_add_note(body)).collect();
    assert_eq!(acknowledged.len(), 20);
    let postmaster = project.postmaster();
    server.kill();
    let server = project.start();
    assert_eq!(server.notes(), acknowledged);
    assert_eq!(project.postmaster(), postmaster, "the database that went on running is adopted");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn stop_ends_the_database_that_a_killed_server_left() {
    let project = Project::new();
    let server = project.start();
    server.kill();
    assert!(project.state().join("postgres/data/postmaster.pid").exists());
    let output = project.output(&["stop"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!project.state().join("postgres/data/postmaster.pid").exists());
}

#[test]
fn killing_postgres_loses_no_acknowledged_write_and_it_comes_back() {
    let project = Project::new();
    let server = project.start();
    let mut acknowledged: Vec<String> =
        (0..20).map(|n| n.to_string()).filter(|body| server.try_add_note(body)).collect();
    let killed = project.postmaster();
    signal_process(killed, Signal::KILL);
    // each write is acknowledged or refused until another postmaster serves; what was acknowledged must be there
    for n in 20.. {
        let (body, postmaster) = (n.to_string(), project.try_postmaster());
        if server.try_add_note(&body) {
            acknowledged.push(body);
            if postmaster.is_some_and(|postmaster| postmaster != killed) {
                break;
            }
        }
    }
    let notes = server.notes();
    let lost: Vec<_> = acknowledged.iter().filter(|body| !notes.contains(body)).collect();
    assert!(lost.is_empty(), "{lost:?} were acknowledged and are gone");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn killing_everything_loses_no_acknowledged_write() {
    let project = Project::new();
    let server = project.start();
    assert!(server.try_add_note("kept"));
    signal_process(project.postmaster(), Signal::KILL);
    server.kill();
    assert!(project.state().join("postgres/data/postmaster.pid").exists(), "a stale pid file is in the way");
    let server = project.start();
    assert_eq!(server.notes(), ["kept"]);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_first_start_that_was_killed_is_finished_by_the_next() {
    let project = Project::new();
    let mut first = project
        .command(&["start", "--port", &project.port.to_string()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // in the middle of it: the keys are made, the cluster is being created
    while !project.state().join("keys.json").exists() {
        assert!(first.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let server = project.start();
    assert!(server.try_add_note("works"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn detached_it_returns_when_ready_and_is_stopped_by_name() {
    let project = Project::new();
    let output = project.output(&["start", "--detach", "--port", &project.port.to_string()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (status, _) = crate::harness::request(project.port, "GET", "/health", "").unwrap();
    assert_eq!(status, 200);
    let output = project.output(&["stop"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(crate::harness::request(project.port, "GET", "/health", "").is_err());
}

#[test]
fn detached_it_says_why_this_start_failed_and_not_the_one_before() {
    let project = Project::new();
    let migration = project.path().join("supabase/migrations/20300101000000_broken.sql");
    for (now, before) in [("first_mistake", "second_mistake"), ("second_mistake", "first_mistake")] {
        std::fs::write(&migration, format!("select {now};")).unwrap();
        let output = project.output(&["start", "--detach", "--port", &project.port.to_string()]);
        let said = stderr(&output);
        assert!(!output.status.success() && said.contains(now) && !said.contains(before), "{said}");
    }
}

#[test]
fn stop_without_backup_forgets_the_data_and_keeps_the_keys() {
    let project = Project::new();
    let server = project.start();
    assert!(server.try_add_note("forgotten"));
    let keys = std::fs::read(project.state().join("keys.json")).unwrap();
    let branch = project.output(&["branch", "create", "side"]);
    assert!(branch.status.success(), "{}", stderr(&branch));
    let stopped = project.output(&["stop", "--no-backup", "--branch", "side"]);
    assert!(stderr(&stopped).contains("`ferrobase branch delete side`"), "{}", stderr(&stopped));
    assert_eq!(server.notes(), ["forgotten"], "nothing was stopped");

    let stopped = project.output(&["stop", "--no-backup"]);
    assert!(stopped.status.success(), "{}", stderr(&stopped));
    drop(server);
    for gone in ["postgres", "storage", "branches"] {
        assert!(!project.state().join(gone).exists(), "{gone}");
    }
    assert_eq!(std::fs::read(project.state().join("keys.json")).unwrap(), keys);

    let server = project.start();
    assert_eq!(server.notes(), [""; 0]);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_failing_migration_says_where_and_leaves_nothing() {
    let project = Project::new();
    let file = project.path().join("supabase/migrations/00002_broken.sql");
    std::fs::write(&file, "create table public.half (id int);\nselect nonsense;\n").unwrap();
    let output = project.output(&["start", "--port", &project.port.to_string()]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("00002_broken.sql") && said.contains("42703") && said.contains('2'), "{said}");
    std::fs::remove_file(file).unwrap();
    let server = project.start();
    assert_eq!(server.get("/rest/v1/half").0, 404);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn statements_end_with_their_client_and_with_the_grace_period() {
    let project = Project::new();
    let server = project.start();
    let stays = server.begin_nap();
    let leaves = server.begin_nap();
    assert_eq!(server.napping(), 2);
    drop(leaves);
    while server.napping() == 2 {}
    assert_eq!(server.napping(), 1, "the other one naps on");

    // half a minute is what the statement would still take; ten seconds are the grace period
    let begun = std::time::Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(begun.elapsed().as_secs() < 30, "the statement is not waited for");
    assert!(!project.state().join("postgres/data/postmaster.pid").exists(), "the cluster is stopped too");
    drop(stays);
}
