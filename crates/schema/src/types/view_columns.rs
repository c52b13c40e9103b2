//! Which columns of views can never be null: those that show a column that is never null, through any number of
//! views, subqueries and common table expressions, unless an outer join stands between.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::node_tree::Node;

/// A view as it is stored.
#[derive(Debug, Deserialize)]
pub(super) struct StoredView {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    /// The rewrite rule: a list with one query.
    pub(super) definition: String,
    /// Numbers and names of its columns.
    pub(super) columns: Vec<(i16, String)>,
    /// Relations and columns it reads that are declared `not null`.
    never_null: Vec<(i64, i16)>,
}

impl StoredView {
    /// The query, parsed.
    pub(super) fn query(&self) -> Option<Node<'_>> {
        match Node::parse(&self.definition)? {
            Node::List(queries) => queries.into_iter().next(),
            query => Some(query),
        }
    }
}

/// The columns, as relation and number, that can never be null.
pub(super) fn never_null(views: &[StoredView]) -> HashSet<(i64, i16)> {
    let mut analysis = Analysis {
        queries: views.iter().map(|view| (view.id, view.query())).collect(),
        declared: views.iter().flat_map(|view| view.never_null.iter().copied()).collect(),
        known: HashMap::new(),
    };
    let mut found = HashSet::new();
    for view in views {
        found.extend(analysis.columns_of(view.id).into_iter().map(|number| (view.id, number)));
    }
    found
}

struct Analysis<'a> {
    queries: HashMap<i64, Option<Node<'a>>>,
    declared: HashSet<(i64, i16)>,
    known: HashMap<i64, HashSet<i16>>,
}

impl Analysis<'_> {
    fn columns_of(&mut self, view: i64) -> HashSet<i16> {
        if let Some(known) = self.known.get(&view) {
            return known.clone();
        }
        // a view that leads back to itself proves nothing
        self.known.insert(view, HashSet::new());
        let mut columns = HashSet::new();
        if let Some(Some(query)) = self.queries.get(&view).cloned()
            && passes_columns_on(&query)
        {
            for entry in query.list("targetList").iter().filter(|entry| entry.kind() == "TARGETENTRY") {
                if entry.word("resjunk") != "true"
                    && self.is_never_null(entry.field("expr"), &[&query])
                    && let Some(number) = entry.number("resno")
                {
                    columns.insert(number);
                }
            }
        }
        self.known.insert(view, columns.clone());
        columns
    }

    /// Whether an expression of the last of these queries, each inside the one before it, can never be null.
    fn is_never_null(&mut self, expression: &Node<'_>, queries: &[&Node<'_>]) -> bool {
        let Some(&query) = queries.last() else { return false };
        if expression.kind() != "VAR" || expression.word("varlevelsup") != "0" {
            return false;
        }
        let (Some(source), Some(column)) =
            (expression.number::<usize>("varno"), expression.number::<i16>("varattno"))
        else {
            return false;
        };
        let position = usize::try_from(column).unwrap_or(0);
        if position == 0 || optional_sources(query).contains(&source) {
            return false;
        }
        let Some(entry) = source.checked_sub(1).and_then(|index| query.list("rtable").get(index)) else {
            return false;
        };
        match entry.word("rtekind") {
            RELATION => entry.number("relid").is_some_and(|relation| self.is_declared(relation, column)),
            SUBQUERY => self.is_shown(entry.field("subquery"), column, queries),
            JOIN => entry
                .list("joinaliasvars")
                .get(position - 1)
                .is_some_and(|column| self.is_never_null(column, queries)),
            GROUP => entry
                .list("groupexprs")
                .get(position - 1)
                .is_some_and(|column| self.is_never_null(column, queries)),
            COMMON_TABLE => self.is_shown_by_common_table(entry, column, queries),
            _ => false,
        }
    }

    fn is_declared(&mut self, relation: i64, column: i16) -> bool {
        if self.queries.contains_key(&relation) {
            self.columns_of(relation).contains(&column)
        } else {
            self.declared.contains(&(relation, column))
        }
    }

    fn is_shown(&mut self, query: &Node<'_>, column: i16, outer: &[&Node<'_>]) -> bool {
        if query.kind() != "QUERY" || !passes_columns_on(query) {
            return false;
        }
        let entry = query
            .list("targetList")
            .iter()
            .find(|entry| entry.kind() == "TARGETENTRY" && entry.number("resno") == Some(column));
        entry.is_some_and(|entry| {
            let queries: Vec<&Node<'_>> = outer.iter().copied().chain([query]).collect();
            self.is_never_null(entry.field("expr"), &queries)
        })
    }

    fn is_shown_by_common_table(&mut self, entry: &Node<'_>, column: i16, queries: &[&Node<'_>]) -> bool {
        let levels = entry.number::<usize>("ctelevelsup").unwrap_or(0);
        let Some(outer) = queries.len().checked_sub(levels).and_then(|length| queries.get(..length)) else {
            return false;
        };
        let table = outer.last().and_then(|query| {
            query.list("cteList").iter().find(|table| table.word("ctename") == entry.word("ctename"))
        });
        table.is_some_and(|table| {
            table.word("cterecursive") != "true" && self.is_shown(table.field("ctequery"), column, outer)
        })
    }
}

/// Kinds of range table entries, as Postgres numbers them.
const RELATION: &str = "0";
const SUBQUERY: &str = "1";
const JOIN: &str = "2";
const COMMON_TABLE: &str = "6";
const GROUP: &str = "9";

/// Kinds of joins, as Postgres numbers them.
const INNER: &str = "0";
const LEFT: &str = "1";
const RIGHT: &str = "3";

/// Set operations and grouping sets put nulls where the parts have none.
fn passes_columns_on(query: &Node<'_>) -> bool {
    query.field("setOperations") == &Node::Null && query.list("groupingSets").is_empty()
}

/// The range table entries that an outer join can leave without a row.
fn optional_sources(query: &Node<'_>) -> HashSet<usize> {
    let mut found = HashSet::new();
    collect_optional(query.field("jointree"), false, &mut found);
    found
}

fn collect_optional(node: &Node<'_>, is_optional: bool, found: &mut HashSet<usize>) {
    match node.kind() {
        "RANGETBLREF" if is_optional => found.extend(node.number::<usize>("rtindex")),
        "FROMEXPR" => {
            for part in node.list("fromlist") {
                collect_optional(part, is_optional, found);
            }
        }
        "JOINEXPR" => {
            let kind = node.word("jointype");
            if is_optional {
                found.extend(node.number::<usize>("rtindex"));
            }
            collect_optional(node.field("larg"), is_optional || (kind != INNER && kind != LEFT), found);
            collect_optional(node.field("rarg"), is_optional || (kind != INNER && kind != RIGHT), found);
        }
        _ => {}
    }
}
