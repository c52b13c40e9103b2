//! Many clients at once, for the tests of load and interleaving. What is asked of them is SQL in somebody's name.

use pg::{Client, Error};
use testkit::TestDb;

/// The first column of the first row, or the SQLSTATE.
pub(crate) type Answer = Result<String, String>;

/// A statement and in whose name it runs.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    role: &'static str,
    user: String,
    sql: String,
}

impl Call {
    /// As the backend.
    pub(crate) fn service(sql: impl Into<String>) -> Self {
        Self { role: "service_role", user: String::new(), sql: sql.into() }
    }

    /// As this user.
    pub(crate) fn user(id: &str, sql: impl Into<String>) -> Self {
        Self { role: "authenticated", user: id.to_owned(), sql: sql.into() }
    }

    /// As the owner of the tables: what the clock and the administrator do.
    pub(crate) fn owner(sql: impl Into<String>) -> Self {
        Self { role: "postgres", user: String::new(), sql: sql.into() }
    }

    /// Makes this call. Whatever else than a refusal of the database happens ends the test.
    pub(crate) async fn make(&self, client: &mut Client) -> Answer {
        let Self { role, user, .. } = self;
        let claims = format!(r#"{{"sub":"{user}","role":"{role}"}}"#);
        let name = format!("set role {role}; select set_config('request.jwt.claims', '{claims}', false)");
        client.script(&name).await.expect("postgres may be everybody");
        match client.query(&self.sql, &[]).await {
            Ok(rows) => Ok(rows.first().and_then(|row| row.text(0)).unwrap_or_default().to_owned()),
            Err(Error::Db(error)) if error.code == "40P01" => panic!("deadlock: {self:?}\n{error:?}"),
            Err(Error::Db(error)) => Err(error.code.clone()),
            Err(error) => panic!("{self:?}: {error:?}"),
        }
    }
}

/// All of these calls at once, each by a client of its own; the answers in their order.
pub(crate) async fn at_once(database: &TestDb, calls: Vec<Call>) -> Vec<Answer> {
    let turns = calls.into_iter().map(|call| vec![call]).collect();
    in_turns(database, turns).await.into_iter().flatten().collect()
}

/// For each list a client that makes its calls one after another, all clients at once.
pub(crate) async fn in_turns(database: &TestDb, lists: Vec<Vec<Call>>) -> Vec<Vec<Answer>> {
    let mut clients = Vec::new();
    for list in lists {
        clients.push((database.client("postgres").await, list));
    }
    let clients: Vec<_> = clients
        .into_iter()
        .map(|(mut client, list)| {
            tokio::spawn(async move {
                let mut answers = Vec::new();
                for call in list {
                    answers.push(call.make(&mut client).await);
                }
                answers
            })
        })
        .collect();
    let mut answers = Vec::new();
    for client in clients {
        answers.push(client.await.expect("no client panics"));
    }
    answers
}

/// How many said this; all others must have been refused with this code.
pub(crate) fn count(answers: &[Answer], said: &str, refusal: &str) -> usize {
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.as_deref() == Ok(said));
    assert!(bad.iter().all(|answer| answer.as_ref().is_err_and(|code| code == refusal)), "{bad:?}");
    good.len()
}

/// The one value a query of the owner answers with.
pub(crate) async fn one(database: &TestDb, sql: &str) -> String {
    let call = Call::owner(sql);
    call.make(&mut database.client("postgres").await).await.unwrap_or_else(|code| panic!("{code}: {sql}"))
}

/// What a query says is broken: nothing.
pub(crate) async fn nothing_is_broken(database: &TestDb, sql: &str) {
    let rows = database.client("postgres").await.query(sql, &[]).await.expect("a query");
    let broken: Vec<_> = rows.iter().map(|row| row.text(0).unwrap_or_default().to_owned()).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// Every order of the numbers below `length`.
pub(crate) fn permutations(length: usize) -> Vec<Vec<usize>> {
    let Some(last) = length.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |order: &Vec<usize>, place| [&order[..place], &[last], &order[place..]].concat();
    permutations(last).iter().flat_map(|order| (0..length).map(|place| insert(order, place))).collect()
}
