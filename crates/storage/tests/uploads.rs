//! Uploads: as the bare file and as a form, what is remembered of it, limits, names that are taken.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use storage::Config;

use crate::harness::{ADA, BOB, Room};

const TOO_LARGE: &str = "The object exceeded the maximum allowed size";

async fn room_with(settings: Value) -> Room {
    let room = Room::new().await;
    room.make_bucket("b", settings).await;
    room
}

async fn metadata(room: &Room) -> Value {
    serde_json::from_str(&room.value("select metadata from storage.objects").await).unwrap()
}

#[tokio::test]
async fn a_bare_file_is_kept_with_what_its_headers_say() {
    let room = room_with(json!({})).await;
    let answer = room
        .service()
        .call("POST", "/object/b/folder/cat.txt")
        .header("content-type", "text/plain;charset=UTF-8")
        .header("cache-control", "max-age=60")
        .header("x-metadata", &STANDARD.encode(r#"{"mood":"good"}"#))
        .header("x-robots-tag", "noindex, nofollow")
        .body("meow")
        .send()
        .await;
    let body = answer.ok().json();
    let id = room.value("select id from storage.objects").await;
    assert_eq!(body, json!({ "Id": id, "Key": "b/folder/cat.txt" }));
    assert_eq!(
        metadata(&room).await,
        json!({
            "eTag": "\"4a4be40c96ac6314e91d93f38043a634\"", "size": 4, "mimetype": "text/plain;charset=UTF-8",
            "cacheControl": "max-age=60", "lastModified": "2026-11-21T12:00:00.000Z", "contentLength": 4,
            "httpStatusCode": 200, "xRobotsTag": "noindex, nofollow"
        })
    );
    assert_eq!(room.value("select user_metadata from storage.objects").await, r#"{"mood": "good"}"#);
    assert_eq!(room.service().download("b/folder/cat.txt").await.ok().text(), "meow");
}

#[tokio::test]
async fn a_form_is_kept_with_what_its_fields_say() {
    let room = room_with(json!({})).await;
    let fields = [("cacheControl", "3600"), ("metadata", r#"{"mood":"good"}"#)];
    room.service().call("POST", "/object/b/a.svg").form(&fields, "image/svg+xml", "<svg/>").send().await.ok();
    let kept = metadata(&room).await;
    assert_eq!(
        (&kept["mimetype"], &kept["cacheControl"], &kept["size"]),
        (&json!("image/svg+xml"), &json!("max-age=3600"), &json!(6))
    );
    assert_eq!(room.value("select user_metadata from storage.objects").await, r#"{"mood": "good"}"#);
    assert_eq!(room.service().download("b/a.svg").await.ok().text(), "<svg/>");
    // the field outranks the type of the part
    let fields = [("contentType", "text/csv")];
    let update =
        room.service().call("PUT", "/object/b/a.svg").form(&fields, "image/svg+xml", "a,b").send().await;
    update.ok();
    let kept = metadata(&room).await;
    assert_eq!((&kept["mimetype"], &kept["cacheControl"]), (&json!("text/csv"), &json!("no-cache")));
}

#[tokio::test]
async fn without_headers_it_is_bytes_that_are_not_cached() {
    let room = room_with(json!({})).await;
    room.service().call("POST", "/object/b/a").body("x").send().await.ok();
    let kept = metadata(&room).await;
    assert_eq!(
        (&kept["mimetype"], &kept["cacheControl"]),
        (&json!("application/octet-stream"), &json!("no-cache"))
    );
    assert_eq!(room.value("select user_metadata from storage.objects").await, "{}");
}

#[tokio::test]
async fn a_large_file_comes_back_byte_for_byte() {
    let room = room_with(json!({})).await;
    let bytes: Vec<u8> =
        (0..3_000_001_u32).flat_map(|n| (n % 251).to_le_bytes().into_iter().take(1)).collect();
    let body: Vec<Result<Bytes, std::io::Error>> =
        bytes.chunks(70_001).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let call = room.service().call("POST", "/object/b/large").body(Body::from_stream(stream::iter(body)));
    call.send().await.ok();
    let back = room.service().download("b/large").await;
    assert_eq!(back.header("content-length"), Some("3000001"));
    assert!(back.bytes == bytes, "the bytes differ");
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let room = room_with(json!({})).await;
    room.service().put("b/empty", "").await;
    let back = room.service().download("b/empty").await;
    assert_eq!((back.ok().text(), back.header("content-length")), ("", Some("0")));
}

#[tokio::test]
async fn a_name_that_is_taken_needs_upsert() {
    let room = room_with(json!({})).await;
    let service = room.service();
    service.put("b/a", "one").await;
    let id = room.value("select id from storage.objects").await;
    service.upload("b/a", "two").await.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    assert_eq!(service.download("b/a").await.ok().text(), "one");
    assert_eq!(service.upsert("b/a", "three").await.ok().json(), json!({ "Id": id, "Key": "b/a" }));
    assert_eq!(service.download("b/a").await.ok().text(), "three");
    let update = service.call("PUT", "/object/b/a").text("four").send().await;
    assert_eq!(update.ok().json(), json!({ "Id": id, "Key": "b/a" }));
    assert_eq!(service.download("b/a").await.ok().text(), "four");
    assert_eq!(room.files().len(), 1, "what was replaced is gone");
}

#[tokio::test]
async fn the_owner_is_the_tokens_subject() {
    let room = Room::with_folders().await;
    room.user(ADA).put(&format!("files/{ADA}/a"), "a").await;
    assert_eq!(
        room.value("select owner || ' ' || owner_id from storage.objects").await,
        format!("{ADA} {ADA}")
    );
    // an update by the service role, which has no subject, does not take it away
    room.service().upsert(&format!("files/{ADA}/a"), "b").await.ok();
    assert_eq!(room.value("select owner_id from storage.objects").await, ADA);
    // subjects of other identity providers need not be UUIDs
    let exp = room.clock_seconds() + 60;
    let token = room.sign(&json!({ "sub": "auth0|7", "role": "service_role", "exp": exp }));
    room.bearer(&token).put("files/other", "x").await;
    let owner =
        "select coalesce(owner::text, '-') || ' ' || owner_id from storage.objects where name = 'other'";
    assert_eq!(room.value(owner).await, "- auth0|7");
}

#[tokio::test]
async fn the_limit_of_the_server_counts_however_the_file_comes() {
    let room = Room::with(Config { file_size_limit: 10, ..Config::default() }).await;
    room.make_bucket("b", json!({})).await;
    let service = room.service();
    service.put("b/ten", "0123456789").await;
    service.upload("b/eleven", "0123456789x").await.refused(400, "413", "EntityTooLarge", TOO_LARGE);
    let announced = service.call("POST", "/object/b/a").header("content-length", "11").text("0123456789x");
    announced.send().await.refused(400, "413", "EntityTooLarge", TOO_LARGE);
    let form = service.call("POST", "/object/b/a").form(&[], "text/plain", "0123456789x").send().await;
    form.refused(400, "413", "EntityTooLarge", TOO_LARGE);
    let form = service.call("POST", "/object/b/form").form(&[("metadata", "{}")], "text/plain", "0123456789");
    form.send().await.ok();
    assert_eq!(room.names().await, ["b/form", "b/ten"]);
    assert_eq!(room.files().len(), 2, "what was too large leaves nothing");
}

#[tokio::test]
async fn the_limit_of_the_bucket_counts_when_it_is_lower() {
    let room = room_with(json!({ "file_size_limit": 3 })).await;
    room.service().put("b/a", "abc").await;
    room.service().upload("b/b", "abcd").await.refused(400, "413", "EntityTooLarge", TOO_LARGE);
    let update = room.service().call("PUT", "/object/b/a").text("abcd").send().await;
    update.refused(400, "413", "EntityTooLarge", TOO_LARGE);
    assert_eq!(room.service().download("b/a").await.ok().text(), "abc");
    let none = room_with(json!({ "file_size_limit": 0 })).await;
    none.service().upload("b/b", "a").await.refused(400, "413", "EntityTooLarge", TOO_LARGE);
}

#[tokio::test]
async fn a_bucket_takes_only_its_media_types() {
    let room = room_with(json!({ "allowed_mime_types": ["image/*", "application/pdf"] })).await;
    let send = async |kind: &str| {
        room.service()
            .call("POST", "/object/b/a")
            .header("content-type", kind)
            .header("x-upsert", "true")
            .body("x")
            .send()
            .await
    };
    for kind in ["image/png", "image/svg+xml", "application/pdf"] {
        send(kind).await.ok();
    }
    for kind in ["text/html", "application/json", "imag/png", "image"] {
        send(kind).await.refused(
            400,
            "415",
            "InvalidMimeType",
            &format!("mime type {kind} is not supported"),
        );
    }
    let form = room.service().call("POST", "/object/b/f").form(&[], "text/html", "x").send().await;
    form.refused(400, "415", "InvalidMimeType", "mime type text/html is not supported");
    let form =
        room.service().call("POST", "/object/b/f").form(&[("contentType", "text/html")], "image/png", "x");
    form.send().await.refused(400, "415", "InvalidMimeType", "mime type text/html is not supported");
    let bare = room.service().call("POST", "/object/b/g").body("x").send().await;
    bare.refused(400, "415", "InvalidMimeType", "mime type application/octet-stream is not supported");
    assert_eq!(room.names().await, ["b/a"]);
}

#[tokio::test]
async fn the_placeholder_of_an_empty_folder_goes_anywhere_but_holds_nothing() {
    let room = room_with(json!({ "allowed_mime_types": ["image/png"] })).await;
    room.service().put("b/new/.emptyFolderPlaceholder", "").await;
    let filled = room.service().upload("b/other/.emptyFolderPlaceholder", "x").await;
    filled.refused(400, "413", "EntityTooLarge", TOO_LARGE);
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing() {
    let room = room_with(json!({})).await;
    let broken = || {
        let chunks = [
            Ok(Bytes::from(
                "--border\r\ncontent-disposition: form-data; name=\"\"; filename=\"x\"\r\n\r\nabc",
            )),
            Err(std::io::Error::other("gone")),
        ];
        Body::from_stream(stream::iter(chunks))
    };
    let bare = room.service().call("POST", "/object/b/a").header("content-type", "text/plain").body(broken());
    assert_eq!(bare.send().await.status, 400);
    let kind = "multipart/form-data; boundary=border";
    let form = room.service().call("POST", "/object/b/a").header("content-type", kind).body(broken());
    assert_eq!(form.send().await.status, 400);
    // it ends, but not as forms do
    let cut = "--border\r\ncontent-disposition: form-data; name=\"\"; filename=\"x\"\r\n\r\nabc";
    let form = room.service().call("POST", "/object/b/a").header("content-type", kind).body(cut);
    assert_eq!(form.send().await.status, 400);
    assert_eq!(room.names().await, Vec::<String>::new());
    room.service().put("b/a", "whole").await;
    assert_eq!(room.files().len(), 1);
}

#[tokio::test]
async fn forms_that_are_none_are_refused() {
    let room = room_with(json!({})).await;
    let send = async |kind: &str, body: String| {
        room.service().call("POST", "/object/b/a").header("content-type", kind).body(body).send().await
    };
    let kind = "multipart/form-data; boundary=border";
    let field = |name: &str, value: &str| {
        format!("--border\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    for (kind, body) in [
        ("multipart/form-data", String::new()),
        (kind, String::new()),
        (kind, "nothing".to_owned()),
        (kind, format!("{}--border--\r\n", field("cacheControl", "1"))),
        (kind, format!("{}--border--\r\n", (0..11).map(|n| field(&n.to_string(), "x")).collect::<String>())),
    ] {
        let answer = send(kind, body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (400, &json!("InvalidRequest")),
            "{answer:?}"
        );
    }
    let large = format!("{}--border--\r\n", field("metadata", &"x".repeat((1 << 20) + 1)));
    let large = send(kind, large).await;
    large.refused(400, "413", "EntityTooLarge", "The user_metadata exceeded the maximum allowed size");
    assert_eq!(room.names().await, Vec::<String>::new());
}

#[tokio::test]
async fn metadata_that_is_none_is_ignored() {
    let room = room_with(json!({})).await;
    for (name, value) in [("a", "!"), ("b", "W10="), ("c", "bm90aGluZw==")] {
        let call =
            room.service().call("POST", &format!("/object/b/{name}")).header("x-metadata", value).body("x");
        call.send().await.ok();
    }
    assert_eq!(room.column("select user_metadata from storage.objects").await, ["{}", "{}", "{}"]);
    // no text of Postgres has U+0000
    let nul = STANDARD.encode(r#"{"a":"\u0000"}"#);
    let call = room.service().call("POST", "/object/b/nul").header("x-metadata", &nul).body("x").send().await;
    assert_eq!((call.status.as_u16(), &call.json()["statusCode"]), (400, &json!("400")), "{call:?}");
    assert_eq!(room.files().len(), 3);
}

#[tokio::test]
async fn a_wrong_robots_tag_is_refused() {
    let room = room_with(json!({})).await;
    let call =
        room.service().call("POST", "/object/b/a").header("x-robots-tag", "sometimes").body("x").send().await;
    let message = "Invalid X-Robots-Tag header: Invalid X-Robots-Tag rule: \"sometimes\"";
    call.refused(400, "400", "InvalidRequest", message);
}

#[tokio::test]
async fn a_bucket_has_to_be_there_but_not_to_be_seen() {
    let room = Room::with_folders().await;
    room.service().upload("none/a", "x").await.refused(400, "404", "NoSuchBucket", "Bucket not found");
    assert_eq!(room.user(ADA).get("/bucket/files").await.status, 400);
    room.user(ADA).put(&format!("files/{ADA}/a"), "x").await;
    let other = room.user(ADA).upload(&format!("files/{BOB}/a"), "x").await;
    other.violates_policy();
}
