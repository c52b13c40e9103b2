//! The root: what it describes, and to whom.

use crate::harness::{Room, token};

#[tokio::test]
async fn the_description_shows_what_the_caller_may_use() {
    let room = Room::new().await;
    let (status, document) = room.json("GET /\nHost: example.com:1").await;
    assert_eq!(status, 200);
    assert_eq!((&document["swagger"], &document["host"]), (&"2.0".into(), &"example.com:1".into()));
    let projects = &document["definitions"]["projects"];
    assert_eq!(projects["properties"]["id"]["description"], "Note:\nThis is a Primary Key.<pk/>");
    assert_eq!(
        projects["properties"]["client_id"]["description"],
        "Note:\nThis is a Foreign Key to `clients.id`.<fk table='clients' column='id'/>"
    );
    assert_eq!(projects["properties"]["tags"]["type"], "array");
    assert_eq!(projects["required"], serde_json::json!(["id", "name"]));
    assert!(document["paths"]["/rpc/add"]["get"].is_object());
    assert!(document["paths"]["/rpc/insert_client"]["get"].is_null());
    assert!(document["paths"]["/rpc/insert_client"]["post"].is_object());
    // anonymous callers have no privilege on notes, users have
    assert!(document["paths"]["/notes"].is_null());
    let (_, document) = room.json(&format!("GET /\nAuthorization: Bearer {}", token("authenticated"))).await;
    assert!(document["paths"]["/notes"]["post"].is_object());
}

#[tokio::test]
async fn the_description_is_openapi_or_nothing() {
    let room = Room::new().await;
    for (accept, expected) in
        [("application/openapi+json", 200), ("application/json", 200), ("*/*", 200), ("text/csv", 406)]
    {
        let response = room.send(&format!("GET /\nAccept: {accept}")).await;
        assert_eq!(response.status(), expected, "{accept}");
        if expected == 200 {
            assert_eq!(response.headers()["content-type"], "application/openapi+json; charset=utf-8");
        }
    }
    let (status, body) = room.json("HEAD /").await;
    assert_eq!((status, body), (200, serde_json::Value::Null));
    let room = Room::with(|config| {
        config.set("openapi-mode", "disabled").unwrap();
    })
    .await;
    assert_eq!(room.json("GET /").await.1["code"], "PGRST126");
}
