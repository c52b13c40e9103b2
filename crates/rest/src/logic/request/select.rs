//! `select=`: columns, embedded resources, spreads.

use super::ast::{Aggregate, Field, JoinType, SelectField, SelectItem, SelectRelation};
use super::cursor::{Cursor, Parsed, Stuck};
use super::names::{field, field_name, identifier};
use crate::error::RequestError;

/// Parses the value of `select=`.
pub fn parse(text: &str) -> Result<Vec<SelectItem>, RequestError> {
    Cursor::parse("select parameter", text, text, items)
}

/// What `select=*` means, which is also what is shown when nothing is selected.
pub(super) fn everything() -> Vec<SelectItem> {
    let field = Field { name: "*".to_owned(), json_path: Vec::new() };
    vec![SelectItem::Field(SelectField { field, ..SelectField::default() })]
}

fn items(cursor: &mut Cursor<'_>) -> Parsed<Vec<SelectItem>> {
    let items = cursor
        .option(|cursor| cursor.separated(|cursor| cursor.lexeme(|cursor| cursor.literal(",")), item))?;
    Ok(items.unwrap_or_default())
}

fn item(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    if let Some(relation) = cursor.maybe(spread_head) {
        return Ok(SelectItem::Spread(SelectRelation { select: embedded(cursor)?, ..relation }));
    }
    if let Some(relation) = cursor.maybe(relation_head) {
        return Ok(SelectItem::Relation(SelectRelation { select: embedded(cursor)?, ..relation }));
    }
    select_field(cursor).map(SelectItem::Field)
}

fn embedded(cursor: &mut Cursor<'_>) -> Parsed<Vec<SelectItem>> {
    cursor.literal("(")?;
    let items = cursor.nested(items)?;
    cursor.literal(")")?;
    Ok(items)
}

/// `...name!hint!inner` before a bracket.
fn spread_head(cursor: &mut Cursor<'_>) -> Parsed<SelectRelation> {
    cursor.lexeme(|cursor| {
        cursor.literal("...")?;
        let name = field_name(cursor)?.into_owned();
        embedding(cursor, name, None)
    })
}

/// `alias:name!hint!inner` before a bracket.
fn relation_head(cursor: &mut Cursor<'_>) -> Parsed<SelectRelation> {
    cursor.lexeme(|cursor| {
        let alias = alias(cursor);
        let name = field_name(cursor)?;
        // a bracket after this one is that of the aggregate
        if name == "count" {
            return Err(Stuck);
        }
        // most names are those of columns, and are not worth a copy here
        if !cursor.rest().starts_with(['!', '(']) {
            return Err(Stuck);
        }
        embedding(cursor, name.into_owned(), alias)
    })
}

fn embedding(cursor: &mut Cursor<'_>, name: String, alias: Option<String>) -> Parsed<SelectRelation> {
    let mut relation = SelectRelation { name, alias, hint: None, join: None, select: Vec::new() };
    for _ in 0..2 {
        match cursor.option(embed_parameter)? {
            Some(EmbedParameter::Join(join)) => relation.join = relation.join.or(Some(join)),
            Some(EmbedParameter::Hint(hint)) => relation.hint = relation.hint.or(Some(hint)),
            None => {}
        }
    }
    cursor.ahead("(")?;
    Ok(relation)
}

enum EmbedParameter {
    Join(JoinType),
    Hint(String),
}

fn embed_parameter(cursor: &mut Cursor<'_>) -> Parsed<EmbedParameter> {
    cursor.literal("!")?;
    match cursor.first_of(&[("left", JoinType::Left), ("inner", JoinType::Inner)]) {
        Ok(join) => Ok(EmbedParameter::Join(join)),
        Err(Stuck) => cursor.attempt(|cursor| Ok(EmbedParameter::Hint(field_name(cursor)?.into_owned()))),
    }
}

fn alias(cursor: &mut Cursor<'_>) -> Option<String> {
    let alias = cursor.maybe(|cursor| {
        let alias = field_name(cursor)?;
        cursor.literal(":")?;
        cursor.not_followed_by(":")?;
        Ok(alias)
    });
    alias.map(std::borrow::Cow::into_owned)
}

fn select_field(cursor: &mut Cursor<'_>) -> Parsed<SelectField> {
    cursor.lexeme(|cursor| {
        if let Some(star) = cursor.maybe(star) {
            return Ok(star);
        }
        if let Some(count) = cursor.maybe(count) {
            return Ok(count);
        }
        let alias = alias(cursor);
        let field = field(cursor)?;
        let cast = cast(cursor)?;
        let aggregate = cursor.maybe(aggregate);
        let aggregate_cast = self::cast(cursor)?;
        end(cursor)?;
        Ok(SelectField { field, aggregate, aggregate_cast, cast, alias })
    })
}

fn star(cursor: &mut Cursor<'_>) -> Parsed<SelectField> {
    cursor.literal("*")?;
    end(cursor)?;
    Ok(SelectField::all())
}

/// `alias:count()::cast`
fn count(cursor: &mut Cursor<'_>) -> Parsed<SelectField> {
    let alias = alias(cursor);
    cursor.literal("count()")?;
    let aggregate_cast = cast(cursor)?;
    end(cursor)?;
    Ok(SelectField { aggregate: Some(Aggregate::Count), aggregate_cast, alias, ..SelectField::all() })
}

