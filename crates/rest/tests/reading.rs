//! Reads: filters, order, ranges, counts, embedding, and who sees what.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Room, token};

#[tokio::test]
async fn rows_are_filtered_sorted_and_cut() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("GET /projects?select=id,name&order=id.desc&limit=2").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-1/*
    content-location: /projects?limit=2&order=id.desc&select=id%2Cname
    content-profile: public
    [{"id":3,"name":"three"}, {"id":2,"name":"two"}]
    "#);
    assert_snapshot!(room.exchange("GET /projects?select=id&id=gte.2&limit=1\nPrefer: count=exact").await, @r#"
    206 Partial Content
    content-type: application/json; charset=utf-8
    content-range: 0-0/2
    content-location: /projects?id=gte.2&limit=1&select=id
    preference-applied: count=exact
    content-profile: public
    [{"id":2}]
    "#);
    assert_snapshot!(room.exchange("GET /projects?select=id&name=in.(one,\"two\")&or=(id.eq.1,client_id.is.null)").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-location: /projects?name=in.%28one%2C%22two%22%29&or=%28id.eq.1%2Cclient_id.is.null%29&select=id
    content-profile: public
    [{"id":1}]
    "#);
    assert_snapshot!(room.exchange("GET /projects?select=color:settings->>color,settings->sizes->0&settings->>color=eq.red").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-location: /projects?select=color%3Asettings-%3E%3Ecolor%2Csettings-%3Esizes-%3E0&settings-%3E%3Ecolor=eq.red
    content-profile: public
    [{"color":"red","sizes":1}]
    "#);
    assert_snapshot!(room.exchange("GET /projects?select=id&offset=9\nPrefer: count=exact").await, @r#"
    416 Range Not Satisfiable
    content-type: application/json; charset=utf-8
    content-range: */3
    content-location: /projects?offset=9&select=id
    preference-applied: count=exact
    content-profile: public
    {"code":"PGRST103","details":"An offset of 9 was requested, but there are only 3 rows.","hint":null,"message":"Requested range not satisfiable"}
    "#);
    assert_snapshot!(room.exchange("HEAD /projects\nPrefer: count=exact").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-2/3
    content-location: /projects
    preference-applied: count=exact
    content-profile: public
    "#);
}

