//! Chooses the relationship that an embedded resource means.

use pg::catalog::{Cardinality, ForeignKey, QualifiedName, Relationship};

use super::{Context, nearest};
use crate::error::{CandidateRelationship, SchemaCacheError};
use crate::logic::request::ast::SelectRelation;

/// The relationship from `origin` that `embed` names, by target table, constraint, column or
/// function, told apart by its hint.
pub(super) fn find(
    context: &Context<'_>,
    origin: &QualifiedName,
    embed: &SelectRelation,
) -> Result<Relationship, SchemaCacheError> {
    let all = context.catalog.relationships(origin);
    let hint = embed.hint.as_deref();
    let exposed = |relationship: &&Relationship| match &relationship.cardinality {
        Cardinality::Computed { .. } => true,
        Cardinality::ManyToMany(junction) if junction.table.schema != context.schema => false,
        _ => relationship.foreign_table.schema == context.schema,
    };
    let found: Vec<&Relationship> =
        all.iter().filter(exposed).filter(|relationship| fits(relationship, &embed.name, hint)).collect();
    match found.as_slice() {
        [] => Err(not_found(context, origin, embed)),
        [only] => Ok((*only).clone()),
        // of the two directions of one key within a table the children are meant
        [first, second]
            if first.is_self() && constraint(first) == constraint(second) && constraint(first).is_some() =>
        {
            let children =
                if matches!(first.cardinality, Cardinality::OneToMany(_)) { first } else { second };
            Ok((*children).clone())
        }
        several => Err(ambiguous(origin, embed, several)),
    }
}

fn fits(relationship: &Relationship, target: &str, hint: Option<&str>) -> bool {
    let names_table = relationship.foreign_table.name == target;
    match (&relationship.cardinality, hint) {
        (Cardinality::Computed { function, .. }, _) => function.name == target,
        (cardinality, None) if relationship.is_self() => match cardinality {
            Cardinality::ManyToOne(key) | Cardinality::OneToOne { key, is_parent: false } => {
                own_column(key) == Some(target)
            }
            _ => names_table,
        },
        (cardinality, None) => {
            names_table || !relationship.foreign_table_is_view && names_key(cardinality, target)
        }
        // both directions have the same constraint: only the children's column says which one is meant
        (Cardinality::OneToMany(key), Some(hint)) if relationship.is_self() => {
            names_table && matches!(key.columns.as_slice(), [(_, other)] if other == hint)
        }
        (cardinality, Some(hint)) if relationship.is_self() => {
            names_table && !matches!(cardinality, Cardinality::ManyToOne(_)) && hint_fits(cardinality, hint)
        }
        (cardinality, Some(hint)) => names_table && hint_fits(cardinality, hint),
    }
}

/// `select=client_id(*)` or `select=projects_client_id_fkey(*)`
fn names_key(cardinality: &Cardinality, target: &str) -> bool {
    match cardinality {
        Cardinality::ManyToOne(key) | Cardinality::OneToOne { key, is_parent: false } => {
            key.constraint == target || own_column(key) == Some(target)
        }
        Cardinality::OneToMany(key) | Cardinality::OneToOne { key, .. } => key.constraint == target,
        _ => false,
    }
}

fn hint_fits(cardinality: &Cardinality, hint: &str) -> bool {
    match cardinality {
        Cardinality::ManyToOne(key) | Cardinality::OneToMany(key) | Cardinality::OneToOne { key, .. } => {
            key.constraint == hint
                || matches!(key.columns.as_slice(), [(own, other)] if own == hint || other == hint)
        }
        Cardinality::ManyToMany(junction) => junction.table.name == hint,
        Cardinality::Computed { .. } => true,
    }
}

fn own_column(key: &ForeignKey) -> Option<&str> {
    match key.columns.as_slice() {
        [(own, _)] => Some(own),
        _ => None,
    }
}

fn constraint(relationship: &Relationship) -> Option<&str> {
    match &relationship.cardinality {
        Cardinality::ManyToOne(key) | Cardinality::OneToMany(key) | Cardinality::OneToOne { key, .. } => {
            Some(&key.constraint)
        }
        _ => None,
    }
}

/// With more tables than this no similar name is looked for.
const MOST_TABLES_COMPARED: usize = 500;

fn not_found(context: &Context<'_>, origin: &QualifiedName, embed: &SelectRelation) -> SchemaCacheError {
    let children = context.catalog.relationships(origin);
    let exposed = children.iter().filter(|relationship| relationship.foreign_table.schema == context.schema);
    let names = exposed.map(|relationship| &*relationship.foreign_table.name);
    let mut suggestion = None;
    if context.catalog.tables(context.schema).count() <= MOST_TABLES_COMPARED {
        if children.is_empty() {
            let parents = context
                .catalog
                .tables(context.schema)
                .filter(|table| !context.catalog.relationships(&table.name).is_empty());
            suggestion =
                nearest::nearest(&origin.name, parents.map(|table| &*table.name.name), nearest::SIMILARITY)
                    .map(|near| (near.to_owned(), origin.name.clone()));
        } else {
            suggestion = nearest::nearest(&embed.name, names, nearest::SIMILARITY)
                .filter(|near| *near != embed.name)
                .map(|near| (near.to_owned(), embed.name.clone()));
        }
    }
    SchemaCacheError::NoRelationship {
        parent: origin.name.clone(),
        child: embed.name.clone(),
        embed_hint: embed.hint.clone(),
        schema: context.schema.to_owned(),
        suggestion,
    }
}

fn ambiguous(origin: &QualifiedName, embed: &SelectRelation, found: &[&Relationship]) -> SchemaCacheError {
    SchemaCacheError::AmbiguousRelationship {
        parent: origin.name.clone(),
        child: embed.name.clone(),
        candidates: found.iter().filter_map(|relationship| candidate(relationship)).collect(),
    }
}

fn candidate(relationship: &Relationship) -> Option<CandidateRelationship> {
    let (own, other) = (&relationship.table.name, &relationship.foreign_table.name);
    let columns = |pick: fn(&(String, String)) -> &str, key: &ForeignKey| {
        key.columns.iter().map(pick).collect::<Vec<_>>().join(", ")
    };
    let by_key = |cardinality: &'static str, key: &ForeignKey| {
        let text = format!(
            "{} using {own}({}) and {other}({})",
            key.constraint,
            columns(|pair| &pair.0, key),
            columns(|pair| &pair.1, key)
        );
        (cardinality, text, key.constraint.clone())
    };
    let (cardinality, text, hint) = match &relationship.cardinality {
        Cardinality::ManyToOne(key) => by_key("many-to-one", key),
        Cardinality::OneToMany(key) => by_key("one-to-many", key),
        Cardinality::OneToOne { key, .. } => by_key("one-to-one", key),
        Cardinality::ManyToMany(junction) => {
            let text = format!(
                "{} using {}({}) and {}({})",
                junction.table.name,
                junction.source.constraint,
                columns(|pair| &pair.1, &junction.source),
                junction.target.constraint,
                columns(|pair| &pair.1, &junction.target)
            );
            ("many-to-many", text, junction.table.name.clone())
        }
        Cardinality::Computed { .. } => return None,
    };
    Some(CandidateRelationship {
        cardinality,
        embedding: format!("{own} with {other}"),
        relationship: text,
        target: format!("{other}!{hint}"),
    })
}
