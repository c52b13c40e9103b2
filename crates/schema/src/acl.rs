//! Who may do what with an object, as a set that can be compared: the effective rights, not how they were given.
//!
//! The owner's own rights are kept under a name of their own, so that an object that changes hands keeps its list.

use std::collections::BTreeMap;

use crate::sql::{ident, statement};

/// Who holds a right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// Whoever owns the object.
    Owner,
    /// Everybody.
    Public,
    /// A role.
    Role(String),
}

/// Rights by holder: each right is a letter as in `aclitem`, and whether it may be passed on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acl(BTreeMap<Grantee, BTreeMap<char, bool>>);

/// What kind of thing rights are about: its letter in `pg_default_acl`, and the rights there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub letter: char,
    all: &'static str,
    public: &'static str,
}

pub(crate) const TABLE: Class = Class { letter: 'r', all: "arwdDxtm", public: "" };
pub(crate) const SEQUENCE: Class = Class { letter: 'S', all: "rwU", public: "" };
pub(crate) const ROUTINE: Class = Class { letter: 'f', all: "X", public: "X" };
pub(crate) const TYPE: Class = Class { letter: 'T', all: "U", public: "U" };
pub(crate) const SCHEMA: Class = Class { letter: 'n', all: "UC", public: "" };
pub(crate) const COLUMN: Class = Class { letter: 'c', all: "arwx", public: "" };

impl Class {
    pub(crate) fn of_letter(letter: char) -> Option<Self> {
        [TABLE, SEQUENCE, ROUTINE, TYPE, SCHEMA].into_iter().find(|class| class.letter == letter)
    }

    /// Its plural in `alter default privileges`.
    pub(crate) fn plural(self) -> &'static str {
        match self.letter {
            'r' => "tables",
            'S' => "sequences",
            'f' => "functions",
            'T' => "types",
            _ => "schemas",
        }
    }
}

fn privilege(letter: char) -> &'static str {
    match letter {
        'a' => "insert",
        'r' => "select",
        'w' => "update",
        'd' => "delete",
        'D' => "truncate",
        'x' => "references",
        't' => "trigger",
        'm' => "maintain",
        'X' => "execute",
        'U' => "usage",
        'C' => "create",
        'c' => "connect",
        'T' => "temporary",
        _ => "set",
    }
}

impl Acl {
    /// What an object has that nobody granted anything on; `maintain` says whether the server knows that right.
    pub(crate) fn builtin(class: Class, maintain: bool) -> Self {
        let rights = |letters: &str| {
            letters
                .chars()
                .filter(|letter| maintain || *letter != 'm')
                .map(|letter| (letter, false))
                .collect()
        };
        let mut acl = BTreeMap::from([(Grantee::Owner, rights(class.all))]);
        if class == COLUMN {
            acl.clear();
        }
        if !class.public.is_empty() {
            acl.insert(Grantee::Public, rights(class.public));
        }
        Self(acl)
    }

    /// All rights of a class for these roles, one of which may be the owner.
    pub(crate) fn all_to(class: Class, maintain: bool, owner: &str, roles: &[&str]) -> Self {
        let rights: BTreeMap<char, bool> = class
            .all
            .chars()
            .filter(|letter| maintain || *letter != 'm')
            .map(|letter| (letter, false))
            .collect();
        let grantee = |role: &&str| {
            if *role == owner { Grantee::Owner } else { Grantee::Role((*role).to_owned()) }
        };
        Self(roles.iter().map(|role| (grantee(role), rights.clone())).collect())
    }

    /// What a schema has that its owner, everybody and these roles may use.
    pub(crate) fn usable_by(roles: &[&str]) -> Self {
        let mut acl = Self::builtin(SCHEMA, false);
        let others = roles.iter().map(|role| Grantee::Role((*role).to_owned()));
        for grantee in others.chain([Grantee::Public]) {
            acl.0.insert(grantee, BTreeMap::from([('U', false)]));
        }
        acl
    }

    /// What these roles hold.
    pub(crate) fn of(&self, roles: &[&str]) -> Self {
        let held = self
            .0
            .iter()
            .filter(|(grantee, _)| matches!(grantee, Grantee::Role(name) if roles.contains(&name.as_str())));
        Self(held.map(|(grantee, rights)| (grantee.clone(), rights.clone())).collect())
    }

