//! `access.toml`: what the tool cannot find out by itself. Everything in it is optional.
//!
//! ```toml
//! setup = "insert into public.plans (id) values ('pro')"     # before any row is made, as postgres
//!
//! [users]                                                    # what users say of themselves when they sign up
//! handle = "the-{name}"                                      # {name}: owner, stranger, founder, member
//!
//! [rows."public.uploads"]                                    # SQL expressions for columns
//! path = "{owner} || '/a.png'"
//!
//! [storage]                                                  # what a file of the owner is called, by bucket
//! avatars = "'avatar-' || {owner} || '.png'"
//!
//! [actors.moderator]                                         # somebody else who acts
//! as = "member"                                              # owner, stranger, founder, member, anon
//! setup = "insert into public.moderators values ({member})"
//!
//! [allow]                                                    # findings that are meant to be so, and why
//! "public.profiles.status may be changed by owner" = "a line under the name, not the state of the account"
//! ```
//!
//! `{owner}`, `{stranger}`, `{founder}` and `{member}` stand for the ids of these people.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Error;
use super::people::Person;

/// What `access.toml` says.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hints {
    /// SQL that runs before rows are made.
    pub setup: String,
    /// Texts in the metadata that users sign up with.
    pub users: BTreeMap<String, String>,
    /// For a table, SQL expressions for columns.
    pub rows: BTreeMap<String, BTreeMap<String, String>>,
    /// For a bucket, an SQL expression for the name of a file that belongs to the owner.
    pub storage: BTreeMap<String, String>,
    /// More actors, by name.
    pub actors: BTreeMap<String, ActorHint>,
    /// Findings that are meant, with the reason.
    pub allow: BTreeMap<String, String>,
}

/// An actor of `access.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorHint {
    /// Which person acts, or `anon`.
    #[serde(rename = "as")]
    pub person: String,
    /// SQL that makes them what they are, as `postgres`.
    #[serde(default)]
    pub setup: String,
}

impl Hints {
    /// Reads the text of `file`.
    ///
    /// # Errors
    /// [`Error::Hints`] with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        let wrong = |reason: String| Error::Hints { file: file.to_owned(), reason };
        let hints: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        for (name, actor) in &hints.actors {
            if actor.person != "anon" && person(&actor.person).is_none() {
                return Err(wrong(format!(
                    "actors.{name}: `as` is {:?}; it may be owner, stranger, founder, member or anon",
                    actor.person
                )));
            }
        }
        for (finding, reason) in &hints.allow {
            if reason.trim().is_empty() {
                return Err(wrong(format!("allow.{finding:?}: say why it is meant to be so")));
            }
        }
        Ok(hints)
    }
}

pub(super) fn person(word: &str) -> Option<Person> {
    Person::ALL.into_iter().find(|person| person.word() == word)
}

/// With the ids in place of their names.
pub(super) fn filled(sql: &str) -> String {
    Person::ALL.iter().fold(sql.to_owned(), |sql, person| {
        sql.replace(&format!("{{{}}}", person.word()), &format!("'{}'", person.id()))
    })
}
