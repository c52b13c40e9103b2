//! Copies and moves: rights on both ends, taken names, what of the metadata stays, other buckets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{ADA, Answer, BOB, Caller, Room};

async fn room() -> Room {
    let room = Room::with_folders().await;
    for user in [ADA, BOB] {
        room.user(user).put(&format!("files/{user}/a.txt"), user).await;
    }
    room
}

async fn copy(caller: &Caller<'_>, from: &str, to: &str) -> Answer {
    caller
        .post("/object/copy", &json!({ "bucketId": "files", "sourceKey": from, "destinationKey": to }))
        .await
}

async fn r#move(caller: &Caller<'_>, from: &str, to: &str) -> Answer {
    caller
        .post("/object/move", &json!({ "bucketId": "files", "sourceKey": from, "destinationKey": to }))
        .await
}

fn of(user: &str, name: &str) -> String {
    format!("{user}/{name}")
}

#[tokio::test]
async fn a_copy_is_an_object_of_its_own() {
    let room = room().await;
    let ada = room.user(ADA);
    let answer = copy(&ada, &of(ADA, "a.txt"), &of(ADA, "b/c.txt")).await;
    let body = answer.ok().json();
    assert_eq!(body["Key"], json!(format!("files/{ADA}/b/c.txt")));
    assert_eq!(body["Id"], body["id"]);
    assert_eq!((&body["name"], &body["bucket_id"]), (&json!(of(ADA, "b/c.txt")), &json!("files")));
    assert_eq!((&body["owner"], &body["metadata"]["size"]), (&json!(ADA), &json!(36)));
    assert_eq!(ada.download(&format!("files/{ADA}/b/c.txt")).await.ok().text(), ADA);
    // each goes its own way
    ada.upsert(&format!("files/{ADA}/a.txt"), "changed").await.ok();
    assert_eq!(ada.download(&format!("files/{ADA}/b/c.txt")).await.ok().text(), ADA);
    ada.call("DELETE", &format!("/object/files/{ADA}/b/c.txt")).send().await.ok();
    assert_eq!(ada.download(&format!("files/{ADA}/a.txt")).await.ok().text(), "changed");
    assert_eq!(room.files().len(), 2);
}

#[tokio::test]
async fn a_copy_onto_a_taken_name_needs_upsert() {
    let room = room().await;
    let ada = room.user(ADA);
    ada.put(&format!("files/{ADA}/b.txt"), "b").await;
    let taken = copy(&ada, &of(ADA, "a.txt"), &of(ADA, "b.txt")).await;
    taken.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    assert_eq!(ada.download(&format!("files/{ADA}/b.txt")).await.ok().text(), "b");
    let body =
        json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationKey": of(ADA, "b.txt") });
    ada.call("POST", "/object/copy").header("x-upsert", "true").json(&body).send().await.ok();
    assert_eq!(ada.download(&format!("files/{ADA}/b.txt")).await.ok().text(), ADA);
    assert_eq!(room.files().len(), 3, "what was replaced is gone");
    // onto itself
    let body =
        json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationKey": of(ADA, "a.txt") });
    ada.call("POST", "/object/copy").header("x-upsert", "true").json(&body).send().await.ok();
    assert_eq!(ada.download(&format!("files/{ADA}/a.txt")).await.ok().text(), ADA);
    assert_eq!(room.files().len(), 3);
}

