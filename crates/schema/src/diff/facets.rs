//! Owner, rights and comment: what all kinds of objects share.

use super::Options;
use crate::acl::{Acl, Target};
use crate::id::{Id, Kind};
use crate::object::{Object, Steps};
use crate::snapshot::{Entry, Snapshot};
use crate::sql::{ident, literal};

/// For an object that was made just now by the role that runs the statements.
pub(super) fn of_new(id: &Id, entry: &Entry, to: &Snapshot, options: &Options) -> Steps {
    let mut steps = Steps::none();
    if let Some(owner) = entry.owner.as_ref().filter(|owner| !is_usual(owner, options)) {
        own(id, entry, owner, &mut steps);
    }
    comment(id, entry, None, &mut steps);
    if let (Some(acl), Some((_, class))) = (&entry.acl, entry.object.granted(id)) {
        let initial = to.initial_acl(class, &id.schema, &options.role);
        grant(id, entry, &initial, acl, to, options, &mut steps);
    }
    steps
}

/// For an object that stays.
pub(super) fn between(
    id: &Id,
    before: &Entry,
    after: &Entry,
    from: &Snapshot,
    to: &Snapshot,
    options: &Options,
) -> Steps {
    let mut steps = Steps::none();
    if owners_differ(before, after, options)
        && let Some(owner) = &after.owner
    {
        own(id, after, owner, &mut steps);
    }
    comment(id, after, before.comment.as_deref(), &mut steps);
    if let (Some(held), Some(acl)) = (left_over(before, after, from, to), &after.acl) {
        grant(id, after, &held, acl, to, options, &mut steps);
    }
    steps
}

/// For a part that stays though nothing is said of it any more: without comment and rights.
pub(super) fn of_gone(id: &Id, before: &Entry, to: &Snapshot, options: &Options) -> Steps {
    let mut steps = Steps::none();
    let nothing = Entry { comment: None, acl: None, ..before.clone() };
    comment(id, &nothing, before.comment.as_deref(), &mut steps);
    if let Some(held) = &before.acl {
        grant(id, before, held, &Acl::default(), to, options, &mut steps);
    }
    steps
}

/// The rights an object still has when what it belongs to was changed.
fn left_over(before: &Entry, after: &Entry, from: &Snapshot, to: &Snapshot) -> Option<Acl> {
    let held = before.acl.as_ref()?;
    let relation = |entry: &Entry, snapshot: &Snapshot| {
        snapshot.entries.get(entry.parent.as_ref()?).and_then(|parent| parent.acl.clone())
    };
    let is_column = matches!(after.object, Object::Column(_) | Object::ViewColumn(_));
    match (relation(before, from), relation(after, to)) {
        (Some(from), Some(to)) if is_column => Some(held.left_on_column(&from, &to)),
        _ => Some(held.clone()),
    }
}

/// Whether anything that all kinds share is different.
pub(super) fn differ(
    before: &Entry,
    after: &Entry,
    from: &Snapshot,
    to: &Snapshot,
    options: &Options,
) -> bool {
    left_over(before, after, from, to) != after.acl
        || before.comment != after.comment
        || owners_differ(before, after, options)
}

fn owners_differ(before: &Entry, after: &Entry, options: &Options) -> bool {
    match (&before.owner, &after.owner) {
        (Some(before), Some(after)) => {
            before != after && !(is_usual(before, options) && is_usual(after, options))
        }
        _ => false,
    }
}

fn is_usual(owner: &str, options: &Options) -> bool {
    owner == options.role || options.usual_owners.iter().any(|usual| usual == owner)
}

fn own(id: &Id, entry: &Entry, owner: &str, steps: &mut Steps) {
    // public belongs to whoever owns the database
    if let Some(target) = entry.object.target(id)
        && id.kind != Kind::IdentitySequence
    {
        let owner = if owner == "pg_database_owner" { owner.to_owned() } else { ident(owner) };
        steps.push(format!("alter {target} owner to {owner}"));
    }
}

fn comment(id: &Id, entry: &Entry, before: Option<&str>, steps: &mut Steps) {
    if entry.comment.as_deref() == before {
        return;
    }
    if let Some(target) = entry.object.target(id) {
        let text = entry.comment.as_deref().map_or_else(|| "null".to_owned(), literal);
        steps.push(format!("comment on {target} is {text}"));
    }
}

fn grant(id: &Id, entry: &Entry, from: &Acl, acl: &Acl, to: &Snapshot, options: &Options, steps: &mut Steps) {
    let Some((on, class)) = entry.object.granted(id) else { return };
    let column = matches!(id.kind, Kind::Column | Kind::ViewColumn).then_some(&*id.part);
    let owner = entry.owner.as_deref().filter(|owner| !is_usual(owner, options)).unwrap_or(&options.role);
    let target = Target { on, class, owner, column, prefix: String::new(), maintain: to.knows_maintain() };
    steps.sql.extend(from.changes(acl, &target));
}
