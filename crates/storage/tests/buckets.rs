//! Buckets: made, read, listed, changed, emptied, deleted; by whom policies let.

use serde_json::json;

use crate::harness::{ADA, Answer, Room};

fn ids(answer: &Answer) -> Vec<String> {
    answer.ok().json().as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_bucket_is_made_and_read() {
    let room = Room::new().await;
    let service = room.service();
    let new = json!({
        "name": "avatars", "public": true, "file_size_limit": "1MB", "allowed_mime_types": ["image/*", "text/plain"]
    });
    assert_eq!(service.post("/bucket", &new).await.ok().json(), json!({ "name": "avatars" }));
    let answer = service.get("/bucket/avatars").await;
    let mut bucket = answer.ok().json();
    for name in ["created_at", "updated_at"] {
        let time = bucket[name].take();
        let time = time.as_str().unwrap();
        // milliseconds, as JavaScript prints them
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    }
    assert_eq!(
        bucket,
        json!({
            "id": "avatars", "name": "avatars", "owner": "", "public": true, "file_size_limit": 1_000_000,
            "allowed_mime_types": ["image/*", "text/plain"], "created_at": null, "updated_at": null
        })
    );
    service.post("/bucket", &new).await.refused(
        400,
        "409",
        "BucketAlreadyExists",
        "The resource already exists",
    );
    service.get("/bucket/nothing").await.refused(400, "404", "NoSuchBucket", "Bucket not found");
}

#[tokio::test]
async fn an_id_may_differ_from_the_name_and_the_owner_is_who_made_it() {
    let room = Room::new().await;
    room.script("create policy make on storage.buckets to authenticated using (true) with check (true)")
        .await;
    let made =
        room.user(ADA).post("/bucket", &json!({ "id": "b1", "name": "pictures", "public": null })).await;
    assert_eq!(made.ok().json(), json!({ "name": "pictures" }));
    let bucket = room.user(ADA).get("/bucket/b1").await.json();
    assert_eq!(
        (&bucket["id"], &bucket["name"], &bucket["owner"]),
        (&json!("b1"), &json!("pictures"), &json!(ADA))
    );
    assert_eq!(room.value("select owner_id from storage.buckets").await, ADA);
}

#[tokio::test]
async fn wrong_settings_are_refused_and_nothing_is_made() {
    let room = Room::new().await;
    let service = room.service();
    let name = "Bucket name invalid";
    for wrong in ["", " a", "a ", "a/b", "é", "x--table-s3", &"a".repeat(101)] {
        service.post("/bucket", &json!({ "name": wrong })).await.refused(
            400,
            "400",
            "InvalidBucketName",
            name,
        );
    }
    let cases = [
        (json!({}), "400", "InvalidRequest", "body must have required property 'name'"),
        (json!({ "name": "a\u{0}" }), "400", "InvalidRequest", "body/name must be string"),
        (json!({ "name": "a", "public": "perhaps" }), "400", "InvalidRequest", "body/public must be boolean"),
        (
            json!({ "name": "a", "file_size_limit": -1 }),
            "400",
            "InvalidRequest",
            "body/file_size_limit must be >= 0",
        ),
        (
            json!({ "name": "a", "file_size_limit": "much" }),
            "400",
            "InvalidRequest",
            "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B",
        ),
        (
            json!({ "name": "a", "file_size_limit": "1GB" }),
            "413",
            "EntityTooLarge",
            "The object exceeded the maximum allowed size",
        ),
        (
            json!({ "name": "a", "allowed_mime_types": ["image/png", "image"] }),
            "415",
            "InvalidMimeType",
            "mime type image is not supported",
        ),
        (
            json!({ "name": "a", "type": "OTHER" }),
            "400",
            "InvalidRequest",
            "body/type must be equal to one of the allowed values",
        ),
        (
            json!({ "name": "a", "type": "ANALYTICS" }),
            "409",
            "FeatureNotEnabled",
            "The feature iceberg_catalog is not enabled for this resource",
        ),
    ];
    for (body, status, code, message) in cases {
        service.post("/bucket", &body).await.refused(400, status, code, message);
    }
    assert_eq!(room.value("select count(*) from storage.buckets").await, "0");
}

#[tokio::test]
async fn buckets_are_listed_sorted_and_searched() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name, created_at) values
           ('b', 'beta', '2026-01-01'), ('a', 'alpha_1', '2026-01-02'), ('c', 'gamma%', '2026-01-03')",
    )
    .await;
    let list = async |query: &str| ids(&room.service().get(&format!("/bucket{query}")).await);
    assert_eq!(list("").await, ["b", "a", "c"]);
    assert_eq!(list("?sortColumn=id").await, ["a", "b", "c"]);
    assert_eq!(list("?sortColumn=name&sortOrder=desc").await, ["c", "b", "a"]);
    assert_eq!(list("?sortColumn=created_at&sortOrder=desc&limit=1&offset=1").await, ["a"]);
    assert_eq!(list("?search=ALPHA").await, ["a"]);
    // wildcards of LIKE stand for themselves
    assert_eq!(list("?search=%25").await, ["c"]);
    assert_eq!(list("?search=_").await, ["a"]);
    assert_eq!(list("?search=%5C").await, Vec::<String>::new());
    for (query, message) in [
        ("?limit=0", "querystring/limit must be >= 1"),
        ("?limit=x", "querystring/limit must be integer"),
        ("?offset=-1", "querystring/offset must be >= 0"),
        ("?sortColumn=owner", "querystring/sortColumn must be equal to one of the allowed values"),
        ("?sortOrder=up", "querystring/sortOrder must be equal to one of the allowed values"),
    ] {
        room.service().get(&format!("/bucket{query}")).await.refused(400, "400", "InvalidRequest", message);
    }
}

