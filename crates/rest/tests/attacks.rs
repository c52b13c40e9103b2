//! Text that tries to become SQL, through every door: it is refused or it is a value.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::harness::{Room, is_syntax_error};

const TEXTS: [&str; 7] = [
    "x\"; drop table public.clients; --",
    "x'; drop table public.clients; --",
    "1); drop table public.clients; --",
    "$1; drop table public.clients",
    "\\'; drop table public.clients; --",
    "\"\"",
    "clients\"::text); drop table public.clients; --",
];

/// Doors in headers and in bodies that are no JSON.
const HEADERS: &[&str] = &[
    "GET /clients\nAccept-Profile: @",
    "GET /clients\nPrefer: timezone=@",
    "GET /clients\nPrefer: @",
    "GET /clients\nRange: @",
    "GET /clients\nAccept: @",
    "GET /clients\nX-Any: @",
    "GET /clients\nCookie: a=@",
    "POST /clients\nContent-Type: @\n\n{}",
    "POST /clients\nContent-Profile: @\n\n{}",
    "GET /clients\nAccept: application/@",
    "GET /clients\nAccept: application/vnd.pgrst.plan+json; for=\"@\"",
    "GET /clients\nAccept: application/vnd.pgrst.plan+json; options=@",
    "DELETE /clients?id=eq.99\nPrefer: timezone=@, handling=strict",
    "DELETE /clients?id=eq.99\nPrefer: max-affected=@, handling=strict",
    "POST /clients\nContent-Type: text/csv\n\n@,name\n7,x",
    "POST /clients\nContent-Type: application/x-www-form-urlencoded\n\n@=1",
    "POST /rpc/add\nContent-Type: application/x-www-form-urlencoded\n\na=@",
];

#[tokio::test]
async fn no_door_leads_into_the_statement() {
    let room = Room::with(|config| {
        config.aggregates = true;
        config.plans = true;
    })
    .await;
    let doors = [
        "GET /@",
        "GET /rpc/@",
        "GET /clients?@=eq.1",
        "GET /clients?id=eq.@",
        "GET /clients?id=@.1",
        "GET /clients?select=@",
        "GET /clients?select=id::@",
        "GET /clients?select=@:id",
        "GET /clients?select=projects!@(id)",
        "GET /clients?select=projects(@)",
        "GET /clients?order=@",
        "GET /clients?order=id.@",
        "GET /clients?limit=@",
        "GET /clients?offset=@",
        "GET /clients?or=(id.eq.@,name.eq.@)",
        "GET /clients?name=in.(@)",
        "GET /clients?name=fts(@).x",
        "GET /clients?name=like.@",
        "GET /projects?settings->@=eq.1",
        "GET /projects?select=settings->>@",
        "GET /projects?tags=cs.{@}",
        "GET /clients?id=is.@",
        "GET /clients?name=eq(any).{@}",
        "GET /rpc/add?a=@",
        "GET /rpc/add?a=1&@=2",
        "GET /rpc/find_projects?min=1&select=@",
        "DELETE /clients?id=eq.99&select=@\nPrefer: return=representation",
        "PATCH /clients?id=eq.99&columns=@\n\n{}",
        "POST /clients?columns=@\n\n[]",
        "POST /clients?on_conflict=@\nPrefer: resolution=merge-duplicates\n\n[{\"id\": 1, \"name\": \"Ada\"}]",
        "GET /projects?select=@(*)",
        "GET /projects?@.id=eq.1",
        "GET /projects?select=id,clients(id)&clients.@=eq.1",
        "GET /projects?select=...clients(@)",
        "GET /projects?select=...@(id)",
        "GET /projects?select=id.@()",
        "GET /projects?select=id.sum()::@",
        "GET /projects?select=clients!@(id)",
        "GET /projects?select=id,clients(id)&order=clients(@)",
        "GET /projects?select=id,clients(id)&clients.order=@",
        "GET /projects?select=id,clients(id)&clients.limit=@",
        "GET /projects?select=id,clients(id)&clients.or=(@.eq.1)",
        "PUT /clients?@=eq.1\n\n{}",
    ];
    for door in doors {
        for text in TEXTS {
            let request = door.replace('@', &utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
            let (status, body) = room.json(&request).await;
            assert!(status < 500, "{request}: {status} {body}");
            assert!(!is_syntax_error(&body), "{request}: {body}");
        }
    }
    for header in HEADERS {
        for text in TEXTS {
            let (status, body) = room.json(&header.replace('@', text)).await;
            assert!(status < 500, "{header} {text}: {status} {body}");
            assert!(!is_syntax_error(&body), "{header} {text}: {body}");
        }
    }
    for text in TEXTS {
        let key = serde_json::to_string(text).unwrap();
        for request in [
            "POST /clients\n\n{@: 1}",
            "POST /clients\n\n{\"id\": 7, \"name\": @, \"x\": 1}",
            "POST /rpc/add\n\n{@: 1}",
            "POST /rpc/add\n\n{\"a\": @}",
        ] {
            let (status, body) = room.json(&request.replace('@', &key)).await;
            assert!((400..500).contains(&status), "{request} {text}: {status} {body}");
            assert!(!is_syntax_error(&body), "{request} {text}: {body}");
        }
    }
    assert_eq!(room.value("select count(*) from public.clients").await, "2");
}

/// What looks like SQL is stored and found as what it is.
#[tokio::test]
async fn odd_names_and_values_are_just_that() {
    let room = Room::new().await;
    for (id, text) in TEXTS.iter().enumerate() {
        let row = serde_json::json!({ "id": 100 + id, "name": text });
        let (status, body) = room.json(&format!("POST /clients\n\n{row}")).await;
        assert_eq!(status, 201, "{body}");
        let value = utf8_percent_encode(text, NON_ALPHANUMERIC);
        let (_, body) = room.json(&format!("GET /clients?select=name&name=eq.{value}")).await;
        assert_eq!(body[0]["name"], *text);
    }
    let (status, body) =
        room.json(r"GET /odd%20%22name?select=x:%22a%20%5C%22col%22&%22a%20%5C%22col%22=eq.x").await;
    assert_eq!((status, body), (200, serde_json::json!([{ "x": "x" }])));
}
