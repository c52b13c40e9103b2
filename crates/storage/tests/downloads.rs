//! Downloads: the three doors, parts of a file, what a client has already, and what the headers say.

use serde_json::json;

use crate::harness::{ADA, Answer, Room};

const ETAG: &str = "\"781e5e245d69b566979b86e28d23f2c7\"";
const MODIFIED: &str = "Sat, 21 Nov 2026 12:00:00 GMT";

/// A private bucket `files`, a public one `open`, the file `a.txt` with ten digits in both.
async fn room() -> Room {
    let room = Room::with_folders().await;
    room.make_bucket("open", json!({ "public": true })).await;
    for path in [format!("files/{ADA}/a.txt"), "open/a.txt".to_owned()] {
        let call =
            room.service().call("POST", &format!("/object/{path}")).header("cache-control", "max-age=60");
        call.text("0123456789").send().await.ok();
    }
    room
}

#[tokio::test]
async fn a_public_bucket_is_open_by_every_door_and_to_everybody() {
    let room = room().await;
    for path in ["/object/public/open/a.txt", "/object/open/a.txt"] {
        for caller in [room.nobody(), room.anon(), room.user(ADA), room.bearer("nonsense")] {
            assert_eq!(caller.get(path).await.ok().text(), "0123456789", "{path}");
        }
    }
    let authenticated = "/object/authenticated/open/a.txt";
    assert_eq!(room.user(ADA).get(authenticated).await.ok().text(), "0123456789");
    room.nobody().get(authenticated).await.refused(400, "403", "AccessDenied", "Invalid Compact JWS");
    room.nobody().get("/object/public/open/none").await.not_found();
}

#[tokio::test]
async fn a_private_bucket_is_open_to_whom_policies_let() {
    let room = room().await;
    let path = format!("files/{ADA}/a.txt");
    for door in ["", "authenticated/"] {
        let path = format!("/object/{door}{path}");
        assert_eq!(room.user(ADA).get(&path).await.ok().text(), "0123456789");
        assert_eq!(room.service().get(&path).await.ok().text(), "0123456789");
        room.anon().get(&path).await.not_found();
        room.user(crate::harness::BOB).get(&path).await.not_found();
    }
    let no_bucket = |answer: Answer| answer.refused(400, "404", "NoSuchBucket", "Bucket not found");
    // the public door does not say whether the object is there
    for caller in [room.nobody(), room.user(ADA), room.service()] {
        no_bucket(caller.get(&format!("/object/public/{path}")).await);
        no_bucket(caller.get("/object/public/files/none").await);
        assert_eq!(caller.call("HEAD", &format!("/object/public/{path}")).send().await.status, 400);
    }
    no_bucket(room.nobody().get(&format!("/object/{path}")).await);
    no_bucket(room.bearer("nonsense").get(&format!("/object/{path}")).await);
    no_bucket(room.nobody().get("/object/info/files/none").await);
}

#[tokio::test]
async fn headers_describe_the_file() {
    let room = room().await;
    let answer = room.nobody().get("/object/public/open/a.txt").await;
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-length", "10"),
        ("etag", ETAG),
        ("last-modified", MODIFIED),
        ("cache-control", "max-age=60"),
        ("accept-ranges", "bytes"),
        ("x-robots-tag", "none"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let head = room.nobody().call("HEAD", "/object/public/open/a.txt").send().await;
    assert!(head.ok().bytes.is_empty());
    for name in ["content-type", "content-length", "etag", "last-modified", "cache-control"] {
        assert_eq!(head.header(name), answer.header(name), "{name}");
    }
    let missing = room.nobody().call("HEAD", "/object/public/open/none").send().await;
    assert_eq!(missing.status, 400);
}

#[tokio::test]
async fn pages_of_strangers_are_not_pages_of_this_origin() {
    let room = room().await;
    for kind in ["text/html", "TEXT/HTML; charset=utf-8"] {
        let call = room.service().call("POST", "/object/open/page").header("content-type", kind);
        call.header("x-upsert", "true").body("<script>").send().await.ok();
        let page = room.nobody().get("/object/public/open/page").await;
        assert_eq!(page.ok().header("content-type"), Some("text/plain"));
    }
}

#[tokio::test]
async fn parts_of_a_file() {
    let room = room().await;
    let part = async |range: &str| {
        room.nobody().call("GET", "/object/public/open/a.txt").header("range", range).send().await
    };
    for (range, text, content_range) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=4-", "456789", "bytes 4-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let answer = part(range).await;
        let shown = (answer.status.as_u16(), answer.text(), answer.header("content-range"));
        assert_eq!(shown, (206, text, Some(content_range)), "{range}");
        assert_eq!(answer.header("content-length"), Some(text.len().to_string().as_str()));
    }
    for range in ["bytes=10-", "bytes=5-4", "bytes=x", "bytes=0-1,3-4"] {
        part(range).await.refused(416, "416", "InvalidRange", "invalid range provided");
    }
    // a part of another version is of no use to the client: it gets the whole file
    for (known, status) in [(ETAG, 206), ("\"other\"", 200)] {
        let call = room.nobody().call("GET", "/object/public/open/a.txt").header("range", "bytes=0-3");
        assert_eq!(call.header("if-range", known).send().await.status, status, "{known}");
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let room = room().await;
    let asked = async |name: &str, value: &str| {
        room.nobody().call("GET", "/object/public/open/a.txt").header(name, value).send().await
    };
    for (name, value) in [
        ("if-none-match", ETAG),
        ("if-none-match", "\"x\", W/\"781e5e245d69b566979b86e28d23f2c7\""),
        ("if-modified-since", MODIFIED),
    ] {
        let answer = asked(name, value).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (304, 0), "{name}: {value}");
        assert_eq!(answer.header("etag"), Some(ETAG));
    }
    for (name, value) in [
        ("if-none-match", "\"x\""),
        ("if-modified-since", "Sat, 21 Nov 2026 11:59:59 GMT"),
        ("if-modified-since", "soon"),
    ] {
        assert_eq!(asked(name, value).await.ok().text(), "0123456789", "{name}: {value}");
    }
    room.advance(60);
    room.service().upsert("open/a.txt", "new").await.ok();
    assert_eq!(asked("if-none-match", ETAG).await.ok().text(), "new");
    assert_eq!(asked("if-modified-since", MODIFIED).await.ok().text(), "new");
}

