//! What turns one schema into another: statements in an order in which they apply.
//!
//! `plan` decides what is dropped, made and changed, and what has to go because something below it does; `order`
//! sorts these steps by what needs what; `facets` adds owners, rights and comments. The statements themselves are
//! the business of `crate::object`.

mod facets;
mod order;
mod plan;

use std::collections::BTreeSet;

use crate::id::{Id, Kind};
use crate::object::{Around, Object, Steps};
use crate::snapshot::Snapshot;
use order::{Node, Phase};
use plan::{Make, Plan};

/// What decides how a difference is written.
#[derive(Debug, Clone)]
pub struct Options {
    /// The role that will run the statements: it owns what they make, and its default privileges hold.
    pub role: String,
    /// Roles that own things as a matter of course: between them, owners are not compared.
    pub usual_owners: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            role: "postgres".to_owned(),
            usual_owners: ["postgres", "supabase_admin", "pg_database_owner"].map(str::to_owned).to_vec(),
        }
    }
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed and stays.
    Alter,
    /// It is dropped, or taken down to be made anew.
    Drop,
}

/// One step of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The object.
    pub id: Id,
    /// What happens to it.
    pub action: Action,
    /// The statements, each with its semicolon.
    pub sql: Vec<String>,
    /// What may go wrong or get lost.
    pub hazards: Vec<String>,
}

impl Change {
    /// Whether data or an object is gone afterwards.
    pub fn is_destructive(&self) -> bool {
        self.action == Action::Drop && !self.sql.is_empty()
    }
}

/// The statements that turn `from` into `to`, in order. Nothing when they are the same.
pub fn diff(from: &Snapshot, to: &Snapshot, options: &Options) -> Vec<Change> {
    // an old and a new server can only be compared by what both know
    let (older, newer);
    let (from, to) = if from.knows_maintain() == to.knows_maintain() {
        (from, to)
    } else {
        (older, newer) = (from.clone().without_maintain(), to.clone().without_maintain());
        (&older, &newer)
    };
    let plan = Plan::new(from, to, options);
    let (nodes, split) = order::sort(&plan);
    nodes.iter().filter_map(|node| change(&plan, node, &split, options)).collect()
}

fn change(plan: &Plan<'_>, node: &Node<'_>, split: &BTreeSet<Id>, options: &Options) -> Option<Change> {
    let id = node.id;
    let around = Around { to: plan.to, split };
    let (action, steps) = match node.phase {
        Phase::Drop => {
            let mut steps = plan.drop_steps(id);
            if let Some(before) = plan.from.entries.get(id)
                && id.kind == Kind::ViewColumn
            {
                // the column stays: what it had of its own goes
                steps.append(facets::of_gone(id, before, plan.to, options));
            }
            (Action::Drop, steps)
        }
        Phase::Finish => (Action::Drop, Plan::swapped_out(id)),
        Phase::Make => {
            let after = plan.to.entries.get(id)?;
            match plan.makes.get(id)? {
                Make::Create => {
                    let mut steps = after.object.create(id, around);
                    steps.append(facets::of_new(id, after, plan.to, options));
                    for (part, entry) in plan.folded_makes(id, split) {
                        steps.append(facets::of_new(part, entry, plan.to, options));
                    }
                    (Action::Create, steps)
                }
                Make::Alter(alteration) => {
                    let mut steps = alteration.clone();
                    if let Some(before) = plan.from.entries.get(id) {
                        steps.append(facets::between(id, before, after, plan.from, plan.to, options));
                    }
                    (Action::Alter, steps)
                }
            }
        }
    };
    let Steps { sql, hazards } = steps;
    (!sql.is_empty()).then(|| Change { id: id.clone(), action, sql, hazards })
}

/// Whether Postgres may take this object's place with `create or replace`.
pub(crate) fn is_swappable(object: &Object) -> bool {
    matches!(object, Object::Enum(_) | Object::Domain(_) | Object::Composite(_) | Object::Range(_))
}
