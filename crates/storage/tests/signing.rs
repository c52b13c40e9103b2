//! Signed URLs: whoever has one may read that object, or upload it, until it is over; nothing else.

use serde_json::{Value, json};

use crate::harness::{ADA, Answer, BOB, Room, foreign_key};

const MISFIT: &str = "Invalid signature";

async fn room() -> Room {
    let room = Room::with_folders().await;
    for user in [ADA, BOB] {
        room.service().put(&format!("files/{user}/a.txt"), user).await;
    }
    room
}

fn token_of(url: &str) -> &str {
    url.split_once("?token=").unwrap().1
}

fn bad_token(answer: &Answer) {
    answer.refused(400, "400", "InvalidJWT", "signature verification failed");
}

#[tokio::test]
async fn whoever_has_the_url_reads_until_it_is_over() {
    let room = room().await;
    let url = room.user(ADA).signed_url(&format!("files/{ADA}/a.txt"), 60).await;
    assert!(url.starts_with(&format!("/object/sign/files/{ADA}/a.txt?token=ey")), "{url}");
    for caller in [room.nobody(), room.anon(), room.user(BOB), room.bearer("nonsense")] {
        assert_eq!(caller.get(&url).await.ok().text(), ADA);
    }
    let answer = room.nobody().get(&url).await;
    assert_eq!(answer.header("expires"), Some("Sat, 21 Nov 2026 12:01:00 GMT"));
    assert_eq!(answer.header("cache-control"), None);
    let part = room.nobody().call("GET", &url).header("range", "bytes=0-1").send().await;
    assert_eq!((part.status.as_u16(), part.text()), (206, "0a"));
    let named = room.nobody().get(&format!("{url}&download=x.txt")).await;
    assert!(named.ok().header("content-disposition").is_some());
    let head = room.nobody().call("HEAD", &url).send().await;
    assert_eq!((head.ok().bytes.len(), head.header("content-length")), (0, Some("36")));

    room.advance(59);
    room.nobody().get(&url).await.ok();
    room.advance(1);
    let message = "\"exp\" claim timestamp check failed";
    room.nobody().get(&url).await.refused(400, "400", "InvalidJWT", message);
}

#[tokio::test]
async fn only_who_may_read_signs() {
    let room = room().await;
    let path = format!("/object/sign/files/{ADA}/a.txt");
    let seconds = json!({ "expiresIn": 60 });
    for caller in [room.user(BOB), room.anon()] {
        caller.post(&path, &seconds).await.not_found();
    }
    room.nobody().post(&path, &seconds).await.refused(400, "403", "AccessDenied", "Invalid Compact JWS");
    room.user(ADA).post(&format!("{path}x"), &seconds).await.not_found();
    for (body, message) in [
        (json!({}), "body must have required property 'expiresIn'"),
        (json!({ "expiresIn": 0 }), "body/expiresIn must be >= 1"),
        (json!({ "expiresIn": -1 }), "body/expiresIn must be >= 1"),
        (json!({ "expiresIn": 1.5 }), "body/expiresIn must be integer"),
        (json!({ "expiresIn": "soon" }), "body/expiresIn must be integer"),
        (json!({ "expiresIn": 1e300 }), "body/expiresIn must be integer"),
    ] {
        room.user(ADA).post(&path, &body).await.refused(400, "400", "InvalidRequest", message);
    }
    // beyond the year 275760 there are no dates
    let far = room.user(ADA).post(&path, &json!({ "expiresIn": 9_007_199_254_740_991_i64 })).await;
    far.refused(400, "400", "InvalidParameter", "Invalid Parameter expiresIn");
}

