//! Which tables and views belong together, derived from foreign keys.
//!
//! The rules are PostgREST's: a foreign key gives many-to-one (or one-to-one, when its columns are
//! unique) and its inverse; views take part when they show all columns of the key; a table whose
//! primary key contains the columns of two foreign keys joins their targets many-to-many; and a
//! function from one row type to another is a computed relationship.

use std::collections::HashMap;

use super::views::Origin;
use super::{QualifiedName, Routine, Table};

/// A way from one table to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Where it starts.
    pub table: QualifiedName,
    /// Where it leads.
    pub foreign_table: QualifiedName,
    /// How rows correspond.
    pub cardinality: Cardinality,
    /// True when it starts at a view.
    pub table_is_view: bool,
    /// True when it leads to a view.
    pub foreign_table_is_view: bool,
}

/// How rows of the two sides of a [`Relationship`] correspond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// The starting table holds the foreign key.
    ManyToOne(ForeignKey),
    /// The other table holds the foreign key.
    OneToMany(ForeignKey),
    /// The foreign key's columns are unique. `is_parent`: the other table holds the key.
    OneToOne {
        /// The key.
        key: ForeignKey,
        /// True when the other table holds the key.
        is_parent: bool,
    },
    /// A third table holds a key to each.
    ManyToMany(Junction),
    /// A function of the starting row.
    Computed {
        /// The function to call with the row.
        function: QualifiedName,
        /// True when it yields at most one row.
        to_one: bool,
    },
}

/// A foreign key, seen from the table a relationship starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Name of the constraint.
    pub constraint: String,
    /// Pairs of (column of the starting table, column of the other table).
    pub columns: Vec<(String, String)>,
}

/// The table in the middle of a many-to-many relationship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Junction {
    /// The table that holds both keys.
    pub table: QualifiedName,
    /// Its key to the starting table, as (column of the starting table, column of the junction).
    pub source: ForeignKey,
    /// Its key to the other table, as (column of the other table, column of the junction).
    pub target: ForeignKey,
}

/// What candidates are sorted by: kind, junction or function, columns, constraints.
type Rank<'a> = (u8, Option<&'a QualifiedName>, &'a [(String, String)], Option<&'a str>, Option<&'a str>);

impl Cardinality {
    fn rank(&self) -> Rank<'_> {
        match self {
            Self::OneToMany(key) => (0, None, &key.columns, Some(&key.constraint), None),
            Self::ManyToOne(key) | Self::OneToOne { key, .. } => {
                (1, None, &key.columns, Some(&key.constraint), None)
            }
            Self::ManyToMany(junction) => (
                2,
                Some(&junction.table),
                &[],
                Some(&junction.source.constraint),
                Some(&junction.target.constraint),
            ),
            Self::Computed { function, .. } => (3, Some(function), &[], None, None),
        }
    }
}

impl Relationship {
    /// True when at most one row is found.
    pub fn is_to_one(&self) -> bool {
        matches!(
            self.cardinality,
            Cardinality::ManyToOne(_)
                | Cardinality::OneToOne { .. }
                | Cardinality::Computed { to_one: true, .. }
        )
    }

    /// True when a table is related to itself.
    pub fn is_self(&self) -> bool {
        self.table == self.foreign_table
    }

    /// A fixed order, since ambiguities are listed to the client.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        self.cardinality
            .rank()
            .cmp(&other.cardinality.rank())
            .then_with(|| self.foreign_table.cmp(&other.foreign_table))
    }

    fn inverse(&self) -> Option<Self> {
        let cardinality = match &self.cardinality {
            Cardinality::ManyToOne(key) => Cardinality::OneToMany(key.inverse()),
            Cardinality::OneToOne { key, is_parent: false } => {
                Cardinality::OneToOne { key: key.inverse(), is_parent: true }
            }
            _ => return None,
        };
        Some(Self {
            table: self.foreign_table.clone(),
            foreign_table: self.table.clone(),
            cardinality,
            table_is_view: self.foreign_table_is_view,
            foreign_table_is_view: self.table_is_view,
        })
    }

    fn key(&self) -> Option<&ForeignKey> {
        match &self.cardinality {
            Cardinality::ManyToOne(key) | Cardinality::OneToOne { key, is_parent: false } => Some(key),
            _ => None,
        }
    }
}

