//! Which objects are dropped, made and changed; and which have to be taken down because something below them is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Options, facets, is_swappable};
use crate::id::{Id, Kind};
use crate::object::{Alteration, Object, Steps};
use crate::snapshot::{Entry, Snapshot};
use crate::sql::{ident, qualified};

/// What a type is called between being replaced and being dropped.
const OLD: &str = "__old_version_to_be_dropped";

/// How many bytes a name has at most.
const LONGEST_NAME: usize = 63;

/// A name that is free, also where the present one is as long as names can be.
fn old(name: &str, ending: &str) -> String {
    let mut kept = name.len().min(LONGEST_NAME - ending.len());
    while !name.is_char_boundary(kept) {
        kept -= 1;
    }
    format!("{}{ending}", name.get(..kept).unwrap_or_default())
}

/// How an object comes to be as it should.
#[derive(Debug, Clone)]
pub(super) enum Make {
    Create,
    Alter(Steps),
}

/// All steps, not yet in order.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub from: &'a Snapshot,
    pub to: &'a Snapshot,
    /// What goes; what is also in `makes` comes again.
    pub drops: BTreeSet<&'a Id>,
    pub makes: BTreeMap<&'a Id, Make>,
    /// Types that columns have: renamed, made anew, and dropped when the columns have the new one.
    pub swaps: BTreeSet<&'a Id>,
    /// What needs an object, in `from`.
    dependents: HashMap<&'a Id, Vec<&'a Id>>,
    /// Index of a partition to the index it is part of, in `from`; and back.
    attached: HashMap<&'a Id, &'a Id>,
    attachments: HashMap<&'a Id, Vec<&'a Id>>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(from: &'a Snapshot, to: &'a Snapshot, options: &Options) -> Self {
        let mut plan = Self {
            from,
            to,
            drops: BTreeSet::new(),
            makes: BTreeMap::new(),
            swaps: BTreeSet::new(),
            dependents: HashMap::new(),
            attached: HashMap::new(),
            attachments: HashMap::new(),
        };
        for (id, entry) in &from.entries {
            for need in &entry.needs {
                if let Some((need, _)) = from.entries.get_key_value(need) {
                    plan.dependents.entry(need).or_default().push(id);
                }
            }
        }
        plan.find_attachments();
        let causes = plan.compare(options);
        plan.close(causes);
        plan.swap_below();
        plan
    }

    fn find_attachments(&mut self) {
        for (id, entry) in &self.from.entries {
            if id.kind != Kind::IndexAttachment {
                continue;
            }
            let Some(own) = &entry.parent else { continue };
            let parent = entry
                .needs
                .iter()
                .find(|need| *need != own && matches!(need.kind, Kind::Index | Kind::Constraint));
            if let (Some((own, _)), Some(parent)) = (self.from.entries.get_key_value(own), parent)
                && let Some((parent, _)) = self.from.entries.get_key_value(parent)
            {
                self.attached.insert(own, parent);
                self.attachments.entry(parent).or_default().push(own);
            }
        }
    }

    /// Compares object by object; returns what others may be unable to stand on: dropped, or rewritten.
    fn compare(&mut self, options: &Options) -> Vec<(&'a Id, bool)> {
        let mut causes = Vec::new();
        let mut grown = Vec::new();
        for (id, before) in &self.from.entries {
            let Some(after) = self.to.entries.get(id) else {
                self.drops.insert(id);
                causes.push((id, true));
                continue;
            };
            let facets = facets::differ(before, after, self.from, self.to, options);
            if before.object.same(&after.object) {
                if facets {
                    self.makes.insert(id, Make::Alter(Steps::none()));
                }
                continue;
            }
            let alteration = match Self::alteration(id, before, after) {
                Alteration::InPlace(_) if self.is_checked_out_of_reach(id, before, after) => {
                    Alteration::Replace
                }
                alteration => alteration,
            };
            match alteration {
                Alteration::InPlace(steps) if steps.sql.is_empty() && !facets => {}
                Alteration::InPlace(steps) => {
                    if id.kind == Kind::Enum {
                        grown.push(id);
                    }
                    self.makes.insert(id, Make::Alter(steps));
                }
                Alteration::Rewrite(steps) => {
                    self.makes.insert(id, Make::Alter(steps));
                    causes.push((id, false));
                }
                Alteration::Replace => {
                    self.drops.insert(id);
                    self.makes.insert(id, Make::Create);
                    causes.push((id, true));
                }
            }
        }
        for id in self.to.entries.keys().filter(|id| !self.from.entries.contains_key(id)) {
            self.makes.insert(id, Make::Create);
        }
        for id in grown {
            if self.uses_new_label(id) {
                self.drops.insert(id);
                self.makes.insert(id, Make::Create);
                causes.push((id, true));
            }
        }
        causes
    }

    /// Whether values would have to be checked that Postgres does not look for: those of a domain inside arrays and
    /// composites.
    fn is_checked_out_of_reach(&self, id: &Id, before: &Entry, after: &Entry) -> bool {
        let (Object::Domain(from), Object::Domain(to)) = (&before.object, &after.object) else {
            return false;
        };
        let checks = to.not_null && !from.not_null
            || to.checks.iter().any(|check| !from.checks.contains(check) && !check.1.ends_with(" NOT VALID"));
        checks && self.is_inside(id)
    }

    /// Whether arrays or composites are made of this.
    fn is_inside(&self, id: &Id) -> bool {
        self.dependents.get(id).is_some_and(|dependents| {
            dependents.iter().any(|dependent| {
                match self.from.entries.get(*dependent).map(|entry| &entry.object) {
                    Some(Object::Composite(_)) => true,
                    Some(Object::Column(column)) => column.data_type.ends_with("[]"),
                    Some(Object::Domain(domain)) => domain.base.ends_with("[]") || self.is_inside(dependent),
                    _ => false,
                }
            })
        })
    }

    /// How one becomes the other; what only follows a parent's change needs no statement.
    fn alteration(id: &Id, before: &Entry, after: &Entry) -> Alteration {
        if let (Object::Column(from), Object::Column(to)) = (&before.object, &after.object)
            && to.is_inherited
            && !to.is_local
            && from.is_inherited
        {
            let mut followed = from.clone();
            followed.data_type.clone_from(&to.data_type);
            followed.collation.clone_from(&to.collation);
            followed.generated.clone_from(&to.generated);
            let followed = Object::Column(followed);
            if followed.same(&after.object) {
                return Alteration::InPlace(Steps::none());
            }
            return followed.alter(id, &after.object);
        }
        before.object.alter(id, &after.object)
    }

    /// A value that was added cannot be used before the end of the transaction, unless the type is made in it.
    fn uses_new_label(&self, id: &Id) -> bool {
        let (Some(Object::Enum(from)), Some(Object::Enum(to))) = (
            self.from.entries.get(id).map(|entry| &entry.object),
            self.to.entries.get(id).map(|entry| &entry.object),
        ) else {
            return false;
        };
        let labels: Vec<String> = from
            .added(to)
            .unwrap_or_default()
            .iter()
            .map(|label| format!("'{}'", label.replace('\'', "''")))
            .collect();
        self.makes.keys().filter(|made| **made != id).any(|made| {
            self.to.entries.get(*made).is_some_and(|entry| {
                let needs_it = entry.needs.contains(id)
                    || entry.needs.iter().any(|need| need.kind == Kind::Column || need.kind == Kind::Domain);
                needs_it && {
                    let text = format!("{:?}", entry.object);
                    labels.iter().any(|label| text.contains(&**label))
                }
            })
        })
    }

    /// Takes down whatever cannot stay, until nothing more has to go.
    fn close(&mut self, mut causes: Vec<(&'a Id, bool)>) {
        while let Some((cause, dropped)) = causes.pop() {
            if dropped && self.is_followed(cause) && self.is_worn(cause) {
                self.swaps.insert(cause);
            }
            for dependent in self.dependents.get(cause).cloned().unwrap_or_default() {
                self.react(dependent, cause, dropped, &mut causes);
            }
            if !dropped {
                continue;
            }
            // indexes of partitions go with the one they are part of, and not without it
            for child in self.attachments.get(cause).cloned().unwrap_or_default() {
                if !self.is_detached(child) {
                    self.take_down(child, &mut causes);
                }
            }
            if let Some(parent) = self.attached.get(cause).copied()
                && !self.is_detached(cause)
                && !self.drops.contains(&Id::new(Kind::Table, &*cause.schema, &*cause.name))
            {
                self.take_down(parent, &mut causes);
            }
        }
    }

    /// What an old type is made of is there as long as that is.
    fn swap_below(&mut self) {
        let mut above: Vec<&'a Id> = self.swaps.iter().copied().collect();
        let mut seen: BTreeSet<&'a Id> = self.swaps.clone();
        while let Some(id) = above.pop() {
            let Some(entry) = self.from.entries.get(id) else { continue };
            for need in &entry.needs {
                let Some(need) = self.drops.get(need).copied() else { continue };
                let is_type = self.from.entries.get(need).is_some_and(|entry| is_swappable(&entry.object));
                if is_type && seen.insert(need) {
                    above.push(need);
                    if self.is_followed(need) {
                        self.swaps.insert(need);
                    }
                }
            }
        }
    }

    /// Whether something else takes its name: itself in another form, or a type of another kind.
    fn is_followed(&self, id: &Id) -> bool {
        const KINDS: [Kind; 7] = [
            Kind::Enum,
            Kind::Domain,
            Kind::Composite,
            Kind::Range,
            Kind::Table,
            Kind::View,
            Kind::MaterializedView,
        ];
        self.makes.contains_key(id)
            || KINDS.iter().any(|kind| matches!(self.makes.get(&id.as_kind(*kind)), Some(Make::Create)))
    }

    /// Whether a column that stays has this type.
    fn is_worn(&self, id: &'a Id) -> bool {
        let Some(entry) = self.from.entries.get(id) else { return false };
        is_swappable(&entry.object)
            && self.dependents.get(id).is_some_and(|dependents| {
                dependents.iter().any(|dependent| {
                    dependent.kind == Kind::Column && self.to.entries.contains_key(*dependent)
                })
            })
    }

    fn react(&mut self, id: &'a Id, cause: &Id, dropped: bool, causes: &mut Vec<(&'a Id, bool)>) {
        let stays = self.to.entries.contains_key(id) && !self.drops.contains(id);
        if !stays {
            return;
        }
        let cause_is_type = matches!(cause.kind, Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range);
        let computed = self.from.entries.get(id).is_some_and(
            |entry| matches!(&entry.object, Object::Column(column) if column.generated.is_some()),
        );
        let goes = match id.kind {
            Kind::Column if dropped && cause_is_type && !computed => {
                self.convert(id, causes);
                false
            }
            Kind::Column => computed || (dropped && cause.kind == Kind::Table),
            Kind::Partition => dropped && cause.kind == Kind::Table,
            Kind::Sequence | Kind::Schema | Kind::DefaultPrivileges | Kind::Extension => false,
            Kind::Constraint
            | Kind::Index
            | Kind::IndexAttachment
            | Kind::IdentitySequence
            | Kind::Table
            | Kind::SequenceOwner
            | Kind::ReplicaIdentity
            | Kind::ViewColumn => dropped,
            _ => dropped || !matches!(cause.kind, Kind::Sequence),
        };
        if goes {
            self.take_down(id, causes);
        }
    }

    /// A column whose type is being swapped.
    fn convert(&mut self, id: &'a Id, causes: &mut Vec<(&'a Id, bool)>) {
        let Some(Object::Column(to)) = self.to.entries.get(id).map(|entry| &entry.object) else { return };
        let follows_parent = to.is_inherited && !to.is_local;
        let Some(Object::Column(from)) = self.from.entries.get(id).map(|entry| &entry.object) else { return };
        let mut retyped = from.clone();
        retyped.data_type.clone_from(&to.data_type);
        retyped.collation.clone_from(&to.collation);
        let mut steps = Steps::none();
        if !follows_parent {
            steps.append(crate::object::Column::convert_through_text(id, to).hazard(format!(
                "{id} is converted by way of text: fails where a value is not one of the new type"
            )));
        }
        let (retyped, to) = (Object::Column(retyped), Object::Column(to.clone()));
        if !retyped.same(&to)
            && let Alteration::InPlace(rest) | Alteration::Rewrite(rest) = retyped.alter(id, &to)
        {
            steps.append(rest);
        }
        self.makes.insert(id, Make::Alter(steps));
        causes.push((id, false));
    }

    fn take_down(&mut self, id: &'a Id, causes: &mut Vec<(&'a Id, bool)>) {
        if self.drops.insert(id) {
            if self.to.entries.contains_key(id) {
                self.makes.insert(self.key_in_to(id), Make::Create);
            }
            causes.push((id, true));
        }
    }

    fn key_in_to(&self, id: &'a Id) -> &'a Id {
        self.to.entries.get_key_value(id).map_or(id, |(key, _)| key)
    }

    /// Whether this index's table stops being a partition.
    fn is_detached(&self, index: &Id) -> bool {
        self.drops.contains(&Id::new(Kind::Partition, &*index.schema, &*index.name))
    }

    /// Whether an object comes or goes with its parent table's own change, without a statement.
    pub(super) fn follows_parent(&self, id: &Id, entry: &Entry, making: bool) -> bool {
        let (inherited, partition) = match &entry.object {
            Object::Column(column) => (column.is_inherited && !column.is_local, true),
            Object::Constraint(check) if check.kind == "c" => (check.is_inherited, check.on_partition),
            _ => return false,
        };
        if !inherited {
            return false;
        }
        let table = Id::new(Kind::Table, &*id.schema, &*id.name);
        let attachment = table.as_kind(Kind::Partition);
        if making {
            let attached_now = self.makes.contains_key(&attachment);
            let table_is_new = matches!(self.makes.get(&table), Some(Make::Create));
            !(partition && (attached_now || table_is_new))
        } else {
            !self.drops.contains(&attachment)
        }
    }

    /// Whether the column is there without being named, because its new table inherits it.
    pub(super) fn comes_with_parent(&self, column: &Id) -> bool {
        let table = Id::new(Kind::Table, &*column.schema, &*column.name);
        matches!(self.to.entries.get(&table).map(|entry| &entry.object), Some(Object::Table(table)) if !table.is_partition)
            && matches!(
                self.to.entries.get(column).map(|entry| &entry.object),
                Some(Object::Column(column)) if column.is_inherited && !column.is_local
            )
    }

    /// The parts that are made by the same statement as this object.
    pub(super) fn folded_makes(&self, id: &Id, split: &BTreeSet<Id>) -> Vec<(&'a Id, &'a Entry)> {
        if id.kind != Kind::Table {
            return Vec::new();
        }
        self.to
            .parts(Kind::Column, id)
            .filter(|(_, entry)| match &entry.object {
                Object::Column(column) => !(split.contains(id) && column.generated.is_some()),
                _ => false,
            })
            .collect()
    }

    /// The statements that take an object down.
    pub(super) fn drop_steps(&self, id: &Id) -> Steps {
        let Some(entry) = self.from.entries.get(id) else { return Steps::none() };
        if self.swaps.contains(id) {
            let word = if id.kind == Kind::Domain { "domain" } else { "type" };
            let name = ident(&old(&id.name, OLD));
            return Steps::one(format!("alter {word} {} rename to {name}", id.relation()));
        }
        entry.object.drop(id)
    }

    /// The end of a swapped type.
    pub(super) fn swapped_out(id: &Id) -> Steps {
        let word = if id.kind == Kind::Domain { "domain" } else { "type" };
        Steps::one(format!("drop {word} {}", qualified(&id.schema, &old(&id.name, OLD))))
    }

    /// Indexes of partitions, each with the one it is part of.
    pub(super) fn attached(&self) -> impl Iterator<Item = (&'a Id, &'a Id)> {
        self.attached.iter().map(|(child, parent)| (*child, *parent))
    }

    /// The index this one goes with when that is dropped, where it is not detached before.
    pub(super) fn dropped_with(&self, id: &Id) -> Option<&'a Id> {
        let parent = self.attached.get(id).copied()?;
        (self.drops.contains(parent) && !self.is_detached(id)).then_some(parent)
    }
}
