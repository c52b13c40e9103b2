//! A database's schema as values: every object DDL can make, by name, with what it needs.

mod load;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

pub use load::{Scope, load};
pub(crate) use reading::{Cells, Head, Reading};

use crate::acl::{self, Acl};
use crate::id::{Id, Kind};
use crate::object::{Column, DefaultPrivileges, Object};

/// What a database's schema was at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The server's version, as `server_version_num`.
    pub version: i32,
    /// The schemas that were looked at.
    pub schemas: Vec<String>,
    /// All objects by name.
    pub entries: BTreeMap<Id, Entry>,
    /// What is there and can be neither compared nor printed, for people.
    pub unsupported: Vec<String>,
}

/// An object with what all kinds share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub object: Object,
    /// Who owns it; nothing for what belongs to something else.
    pub owner: Option<String>,
    /// Who may do what with it; nothing where there are no rights.
    pub acl: Option<Acl>,
    /// Its comment.
    pub comment: Option<String>,
    /// What has to be there before it.
    pub needs: BTreeSet<Id>,
    /// What it goes with when that is dropped.
    pub parent: Option<Id>,
}

impl Snapshot {
    /// The first version whose servers know the right `maintain`.
    const MAINTAIN: i32 = 170_000;

    /// The columns of a table in their order.
    pub(crate) fn columns(&self, table: &Id) -> Vec<(&Id, &Column)> {
        let mut columns: Vec<(&Id, &Column)> = self
            .parts(Kind::Column, table)
            .filter_map(|(id, entry)| match &entry.object {
                Object::Column(column) => Some((id, column)),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|(_, column)| column.position);
        columns
    }

    /// The objects of a kind that belong to a table or view.
    pub(crate) fn parts<'a>(
        &'a self,
        kind: Kind,
        table: &Id,
    ) -> impl Iterator<Item = (&'a Id, &'a Entry)> + use<'a> {
        let first = Id::new(kind, &*table.schema, &*table.name);
        let (schema, name) = (first.schema.clone(), first.name.clone());
        self.entries
            .range(first..)
            .take_while(move |(id, _)| id.kind == kind && id.schema == schema && id.name == name)
    }

    /// Whether the server knows the right `maintain`.
    pub(crate) fn knows_maintain(&self) -> bool {
        self.version >= Self::MAINTAIN
    }

    /// What an object has right after `role` made it: by its default privileges, or Postgres' own.
    pub(crate) fn initial_acl(&self, class: acl::Class, schema: &str, role: &str) -> Acl {
        let said = |schema: &str| match self
            .entries
            .get(&DefaultPrivileges::id(role, schema, class.letter))
            .map(|entry| &entry.object)
        {
            Some(Object::DefaultPrivileges(said)) => Some(&said.acl),
            _ => None,
        };
        if class == acl::COLUMN {
            return Acl::default();
        }
        let everywhere = said("").cloned().unwrap_or_else(|| Acl::builtin(class, self.knows_maintain()));
        match said(schema).filter(|_| !schema.is_empty()) {
            Some(here) => everywhere.union(here),
            None => everywhere,
        }
    }

    /// Without what only servers from 17 on know: to compare with an older one.
    #[must_use]
    pub(crate) fn without_maintain(mut self) -> Self {
        for entry in self.entries.values_mut() {
            entry.acl = entry.acl.take().map(Acl::without_maintain);
            if let Object::DefaultPrivileges(said) = &mut entry.object {
                said.acl = std::mem::take(&mut said.acl).without_maintain();
                said.maintain = false;
            }
        }
        self.version = self.version.min(Self::MAINTAIN - 1);
        self
    }

    /// Says that all rights on what `role` makes in a schema go to these roles too: how a platform begins.
    pub fn open_by_default(&mut self, role: &str, schema: &str, grantees: &[&str]) {
        for class in [acl::TABLE, acl::SEQUENCE, acl::ROUTINE] {
            let acl = Acl::all_to(class, self.knows_maintain(), role, grantees);
            let object = DefaultPrivileges { acl, letter: class.letter, maintain: self.knows_maintain() };
            let entry = Entry {
                object: object.into(),
                owner: None,
                acl: None,
                comment: None,
                needs: BTreeSet::new(),
                parent: None,
            };
            self.entries.insert(DefaultPrivileges::id(role, schema, class.letter), entry);
        }
    }

    /// Says that there is a schema `public`, as a platform makes it: usable by everybody and by these roles. What other
    /// roles may do in it is taken from `like`; nothing is said where that has no such schema.
    pub fn with_public(&mut self, like: &Self, roles: &[&str], platform_roles: &[&str]) {
        let id = Id::new(Kind::Schema, "public", "public");
        let Some(entry) = like.entries.get(&id) else { return };
        let held = entry.acl.clone().unwrap_or_default();
        let acl = Acl::usable_by(roles).union(&held.of(platform_roles));
        let comment = Some("standard public schema".to_owned());
        self.entries.insert(id, Entry { acl: Some(acl), comment, ..entry.clone() });
    }

    /// Without the objects that `keep` refuses.
    #[must_use]
    pub fn filtered(mut self, keep: impl Fn(&Id, &Entry) -> bool) -> Self {
        self.entries.retain(|id, entry| keep(id, entry));
        self
    }
}