#[tokio::test]
async fn a_token_is_good_for_its_object_and_purpose_only() {
    let room = room().await;
    let url = room.user(ADA).signed_url(&format!("files/{ADA}/a.txt"), 60).await;
    let token = token_of(&url);
    let other = room.nobody().get(&format!("/object/sign/files/{BOB}/a.txt?token={token}")).await;
    other.refused(400, "400", "InvalidSignature", MISFIT);
    let other = room.nobody().get(&format!("/object/sign/files/{ADA}%2Fa.txt?token={token}")).await;
    assert_eq!(other.ok().text(), ADA, "a slash is a slash, encoded or not");
    let upload = room.nobody().call("PUT", &format!("/object/upload/sign/files/{ADA}/a.txt?token={token}"));
    upload.text("mine").send().await.refused(
        400,
        "400",
        "InvalidSignature",
        "Token is not scoped for upload",
    );
    // it is no bearer token, and a bearer token opens no signed URL
    let bearer = room.bearer(token).get(&format!("/object/authenticated/files/{ADA}/a.txt")).await;
    bearer.refused(400, "403", "AccessDenied", "signature verification failed");
    for token in [&room.keys.service_role_key, &room.keys.anon_key] {
        bad_token(&room.nobody().get(&format!("/object/sign/files/{ADA}/a.txt?token={token}")).await);
    }
    room.nobody().get(&format!("/object/sign/files/{ADA}/a.txt")).await.refused(
        400,
        "400",
        "InvalidRequest",
        "querystring must have required property 'token'",
    );
}

#[tokio::test]
async fn forged_tokens_open_nothing() {
    let room = room().await;
    let path = format!("files/{ADA}/a.txt");
    let url = room.user(ADA).signed_url(&path, 60).await;
    let token = token_of(&url);
    let now = room.clock_seconds();
    let claims = json!({ "url": path, "scope": "download", "iat": now, "exp": now + 60 });
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let changed = foreign_key()
        .sign(&json!({ "url": format!("files/{BOB}/a.txt"), "scope": "download", "exp": now + 60 }))
        .unwrap();
    let changed = changed.split('.').nth(1).unwrap();
    let unsigned = "eyJhbGciOiJub25lIn0";
    let payload = foreign_key().sign(&claims).unwrap();
    let payload = payload.split('.').nth(1).unwrap();
    for forged in [
        foreign_key().sign(&claims).unwrap(),
        room.sign(&claims),
        format!("{header}.{changed}.{signature}"),
        format!("{head}."),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        format!("{unsigned}.{payload}."),
        token.replace('.', ""),
        String::new(),
        "%00".to_owned(),
    ] {
        let answer = room.nobody().get(&format!("/object/sign/{path}?token={forged}")).await;
        assert_eq!(answer.status, 400, "{forged}");
        assert!(!answer.text().contains(ADA), "{forged}: {answer:?}");
    }
    assert_eq!(room.nobody().get(&url).await.ok().text(), ADA);
}

#[tokio::test]
async fn a_url_is_over_with_its_object_and_reads_the_newest_version() {
    let room = room().await;
    let path = format!("files/{ADA}/a.txt");
    let url = room.user(ADA).signed_url(&path, 60).await;
    room.user(ADA).upsert(&path, "new").await.ok();
    assert_eq!(room.nobody().get(&url).await.ok().text(), "new");
    room.user(ADA).call("DELETE", &format!("/object/{path}")).send().await.ok();
    room.nobody().get(&url).await.not_found();
}

#[tokio::test]
async fn many_urls_at_once() {
    let room = room().await;
    let own = format!("{ADA}/a.txt");
    let body = json!({ "expiresIn": 60, "paths": [own, format!("{BOB}/a.txt"), "none", "a\u{e9}"] });
    let answer = room.user(ADA).post("/object/sign/files", &body).await;
    let urls = answer.ok().json();
    let error = "Either the object does not exist or you do not have access to it";
    assert_eq!(urls[0]["error"], Value::Null);
    assert_eq!(urls[0]["path"], json!(own));
    assert_eq!(room.nobody().get(urls[0]["signedURL"].as_str().unwrap()).await.ok().text(), ADA);
    for (index, path) in [(1, format!("{BOB}/a.txt")), (2, "none".to_owned()), (3, "a\u{e9}".to_owned())] {
        assert_eq!(urls[index], json!({ "error": error, "path": path, "signedURL": null }));
    }
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    for (body, message) in [
        (json!({ "expiresIn": 60 }), "body must have required property 'paths'"),
        (json!({ "expiresIn": 60, "paths": [] }), "body/paths must NOT have fewer than 1 items"),
        (json!({ "expiresIn": 60, "paths": many }), "body/paths must NOT have more than 1000 items"),
        (json!({ "expiresIn": 60, "paths": [{}] }), "body/paths/0 must be string"),
    ] {
        room.user(ADA).post("/object/sign/files", &body).await.refused(400, "400", "InvalidRequest", message);
    }
}

