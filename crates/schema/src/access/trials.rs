//! Trying: for one actor and one table, the statements that show what is allowed, and the verdict of each.

use pg::{Param, Row, Session};

use super::Error;
use super::draft::{Given, Origin, insert};
use super::matrix::{Right, Rights};
use super::model::{Column, Table, ident, literal};
use super::people::Person;
use super::values::candidates;
use super::world::Made;

/// Somebody who acts.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) role: &'static str,
    /// `None` for those who are nobody: `anon` and `service_role`.
    pub(super) person: Option<Person>,
}

impl Actor {
    fn claims(&self) -> String {
        match self.person {
            Some(person) => person.claims(),
            None => format!(r#"{{"role": "{}"}}"#, self.role),
        }
    }
}

/// A uuid that no row has.
const NOBODY: &str = "'0acce550-0000-4000-8000-00000000ffff'::uuid";

/// One thing to try.
#[derive(Debug)]
struct Trial {
    verb: &'static str,
    /// The column that is tried; `None` for the verb as a whole.
    column: Option<String>,
    statement: String,
    /// A count that the statement has to change.
    proof: String,
    /// It does not say which row.
    is_blind: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    /// Only a constraint stood in the way of the value tried: everything that knows who asks had let it pass.
    Constraint,
    Policy,
    Trigger,
    /// Not a matter of rights: a view that cannot be written, for example.
    Impossible,
}

/// What an actor may do with a table, tried on this row.
pub(super) async fn rights(
    session: &mut Session<'_>,
    actor: &Actor,
    table: &Table,
    made: &Made,
) -> Result<Rights, Error> {
    let mut rights = Rights::default();
    if !table.usage.has(actor.role) {
        return Ok(rights);
    }
    let scene = Scene { actor, table, made };
    let mut trials = scene.select();
    trials.extend(scene.update(true));
    trials.extend(scene.delete(true));
    trials.extend(scene.truncate());
    let mut verdicts = run(session, actor, trials).await?;
    // a statement without a condition needs no right to read: once more, for what failed
    if verdicts.iter().any(|(trial, verdict)| {
        matches!(trial.verb, "update" | "delete") && matches!(verdict, Verdict::Policy | Verdict::Impossible)
    }) {
        let mut blind = scene.update(false);
        blind.extend(scene.delete(false));
        verdicts.extend(run(session, actor, blind).await?);
    }
    for verb in ["select", "update", "delete", "truncate"] {
        collect(&mut rights, table, actor, verb, &verdicts);
    }
    for (verb, person) in scene.inserters() {
        let Some(base) = scene.base_insert(person) else { continue };
        let first = Trial {
            verb: "insert",
            column: None,
            statement: insert(table, &base),
            proof: String::new(),
            is_blind: false,
        };
        let tried = run(session, actor, vec![first]).await?;
        let verdict = tried.first().map(|(_, verdict)| *verdict);
        let mut verdicts = Vec::new();
        if matches!(verdict, Some(Verdict::Allowed | Verdict::Constraint)) {
            verdicts = run(session, actor, scene.more_columns(&base)).await?;
        }
        verdicts.extend(tried);
        let named: Vec<String> = base.iter().map(|given| given.column.clone()).collect();
        collect_insert(&mut rights, table, actor, verb, &verdicts, &named);
    }
    let order = ["select", "insert", "insert as owner", "update", "delete", "truncate"];
    for list in [&mut rights.allowed, &mut rights.policy, &mut rights.trigger] {
        list.sort_by_key(|right| order.iter().position(|verb| *verb == right.verb));
    }
    Ok(rights)
}

/// Who, on what.
struct Scene<'a> {
    actor: &'a Actor,
    table: &'a Table,
    made: &'a Made,
}

