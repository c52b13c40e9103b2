//! Functions as a request can call them: by argument names, overloads together, with what makes a call ambiguous.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::collation::{self, compare};
use super::facts::Facts;

/// A function as the catalogue has it.
#[derive(Debug, Deserialize)]
pub(super) struct StoredRoutine {
    id: i64,
    schema: String,
    name: String,
    modes: Vec<char>,
    names: Vec<String>,
    types: Vec<i64>,
    input_count: usize,
    default_count: usize,
    argument_types: String,
    return_text: String,
    return_type: i64,
    return_relation: Option<i64>,
    returns_set: bool,
    expected_rows: Option<f64>,
    comment: Option<String>,
}

/// All functions of one name.
#[derive(Debug)]
pub(super) struct Routine {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) overloads: Vec<Overload>,
}

/// A function of a [`Routine`].
#[derive(Debug)]
pub(super) struct Overload {
    id: i64,
    /// What is given, by name.
    pub(super) arguments: Vec<Argument>,
    /// The columns of `returns table`, by name.
    pub(super) columns: Vec<(String, i64)>,
    /// All columns of `out` and `inout` arguments, in their order.
    pub(super) outputs: Vec<(String, i64)>,
    pub(super) return_type: i64,
    /// The relation whose rows it returns.
    pub(super) return_relation: Option<i64>,
    pub(super) returns_set: bool,
    /// More than one row is expected.
    pub(super) returns_many: bool,
    /// How its rows can be embedded.
    pub(super) embedding: Option<Embedding>,
    /// As Postgres prints the arguments, defaults included.
    pub(super) argument_types: String,
    return_text: String,
    /// Why Postgres could not choose among the overloads.
    pub(super) conflict: Option<String>,
    pub(super) comment: Option<String>,
}

/// An argument that is given.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) type_id: i64,
    /// As the official generator counts: it takes the n-th of the defaults for the n-th of all arguments,
    /// also when some of those are `out`.
    pub(super) counts_as_optional: bool,
    /// It can be left out.
    pub(super) has_default: bool,
}

/// Which rows a function leads from and to.
#[derive(Debug)]
pub(super) struct Embedding {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) is_one_to_one: bool,
    pub(super) is_set: bool,
}

impl Overload {
    fn sole_argument(&self) -> Option<&Argument> {
        match self.arguments.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The only argument, when it is an unnamed row: PostgREST offers such a function as a computed field only.
    pub(super) fn takes_unnamed_row(&self, facts: &Facts) -> bool {
        self.sole_argument().is_some_and(|only| only.name.is_empty() && is_row(facts, only.type_id))
    }

    /// The relation of which the function is a computed field.
    pub(super) fn computed_for(&self, facts: &Facts) -> Option<i64> {
        facts.type_by_id(self.sole_argument()?.type_id)?.relation
    }
}

fn is_row(facts: &Facts, type_id: i64) -> bool {
    facts.type_by_id(type_id).is_some_and(|one| one.relation.is_some())
}

/// Groups and sorts functions, without those that cannot be called by a request.
pub(super) fn callable(stored: Vec<StoredRoutine>, facts: &Facts) -> Vec<Routine> {
    let mut groups: BTreeMap<(String, String), Vec<Overload>> = BTreeMap::new();
    for routine in stored {
        let name = (routine.schema.clone(), routine.name.clone());
        let overload = routine.overload(facts);
        if is_callable(&overload, facts) {
            groups.entry(name).or_default().push(overload);
        }
    }
    let mut routines: Vec<Routine> = groups
        .into_iter()
        .map(|((schema, name), mut overloads)| {
            overloads.sort_by(|a, b| {
                compare(&a.argument_types, &b.argument_types)
                    .then_with(|| compare(&a.return_text, &b.return_text))
                    .then(a.id.cmp(&b.id))
            });
            let full_name = format!("{schema}.{name}");
            let conflicts: Vec<Option<String>> =
                overloads.iter().map(|one| conflict(&full_name, one, &overloads, facts)).collect();
            for (overload, conflict) in overloads.iter_mut().zip(conflicts) {
                overload.conflict = conflict;
            }
            Routine { schema, name, overloads }
        })
        .collect();
    routines.sort_by(|a, b| compare(&a.schema, &b.schema).then_with(|| compare(&a.name, &b.name)));
    routines
}

impl StoredRoutine {
    fn overload(self, facts: &Facts) -> Overload {
        let mut arguments = Vec::new();
        let (mut columns, mut outputs) = (Vec::new(), Vec::new());
        let (mut inputs, required) = (0, self.input_count.saturating_sub(self.default_count));
        let parts = self.modes.iter().zip(&self.names).zip(&self.types);
        for (position, ((mode, name), &type_id)) in parts.enumerate() {
            if matches!(mode, 'i' | 'b' | 'v') {
                arguments.push(Argument {
                    name: name.clone(),
                    type_id,
                    counts_as_optional: position >= required && position < self.input_count,
                    has_default: inputs >= required,
                });
                inputs += 1;
            }
            match mode {
                't' => columns.push((name.clone(), type_id)),
                'o' | 'b' => outputs.push((name.clone(), type_id)),
                _ => {}
            }
        }
        collation::sort_by_name(&mut arguments, |argument| &argument.name);
        collation::sort_by_name(&mut columns, |(name, _)| name);
        let returns_many = self.expected_rows.is_some_and(|rows| rows > 1.0);
        Overload {
            id: self.id,
            embedding: self.embedding(returns_many, facts),
            arguments,
            columns,
            outputs,
            return_type: self.return_type,
            return_relation: self.return_relation,
            returns_set: self.returns_set,
            returns_many,
            argument_types: self.argument_types,
            return_text: self.return_text,
            conflict: None,
            comment: self.comment,
        }
    }

