//! The access matrix of a database: who may do what, found by trying it.
//!
//! In one transaction that is rolled back, users sign up, an organisation is founded, every table gets a row that
//! belongs to one of them, and each actor tries everything on it. Knows PostgreSQL and the roles and claims of a
//! Supabase project; knows nothing of files, except how the text of `access.toml` reads.

mod draft;
mod error;
mod findings;
mod hints;
mod matrix;
mod model;
mod people;
mod storage;
mod trials;
mod values;
mod world;

use std::collections::BTreeMap;

use pg::{Client, Session};

pub use error::Error;
pub use hints::{ActorHint, Hints};
pub use matrix::{Matrix, Right, Rights, Section};

use model::{Function, Model, ROLES, Table};
use people::Person;
use trials::Actor;
use world::{Attempted, Made, World};

/// Derives the matrix of these schemas. The client is connected as `postgres`, or another role that row level security
/// does not bind and that may become `anon`, `authenticated` and `service_role`. Nothing is kept, but sequences move:
/// use a database that nobody works with.
///
/// # Errors
/// When users cannot sign up, `access.toml` is wrong, or the connection ends.
pub async fn derive(client: &mut Client, schemas: &[String], hints: &Hints) -> Result<Matrix, Error> {
    let mut session = client.session().await?;
    session.say("begin; set local search_path = pg_catalog").await?;
    let model = Model::load(&mut session, schemas).await?;
    let wanted = [pg::Param::from(schemas)];
    let unknown = session.query(include_str!("../sql/access/unknown_schemas.sql"), &wanted).await?;
    if let Some(name) = unknown.first().and_then(|row| row.text(0)) {
        return Err(Error::Unknown(format!("there is no schema {name}")));
    }
    let path: Vec<String> = schemas.iter().map(|schema| model::ident(schema)).collect();
    let settings = format!(
        "set local search_path = {}, extensions; set local statement_timeout = 0; \
         set local storage.allow_delete_query = 'true'",
        path.join(", ")
    );
    prepare(&mut session, &settings).await?;
    prepare(&mut session, include_str!("../sql/access/attempt.sql")).await?;
    let matrix = Derivation::new(&mut session, &model, schemas, hints).run().await;
    session.say("rollback").await?;
    let mut matrix = matrix?;
    findings::find(&mut matrix, &model, schemas);
    for (finding, reason) in &hints.allow {
        if matrix.findings.remove(finding) {
            matrix.allowed.insert(finding.clone(), reason.clone());
        } else {
            matrix.findings.insert(format!("access.toml allows what is not found (any more): {finding}"));
        }
    }
    Ok(matrix)
}

async fn prepare(session: &mut Session<'_>, sql: &str) -> Result<(), Error> {
    match session.say(sql).await?.error {
        Some(error) => Err(Error::SetUp { what: "trying cannot be prepared".to_owned(), error }),
        None => Ok(()),
    }
}

struct Derivation<'a, 's, 'c> {
    world: World<'a, 's, 'c>,
    model: &'c Model,
    schemas: &'c [String],
    hints: &'c Hints,
    files: Vec<storage::File>,
    matrix: Matrix,
}

impl<'a, 's, 'c> Derivation<'a, 's, 'c> {
    fn new(session: &'a mut Session<'s>, model: &'c Model, schemas: &'c [String], hints: &'c Hints) -> Self {
        let world = World::new(session, model, hints);
        Self { world, model, schemas, hints, files: Vec::new(), matrix: Matrix::default() }
    }

    async fn run(mut self) -> Result<Matrix, Error> {
        self.matrix.notes = self.world.populate().await?;
        let tables: Vec<&'c Table> =
            self.model.tables.values().filter(|table| self.schemas.contains(&table.schema)).collect();
        let mut rows: BTreeMap<&str, Attempted> = BTreeMap::new();
        for table in &tables {
            if !table.is_table() || table.parent.is_some() || self.grants_by_row(table) {
                continue;
            }
            rows.insert(&table.oid, self.world.row(Person::Owner, &table.oid).await?);
        }
        self.files = storage::files(&mut self.world).await?;
        // deferred triggers and keys have their say now
        if let Err(error) = self.world.change("set constraints all immediate").await? {
            self.matrix
                .notes
                .push(format!("a deferred check refuses the rows made: {}", world::short(&error)));
        }
        for (actor, setup) in self.actors() {
            let known = self.world.begin_acting().await?;
            self.act(&actor, &setup, &tables, &rows).await?;
            self.world.end_acting(known).await?;
        }
        for table in &tables {
            if let Some(Err(reason)) = rows.get(table.oid.as_str()) {
                let remark = format!("no row could be made, so this is by privilege alone: {reason}");
                let section = self.matrix.sections.entry(table.title()).or_default();
                section.remarks.push(remark);
            }
        }
        self.fold_partitions();
        self.matrix.functions = functions(&self.model.functions);
        Ok(self.matrix)
    }

    /// Whether to be in this table is a right.
    fn grants_by_row(&self, table: &Table) -> bool {
        self.world.people.contains(&table.oid) && people::is_list_of_privileged(table)
    }