impl Scene<'_> {
    fn select(&self) -> Vec<Trial> {
        let readable: Vec<&Column> =
            self.table.columns.iter().filter(|column| column.select.has(self.actor.role)).collect();
        let Some(first) = readable.first() else { return Vec::new() };
        let can_find = readable.len() == self.table.columns.len() || self.can_address();
        let condition = if can_find { self.made.condition.as_str() } else { "true" };
        let statement = format!("select {} from {} where {condition}", ident(&first.name), self.table.sql());
        vec![Trial { verb: "select", column: None, statement, proof: String::new(), is_blind: false }]
    }

    /// Whether the actor may read the columns by which the row is found.
    fn can_address(&self) -> bool {
        self.table.primary_key().is_some_and(|key| {
            key.columns
                .iter()
                .all(|name| self.table.column(name).is_some_and(|column| column.select.has(self.actor.role)))
        })
    }

    fn update(&self, addressed: bool) -> Vec<Trial> {
        if self.table.kind == 'm' {
            return Vec::new();
        }
        let condition = if addressed { self.made.condition.as_str() } else { "true" };
        let mut trials = Vec::new();
        for column in
            self.table.columns.iter().filter(|column| !column.generated && column.update.has(self.actor.role))
        {
            for value in self.other_values(column) {
                let name = ident(&column.name);
                let statement = format!("update {} set {name} = {value} where {condition}", self.table.sql());
                let proof = if self.made.condition.contains(&format!("{name} =")) {
                    format!("select count(*) from {} where {}", self.table.sql(), self.made.condition)
                } else {
                    format!(
                        "select count(*) from {} where {} and {name}::text is not distinct from ({value})::text",
                        self.table.sql(),
                        self.made.condition
                    )
                };
                trials.push(Trial {
                    verb: "update",
                    column: Some(column.name.clone()),
                    statement,
                    proof,
                    is_blind: !addressed,
                });
            }
        }
        trials
    }

    /// A few values that the column does not have now.
    fn other_values(&self, column: &Column) -> Vec<String> {
        let given = self.made.given.iter().find(|given| given.column == column.name);
        let now = self.made.values.get(&column.name).cloned().flatten();
        let mut values = Vec::new();
        match given.map(|given| given.origin) {
            Some(Origin::Person) => {
                let others = [self.actor.person.unwrap_or(Person::Stranger), Person::Stranger, Person::Owner];
                values.extend(others.iter().map(|person| format!("'{}'::{}", person.id(), column.type_name)));
            }
            _ if column.base == "uuid" => values.push(NOBODY.to_owned()),
            _ => values.extend(candidates(self.table, column, 4711)),
        }
        if !column.not_null {
            values.push(format!("null::{}", column.type_name));
        }
        let is_new = |value: &String| {
            let (bare, _) = value.rsplit_once("::").unwrap_or((value, ""));
            match &now {
                Some(now) => bare != literal(now) && bare.trim_matches(['(', ')']) != now,
                None => bare != "null",
            }
        };
        values.retain(is_new);
        // words of a list are all worth trying: a state machine may allow the last
        let is_listed = !column.labels.is_empty() || self.table.checks_of(&column.name).next().is_some();
        values.truncate(if is_listed { 8 } else { 2 });
        values
    }

    fn delete(&self, addressed: bool) -> Vec<Trial> {
        if !self.table.delete.has(self.actor.role) || self.table.kind == 'm' {
            return Vec::new();
        }
        let condition = if addressed { self.made.condition.as_str() } else { "true" };
        vec![Trial {
            verb: "delete",
            column: None,
            statement: format!("delete from {} where {condition}", self.table.sql()),
            proof: format!("select count(*) from {} where {}", self.table.sql(), self.made.condition),
            is_blind: !addressed,
        }]
    }

    fn truncate(&self) -> Vec<Trial> {
        if !self.table.truncate.has(self.actor.role) || !self.table.is_table() {
            return Vec::new();
        }
        let statement = format!("truncate {}", self.table.sql());
        vec![Trial { verb: "truncate", column: None, statement, proof: String::new(), is_blind: false }]
    }

    /// In whose name rows are put in: the own, and where that is another's, the owner's too.
    fn inserters(&self) -> Vec<(&'static str, Option<Person>)> {
        let origins = |origin| self.made.given.iter().any(|given| given.origin == origin);
        if !matches!(self.table.kind, 'r' | 'p') {
            return Vec::new();
        }
        match self.actor.person {
            None | Some(Person::Owner) => vec![("insert", self.actor.person)],
            Some(person) if !origins(Origin::Person) => vec![("insert", Some(person))],
            Some(person) => {
                let mut inserters = vec![("insert as owner", None)];
                // a row that hangs on nothing but oneself is what `owner` shows
                if origins(Origin::Reference) || person != Person::Stranger {
                    inserters.insert(0, ("insert", Some(person)));
                }
                inserters
            }
        }
    }

    /// The columns and values that make a row, as far as this role may name them; `None` when it may not insert.
    fn base_insert(&self, person: Option<Person>) -> Option<Vec<Given>> {
        let may = |column: &Column| column.insert.has(self.actor.role);
        if !self.table.columns.iter().any(may) {
            return None;
        }
        let column = |given: &Given| self.table.column(&given.column);
        let mut base: Vec<Given> =
            self.made.given.iter().filter(|given| column(given).is_some_and(may)).cloned().collect();
        for given in base.iter_mut().filter(|given| given.origin == Origin::Person) {
            let acting = person.unwrap_or(Person::Owner).id();
            for other in Person::ALL {
                given.expression = given.expression.replace(other.id(), acting);
            }
        }
        Some(base)
    }

    /// The base with one more column, for each that the role may name.
    fn more_columns(&self, base: &[Given]) -> Vec<Trial> {
        let mut trials = Vec::new();
        for column in &self.table.columns {
            let is_there = base.iter().any(|given| given.column == column.name);
            if is_there || column.generated || !column.insert.has(self.actor.role) {
                continue;
            }
            for value in self.other_values(column).into_iter().filter(|value| !value.starts_with("null")) {
                let mut given = base.to_vec();
                let (name, expression) = (column.name.clone(), value.clone());
                given.push(Given { column: name.clone(), expression, origin: Origin::Free });
                trials.push(Trial {
                    verb: "insert",
                    column: Some(name.clone()),
                    statement: insert(self.table, &given),
                    proof: format!(
                        "select count(*) from {} where {}::text is not distinct from ({value})::text",
                        self.table.sql(),
                        ident(&name)
                    ),
                    is_blind: false,
                });
            }
        }
        trials
    }
}

