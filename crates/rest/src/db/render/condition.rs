//! Fields, conditions and sorting.

use std::borrow::Cow;

use super::select::{Reference, lateral};
use super::type_name::type_name;
use crate::db::sql::Sql;
use crate::logic::plan::filter::{Condition, PlannedField, PlannedOrder};
use crate::logic::plan::read::{Embed, ReadPlan};
use crate::logic::request::ast::{
    FullTextOperator, IsValue, JsonArrow, JsonOperand, LogicOperator, Operation, OrderDirection, OrderNulls,
    QuantifiedOperator, Quantifier, SimpleOperator,
};

/// A field's value as stored.
pub(super) fn field(sql: &mut Sql, of: &Reference<'_>, field: &PlannedField) {
    if field.as_jsonb {
        sql.raw("to_jsonb(");
    }
    of.column(sql, &field.name);
    if field.as_jsonb {
        sql.raw(")");
    }
    for step in &field.json_path {
        sql.raw(match step.arrow {
            JsonArrow::Json => "->",
            JsonArrow::Text => "->>",
        });
        match &step.operand {
            JsonOperand::Key(key) => sql.bind(key),
            JsonOperand::Index(index) => sql.bind(index).raw("::integer"),
        };
    }
}

/// How a condition asks whether an embedded resource has rows.
#[derive(Clone, Copy)]
pub(super) enum Embeds<'a> {
    /// It is joined.
    Joined(&'a [Embed]),
    /// It is not: a subquery looks.
    Sought(&'a ReadPlan),
}

/// Conditions that all must hold.
pub(super) fn all(sql: &mut Sql, of: &Reference<'_>, embeds: Embeds<'_>, conditions: &[Condition]) {
    sql.join(conditions, " and ", |sql, one| condition(sql, of, embeds, one));
}

fn condition(sql: &mut Sql, of: &Reference<'_>, embeds: Embeds<'_>, condition: &Condition) {
    match condition {
        Condition::Filter { field, negated, operation } => {
            if *negated {
                sql.raw("not ");
            }
            self::operation(sql, of, field, operation);
        }
        Condition::EmbedExists { embed, negated } => match embeds {
            Embeds::Joined(joined) => {
                if let Some(embed) = joined.get(*embed) {
                    lateral::exists(sql, embed, *negated);
                }
            }
            Embeds::Sought(plan) => {
                if let Some(embed) = plan.embeds.get(*embed) {
                    lateral::sought(sql, embed, plan, *negated);
                }
            }
        },
        Condition::Group { negated, operator, members } => {
            if *negated {
                sql.raw("not ");
            }
            let separator = match operator {
                LogicOperator::And => " and ",
                LogicOperator::Or => " or ",
            };
            sql.raw("(");
            sql.join(members, separator, |sql, member| self::condition(sql, of, embeds, member));
            sql.raw(")");
        }
    }
}

fn operation(sql: &mut Sql, of: &Reference<'_>, field: &PlannedField, operation: &Operation) {
    if let Operation::FullText { operator, language, value } = operation {
        return full_text(sql, of, field, *operator, language.as_deref(), value);
    }
    self::field(sql, of, field);
    match operation {
        Operation::Simple { operator, value } => {
            sql.raw(simple(*operator));
            self::value(sql, field, value);
        }
        Operation::Quantified { operator, quantifier, value } => {
            sql.raw(quantified(*operator));
            let is_pattern = is_pattern(*operator);
            let has_stars = matches!(operator, QuantifiedOperator::Like | QuantifiedOperator::ILike);
            let value = if has_stars { Cow::Owned(value.replace('*', "%")) } else { Cow::Borrowed(&**value) };
            match quantifier {
                None if !is_pattern => self::value(sql, field, &value),
                None => {
                    sql.bind_text(&value);
                }
                Some(Quantifier::Any) => {
                    sql.raw("any (").bind_text(&value).raw(")");
                }
                Some(Quantifier::All) => {
                    sql.raw("all (").bind_text(&value).raw(")");
                }
            }
        }
        // "in.()" holds nothing, not an empty text
        Operation::In(values) if values.iter().all(String::is_empty) && values.len() < 2 => {
            sql.raw(" = any ('{}')");
        }
        Operation::In(values) if field.reader.is_some() => {
            sql.raw(" = any (array[");
            sql.join(values, ", ", |sql, value| self::value(sql, field, value));
            sql.raw("])");
        }
        Operation::In(values) => {
            sql.raw(" = any (").bind(values).raw(")");
        }
        Operation::Is(value) => {
            sql.raw(match value {
                IsValue::Null => " is null",
                IsValue::NotNull => " is not null",
                IsValue::True => " is true",
                IsValue::False => " is false",
                IsValue::Unknown => " is unknown",
            });
        }
        Operation::IsDistinctFrom(value) => {
            sql.raw(" is distinct from ");
            self::value(sql, field, value);
        }
        Operation::FullText { .. } => {}
    }
}

fn value(sql: &mut Sql, field: &PlannedField, value: &str) {
    match &field.reader {
        None => {
            sql.bind_text(value);
        }
        Some(reader) => {
            sql.qualified(reader).raw("(").bind_text(value).raw("::text)");
        }
    }
}

fn simple(operator: SimpleOperator) -> &'static str {
    match operator {
        SimpleOperator::NotEqual => " <> ",
        SimpleOperator::Contains => " @> ",
        SimpleOperator::ContainedIn => " <@ ",
        SimpleOperator::Overlaps => " && ",
        SimpleOperator::StrictlyLeft => " << ",
        SimpleOperator::StrictlyRight => " >> ",
        SimpleOperator::NotExtendsRight => " &< ",
        SimpleOperator::NotExtendsLeft => " &> ",
        SimpleOperator::Adjacent => " -|- ",
    }
}