async fn upload_url(room: &Room, path: &str, upsert: bool) -> String {
    let call = room.user(ADA).call("POST", &format!("/object/upload/sign/{path}"));
    let call = if upsert { call.header("x-upsert", "true") } else { call };
    let answer = call.json(&json!({})).send().await;
    let body = answer.ok().json();
    let url = body["url"].as_str().unwrap();
    assert_eq!(url, format!("/object/upload/sign/{path}?token={}", body["token"].as_str().unwrap()));
    url.to_owned()
}

#[tokio::test]
async fn whoever_has_the_url_uploads_for_who_asked() {
    let room = room().await;
    let path = format!("files/{ADA}/new.txt");
    let url = upload_url(&room, &path, false).await;
    let uploaded = room.nobody().call("PUT", &url).text("hello").send().await;
    assert_eq!(uploaded.ok().json(), json!({ "Key": path }));
    assert_eq!(room.user(ADA).download(&path).await.ok().text(), "hello");
    let owner = room.value("select owner_id from storage.objects where name like '%new.txt'").await;
    assert_eq!(owner, ADA);
    // once: it was not asked for as an upsert
    let again = room.nobody().call("PUT", &url).text("again").send().await;
    again.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    let again = room.nobody().call("PUT", &url).header("x-upsert", "true").text("again").send().await;
    again.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    assert_eq!(room.user(ADA).download(&path).await.ok().text(), "hello");

    let url = upload_url(&room, &path, true).await;
    for text in ["one", "two"] {
        room.nobody().call("PUT", &url).text(text).send().await.ok();
    }
    assert_eq!(room.user(ADA).download(&path).await.ok().text(), "two");
    room.advance(7200);
    let late = room.nobody().call("PUT", &url).text("late").send().await;
    late.refused(400, "400", "InvalidJWT", "\"exp\" claim timestamp check failed");
}

#[tokio::test]
async fn a_url_for_uploads_is_for_one_object_and_keeps_the_buckets_limits() {
    let room = room().await;
    let path = format!("files/{ADA}/new.txt");
    let url = upload_url(&room, &path, true).await;
    let token = token_of(&url);
    for other in [format!("files/{BOB}/a.txt"), format!("files/{ADA}/other.txt"), "other/x".to_owned()] {
        let call = room.nobody().call("PUT", &format!("/object/upload/sign/{other}?token={token}"));
        call.text("x").send().await.refused(400, "400", "InvalidSignature", MISFIT);
    }
    let download = room.nobody().get(&format!("/object/sign/{path}?token={token}")).await;
    download.refused(400, "400", "InvalidSignature", "Token is not scoped for download");
    room.script("update storage.buckets set file_size_limit = 3, allowed_mime_types = '{text/plain}'").await;
    let large = room.nobody().call("PUT", &url).text("four").send().await;
    large.refused(400, "413", "EntityTooLarge", "The object exceeded the maximum allowed size");
    let kind = room.nobody().call("PUT", &url).header("content-type", "image/png").body("x").send().await;
    kind.refused(400, "415", "InvalidMimeType", "mime type image/png is not supported");
    assert!(!room.names().await.contains(&path));
}

#[tokio::test]
async fn only_who_may_upload_asks_for_such_a_url() {
    let room = room().await;
    let sign = async |caller: crate::harness::Caller<'_>, path: &str, upsert: &str| {
        let call =
            caller.call("POST", &format!("/object/upload/sign/files/{path}")).header("x-upsert", upsert);
        call.json(&json!({})).send().await
    };
    sign(room.user(BOB), &format!("{ADA}/new.txt"), "false").await.violates_policy();
    sign(room.user(BOB), &format!("{ADA}/a.txt"), "true").await.violates_policy();
    sign(room.anon(), &format!("{ADA}/new.txt"), "false").await.violates_policy();
    let taken = sign(room.user(ADA), &format!("{ADA}/a.txt"), "false").await;
    taken.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    let no_bucket = room.service().call("POST", "/object/upload/sign/none/x").json(&json!({})).send().await;
    assert_eq!((no_bucket.status.as_u16(), no_bucket.json()["statusCode"].clone()), (400, json!("404")));
    assert_eq!(room.names().await.len(), 2);
}