    /// Who acts, and what makes them so.
    fn actors(&self) -> Vec<(Actor, Setup)> {
        let actor = |name: &str, description: &str, role, person| Actor {
            name: name.to_owned(),
            description: description.to_owned(),
            role,
            person,
        };
        let user =
            |name: &str, description: &str, person| actor(name, description, "authenticated", Some(person));
        let organisation = self.world.organisation.as_ref();
        let owner = match organisation {
            Some(organisation) => {
                format!("the user the rows belong to; {} of the organisation", organisation.lowest())
            }
            None => "the user the rows belong to".to_owned(),
        };
        let stranger =
            if organisation.is_some() { "another user, with another organisation" } else { "another user" };
        let mut actors = vec![
            (actor("anon", "nobody is signed in", "anon", None), Setup::None),
            (user("owner", &owner, Person::Owner), Setup::None),
            (user("stranger", stranger, Person::Stranger), Setup::None),
        ];
        for role in organisation.map(|organisation| organisation.roles.as_slice()).unwrap_or_default() {
            let description = format!("another member of the organisation, as {role}");
            let member = user(&format!("org {role}"), &description, Person::Member);
            actors.push((member, Setup::Join(role.clone())));
        }
        if let Some(choice) = people::product_roles(self.model, &self.world.people) {
            for word in &choice.words {
                let description = format!("a stranger with {} {word} in the own row", choice.column);
                let change = Setup::Set(choice.table.clone(), choice.column.clone(), model::literal(word));
                actors.push((
                    user(&format!("{} {word}", choice.column), &description, Person::Stranger),
                    change,
                ));
            }
        }
        for table in self.model.tables.values().filter(|table| self.grants_by_row(table)) {
            let description = format!("a stranger who is in {}", table.title());
            let name = format!("listed in {}", table.name);
            actors.push((user(&name, &description, Person::Stranger), Setup::Row(table.oid.clone())));
        }
        if let Some(suspension) = people::suspension(self.model, &self.world.people) {
            let description = format!("the owner, with {} = {}", suspension.column, suspension.value);
            let change = Setup::Set(suspension.table, suspension.column, suspension.value);
            actors.push((user("suspended", &description, Person::Owner), change));
        }
        for (name, hint) in &self.hints.actors {
            let person = hints::person(&hint.person);
            let role = if person.is_some() { "authenticated" } else { "anon" };
            let description = format!("{}, as access.toml makes them", hint.person);
            actors.push((actor(name, &description, role, person), Setup::Sql(hints::filled(&hint.setup))));
        }
        actors.push((actor("service_role", "the backend", "service_role", None), Setup::None));
        actors
    }

