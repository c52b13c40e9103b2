//! A snapshot while it is read: rows become entries, and oids become names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pg::Row;

use super::Entry;
use crate::Error;
use crate::acl::Acl;
use crate::id::{Id, Kind};
use crate::object::Object;

const RELATION: u32 = 1259;

/// The cells of a row, one after the other.
#[derive(Debug)]
pub(crate) struct Cells<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    fn take<T: pg::FromText>(&mut self) -> Result<T, Error> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    pub(crate) fn text(&mut self) -> Result<String, Error> {
        self.take()
    }

    pub(crate) fn optional(&mut self) -> Result<Option<String>, Error> {
        self.take()
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        self.take()
    }

    pub(crate) fn number(&mut self) -> Result<i32, Error> {
        self.take()
    }

    pub(crate) fn oid(&mut self) -> Result<u32, Error> {
        self.take()
    }

    pub(crate) fn optional_oid(&mut self) -> Result<Option<u32>, Error> {
        self.take()
    }

    /// An array; NULL is an empty one.
    pub(crate) fn list(&mut self) -> Result<Vec<String>, Error> {
        Ok(self.take::<Option<Vec<String>>>()?.unwrap_or_default())
    }
}

/// The cells that every query begins with.
#[derive(Debug)]
pub(crate) struct Head {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    pub comment: Option<String>,
    pub owner: Option<String>,
    pub acl_items: Option<Vec<String>>,
}

impl Head {
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            oid: cells.oid()?,
            schema: cells.text()?,
            name: cells.text()?,
            comment: cells.optional()?,
            owner: cells.optional()?,
            acl_items: cells.take()?,
        })
    }

    pub(crate) fn acl(&self) -> Option<Acl> {
        Some(Acl::parse(self.acl_items.as_ref()?, self.owner.as_deref().unwrap_or_default()))
    }
}

/// What is known so far.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub entries: BTreeMap<Id, Entry>,
    pub maintain: bool,
    addresses: HashMap<(u32, u32), Id>,
    parts: HashMap<(u32, u32, i32), Id>,
    aliases: HashMap<(u32, u32), (u32, u32)>,
    needs: Vec<(Id, Id)>,
}

impl Reading {
    pub(crate) fn new(maintain: bool) -> Self {
        Self { maintain, ..Self::default() }
    }

    /// An object with an oid, an owner, rights and a comment of its own.
    pub(crate) fn add(&mut self, class: u32, id: Id, object: impl Into<Object>, head: Head) {
        let acl = head.acl();
        self.address(class, head.oid, &id);
        let entry = Entry {
            object: object.into(),
            owner: head.owner,
            acl,
            comment: head.comment,
            needs: BTreeSet::new(),
            parent: None,
        };
        self.entries.insert(id, entry);
    }

    /// Something that belongs to another object.
    pub(crate) fn add_part(
        &mut self,
        id: Id,
        object: impl Into<Object>,
        parent: Id,
        needs: impl IntoIterator<Item = Id>,
    ) {
        let entry = Entry {
            object: object.into(),
            owner: None,
            acl: None,
            comment: None,
            needs: needs.into_iter().collect(),
            parent: Some(parent),
        };
        self.entries.insert(id, entry);
    }

