//! Foreign keys, and the same keys as views show them: a view that shows all columns of a key has it too.
//!
//! Views are followed down to the tables through views of any schema; what was found through a schema that is not
//! searched is marked, because one dialect leaves it out.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::collation::compare;
use super::facts::Relationship;
use super::view_columns::StoredView;

/// A foreign key of a table.
#[derive(Debug, Deserialize)]
pub(super) struct ForeignKey {
    name: String,
    schema: String,
    relation: String,
    table: i64,
    column_numbers: Vec<i16>,
    columns: Vec<String>,
    referenced_schema: String,
    referenced_relation: String,
    referenced_table: i64,
    referenced_column_numbers: Vec<i16>,
    referenced_columns: Vec<String>,
    is_one_to_one: bool,
}

/// A view that shows a key, with its names for the key's columns.
struct Shown<'a> {
    view: &'a StoredView,
    columns: Vec<String>,
    is_distant: bool,
}

/// Columns of a view by the table column they show, and whether they were followed through a schema that is not
/// searched.
type Showing<'a> = BTreeMap<(i64, i16), Vec<(&'a str, bool)>>;

/// The relation and column that each column of a view was taken from.
type Origins = HashMap<i16, (i64, i16)>;

/// Every relationship that starts in `schemas`.
pub(super) fn expand(
    keys: &[ForeignKey],
    views: &[StoredView],
    schemas: &[String],
    searched: &BTreeSet<&str>,
) -> Vec<Relationship> {
    let shown = what_views_show(views, schemas, searched);
    let mut found = Vec::new();
    for key in keys {
        let is_included = schemas.contains(&key.schema);
        let from_views = views_with(&shown, key.table, &key.column_numbers);
        let to_views = views_with(&shown, key.referenced_table, &key.referenced_column_numbers);
        if is_included {
            found.push(key.between(None, None));
            found.extend(to_views.iter().map(|to| key.between(None, Some(to))));
        }
        for from in &from_views {
            found.push(key.between(Some(from), None));
            found.extend(to_views.iter().map(|to| key.between(Some(from), Some(to))));
        }
    }
    found.sort_by(order_of_references);
    found
}

impl ForeignKey {
    fn between(&self, from: Option<&Shown<'_>>, to: Option<&Shown<'_>>) -> Relationship {
        let (schema, relation, columns) = match from {
            Some(shown) => (&shown.view.schema, &shown.view.name, &shown.columns),
            None => (&self.schema, &self.relation, &self.columns),
        };
        let (referenced_schema, referenced_relation, referenced_columns) = match to {
            Some(shown) => (&shown.view.schema, &shown.view.name, &shown.columns),
            None => (&self.referenced_schema, &self.referenced_relation, &self.referenced_columns),
        };
        Relationship {
            name: self.name.clone(),
            schema: schema.clone(),
            relation: relation.clone(),
            columns: columns.clone(),
            is_one_to_one: self.is_one_to_one,
            referenced_schema: referenced_schema.clone(),
            referenced_relation: referenced_relation.clone(),
            referenced_columns: referenced_columns.clone(),
            is_distant: from.is_some_and(|shown| shown.is_distant)
                || to.is_some_and(|shown| shown.is_distant),
        }
    }
}

/// The views of `schemas` with the table columns they show.
fn what_views_show<'a>(
    views: &'a [StoredView],
    schemas: &[String],
    searched: &BTreeSet<&str>,
) -> Vec<(&'a StoredView, Showing<'a>)> {
    let steps: HashMap<i64, (bool, Origins)> =
        views.iter().map(|view| (view.id, (!searched.contains(&*view.schema), origins(view)))).collect();
    let mut shown = Vec::new();
    for view in views.iter().filter(|view| schemas.contains(&view.schema)) {
        let mut showing = Showing::new();
        for (number, name) in &view.columns {
            let (mut place, mut is_distant) = ((view.id, *number), false);
            // no chain of views is longer than there are views
            for _ in views {
                let Some((is_elsewhere, columns)) = steps.get(&place.0) else { break };
                let Some(&below) = columns.get(&place.1) else { break };
                is_distant |= is_elsewhere;
                showing.entry(below).or_default().push((name, is_distant));
                place = below;
            }
        }
        shown.push((view, showing));
    }
    shown
}

/// The relation and column that each column of a view was taken from.
fn origins(view: &StoredView) -> Origins {
    let Some(query) = view.query() else { return HashMap::new() };
    let entries = query.list("targetList").iter();
    entries
        .filter_map(|entry| {
            let relation = entry.number("resorigtbl").filter(|&relation: &i64| relation != 0)?;
            Some((entry.number("resno")?, (relation, entry.number("resorigcol")?)))
        })
        .collect()
}

/// The views that show all of these columns of a table: one for each choice among columns that show the same.
fn views_with<'a>(shown: &[(&'a StoredView, Showing<'a>)], table: i64, numbers: &[i16]) -> Vec<Shown<'a>> {
    let mut found = Vec::new();
    for (view, showing) in shown {
        let choices: Option<Vec<&Vec<(&str, bool)>>> =
            numbers.iter().map(|&number| showing.get(&(table, number))).collect();
        let Some(choices) = choices else { continue };
        let mut rows: Vec<(Vec<String>, bool)> = vec![(Vec::new(), false)];
        for names in choices {
            let add = |(row, distant): &(Vec<String>, bool), (name, also): &(&str, bool)| {
                (row.iter().cloned().chain([(*name).to_owned()]).collect(), *distant || *also)
            };
            rows = rows.iter().flat_map(|row| names.iter().map(move |name| add(row, name))).collect();
        }
        found.extend(rows.into_iter().map(|(columns, is_distant)| Shown { view, columns, is_distant }));
    }
    found
}

fn list(names: &[String]) -> String {
    serde_json::to_string(names).unwrap_or_default()
}

fn order_of_references(left: &Relationship, right: &Relationship) -> Ordering {
    compare(&left.name, &right.name)
        .then_with(|| compare(&left.referenced_relation, &right.referenced_relation))
        .then_with(|| compare(&list(&left.referenced_columns), &list(&right.referenced_columns)))
}

/// The order in which the command line prints the relationships of one relation.
pub(super) fn order(left: &Relationship, right: &Relationship) -> Ordering {
    order_of_references(left, right).then_with(|| compare(&list(&left.columns), &list(&right.columns)))
}