impl ForeignKey {
    fn inverse(&self) -> Self {
        Self {
            constraint: self.constraint.clone(),
            columns: self.columns.iter().map(|(own, other)| (other.clone(), own.clone())).collect(),
        }
    }
}

/// A foreign key as stored: object ids and column numbers.
#[derive(Debug)]
pub(super) struct StoredKey {
    pub(super) name: String,
    pub(super) table: i64,
    pub(super) columns: Vec<i16>,
    pub(super) foreign_table: i64,
    pub(super) foreign_columns: Vec<i16>,
    pub(super) is_unique: bool,
}

/// A key with more spellings in one view than this is cut off: a view may show a column twice,
/// and every combination counts.
const MOST_SPELLINGS: usize = 64;

/// Everything [`derive`] looks at.
pub(super) struct Sources<'a> {
    pub(super) tables: &'a HashMap<i64, &'a Table>,
    pub(super) keys: &'a [StoredKey],
    /// View → its columns' origins at the bottom.
    pub(super) views: &'a HashMap<i64, Vec<Origin>>,
    pub(super) routines: &'a [&'a Routine],
}

/// All relationships, grouped by the table they start at.
pub(super) fn derive(sources: &Sources<'_>) -> HashMap<QualifiedName, Vec<Relationship>> {
    let views_by_table = views_by_table(sources.views);
    let mut direct = Vec::new();
    for key in sources.keys {
        direct.extend(from_key(key, sources, &views_by_table));
    }
    let many_to_many = many_to_many(&direct, sources);
    let inverse: Vec<_> = direct.iter().filter_map(Relationship::inverse).collect();
    let mut grouped: HashMap<QualifiedName, Vec<Relationship>> = HashMap::new();
    for relationship in direct.into_iter().chain(inverse).chain(many_to_many) {
        grouped.entry(relationship.table.clone()).or_default().push(relationship);
    }
    for relationships in grouped.values_mut() {
        relationships.sort_by(Relationship::compare);
    }
    add_computed(&mut grouped, sources);
    grouped
}

type ViewColumns<'a> = HashMap<i64, Vec<(i64, &'a [Origin])>>;

fn views_by_table(views: &HashMap<i64, Vec<Origin>>) -> ViewColumns<'_> {
    let mut by_table: ViewColumns<'_> = HashMap::new();
    for (view, origins) in views {
        let mut tables: Vec<i64> = origins.iter().map(|origin| origin.relation).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            by_table.entry(table).or_default().push((*view, origins));
        }
    }
    for views in by_table.values_mut() {
        views.sort_unstable_by_key(|(view, _)| *view);
    }
    by_table
}

/// One side of a key: a relation and the names its key columns have there.
struct Side<'a> {
    table: &'a Table,
    columns: Vec<&'a str>,
}

fn sides<'a>(table: i64, columns: &[i16], sources: &Sources<'a>, views: &ViewColumns<'_>) -> Vec<Side<'a>> {
    let mut sides = Vec::new();
    if let Some(&base) = sources.tables.get(&table) {
        let names: Option<Vec<_>> = columns.iter().map(|&number| base.column_name(number)).collect();
        sides.extend(names.map(|columns| Side { table: base, columns }));
    }
    for (view, origins) in views.get(&table).into_iter().flatten() {
        let Some(&view) = sources.tables.get(view) else { continue };
        for columns in spellings(view, table, columns, origins) {
            sides.push(Side { table: view, columns });
        }
    }
    sides
}

/// Every way to name the key's columns in a view; none when the view does not show them all.
fn spellings<'a>(view: &'a Table, table: i64, columns: &[i16], origins: &[Origin]) -> Vec<Vec<&'a str>> {
    let mut spellings: Vec<Vec<&str>> = vec![Vec::new()];
    for &column in columns {
        let names: Vec<&str> = origins
            .iter()
            .filter(|origin| origin.relation == table && origin.relation_column == column)
            .filter_map(|origin| view.column_name(origin.column))
            .collect();
        spellings = spellings
            .iter()
            .flat_map(|prefix| names.iter().map(move |name| prefix.iter().copied().chain([*name]).collect()))
            .take(MOST_SPELLINGS)
            .collect();
    }
    spellings
}

