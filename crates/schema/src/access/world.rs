//! The world that is tried: people, an organisation, and one row of every table that belongs to the owner.
//!
//! Everything happens in the caller's transaction, which is rolled back in the end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;

use pg::{DbError, Session};

use super::Error;
use super::draft::{Draft, Given};
use super::hints::{Hints, filled};
use super::model::{Model, Oid, Table, ident, literal};
use super::people::{Organisation, Person, is_list_of_privileged};

/// A row that exists, with what it takes to make one like it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// What is in it, by column, as text.
    pub(super) values: BTreeMap<String, Option<String>>,
    /// What was given to make it; of a row that was there, what would be given.
    pub(super) given: Vec<Given>,
    /// A condition that it alone meets.
    pub(super) condition: String,
}

/// A row, or why there is none.
pub(super) type Attempted = Result<Made, String>;

/// What was made for whom, of which table.
pub(super) type Rows = HashMap<(Person, Oid), Attempted>;

/// How many inserts are tried for one row.
const TRIES: usize = 400;

pub(super) struct World<'a, 's, 'c> {
    pub(super) session: &'a mut Session<'s>,
    pub(super) model: &'c Model,
    pub(super) hints: &'c Hints,
    pub(super) people: Vec<Oid>,
    pub(super) organisation: Option<Organisation>,
    rows: Rows,
    making: HashSet<(Person, Oid)>,
    serial: u32,
}

impl<'a, 's, 'c> World<'a, 's, 'c> {
    pub(super) fn new(session: &'a mut Session<'s>, model: &'c Model, hints: &'c Hints) -> Self {
        let people = model.people();
        let organisation = Organisation::find(model, &people);
        let (rows, making) = (HashMap::new(), HashSet::new());
        Self { session, model, hints, people, organisation, rows, making, serial: 0 }
    }

    /// Makes people, organisations and memberships. What cannot be made is told by the notes.
    pub(super) async fn populate(&mut self) -> Result<Vec<String>, Error> {
        let mut notes = Vec::new();
        for person in self.cast() {
            self.sign_up(person).await?;
        }
        let setup = filled(&self.hints.setup);
        self.must(&setup, "the setup of access.toml").await?;
        for person in self.cast() {
            for table in self.people.clone() {
                let is_list = self.model.tables.get(&table).is_some_and(is_list_of_privileged);
                if !is_list {
                    // why there is none is told where its table is tried
                    let _made = self.row(person, &table).await?;
                }
            }
        }
        if let Some(organisation) = self.organisation.clone() {
            let (highest, lowest) = (organisation.highest().to_owned(), organisation.lowest().to_owned());
            for (person, role) in
                [(Person::Founder, &highest), (Person::Stranger, &highest), (Person::Owner, &lowest)]
            {
                if let Err(reason) = self.join(person, role).await? {
                    notes.push(format!(
                        "{} could not become {role} of an organisation: {reason}",
                        person.word()
                    ));
                }
            }
        }
        Ok(notes)
    }

    /// What happens from here to [`Self::end_acting`] is undone then; returns the rows there are now.
    pub(super) async fn begin_acting(&mut self) -> Result<Rows, Error> {
        self.session.say("savepoint acting").await?;
        Ok(self.rows.clone())
    }

    pub(super) async fn end_acting(&mut self, rows: Rows) -> Result<(), Error> {
        self.session.say("rollback to savepoint acting; release savepoint acting").await?;
        self.rows = rows;
        Ok(())
    }

    /// Who is needed: without organisations nobody founds one or is a member.
    pub(super) fn cast(&self) -> Vec<Person> {
        let with_organisation = self.organisation.is_some() || !self.hints.actors.is_empty();
        if with_organisation { Person::ALL.to_vec() } else { vec![Person::Owner, Person::Stranger] }
    }

    /// Signs somebody up, which fires the project's triggers.
    async fn sign_up(&mut self, person: Person) -> Result<(), Error> {
        let name = person.word();
        let mut metadata = format!("'name', '{name}', 'full_name', '{name}'");
        for (key, value) in &self.hints.users {
            metadata += &[", ", &literal(key), ", ", &literal(&value.replace("{name}", name))].concat();
        }
        let sql = format!(
            "insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, \
             created_at, updated_at) values ('{}', 'authenticated', 'authenticated', '{name}@example.com', now(), \
             '{{\"provider\": \"email\"}}', jsonb_build_object({metadata}), now(), now())",
            person.id()
        );
        let refused =
            "a user cannot sign up (what a trigger has to know of users goes into [users] of access.toml)";
        self.must(&sql, refused).await
    }

