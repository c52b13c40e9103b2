//! What a role's future objects are granted: in one schema, or everywhere.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{Acl, Class, Target};
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::ident;

/// Default privileges of a role for one class of objects. Rights in a schema are added to those everywhere; rights
/// everywhere stand in place of Postgres' own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultPrivileges {
    /// The rights.
    pub acl: Acl,
    /// What they are about: a letter of `pg_default_acl`.
    pub letter: char,
    /// Whether the server knows the right `maintain`.
    pub maintain: bool,
}

impl DefaultPrivileges {
    /// The name of the rights of `role` for a class of objects, in a schema or (empty) everywhere.
    pub(crate) fn id(role: &str, schema: &str, letter: char) -> Id {
        Id::new(Kind::DefaultPrivileges, schema, role).part(letter)
    }

    pub(crate) fn read(cells: &mut Cells<'_>, mut head: Head, into: &mut Reading) -> Result<(), Error> {
        let acl = head.acl().unwrap_or_default();
        // the role is part of the name, not an owner
        (head.owner, head.acl_items) = (None, None);
        let letter =
            cells.text()?.chars().next().ok_or(Error::Unreadable("default privileges of nothing"))?;
        let id = Self::id(&head.name, &head.schema, letter);
        let maintain = into.maintain;
        into.add(826, id, Self { acl, letter, maintain }, head);
        Ok(())
    }

    /// What holds where nothing was said.
    fn unsaid(&self, id: &Id) -> Acl {
        match Class::of_letter(self.letter) {
            Some(class) if id.schema.is_empty() => Acl::builtin(class, self.maintain),
            _ => Acl::default(),
        }
    }

    fn between(&self, id: &Id, from: &Acl, to: &Acl) -> Steps {
        let Some(class) = Class::of_letter(self.letter) else { return Steps::none() };
        let schema =
            if id.schema.is_empty() { String::new() } else { format!(" in schema {}", ident(&id.schema)) };
        let target = Target {
            on: class.plural().to_owned(),
            class,
            owner: &id.name,
            column: None,
            prefix: format!("alter default privileges for role {}{schema} ", ident(&id.name)),
            maintain: self.maintain,
        };
        Steps { sql: from.changes(to, &target), hazards: Vec::new() }
    }
}

impl Definition for DefaultPrivileges {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        self.between(id, &self.unsaid(id), &self.acl)
    }

    fn drop(&self, id: &Id) -> Steps {
        self.between(id, &self.acl, &self.unsaid(id))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        Alteration::InPlace(self.between(id, &self.acl, &to.acl))
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, other: &Self) -> bool {
        self.acl == other.acl
    }
}