    /// Reads `aclitem`s: `role=rights/grantor`, where a name that is not plain stands in double quotes.
    pub(crate) fn parse(items: &[String], owner: &str) -> Self {
        let mut acl = Self::default();
        for item in items {
            let Some((grantee, rights)) = split_item(item) else { continue };
            let grantee = match grantee {
                name if name.is_empty() => Grantee::Public,
                name if name == owner => Grantee::Owner,
                name => Grantee::Role(name),
            };
            let held = acl.0.entry(grantee).or_default();
            let mut letters = rights.chars().peekable();
            while let Some(letter) = letters.next() {
                let passes_on = letters.next_if_eq(&'*').is_some();
                *held.entry(letter).or_default() |= passes_on;
            }
        }
        // an owner may pass on anyway
        if let Some(own) = acl.0.get_mut(&Grantee::Owner) {
            for passes_on in own.values_mut() {
                *passes_on = false;
            }
        }
        acl.0.retain(|_, rights| !rights.is_empty());
        acl
    }

    /// Without a right that only newer servers know.
    pub(crate) fn without_maintain(mut self) -> Self {
        for rights in self.0.values_mut() {
            rights.remove(&'m');
        }
        self.0.retain(|_, rights| !rights.is_empty());
        self
    }

    /// Both lists together.
    pub(crate) fn union(mut self, other: &Self) -> Self {
        for (grantee, rights) in &other.0 {
            let held = self.0.entry(grantee.clone()).or_default();
            for (letter, passes_on) in rights {
                *held.entry(*letter).or_default() |= passes_on;
            }
        }
        self
    }

    /// What is left of a column's rights when those of its table go from one list to the other: what is revoked from
    /// a table is revoked from its columns too.
    pub(crate) fn left_on_column(&self, from: &Self, to: &Self) -> Self {
        let mut left = self.clone();
        for (grantee, rights) in &mut left.0 {
            let Some(before) = from.0.get(grantee) else { continue };
            let kept = |letter: &char| to.0.get(grantee).is_some_and(|after| after.contains_key(letter));
            // all of them are revoked as `all`
            let everything = !before.keys().any(kept);
            rights.retain(|letter, _| !everything && (!before.contains_key(letter) || kept(letter)));
        }
        left.0.retain(|_, rights| !rights.is_empty());
        left
    }

    /// The statements that turn `self` into `to`.
    pub(crate) fn changes(&self, to: &Self, target: &Target<'_>) -> Vec<String> {
        let mut revokes = Vec::new();
        let mut grants = Vec::new();
        let nobody = BTreeMap::new();
        let grantees: std::collections::BTreeSet<&Grantee> = self.0.keys().chain(to.0.keys()).collect();
        for grantee in grantees {
            let before = self.0.get(grantee).unwrap_or(&nobody);
            let after = to.0.get(grantee).unwrap_or(&nobody);
            let pick = |wanted: &dyn Fn(char) -> bool| -> Vec<char> {
                let mut letters: Vec<char> = before.keys().chain(after.keys()).copied().collect();
                letters.sort_unstable();
                letters.dedup();
                letters.retain(|letter| wanted(*letter));
                letters
            };
            let gone = pick(&|letter| !after.contains_key(&letter));
            if !gone.is_empty() {
                revokes.push(target.revoke(&gone, grantee, gone.len() == before.len(), ""));
            }
            let no_longer =
                pick(&|letter| before.get(&letter) == Some(&true) && after.get(&letter) == Some(&false));
            if !no_longer.is_empty() {
                revokes.push(target.revoke(&no_longer, grantee, false, "grant option for "));
            }
            for passes_on in [false, true] {
                let added = pick(&|letter| {
                    after.get(&letter) == Some(&passes_on)
                        && before.get(&letter).is_none_or(|had| passes_on && !had)
                });
                if !added.is_empty() {
                    grants.push(target.grant(&added, grantee, passes_on));
                }
            }
        }
        revokes.append(&mut grants);
        revokes
    }
}

/// What a grant is about, as SQL.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    /// `table "public"."x"`.
    pub on: String,
    pub class: Class,
    /// The role that stands for the owner.
    pub owner: &'a str,
    /// For rights on one column.
    pub column: Option<&'a str>,
    /// What goes before `grant` and `revoke`: `alter default privileges …`.
    pub prefix: String,
    /// Whether the server knows `maintain`, so that `all` means that too.
    pub maintain: bool,
}

