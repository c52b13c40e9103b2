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
    content-profile: public
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
