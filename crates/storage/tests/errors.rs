//! Refusals that are not of one endpoint: tokens, routes, bodies, what is not built.

use serde_json::json;

use crate::harness::{ADA, Room, foreign_key};

#[tokio::test]
async fn bad_tokens_are_refused_where_one_is_needed() {
    let room = Room::with_folders().await;
    let now = room.clock_seconds();
    let claims = |more: serde_json::Value| {
        let mut claims = json!({ "sub": ADA, "role": "authenticated", "exp": now + 60 });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let foreign = foreign_key().sign(&claims(json!({}))).unwrap();
    let cases = [
        (room.nobody(), "Invalid Compact JWS"),
        (room.bearer(""), "Invalid Compact JWS"),
        (room.bearer("nonsense"), "Invalid Compact JWS"),
        (room.bearer(&foreign), "signature verification failed"),
        (
            room.bearer(&room.sign(&claims(json!({ "exp": now - 3600 })))),
            "\"exp\" claim timestamp check failed",
        ),
        (
            room.bearer(&room.sign(&claims(json!({ "nbf": now + 3600 })))),
            "\"nbf\" claim timestamp check failed",
        ),
    ];
    for (caller, message) in cases {
        for (method, path) in [
            ("GET", "/bucket"),
            ("GET", "/bucket/files"),
            ("DELETE", "/bucket/files"),
            ("POST", "/object/files/a"),
            ("DELETE", "/object/files/a"),
            ("GET", "/object/authenticated/files/a"),
            ("GET", "/object/info/authenticated/files/a"),
        ] {
            let answer = caller.call(method, path).send().await;
            answer.refused(400, "403", "AccessDenied", message);
        }
    }
}

#[tokio::test]
async fn routes_that_are_none() {
    let room = Room::new().await;
    for (method, path) in
        [("GET", "/"), ("PATCH", "/object/a/b"), ("GET", "/bucket/a/b"), ("GET", "/nothing?x=1")]
    {
        let answer = room.service().call(method, path).send().await;
        answer.refused(404, "404", "InvalidRequest", &format!("Route {method}:{path} not found"));
    }
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let room = Room::new().await;
    for (method, path, feature) in [
        ("GET", "/render/image/public/a/b.png?width=10", "image transformation"),
        ("GET", "/render/image/authenticated/a/b.png", "image transformation"),
        ("POST", "/upload/resumable", "resumable uploads"),
        ("OPTIONS", "/upload/resumable", "resumable uploads"),
        ("GET", "/s3/a/b", "S3 protocol"),
        ("GET", "/iceberg/v1/config", "iceberg_catalog"),
        ("POST", "/vector/ListVectorBuckets", "vectors"),
        ("DELETE", "/cdn/a/b", "CDN purge"),
    ] {
        let answer = room.service().call(method, path).send().await;
        let message = format!("The feature {feature} is not enabled for this resource");
        answer.refused(400, "409", "FeatureNotEnabled", &message);
    }
    room.make_bucket("b", json!({})).await;
    room.service().put("b/a.png", "x").await;
    let small = json!({ "expiresIn": 60, "transform": { "width": 10 } });
    let message = "The feature image transformation is not enabled for this resource";
    room.service().post("/object/sign/b/a.png", &small).await.refused(
        400,
        "409",
        "FeatureNotEnabled",
        message,
    );
    let plain = json!({ "expiresIn": 60, "transform": {} });
    room.service().post("/object/sign/b/a.png", &plain).await.ok();
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let room = Room::new().await;
    let send = async |kind: &str, body: String| {
        room.service().call("POST", "/bucket").header("content-type", kind).body(body).send().await
    };
    let json = "application/json";
    send(json, "{".to_owned()).await.refused(
        400,
        "400",
        "InvalidRequest",
        "Body is not valid JSON but content-type is set to 'application/json'",
    );
    send(json, String::new()).await.refused(
        400,
        "400",
        "InvalidRequest",
        "Body cannot be empty when content-type is set to 'application/json'",
    );
    send(json, "[]".to_owned()).await.refused(400, "400", "InvalidRequest", "body must be object");
    send("image/png", "{}".to_owned()).await.refused(
        400,
        "415",
        "InvalidMimeType",
        "Invalid Content-Type header",
    );
    let deep = "[".repeat(100_000);
    assert_eq!(send(json, deep).await.status, 400);
    let large = format!("{{\"name\":\"{}\"}}", "a".repeat(2 << 20));
    send(json, large).await.refused(413, "413", "EntityTooLarge", "Request body is too large");
}

#[tokio::test]
async fn the_room_answers_whether_it_is_there() {
    let room = Room::new().await;
    room.nobody().get("/status").await.ok();
}

#[tokio::test]
async fn a_database_that_is_away_is_the_servers_fault() {
    let room = Room::with_folders().await;
    room.ctx.pool.close().await;
    let answer = room.user(ADA).upload(&format!("files/{ADA}/a"), "x").await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    assert!(!answer.text().contains("pool"), "the cause is for the log: {answer:?}");
    assert!(room.files().is_empty());
}
