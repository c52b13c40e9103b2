//! Every public function of every foundation is called with every bad value for every argument, as everybody.
//!
//! The functions come from the catalogue, so that none is left out; `foundations` knows a good call of each, and one
//! argument of it at a time is made bad. What is refused is refused with a documented code, from the function's own
//! mouth; what is not refused has changed nothing, unless `foundations` says why it may.

mod foundations;
mod values;

use std::collections::BTreeSet;

use pg::Client;
use testkit::TestDb;

use foundations::Foundation;
use values::Bad;

/// Ids of the tenant whose calls are made begin with this, those of the other one with the other.
pub(crate) const OWN: &str = "0000000a";
pub(crate) const FOREIGN: &str = "0000000b";

/// What a refusal may be called. The codes of PostgREST (PT…) are fine as well.
const REFUSALS: [&str; 5] = ["22023", "42501", "23503", "23505", "23514"];

/// In whose name a call is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Caller {
    Service,
    Owner,
    Stranger,
    Nameless,
    Anon,
}

const CALLERS: [Caller; 5] =
    [Caller::Service, Caller::Owner, Caller::Stranger, Caller::Nameless, Caller::Anon];

impl Caller {
    fn role(self) -> &'static str {
        match self {
            Self::Service => "service_role",
            Self::Anon => "anon",
            Self::Owner | Self::Stranger | Self::Nameless => "authenticated",
        }
    }

    fn begin(self) -> String {
        let role = self.role();
        let subject = match self {
            Self::Owner => format!(r#""sub": "{OWN}-0000-0000-0000-000000000001","#),
            Self::Stranger => r#""sub": "0000000c-0000-0000-0000-000000000001","#.to_owned(),
            _ => String::new(),
        };
        format!(
            "begin; set local role {role};
            select set_config('request.jwt.claims', '{{{subject} \"role\": \"{role}\"}}', true)"
        )
    }
}

/// An argument of a function: its name (its position where it has none), type, and whether it may be left out.
#[derive(Debug, Clone)]
struct Argument {
    name: String,
    kind: String,
    category: String,
    has_name: bool,
    is_optional: bool,
}

struct Function {
    name: String,
    arguments: Vec<Argument>,
    callers: Vec<Caller>,
}

/// What became of a call: how many rows it changed, or why not.
type Answer = Result<i64, Refusal>;

#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
}

/// Rows changed so far by this session in what belongs to the project.
const CHANGES: &str = "select sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid))::bigint
    from pg_class where relkind = 'r' and relnamespace = any ('{public,private,auth,storage}'::regnamespace[])";

/// Makes a call in a transaction that is rolled back.
async fn call(client: &mut Client, caller: Caller, sql: &str) -> Answer {
    let begin = caller.begin();
    let mut session = client.session().await.expect("a connection");
    let said = session.say(&format!("{begin}; {CHANGES}; {sql}; {CHANGES}; rollback")).await;
    let said = said.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    if let Some(error) = said.error {
        return Err(Refusal { code: error.code.clone(), message: error.message.clone() });
    }
    let changes = |number: usize| said.results[number].rows[0].get::<i64>(0).expect("a number");
    Ok(changes(5) - changes(3))
}

async fn functions(client: &mut Client) -> Vec<Function> {
    let rows = client.query(include_str!("functions.sql"), &[]).await.expect("the catalogue");
    let mut functions: Vec<Function> = Vec::new();
    for row in rows {
        let text = |column: usize| row.text(column).unwrap_or_default().to_owned();
        let name = text(0);
        if functions.last().is_none_or(|last| last.name != name) {
            let granted = text(1);
            let callers = CALLERS.into_iter().filter(|caller| granted.contains(caller.role())).collect();
            functions.push(Function { name, arguments: Vec::new(), callers });
        }
        if row.text(3).is_some() {
            let argument = Argument {
                name: text(2),
                kind: text(3),
                category: text(4),
                has_name: text(5) == "t",
                is_optional: text(6) == "t",
            };
            functions.last_mut().expect("one was begun").arguments.push(argument);
        }
    }
    functions
}

impl Function {
    /// The statement that calls it with these values, an argument without one is left out.
    fn call(&self, values: &[(&Argument, String)]) -> String {
        let list: Vec<_> = values
            .iter()
            .map(|(argument, value)| {
                let name =
                    if argument.has_name { format!("\"{}\" => ", argument.name) } else { String::new() };
                format!("{name}({value})::{}", argument.kind)
            })
            .collect();
        format!("select * from public.{}({})", self.name, list.join(", "))
    }
}

/// The ids of what belongs to the other tenant, in every table.
async fn foreign_ids(client: &mut Client) -> Vec<String> {
    let tables = "select coalesce(string_agg(format(
                'select id::text from %s where id::text like ''0000000b-%%''', attrelid::regclass), ' union '), '')
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where attname = 'id' and atttypid = 'uuid'::regtype and relkind in ('r', 'p') and not relispartition
            and relnamespace in ('public'::regnamespace, 'auth'::regnamespace)";
    let sql = client.query(tables, &[]).await.expect("the catalogue")[0].text(0).expect("text").to_owned();
    let rows = client.query(&sql, &[]).await.expect("ids");
    rows.iter().map(|row| row.text(0).expect("an id").to_owned()).collect()
}

/// One foundation with its two tenants, and what was found wrong.
struct Sweep {
    foundation: &'static Foundation,
    client: Client,
    foreign: Vec<String>,
    used: BTreeSet<String>,
    wrong: BTreeSet<String>,
    calls: usize,
}

