//! Properties of the parsers: no text makes them panic, and what they understand they understand again when
//! it is printed.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};
use proptest::prelude::*;

use super::ast::{Action, InvokeMethod, Mutation};
use super::media_type::MediaType;
use super::preferences::Preferences;
use super::print::{print_filter, print_logic, print_name, print_order, print_select};
use super::query::{self, Parameters, QueryUse};
use super::range::{self, HeaderRange};
use super::{ParseSettings, filter, order, parse, parse_body, select};

/// Text made of the grammar's own words, which gets further into it than any text would.
fn words() -> impl Strategy<Value = String> {
    const WORDS: [&str; 60] = [
        "id",
        "name",
        "count",
        "count()",
        "sum()",
        ".",
        ",",
        "(",
        ")",
        ":",
        "::",
        "->",
        "->>",
        "-",
        "!",
        "...",
        "*",
        "\"",
        "\\",
        " ",
        "\t",
        "not",
        "and",
        "or",
        "eq",
        "in",
        "is",
        "null",
        "fts",
        "isdistinct",
        "any",
        "all",
        "cs",
        "{",
        "}",
        "1",
        "-1",
        "asc",
        "desc",
        "nullsfirst",
        "nullslast",
        "inner",
        "left",
        "é",
        "日本",
        "\n",
        "&",
        "=",
        ";",
        "%",
        "%2",
        "%C3",
        "+",
        "select",
        "order",
        "limit",
        "offset",
        "columns",
        "on_conflict",
        "",
    ];
    prop::collection::vec(prop::sample::select(&WORDS[..]), 0..24).prop_map(|words| words.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![words(), any::<String>()]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_][a-z0-9_$]{0,8}", "[ -~]{1,8}", "\\PC{1,6}"].prop_map(|name| print_name(&name))
}

fn field() -> impl Strategy<Value = String> {
    let step =
        (prop::sample::select(&["->", "->>"][..]), name()).prop_map(|(arrow, key)| arrow.to_owned() + &key);
    (name(), prop::collection::vec(step, 0..3)).prop_map(|(name, steps)| name + &steps.concat())
}

fn select_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("*".to_owned()),
        Just("count()".to_owned()),
        field(),
        (name(), field(), "[a-z]{1,5}").prop_map(|(alias, field, cast)| format!("{alias}:{field}::{cast}")),
        field().prop_map(|field| format!("{field}.max()::text")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (name(), name(), prop::collection::vec(inner, 0..3), 0..4).prop_map(|(name, hint, items, form)| {
            let items = items.join(",");
            match form {
                0 => format!("{name}({items})"),
                1 => format!("{hint}:{name}!inner({items})"),
                2 => format!("...{name}!{hint}!left({items})"),
                _ => format!("{name}!{hint}({items})"),
            }
        })
    })
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(key in text(), value in text()) {
        let _ = select::parse(&value);
        let _ = order::parse(&key, &value);
        let _ = filter::parse(&key, &value);
        let _ = filter::parse_parameter(&key, &value);
        let _ = filter::parse_logic(&key, &value);
        let accepted = MediaType::parse_accept(&value);
        prop_assert!(accepted.iter().all(|media_type| media_type.content_type().len() < 400 + 2 * value.len()));
        let _ = Preferences::parse([key.as_str(), value.as_str()].into_iter(), true).applied();
        for usage in [true, false].map(|arguments| QueryUse { arguments, canonical: true }) {
            if let Ok(parameters) = Parameters::decode(&value) {
                let _ = query::parse(&parameters, usage);
            }
        }
    }

    #[test]
    fn no_range_makes_it_panic(offset: i64, limit: Option<i64>, header in "[0-9]{0,20}-?[0-9]{0,20}") {
        let range = super::ast::RowRange { offset, limit };
        if let Ok(met) = range::meet(range, HeaderRange::parse(&header)) {
            prop_assert!(met.limit.is_none_or(|limit| limit >= 0));
        }
    }

    #[test]
    fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..64), text in text(), columns: bool) {
        let actions = [
            Action::Invoke { function: "f".to_owned(), method: InvokeMethod::Post },
            Action::Mutate { relation: "t".to_owned(), mutation: Mutation::Create },
        ];
        let types = [MediaType::Json, MediaType::Csv, MediaType::Form, MediaType::Text];
        for (action, content_type) in actions.iter().flat_map(|action| types.iter().map(move |kind| (action, kind))) {
            let _ = parse_body(Bytes::from(body.clone()), content_type, columns, action);
            let _ = parse_body(Bytes::from(text.clone()), content_type, columns, action);
        }
    }

    #[test]
    fn no_request_makes_it_panic(path in text(), query in text(), header in text()) {
        let schemas = ["test".to_owned()];
        let settings =
            ParseSettings { schemas: &schemas, describe: true, root_function: None, allow_transaction: true };
        let Ok(uri) = format!("/{path}?{query}").parse::<Uri>() else { return Ok(()) };
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(header.as_bytes()) {
            for name in ["accept", "content-type", "prefer", "range", "accept-profile", "cookie"] {
                headers.insert(name, value.clone());
            }
        }
        for method in [Method::GET, Method::POST, Method::PUT, Method::OPTIONS] {
            let _ = parse(settings, &method, &uri, &headers, Bytes::from(query.clone()));
        }
        let _ = (super::gucs::headers_json(&headers), super::gucs::cookies_json(&headers));
    }

    #[test]
    fn select_survives_printing(text in select_text()) {
        let items = select::parse(&text).expect(&text);
        let printed = print_select(&items);
        prop_assert_eq!(select::parse(&printed).expect(&printed), items, "{} {}", text, printed);
    }

    #[test]
    fn order_survives_printing(
        terms in prop::collection::vec((field(), prop::sample::select(&["", ".asc", ".desc.nullsfirst", ".nullslast"][..])), 1..4)
    ) {
        let text: Vec<String> = terms.into_iter().map(|(field, modifiers)| field + modifiers).collect();
        let text = text.join(",");
        let order = order::parse("order", &text).expect(&text);
        let printed = print_order(&order.value);
        prop_assert_eq!(order::parse("order", &printed).expect(&printed), order);
    }

    #[test]
    fn filters_survive_printing(
        field in field(), not: bool,
        operator in prop::sample::select(&["eq", "gte(any)", "ilike(all)", "cs", "nxl", "isdistinct", "wfts(english)"][..]),
        value: String
    ) {
        let negation = if not { "not." } else { "" };
        let filter = filter::parse(&field, &format!("{negation}{operator}.{value}")).expect("a filter").value;
        let printed = print_filter(&filter);
        let (field, rest) = printed.split_at(super::print::print_field(&filter.field).len());
        let again = filter::parse(field, rest.strip_prefix('.').expect("a dot")).expect(&printed);
        prop_assert_eq!(again.value, filter);
    }

    #[test]
    fn logic_survives_printing(text in words()) {
        if let Ok(tree) = filter::parse_logic("or", &format!("({text})")) {
            let printed = print_logic(&tree.value);
            // a quoted value loses its quotes in print, and may not be one any more
            if !text.contains(['"', '\\']) {
                let members = printed.strip_prefix("or").expect("the operator");
                prop_assert_eq!(filter::parse_logic("or", members).expect(&printed), tree);
            }
        }
    }
}
