//! Blots, jobs, files and versions of the foundation `coloring-book` under load, and after any interleaving.

use std::collections::BTreeSet;

use testkit::TestDb;

use crate::load::{Call, at_once, count, in_turns, nothing_is_broken, one, permutations};

pub(crate) const USER: &str = "00000000-0000-0000-0000-00000000000a";
const OTHER: &str = "00000000-0000-0000-0000-00000000000b";

/// Two users; the first has a project of 45 pages. Nobody is asked to wait a minute.
const SET_UP: &str = "
    insert into auth.users (id) values
        ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');
    update public.global_config set value = '{\"generation\": 1000, \"export\": 1000}' where key = 'rate_limits';
    insert into public.projects (id, owner_id, name, page_count, audience, style_preset)
    select u.id, u.id, 'Book', 45, 'children', 'kawaii' from auth.users as u;
    insert into public.pages (project_id, sort_order)
    select p.id, place from public.projects as p, generate_series(1, 45) as place;
    update public.profiles set stripe_customer_id = 'cus_' || right(owner_id::text, 1)";

/// Rows that should not exist.
pub(crate) const BROKEN: &str = "
    select 'the ledger is the balance: ' || p.owner_id
    from public.profiles as p, lateral (
        select coalesce(sum(subscription_delta), 0) as blots, coalesce(sum(pack_delta), 0) as pack_blots
        from public.blot_transactions as t where t.owner_id = p.owner_id) as ledger
    where (p.blots, p.pack_blots) <> (ledger.blots, ledger.pack_blots)
    union all
    select 'a job has paid what it reserved, and got back what it says: ' || j.id
    from public.jobs as j, lateral (
        select coalesce(-sum(subscription_delta + pack_delta) filter (where type <> 'refund'), 0) as taken,
            coalesce(sum(subscription_delta) filter (where type = 'refund'), 0) as refunded
        from public.blot_transactions as t where t.job_id = j.id) as ledger
    where (j.blots_reserved, j.blots_refunded) <> (ledger.taken, ledger.refunded)
    union all
    select 'a job that has ended holds nothing: ' || j.id
    from public.jobs as j
    where j.owner_id is not null and j.status in ('completed', 'failed', 'cancelled')
        and j.blots_reserved <> j.blots_spent + j.blots_refunded
    union all
    select 'what is used is what is there: ' || p.owner_id
    from public.profiles as p
    where p.storage_used_bytes <> (select coalesce(sum(size_bytes), 0) from public.assets as a where a.owner_id = p.owner_id)
        or p.storage_used_bytes > p.storage_limit_bytes
    union all
    select 'versions have no gaps: ' || page_id
    from public.page_versions group by page_id having max(version) <> count(*) or min(version) <> 1";

pub(crate) async fn database() -> TestDb {
    let database = TestDb::foundation("coloring-book").await;
    database.client("postgres").await.script(SET_UP).await.unwrap();
    database
}

fn fifty(call: impl Fn(usize) -> Call) -> Vec<Call> {
    (0..50).map(call).collect()
}

/// The nth job of the user, oldest first.
pub(crate) fn job(number: usize) -> String {
    format!(
        "(select id from public.jobs where owner_id = '{USER}' order by created_at offset {number} limit 1)"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_deductions_at_once_take_what_is_there() {
    let database = database().await;
    one(&database, &format!("select public.add_pack_blots('{USER}', 40, 'topup', 'cs_1')")).await;
    let calls = fifty(|_| Call::service(format!("select public.deduct_blots('{USER}', 10)")));
    let answers = at_once(&database, calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("t")).count(), 11);
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("f")).count(), 39);
    let pools = format!("select blots || '+' || pack_blots from public.profiles where owner_id = '{USER}'");
    assert_eq!(one(&database, &pools).await, "0+5", "the month first, then the pack");
    nothing_is_broken(&database, BROKEN).await;
}

/// 75 Blots are fifteen pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_jobs_at_once_are_as_many_as_can_be_paid() {
    let database = database().await;
    let page = "array[(select id from public.pages order by sort_order limit 1)]";
    let create = format!("select (public.create_job('generation', '{USER}', {page})).status");
    let answers = at_once(&database, fifty(|_| Call::user(USER, &create))).await;
    assert_eq!(count(&answers, "pending", "PT402"), 15);
    nothing_is_broken(&database, BROKEN).await;

    let answers = at_once(&database, fifty(|_| Call::service("select id from public.claim_jobs(1)"))).await;
    let claimed: Vec<_> = answers.into_iter().flatten().filter(|id| !id.is_empty()).collect();
    assert_eq!(claimed.len(), 15, "every job was claimed");
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 15, "each by one worker");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rate_limit_is_exact_under_fifty_parallel_clients() {
    let database = database().await;
    one(&database, "update public.global_config set value = '{\"export\": 7}' where key = 'rate_limits'")
        .await;
    let create = format!("select (public.create_job('export', '{USER}')).status");
    let answers = at_once(&database, fifty(|_| Call::user(USER, &create))).await;
    assert_eq!(count(&answers, "pending", "PT429"), 7);
}