impl Sweep {
    /// Every function, and each argument of it.
    async fn run(&mut self) {
        for function in functions(&mut self.client).await {
            for good in self.foundation.good_calls(&function.name) {
                self.used.insert(function.name.clone());
                let values: Vec<_> = function
                    .arguments
                    .iter()
                    .filter_map(|argument| Some((argument, good.value(&function.name, &argument.name)?)))
                    .collect();
                self.good_call_is_good(&function, &function.call(&values)).await;
                for argument in &function.arguments {
                    self.bad_values(&function, argument, &values).await;
                }
            }
        }
        for sql in self.foundation.also {
            for caller in [Caller::Service, Caller::Owner] {
                let answer = call(&mut self.client, caller, sql).await;
                self.judge(caller, sql, sql, &answer, true);
            }
        }
    }

    /// The call with nothing bad in it works for somebody, and is refused to whoever has no right to it.
    async fn good_call_is_good(&mut self, function: &Function, sql: &str) {
        let mut answers = Vec::new();
        for caller in CALLERS {
            let answer = call(&mut self.client, caller, sql).await;
            let refused = answer.as_ref().is_err_and(|refusal| refusal.code == "42501");
            if !function.callers.contains(&caller) && !refused {
                self.wrong.insert(format!("{caller:?} has no right to {sql}: {answer:?}"));
            }
            answers.push(answer);
        }
        if !answers.iter().any(Result::is_ok) {
            self.wrong.insert(format!("no good call: {sql}: {answers:?}"));
        }
    }

    async fn bad_values(&mut self, function: &Function, argument: &Argument, good: &[(&Argument, String)]) {
        let own = good.iter().find(|(known, _)| known.name == argument.name).map(|(_, value)| value.clone());
        for bad in values::bad_values(argument, own.as_deref(), &self.foreign) {
            let mut values: Vec<_> = good.to_vec();
            match values.iter_mut().find(|(known, _)| known.name == argument.name) {
                Some((_, value)) => value.clone_from(&bad.sql),
                // arguments without a name cannot follow one that was left out
                None => values.push((argument, bad.sql.clone())),
            }
            let sql = function.call(&values);
            let what = format!("{}.{} {}", function.name, argument.name, bad.label);
            for caller in &function.callers {
                let answer = call(&mut self.client, *caller, &sql).await;
                let may_change = self.may_change(function, argument, &bad, *caller);
                self.judge(*caller, &what, &sql, &answer, may_change);
            }
        }
    }

    /// Whether a call with this value may be one that works.
    fn may_change(&mut self, function: &Function, argument: &Argument, bad: &Bad, caller: Caller) -> bool {
        let is_subject = function.arguments.iter().filter(|other| other.kind == "uuid").count() == 1;
        if bad.may_work
            || bad.is_null && argument.is_optional
            // the backend acts for everybody
            || bad.is_foreign && caller == Caller::Service && is_subject
        {
            return true;
        }
        let place = format!("{}.{}", function.name, argument.name);
        let known = self.foundation.fine.iter().find(|(fine, labels, _)| {
            *fine == place && labels.split(' ').any(|label| bad.label.starts_with(label))
        });
        if let Some((fine, labels, _)) = known {
            self.used.insert(format!("{fine} {labels}"));
        }
        known.is_some()
    }

    fn judge(&mut self, caller: Caller, what: &str, sql: &str, answer: &Answer, may_change: bool) {
        self.calls += 1;
        let shown: String = sql.chars().take(200).collect();
        match answer {
            Ok(0) => {}
            Ok(_) if may_change => {}
            Ok(rows) => {
                self.wrong.insert(format!("{what}: {caller:?} changed {rows} rows: {shown}"));
            }
            Err(refusal) if refusal.code.starts_with("PT") => {}
            Err(refusal) if REFUSALS.contains(&refusal.code.as_str()) => {}
            Err(refusal) => {
                self.wrong
                    .insert(format!("{what}: {caller:?}: {} {}: {shown}", refusal.code, refusal.message));
            }
        }
    }
}

async fn check(foundation: &'static Foundation) {
    let database = TestDb::foundation(foundation.name).await;
    let mut client = database.client("postgres").await;
    for tenant in [OWN, FOREIGN] {
        client.script(&foundation.set_up.replace("$p", tenant)).await.unwrap();
    }
    let stranger =
        "insert into auth.users (id, email) values ('0000000c-0000-0000-0000-000000000001', 'c@test.com')";
    client.script(stranger).await.unwrap();
    let foreign = foreign_ids(&mut client).await;
    assert!(!foreign.is_empty(), "there is another tenant");
    let (used, wrong) = (BTreeSet::new(), BTreeSet::new());
    let mut sweep = Sweep { foundation, client, foreign, used, wrong, calls: 0 };
    sweep.run().await;
    for (fine, labels, _) in foundation.fine {
        if !sweep.used.contains(&format!("{fine} {labels}")) {
            sweep.wrong.insert(format!("nothing is excused by {fine} {labels}"));
        }
    }
    let wrong: Vec<_> = sweep.wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} of {} calls:\n{}", wrong.len(), sweep.calls, wrong.join("\n"));
}

#[tokio::test]
async fn saas_refuses_what_makes_no_sense() {
    check(&foundations::SAAS).await;
}

#[tokio::test]
async fn metered_refuses_what_makes_no_sense() {
    check(&foundations::METERED).await;
}

#[tokio::test]
async fn streamer_studio_refuses_what_makes_no_sense() {
    check(&foundations::STREAMER_STUDIO).await;
}

#[tokio::test]
async fn coloring_book_refuses_what_makes_no_sense() {
    check(&foundations::COLORING_BOOK).await;
}

#[tokio::test]
async fn fenta_refuses_what_makes_no_sense() {
    check(&foundations::FENTA).await;
}
