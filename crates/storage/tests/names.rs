//! Names that want to lead somewhere else.

use serde_json::json;

use crate::harness::{ADA, BOB, Room};

/// As they stand in a URL, and as they are after decoding.
const TRICKS: &[(&str, &str)] = &[
    ("../x", "../x"),
    ("a/../../x", "a/../../x"),
    ("%2e%2e/x", "../x"),
    ("a%2F..%2Fx", "a/../x"),
    ("./x", "./x"),
    ("a/.", "a/."),
    ("..", ".."),
    ("a%5C..%5Cx", "a\\..\\x"),
    ("a%00b", "a\0b"),
    ("a%0Ab", "a\nb"),
    ("caf%C3%A9", "café"),
    ("a%23b", "a#b"),
    ("a%25b", "a%b"),
    ("%7Ea", "~a"),
    ("a%7Cb", "a|b"),
    ("a%22b", "a\"b"),
    ("a%3Cb", "a<b"),
    ("", ""),
];

#[tokio::test]
async fn no_name_leads_out_of_its_bucket() {
    let room = Room::with_folders().await;
    for (encoded, name) in TRICKS {
        let path = format!("/object/files/{encoded}");
        let message = format!("Invalid key: {name}");
        for method in ["POST", "PUT"] {
            let answer = room.service().call(method, &path).text("x").send().await;
            answer.refused(400, "400", "InvalidKey", &message);
        }
        if !name.is_empty() {
            let answer = room.service().get(&format!("/object/authenticated/files/{encoded}")).await;
            answer.refused(400, "400", "InvalidKey", &message);
            let sign = room
                .service()
                .post(&format!("/object/sign/files/{encoded}"), &json!({ "expiresIn": 60 }))
                .await;
            sign.refused(400, "400", "InvalidKey", &message);
        }
    }
    assert_eq!(room.names().await, Vec::<String>::new());
    assert!(room.files().is_empty());
    let around = std::fs::read_dir(room.store_folder().parent().unwrap()).unwrap().count();
    assert_eq!(around, 1, "the folder of the store alone");
}

#[tokio::test]
async fn a_trick_does_not_lead_into_another_folder() {
    let room = Room::with_folders().await;
    room.service().put(&format!("files/{BOB}/a.txt"), "bob's").await;
    for path in [
        format!("{ADA}/../{BOB}/a.txt"),
        format!("{ADA}%2F..%2F{BOB}%2Fa.txt"),
        format!("{ADA}/..%2f{BOB}/a.txt"),
        format!("{ADA}/%2e%2e/{BOB}/a.txt"),
        format!("{ADA}//..//{BOB}/a.txt"),
    ] {
        let read = room.user(ADA).download(&format!("files/{path}")).await;
        assert_eq!((read.status.as_u16(), &read.json()["code"]), (400, &json!("InvalidKey")), "{path}");
        let written = room.user(ADA).upsert(&format!("files/{path}"), "ada's").await;
        assert_eq!((written.status.as_u16(), &written.json()["code"]), (400, &json!("InvalidKey")), "{path}");
    }
    // slashes are part of a name: this is another object, in a folder without a name
    let other = room.user(ADA).upload(&format!("files//{BOB}/a.txt"), "ada's").await;
    other.violates_policy();
    // and what is double encoded is decoded once
    let twice = room.user(ADA).upload(&format!("files/{ADA}/%252e%252e%252f{BOB}"), "x").await;
    assert_eq!(twice.json()["code"], json!("InvalidKey"));
    assert_eq!(room.user(BOB).download(&format!("files/{BOB}/a.txt")).await.ok().text(), "bob's");
    assert_eq!(room.names().await, [format!("files/{BOB}/a.txt")]);
}

#[tokio::test]
async fn a_name_has_1024_bytes_at_most() {
    let room = Room::with_folders().await;
    let longest = "a".repeat(1024);
    room.service().put(&format!("files/{longest}"), "x").await;
    assert_eq!(room.service().download(&format!("files/{longest}")).await.ok().text(), "x");
    let too_long = "a".repeat(1025);
    let answer = room.service().upload(&format!("files/{too_long}"), "x").await;
    answer.refused(400, "400", "InvalidKey", &format!("Invalid key: {too_long}"));
    let huge = "a".repeat(50_000);
    assert_eq!(room.service().upload(&format!("files/{huge}"), "x").await.status, 400);
    // deep folders are names like others
    let deep = "a/".repeat(511) + "b";
    room.service().put(&format!("files/{deep}"), "deep").await;
    assert_eq!(room.service().download(&format!("files/{deep}")).await.ok().text(), "deep");
    assert_eq!(room.files().len(), 2);
}

#[tokio::test]
async fn what_looks_like_a_trick_and_is_a_name() {
    let room = Room::with_folders().await;
    for name in ["..a", "a..", "...", "a...b/c", "a//b", "&$@=;:+,?!*'() a", "sign", "public/x", "a%2Fb"] {
        let encoded = name.replace('?', "%3F").replace(' ', "%20");
        let path = format!("files/{encoded}");
        room.service().put(&path, name).await;
        assert_eq!(room.service().download(&path).await.ok().text(), name);
        let url = room.service().signed_url(&path, 60).await;
        assert_eq!(room.nobody().get(&url.replace(' ', "%20")).await.ok().text(), name);
    }
    // two spellings of one name
    let taken = room.service().upload("files/a/b", "x").await;
    taken.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
}

#[tokio::test]
async fn buckets_that_are_none() {
    let room = Room::with_folders().await;
    for (encoded, bucket) in
        [("..", ".."), ("%2E%2E", ".."), ("a%2Fb", "a/b"), ("a%00", "a\0"), ("%C3%A9", "é")]
    {
        let answer = room.service().upload(&format!("{encoded}/x"), "x").await;
        assert_eq!(answer.status, 400, "{bucket}: {answer:?}");
        assert_eq!(room.service().get(&format!("/bucket/{encoded}")).await.status, 400);
        assert_eq!(room.service().get(&format!("/object/public/{encoded}/x")).await.status, 400);
    }
    assert!(room.files().is_empty());
}

#[tokio::test]
async fn paths_that_are_no_percent_encoded_utf_8() {
    let room = Room::with_folders().await;
    for path in ["/object/files/%", "/object/files/%zz", "/object/files/%ff%fe", "/bucket/%f"] {
        let message = format!("'{path}' is not a valid url component");
        room.service().get(path).await.refused(400, "400", "InvalidRequest", &message);
    }
}
