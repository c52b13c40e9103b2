//! Requests that are wrong: each gets an error of the protocol, none a 5xx, and nothing is half done.

use serde_json::json;

use crate::harness::{Room, token};

const REQUESTS: [&str; 51] = [
    "GET /clients?id=eq.%00",
    "GET /clients?id=eq.%FF",
    "GET /clients?%C3=1",
    "GET /%00",
    "GET /%FF",
    "GET /clients/",
    "GET /nope",
    "GET /clients?id=eq.99999999999999999999",
    "GET /clients?limit=-1",
    "GET /clients?limit=1&offset=-9223372036854775808",
    "GET /clients?id=nope.1",
    "GET /clients?id=is.nope",
    "GET /clients?id=in.1",
    "GET /clients?id=eq(any).{",
    "GET /clients?id=eq.x",
    "GET /clients?name=match.(",
    "GET /clients?name=fts(nope).x",
    "GET /clients?nope=eq.1",
    "GET /clients?select=nope",
    "GET /clients?select=id::nope",
    "GET /clients?select=id::",
    "GET /clients?select=nope(id)",
    "GET /clients?select=projects(id",
    "GET /clients?nope.id=eq.1",
    "GET /clients?order=nope",
    "GET /clients?order=id.up",
    "GET /clients?or=()",
    "GET /clients?or=(id.eq.1",
    "GET /clients?select=id.sum()",
    "GET /clients\nAccept: image/png",
    "GET /clients\nAccept-Profile: nope",
    "GET /clients\nAuthorization: Bearer x",
    "GET /clients\nRange: 5-2",
    "GET /clients\nPrefer: handling=strict, nope",
    "GET /clients\nPrefer: timezone=nope, handling=strict",
    "GET /rpc/nope",
    "GET /rpc/add?a=x",
    "GET /rpc/add?b=1",
    "PATCH /rpc/add\n\n{}",
    "POST /clients",
    "POST /clients\n\n{",
    "POST /clients\n\n[{\"id\": 3, \"name\": \"x\"}, {\"id\": 4}]",
    "POST /clients\n\n[{\"id\": 3, \"name\": \"x\"}, {\"id\": \"x\", \"name\": \"x\"}]",
    "POST /clients\n\n[{\"id\": 3, \"name\": \"x\"}, {\"id\": 1, \"name\": \"x\"}]",
    "POST /clients\n\n{\"id\": 3, \"name\": \"\\u0000\"}",
    "POST /clients\nPrefer: resolution=merge-duplicates\n\n[{\"id\": 3, \"name\": \"x\"}, {\"id\": 3, \"name\": \"y\"}]",
    "POST /clients?columns=id,name\n\n{\"id\": 3, \"name\"",
    "POST /clients\nContent-Type: text/csv\n\nid,name\n3",
    "POST /clients\nContent-Type: image/png\n\nx",
    "PUT /clients?id=eq.3\n\n{\"id\": 4, \"name\": \"x\"}",
    "PUT /clients?name=eq.3\n\n{\"id\": 3, \"name\": \"x\"}",
];

#[tokio::test]
async fn every_wrong_request_gets_its_own_error() {
    let room = Room::new().await;
    for request in REQUESTS {
        let (status, body) = room.json(request).await;
        assert!((400..500).contains(&status), "{request}: {status} {body}");
        assert!(body["code"].is_string() && body["message"].is_string(), "{request}: {body}");
    }
    let kept = room.value("select string_agg(id || name, ',' order by id) from public.clients").await;
    assert_eq!(kept, "1Ada,2Bob");
}

/// Postgres tells of the first two; of the others it can't be asked.
#[tokio::test]
async fn a_role_that_does_not_exist_is_401_whatever_its_name() {
    let room = Room::new().await;
    for role in ["nobody", "no\"body", "no\0body", "\0"] {
        let request = format!("GET /clients\nAuthorization: Bearer {}", token(role));
        let (status, body) = room.json(&request).await;
        let message = format!("role \"{role}\" does not exist");
        let expected = json!({ "code": "22023", "message": message, "details": null, "hint": null });
        assert_eq!((status, body), (401, expected));
        assert_eq!(room.send(&request).await.headers()["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn size_alone_breaks_nothing() {
    let room = Room::new().await;
    let list = (0..10_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let (status, rows) = room.json(&format!("GET /clients?id=in.({list})")).await;
    assert_eq!((status, rows.as_array().map(Vec::len)), (200, Some(2)), "{rows}");
    for (part, count) in [("a(", 20_000), ("a,", 1000), ("a->", 10_000)] {
        let (status, body) = room.json(&format!("GET /clients?select={}", part.repeat(count))).await;
        assert_eq!(status, 400, "{body}");
    }
    let (status, _) = room.json(&format!("GET /clients?or={}", "(or".repeat(15_000))).await;
    assert_eq!(status, 400);
    for opening in ["[", "{\"a\":"] {
        let (status, body) = room.json(&format!("POST /clients\n\n{}", opening.repeat(20_000))).await;
        assert_eq!(status, 400, "{body}");
    }
    // deeper than Postgres' stack, by a text that only Postgres reads
    for (request, body) in [
        ("POST /projects\n", "{\"id\": 9, \"settings\": @}"),
        ("POST /projects?columns=id,settings\n", "{\"id\": 9, \"settings\": @}"),
        ("POST /projects\nPrefer: missing=default\n", "{\"id\": 9, \"settings\": @}"),
        ("POST /rpc/echo\nContent-Type: application/json\n", "@"),
        ("GET /projects?settings=eq.@", ""),
    ] {
        let depth = if request.starts_with("GET") { 30_000 } else { 60_000 };
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let (status, answer) = room.json(&format!("{request}\n{body}").replace('@', &deep)).await;
        assert_eq!(status, 400, "{request}: {answer}");
    }
}

/// Estimated costs grow with every embedded resource: PostgreSQL compiled such statements for longer than they may run.
#[tokio::test]
async fn deeply_embedded_resources_are_read_without_compiling_their_statement() {
    let room = Room::with(|config| {
        config.plans = true;
        config.app_settings.push(("jit_above_cost".to_owned(), "0".to_owned()));
    })
    .await;
    let select = format!("{}id{}", "id,projects(id,users(".repeat(30), "))".repeat(30));
    for request in [format!("GET /users?id=eq.0&select={select}"), "GET /users".to_owned()] {
        let plan = format!("{request}\nAccept: application/vnd.pgrst.plan; options=analyze");
        let plan = room.exchange(&plan).await;
        assert!(plan.contains("Execution Time:") && !plan.contains("JIT:"), "{plan}");
    }
}

/// `postgrest-js` compares the settings of a plan with what it knows of the hosted service.
#[tokio::test]
async fn a_plan_does_not_show_how_compiling_is_prevented() {
    let room = Room::with(|config| config.plans = true).await;
    let plan = room.exchange("GET /users\nAccept: application/vnd.pgrst.plan; options=settings").await;
    assert!(plan.contains("search_path = ") && !plan.contains("jit"), "{plan}");
}