#[tokio::test]
async fn older_python_clients_are_not_told_of_types() {
    let room = Room::new().await;
    room.make_bucket("a", json!({})).await;
    let list = async |name: &str, value: &str| {
        let answer = room.service().call("GET", "/bucket").header(name, value).send().await;
        answer.ok().json()[0].get("type").cloned()
    };
    assert_eq!(list("user-agent", "supabase-py/storage3 v0.12.1").await, Some(json!("STANDARD")));
    assert_eq!(list("user-agent", "supabase-py/storage3 v0.12.0").await, None);
    assert_eq!(list("x-client-info", "supabase-py/2.17.3").await, None);
}

#[tokio::test]
async fn only_what_is_named_is_changed() {
    let room = Room::new().await;
    let service = room.service();
    room.make_bucket("a", json!({ "public": true, "file_size_limit": 10, "allowed_mime_types": ["a/b"] }))
        .await;
    let settings = "select concat_ws(' ', public, coalesce(file_size_limit::text, '-'), coalesce(allowed_mime_types::text, '-')) from storage.buckets";
    for (change, expected) in [
        (json!({ "public": false }), "f 10 {a/b}"),
        (json!({ "file_size_limit": "2kb" }), "f 2000 {a/b}"),
        (json!({ "allowed_mime_types": ["image/png"] }), "f 2000 {image/png}"),
        (json!({ "file_size_limit": null, "allowed_mime_types": null }), "f - -"),
    ] {
        let answer = service.call("PUT", "/bucket/a").json(&change).send().await;
        assert_eq!(answer.ok().json(), json!({ "message": "Successfully updated" }));
        assert_eq!(room.value(settings).await, expected, "{change}");
    }
    let change = json!({ "public": true });
    let other = service.call("PUT", "/bucket/other").json(&change).send().await;
    other.refused(400, "404", "NoSuchBucket", "Bucket not found");
    let nothing = service.call("PUT", "/bucket/a").json(&json!({})).send().await;
    nothing.refused(400, "400", "InvalidRequest", "No content provided");
}

#[tokio::test]
async fn only_an_empty_bucket_is_deleted_whoever_may_see_what_is_in_it() {
    let room = Room::new().await;
    let service = room.service();
    room.make_bucket("a", json!({})).await;
    service.put("a/x", "x").await;
    // Ada may delete buckets and see no object
    room.script("create policy buckets on storage.buckets to authenticated using (true)").await;
    for caller in [room.user(ADA), service.clone()] {
        let refused = caller.call("DELETE", "/bucket/a").send().await;
        refused.refused(400, "409", "ResourceNotEmpty", "The bucket you tried to delete is not empty");
    }
    service.call("DELETE", "/object/a/x").send().await.ok();
    let deleted = room.user(ADA).call("DELETE", "/bucket/a").send().await;
    assert_eq!(deleted.ok().json(), json!({ "message": "Successfully deleted" }));
    let gone = service.call("DELETE", "/bucket/a").send().await;
    gone.refused(400, "404", "NoSuchBucket", "Bucket not found");
}

#[tokio::test]
async fn the_service_role_alone_empties_a_bucket() {
    let room = Room::new().await;
    room.make_bucket("a", json!({})).await;
    for name in ["x", "y/z"] {
        room.service().put(&format!("a/{name}"), name).await;
    }
    room.script("create policy everything on storage.buckets to anon, authenticated using (true)").await;
    for caller in [room.user(ADA), room.anon()] {
        let refused = caller.call("POST", "/bucket/a/empty").send().await;
        refused.refused(403, "403", "AccessDenied", "Access denied: Invalid role");
    }
    assert_eq!(room.names().await, ["a/x", "a/y/z"]);
    room.service().call("POST", "/bucket/a/empty").send().await.ok();
    assert_eq!(room.names().await, Vec::<String>::new());
    room.service().call("DELETE", "/bucket/a").send().await.ok();
    let gone = room.service().call("POST", "/bucket/a/empty").send().await;
    gone.refused(400, "404", "NoSuchBucket", "Bucket not found");
}

#[tokio::test]
async fn without_a_policy_a_bucket_is_neither_seen_nor_made_nor_changed() {
    let room = Room::new().await;
    room.make_bucket("a", json!({})).await;
    // whether there is anything in it is not told either
    room.service().put("a/x", "x").await;
    for caller in [room.user(ADA), room.anon()] {
        assert_eq!(ids(&caller.get("/bucket").await), Vec::<String>::new());
        caller.get("/bucket/a").await.refused(400, "404", "NoSuchBucket", "Bucket not found");
        caller.post("/bucket", &json!({ "name": "b" })).await.violates_policy();
        let changed = caller.call("PUT", "/bucket/a").json(&json!({ "public": true })).send().await;
        changed.refused(400, "404", "NoSuchBucket", "Bucket not found");
        let deleted = caller.call("DELETE", "/bucket/a").send().await;
        deleted.refused(400, "404", "NoSuchBucket", "Bucket not found");
    }
    assert_eq!(room.column("select id || public from storage.buckets").await, ["afalse"]);
}
