//! Likely holes: what a user may change about the own account that grants, limits or charges, and the classic mistakes.

use super::matrix::{Matrix, Right};
use super::model::{Model, Table};

/// Words that a column which grants, limits or charges has in its name.
const TELLING: &[&str] = &[
    "plan",
    "tier",
    "role",
    "status",
    "credit",
    "credits",
    "balance",
    "quota",
    "limit",
    "limits",
    "usage",
    "used",
    "stripe",
    "paddle",
    "customer",
    "subscription",
    "provider",
    "lemonsqueezy",
    "price",
    "cost",
    "amount",
    "total",
    "admin",
    "superuser",
    "staff",
    "verified",
    "approved",
    "banned",
    "suspended",
    "disabled",
    "trial",
    "paid",
    "permissions",
    "permission",
    "scopes",
    "entitlement",
    "entitlements",
    "blots",
    "tokens",
    "spent",
    "refunded",
    "reset",
    "seats",
    "billing",
];

/// Whether its name says that it grants, limits or charges.
pub(super) fn is_telling(column: &str) -> bool {
    column.split('_').any(|word| TELLING.contains(&word))
}

/// Everything in the matrix and the catalogue that a reviewer has to answer for.
pub(super) fn find(matrix: &mut Matrix, model: &Model, schemas: &[String]) {
    let mut findings = std::mem::take(&mut matrix.escalations);
    for (title, section) in &matrix.sections {
        for verb in ["update", "insert"] {
            let table = model.tables.values().find(|table| table.title() == *title);
            for column in telling_columns(table) {
                let who: Vec<&str> = section
                    .rights
                    .iter()
                    .filter(|(actor, _)| actor != "service_role")
                    .filter(|(_, rights)| rights.allowed.iter().any(|right| covers(right, verb, &column)))
                    .map(|(actor, _)| actor.as_str())
                    .collect();
                let done = if verb == "update" { "changed" } else { "chosen at insert" };
                if !who.is_empty() {
                    findings.push(format!("{title}.{column} may be {done} by {}", who.join(", ")));
                }
                // on another row, or in another state, the trigger may think otherwise
                let barely = section.rights.iter().any(|(actor, rights)| {
                    actor == "owner" && rights.trigger.iter().any(|right| covers(right, verb, &column))
                });
                if barely {
                    findings
                        .push(format!("only a trigger keeps {title}.{column} from being {done} by owner"));
                }
            }
        }
        for right in section.rights.iter().filter(|(actor, _)| matches!(actor.as_str(), "anon" | "stranger"))
        {
            let (actor, rights) = right;
            for right in &rights.allowed {
                if right.verb != "select" && right.verb != "insert" {
                    findings.push(format!("{actor} may {} {title}", right.verb));
                }
            }
        }
    }
    let exposed = |table: &&Table| schemas.contains(&table.schema);
    for table in model.tables.values().filter(exposed) {
        findings.extend(exposure(table));
    }
    for function in model.functions.iter().filter(|function| !function.is_trigger && function.is_definer) {
        if function.execute.has("anon") {
            findings
                .push(format!("{} runs with its owner's rights and anon may call it", function.signature));
        }
    }
    for function in model.functions.iter().filter(|function| function.is_definer && !function.has_search_path)
    {
        findings.push(format!(
            "{} runs with its owner's rights and has no fixed search_path",
            function.signature
        ));
    }
    matrix.findings = findings.into_iter().map(|finding| masked(&finding, model)).collect();
}

/// Of a table: the columns that grant, limit or charge.
fn telling_columns(table: Option<&Table>) -> Vec<String> {
    let columns = table.map(|table| table.columns.as_slice()).unwrap_or_default();
    columns.iter().map(|column| column.name.clone()).filter(|name| is_telling(name)).collect()
}

fn covers(right: &Right, verb: &str, column: &str) -> bool {
    // to name the owner in place of oneself is a finding of its own
    right.verb == verb
        && right.columns.as_ref().is_none_or(|columns| columns.iter().any(|name| name == column))
}

/// A table without row level security, a view that looks with its owner's rights.
fn exposure(table: &Table) -> Option<String> {
    let reachable = |role: &str| {
        table.usage.has(role)
            && table.columns.iter().any(|column| column.select.has(role) || column.update.has(role))
    };
    let who: Vec<&str> = ["anon", "authenticated"].into_iter().filter(|role| reachable(role)).collect();
    match table.kind {
        'r' | 'p' if !table.has_security => Some(format!(
            "{} has no row level security{}",
            table.title(),
            if who.is_empty() { String::new() } else { format!(", and grants to {}", who.join(", ")) }
        )),
        'v' if !table.is_invoker && !who.is_empty() => {
            Some(format!("{} is a view without security_invoker, open to {}", table.title(), who.join(", ")))
        }
        'm' | 'f' if !who.is_empty() => {
            Some(format!("{} has no policies by nature and is open to {}", table.title(), who.join(", ")))
        }
        _ => None,
    }
}

/// Partitions are called by what they belong to: their names change with the calendar.
fn masked(finding: &str, model: &Model) -> String {
    for table in model.tables.values() {
        if let Some(parent) = table.parent.as_ref().and_then(|parent| model.tables.get(parent))
            && let Some(rest) = finding.strip_prefix(&format!("{} ", table.title()))
        {
            return format!("a partition of {} {rest}", parent.title());
        }
    }
    finding.to_owned()
}