fn quantified(operator: QuantifiedOperator) -> &'static str {
    match operator {
        QuantifiedOperator::Equal => " = ",
        QuantifiedOperator::GreaterThanEqual => " >= ",
        QuantifiedOperator::GreaterThan => " > ",
        QuantifiedOperator::LessThanEqual => " <= ",
        QuantifiedOperator::LessThan => " < ",
        QuantifiedOperator::Like => " like ",
        QuantifiedOperator::ILike => " ilike ",
        QuantifiedOperator::Match => " ~ ",
        QuantifiedOperator::IMatch => " ~* ",
    }
}

/// Patterns are texts, whatever the column is.
fn is_pattern(operator: QuantifiedOperator) -> bool {
    use QuantifiedOperator as Q;
    matches!(operator, Q::Like | Q::ILike | Q::Match | Q::IMatch)
}

fn full_text(
    sql: &mut Sql,
    of: &Reference<'_>,
    field: &PlannedField,
    operator: FullTextOperator,
    language: Option<&str>,
    value: &str,
) {
    let configuration = |sql: &mut Sql| {
        if let Some(language) = language {
            sql.bind(language).raw("::regconfig, ");
        }
    };
    if field.as_tsvector {
        sql.raw("to_tsvector(");
        configuration(sql);
        self::field(sql, of, field);
        sql.raw(")");
    } else {
        self::field(sql, of, field);
    }
    sql.raw(" @@ ").raw(match operator {
        FullTextOperator::Query => "to_tsquery(",
        FullTextOperator::Plain => "plainto_tsquery(",
        FullTextOperator::Phrase => "phraseto_tsquery(",
        FullTextOperator::WebSearch => "websearch_to_tsquery(",
    });
    configuration(sql);
    sql.bind(value).raw(")");
}

/// A field cast to a type the client named.
pub(super) fn cast(sql: &mut Sql, name: &str, value: impl FnOnce(&mut Sql)) {
    sql.raw("cast(");
    value(sql);
    sql.raw(" as ");
    type_name(sql, name);
    sql.raw(")");
}

/// Terms of a sort.
pub(super) fn order(sql: &mut Sql, of: &Reference<'_>, embeds: &[Embed], terms: &[PlannedOrder]) {
    sql.join(terms, ", ", |sql, term| {
        match term.embed.and_then(|index| embeds.get(index)) {
            Some(embed) => self::field(sql, &Reference::Lateral(embed.number), &term.field),
            None => self::field(sql, of, &term.field),
        }
        sql.raw(match term.direction {
            Some(OrderDirection::Ascending) => " asc",
            Some(OrderDirection::Descending) => " desc",
            None => "",
        });
        sql.raw(match term.nulls {
            Some(OrderNulls::First) => " nulls first",
            Some(OrderNulls::Last) => " nulls last",
            None => "",
        });
    });
}