/// Workers, the user and the backend end and refund one job at once: what it reserved comes back once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_given_back_once_under_fifty_parallel_clients() {
    let database = database().await;
    let create = format!("select (public.create_job('calibration', '{USER}')).blots_reserved");
    assert_eq!(at_once(&database, vec![Call::user(USER, create)]).await, [Ok("10".to_owned())]);
    let answers = at_once(
        &database,
        fifty(|number| match number % 4 {
            0 => Call::service(format!("select (public.finish_job({}, 'failed')).status", job(0))),
            1 => Call::service(format!("select public.refund_blots('{USER}', 3, {}, 'part')", job(0))),
            2 => Call::user(USER, format!("select (public.cancel_job({})).status", job(0))),
            _ => Call::service(format!("select (public.finish_job({}, 'cancelled', 4)).status", job(0))),
        }),
    )
    .await;
    assert!(answers.iter().flatten().count() >= 1);
    assert!(
        answers.iter().all(|answer| answer.as_ref().err().is_none_or(|code| code == "PT409")),
        "{answers:?}"
    );
    let spent = one(&database, "select blots_spent from public.jobs").await;
    let blots = one(&database, &format!("select blots from public.profiles where owner_id = '{USER}'")).await;
    assert_eq!(blots.parse::<i32>().unwrap(), 75 - spent.parse::<i32>().unwrap());
    nothing_is_broken(&database, BROKEN).await;
}

pub(crate) fn checkout(event: &str, session: &str, blots: &str) -> String {
    format!(
        r#"select public.apply_stripe_event('{{"id": "{event}", "type": "checkout.session.completed", "created": 1750000000,
            "data": {{"object": {{"id": "{session}", "customer": "cus_a", "payment_status": "paid",
                "metadata": {{"pack_id": "topup", "blots": "{blots}"}}}}}}}}')"#
    )
}

pub(crate) fn renewal(event: &str, at: u8, invoice: &str) -> String {
    let created = 1_750_000_000 + u32::from(at);
    format!(
        r#"select public.apply_stripe_event('{{"id": "{event}", "type": "invoice.paid", "created": {created},
            "data": {{"object": {{"id": "{invoice}", "customer": "cus_a", "billing_reason": "subscription_cycle"}}}}}}')"#
    )
}

