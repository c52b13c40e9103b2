//! Follows the columns of views down to the tables they come from.
//!
//! Postgres keeps a view's query as a printed node tree (`pg_rewrite.ev_action`). Every entry of
//! its target list says from which relation and column it was taken. Only the outermost target
//! list matters, which is recognised by its depth.

use std::collections::HashMap;

/// Where a column of a view comes from: one step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Number of the view's column.
    pub(super) column: i16,
    /// The relation below: a table or another view.
    pub(super) relation: i64,
    /// Number of the column there.
    pub(super) relation_column: i16,
}

/// Depth of an entry of the outermost target list: list of queries, query, list, entry.
const TARGET_DEPTH: usize = 4;

/// Reads the origins from a printed rule action. Columns that are expressions are left out.
pub(super) fn origins(rule: &str) -> Vec<Origin> {
    let bytes = rule.as_bytes();
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut entry = String::new();
    let mut in_entry = false;
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 1,
            b'{' | b'(' => {
                depth += 1;
                if depth == TARGET_DEPTH
                    && rule.get(position..).is_some_and(|rest| rest.starts_with("{TARGETENTRY"))
                {
                    in_entry = true;
                    entry.clear();
                }
            }
            b'}' | b')' => {
                if in_entry && depth == TARGET_DEPTH {
                    found.extend(origin(&entry));
                    in_entry = false;
                }
                depth = depth.saturating_sub(1);
            }
            // only the entry's own fields are ASCII and of use; a name's other bytes are not read
            _ if in_entry && depth == TARGET_DEPTH => entry.push(char::from(byte)),
            _ => {}
        }
        position += 1;
    }
    found
}

fn origin(entry: &str) -> Option<Origin> {
    let field = |name: &str| entry.rsplit_once(name)?.1.split_whitespace().next();
    if field(":resjunk ")? != "false" {
        return None;
    }
    let relation: i64 = field(":resorigtbl ")?.parse().ok()?;
    let relation_column: i16 = field(":resorigcol ")?.parse().ok()?;
    // a column's name may itself contain the text ":resno", so the first one counts
    let column = entry.split_once(":resno ")?.1.split_whitespace().next()?.parse().ok()?;
    (relation != 0 && relation_column > 0).then_some(Origin { column, relation, relation_column })
}

/// For each view, its columns resolved to the tables at the very bottom.
pub(super) fn resolve(steps: &HashMap<i64, Vec<Origin>>) -> HashMap<i64, Vec<Origin>> {
    let mut resolved = HashMap::new();
    for &view in steps.keys() {
        resolve_one(view, steps, &mut resolved, 0);
    }
    resolved
}

/// Views cannot be circular; the bound only keeps a damaged catalog from recursing for ever.
const DEEPEST_VIEW: usize = 100;

fn resolve_one(
    view: i64,
    steps: &HashMap<i64, Vec<Origin>>,
    resolved: &mut HashMap<i64, Vec<Origin>>,
    depth: usize,
) {
    if resolved.contains_key(&view) || depth > DEEPEST_VIEW {
        return;
    }
    let mut columns = Vec::new();
    for step in steps.get(&view).into_iter().flatten() {
        if !steps.contains_key(&step.relation) {
            columns.push(*step);
            continue;
        }
        resolve_one(step.relation, steps, resolved, depth + 1);
        let below = resolved.get(&step.relation).into_iter().flatten();
        columns.extend(
            below
                .filter(|origin| origin.column == step.relation_column)
                .map(|origin| Origin { column: step.column, ..*origin }),
        );
    }
    resolved.insert(view, columns);
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "({QUERY :commandType 1 :cteList ({COMMONTABLEEXPR :ctequery {QUERY :targetList \
        ({TARGETENTRY :expr {VAR :varno 1} :resno 1 :resname x :resorigtbl 7 :resorigcol 7 :resjunk false})}}) \
        :targetList ({TARGETENTRY :expr {VAR :varno 1} :resno 1 :resname id :ressortgroupref 0 :resorigtbl 16384 :resorigcol 2 :resjunk false} \
        {TARGETENTRY :expr {CONST :constvalue 4 [ 1 0 ]} :resno 2 :resname a\\ \\:resorigtbl\\ 9\\}é :ressortgroupref 0 :resorigtbl 0 :resorigcol 0 :resjunk false} \
        {TARGETENTRY :expr {VAR :varno 1} :resno 3 :resname ctid :ressortgroupref 0 :resorigtbl 16384 :resorigcol 3 :resjunk true}) :limitOffset <>})";

    #[test]
    fn only_plain_columns_of_the_outermost_list_have_an_origin() {
        assert_eq!(origins(RULE), [Origin { column: 1, relation: 16384, relation_column: 2 }]);
    }

    #[test]
    fn views_on_views_resolve_to_tables() {
        let steps = HashMap::from([
            (2, vec![Origin { column: 1, relation: 1, relation_column: 5 }]),
            (3, vec![Origin { column: 4, relation: 2, relation_column: 1 }]),
        ]);
        assert_eq!(resolve(&steps)[&3], [Origin { column: 4, relation: 1, relation_column: 5 }]);
    }

    #[test]
    fn damaged_rules_are_no_more_than_empty() {
        for rule in [
            "",
            "(",
            "))))",
            "({QUERY ({TARGETENTRY",
            "\\",
            "({QUERY ({TARGETENTRY :resjunk false :resorigtbl x})})",
        ] {
            assert_eq!(origins(rule), []);
        }
    }
}