#[tokio::test]
async fn relations_are_embedded() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("GET /projects?select=id,clients(name),users(id),chief(name)&order=id").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-2/*
    content-location: /projects?order=id&select=id%2Cclients%28name%29%2Cusers%28id%29%2Cchief%28name%29
    content-profile: public
    [{"id":1,"clients":{"name":"Ada"},"users":[{"id":1}, {"id":2}],"chief":{"name":"u1"}}, {"id":2,"clients":{"name":"Ada"},"users":[{"id":2}],"chief":{"name":"u2"}}, {"id":3,"clients":null,"users":[],"chief":null}]
    "#);
    assert_snapshot!(room.exchange("GET /clients?select=name,shout,projects!inner(id)&projects.id=eq.2").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-location: /clients?projects.id=eq.2&select=name%2Cshout%2Cprojects%21inner%28id%29
    content-profile: public
    [{"name":"Ada","shout":"ADA","projects":[{"id":2}]}]
    "#);
    assert_snapshot!(room.exchange("GET /projects_view?select=project_id,...clients(client_name:name)&order=project_id").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-2/*
    content-location: /projects_view?order=project_id&select=project_id%2C...clients%28client_name%3Aname%29
    content-profile: public
    [{"project_id":1,"client_name":"Ada"}, {"project_id":2,"client_name":"Ada"}, {"project_id":3,"client_name":null}]
    "#);
    assert_snapshot!(room.exchange("GET /clients?select=name,...projects(ids:id)&order=id").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-1/*
    content-location: /clients?order=id&select=name%2C...projects%28ids%3Aid%29
    content-profile: public
    [{"name":"Ada","ids":[1, 2]}, {"name":"Bob","ids":[]}]
    "#);
    assert_snapshot!(room.exchange("GET /tree?select=id,parent:parent_id(id),tree(id)&order=id").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-1/*
    content-location: /tree?order=id&select=id%2Cparent%3Aparent_id%28id%29%2Ctree%28id%29
    content-profile: public
    [{"id":1,"parent":null,"tree":[{"id":2}]}, {"id":2,"parent":{"id":1},"tree":[]}]
    "#);
    assert_snapshot!(room.exchange("GET /clients?select=name,projects()&projects=is.null").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-location: /clients?projects=is.null&select=name%2Cprojects%28%29
    content-profile: public
    [{"name":"Bob"}]
    "#);
}

#[tokio::test]
async fn one_object_and_other_media_types() {
    let room = Room::new().await;
    let object = "\nAccept: application/vnd.pgrst.object+json";
    assert_snapshot!(room.exchange(&format!("GET /clients?id=eq.1{object}")).await, @r#"
    200 OK
    content-type: application/vnd.pgrst.object+json; charset=utf-8
    content-range: 0-0/*
    content-location: /clients?id=eq.1
    content-profile: public
    {"id":1,"name":"Ada"}
    "#);
    assert_snapshot!(room.exchange(&format!("GET /clients{object}")).await, @r#"
    406 Not Acceptable
    content-type: application/json; charset=utf-8
    {"code":"PGRST116","details":"The result contains 2 rows","hint":null,"message":"Cannot coerce the result to a single JSON object"}
    "#);
    assert_snapshot!(room.exchange("GET /clients\nAccept: text/csv").await, @r#"
    200 OK
    content-type: text/csv; charset=utf-8
    content-range: 0-1/*
    content-location: /clients
    content-profile: public
    id,name
    1,Ada
    2,Bob
    "#);
    assert_snapshot!(room.exchange("GET /clients\nAccept: text/unknown").await, @r#"
    406 Not Acceptable
    content-type: application/json; charset=utf-8
    {"code":"PGRST107","details":null,"hint":null,"message":"None of these media types are available: text/unknown"}
    "#);
}

#[tokio::test]
async fn what_is_not_there_is_told_with_a_hint() {
    let room = Room::new().await;
    for (request, code) in [
        ("GET /projectx", "PGRST205"),
        ("GET /projects?select=clientz(id)", "PGRST200"),
        ("GET /projects?select=nope", "42703"),
        ("GET /projects?clients.name=eq.x", "PGRST108"),
        ("GET /clients?select=id,projects(id)&order=projects(id)", "PGRST118"),
        ("GET /projects?id=eq.abc", "22P02"),
        ("GET /projects?select=id.sum()", "PGRST123"),
        ("GET /rpc/adda", "PGRST202"),
        ("GET /projects\nAccept-Profile: private", "PGRST106"),
        ("GET /a/b/c", "PGRST125"),
    ] {
        let (status, body) = room.json(request).await;
        assert_eq!(body["code"], code, "{request}: {status} {body}");
        assert!((400..500).contains(&status), "{request}: {status}");
    }
}

#[tokio::test]
async fn the_database_decides_who_sees_what() {
    let room = Room::new().await;
    let insert = format!(
        "POST /notes\nAuthorization: Bearer {}\nPrefer: return=representation\n\n{{\"owner\": \"{}\", \"body\": \"mine\"}}",
        token("authenticated"),
        crate::harness::USER
    );
    assert_snapshot!(room.exchange(&insert).await, @r#"
    201 Created
    content-type: application/json; charset=utf-8
    content-range: */*
    preference-applied: return=representation
    content-profile: public
    [{"id":1,"owner":"00000000-0000-4000-8000-000000000001","body":"mine","length":4}]
    "#);
    assert_snapshot!(room.exchange("GET /notes").await, @r#"
    401 Unauthorized
    content-type: application/json; charset=utf-8
    www-authenticate: Bearer
    {"code":"42501","details":null,"hint":null,"message":"permission denied for table notes"}
    "#);
    let forged = insert.replace("000000000001\"", "000000000002\"");
    assert_snapshot!(room.exchange(&forged).await, @r#"
    403 Forbidden
    content-type: application/json; charset=utf-8
    {"code":"42501","details":null,"hint":null,"message":"new row violates row-level security policy for table \"notes\""}
    "#);
    assert_snapshot!(room.exchange("GET /notes\nAuthorization: Bearer a.b.c").await, @r#"
    401 Unauthorized
    content-type: application/json; charset=utf-8
    www-authenticate: Bearer error="invalid_token", error_description="JWT cryptographic operation failed"
    {"code":"PGRST301","details":null,"hint":null,"message":"JWT cryptographic operation failed"}
    "#);
}

#[tokio::test]
async fn reading_cannot_write() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("GET /rpc/insert_client?id=9").await, @r#"
    405 Method Not Allowed
    content-type: application/json; charset=utf-8
    {"code":"25006","details":null,"hint":null,"message":"cannot execute INSERT in a read-only transaction"}
    "#);
    assert_eq!(room.value("select count(*) from public.clients").await, "2");
}

#[tokio::test]
async fn beyond_the_last_row_the_answer_keeps_its_headers() {
    let room = Room::new().await;
    for line in ["/clients?offset=9", "/rpc/find_projects?min=0&offset=9"] {
        let response = room.send(&format!("GET {line}\nPrefer: count=exact, return=minimal")).await;
        let headers = response.headers();
        assert_eq!(response.status(), 416, "{line}");
        assert_eq!(headers["preference-applied"], "count=exact", "{line}");
        assert_eq!(headers["proxy-status"], "PostgREST; error=PGRST103", "{line}");
        assert_eq!(headers["content-type"], "application/json; charset=utf-8", "{line}");
    }
}

#[tokio::test]
async fn unknown_preferences_are_told_after_unknown_names() {
    let room = Room::new().await;
    let strict = "Prefer: handling=strict, nonsense";
    let cases = [
        ("GET /clients", "PGRST122"),
        ("GET /nope", "PGRST205"),
        ("GET /clients?select=nope(id)", "PGRST200"),
        ("GET /rpc/nope", "PGRST202"),
        ("DELETE /nope", "PGRST205"),
        ("DELETE /clients?id=eq.1", "PGRST122"),
    ];
    for (line, code) in cases {
        let (_status, body) = room.json(&format!("{line}\n{strict}")).await;
        assert_eq!(body["code"], code, "{line}");
    }
    assert_eq!(room.send(&format!("OPTIONS /clients\n{strict}")).await.status(), 200);
}

/// A domain is shown as its cast to json says, also below a cast and beside aggregates. What it is shown as has no equality,
/// so rows are grouped by the value itself.
#[tokio::test]
async fn representations_are_cast_and_grouped() {
    let room = Room::with(|config| config.aggregates = true).await;
    room.database
        .client("supabase_admin")
        .await
        .script(
            "create domain public.color as integer;
             create function public.color_json(public.color) returns json language sql immutable
               as $$ select to_json('#' || lpad(to_hex($1), 6, '0')) $$;
             create cast (public.color as json) with function public.color_json(public.color) as implicit;
             create table public.paints (id integer primary key, color public.color);
             insert into public.paints values (1, 255), (2, 255), (3, 4096);
             grant select on public.paints to anon;",
        )
        .await
        .unwrap();
    room.rest.reload().await.unwrap();
    let (_, rows) = room.json("GET /paints?select=color,count()&order=color").await;
    assert_eq!(rows, json!([{"color": "#0000ff", "count": 2}, {"color": "#001000", "count": 1}]));
    let (_, rows) = room.json("GET /paints?select=shade:color,count()&order=color").await;
    assert_eq!(rows, json!([{"shade": "#0000ff", "count": 2}, {"shade": "#001000", "count": 1}]));
    let (_, rows) = room.json("GET /paints?select=color::text&id=eq.3").await;
    assert_eq!(rows, json!([{"color": "\"#001000\""}]));
}