/// An event counts once, and so does a payment that several events announce.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_counts_once_under_fifty_parallel_deliveries() {
    let database = database().await;
    let answers = at_once(&database, fifty(|_| Call::service(checkout("evt_1", "cs_1", "100")))).await;
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("applied")).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("duplicate")).count(), 49);
    let answers = at_once(
        &database,
        fifty(|number| match number % 2 {
            0 => Call::service(checkout(&format!("evt_again_{number}"), "cs_1", "100")),
            _ => Call::service(renewal(&format!("evt_month_{number}"), 1, "in_1")),
        }),
    )
    .await;
    assert_eq!(count(&answers, "applied", "none"), 50);
    let pools = format!("select blots || '+' || pack_blots from public.profiles where owner_id = '{USER}'");
    assert_eq!(one(&database, &pools).await, "50+100");
    assert_eq!(
        one(&database, "select count(*) from public.blot_transactions where stripe_invoice_id = 'in_1'")
            .await,
        "1"
    );
    nothing_is_broken(&database, BROKEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_is_exact_under_fifty_parallel_uploads_and_deletions() {
    let database = database().await;
    one(&database, "update public.profiles set storage_limit_bytes = 200").await;
    let insert = |number| {
        Call::service(format!(
            "insert into public.assets (owner_id, type, r2_key, size_bytes) values ('{USER}', 'page', '{USER}/{number}', 10)"
        ))
    };
    let answers = at_once(&database, fifty(insert)).await;
    assert_eq!(count(&answers, "", "PT402"), 20);
    let answers = at_once(
        &database,
        fifty(|number| match number % 3 {
            0 => insert(number + 50),
            1 => Call::service("delete from public.assets where id in (select id from public.assets order by random() limit 1)"),
            _ => Call::service(format!("update public.assets set size_bytes = 5 where r2_key = '{USER}/{number}'")),
        }),
    )
    .await;
    count(&answers, "", "PT402");
    nothing_is_broken(&database, BROKEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_versions_are_numbered_without_gaps_and_items_are_counted_under_fifty_parallel_workers() {
    let database = database().await;
    let page = format!("(select id from public.pages where owner_id = '{USER}' and sort_order = 1)");
    let insert = format!(
        "insert into public.page_versions (page_id, asset_key, compiled_prompt) values ({page}, '{USER}/p', 'p') returning version"
    );
    let answers = at_once(&database, fifty(|_| Call::service(&insert))).await;
    let versions: BTreeSet<u32> =
        answers.into_iter().map(|version| version.unwrap().parse().unwrap()).collect();
    assert_eq!(versions, (1..=50).collect());
    assert_eq!(
        one(&database, &format!("select current_version from public.pages where id = {page}")).await,
        "50"
    );

    one(&database, &format!("select public.add_pack_blots('{USER}', 500, 'boost', 'cs_1')")).await;
    let create = format!("select (public.create_job('generation', '{USER}')).total_items");
    assert_eq!(at_once(&database, vec![Call::user(USER, create)]).await, [Ok("45".to_owned())]);
    let done = |number| {
        let status = if number % 5 == 0 { "failed" } else { "completed" };
        Call::service(format!(
            "update public.job_items set status = '{status}' where id = (select id from public.job_items order by id offset {number} limit 1)"
        ))
    };
    at_once(&database, fifty(done)).await;
    let progress = "select total_items || ' ' || completed_items || ' ' || failed_items from public.jobs";
    assert_eq!(one(&database, progress).await, "45 36 9");
    nothing_is_broken(&database, BROKEN).await;
}

/// An old subscription that ends late does not take the new one away.
#[tokio::test]
async fn stripe_events_in_every_order_give_the_same_account() {
    let database = database().await;
    let mut client = database.client("postgres").await;
    let events = [
        ("created", 1, "sub_1", 10, "active", "creator", 300),
        ("updated", 2, "sub_1", 10, "active", "creator", 500),
        ("created", 3, "sub_2", 30, "active", "studio", 800),
        ("deleted", 4, "sub_1", 10, "canceled", "creator", 500),
        ("updated", 5, "sub_2", 30, "past_due", "studio", 1200),
    ];
    for (number, order) in permutations(events.len()).into_iter().enumerate() {
        let user =
            one(&database, "insert into auth.users (id) values (gen_random_uuid()) returning id").await;
        for at in &order {
            let (kind, created, id, since, status, plan, level) = events[*at];
            let event = format!(
                r#"select public.apply_stripe_event('{{"id": "e{number}_{created}", "type": "customer.subscription.{kind}",
                    "created": {created}, "data": {{"object": {{"id": "{id}_{number}", "customer": "cus_{number}",
                    "created": {since}, "status": "{status}", "latest_invoice": "in_{created}_{number}",
                    "metadata": {{"user_id": "{user}"}}, "items": {{"data": [{{"price": {{"id": "price_{level}",
                    "metadata": {{"plan": "{plan}", "blots": "{level}"}}}}}}]}}}}}}}}')"#
            );
            Call::service(event).make(&mut client).await.unwrap_or_else(|code| panic!("{code} in {order:?}"));
        }
        let account = format!(
            "select concat_ws(' ', plan, plan_blots, blots, stripe_subscription_id, payment_failed_at is not null) \
             from public.profiles where owner_id = '{user}'"
        );
        let account = Call::owner(account).make(&mut client).await;
        assert_eq!(account, Ok(format!("studio 1200 1200 sub_2_{number} t")), "{order:?}");
    }
    nothing_is_broken(&database, BROKEN).await;
}

/// Everything at the same time, accounts that are deleted and the clock's own work included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_waits_for_each_other() {
    let database = database().await;
    one(&database, &format!("select public.add_pack_blots('{USER}', 5000, 'boost', 'cs_u')")).await;
    one(&database, &format!("select public.add_pack_blots('{OTHER}', 5000, 'boost', 'cs_o')")).await;
    let lists = (0..50_usize)
        .map(|client| {
            let user = if client % 2 == 0 { USER } else { OTHER };
            let random_job = "(select id from public.jobs order by random() limit 1)";
            let steps = [
                Call::user(user, format!("select public.create_job('generation', '{user}')")),
                Call::service("select public.claim_jobs(3)"),
                Call::service("update public.job_items set status = 'completed' \
                    where id = (select id from public.job_items where status = 'pending' order by random() limit 1)"),
                Call::service(format!("select public.finish_job({random_job}, 'completed', 5)")),
                Call::user(user, format!("select public.cancel_job({random_job})")),
                Call::service(format!("insert into public.assets (owner_id, type, r2_key, size_bytes, project_id) \
                    values ('{user}', 'page', '{user}/' || gen_random_uuid(), 10, '{user}')")),
                Call::service("delete from public.assets where id = (select id from public.assets order by random() limit 1)"),
                Call::service(checkout(&format!("evt_{client}"), &format!("cs_{client}"), "10")),
                Call::owner("select private.fail_stuck_jobs('0 seconds')"),
                Call::owner("select private.purge_deleted('0 seconds')"),
                Call::owner("select private.reset_due_blots()"),
                Call::service(format!("insert into public.page_versions (page_id, asset_key, compiled_prompt) \
                    select id, '{user}/p', 'p' from public.pages where owner_id = '{user}' order by random() limit 1")),
                Call::service("select public.take_storage_purges(5)"),
                Call::user(user, "delete from public.pages where id in (select id from public.pages order by random() limit 1)"),
                match client {
                    20 => Call::user(USER, format!("select public.delete_project('{USER}')")),
                    31 => Call::owner(format!("delete from auth.users where id = '{OTHER}'")),
                    _ => Call::service(format!("update public.profiles set blots_reset_at = now() where owner_id = '{user}'")),
                },
            ];
            let first = client % steps.len();
            steps.iter().cycle().skip(first).take(steps.len()).cloned().collect()
        })
        .collect();
    in_turns(&database, lists).await;
    nothing_is_broken(&database, BROKEN).await;
}
