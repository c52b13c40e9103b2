//! Functions, in every form of call.

use insta::assert_snapshot;

use crate::harness::Room;

#[tokio::test]
async fn functions_are_called_in_every_form() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("GET /rpc/add?a=2").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    3
    "#);
    assert_snapshot!(room.exchange("POST /rpc/add\n\n{\"a\": 2, \"b\": 3}").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    5
    "#);
    assert_snapshot!(room.exchange("POST /rpc/add\nContent-Type: application/x-www-form-urlencoded\n\na=2&b=5").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    7
    "#);
    assert_snapshot!(room.exchange("GET /rpc/sum_all?numbers=1&numbers=2").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    3
    "#);
    assert_snapshot!(room.exchange("POST /rpc/sum_all\n\n{\"numbers\": [4, 5]}").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    9
    "#);
    assert_snapshot!(room.exchange("POST /rpc/echo\n\n{\"any\": [1]}").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    {"any": [1]}
    "#);
    assert_snapshot!(room.exchange("GET /rpc/pair").await, @r#"
    200 OK
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    {"x":1,"y":"b"}
    "#);
    assert_snapshot!(room.exchange("POST /rpc/nothing").await, @r#"
    204 No Content
    content-range: 0-0/*
    "#);
    assert_snapshot!(room.exchange("GET /rpc/find_projects?min=2&select=id,clients(name)&order=id.desc&limit=1\nPrefer: count=exact").await, @r#"
    206 Partial Content
    content-type: application/json; charset=utf-8
    content-range: 0-0/2
    preference-applied: count=exact
    content-profile: public
    [{"id":3,"clients":null}]
    "#);
}

#[tokio::test]
async fn functions_may_write_the_answer() {
    let room = Room::new().await;
    assert_snapshot!(room.exchange("POST /rpc/set_things\nX-Asked: really").await, @r#"
    418 I'm a teapot
    content-type: application/json; charset=utf-8
    content-range: 0-0/*
    content-profile: public
    x-tea: pot
    "really"
    "#);
    assert_snapshot!(room.exchange("POST /rpc/fail\n\n{\"code\": \"c\"}").await, @r#"
    402 Payment Required
    content-type: application/json; charset=utf-8
    {"code":"PT402","details":"c","hint":"now","message":"pay"}
    "#);
    assert_snapshot!(room.exchange("OPTIONS /rpc/add").await, @r#"
    200 OK
    allow: OPTIONS,GET,HEAD,POST
    "#);
    assert_snapshot!(room.exchange("OPTIONS /clients").await, @r#"
    200 OK
    allow: OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE
    "#);
}

/// What the database says of status and headers is followed where HTTP allows it.
#[tokio::test]
async fn the_database_may_answer_with_any_final_status() {
    let room = Room::new().await;
    room.database
        .client("supabase_admin")
        .await
        .script(
            "create function public.answer(status text, headers text default '[]') returns integer language plpgsql as $$
             begin
               perform set_config('response.status', status, true), set_config('response.headers', headers, true);
               return 1;
             end $$;
             create function public.refuse(code text, message text, detail text default '') returns integer
             language plpgsql as $$
             begin
               raise exception using errcode = code, message = message, detail = detail;
             end $$;",
        )
        .await
        .unwrap();
    room.rest.reload().await.unwrap();
    let phrase = |response: &http::Response<axum::body::Body>| {
        let phrase = response.extensions().get::<hyper::ext::ReasonPhrase>();
        phrase.map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned())
    };
    for (status, expected, reason) in [
        ("201", 201, None),
        ("404", 404, None),
        ("999", 999, Some("")),
        ("201 and more", 201, None),
        ("100", 500, None),
        ("101", 500, None),
        ("1000", 500, None),
        ("0", 500, None),
        ("-1", 500, None),
        ("99999999999999999999", 500, None),
        ("x", 500, None),
    ] {
        let response = room.send(&format!("POST /rpc/answer\n\n{{\"status\": \"{status}\"}}")).await;
        assert_eq!(
            (response.status().as_u16(), phrase(&response).as_deref()),
            (expected, reason),
            "{status}"
        );
    }
    for (code, expected, reason) in [
        ("PT418", 418, Some("short and stout")),
        ("PT999", 999, Some("short and stout")),
        ("PT101", 500, Some("short and stout")),
        ("PT000", 500, Some("short and stout")),
        ("PTABC", 500, Some("short and stout")),
    ] {
        let request =
            format!("POST /rpc/refuse\n\n{{\"code\": \"{code}\", \"message\": \"short and stout\"}}");
        let response = room.send(&request).await;
        assert_eq!((response.status().as_u16(), phrase(&response).as_deref()), (expected, reason), "{code}");
    }
    let body = serde_json::json!({
        "code": "PGRST",
        "message": r#"{"code": "1", "message": "m"}"#,
        "detail": r#"{"status": 332, "status_text": "My Status", "headers": {"X-A": "b", "Content-Length": "1"}}"#,
    });
    let response = room.send(&format!("POST /rpc/refuse\n\n{body}")).await;
    assert_eq!((response.status().as_u16(), phrase(&response).as_deref()), (332, Some("My Status")));
    assert_eq!(response.headers()["x-a"], "b");
    assert!(
        !response.headers().contains_key("content-length"),
        "where a message ends is not the database's to say"
    );
    for headers in ["x", "{}", "[1]", r#"[{"a": 1}]"#, r#"[{"a b": "c"}]"#, r#"[{"a": "b\nc: d"}]"#] {
        let body = serde_json::json!({ "status": "200", "headers": headers });
        let (status, body) = room.json(&format!("POST /rpc/answer\n\n{body}")).await;
        assert_eq!((status, body["code"].as_str()), (500, Some("PGRST111")), "{headers}");
    }
}

/// A result that is refused undoes what the function did.
#[tokio::test]
async fn a_refused_result_undoes_the_call() {
    let room = Room::new().await;
    let (status, body) = room
        .json("POST /rpc/insert_client?id=eq.0\nAccept: application/vnd.pgrst.object+json\n\n{\"id\": 40}")
        .await;
    assert_eq!((status, body["code"].as_str()), (406, Some("PGRST116")), "{body}");
    assert_eq!(room.value("select count(*) from public.clients").await, "2");
}

#[tokio::test]
async fn options_of_no_function_are_not_found() {
    let room = Room::new().await;
    let (status, body) = room.json("OPTIONS /rpc/ad").await;
    assert_eq!((status, &body["code"]), (404, &"PGRST202".into()));
}

/// Procedures and aggregates share `pg_proc` with functions, but a request cannot call them.
#[tokio::test]
async fn procedures_are_no_functions() {
    let room = Room::new().await;
    room.database
        .client("supabase_admin")
        .await
        .script("create procedure public.tidy() language sql as ''; notify pgrst, 'reload schema';")
        .await
        .unwrap();
    room.rest.reload().await.unwrap();
    for request in ["OPTIONS /rpc/tidy", "POST /rpc/tidy", "GET /rpc/tid"] {
        let (status, body) = room.json(request).await;
        assert_eq!((status, &body["code"]), (404, &"PGRST202".into()), "{request}");
        assert!(!body["hint"].as_str().unwrap_or_default().contains("tidy"), "{body}");
    }
}
