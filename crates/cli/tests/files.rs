//! Files: they survive what the server does not, come with the configuration, and a branch has its own.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;

use serde_json::Value;

use crate::harness::{Project, Server};

const CONFIG: &str = r#"
[storage]
file_size_limit = "3MiB"
[storage.buckets.files]
public = true
allowed_mime_types = ["text/*", "application/octet-stream"]
objects_path = "./files"
"#;

/// A project with a public bucket that has two files.
fn project() -> Project {
    let project = Project::new();
    let supabase = project.path().join("supabase");
    std::fs::create_dir_all(supabase.join("files/notes")).unwrap();
    std::fs::write(supabase.join("config.toml"), CONFIG).unwrap();
    std::fs::write(supabase.join("files/hello.txt"), "hello").unwrap();
    std::fs::write(supabase.join("files/notes/my list.css"), "body {}").unwrap();
    project
}

/// What a client needs to know.
struct Door {
    port: u16,
    key: Option<String>,
}

impl Door {
    fn of(project: &Project, server: &Server) -> Self {
        let printed = project.output(&["status", "-o", "env"]);
        let printed = String::from_utf8(printed.stdout).unwrap();
        let line = printed.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap();
        Self { port: server.port, key: Some(line.trim_matches('"').to_owned()) }
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} /storage/v1{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}\
             content-length: {}\r\n\r\n",
            self.key.as_ref().map(|key| format!("apikey: {key}\r\n")).unwrap_or_default(),
            body.len()
        )?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = answer[end + 4..].to_vec();
        let whole = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if whole.is_some_and(|length| length != body.len().to_string()) {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok((status.ok_or(std::io::ErrorKind::InvalidData)?, body))
    }

    #[track_caller]
    fn text(&self, path: &str) -> String {
        let (status, body) = self.send("GET", &format!("/object/public/{path}"), b"").unwrap();
        let text = String::from_utf8(body).unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    fn status(&self, path: &str) -> u16 {
        self.send("GET", &format!("/object/public/{path}"), b"").unwrap().0
    }

    fn upload(&self, path: &str, content: &[u8]) {
        let (status, body) = self.send("POST", &format!("/object/{path}"), content).unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }
}

/// Different bytes for each number, a few or a few hundred thousand.
fn content(number: u32) -> Vec<u8> {
    let length = if number.is_multiple_of(4) { 700_000 } else { 1000 + number };
    (0..length).map(|at| u8::try_from((at.wrapping_mul(31) ^ number) % 251).unwrap()).collect()
}

#[test]
fn killing_the_server_loses_no_acknowledged_file() {
    let project = project();
    let server = project.start();
    let door = Door::of(&project, &server);
    let acknowledged = Mutex::new(BTreeMap::new());
    let enough = || acknowledged.lock().unwrap().len() >= 30;
    std::thread::scope(|scope| {
        for thread in 0..4_u32 {
            let (door, acknowledged) = (&door, &acknowledged);
            scope.spawn(move || {
                // two threads a name: half of the uploads replace something
                for round in 0.. {
                    let (name, number) = (format!("{}/{round}", thread / 2), round * 4 + thread);
                    let sent = door.send("PUT", &format!("/object/files/{name}"), &content(number));
                    match sent {
                        Ok((200, _)) => {
                            acknowledged.lock().unwrap().entry(name).or_insert_with(Vec::new).push(number);
                        }
                        // it is dead
                        _ => break,
                    }
                }
            });
        }
        while !enough() {
            std::thread::yield_now();
        }
        server.kill();
    });
    let server = project.start();
    let door = Door::of(&project, &server);
    for (name, numbers) in acknowledged.into_inner().unwrap() {
        let (status, bytes) = door.send("GET", &format!("/object/public/files/{name}"), b"").unwrap();
        assert_eq!(status, 200, "{name} was acknowledged and is gone");
        // one of them was last, or the one that was not acknowledged any more
        let round: u32 = name.rsplit('/').next().unwrap().parse().unwrap();
        let folder: u32 = name.split('/').next().unwrap().parse().unwrap();
        let candidates = [0, 1].map(|thread| content(round * 4 + folder * 2 + thread));
        assert!(candidates.contains(&bytes), "{name} has other bytes than any of {numbers:?}");
    }
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_buckets_of_the_configuration_and_their_files_are_there() {
    let project = project();
    let server = project.start();
    let door = Door::of(&project, &server);
    assert_eq!(door.text("files/hello.txt"), "hello");
    assert_eq!(door.text("files/notes/my%20list.css"), "body {}");
    // what is there already is left to `seed buckets`
    let files = project.path().join("supabase/files");
    std::fs::write(files.join("hello.txt"), "changed").unwrap();
    std::fs::write(files.join("new.txt"), "new").unwrap();
    assert_eq!(server.stop(), Some(0));
    let server = project.start();
    assert_eq!(door.text("files/hello.txt"), "hello");
    assert_eq!(door.status("files/new.txt"), 400);
    let seeded = project.output(&["seed", "buckets"]);
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    assert_eq!((door.text("files/hello.txt"), door.text("files/new.txt")), ("changed".into(), "new".into()));

    door.upload("files/by-client", b"client");
    let reset = project.output(&["db", "reset"]);
    assert!(reset.status.success(), "{}", String::from_utf8_lossy(&reset.stderr));
    assert_eq!(door.text("files/hello.txt"), "changed");
    assert_eq!(door.status("files/by-client"), 400, "it is not part of the project");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_file_that_its_bucket_does_not_take_is_named() {
    let project = project();
    let supabase = project.path().join("supabase");
    std::fs::write(supabase.join("files/cat.png"), b"\x89PNG").unwrap();
    let server = project.start();
    let seeded = project.output(&["seed", "buckets"]);
    let said = String::from_utf8_lossy(&seeded.stderr).into_owned();
    assert!(!seeded.status.success());
    assert!(
        said.contains("cat.png does not go into bucket files: mime type image/png is not supported"),
        "{said}"
    );
    std::fs::remove_dir_all(supabase.join("files")).unwrap();
    let seeded = project.output(&["seed", "buckets"]);
    let said = String::from_utf8_lossy(&seeded.stderr).into_owned();
    assert!(said.contains("objects_path of bucket files"), "{said}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_branch_has_files_of_its_own() {
    let project = project();
    let server = project.start();
    let door = Door::of(&project, &server);
    door.upload("files/shared", b"main");
    let created = project.output(&["branch", "create", "other"]);
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let started = project.output(&["start", "--branch", "other", "--detach"]);
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    let listed: Value =
        serde_json::from_slice(&project.output(&["branch", "list", "-o", "json"]).stdout).unwrap();
    let branch = listed.as_array().unwrap().iter().find(|branch| branch["name"] == "other").unwrap();
    let port = branch["api_url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let other = Door { port, key: None };
    assert_eq!(other.text("files/shared"), "main");
    let replaced = door.send("PUT", "/object/files/shared", b"changed").unwrap();
    assert_eq!(replaced.0, 200);
    assert_eq!((door.text("files/shared"), other.text("files/shared")), ("changed".into(), "main".into()));
    assert!(project.output(&["stop", "--branch", "other"]).status.success());
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn storage_that_is_switched_off_is_not_served() {
    let project = Project::new();
    std::fs::write(project.path().join("supabase/config.toml"), "[storage]\nenabled = false\n").unwrap();
    let server = project.start();
    assert_eq!(server.get("/storage/v1/status").0, 404);
    assert_eq!(server.stop(), Some(0));
}