    fn embedding(&self, returns_many: bool, facts: &Facts) -> Option<Embedding> {
        let relation = self.return_relation?;
        let to = match facts.relation_by_id(relation) {
            Some(relation) => relation.name.clone(),
            None => facts.type_by_id(self.return_type)?.name.clone(),
        };
        let row = match self.types.as_slice() {
            [only] => facts.type_by_id(*only).filter(|one| one.relation.is_some()),
            _ => None,
        };
        Some(Embedding {
            from: row.map_or_else(|| "*".to_owned(), |row| row.format.clone()),
            to,
            is_one_to_one: (row.is_some() && !self.returns_set) || !returns_many,
            is_set: self.returns_set,
        })
    }
}

/// Types that an unnamed argument may have to receive a whole request body: json, jsonb, text.
const BODY_TYPES: [i64; 3] = [114, 3802, 25];

fn is_callable(overload: &Overload, facts: &Facts) -> bool {
    let is_body = |argument: &Argument| BODY_TYPES.contains(&argument.type_id);
    let named = |argument: &Argument| !argument.name.is_empty();
    overload.arguments.iter().all(|one| named(one) || (one.counts_as_optional && is_body(one)))
        || overload.sole_argument().is_some_and(|only| is_body(only) || is_row(facts, only.type_id))
}

const ADVICE: &str = "Try renaming the parameters or the function itself in the database so function overloading can be resolved";

/// What Postgres would say when it cannot choose between this overload and another one.
fn conflict(name: &str, overload: &Overload, overloads: &[Overload], facts: &Facts) -> Option<String> {
    let type_name = |id: i64| facts.type_by_id(id).map_or("unknown", |one| &one.name);
    let others = || overloads.iter().filter(|other| other.id != overload.id);
    if overload.arguments.is_empty() {
        let other = others().find(|other| {
            other.sole_argument().is_some_and(|only| only.name.is_empty() && only.counts_as_optional)
        })?;
        let returned = type_name(other.return_type);
        return Some(format!(
            "Could not choose the best candidate function between: {name}(), {name}( => {returned}). {ADVICE}"
        ));
    }
    let only = overload.sole_argument().filter(|only| !only.name.is_empty())?;
    let same_name = others()
        .filter_map(Overload::sole_argument)
        .filter(|other| other.name == only.name && other.type_id != only.type_id);
    let mut types: Vec<i64> = same_name.map(|other| other.type_id).collect();
    if types.is_empty() {
        return None;
    }
    types.push(only.type_id);
    types.sort_unstable();
    let candidates: Vec<String> =
        types.iter().map(|&id| format!("{name}({} => {})", only.name, type_name(id))).collect();
    Some(format!("Could not choose the best candidate function between: {}. {ADVICE}", candidates.join(", ")))
}