impl Target<'_> {
    fn grant(&self, letters: &[char], grantee: &Grantee, passes_on: bool) -> String {
        let option = if passes_on { " with grant option" } else { "" };
        statement(&format!(
            "{}grant {} on {} to {}{option}",
            self.prefix,
            self.privileges(letters),
            self.on,
            self.name(grantee)
        ))
    }

    fn revoke(&self, letters: &[char], grantee: &Grantee, everything: bool, option: &str) -> String {
        let privileges =
            if everything && self.column.is_none() { "all".to_owned() } else { self.privileges(letters) };
        statement(&format!(
            "{}revoke {option}{privileges} on {} from {}",
            self.prefix,
            self.on,
            self.name(grantee)
        ))
    }

    fn privileges(&self, letters: &[char]) -> String {
        let wanted = |letter: &char| letters.contains(letter);
        let mut all = self.class.all.chars().filter(|letter| *letter != 'm' || self.maintain);
        if self.column.is_none() && all.all(|letter| wanted(&letter)) {
            return "all".to_owned();
        }
        let column = self.column.map(|name| format!(" ({})", ident(name))).unwrap_or_default();
        // in the order people know: select, insert, update, delete …
        let mut names: Vec<char> = "rawdDxtmUCXcTs".chars().filter(wanted).collect();
        names.dedup();
        names.iter().map(|letter| format!("{}{column}", privilege(*letter))).collect::<Vec<_>>().join(", ")
    }

    fn name(&self, grantee: &Grantee) -> String {
        match grantee {
            Grantee::Owner => ident(self.owner),
            Grantee::Public => "public".to_owned(),
            Grantee::Role(name) => ident(name),
        }
    }
}

/// `grantee` and rights of an item; the name may stand in quotes.
fn split_item(item: &str) -> Option<(String, &str)> {
    let (grantee, rest) = match item.strip_prefix('"') {
        None => {
            let (name, rest) = item.split_once('=')?;
            (name.to_owned(), rest)
        }
        Some(quoted) => {
            let mut name = String::new();
            let mut letters = quoted.char_indices().peekable();
            loop {
                let (_, letter) = letters.next()?;
                if letter != '"' {
                    name.push(letter);
                } else if letters.next_if(|(_, next)| *next == '"').is_some() {
                    name.push('"');
                } else {
                    break;
                }
            }
            let (at, _) = letters.next()?;
            (name, quoted.get(at + 1..)?)
        }
    };
    Some((grantee, rest.split('/').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(items: &[&str]) -> Acl {
        Acl::parse(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>(), "postgres")
    }

    fn changes(from: &[&str], to: &[&str]) -> Vec<String> {
        let target = Target {
            on: "table t".to_owned(),
            class: TABLE,
            owner: "postgres",
            column: None,
            prefix: String::new(),
            maintain: false,
        };
        acl(from).changes(&acl(to), &target)
    }

    #[test]
    fn only_the_difference_is_said() {
        assert!(changes(&["anon=r/postgres"], &["anon=r/other"]).is_empty());
        assert_eq!(
            changes(&["anon=ra/x"], &["anon=rw/x", "=r/x"]),
            [
                r#"revoke insert on table t from "anon";"#,
                "grant select on table t to public;",
                r#"grant update on table t to "anon";"#,
            ]
        );
        assert_eq!(changes(&["anon=ra/x"], &[]), [r#"revoke all on table t from "anon";"#]);
        assert_eq!(changes(&[], &["anon=arwdDxt/x"]), [r#"grant all on table t to "anon";"#]);
    }

    #[test]
    fn what_a_table_loses_its_columns_lose() {
        let column = acl(&["anon=rw/x", "other=r/x"]);
        let left = |from: &[&str], to: &[&str]| column.left_on_column(&acl(from), &acl(to));
        assert_eq!(left(&["anon=rd/x"], &["anon=d/x"]), acl(&["anon=w/x", "other=r/x"]));
        assert_eq!(left(&["anon=d/x"], &[]), acl(&["other=r/x"]));
        assert_eq!(left(&["anon=d/x"], &["anon=d/x"]), column);
    }

    #[test]
    fn options_to_pass_on_come_and_go() {
        assert_eq!(
            changes(&["a=r/x"], &["a=r*/x"]),
            [r#"grant select on table t to "a" with grant option;"#]
        );
        assert_eq!(
            changes(&["a=r*/x"], &["a=r/x"]),
            [r#"revoke grant option for select on table t from "a";"#]
        );
    }

    #[test]
    fn names_in_quotes_are_read() {
        assert_eq!(
            acl(&[r#""my ""role="=r/postgres"#]),
            Acl(BTreeMap::from([(Grantee::Role(r#"my "role="#.to_owned()), BTreeMap::from([('r', false)]))]))
        );
        assert_eq!(acl(&["nonsense", "\"open"]), Acl::default());
    }
}