#[tokio::test]
async fn metadata_is_copied_unless_it_is_given_anew() {
    let room = Room::new().await;
    room.make_bucket("b", json!({})).await;
    let service = room.service();
    let encoded = |value: &str| STANDARD.encode(value);
    let call = service.call("POST", "/object/b/a").header("x-metadata", &encoded(r#"{"mood":"good"}"#));
    call.header("cache-control", "max-age=60").text("text").send().await.ok();
    let copy = async |to: &str, more: Value, header: Option<&str>| {
        let mut body = json!({ "bucketId": "b", "sourceKey": "a", "destinationKey": to });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let call = service.call("POST", "/object/copy").json(&body);
        let call = match header {
            Some(value) => call.header("x-metadata", &encoded(value)),
            None => call,
        };
        call.send().await.ok().json()
    };
    let kept = copy("kept", json!({}), Some(r#"{"mood":"bad"}"#)).await;
    assert_eq!(kept["user_metadata"], json!({ "mood": "good" }));
    assert_eq!(kept["metadata"]["cacheControl"], json!("max-age=60"));
    let anew =
        json!({ "copyMetadata": false, "metadata": { "cacheControl": "no-store", "mimetype": "text/csv" } });
    let new = copy("new", anew, Some(r#"{"mood":"bad"}"#)).await;
    assert_eq!(new["user_metadata"], json!({ "mood": "bad" }));
    assert_eq!(
        (&new["metadata"]["cacheControl"], &new["metadata"]["mimetype"], &new["metadata"]["size"]),
        (&json!("no-store"), &json!("text/csv"), &json!(4))
    );
}

#[tokio::test]
async fn a_moved_object_is_only_there() {
    let room = room().await;
    let ada = room.user(ADA);
    let id = room.value(&format!("select id from storage.objects where name like '{ADA}/%'")).await;
    let answer = r#move(&ada, &of(ADA, "a.txt"), &of(ADA, "new/b.txt")).await;
    let expected = json!({ "message": "Successfully moved", "Id": id, "Key": of(ADA, "new/b.txt") });
    assert_eq!(answer.ok().json(), expected);
    assert_eq!(ada.download(&format!("files/{ADA}/new/b.txt")).await.ok().text(), ADA);
    ada.download(&format!("files/{ADA}/a.txt")).await.not_found();
    assert_eq!(room.files().len(), 2);
    r#move(&ada, &of(ADA, "a.txt"), &of(ADA, "c.txt")).await.not_found();
    // to itself is nowhere
    r#move(&ada, &of(ADA, "new/b.txt"), &of(ADA, "new/b.txt")).await.ok();
    assert_eq!(ada.download(&format!("files/{ADA}/new/b.txt")).await.ok().text(), ADA);
}

#[tokio::test]
async fn a_move_replaces_nothing() {
    let room = room().await;
    let ada = room.user(ADA);
    ada.put(&format!("files/{ADA}/b.txt"), "b").await;
    let taken = r#move(&ada, &of(ADA, "a.txt"), &of(ADA, "b.txt")).await;
    taken.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    let body =
        json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationKey": of(ADA, "b.txt") });
    let taken = ada.call("POST", "/object/move").header("x-upsert", "true").json(&body).send().await;
    taken.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    assert_eq!(ada.download(&format!("files/{ADA}/a.txt")).await.ok().text(), ADA);
    assert_eq!(ada.download(&format!("files/{ADA}/b.txt")).await.ok().text(), "b");
    assert_eq!(room.files().len(), 3);
}

#[tokio::test]
async fn to_another_bucket() {
    let room = room().await;
    room.make_bucket("open", json!({ "public": true })).await;
    let service = room.service();
    let body = |name: &str| json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationBucket": "open", "destinationKey": name });
    assert_eq!(service.post("/object/copy", &body("copy")).await.ok().json()["Key"], json!("open/copy"));
    service.post("/object/move", &body("moved")).await.ok();
    for name in ["copy", "moved"] {
        assert_eq!(room.nobody().get(&format!("/object/public/open/{name}")).await.ok().text(), ADA);
    }
    // who may not write there takes nothing there
    for route in ["/object/copy", "/object/move"] {
        let body = json!({
            "bucketId": "files", "sourceKey": of(BOB, "a.txt"), "destinationBucket": "open", "destinationKey": "x"
        });
        room.user(BOB).post(route, &body).await.violates_policy();
        let body = json!({ "bucketId": "files", "sourceKey": of(BOB, "a.txt"), "destinationBucket": "none", "destinationKey": "x" });
        let answer = service.post(route, &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["statusCode"]),
            (400, &json!("404")),
            "{answer:?}"
        );
    }
    assert_eq!(
        room.names().await,
        [format!("files/{BOB}/a.txt"), "open/copy".to_owned(), "open/moved".to_owned()]
    );
}

#[tokio::test]
async fn nobody_copies_or_moves_what_is_not_theirs() {
    let room = room().await;
    let before = room.column("select id || name || version from storage.objects order by 1").await;
    for (from, to) in [(of(BOB, "a.txt"), of(ADA, "stolen.txt")), (of(BOB, "a.txt"), of(BOB, "b.txt"))] {
        copy(&room.user(ADA), &from, &to).await.not_found();
        r#move(&room.user(ADA), &from, &to).await.not_found();
    }
    for to in [of(BOB, "planted.txt"), "planted.txt".to_owned()] {
        copy(&room.user(ADA), &of(ADA, "a.txt"), &to).await.violates_policy();
        r#move(&room.user(ADA), &of(ADA, "a.txt"), &to).await.violates_policy();
    }
    // a name that somebody else has is refused no differently than one that nobody has
    copy(&room.user(ADA), &of(ADA, "a.txt"), &of(BOB, "a.txt")).await.violates_policy();
    r#move(&room.user(ADA), &of(ADA, "a.txt"), &of(BOB, "a.txt")).await.violates_policy();
    let body =
        json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationKey": of(BOB, "a.txt") });
    let over =
        room.user(ADA).call("POST", "/object/copy").header("x-upsert", "true").json(&body).send().await;
    over.violates_policy();
    for caller in [room.anon()] {
        copy(&caller, &of(ADA, "a.txt"), &of(ADA, "b.txt")).await.not_found();
        r#move(&caller, &of(ADA, "a.txt"), &of(ADA, "b.txt")).await.not_found();
    }
    assert_eq!(room.column("select id || name || version from storage.objects order by 1").await, before);
    assert_eq!(room.user(BOB).download(&format!("files/{BOB}/a.txt")).await.ok().text(), BOB);
    assert_eq!(room.files().len(), 2);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_said() {
    let room = room().await;
    for route in ["/object/copy", "/object/move"] {
        for (body, message) in [
            (json!({}), "body must have required property 'bucketId'"),
            (json!({ "bucketId": "files" }), "body must have required property 'sourceKey'"),
            (
                json!({ "bucketId": "files", "sourceKey": "a" }),
                "body must have required property 'destinationKey'",
            ),
            (
                json!({ "bucketId": "files", "sourceKey": "a\u{0}", "destinationKey": "b" }),
                "body/sourceKey must be string",
            ),
        ] {
            room.service().post(route, &body).await.refused(400, "400", "InvalidRequest", message);
        }
        for wrong in ["", "../x", "a/../b", "é", "a#b"] {
            let body = json!({ "bucketId": "files", "sourceKey": of(ADA, "a.txt"), "destinationKey": wrong });
            let message = format!("Invalid key: {wrong}");
            room.service().post(route, &body).await.refused(400, "400", "InvalidKey", &message);
        }
    }
}

/// Neither a copy nor a move gets past what a bucket takes, be it by another bucket or by another type.
#[tokio::test]
async fn the_limits_of_a_bucket_hold_for_copies_and_moves() {
    let room = Room::new().await;
    room.make_bucket("any", json!({})).await;
    room.make_bucket("small", json!({ "file_size_limit": 3, "allowed_mime_types": ["text/plain"] })).await;
    let service = room.service();
    service.put("any/large", "four").await;
    service.put("small/fits", "abc").await;
    service.call("POST", "/object/any/page").header("content-type", "text/html").body("x").send().await.ok();
    let ask = |bucket: &str, from: &str, more: Value| {
        let mut body = json!({
            "bucketId": bucket, "sourceKey": from, "destinationBucket": "small", "destinationKey": "new"
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let too_large = "The object exceeded the maximum allowed size";
    for route in ["/object/copy", "/object/move"] {
        let large = service.post(route, &ask("any", "large", json!({}))).await;
        large.refused(400, "413", "EntityTooLarge", too_large);
        let page = service.post(route, &ask("any", "page", json!({}))).await;
        page.refused(400, "415", "InvalidMimeType", "mime type text/html is not supported");
    }
    let retyped = json!({ "copyMetadata": false, "metadata": { "mimetype": "image/svg+xml" } });
    let retyped = service.post("/object/copy", &ask("small", "fits", retyped)).await;
    retyped.refused(400, "415", "InvalidMimeType", "mime type image/svg+xml is not supported");
    assert_eq!(room.names().await, ["any/large", "any/page", "small/fits"]);
    assert_eq!(room.files().len(), 3);
    service.post("/object/copy", &ask("small", "fits", json!({}))).await.ok();
    // within a bucket a name may change whatever the bucket has come to take
    room.script("update storage.buckets set file_size_limit = 1").await;
    let renamed = json!({ "bucketId": "small", "sourceKey": "fits", "destinationKey": "renamed" });
    service.post("/object/move", &renamed).await.ok();
}