async fn run(
    session: &mut Session<'_>,
    actor: &Actor,
    trials: Vec<Trial>,
) -> Result<Vec<(Trial, Verdict)>, Error> {
    if trials.is_empty() {
        return Ok(Vec::new());
    }
    let statements: Vec<&str> = trials.iter().map(|trial| trial.statement.as_str()).collect();
    let proofs: Vec<&str> = trials.iter().map(|trial| trial.proof.as_str()).collect();
    let params = [
        Param::from(actor.role),
        Param::from(actor.claims().as_str()),
        Param::from(&statements[..]),
        Param::from(&proofs[..]),
    ];
    let rows = session.query(include_str!("../../sql/access/attempts.sql"), &params).await?;
    trials
        .into_iter()
        .zip(rows)
        .map(|(trial, row)| Ok((verdict(&trial, &row)?, trial)))
        .map(|result| result.map(|(verdict, trial)| (trial, verdict)))
        .collect()
}

fn verdict(trial: &Trial, row: &Row) -> Result<Verdict, pg::Error> {
    let code: String = row.get(0)?;
    let affected: Option<i64> = row.get(2)?;
    let changed: Option<bool> = row.get(3)?;
    Ok(match code.as_str() {
        "00000" if trial.verb == "truncate" => Verdict::Allowed,
        // a policy that hides the row, or a trigger that takes the change back
        "00000" if affected == Some(0) => Verdict::Policy,
        // whatever happened, it was not this row
        _ if trial.is_blind && changed != Some(true) => Verdict::Policy,
        "00000" if changed == Some(false) && trial.verb != "select" => Verdict::Trigger,
        "00000" => Verdict::Allowed,
        // foreign keys and pending triggers are looked at after the right to truncate was
        "0A000" | "55006" if trial.verb == "truncate" => Verdict::Allowed,
        "42501" => Verdict::Policy,
        // what a new row refers to exists, so this key knows whose it is
        "23503" if trial.verb == "insert" && trial.column.is_none() => Verdict::Trigger,
        "23502" | "23503" | "23505" | "23514" | "23P01" => Verdict::Constraint,
        "55000" | "42809" | "0A000" | "428C9" => Verdict::Impossible,
        // the value was not one of the type
        code if code.starts_with("22") => Verdict::Impossible,
        _ => Verdict::Trigger,
    })
}

/// Adds what the verdicts on one verb come to.
fn collect(
    rights: &mut Rights,
    table: &Table,
    actor: &Actor,
    verb: &'static str,
    verdicts: &[(Trial, Verdict)],
) {
    let of = |column: Option<&str>| -> Vec<Verdict> {
        let matching =
            verdicts.iter().filter(|(trial, _)| trial.verb == verb && trial.column.as_deref() == column);
        matching.map(|(_, verdict)| *verdict).collect()
    };
    if verb != "update" {
        let verdicts = of(None);
        let columns = if verb == "select" { readable(table, actor) } else { None };
        let right = Right { verb: verb.to_owned(), columns };
        match best(&verdicts) {
            Some(Verdict::Allowed | Verdict::Constraint) => rights.allowed.push(right),
            Some(Verdict::Policy) => rights.policy.push(right),
            Some(Verdict::Trigger) => rights.trigger.push(right),
            Some(Verdict::Impossible) | None => {}
        }
        return;
    }
    let granted = |column: &&Column| !column.generated && column.update.has(actor.role);
    let by_column: Vec<(String, Verdict)> = table
        .columns
        .iter()
        .filter(granted)
        .filter_map(|column| Some((column.name.clone(), best(&of(Some(&column.name)))?)))
        .collect();
    add_columns(rights, table, verb, &by_column);
}