    /// Makes somebody a member of their organisation (of the owner's, except for the stranger).
    pub(super) async fn join(&mut self, person: Person, role: &str) -> Result<Result<(), String>, Error> {
        let Some(organisation) = self.organisation.clone() else {
            return Ok(Err("there is none".to_owned()));
        };
        // also makes the organisation
        let member = self.row(person, &organisation.members).await?;
        let Ok(member) = member else { return Ok(member.map(|_| ())) };
        let Some(table) = self.model.tables.get(&organisation.members) else { return Ok(Ok(())) };
        let present = member.values.get(&organisation.role_column).cloned().flatten();
        if present.as_deref() == Some(role) {
            return Ok(Ok(()));
        }
        let Some(column) = table.column(&organisation.role_column) else { return Ok(Ok(())) };
        let sql = format!(
            "update {} set {} = {}::{} where {}",
            table.sql(),
            ident(&column.name),
            literal(role),
            column.type_name,
            member.condition
        );
        Ok(self.change(&sql).await?.map_err(|error| short(&error)))
    }

    /// The row of this table that belongs to somebody; made when there is none.
    pub(super) fn row<'f>(
        &'f mut self,
        person: Person,
        table: &'f str,
    ) -> Pin<Box<dyn Future<Output = Result<Attempted, Error>> + Send + 'f>> {
        Box::pin(async move {
            let key = (self.scope(person, table), table.to_owned());
            if let Some(known) = self.rows.get(&key) {
                return Ok(known.clone());
            }
            let Some(found) = self.model.tables.get(table) else {
                return Ok(Err("its table is not known".to_owned()));
            };
            if !self.making.insert(key.clone()) {
                return Ok(Err(format!("{} refers to itself in a circle", found.title())));
            }
            let made = self.make(key.0, found).await?;
            self.making.remove(&key);
            self.rows.insert(key, made.clone());
            Ok(made)
        })
    }

    /// In whose name a row is made: the owner's organisation is the founder's.
    fn scope(&self, person: Person, table: &str) -> Person {
        match (&self.organisation, person) {
            (Some(organisation), Person::Owner | Person::Member) if organisation.table == table => {
                Person::Founder
            }
            _ => person,
        }
    }

    async fn make(&mut self, person: Person, table: &'c Table) -> Result<Attempted, Error> {
        let mut draft = match self.draft(person, table).await? {
            Ok(draft) => draft,
            Err(reason) => return Ok(Err(reason)),
        };
        for columns in draft.known_keys(table) {
            if let Some(made) = self.existing(table, &draft, &columns).await? {
                return Ok(Ok(made));
            }
        }
        let mut claims = [r#"{"role": "service_role"}"#.to_owned(), person.claims()].into_iter();
        self.claim(&claims.next().unwrap_or_default()).await?;
        let mut last = String::new();
        for _ in 0..TRIES {
            let sql = format!("{} returning {}", draft.insert(table), columns_as_text(table));
            let error = match self.insert(&sql).await? {
                Ok(values) => return Ok(Ok(Self::made(table, values, &draft))),
                Err(error) => error,
            };
            last = short(&error);
            if error.code == "23505"
                && !draft.can_vary(table, error.constraint.as_deref().unwrap_or_default())
            {
                let columns = draft.key_columns(table, error.constraint.as_deref().unwrap_or_default());
                let existing = self.existing(table, &draft, &columns).await?;
                return Ok(existing.ok_or(last));
            }
            if !draft.mend(table, &error) {
                // a trigger may want to know who asks
                match claims.next() {
                    Some(next) => self.claim(&next).await?,
                    None => break,
                }
            }
        }
        // every word of a look-up table may be taken: any row will do
        Ok(self.existing(table, &draft, &[]).await?.ok_or(last))
    }

    /// The columns whose values are given: people, organisation, other references, and what must be there.
    async fn draft(&mut self, person: Person, table: &'c Table) -> Result<Result<Draft, String>, Error> {
        self.serial += 1;
        let mut draft = Draft::new(table, self.serial);
        if let ("auth", "users", Some(id)) = (table.schema.as_str(), table.name.as_str(), table.column("id"))
        {
            draft.refer(id, person.id(), true);
        }
        for reference in &table.references {
            let may_be_absent = reference
                .columns
                .iter()
                .any(|name| table.column(name).is_some_and(|column| !column.not_null));
            let target = match self.row(person, &reference.target).await? {
                Ok(target) => target,
                Err(_) if may_be_absent => continue,
                Err(reason) => return Ok(Err(reason)),
            };
            let is_person = self.people.contains(&reference.target);
            for (name, target_name) in reference.columns.iter().zip(&reference.target_columns) {
                let value = target.values.get(target_name).cloned().flatten();
                if let (Some(column), Some(value)) = (table.column(name), value) {
                    draft.refer(column, &value, is_person);
                }
            }
        }
        self.soft_references(person, table, &mut draft).await?;
        if let Some(hints) = self.hints.rows.get(&table.title()) {
            for (name, expression) in hints {
                draft.fix(name, &filled(expression));
            }
        }
        Ok(Ok(draft))
    }

    /// Columns that name a person or the organisation without a foreign key.
    async fn soft_references(
        &mut self,
        person: Person,
        table: &'c Table,
        draft: &mut Draft,
    ) -> Result<(), Error> {
        const PERSON: &[&str] =
            &["user_id", "owner_id", "created_by", "author_id", "account_id", "profile_id", "uploaded_by"];
        for column in table.columns.iter().filter(|column| column.base == "uuid" && !column.generated) {
            if draft.has(&column.name) {
                continue;
            }
            if PERSON.contains(&column.name.as_str()) {
                draft.refer(column, person.id(), true);
            }
            let organisation = self
                .organisation
                .as_ref()
                .filter(|organisation| organisation.home_column == column.name)
                .map(|organisation| organisation.table.clone());
            if let Some(organisation) = organisation.filter(|oid| *oid != table.oid)
                && let Ok(row) = self.row(person, &organisation).await?
                && let Some(Some(id)) = row.values.get("id")
            {
                draft.refer(column, id, false);
            }
        }
        Ok(())
    }

    /// A row that is there already and has these values of the draft.
    async fn existing(
        &mut self,
        table: &'c Table,
        draft: &Draft,
        columns: &[String],
    ) -> Result<Option<Made>, Error> {
        let conditions: Vec<String> = columns
            .iter()
            .filter_map(|name| Some(format!("{} = {}", ident(name), draft.expression(name)?)))
            .collect();
        let condition = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" and ") };
        let sql = format!(
            "select {} from {} where {condition} order by ctid limit 1",
            columns_as_text(table),
            table.sql()
        );
        let found = self.insert(&sql).await?;
        Ok(found.ok().filter(|values| !values.is_empty()).map(|values| Self::made(table, values, draft)))
    }

    fn made(table: &Table, values: Vec<Option<String>>, draft: &Draft) -> Made {
        let mut values = values.into_iter();
        let place = values.next().flatten().unwrap_or_default();
        let values: BTreeMap<String, Option<String>> =
            table.columns.iter().map(|column| column.name.clone()).zip(values).collect();
        let by_key = table.primary_key().map(|key| {
            let conditions = key.columns.iter().filter_map(|name| {
                let column = table.column(name)?;
                let value = values.get(name)?.as_deref()?;
                Some(format!("{} = {}::{}", ident(name), literal(value), column.type_name))
            });
            conditions.collect::<Vec<_>>().join(" and ")
        });
        let condition = by_key.unwrap_or_else(|| format!("ctid = '{place}'"));
        Made { values, given: draft.given(table), condition }
    }

    /// Runs a statement that returns one row: its cells, or the server's error, after which nothing is changed.
    async fn insert(&mut self, sql: &str) -> Result<Result<Vec<Option<String>>, Box<DbError>>, Error> {
        let said = self.session.say(&format!("savepoint making; {sql}")).await?;
        if let Some(error) = said.error {
            self.session.say("rollback to savepoint making; release savepoint making").await?;
            return Ok(Err(error));
        }
        self.session.say("release savepoint making").await?;
        let row = said.results.into_iter().nth(1).and_then(|result| result.rows.into_iter().next());
        Ok(Ok(row
            .map(|row| (0..row.len()).map(|cell| row.text(cell).map(str::to_owned)).collect())
            .unwrap_or_default()))
    }

    /// Runs a statement that may fail, after which nothing is changed.
    pub(super) async fn change(&mut self, sql: &str) -> Result<Result<(), Box<DbError>>, Error> {
        Ok(self.insert(sql).await?.map(|_| ()))
    }

    /// Runs a statement without which there is nothing to try.
    async fn must(&mut self, sql: &str, what: &str) -> Result<(), Error> {
        match self.session.say(sql).await?.error {
            None => Ok(()),
            Some(error) => Err(Error::SetUp { what: what.to_owned(), error }),
        }
    }

    /// Who triggers believe to be asking.
    async fn claim(&mut self, claims: &str) -> Result<(), Error> {
        self.must(&format!("set local request.jwt.claims = {}", literal(claims)), "claims").await
    }
}

fn columns_as_text(table: &Table) -> String {
    let mut columns = vec!["ctid::text".to_owned()];
    columns.extend(table.columns.iter().map(|column| format!("{}::text", ident(&column.name))));
    columns.join(", ")
}

/// The server's words without what changes from run to run.
pub(super) fn short(error: &DbError) -> String {
    format!("{} {}", error.code, error.message)
}
