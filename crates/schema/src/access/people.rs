//! Who acts, and how a schema says who belongs to whom: people, organisations, roles, suspension. Pure.

use super::model::{Column, Model, Oid, Table};
use super::values::string_constants;

/// A user of the tried world. Everything tried is tried on rows of [`Person::Owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Person {
    /// Whose rows are tried.
    Owner,
    /// Has nothing to do with the owner, but an organisation of their own.
    Stranger,
    /// Made the owner's organisation.
    Founder,
    /// Is in the owner's organisation, in one role after the other.
    Member,
}

impl Person {
    pub(super) const ALL: [Self; 4] = [Self::Owner, Self::Stranger, Self::Founder, Self::Member];

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Owner => "0acce550-0000-4000-8000-000000000001",
            Self::Stranger => "0acce550-0000-4000-8000-000000000002",
            Self::Founder => "0acce550-0000-4000-8000-000000000003",
            Self::Member => "0acce550-0000-4000-8000-000000000004",
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Stranger => "stranger",
            Self::Founder => "founder",
            Self::Member => "member",
        }
    }

    /// The claims of a token of theirs.
    pub(super) fn claims(self) -> String {
        format!(
            r#"{{"sub": "{}", "role": "authenticated", "aud": "authenticated", "email": "{}@example.com", "aal": "aal1"}}"#,
            self.id(),
            self.word()
        )
    }
}

/// A column that holds one of some words.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) table: Oid,
    pub(super) column: String,
    pub(super) words: Vec<String>,
}

/// Organisations, as a table of members tells: who, where, as what.
#[derive(Debug, Clone)]
pub(super) struct Organisation {
    pub(super) table: Oid,
    pub(super) members: Oid,
    pub(super) home_column: String,
    pub(super) role_column: String,
    /// In the order the schema names them.
    pub(super) roles: Vec<String>,
    default: String,
}

impl Organisation {
    pub(super) fn find(model: &Model, people: &[Oid]) -> Option<Self> {
        let mut found: Vec<(bool, Self)> =
            model.tables.values().filter_map(|table| Self::of(table, model, people)).collect();
        // what keeps a person from being a member twice is surely a table of members
        found.sort_by_key(|(is_unique, _)| !is_unique);
        found.into_iter().next().map(|(_, organisation)| organisation)
    }

    fn of(table: &Table, model: &Model, people: &[Oid]) -> Option<(bool, Self)> {
        if !table.is_table() || matches!(table.schema.as_str(), "auth" | "storage" | "realtime") {
            return None;
        }
        let single = || table.references.iter().filter(|reference| reference.columns.len() == 1);
        let role = table
            .columns
            .iter()
            .find(|column| column.name.contains("role") && words_of(table, column).len() > 1)?;
        let mut pairs = single().filter(|reference| people.contains(&reference.target)).flat_map(|person| {
            single()
                .filter(|other| {
                    !people.contains(&other.target)
                        && other.target != table.oid
                        && model.tables.contains_key(&other.target)
                })
                .map(move |other| (person, other))
        });
        let is_key = |person: &str, organisation: &str| {
            table.keys.iter().any(|key| {
                key.columns.len() == 2
                    && [person, organisation]
                        .iter()
                        .all(|name| key.columns.iter().any(|column| column == name))
            })
        };
        let unique = pairs.clone().find(|(person, other)| {
            matches!((person.columns.first(), other.columns.first()), (Some(a), Some(b)) if is_key(a, b))
        });
        let is_unique = unique.is_some();
        let (_, other) = match unique {
            Some(pair) => pair,
            // without a key only a table that says it is one of members
            None if table.name.contains("member") => pairs.next()?,
            None => return None,
        };
        Some((
            is_unique,
            Self {
                table: other.target.clone(),
                members: table.oid.clone(),
                home_column: other.columns.first()?.clone(),
                role_column: role.name.clone(),
                roles: words_of(table, role),
                default: string_constants(&role.default).into_iter().next().unwrap_or_default(),
            },
        ))
    }