#[tokio::test]
async fn the_name_that_a_download_is_saved_under() {
    let room = room().await;
    let disposition = async |query: &str| {
        let answer = room.nobody().get(&format!("/object/public/open/a.txt{query}")).await;
        answer.ok().header("content-disposition").map(str::to_owned)
    };
    assert_eq!(disposition("").await, None);
    assert_eq!(disposition("?download").await.as_deref(), Some("attachment;"));
    assert_eq!(disposition("?download=").await.as_deref(), Some("attachment;"));
    assert_eq!(
        disposition("?download=my%20file.txt").await.as_deref(),
        Some("attachment; filename=my%20file.txt; filename*=UTF-8''my%20file.txt")
    );
    // no header is smuggled in
    assert_eq!(
        disposition("?download=a%0D%0Ax-evil:1").await.as_deref(),
        Some("attachment; filename=a%0D%0Ax-evil%3A1; filename*=UTF-8''a%0D%0Ax-evil%3A1")
    );
}

#[tokio::test]
async fn info_says_what_is_known() {
    let room = room().await;
    let row = room.value("select id || ' ' || version from storage.objects where bucket_id = 'open'").await;
    let (id, version) = row.split_once(' ').unwrap();
    let answer = room.nobody().get("/object/info/public/open/a.txt").await;
    let mut info = answer.ok().json();
    for name in ["created_at", "last_modified"] {
        assert!(info[name].take().as_str().unwrap().ends_with('Z'), "{name}");
    }
    assert_eq!(
        info,
        json!({
            "id": id, "name": "a.txt", "version": version, "bucket_id": "open", "size": 10, "content_type": "text/plain",
            "cache_control": "max-age=60", "etag": ETAG, "metadata": {}, "last_modified": null, "created_at": null
        })
    );
    let path = format!("{ADA}/a.txt");
    for door in ["info", "info/authenticated"] {
        room.user(ADA).get(&format!("/object/{door}/files/{path}")).await.ok();
        room.anon().get(&format!("/object/{door}/files/{path}")).await.not_found();
    }
}

#[tokio::test]
async fn a_row_that_somebody_wrote_in_sql_has_no_bytes() {
    let room = room().await;
    room.script(
        "insert into storage.objects (bucket_id, name) values ('open', 'none');
         insert into storage.objects (bucket_id, name, version) values ('open', 'lost', 'v1');
         insert into storage.objects (bucket_id, name, version, metadata)
           values ('open', 'odd', '../../etc/passwd', '{\"eTag\": 1, \"mimetype\": \"a\\r\\nb\"}')",
    )
    .await;
    for name in ["none", "lost", "odd"] {
        let answer = room.nobody().get(&format!("/object/public/open/{name}")).await;
        answer.refused(400, "404", "NoSuchKey", "The resource was not found");
        room.nobody().get(&format!("/object/info/public/open/{name}")).await.ok();
        room.nobody().call("HEAD", &format!("/object/public/open/{name}")).send().await.ok();
    }
}

/// Versions are no secret, but who names one gets no bytes by it.
#[tokio::test]
async fn a_row_cannot_claim_the_bytes_of_another_object() {
    let room = room().await;
    room.script(
        "insert into storage.objects (bucket_id, name, version)
         select 'open', 'stolen', version from storage.objects where bucket_id = 'files'",
    )
    .await;
    let answer = room.nobody().get("/object/public/open/stolen").await;
    answer.refused(400, "404", "NoSuchKey", "The resource was not found");
}
