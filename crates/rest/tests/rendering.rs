//! Whatever the parsers accept, the statements made of it are SQL, and every value is a parameter.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::harness::{Room, is_syntax_error};

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop_oneof![Just("id"), Just("name"), Just("client_id"), Just("settings"), Just("tags"), Just("projects"),
            Just("clients"), Just("users"), Just("members"), Just("chief"), Just("*")].prop_map(str::to_owned),
        1 => "[a-z\"'$;\\\\ -]{1,6}",
    ]
}

fn field() -> impl Strategy<Value = String> {
    (
        word(),
        prop_oneof![Just(""), Just("->a"), Just("->>b"), Just("->0->>c'\"")],
        prop_oneof![Just(""), Just("::text"), Just("::int"), Just(".count()"), Just(".max()")],
    )
        .prop_map(|(word, path, cast)| format!("{word}{path}{cast}"))
}

fn select() -> impl Strategy<Value = String> {
    field().prop_recursive(3, 12, 3, |inner| {
        (
            word(),
            prop_oneof![Just(""), Just("!inner"), Just("!left")],
            prop_oneof![Just(""), Just("..."), Just("x:")],
            proptest::collection::vec(inner, 0..3),
        )
            .prop_map(|(name, join, prefix, members)| format!("{prefix}{name}{join}({})", members.join(",")))
    })
}

fn filter() -> impl Strategy<Value = (String, String)> {
    let operator = prop_oneof![
        Just("eq"),
        Just("neq"),
        Just("gt"),
        Just("like"),
        Just("ilike"),
        Just("match"),
        Just("in"),
        Just("is"),
        Just("fts"),
        Just("plfts(english)"),
        Just("cs"),
        Just("ov"),
        Just("sl"),
        Just("isdistinct"),
        Just("not.eq"),
        Just("eq(any)")
    ];
    let value = prop_oneof![Just("1"), Just("(1,2)"), Just("null"), Just("{a,b}"), Just("';--\""), Just("x")];
    (word(), operator, value).prop_map(|(word, operator, value)| (word, format!("{operator}.{value}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn rendered_statements_parse() {
    let room = Room::with(|config| config.aggregates = true).await;
    let handle = tokio::runtime::Handle::current();
    let requests = (
        prop_oneof![
            Just("projects"),
            Just("clients"),
            Just("projects_view"),
            Just("tree"),
            Just("rpc/find_projects?min=1&")
        ],
        proptest::collection::vec(select(), 1..4),
        proptest::collection::vec(filter(), 0..3),
        field(),
        any::<bool>(),
        prop_oneof![Just("application/json"), Just("text/csv"), Just("application/vnd.pgrst.object+json")],
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let run = runner.run(&requests, |(path, select, filters, order, count, accept)| {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let mut query = vec![format!("select={}", encode(&select.join(",")))];
        query.extend(filters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))));
        query.push(format!("order={}", encode(&order)));
        let separator = if path.contains('?') { "" } else { "?" };
        let mut request = format!("GET /{path}{separator}{}\nAccept: {accept}", query.join("&"));
        if count {
            request.push_str("\nPrefer: count=exact");
        }
        let (status, body) = tokio::task::block_in_place(|| handle.block_on(room.json(&request)));
        // 42P02 is a parameter that is not there, 08P01 one too many
        let code = body["code"].as_str().unwrap_or_default();
        prop_assert!(
            status < 500 && !is_syntax_error(&body) && !["42P02", "08P01", "42P18"].contains(&code),
            "{request}: {status} {body}"
        );
        Ok(())
    });
    run.unwrap();
}

fn written() -> impl Strategy<Value = String> {
    let member =
        (word(), prop_oneof![Just("1"), Just("null"), Just("\"';--\""), Just("[1]"), Just("{\"a\":1}")])
            .prop_map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name)));
    let object = proptest::collection::vec(member, 0..3)
        .prop_map(|members| format!("{{{}}}", members.join(",")))
        .boxed();
    prop_oneof![
        object.clone(),
        proptest::collection::vec(object, 0..3).prop_map(|rows| format!("[{}]", rows.join(",")))
    ]
}

/// The same of inserts, upserts, updates, deletes and calls, none of which is kept.
#[tokio::test(flavor = "multi_thread")]
async fn rendered_changes_parse() {
    let room = Room::with(|config| {
        config.aggregates = true;
        config.transaction.rollback = true;
    })
    .await;
    let handle = tokio::runtime::Handle::current();
    let requests = (
        prop_oneof![
            Just("POST /projects"),
            Just("POST /clients"),
            Just("PATCH /projects"),
            Just("PATCH /projects_view"),
            Just("PUT /clients"),
            Just("DELETE /members"),
            Just("POST /rpc/find_projects"),
            Just("POST /rpc/add"),
        ],
        proptest::collection::vec(select(), 0..3),
        proptest::collection::vec(filter(), 0..2),
        prop_oneof![
            Just(""),
            Just("columns=id,name&"),
            Just("on_conflict=id&"),
            Just("id=eq.1&"),
            Just("limit=1&order=id&")
        ],
        prop_oneof![
            Just("return=representation"),
            Just("return=representation, missing=default, count=exact"),
            Just("return=headers-only, resolution=merge-duplicates"),
            Just("return=representation, resolution=ignore-duplicates"),
            Just("return=minimal, max-affected=1, handling=strict"),
        ],
        written(),
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let run = runner.run(&requests, |(line, select, filters, options, prefer, body)| {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let mut query: Vec<String> =
            filters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if !select.is_empty() {
            query.push(format!("select={}", encode(&select.join(","))));
        }
        let request = format!("{line}?{options}{}\nPrefer: {prefer}\n\n{body}", query.join("&"));
        let (status, body) = tokio::task::block_in_place(|| handle.block_on(room.json(&request)));
        let code = body["code"].as_str().unwrap_or_default();
        prop_assert!(
            status < 500 && !is_syntax_error(&body) && !["42P02", "08P01", "42P18"].contains(&code),
            "{request}: {status} {body}"
        );
        Ok(())
    });
    run.unwrap();
    assert_eq!(room.value("select count(*) from public.clients").await, "2");
}
