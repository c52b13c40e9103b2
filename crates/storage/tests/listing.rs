//! The two listings: folders and objects right below a prefix, and pages with a cursor.

use serde_json::{Value, json};

use crate::harness::{ADA, Answer, BOB, Room};

/// Objects made a minute apart, in this order.
const NAMES: &[&str] = &["b.txt", "a.txt", "Folder/x.txt", "Folder/sub/deep.txt", "other/y.txt", "c_1%.txt"];

async fn room() -> Room {
    let room = Room::new().await;
    room.make_bucket("b", json!({})).await;
    for (minute, name) in NAMES.iter().enumerate() {
        let row = format!(
            "insert into storage.objects (bucket_id, name, version, metadata, created_at, updated_at, last_accessed_at)
             select 'b', '{name}', 'v', '{{\"size\": 1}}', t, t, t from (select timestamptz '2026-01-01' + '{minute} minutes') as at(t)"
        );
        room.script(&row).await;
    }
    room
}

fn names(answer: &Answer) -> Vec<String> {
    let rows = answer.ok().json();
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn list(room: &Room, body: Value) -> Vec<String> {
    names(&room.service().post("/object/list/b", &body).await)
}

#[tokio::test]
async fn what_lies_right_below_a_folder() {
    let room = room().await;
    assert_eq!(list(&room, json!({ "prefix": "" })).await, ["a.txt", "b.txt", "c_1%.txt", "Folder", "other"]);
    assert_eq!(list(&room, json!({ "prefix": "Folder" })).await, ["sub", "x.txt"]);
    assert_eq!(list(&room, json!({ "prefix": "Folder/" })).await, ["sub", "x.txt"]);
    // case does not matter
    assert_eq!(list(&room, json!({ "prefix": "folder/SUB" })).await, ["deep.txt"]);
    for nothing in ["none", "Fold", "a.txt", "%", "_", "Folder//"] {
        assert_eq!(list(&room, json!({ "prefix": nothing })).await, Vec::<String>::new(), "{nothing}");
    }
    let rows = room.service().post("/object/list/b", &json!({ "prefix": "" })).await.json();
    let file = &rows[0];
    assert_eq!(file["metadata"], json!({ "size": 1 }));
    for name in ["created_at", "updated_at", "last_accessed_at"] {
        assert_eq!(file[name], json!("2026-01-01T00:01:00.000Z"), "{name}");
    }
    assert!(file["id"].is_string());
    let folder = json!({
        "id": null, "name": "Folder", "metadata": null, "updated_at": null, "created_at": null, "last_accessed_at": null
    });
    assert_eq!(rows[3], folder);
}

#[tokio::test]
async fn searched_sorted_and_paged() {
    let room = room().await;
    assert_eq!(list(&room, json!({ "prefix": "", "search": "B" })).await, ["b.txt"]);
    assert_eq!(list(&room, json!({ "prefix": "", "search": "fol" })).await, ["Folder"]);
    assert_eq!(list(&room, json!({ "prefix": "Folder", "search": "x" })).await, ["x.txt"]);
    // no wildcards
    assert_eq!(list(&room, json!({ "prefix": "", "search": "%" })).await, Vec::<String>::new());
    assert_eq!(list(&room, json!({ "prefix": "", "search": "c_1%" })).await, ["c_1%.txt"]);
    let by =
        |column: &str, order: &str| json!({ "prefix": "", "sortBy": { "column": column, "order": order } });
    let down = list(&room, by("name", "desc")).await;
    assert_eq!(down, ["other", "Folder", "c_1%.txt", "b.txt", "a.txt"]);
    for column in ["created_at", "updated_at", "last_accessed_at"] {
        // folders have no time and come first
        let up = list(&room, by(column, "asc")).await;
        assert_eq!(up, ["Folder", "other", "b.txt", "a.txt", "c_1%.txt"], "{column}");
        assert_eq!(list(&room, by(column, "desc")).await.last().unwrap(), "b.txt");
    }
    let page = |limit: i64, offset: i64| json!({ "prefix": "", "limit": limit, "offset": offset });
    assert_eq!(list(&room, page(2, 0)).await, ["a.txt", "b.txt"]);
    assert_eq!(list(&room, page(2, 3)).await, ["Folder", "other"]);
    assert_eq!(list(&room, page(2, 4)).await, ["other"]);
    assert_eq!(list(&room, page(100, 5)).await, Vec::<String>::new());
    assert_eq!(list(&room, page(9_007_199_254_740_991, 0)).await.len(), 5);
}

#[tokio::test]
async fn what_can_not_be_listed_is_said() {
    let room = room().await;
    for (body, message) in [
        (json!({}), "body must have required property 'prefix'"),
        (json!({ "prefix": "a\u{0}" }), "body/prefix must be string"),
        (json!({ "prefix": "", "limit": 0 }), "body/limit must be >= 1"),
        (json!({ "prefix": "", "offset": -1 }), "body/offset must be >= 0"),
        (json!({ "prefix": "", "sortBy": {} }), "body/sortBy must have required property 'column'"),
        (
            json!({ "prefix": "", "sortBy": { "column": "id; drop table x" } }),
            "body/sortBy/column must be equal to one of the allowed values",
        ),
        (
            json!({ "prefix": "", "sortBy": { "column": "name", "order": "up" } }),
            "body/sortBy/order must be equal to one of the allowed values",
        ),
    ] {
        let answer = room.service().post("/object/list/b", &body).await;
        answer.refused(400, "400", "InvalidRequest", message);
    }
    // as upstream: a bucket that is not there has nothing in it
    assert_eq!(
        names(&room.service().post("/object/list/none", &json!({ "prefix": "" })).await),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn everybody_sees_their_own() {
    let room = Room::with_folders().await;
    for user in [ADA, BOB] {
        room.service().put(&format!("files/{user}/a.txt"), "x").await;
    }
    let list = json!({ "prefix": "" });
    assert_eq!(names(&room.user(ADA).post("/object/list/files", &list).await), [ADA]);
    assert_eq!(names(&room.user(BOB).post("/object/list/files", &list).await), [BOB]);
    assert_eq!(names(&room.anon().post("/object/list/files", &list).await), Vec::<String>::new());
    room.nobody().post("/object/list/files", &list).await.refused(
        400,
        "403",
        "AccessDenied",
        "Invalid Compact JWS",
    );
    let foreign = room.user(ADA).post("/object/list/files", &json!({ "prefix": BOB })).await;
    assert_eq!(names(&foreign), Vec::<String>::new());
    let second = room.user(ADA).post("/object/list-v2/files", &json!({ "with_delimiter": true })).await;
    assert_eq!(second.ok().json()["folders"].as_array().unwrap().len(), 1);
    let second = room.user(ADA).post("/object/list-v2/files", &json!({ "prefix": format!("{BOB}/") })).await;
    assert_eq!(second.ok().json()["objects"], json!([]));
}

fn second_names(page: &Value, kind: &str) -> Vec<String> {
    page[kind].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Follows the cursors to the end.
async fn all_pages(room: &Room, mut body: Value) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let page = room.service().post("/object/list-v2/b", &body).await.ok().json();
        all.extend(second_names(&page, "folders"));
        all.extend(second_names(&page, "objects"));
        assert_eq!(page["hasNext"], json!(page.get("nextCursor").is_some()));
        let Some(cursor) = page.get("nextCursor") else { return all };
        body["cursor"] = cursor.clone();
        assert!(all.len() < 100, "it does not end: {all:?}");
    }
}

#[tokio::test]
async fn the_second_listing_has_whole_names_byte_by_byte() {
    let room = room().await;
    let page = room.service().post("/object/list-v2/b", &json!({})).await.ok().json();
    let sorted = ["Folder/sub/deep.txt", "Folder/x.txt", "a.txt", "b.txt", "c_1%.txt", "other/y.txt"];
    assert_eq!(second_names(&page, "objects"), sorted);
    assert_eq!((&page["hasNext"], &page["folders"]), (&json!(false), &json!([])));
    let page = room.service().post("/object/list-v2/b", &json!({ "with_delimiter": true })).await.ok().json();
    assert_eq!(second_names(&page, "folders"), ["Folder/", "other/"]);
    assert_eq!(second_names(&page, "objects"), ["a.txt", "b.txt", "c_1%.txt"]);
    let below = json!({ "with_delimiter": true, "prefix": "Folder/" });
    let page = room.service().post("/object/list-v2/b", &below).await.ok().json();
    assert_eq!(second_names(&page, "folders"), ["Folder/sub/"]);
    assert_eq!(second_names(&page, "objects"), ["Folder/x.txt"]);
    // case matters, and a prefix need not be a folder
    for (prefix, expected) in [("folder/", 0), ("Fold", 2), ("a", 1), ("%", 0), ("_", 0)] {
        let page = room.service().post("/object/list-v2/b", &json!({ "prefix": prefix })).await.ok().json();
        assert_eq!(second_names(&page, "objects").len(), expected, "{prefix}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let room = room().await;
    for column in ["name", "created_at", "updated_at"] {
        for with_delimiter in [false, true] {
            let sort = |order: &str| json!({ "column": column, "order": order });
            let whole = json!({ "with_delimiter": with_delimiter, "sortBy": sort("asc") });
            let mut all = room.service().post("/object/list-v2/b", &whole).await.ok().json();
            let mut expected = second_names(&all, "folders");
            expected.extend(second_names(&all, "objects"));
            expected.sort();
            all["x"] = json!(null);
            for order in ["asc", "desc"] {
                for limit in 1..=4 {
                    let body =
                        json!({ "with_delimiter": with_delimiter, "sortBy": sort(order), "limit": limit });
                    let mut paged = all_pages(&room, body.clone()).await;
                    if !with_delimiter && limit == 1 {
                        let whole = json!({ "sortBy": sort(order) });
                        let page = room.service().post("/object/list-v2/b", &whole).await.ok().json();
                        assert_eq!(paged, second_names(&page, "objects"), "{body}");
                    }
                    paged.sort();
                    assert_eq!(paged, expected, "{body}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_goes_on_as_it_began_and_others_are_refused() {
    let room = room().await;
    let first = json!({ "limit": 2, "sortBy": { "column": "name", "order": "desc" } });
    let page = room.service().post("/object/list-v2/b", &first).await.ok().json();
    assert_eq!(second_names(&page, "objects"), ["other/y.txt", "c_1%.txt"]);
    assert_eq!(page["nextCursorKey"], json!("c_1%.txt"));
    let next = json!({ "limit": 2, "cursor": page["nextCursor"] });
    let page = room.service().post("/object/list-v2/b", &next).await.ok().json();
    assert_eq!(second_names(&page, "objects"), ["b.txt", "a.txt"]);
    for cursor in ["x", "eDph", "bDphAA==", "' or true --"] {
        let answer = room.service().post("/object/list-v2/b", &json!({ "cursor": cursor })).await;
        answer.refused(400, "400", "InvalidParameter", "Invalid Parameter continuation token");
    }
    let largest = room.service().post("/object/list-v2/b", &json!({ "limit": 100_000 })).await;
    assert_eq!(second_names(&largest.ok().json(), "objects").len(), 6);
}
