//! Types named by a client in a cast.
//!
//! Most types are identifiers and quoted as such. The names that only SQL's grammar knows are
//! replaced by themselves, from this table.

use crate::db::sql::Sql;

const GRAMMAR: &[&str] = &[
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "char",
    "char varying",
    "character",
    "character varying",
    "dec",
    "decimal",
    "double precision",
    "float",
    "int",
    "integer",
    "interval",
    "national char",
    "national char varying",
    "national character",
    "national character varying",
    "nchar",
    "nchar varying",
    "numeric",
    "real",
    "smallint",
    "time",
    "time with time zone",
    "time without time zone",
    "timestamp",
    "timestamp with time zone",
    "timestamp without time zone",
    "varchar",
];

/// Writes a type's name; schema and name may be separated by a dot.
pub(super) fn type_name(sql: &mut Sql, name: &str) {
    let name = name.trim().to_lowercase();
    let (element, is_array) = match name.strip_suffix("[]") {
        Some(element) => (element, true),
        None => (&*name, false),
    };
    let words = element.split_whitespace().collect::<Vec<_>>().join(" ");
    match GRAMMAR.iter().find(|known| **known == words) {
        Some(known) => sql.raw(known),
        None => sql.join(words.split('.'), ".", |sql, part| {
            sql.ident(part);
        }),
    };
    if is_array {
        sql.raw("[]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_are_not_quoted() {
        let cases = [
            ("text", "\"text\""),
            ("INTEGER", "integer"),
            ("double  precision", "double precision"),
            ("int[]", "int[]"),
            ("public.color", "\"public\".\"color\""),
            ("int); drop table x; --", "\"int); drop table x; --\""),
            ("\"", "\"\"\"\""),
        ];
        for (name, expected) in cases {
            let mut sql = Sql::new();
            type_name(&mut sql, name);
            assert_eq!(sql.text(), expected);
        }
    }
}