/// The same for inserts, where `named` are the columns of the row as such.
fn collect_insert(
    rights: &mut Rights,
    table: &Table,
    actor: &Actor,
    verb: &str,
    verdicts: &[(Trial, Verdict)],
    named: &[String],
) {
    let of = |column: Option<&str>| -> Vec<Verdict> {
        let matching = verdicts.iter().filter(|(trial, _)| trial.column.as_deref() == column);
        matching.map(|(_, verdict)| *verdict).collect()
    };
    let missing = table.columns.iter().any(|column| {
        column.is_required() && !column.insert.has(actor.role) && !named.contains(&column.name)
    });
    match best(&of(None)) {
        // what it may not name would have to be there
        Some(Verdict::Constraint) if missing => {}
        Some(Verdict::Allowed | Verdict::Constraint) => {
            let by_column: Vec<(String, Verdict)> = table
                .columns
                .iter()
                .filter_map(|column| {
                    let verdict = if named.contains(&column.name) {
                        Verdict::Allowed
                    } else {
                        best(&of(Some(&column.name)))?
                    };
                    Some((column.name.clone(), verdict))
                })
                .filter(|(_, verdict)| *verdict != Verdict::Policy)
                .collect();
            add_columns(rights, table, verb, &by_column);
        }
        Some(Verdict::Policy) => rights.policy.push(Right::whole(verb)),
        Some(Verdict::Trigger) => rights.trigger.push(Right::whole(verb)),
        Some(Verdict::Impossible) | None => {}
    }
}

fn add_columns(rights: &mut Rights, table: &Table, verb: &str, by_column: &[(String, Verdict)]) {
    let all = table.columns.iter().filter(|column| !column.generated).count();
    let with = |wanted: &[Verdict]| -> Vec<String> {
        let matching = by_column.iter().filter(|(_, verdict)| wanted.contains(verdict));
        matching.map(|(name, _)| name.clone()).collect()
    };
    let mut push = |list: fn(&mut Rights) -> &mut Vec<Right>, columns: Vec<String>, whole: bool| {
        if !columns.is_empty() {
            let columns = (!whole).then_some(columns);
            list(rights).push(Right { verb: verb.to_owned(), columns });
        }
    };
    let allowed = with(&[Verdict::Allowed, Verdict::Constraint]);
    let (policy, trigger) = (with(&[Verdict::Policy]), with(&[Verdict::Trigger]));
    let (all_allowed, all_policy) = (allowed.len() == all, policy.len() == by_column.len());
    push(|rights| &mut rights.allowed, allowed, all_allowed);
    push(|rights| &mut rights.policy, policy, all_policy && all == by_column.len());
    push(|rights| &mut rights.trigger, trigger, false);
}

/// The columns a role may read, when they are not all.
fn readable(table: &Table, actor: &Actor) -> Option<Vec<String>> {
    let readable: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.select.has(actor.role))
        .map(|column| column.name.clone())
        .collect();
    (readable.len() < table.columns.len()).then_some(readable)
}

/// The verdict that counts among those on several values.
fn best(verdicts: &[Verdict]) -> Option<Verdict> {
    [Verdict::Allowed, Verdict::Trigger, Verdict::Constraint, Verdict::Policy, Verdict::Impossible]
        .into_iter()
        .find(|verdict| verdicts.contains(verdict))
}

/// What was granted, for a table of which there is no row to try it on. Without row level security it is allowed.
pub(super) fn granted(actor: &Actor, table: &Table) -> Rights {
    let mut rights = Rights::default();
    let role = actor.role;
    if !table.usage.has(role) {
        return rights;
    }
    let mut found = Vec::new();
    let mut columns = |verb: &str, has: &dyn Fn(&Column) -> bool| {
        let may: Vec<String> =
            table.columns.iter().filter(|column| has(column)).map(|column| column.name.clone()).collect();
        if !may.is_empty() {
            let columns = (may.len() < table.columns.len()).then_some(may);
            found.push(Right { verb: verb.to_owned(), columns });
        }
    };
    columns("select", &|column| column.select.has(role));
    columns("insert", &|column| column.insert.has(role));
    columns("update", &|column| column.update.has(role));
    if table.delete.has(role) {
        found.push(Right::whole("delete"));
    }
    let closed = table.has_security && !table.has_policies && role != "service_role";
    *(if closed { &mut rights.policy } else { &mut rights.allowed }) = found;
    if table.truncate.has(role) {
        rights.allowed.push(Right::whole("truncate"));
    }
    rights
}

/// Whether the actor may run this statement on a row of their own that it would make more powerful.
pub(super) async fn may_raise(
    session: &mut Session<'_>,
    actor: &Actor,
    statement: String,
    proof: String,
) -> Result<bool, Error> {
    let trial = Trial { verb: "update", column: None, statement, proof, is_blind: false };
    let verdicts = run(session, actor, vec![trial]).await?;
    Ok(verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Allowed | Verdict::Constraint)))
}
