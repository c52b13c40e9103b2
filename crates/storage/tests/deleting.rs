//! Deletions: one object, or many by their names.

use serde_json::{Value, json};

use crate::harness::{ADA, Answer, BOB, Room};

async fn room() -> Room {
    let room = Room::with_folders().await;
    for user in [ADA, BOB] {
        room.user(user).put(&format!("files/{user}/a.txt"), user).await;
    }
    room
}

fn deleted(answer: &Answer) -> Vec<String> {
    let rows = answer.ok().json();
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_object_and_its_bytes() {
    let room = room().await;
    let delete = async |caller: crate::harness::Caller<'_>, name: String| {
        caller.call("DELETE", &format!("/object/files/{name}")).send().await
    };
    let answer = delete(room.user(ADA), format!("{ADA}/a.txt")).await;
    assert_eq!(answer.ok().json(), json!({ "message": "Successfully deleted" }));
    assert_eq!(room.files().len(), 1);
    delete(room.user(ADA), format!("{ADA}/a.txt")).await.not_found();
    for caller in [room.user(ADA), room.anon()] {
        delete(caller, format!("{BOB}/a.txt")).await.refused(400, "403", "AccessDenied", "Access denied");
    }
    assert_eq!(room.user(BOB).download(&format!("files/{BOB}/a.txt")).await.ok().text(), BOB);
    // clients say that an empty body is JSON
    let call = room.user(BOB).call("DELETE", &format!("/object/files/{BOB}/a.txt"));
    call.header("content-type", "application/json").send().await.ok();
    assert_eq!(room.names().await, Vec::<String>::new());
    assert!(room.files().is_empty());
}

#[tokio::test]
async fn many_by_their_names_and_only_ones_own() {
    let room = room().await;
    let odd = "it's (1), really.txt";
    room.user(ADA).put(&format!("files/{ADA}/{}", odd.replace(' ', "%20")), "x").await;
    let names = json!({ "prefixes": [format!("{ADA}/a.txt"), format!("{ADA}/{odd}"), format!("{BOB}/a.txt"), "none"] });
    let answer = room.user(ADA).call("DELETE", "/object/files").json(&names).send().await;
    let mut gone = deleted(&answer);
    gone.sort();
    assert_eq!(gone, [format!("{ADA}/a.txt"), format!("{ADA}/{odd}")]);
    let row = &answer.json()[0];
    let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "id",
            "name",
            "bucket_id",
            "owner",
            "owner_id",
            "version",
            "metadata",
            "user_metadata",
            "created_at",
            "updated_at",
            "last_accessed_at"
        ]
    );
    assert_eq!(
        deleted(&room.anon().call("DELETE", "/object/files").json(&names).send().await),
        Vec::<String>::new()
    );
    assert_eq!(room.user(BOB).download(&format!("files/{BOB}/a.txt")).await.ok().text(), BOB);
}

#[tokio::test]
async fn names_are_no_patterns() {
    let room = room().await;
    for prefix in
        [ADA.to_owned(), format!("{ADA}/"), format!("{ADA}/%"), "%".to_owned(), "_".to_owned(), String::new()]
    {
        let body = json!({ "prefixes": [prefix] });
        let answer = room.service().call("DELETE", "/object/files").json(&body).send().await;
        assert_eq!(deleted(&answer), Vec::<String>::new());
    }
    assert_eq!(room.names().await.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let room = room().await;
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    for (body, message) in [
        (json!({}), "body must have required property 'prefixes'"),
        (json!({ "prefixes": [] }), "body/prefixes must NOT have fewer than 1 items"),
        (json!({ "prefixes": [{}] }), "body/prefixes/0 must be string"),
        (json!({ "prefixes": ["a\u{0}"] }), "body/prefixes/0 must be string"),
        (json!({ "prefixes": many }), "Bulk object requests are limited to 1000 objects per request."),
        (Value::Null, "body must be object"),
    ] {
        let answer = room.service().call("DELETE", "/object/files").json(&body).send().await;
        answer.refused(400, "400", "InvalidRequest", message);
    }
}

#[tokio::test]
async fn sql_does_not_delete_what_stands_for_files() {
    let room = room().await;
    let error = room.client("postgres").await.script("delete from storage.objects").await.unwrap_err();
    assert_eq!(error.code(), Some("42501"));
    assert_eq!(room.names().await.len(), 2);
}