    /// Says that one goes when the other does.
    pub(crate) fn belongs(&mut self, id: &Id, parent: Id) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.needs.insert(parent.clone());
            entry.parent = Some(parent);
        }
    }

    /// Rights and comment of what was added before.
    pub(crate) fn facets(&mut self, id: &Id, acl: Option<Acl>, comment: Option<String>) {
        if let Some(entry) = self.entries.get_mut(id) {
            (entry.acl, entry.comment) = (acl, comment);
        }
    }

    /// Says that one needs the other, which may not be known yet.
    pub(crate) fn need(&mut self, id: &Id, other: &Id) {
        self.needs.push((id.clone(), other.clone()));
    }

    /// Which object an oid is.
    pub(crate) fn address(&mut self, class: u32, oid: u32, id: &Id) {
        self.addresses.insert((class, oid), id.clone());
    }

    /// Which object a column of a relation is.
    pub(crate) fn address_part(&mut self, class: u32, oid: u32, part: i32, id: &Id) {
        self.parts.insert((class, oid, part), id.clone());
    }

    /// The table, view or index with this oid.
    pub(crate) fn relation(&self, oid: u32) -> Option<&Id> {
        self.addresses.get(&(RELATION, oid))
    }

    /// The table or view of this name; a table where it is nothing we read.
    pub(crate) fn relation_named(&self, schema: &str, name: &str) -> Id {
        [Kind::View, Kind::MaterializedView]
            .into_iter()
            .map(|kind| Id::new(kind, schema, name))
            .find(|id| self.entries.contains_key(id))
            .unwrap_or_else(|| Id::new(Kind::Table, schema, name))
    }

    /// An object that is a piece of another one.
    pub(crate) fn alias(&mut self, row: &Row) -> Result<(), Error> {
        let mut cells = Cells::new(row);
        let piece = (cells.oid()?, cells.oid()?);
        self.aliases.insert(piece, (cells.oid()?, cells.oid()?));
        Ok(())
    }

    /// One row of the server's book of dependencies.
    pub(crate) fn dependency(&mut self, row: &Row) -> Result<(), Error> {
        let mut cells = Cells::new(row);
        let from = (cells.oid()?, cells.oid()?, cells.number()?);
        let on = (cells.oid()?, cells.oid()?, cells.number()?);
        let kind = cells.text()?;
        let (Some(id), Some(on)) = (self.resolve(from), self.resolve(on)) else { return Ok(()) };
        let skipped = match (id.kind, on.kind) {
            // a sequence that a column owns; and a table's own columns it is partitioned by
            (Kind::Sequence, Kind::Column) => true,
            (Kind::Table, Kind::Column) => id.schema == on.schema && id.name == on.name,
            // partitions are attached, a step of its own
            (Kind::Table, Kind::Table) => kind == "a",
            _ => id == on,
        };
        if !skipped && kind != "e" {
            let (id, on) = (id.clone(), on.clone());
            self.needs.push((id, on));
        }
        Ok(())
    }

    /// A member of an extension stands for the extension.
    pub(crate) fn member(&mut self, row: &Row) -> Result<(), Error> {
        let mut cells = Cells::new(row);
        let (class, oid, _) = (cells.oid()?, cells.oid()?, cells.number()?);
        let extension = (cells.oid()?, cells.oid()?);
        let _part = cells.number()?;
        if cells.text()? == "e" {
            self.aliases.insert((class, oid), extension);
        }
        Ok(())
    }

    fn resolve(&self, (class, oid, part): (u32, u32, i32)) -> Option<&Id> {
        if part != 0
            && let Some(id) = self.parts.get(&(class, oid, part))
        {
            return Some(id);
        }
        let mut at = (class, oid);
        // aliases are never deeper: array, multirange, range
        for _ in 0..4 {
            if let Some(id) = self.addresses.get(&at) {
                return Some(id);
            }
            at = *self.aliases.get(&at)?;
        }
        None
    }

    /// Puts the needs where they belong.
    pub(crate) fn finish(mut self) -> BTreeMap<Id, Entry> {
        for (id, on) in std::mem::take(&mut self.needs) {
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.needs.insert(on);
            }
        }
        // everything needs its schema
        let schemas: BTreeSet<String> =
            self.entries.keys().filter(|id| id.kind == Kind::Schema).map(|id| id.name.clone()).collect();
        for (id, entry) in &mut self.entries {
            let schema = match &entry.object {
                Object::Extension(extension) => &extension.schema,
                _ => &id.schema,
            };
            if id.kind != Kind::Schema && schemas.contains(schema) {
                entry.needs.insert(Id::new(Kind::Schema, &**schema, &**schema));
            }
        }
        // a partition is attached when its columns, indexes and constraints are there
        let partitions: Vec<Id> =
            self.entries.keys().filter(|id| id.kind == Kind::Partition).cloned().collect();
        for partition in partitions {
            let mut needs: Vec<Id> = Vec::new();
            for kind in [Kind::Column, Kind::Constraint, Kind::Index] {
                let first = partition.as_kind(kind);
                needs.extend(
                    self.entries
                        .range(first.clone()..)
                        .take_while(|(id, _)| {
                            id.kind == kind && id.schema == first.schema && id.name == first.name
                        })
                        .map(|(id, _)| id.clone()),
                );
            }
            if let Some(entry) = self.entries.get_mut(&partition) {
                entry.needs.extend(needs);
            }
        }
        self.entries
    }
}