fn from_key(key: &StoredKey, sources: &Sources<'_>, views: &ViewColumns<'_>) -> Vec<Relationship> {
    let owners = sides(key.table, &key.columns, sources, views);
    let targets = sides(key.foreign_table, &key.foreign_columns, sources, views);
    let mut relationships = Vec::with_capacity(owners.len() * targets.len());
    for owner in &owners {
        for target in &targets {
            let columns = owner
                .columns
                .iter()
                .zip(&target.columns)
                .map(|(own, other)| ((*own).to_owned(), (*other).to_owned()));
            let foreign_key = ForeignKey { constraint: key.name.clone(), columns: columns.collect() };
            relationships.push(Relationship {
                table: owner.table.name.clone(),
                foreign_table: target.table.name.clone(),
                cardinality: if key.is_unique {
                    Cardinality::OneToOne { key: foreign_key, is_parent: false }
                } else {
                    Cardinality::ManyToOne(foreign_key)
                },
                table_is_view: owner.table.is_view(),
                foreign_table_is_view: target.table.is_view(),
            });
        }
    }
    relationships
}

fn many_to_many(direct: &[Relationship], sources: &Sources<'_>) -> Vec<Relationship> {
    let primary_keys: HashMap<&QualifiedName, &[String]> =
        sources.tables.values().map(|table| (&table.name, table.primary_key.as_slice())).collect();
    let mut by_junction: HashMap<&QualifiedName, Vec<&Relationship>> = HashMap::new();
    for relationship in direct {
        let primary_key = primary_keys.get(&relationship.table).copied().unwrap_or_default();
        let covered = relationship
            .key()
            .is_some_and(|key| key.columns.iter().all(|(own, _)| primary_key.contains(own)));
        if covered {
            by_junction.entry(&relationship.table).or_default().push(relationship);
        }
    }
    let mut found = Vec::new();
    for (junction, keys) in by_junction {
        for source in &keys {
            for target in &keys {
                found.extend(through(junction, source, target));
            }
        }
    }
    found
}

fn through(junction: &QualifiedName, source: &Relationship, target: &Relationship) -> Option<Relationship> {
    let (source_key, target_key) = (source.key()?, target.key()?);
    if source_key.constraint == target_key.constraint {
        return None;
    }
    Some(Relationship {
        table: source.foreign_table.clone(),
        foreign_table: target.foreign_table.clone(),
        cardinality: Cardinality::ManyToMany(Junction {
            table: junction.clone(),
            source: source_key.inverse(),
            target: target_key.inverse(),
        }),
        table_is_view: source.foreign_table_is_view,
        foreign_table_is_view: target.foreign_table_is_view,
    })
}

/// Adds functions of one row; a function named like a related table replaces what was derived.
fn add_computed(grouped: &mut HashMap<QualifiedName, Vec<Relationship>>, sources: &Sources<'_>) {
    let by_row_type: HashMap<i64, &Table> =
        sources.tables.values().map(|table| (table.row_type, *table)).collect();
    for routine in sources.routines {
        let Some(table) = routine.single_argument_type.and_then(|row_type| by_row_type.get(&row_type)) else {
            continue;
        };
        let Some(target) = routine.return_type.relation.and_then(|oid| sources.tables.get(&oid)) else {
            continue;
        };
        let relationships = grouped.entry(table.name.clone()).or_default();
        relationships.retain(|other| {
            matches!(other.cardinality, Cardinality::Computed { .. })
                || other.foreign_table.name != routine.name.name
        });
        relationships.push(Relationship {
            table: table.name.clone(),
            foreign_table: target.name.clone(),
            cardinality: Cardinality::Computed {
                function: routine.name.clone(),
                to_one: routine.returns_single_row(),
            },
            table_is_view: table.is_view(),
            foreign_table_is_view: target.is_view(),
        });
    }
}
