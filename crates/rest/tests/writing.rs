//! Writes: inserts, updates, upserts, deletes, and what is undone.

use insta::assert_snapshot;

use crate::harness::{Room, token};

#[tokio::test]
async fn rows_are_inserted() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("POST /clients\nPrefer: return=headers-only\n\n{\"id\": 5, \"name\": \"n\"}").await, @r#"
    201 Created
    content-range: */*
    location: /clients?id=eq.5
    preference-applied: return=headers-only
    "#);
    assert_snapshot!(room.exchange("POST /projects?select=id,clients(name)\nPrefer: return=representation\n\n[{\"id\": 7, \"name\": \"x\", \"client_id\": 1}]").await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: return=representation
    content-profile: public
    [{"id":7,"clients":{"name":"Ada"}}]
    "#);
    assert_snapshot!(room.exchange("POST /projects?columns=id,name,tags\nPrefer: missing=default, return=representation, count=exact\n\n[{\"id\": 8, \"name\": \"d\"}, {\"id\": 9, \"name\": \"e\", \"tags\": [\"t\"]}]").await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */2
    preference-applied: missing=default, return=representation, count=exact
    content-profile: public
    [{"id":8,"name":"d","client_id":null,"settings":null,"tags":["new"]}, {"id":9,"name":"e","client_id":null,"settings":null,"tags":["t"]}]
    "#);
    assert_snapshot!(room.exchange("POST /clients\nContent-Type: text/csv\n\nid,name\n20,csv\n21,NULL").await, @r#"
    400 Bad Request
    content-type: application/json; charset=utf-8
    {"code":"23502","details":"Failing row contains (21, null).","hint":null,"message":"null value in column \"name\" of relation \"clients\" violates not-null constraint"}
    "#);
    assert_snapshot!(room.exchange("POST /clients\n\n{\"id\": 1, \"name\": \"again\"}").await, @r#"
    409 Conflict
    content-type: application/json; charset=utf-8
    {"code":"23505","details":"Key (id)=(1) already exists.","hint":null,"message":"duplicate key value violates unique constraint \"clients_pkey\""}
    "#);
    assert_snapshot!(room.exchange("POST /clients\n\n{\"id\": 1, \"nope\": 1}").await, @r#"
    400 Bad Request
    content-type: application/json; charset=utf-8
    {"code":"PGRST204","details":null,"hint":null,"message":"Could not find the 'nope' column of 'clients' in the schema cache"}
    "#);
    assert_snapshot!(room.exchange("POST /clients\n\n{\"id\":").await, @r#"
    400 Bad Request
    content-type: application/json; charset=utf-8
    {"code":"PGRST102","details":null,"hint":null,"message":"Empty or invalid json"}
    "#);
}

#[tokio::test]
async fn rows_are_changed_and_removed() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("PATCH /clients?id=eq.1\nPrefer: return=representation\n\n{\"name\": \"A\"}").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    preference-applied: return=representation
    content-profile: public
    [{"id":1,"name":"A"}]
    "#);
    assert_snapshot!(room.exchange("PATCH /clients?id=eq.99\n\n{\"name\": \"A\"}").await, @r#"
    204 No Content
    content-range: */*
    "#);
    assert_snapshot!(room.exchange("PATCH /clients?id=eq.1\n\n{}").await, @r#"
    204 No Content
    content-range: */*
    "#);
    assert_snapshot!(room.exchange("DELETE /members?project_id=eq.1&select=user_id\nPrefer: return=representation").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: return=representation
    content-profile: public
    [{"user_id":1}, {"user_id":2}]
    "#);
    assert_snapshot!(room.exchange("DELETE /clients?id=eq.1").await, @r#"
    409 Conflict
    content-type: application/json; charset=utf-8
    {"code":"23503","details":"Key (id)=(1) is still referenced from table \"projects\".","hint":null,"message":"update or delete on table \"clients\" violates foreign key constraint \"projects_client_id_fkey\" on table \"projects\""}
    "#);
}

#[tokio::test]
async fn rows_are_upserted() {
    let room = Room::new().await;
    let merge = "POST /clients\nPrefer: resolution=merge-duplicates, return=representation\n\n";
    assert_snapshot!(room.exchange(&format!("{merge}[{{\"id\": 1, \"name\": \"m\"}}]")).await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: resolution=merge-duplicates, return=representation
    content-profile: public
    [{"id":1,"name":"m"}]
    "#);
    assert_snapshot!(room.exchange(&format!("{merge}[{{\"id\": 1, \"name\": \"m\"}}, {{\"id\": 8, \"name\": \"n\"}}]")).await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: resolution=merge-duplicates, return=representation
    content-profile: public
    [{"id":1,"name":"m"}, {"id":8,"name":"n"}]
    "#);
    assert_snapshot!(room.exchange("POST /clients\nPrefer: resolution=ignore-duplicates, return=representation\n\n[{\"id\": 1, \"name\": \"z\"}]").await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: resolution=ignore-duplicates, return=representation
    content-profile: public
    []
    "#);
    assert_snapshot!(room.exchange("PUT /clients?id=eq.30\n\n{\"id\": 30, \"name\": \"put\"}").await, @r#"
    204 No Content
    "#);
    assert_snapshot!(room.exchange("PUT /clients?id=eq.30\nPrefer: return=representation\n\n{\"id\": 30, \"name\": \"again\"}").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    preference-applied: return=representation
    content-profile: public
    [{"id":30,"name":"again"}]
    "#);
    assert_snapshot!(room.exchange("PUT /clients?id=eq.30\n\n{\"id\": 31, \"name\": \"other\"}").await, @r#"
    400 Bad Request
    content-type: application/json; charset=utf-8
    {"code":"PGRST115","details":null,"hint":null,"message":"Payload values do not match URL in primary key column(s)"}
    "#);
    assert_snapshot!(room.exchange("PUT /clients?name=eq.x\n\n{\"id\": 31, \"name\": \"x\"}").await, @r#"
    405 Method Not Allowed
    content-type: application/json; charset=utf-8
    {"code":"PGRST105","details":null,"hint":null,"message":"Filters must include all and only primary key columns with 'eq' operators"}
    "#);
}

/// An outcome that is refused leaves no trace, in the same flight.
#[tokio::test]
async fn refused_outcomes_are_undone() {
    let room = Room::new().await;
    let before = room.value("select json_agg(c order by id)::text from public.clients c").await;
    for (request, status, code) in [
        ("PATCH /clients\nAccept: application/vnd.pgrst.object+json\n\n{\"name\": \"x\"}", 406, "PGRST116"),
        (
            "PATCH /clients\nAccept: application/vnd.pgrst.object+json\nPrefer: return=representation\n\n{\"name\": \"x\"}",
            406,
            "PGRST116",
        ),
        (
            "POST /clients\nAccept: application/vnd.pgrst.object+json\n\n[{\"id\": 50, \"name\": \"a\"}, {\"id\": 51, \"name\": \"b\"}]",
            406,
            "PGRST116",
        ),
        ("PATCH /clients\nPrefer: handling=strict, max-affected=1\n\n{\"name\": \"x\"}", 400, "PGRST124"),
        ("PUT /clients?id=eq.60\n\n{\"id\": 61, \"name\": \"x\"}", 400, "PGRST115"),
        (
            "POST /clients\nPrefer: handling=strict, nonsense\n\n{\"id\": 70, \"name\": \"x\"}",
            400,
            "PGRST122",
        ),
        ("POST /clients\n\n[{\"id\": 70, \"name\": \"x\"}, {\"id\": 70, \"name\": \"y\"}]", 409, "23505"),
    ] {
        let (got, body) = room.json(request).await;
        assert_eq!((got, body["code"].as_str()), (status, Some(code)), "{request}: {body}");
        assert_eq!(
            room.value("select json_agg(c order by id)::text from public.clients c").await,
            before,
            "{request}"
        );
    }
}

/// The embedded function needs a row of the table's own type, which a row with a computed column is not.
#[tokio::test]
async fn a_computed_relationship_is_embedded_after_a_write_together_with_a_computed_column() {
    let room = Room::new().await;
    room.database
        .client("supabase_admin")
        .await
        .script("create function public.label(public.projects) returns text language sql stable as 'select $1.name || $1.id'")
        .await
        .unwrap();
    let written = "Prefer: return=representation\n\n{\"id\": 2, \"name\": \"new\"}";
    let chief = serde_json::json!({ "id": 2, "name": "u2" });
    for (request, expected) in [
        (
            format!("PATCH /projects?id=eq.2&select=label,chief(*)\n{written}"),
            serde_json::json!([{ "label": "new2", "chief": chief }]),
        ),
        (
            format!("PATCH /projects?id=eq.2&select=chief(name)\n{written}"),
            serde_json::json!([{ "chief": { "name": "u2" } }]),
        ),
        (
            format!("PUT /projects?id=eq.2&select=*,label,chief(*)\n{written}"),
            serde_json::json!([{
                "id": 2, "name": "new", "client_id": 1, "settings": null, "tags": ["new"], "label": "new2", "chief": chief
            }]),
        ),
        (
            "GET /rpc/find_projects?min=2&id=eq.2&select=id,label,chief(*)&order=label".to_owned(),
            serde_json::json!([{ "id": 2, "label": "new2", "chief": chief }]),
        ),
        (
            "GET /rpc/find_projects?min=2&id=eq.2&select=*&order=label".to_owned(),
            serde_json::json!([{ "id": 2, "name": "new", "client_id": 1, "settings": null, "tags": ["new"] }]),
        ),
    ] {
        let (status, body) = room.json(&request).await;
        assert_eq!((status, &body), (200, &expected), "{request}");
    }
}

#[tokio::test]
async fn a_put_says_created_only_where_it_shows_what_it_created() {
    let room = Room::new().await;
    for (id, prefer, expected) in [
        (70, "return=representation", 201),
        (70, "return=representation", 200),
        (71, "return=minimal", 204),
        (71, "x=y", 204),
    ] {
        let request =
            format!("PUT /clients?id=eq.{id}\nPrefer: {prefer}\n\n{{\"id\": {id}, \"name\": \"x\"}}");
        assert_eq!(room.json(&request).await.0, expected, "{request}");
    }
}

#[tokio::test]
async fn clients_may_roll_back_where_that_is_allowed() {
    let room = Room::with(|config| config.transaction.allow_override = true).await;
    let request = "POST /clients\nPrefer: tx=rollback, return=representation\n\n{\"id\": 5, \"name\": \"n\"}";
    assert_snapshot!(room.exchange(request).await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: return=representation, tx=rollback
    content-profile: public
    [{"id":5,"name":"n"}]
    "#);
    assert_eq!(room.value("select count(*) from public.clients").await, "2");
}

#[tokio::test]
async fn columns_count_for_unread_json_only() {
    let room = Room::new().await;
    let requests = [
        "PUT /clients?id=eq.7&columns=id\n\n{\"id\": 7, \"name\": \"whole\"}",
        "POST /clients?columns=id\nContent-Type: text/csv\n\nid,name\n8,whole",
    ];
    for request in requests {
        let request =
            request.replacen('\n', &format!("\nAuthorization: Bearer {}\n", token("service_role")), 1);
        assert!(room.send(&request).await.status().is_success(), "{request}");
    }
    assert_eq!(room.value("select count(*)::text from clients where name = 'whole'").await, "2");
}

#[tokio::test]
async fn put_takes_no_filter_beyond_the_key() {
    let room = Room::new().await;
    let cases = [
        ("id=eq.1&id=eq.1", 204),
        ("id=eq.1&select=id,projects(id)&projects.id=eq.1", 405),
        ("id=eq.1&select=id,projects(id)&projects.or=(id.eq.1)", 405),
    ];
    for (query, status) in cases {
        let token = token("service_role");
        let request =
            format!("PUT /clients?{query}\nAuthorization: Bearer {token}\n\n{{\"id\": 1, \"name\": \"x\"}}");
        assert_eq!(room.send(&request).await.status(), status, "{query}");
    }
}