    /// The most powerful role, by its name or by standing first.
    pub(super) fn highest(&self) -> &str {
        let named = ["owner", "admin"].iter().find_map(|name| self.roles.iter().find(|role| role == name));
        named.or(self.roles.first()).map_or("", String::as_str)
    }

    /// The role somebody has who was given none in particular, or the last one named.
    pub(super) fn lowest(&self) -> &str {
        let role = self.roles.iter().find(|role| **role == self.default).or(self.roles.last());
        role.map_or("", String::as_str)
    }
}

/// The words a column may hold: of its enum, or of a check that lists them.
pub(super) fn words_of(table: &Table, column: &Column) -> Vec<String> {
    if !column.labels.is_empty() {
        return column.labels.clone();
    }
    table
        .checks_of(&column.name)
        .filter(|check| check.columns.len() == 1)
        .map(|check| check.definition.as_str())
        .chain(column.domain_checks.iter().map(String::as_str))
        .filter(|definition| definition.contains("ANY (ARRAY["))
        .map(string_constants)
        .next()
        .unwrap_or_default()
}

/// How a person is suspended: the SQL expression that a column of their own row is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspension {
    pub(super) table: Oid,
    pub(super) column: String,
    pub(super) value: String,
}

const SUSPENDED: &[&str] =
    &["suspended", "banned", "disabled", "blocked", "deactivated", "frozen", "locked", "inactive"];

/// A status with such a word, a flag or a time of such a name, in a table whose rows are people.
pub(super) fn suspension(model: &Model, people: &[Oid]) -> Option<Suspension> {
    people
        .iter()
        .filter_map(|oid| model.tables.get(oid))
        .filter(|table| table.schema != "auth")
        .find_map(|table| table.columns.iter().find_map(|column| suspends(table, column)))
}

fn suspends(table: &Table, column: &Column) -> Option<Suspension> {
    let set =
        |value: String| Some(Suspension { table: table.oid.clone(), column: column.name.clone(), value });
    let words = words_of(table, column);
    if (column.name.contains("status") || column.name.contains("state"))
        && let Some(word) = SUSPENDED.iter().find(|word| words.iter().any(|known| known == *word))
    {
        return set(format!("'{word}'::{}", column.type_name));
    }
    let stem = column.name.trim_start_matches("is_").split("_at").next()?.split("_until").next()?;
    if !SUSPENDED.contains(&stem) {
        return None;
    }
    match column.base.as_str() {
        "boolean" => set("true".to_owned()),
        base if base.starts_with("timestamp") && column.name.ends_with("_until") => {
            set("now() + interval '1 year'".to_owned())
        }
        base if base.starts_with("timestamp") => set("now()".to_owned()),
        _ => None,
    }
}

/// A role of the whole product in a person's own row: `profiles.role` with `admin`.
pub(super) fn product_roles(model: &Model, people: &[Oid]) -> Option<Choice> {
    people.iter().filter_map(|oid| model.tables.get(oid)).filter(|table| table.schema != "auth").find_map(
        |table| {
            let column = table.columns.iter().find(|column| column.name.ends_with("role"))?;
            let words = words_of(table, column);
            let ordinary = string_constants(&column.default);
            let words: Vec<String> =
                words.into_iter().filter(|word| !ordinary.contains(word) && word != "user").collect();
            (!words.is_empty()).then(|| Choice {
                table: table.oid.clone(),
                column: column.name.clone(),
                words,
            })
        },
    )
}

/// A table that lists people who may do more than others (`admins`): to be in it is a right, not a profile.
pub(super) fn is_list_of_privileged(table: &Table) -> bool {
    const WORDS: &[&str] = &["admin", "moderator", "staff", "operator", "superuser", "employee", "reviewer"];
    WORDS.iter().any(|word| table.name.contains(word))
}