    /// Lets one actor try everything.
    async fn act(
        &mut self,
        actor: &Actor,
        setup: &Setup,
        tables: &[&'c Table],
        rows: &BTreeMap<&str, Attempted>,
    ) -> Result<(), Error> {
        self.matrix.actors.push((actor.name.clone(), actor.description.clone()));
        let mut actor = actor.clone();
        if let Err(reason) = self.prepare(&actor, setup).await? {
            match (setup, &self.world.organisation) {
                // there may be one owner only: then it is the founder
                (Setup::Join(role), Some(organisation)) if role == organisation.highest() => {
                    actor.person = Some(Person::Founder);
                }
                _ => self.matrix.notes.push(format!("{} could not be set up: {reason}", actor.name)),
            }
        }
        let actor = &actor;
        for table in tables {
            let rights = match rows.get(table.oid.as_str()) {
                Some(Ok(made)) => trials::rights(self.world.session, actor, table, made).await?,
                Some(Err(_)) => trials::granted(actor, table),
                None if self.grants_by_row(table) => {
                    // the row makes the owner more than an owner: it is there for this table only
                    let known = self.world.begin_acting().await?;
                    let made = self.world.row(Person::Owner, &table.oid).await?;
                    let rights = match made {
                        Ok(made) => trials::rights(self.world.session, actor, table, &made).await?,
                        Err(_) => trials::granted(actor, table),
                    };
                    self.world.end_acting(known).await?;
                    rights
                }
                None => self.without_own_row(actor, table, rows).await?,
            };
            let section = self.matrix.sections.entry(table.title()).or_default();
            section.rights.push((actor.name.clone(), rights));
        }
        if let Some(objects) = self.model.find("storage", "objects") {
            for file in &self.files {
                let section = self.matrix.sections.entry(file.title.clone()).or_default();
                section.remarks.clone_from(&file.remarks);
                if let Some(made) = &file.made {
                    let rights = trials::rights(self.world.session, actor, objects, made).await?;
                    section.rights.push((actor.name.clone(), storage::whole(rights)));
                }
            }
        }
        self.raise_own_role(actor).await
    }

    /// Whether a member may give themselves the most powerful role: their own row is not the one that was tried.
    async fn raise_own_role(&mut self, actor: &Actor) -> Result<(), Error> {
        let (Some(organisation), Some(person)) = (self.world.organisation.clone(), actor.person) else {
            return Ok(());
        };
        let Some(table) = self.model.tables.get(&organisation.members) else { return Ok(()) };
        let Some(role) = table.column(&organisation.role_column) else { return Ok(()) };
        let Ok(member) = self.world.row(person, &organisation.members).await? else { return Ok(()) };
        let home = self.world.row(Person::Owner, &organisation.table).await?;
        let is_at_home = home.is_ok_and(|home| {
            let its_id = member.values.get(&organisation.home_column).cloned().flatten();
            its_id.is_some() && home.values.values().any(|value| *value == its_id)
        });
        let highest = format!("{}::{}", model::literal(organisation.highest()), role.type_name);
        let (name, sql) = (model::ident(&role.name), table.sql());
        let own = format!("{} and {name} <> {highest}", member.condition);
        let statement = format!("update {sql} set {name} = {highest} where {own}");
        let proof = format!("select count(*) from {sql} where {own}");
        if is_at_home && trials::may_raise(self.world.session, actor, statement, proof).await? {
            self.matrix.escalations.push(format!(
                "{}.{} of the own membership may be raised to {} by {}",
                table.title(),
                role.name,
                organisation.highest(),
                actor.name
            ));
        }
        Ok(())
    }

    /// Makes the actor what they are. Inner error: why that is not possible.
    async fn prepare(&mut self, actor: &Actor, setup: &Setup) -> Result<Result<(), String>, Error> {
        let person = actor.person.unwrap_or(Person::Owner);
        match setup {
            Setup::None => Ok(Ok(())),
            Setup::Row(table) => Ok(self.world.row(person, table).await?.map(|_| ())),
            Setup::Join(role) => self.world.join(person, role).await,
            Setup::Sql(sql) => Ok(self.world.change(sql).await?.map_err(|error| world::short(&error))),
            Setup::Set(oid, column, value) => {
                let made = match self.world.row(person, oid).await? {
                    Ok(made) => made,
                    Err(reason) => return Ok(Err(reason)),
                };
                let Some(table) = self.model.tables.get(oid) else { return Ok(Ok(())) };
                let sql = format!(
                    "update {} set {} = {value} where {}",
                    table.sql(),
                    model::ident(column),
                    made.condition
                );
                Ok(self.world.change(&sql).await?.map_err(|error| world::short(&error)))
            }
        }
    }

    /// Views and partitions: the row is one that names the owner, or the one of the whole table.
    async fn without_own_row(
        &mut self,
        actor: &Actor,
        table: &'c Table,
        rows: &BTreeMap<&str, Attempted>,
    ) -> Result<Rights, Error> {
        let mut condition = format!("({})::text like '%{}%'", model::ident(&table.name), Person::Owner.id());
        let mut given = Vec::new();
        let mut values = BTreeMap::new();
        if let Some(Some(Ok(made))) = table.parent.as_ref().map(|parent| rows.get(parent.as_str())) {
            condition.clone_from(&made.condition);
            given.clone_from(&made.given);
            values.clone_from(&made.values);
        }
        let sql = format!("select from {} where {condition}", table.sql());
        let found = self.world.session.query(&format!("select exists ({sql})"), &[]).await?;
        let is_there = found.first().is_some_and(|row| row.text(0) == Some("t"));
        if !is_there && table.parent.is_some() {
            return Ok(trials::granted(actor, table));
        }
        if !is_there {
            "true".clone_into(&mut condition);
        }
        trials::rights(self.world.session, actor, table, &Made { values, given, condition }).await
    }

    /// One section for all partitions of a table that fare alike: their names change with the calendar.
    fn fold_partitions(&mut self) {
        for table in self.model.tables.values() {
            let Some(parent) = table.parent.as_ref().and_then(|parent| self.model.tables.get(parent)) else {
                continue;
            };
            if let Some(section) = self.matrix.sections.remove(&table.title()) {
                let title = format!("{} (partitions)", parent.title());
                let folded = self.matrix.sections.entry(title).or_insert_with(|| section.clone());
                for ((_, folded), (_, rights)) in folded.rights.iter_mut().zip(section.rights) {
                    folded.widen(rights);
                }
            }
        }
    }
}

/// What makes an actor what they are.
#[derive(Debug, Clone)]
enum Setup {
    None,
    /// A member of the organisation with this role.
    Join(String),
    /// In the actor's row of this table, the column gets this value.
    Set(String, String, String),
    /// The actor has a row in this table.
    Row(String),
    Sql(String),
}

fn functions(functions: &[Function]) -> BTreeMap<String, String> {
    let callable = functions.iter().filter(|function| !function.is_trigger);
    callable
        .map(|function| {
            let roles: Vec<&str> = ROLES.into_iter().filter(|role| function.execute.has(role)).collect();
            let roles = if roles.is_empty() { "-".to_owned() } else { roles.join(", ") };
            let definer = if function.is_definer { " (with its owner's rights)" } else { "" };
            (function.signature.clone(), format!("{roles}{definer}"))
        })
        .collect()
}
