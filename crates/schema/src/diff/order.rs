//! In which order steps are taken: a topological sort of what needs what, before and after.
//!
//! Parts are folded into the statement of what they belong to where that is possible. Where it would make a circle
//! (two tables with foreign keys to each other are dropped; a default calls a function on the table itself), the
//! tables in the circle are split up: their parts become steps of their own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::is_swappable;
use super::plan::{Make, Plan};
use crate::id::{Id, Kind};
use crate::object::Object;
use crate::snapshot::Snapshot;

/// When a step is taken, if nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Phase {
    Drop,
    Make,
    Finish,
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node<'a> {
    pub phase: Phase,
    pub id: &'a Id,
}

/// The steps in order, and the tables that were split to get there.
pub(super) fn sort<'a>(plan: &Plan<'a>) -> (Vec<Node<'a>>, BTreeSet<Id>) {
    let mut split = BTreeSet::new();
    loop {
        match Graph::new(plan, &split).sorted() {
            Ok(nodes) => return (nodes, split),
            Err(circle) => {
                let before = split.len();
                split.extend(circle.nodes.iter().filter_map(|node| owner(node.id)));
                if split.len() == before {
                    return (circle.forced, split);
                }
            }
        }
    }
}

fn owner(id: &Id) -> Option<Id> {
    match id.kind {
        Kind::Table | Kind::Column => Some(Id::new(Kind::Table, &*id.schema, &*id.name)),
        Kind::View | Kind::MaterializedView => Some(id.clone()),
        _ => None,
    }
}

/// Steps that wait for one another; and an order all the same, as good as it gets.
struct Circle<'a> {
    nodes: Vec<Node<'a>>,
    forced: Vec<Node<'a>>,
}

struct Graph<'a, 'p> {
    plan: &'p Plan<'a>,
    split: &'p BTreeSet<Id>,
    nodes: Vec<Node<'a>>,
    index: HashMap<Node<'a>, usize>,
    /// Steps that come after each.
    after: Vec<BTreeSet<usize>>,
}

impl<'a, 'p> Graph<'a, 'p> {
    fn new(plan: &'p Plan<'a>, split: &'p BTreeSet<Id>) -> Self {
        let mut graph = Self { plan, split, nodes: Vec::new(), index: HashMap::new(), after: Vec::new() };
        for id in &plan.drops {
            if graph.dropper(id).is_some_and(|by| by == *id) {
                graph.node(Phase::Drop, id);
            }
        }
        for id in plan.makes.keys() {
            if graph.maker(id).is_some_and(|by| by == *id) {
                graph.node(Phase::Make, id);
            }
        }
        for id in &plan.swaps {
            graph.node(Phase::Finish, id);
        }
        graph.drop_edges();
        graph.make_edges();
        graph.name_edges();
        graph.partition_edges();
        graph
    }

    fn node(&mut self, phase: Phase, id: &'a Id) {
        let node = Node { phase, id };
        self.index.insert(node, self.nodes.len());
        self.nodes.push(node);
        self.after.push(BTreeSet::new());
    }