fn cast(cursor: &mut Cursor<'_>) -> Parsed<Option<String>> {
    cursor.option(|cursor| {
        cursor.literal("::")?;
        Ok(identifier(cursor)?.to_owned())
    })
}

fn aggregate(cursor: &mut Cursor<'_>) -> Parsed<Aggregate> {
    cursor.literal(".")?;
    let aggregate = aggregate_name(cursor)?;
    cursor.literal("()")?;
    Ok(aggregate)
}

/// A name that only begins like one of the first three is an error at once, which shows in the message.
fn aggregate_name(cursor: &mut Cursor<'_>) -> Parsed<Aggregate> {
    for (name, aggregate) in [("sum", Aggregate::Sum), ("avg", Aggregate::Avg), ("count", Aggregate::Count)] {
        if cursor.option(|cursor| cursor.literal(name))?.is_some() {
            return Ok(aggregate);
        }
    }
    cursor.first_of(&[("max", Aggregate::Max), ("min", Aggregate::Min)])
}

fn end(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.ends_before(&[")", ","])
}

impl SelectField {
    /// `*`
    pub fn all() -> Self {
        Self { field: Field { name: "*".to_owned(), json_path: Vec::new() }, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::request::print::print_select;

    /// The items, printed; a fault as `column: details`.
    fn read(text: &str) -> String {
        match parse(text) {
            Ok(items) => print_select(&items),
            Err(RequestError::Query { message, details }) => {
                let start = format!("\"failed to parse select parameter ({text})\" (line 1, column ");
                let column = message.strip_prefix(&start).and_then(|rest| rest.strip_suffix(')'));
                format!("{}: {details}", column.unwrap_or(&message))
            }
            Err(other) => format!("{other:?}"),
        }
    }

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(&read(text), expected, "select={text}");
        }
    }

    #[test]
    fn columns() {
        check(&[
            ("", ""),
            ("*", "*"),
            ("id", "id"),
            ("id,name", "id,name"),
            (" id , name\t", "id,name"),
            ("with space", "\"with space\""),
            ("with-dash-es", "\"with-dash-es\""),
            ("123", "123"),
            ("_", "_"),
            ("$", "$"),
            ("étage", "étage"),
            ("\":\"", "\":\""),
            ("\" kept \"", "\" kept \""),
            ("\"a\\\"b\\\\c\\d\"", "\"a\\\"b\\\\cd\""),
            ("alias:id", "alias:id"),
            ("\"an alias\":id", "\"an alias\":id"),
            ("id::text", "id::text"),
            ("alias:id::double precision", "alias:id::double precision"),
            ("*,id", "*,id"),
        ]);
    }

    #[test]
    fn json_paths() {
        check(&[
            ("data->key", "data->\"key\""),
            ("data->>key", "data->>\"key\""),
            ("data->a->0->>b", "data->\"a\"->0->>\"b\""),
            ("data->-1", "data->-1"),
            ("data->1a", "data->\"1a\""),
            ("data->!@#$%^&*_a", "data->\"!@#$%^&*_a\""),
            ("data->\"a,b\"::int", "data->\"a,b\"::int"),
            ("a:data->b-c::text", "a:data->\"b-c\"::text"),
        ]);
    }

    #[test]
    fn aggregates() {
        check(&[
            ("count()", "count()"),
            ("total:count()::text", "total:count()::text"),
            ("id.count()", "id.count()"),
            ("a:id.sum()::text", "a:id.sum()::text"),
            ("data->n::int.max()::text", "data->\"n\"::int.max()::text"),
            ("id.min(),id.avg()", "id.min(),id.avg()"),
            ("count", "count"),
        ]);
    }

    #[test]
    fn embedded_resources() {
        check(&[
            ("client(id)", "client(id)"),
            ("client()", "client()"),
            ("*,client(*,nested(*))", "*,client(*,nested(*))"),
            ("alias:client!hint!inner(id)", "alias:client!hint!inner(id)"),
            ("client!inner!hint(id)", "client!hint!inner(id)"),
            ("client!left(id)", "client!left(id)"),
            ("...client(id)", "...client(id)"),
            ("...client!hint!inner(id,...other(x))", "...client!hint!inner(id,...other(x))"),
            (" client (id) , x", "client(id),x"),
        ]);
    }

    #[test]
    fn faults_are_told_as_postgrest_tells_them() {
        check(&[
            (
                "id,clients(name[])",
                "16: unexpected '[' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" \
                 or end of input",
            ),
            (
                "data->>-78xy",
                "11: unexpected 'x' expecting digit, \"->\", \"::\", \".\", \",\" or end of input",
            ),
            ("data->>--34", "9: unexpected \"-\" expecting digit"),
            (
                "name!hint",
                "5: unexpected '!' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" or \
                 end of input",
            ),
            ("name::", "7: unexpected end of input expecting letter or digit"),
            ("id.foo()", "4: unexpected \"f\" expecting \"sum\", \"avg\", \"count\", \"max\" or \"min\""),
            ("\"open", "6: unexpected end of input expecting \"\\\\\" or \"\\\"\""),
            (
                "client(id",
                "10: unexpected end of input expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \
                 \")\", \",\" or end of input",
            ),
        ]);
    }

    #[test]
    fn what_does_not_begin_like_an_item_ends_the_list() {
        check(&[("...client->x(*)", ""), (":id", ""), ("(", ""), ("id)rest", "id")]);
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "a(".repeat(5000);
        assert!(parse(&deep).is_err());
    }
}
