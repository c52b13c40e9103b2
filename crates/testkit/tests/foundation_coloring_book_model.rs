//! Blots against a model: whatever is asked for in whatever order, database and model say the same; and the sums agree
//! when several ask at the same time.

use std::collections::{BTreeMap, BTreeSet};

use pg::Client;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::TestDb;

use crate::foundation_coloring_book::{BROKEN, USER, checkout, database, job, renewal};
use crate::load::{Answer, Call, in_turns, nothing_is_broken};

/// One thing that is asked for. Numbers of jobs count from the oldest; ids come from a few, so that they repeat.
#[derive(Debug, Clone)]
enum Step {
    Deduct { amount: i32 },
    Create { kind: &'static str, pages: i32 },
    Claim,
    Finish { job: usize, status: &'static str, spent: Option<i32> },
    Cancel { job: usize },
    Refund { job: usize, amount: i32 },
    Reset { amount: i32, invoice: Option<u8> },
    Upgrade { amount: i32, invoice: Option<u8> },
    Pack { amount: i32, session: u8 },
    Renewal { event: u8, invoice: u8 },
    Checkout { event: u8, session: u8, amount: i32 },
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![12 => 1..60_i32, 2 => -5..=0_i32, 1 => Just(i32::MAX)];
    let (id, job) = (0..4_u8, 0..6_usize);
    prop_oneof![
        3 => amount().prop_map(|amount| Step::Deduct { amount }),
        4 => (prop::sample::select(vec!["generation", "export", "hero_creation", "calibration"]), 1..4_i32)
            .prop_map(|(kind, pages)| Step::Create { kind, pages }),
        2 => Just(Step::Claim),
        4 => (job.clone(), prop::sample::select(vec!["completed", "failed", "cancelled"]), prop::option::of(-1..20_i32))
            .prop_map(|(job, status, spent)| Step::Finish { job, status, spent }),
        2 => job.clone().prop_map(|job| Step::Cancel { job }),
        3 => (job, amount()).prop_map(|(job, amount)| Step::Refund { job, amount }),
        2 => (amount(), prop::option::of(id.clone())).prop_map(|(amount, invoice)| Step::Reset { amount, invoice }),
        2 => (amount(), prop::option::of(id.clone())).prop_map(|(amount, invoice)| Step::Upgrade { amount, invoice }),
        2 => (amount(), id.clone()).prop_map(|(amount, session)| Step::Pack { amount, session }),
        2 => (id.clone(), id.clone()).prop_map(|(event, invoice)| Step::Renewal { event, invoice }),
        2 => (id.clone(), id, 1..60_i32)
            .prop_map(|(event, session, amount)| Step::Checkout { event, session, amount }),
    ]
}

fn invoice(number: Option<u8>) -> String {
    number.map_or_else(|| "null".to_owned(), |number| format!("'in_{number}'"))
}

impl Step {
    fn call(&self) -> Call {
        match self {
            Self::Deduct { amount } => {
                Call::service(format!("select public.deduct_blots('{USER}', {amount})"))
            }
            Self::Create { kind, pages } => Call::user(
                USER,
                format!(
                    "select (public.create_job('{kind}', '{USER}', array(select id from public.pages \
                     where '{kind}' = 'generation' and sort_order <= {pages}))).status"
                ),
            ),
            Self::Claim => Call::service("select status from public.claim_jobs(1)"),
            Self::Finish { job: number, status, spent } => {
                let spent = spent.map_or_else(|| "null".to_owned(), |spent| spent.to_string());
                Call::service(format!(
                    "select (public.finish_job({}, '{status}', {spent})).status",
                    job(*number)
                ))
            }
            Self::Cancel { job: number } => {
                Call::user(USER, format!("select (public.cancel_job({})).status", job(*number)))
            }
            Self::Refund { job: number, amount } => Call::service(format!(
                "select public.refund_blots('{USER}', {amount}, {}, 'why')",
                job(*number)
            )),
            Self::Reset { amount, invoice: number } => Call::service(format!(
                "select public.reset_subscription_blots('{USER}', {amount}, {})",
                invoice(*number)
            )),
            Self::Upgrade { amount, invoice: number } => Call::service(format!(
                "select public.add_upgrade_blots('{USER}', {amount}, {})",
                invoice(*number)
            )),
            Self::Pack { amount, session } => Call::service(format!(
                "select public.add_pack_blots('{USER}', {amount}, 'topup', 'cs_{session}')"
            )),
            Self::Renewal { event, invoice } => {
                Call::service(renewal(&format!("evt_{event}"), *event, &format!("in_{invoice}")))
            }
            Self::Checkout { event, session, amount } => Call::service(checkout(
                &format!("evt_{event}"),
                &format!("cs_{session}"),
                &amount.to_string(),
            )),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Job {
    status: &'static str,
    reserved: i32,
    spent: i32,
    refunded: i32,
}

/// What an account should be. No clocks, no locks, no SQL.
#[derive(Debug, Clone)]
struct Model {
    blots: i32,
    pack: i32,
    jobs: Vec<Job>,
    resets: BTreeSet<u8>,
    upgrades: BTreeSet<u8>,
    sessions: BTreeSet<u8>,
    /// What came, by the time it happened: the invoice of a renewal, or nothing of interest.
    events: BTreeMap<u8, Option<u8>>,
    /// The invoice of the present month, and the event it began with.
    month: Option<(u8, u8)>,
    /// The month began by hand, which is later than any of these events.
    by_hand: bool,
}

const INVALID: &str = "22023";
const CONFLICT: &str = "PT409";
const UNKNOWN: &str = "PT404";

impl Model {
    fn new() -> Self {
        let none = BTreeSet::new;
        Self {
            blots: 75,
            pack: 0,
            jobs: Vec::new(),
            resets: none(),
            upgrades: none(),
            sessions: none(),
            events: BTreeMap::new(),
            month: None,
            by_hand: false,
        }
    }

    /// A refused step changes nothing.
    fn take(&mut self, step: &Step) -> Result<&'static str, &'static str> {
        let mut next = self.clone();
        let answer = next.attempt(step)?;
        *self = next;
        Ok(answer)
    }

    fn attempt(&mut self, step: &Step) -> Result<&'static str, &'static str> {
        match *step {
            Step::Deduct { amount } => {
                positive(amount)?;
                Ok(if self.deduct(amount) { "t" } else { "f" })
            }
            Step::Create { kind, pages } => {
                let reserved = match kind {
                    "generation" => 5 * pages,
                    "hero_creation" => 15,
                    "calibration" => 10,
                    _ => 0,
                };
                if !self.deduct(reserved) {
                    return Err("PT402");
                }
                self.jobs.push(Job { status: "pending", reserved, spent: 0, refunded: 0 });
                Ok("pending")
            }
            Step::Claim => {
                let Some(job) = self.jobs.iter_mut().find(|job| job.status == "pending") else {
                    return Ok("");
                };
                job.status = "processing";
                Ok("processing")
            }
            Step::Finish { job, status, spent } => self.finish(job, status, spent),
            Step::Cancel { job } => match self.jobs.get(job).ok_or(UNKNOWN)?.status {
                "pending" | "processing" => self.finish(job, "cancelled", None),
                _ => Err(CONFLICT),
            },
            Step::Refund { job, amount } => {
                positive(amount)?;
                self.refund(job, amount).map(|()| "")
            }
            Step::Reset { amount, .. } if amount < 0 => Err(INVALID),
            Step::Reset { amount, invoice } => {
                if invoice.is_none_or(|invoice| self.resets.insert(invoice)) {
                    self.blots = amount;
                    self.by_hand = true;
                }
                Ok("")
            }
            Step::Upgrade { amount, invoice } => {
                positive(amount)?;
                if invoice.is_none_or(|invoice| self.upgrades.insert(invoice)) {
                    self.blots = self.blots.checked_add(amount).ok_or(INVALID)?;
                }
                Ok("")
            }
            Step::Pack { amount, session } => {
                positive(amount)?;
                if self.sessions.insert(session) {
                    self.pack = self.pack.checked_add(amount).ok_or(INVALID)?;
                }
                Ok("")
            }
            Step::Renewal { event, .. } | Step::Checkout { event, .. }
                if self.events.contains_key(&event) =>
            {
                Ok("duplicate")
            }
            Step::Renewal { event, invoice } => {
                self.events.insert(event, Some(invoice));
                self.renew();
                Ok("applied")
            }
            Step::Checkout { event, session, amount } => {
                self.events.insert(event, None);
                self.attempt(&Step::Pack { amount, session })?;
                self.renew();
                Ok("applied")
            }
        }
    }

    /// The last invoice in the order of the events, not of their coming, has begun the month.
    fn renew(&mut self) {
        let mut begun: Vec<(u8, u8)> = Vec::new();
        for (event, invoice) in self.events.iter().filter_map(|(event, invoice)| Some((*event, (*invoice)?)))
        {
            if begun.iter().all(|(earlier, _)| *earlier != invoice) {
                begun.push((invoice, event));
            }
        }
        let Some((invoice, event)) = begun.pop() else { return };
        let later = self.month.is_none_or(|(_, began)| event > began);
        if !self.by_hand && later && self.resets.insert(invoice) {
            self.blots = 50;
            self.month = Some((invoice, event));
        }
    }

    fn deduct(&mut self, amount: i32) -> bool {
        let enough = i64::from(self.blots) + i64::from(self.pack) >= i64::from(amount);
        if enough {
            let month = self.blots.min(amount);
            (self.blots, self.pack) = (self.blots - month, self.pack - (amount - month));
        }
        enough
    }

    fn refund(&mut self, number: usize, amount: i32) -> Result<(), &'static str> {
        let job = self.jobs.get_mut(number).ok_or(CONFLICT)?;
        if job.reserved - job.spent - job.refunded < amount {
            return Err(CONFLICT);
        }
        job.refunded += amount;
        self.blots = self.blots.checked_add(amount).ok_or(INVALID)?;
        Ok(())
    }

    fn finish(
        &mut self,
        number: usize,
        status: &'static str,
        spent: Option<i32>,
    ) -> Result<&'static str, &'static str> {
        if spent.is_some_and(|spent| spent < 0) {
            return Err(INVALID);
        }
        let job = self.jobs.get_mut(number).ok_or(UNKNOWN)?;
        if job.status == status {
            return Ok(status);
        }
        let open = job.reserved - job.refunded;
        let may = job.status == "processing" || job.status == "pending" && status != "completed";
        if !may || spent.is_some_and(|spent| spent > open) {
            return Err(CONFLICT);
        }
        job.status = status;
        job.spent = spent.unwrap_or(if status == "completed" { open } else { 0 });
        let rest = open - job.spent;
        if rest > 0 {
            self.refund(number, rest)?;
        }
        Ok(status)
    }

    fn shown(&self) -> String {
        let job = |job: &Job| format!("{} {}/{}/{}", job.status, job.reserved, job.spent, job.refunded);
        let pools = format!("{}+{}", self.blots, self.pack);
        std::iter::once(pools).chain(self.jobs.iter().map(job)).collect::<Vec<_>>().join(" ")
    }
}

fn positive(amount: i32) -> Result<(), &'static str> {
    if amount > 0 { Ok(()) } else { Err(INVALID) }
}

async fn shown(client: &mut Client) -> String {
    let sql = format!(
        "select p.blots || '+' || p.pack_blots || coalesce((
            select string_agg(format(' %s %s/%s/%s', status, blots_reserved, blots_spent, blots_refunded), '' order by created_at)
            from public.jobs as j where j.owner_id = p.owner_id), '')
         from public.profiles as p where p.owner_id = '{USER}'"
    );
    Call::owner(sql).make(client).await.expect("a profile")
}

async fn one_after_another(database: &TestDb, steps: &[Step]) {
    let mut client = database.client("postgres").await;
    let mut model = Model::new();
    for (number, step) in steps.iter().enumerate() {
        let answer: Answer = step.call().make(&mut client).await;
        let wanted = model.take(step).map(str::to_owned).map_err(str::to_owned);
        assert_eq!(answer, wanted, "step {number} of {steps:?}");
        assert_eq!(shown(&mut client).await, model.shown(), "after step {number} of {steps:?}");
    }
    nothing_is_broken(database, BROKEN).await;
}

async fn at_the_same_time(database: &TestDb, steps: &[Step]) {
    let lists =
        steps.chunks(steps.len().div_ceil(4).max(1)).map(|part| part.iter().map(Step::call).collect());
    let refusals = [INVALID, CONFLICT, UNKNOWN, "PT402"];
    for refusal in
        in_turns(database, lists.collect()).await.iter().flatten().filter_map(|answer| answer.as_ref().err())
    {
        assert!(refusals.contains(&refusal.as_str()), "{refusal} in {steps:?}");
    }
    nothing_is_broken(database, BROKEN).await;
}

fn check(cases: u32, body: &impl AsyncFn(&TestDb, &[Step])) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let run = |steps: Vec<Step>| {
        runtime.block_on(async { body(&database().await, &steps).await });
        Ok(())
    };
    runner.run(&prop::collection::vec(step(), 1..60), run).unwrap();
}

#[test]
fn blots_are_what_the_model_says_after_any_sequence() {
    check(8, &one_after_another);
}

#[test]
fn ledger_jobs_and_balances_agree_after_any_interleaving() {
    check(8, &at_the_same_time);
}