    /// The object whose drop takes this one along; itself, where it has a statement of its own.
    fn dropper(&self, id: &'a Id) -> Option<&'a Id> {
        let plan = self.plan;
        let entry = plan.from.entries.get(id)?;
        if plan.follows_parent(id, entry, false) && !plan.to.entries.contains_key(id) {
            let table = Id::new(Kind::Table, &*id.schema, &*id.name);
            if !plan.drops.contains(&table) {
                return None;
            }
        }
        if id.kind == Kind::IndexAttachment {
            // ends with either index or with the partition, without a word
            return None;
        }
        if let Some(parent) = plan.dropped_with(id) {
            return self.dropper(parent);
        }
        if let Object::Sequence(_) = &entry.object
            && let Some(Object::SequenceOwner(owner)) =
                plan.from.entries.get(&id.as_kind(Kind::SequenceOwner)).map(|entry| &entry.object)
            && let Some(column) = plan.drops.get(&owner.column())
        {
            return self.dropper(column);
        }
        let Some(parent) = entry.parent.as_ref().and_then(|parent| plan.drops.get(parent).copied()) else {
            return Some(id);
        };
        let goes_along = match id.kind {
            Kind::IdentitySequence | Kind::ViewColumn => true,
            Kind::Column => {
                !(self.split.contains(parent)
                    && matches!(&entry.object, Object::Column(column) if column.generated.is_some()))
            }
            // a column's default goes with it, a table's parts unless that makes a circle
            Kind::Default => !self.split.contains(&Id::new(Kind::Table, &*id.schema, &*id.name)),
            _ => !self.split.contains(parent),
        };
        if goes_along { self.dropper(parent) } else { Some(id) }
    }

    /// The object whose statement makes this one; itself, where it has one of its own.
    fn maker(&self, id: &'a Id) -> Option<&'a Id> {
        let plan = self.plan;
        let entry = plan.to.entries.get(id)?;
        let make = plan.makes.get(id)?;
        let table = Id::new(Kind::Table, &*id.schema, &*id.name);
        if matches!(make, Make::Create) && plan.follows_parent(id, entry, true) && !is_new(plan, &table) {
            return None;
        }
        let folds = match (&entry.object, make) {
            (Object::Column(column), Make::Create) => {
                is_new(plan, &table) && !(self.split.contains(&table) && column.generated.is_some())
            }
            (Object::Constraint(check), Make::Create) => {
                plan.follows_parent(id, entry, true) && check.kind == "c" && is_new(plan, &table)
            }
            (Object::Default(default), Make::Create) if !default.on_view => {
                let column = id.as_kind(Kind::Column);
                is_new(plan, &column) && !self.split.contains(&table) && !plan.comes_with_parent(&column)
            }
            _ => false,
        };
        if !folds {
            return Some(id);
        }
        let parent = entry.parent.as_ref()?;
        let (parent, _) = plan.makes.get_key_value(parent)?;
        self.maker(parent)
    }

    fn at(&self, phase: Phase, id: &'a Id) -> Option<usize> {
        self.index.get(&Node { phase, id }).copied()
    }

    fn drop_at(&self, id: &Id) -> Option<usize> {
        let id = self.plan.drops.get(id)?;
        self.at(Phase::Drop, self.dropper(id)?)
    }

    /// Where an old type is dropped after all.
    fn finish_at(&self, id: &Id) -> Option<usize> {
        self.at(Phase::Finish, self.plan.swaps.get(id)?)
    }

    fn make_at(&self, id: &Id) -> Option<usize> {
        let (id, _) = self.plan.makes.get_key_value(id)?;
        self.at(Phase::Make, self.maker(id)?)
    }

    fn edge(&mut self, first: Option<usize>, then: Option<usize>) {
        if let (Some(first), Some(then)) = (first, then)
            && first != then
            && let Some(after) = self.after.get_mut(first)
        {
            after.insert(then);
        }
    }

    /// What goes, goes before what it needs; what changes, lets go of what goes.
    fn drop_edges(&mut self) {
        let plan = self.plan;
        for id in &plan.drops {
            let Some(entry) = plan.from.entries.get(*id) else { continue };
            let this = self.drop_at(id);
            for need in &entry.needs {
                if is_swappable(&entry.object) {
                    // the old one of a type is there until what is made of it is gone
                    let gone = self.finish_at(need).or_else(|| self.drop_at(need));
                    self.edge(self.finish_at(id).or(this), gone);
                } else {
                    self.edge(this, self.drop_at(need));
                }
                // of a schema only rights and comment change; a type below an old one is changed while that is there
                let waits = need.kind != Kind::Schema && !is_swappable(&entry.object);
                if waits && matches!(plan.makes.get(need), Some(Make::Alter(_))) {
                    self.edge(this, self.make_at(need));
                }
            }
            self.edge(this, self.make_at(id));
        }
        for (id, make) in &plan.makes {
            let (Make::Alter(_), Some(entry)) = (make, plan.from.entries.get(*id)) else { continue };
            for need in &entry.needs {
                if let Some(finish) = self.finish_at(need) {
                    self.edge(self.make_at(id), Some(finish));
                } else if !plan.makes.contains_key(need) {
                    self.edge(self.make_at(id), self.drop_at(need));
                }
            }
        }
        for id in &plan.swaps {
            self.edge(self.make_at(id), self.finish_at(id));
        }
    }

    /// What comes, comes after what it needs.
    fn make_edges(&mut self) {
        let plan = self.plan;
        for id in plan.makes.keys() {
            let Some(entry) = plan.to.entries.get(*id) else { continue };
            let this = self.make_at(id);
            for need in &entry.needs {
                self.edge(self.make_at(need), this);
            }
        }
    }

    /// A name has to be free before it is used again.
    fn name_edges(&mut self) {
        let plan = self.plan;
        let mut going: HashMap<(bool, String, String), Vec<Option<usize>>> = HashMap::new();
        for id in &plan.drops {
            let Some(entry) = plan.from.entries.get(*id) else { continue };
            for name in names(id, &entry.object) {
                let mut frees = vec![self.drop_at(id)];
                if id.kind == Kind::IdentitySequence {
                    frees.push(self.make_at(&id.as_kind(Kind::Column)));
                }
                going.entry(name).or_default().append(&mut frees);
            }
        }
        for (id, make) in &plan.makes {
            let (Make::Create, Some(entry)) = (make, plan.to.entries.get(*id)) else { continue };
            let takes = if id.kind == Kind::IdentitySequence {
                self.make_at(&id.as_kind(Kind::Column))
            } else {
                self.make_at(id)
            };
            for name in names(id, &entry.object) {
                for frees in going.get(&name).cloned().unwrap_or_default() {
                    self.edge(frees, takes);
                }
            }
        }
    }

    /// A partition leaves before its parent's columns change and is attached when both have the same ones.
    fn partition_edges(&mut self) {
        let plan = self.plan;
        let attachments =
            |snapshot: &'a Snapshot| snapshot.entries.iter().filter(|(id, _)| id.kind == Kind::Partition);
        for (id, entry) in attachments(plan.from).filter(|(id, _)| plan.drops.contains(id)) {
            for table in entry.needs.iter().filter(|need| need.kind == Kind::Table) {
                for (column, _) in plan.to.parts(Kind::Column, table) {
                    self.edge(self.drop_at(id), self.make_at(column));
                }
            }
        }
        for (child, parent) in plan.attached() {
            let partition = Id::new(Kind::Partition, &*child.schema, &*child.name);
            self.edge(self.drop_at(&partition), self.drop_at(parent));
        }
        for (id, entry) in attachments(plan.to).filter(|(id, _)| plan.makes.contains_key(id)) {
            for table in entry.needs.iter().filter(|need| need.kind == Kind::Table) {
                for (column, _) in plan.from.parts(Kind::Column, table) {
                    self.edge(self.drop_at(column), self.make_at(id));
                }
                for (column, _) in plan.to.parts(Kind::Column, table) {
                    self.edge(self.make_at(column), self.make_at(id));
                }
            }
        }
    }

    fn sorted(self) -> Result<Vec<Node<'a>>, Circle<'a>> {
        let mut waiting = vec![0usize; self.nodes.len()];
        for then in self.after.iter().flatten() {
            if let Some(count) = waiting.get_mut(*then) {
                *count += 1;
            }
        }
        let mut left: BTreeSet<usize> = (0..self.nodes.len()).collect();
        let mut ready: BinaryHeap<Reverse<(Rank<'a>, usize)>> = BinaryHeap::new();
        let rank = |at: usize| self.nodes.get(at).map(|node| Reverse((Rank::of(*node), at)));
        ready.extend((0..waiting.len()).filter(|at| waiting.get(*at) == Some(&0)).filter_map(rank));
        let mut sorted = Vec::with_capacity(self.nodes.len());
        let mut circle: Vec<Node<'a>> = Vec::new();
        while !left.is_empty() {
            let next = if let Some(Reverse((_, at))) = ready.pop() {
                at
            } else {
                let found = self.circle(&left);
                circle.extend(found.iter().filter_map(|at| self.nodes.get(*at)));
                // the first of them by rank goes first, for want of anything better
                let Some(Reverse((_, at))) = found.iter().copied().filter_map(rank).max() else { break };
                at
            };
            if !left.remove(&next) {
                continue;
            }
            sorted.extend(self.nodes.get(next));
            for then in self.after.get(next).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(*then) {
                    *count = count.saturating_sub(1);
                    if *count == 0 && left.contains(then) {
                        ready.extend(rank(*then));
                    }
                }
            }
        }
        if circle.is_empty() { Ok(sorted) } else { Err(Circle { nodes: circle, forced: sorted }) }
    }

    /// Steps among these that wait for one another in a ring.
    fn circle(&self, left: &BTreeSet<usize>) -> Vec<usize> {
        let mut before: BTreeMap<usize, usize> = BTreeMap::new();
        for at in left {
            for then in self.after.get(*at).into_iter().flatten().filter(|then| left.contains(then)) {
                before.entry(*then).or_insert(*at);
            }
        }
        let mut walked = Vec::new();
        let mut at = left.first().copied();
        while let Some(here) = at {
            if let Some(start) = walked.iter().position(|seen| *seen == here) {
                return walked.split_off(start);
            }
            walked.push(here);
            at = before.get(&here).copied();
        }
        walked
    }
}

fn is_new(plan: &Plan<'_>, id: &Id) -> bool {
    matches!(plan.makes.get(id), Some(Make::Create))
}

/// What comes first when nothing decides: drops from the leaves inward, then makes as kinds are listed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a> {
    phase: Phase,
    kind: Result<Kind, Reverse<Kind>>,
    id: &'a Id,
}

impl<'a> Rank<'a> {
    fn of(node: Node<'a>) -> Self {
        let kind = node.id.kind;
        let kind = if node.phase == Phase::Make { Ok(kind) } else { Err(Reverse(kind)) };
        Self { phase: node.phase, kind, id: node.id }
    }
}

/// The names an object takes in its schema: among relations (`false`) and among types (`true`).
fn names(id: &Id, object: &Object) -> Vec<(bool, String, String)> {
    let schema = || id.schema.clone();
    if let Object::IdentitySequence(sequence) = object {
        return vec![(false, sequence.schema.clone(), sequence.sequence.clone())];
    }
    match id.kind {
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::Composite => {
            vec![(false, schema(), id.name.clone()), (true, schema(), id.name.clone())]
        }
        Kind::Sequence => vec![(false, schema(), id.name.clone())],
        Kind::Index | Kind::Constraint => vec![(false, schema(), id.part.clone())],
        Kind::Enum | Kind::Domain | Kind::Range => vec![(true, schema(), id.name.clone())],
        _ => Vec::new(),
    }
}
