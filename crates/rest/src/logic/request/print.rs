//! The reverse of the parsers, for tests: an item of the request in its shortest unambiguous spelling.

use super::ast::{
    Aggregate, Field, Filter, JoinType, JsonArrow, JsonOperand, LogicTree, Operation, OrderDirection,
    OrderNulls, OrderTerm, SelectField, SelectItem, SelectRelation,
};
use super::filter::{FULL_TEXT, QUANTIFIED, SIMPLE};

pub(super) fn print_select(items: &[SelectItem]) -> String {
    let printed: Vec<String> = items.iter().map(print_item).collect();
    printed.join(",")
}

fn print_item(item: &SelectItem) -> String {
    match item {
        SelectItem::Relation(relation) => print_relation(relation),
        SelectItem::Spread(relation) => format!("...{}", print_relation(relation)),
        SelectItem::Field(field) if *field == SelectField::all() => "*".to_owned(),
        SelectItem::Field(field) => {
            let alias = print_alias(field.alias.as_deref());
            let cast = print_cast(field.cast.as_deref());
            let aggregate_cast = print_cast(field.aggregate_cast.as_deref());
            match field.aggregate {
                Some(Aggregate::Count) if field.field == SelectField::all().field => {
                    format!("{alias}count(){aggregate_cast}")
                }
                Some(aggregate) => {
                    let aggregate = format!("{aggregate:?}").to_lowercase();
                    format!("{alias}{}{cast}.{aggregate}(){aggregate_cast}", print_field(&field.field))
                }
                None => format!("{alias}{}{cast}", print_field(&field.field)),
            }
        }
    }
}

fn print_relation(relation: &SelectRelation) -> String {
    let hint = relation.hint.as_ref().map(|hint| format!("!{}", print_name(hint)));
    let join = match relation.join {
        Some(JoinType::Inner) => "!inner",
        Some(JoinType::Left) => "!left",
        None => "",
    };
    format!(
        "{}{}{}{join}({})",
        print_alias(relation.alias.as_deref()),
        print_name(&relation.name),
        hint.unwrap_or_default(),
        print_select(&relation.select)
    )
}

fn print_alias(alias: Option<&str>) -> String {
    alias.map(|alias| format!("{}:", print_name(alias))).unwrap_or_default()
}

fn print_cast(cast: Option<&str>) -> String {
    cast.map(|cast| format!("::{cast}")).unwrap_or_default()
}

pub(super) fn print_field(field: &Field) -> String {
    let mut printed = print_name(&field.name);
    for step in &field.json_path {
        printed.push_str(match step.arrow {
            JsonArrow::Json => "->",
            JsonArrow::Text => "->>",
        });
        match &step.operand {
            JsonOperand::Index(index) => printed.push_str(index),
            JsonOperand::Key(key) => printed.push_str(&print_quoted(key)),
        }
    }
    printed
}

pub(super) fn print_name(name: &str) -> String {
    let plain =
        |character: char| character.is_alphabetic() || character.is_ascii_digit() || "_$".contains(character);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { print_quoted(name) }
}

fn print_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn print_order(terms: &[OrderTerm]) -> String {
    let printed: Vec<String> = terms
        .iter()
        .map(|term| {
            let field = print_field(&term.field);
            let term_text = match &term.relation {
                Some(relation) => format!("{}({field})", print_name(relation)),
                None => field,
            };
            let direction = match term.direction {
                Some(OrderDirection::Ascending) => ".asc",
                Some(OrderDirection::Descending) => ".desc",
                None => "",
            };
            let nulls = match term.nulls {
                Some(OrderNulls::First) => ".nullsfirst",
                Some(OrderNulls::Last) => ".nullslast",
                None => "",
            };
            format!("{term_text}{direction}{nulls}")
        })
        .collect();
    printed.join(",")
}

pub(super) fn print_logic(tree: &LogicTree) -> String {
    match tree {
        LogicTree::Filter(filter) => print_filter(filter),
        LogicTree::Group { negated, operator, members } => {
            let negation = if *negated { "not." } else { "" };
            let members: Vec<String> = members.iter().map(print_logic).collect();
            format!("{negation}{}({})", format!("{operator:?}").to_lowercase(), members.join(","))
        }
    }
}

pub(super) fn print_filter(filter: &Filter) -> String {
    let negation = if filter.negated { "not." } else { "" };
    format!("{}.{negation}{}", print_field(&filter.field), print_operation(&filter.operation))
}

fn print_operation(operation: &Operation) -> String {
    match operation {
        Operation::Simple { operator, value } => format!("{}.{value}", name_of(&SIMPLE, operator)),
        Operation::Quantified { operator, quantifier, value } => {
            let quantifier = quantifier.map(|quantifier| format!("({quantifier:?})").to_lowercase());
            format!("{}{}.{value}", name_of(&QUANTIFIED, operator), quantifier.unwrap_or_default())
        }
        Operation::In(values) => {
            let values: Vec<String> = values.iter().map(|value| print_quoted(value)).collect();
            format!("in.({})", values.join(","))
        }
        Operation::Is(value) => format!("is.{}", format!("{value:?}").to_lowercase()),
        Operation::IsDistinctFrom(value) => format!("isdistinct.{value}"),
        Operation::FullText { operator, language, value } => {
            let language = language.as_ref().map(|language| format!("({language})"));
            format!("{}{}.{value}", name_of(&FULL_TEXT, operator), language.unwrap_or_default())
        }
    }
}

fn name_of<T: PartialEq>(names: &[(&'static str, T)], wanted: &T) -> &'static str {
    names.iter().find(|(_, known)| known == wanted).map_or("?", |(name, _)| *name)
}
