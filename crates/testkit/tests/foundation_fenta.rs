//! Quotas, packs, jobs, members and webhooks of the foundation `fenta` under load, and after any interleaving.

use std::collections::BTreeSet;

use testkit::TestDb;

use crate::load::{Call, at_once, count, nothing_is_broken, one};

const OWNER: &str = "00000000-0000-0000-0000-00000000000a";
const SECOND: &str = "00000000-0000-0000-0000-00000000000b";
const ORG: &str = "00000000-0000-0000-0000-0000000000f1";

/// An organisation with two owners, a thousand tokens, ten credits and sixty seconds.
const SET_UP: &str = "
    insert into auth.users (id) values
        ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');
    insert into public.orgs (id, name, slug, owner_id) values
        ('00000000-0000-0000-0000-0000000000f1', 'One', 'one', '00000000-0000-0000-0000-00000000000a');
    insert into public.org_members (org_id, user_id, role) values
        ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000b', 'owner');
    update public.quota_limits set tokens_limit = 1000, kai_credits_limit = 10, render_seconds_limit = 60;
    insert into public.workflows (id, org_id, name) values
        ('00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-0000000000f1', 'w')";

/// Rows that should not exist.
const BROKEN: &str = "
    select 'what is used is the sum of its records: ' || q.org_id
    from public.quota_limits as q, lateral (
        select coalesce(sum(coalesce(llm_tokens_prompt, 0) + coalesce(llm_tokens_output, 0)), 0) as tokens,
            coalesce(sum(kai_credits), 0) as credits, coalesce(sum(render_seconds), 0) as seconds
        from public.usage_records as u where u.org_id = q.org_id) as records
    where (q.tokens_used, q.kai_credits_used, q.render_seconds_used) is distinct from
        (records.tokens, records.credits, records.seconds)
    union all
    select 'credits come from the plan, from packs, or are paid: ' || q.org_id
    from public.quota_limits as q, lateral (
        select coalesce(sum(credits_purchased - credits_remaining), 0) as taken
        from public.credit_packs as c where c.org_id = q.org_id) as packs
    where not q.allow_overage and q.kai_credits_used - least(q.kai_credits_used, q.kai_credits_limit) <> packs.taken
    union all
    select 'an organisation has an owner, who pays: ' || o.id
    from public.orgs as o
    where o.deleted_at is null and not exists (
        select from public.org_members as m where m.org_id = o.id and m.user_id = o.owner_id and m.role = 'owner')
    union all
    select 'versions have no gaps: ' || workflow_id
    from public.workflow_versions group by workflow_id having max(version) <> count(*) or min(version) <> 1";

async fn database() -> TestDb {
    let database = TestDb::foundation("fenta").await;
    database.client("postgres").await.script(SET_UP).await.unwrap();
    database
}

fn fifty(call: impl Fn(usize) -> Call) -> Vec<Call> {
    (0..50).map(call).collect()
}

/// S4-15c: three of fifty fit, and nothing else is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_consumptions_at_once_stay_within_the_limit() {
    let database = database().await;
    let consume = format!("select public.consume_quota('{ORG}', 300, 0, 0)");
    let answers = at_once(&database, fifty(|_| Call::service(&consume))).await;
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("t")).count(), 3);
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("f")).count(), 47);
    nothing_is_broken(&database, BROKEN).await;
}

/// The plan's ten credits, then 25 of two packs, one credit at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packs_are_used_to_the_last_credit() {
    let database = database().await;
    for (payment, credits) in [("pi_1", 20), ("pi_2", 5)] {
        let add = format!("select public.add_credit_pack('{ORG}', 'small', {credits}, 1, '{payment}')");
        let packs = at_once(&database, (0..5).map(|_| Call::service(&add)).collect()).await;
        assert_eq!(
            packs.iter().flatten().collect::<BTreeSet<_>>().len(),
            1,
            "a payment is one pack: {packs:?}"
        );
    }
    let consume = format!("select public.consume_quota('{ORG}', 0, 1, 0)");
    let answers = at_once(&database, fifty(|_| Call::service(&consume))).await;
    assert_eq!(answers.iter().filter(|answer| answer.as_deref() == Ok("t")).count(), 35);
    assert_eq!(one(&database, "select sum(credits_remaining) from public.credit_packs").await, "0");
    nothing_is_broken(&database, BROKEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_with_a_key_counts_once_under_fifty_parallel_clients() {
    let database = database().await;
    let consume = format!("select public.consume_quota('{ORG}', 100, 1, 1, p_idempotency_key => 'k')");
    let answers = at_once(&database, fifty(|_| Call::service(&consume))).await;
    assert!(answers.iter().all(|answer| answer.as_deref() == Ok("t")), "{answers:?}");
    assert_eq!(one(&database, "select tokens_used from public.quota_limits").await, "100");
    nothing_is_broken(&database, BROKEN).await;
}

/// S4-5: both owners leave at once; one stays, and pays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_owner_cannot_leave_in_a_race() {
    let database = database().await;
    let hand_over = format!("update public.orgs set owner_id = '{SECOND}' where id = '{ORG}'");
    let calls = vec![
        Call::service(&hand_over),
        Call::user(
            OWNER,
            format!("delete from public.org_members where user_id = '{OWNER}' returning 'gone'"),
        ),
        Call::user(
            SECOND,
            format!("delete from public.org_members where user_id = '{SECOND}' returning 'gone'"),
        ),
    ];
    let answers = at_once(&database, calls).await;
    for answer in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(answer, "PT409", "{answers:?}");
    }
    assert_ne!(one(&database, "select count(*) from public.org_members where role = 'owner'").await, "0");
    nothing_is_broken(&database, BROKEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_and_deliveries_go_to_one_worker_each() {
    let database = database().await;
    one(
        &database,
        &format!(
            "with hook as (insert into public.webhooks (org_id, url, events, secret)
                values ('{ORG}', 'https://example.com/', '{{*}}', private.encrypt('s')) returning id)
            select count(*) from hook"
        ),
    )
    .await;
    let ask = format!(
        "insert into public.jobs (org_id, workflow_id) values ('{ORG}', '00000000-0000-0000-0000-000000000031') returning 'queued'"
    );
    let answers = at_once(&database, fifty(|_| Call::user(OWNER, &ask))).await;
    assert_eq!(count(&answers, "queued", "PT402"), 50);
    let run = "select run_count || ' ' || (select count(*) from public.jobs) from public.workflows";
    assert_eq!(one(&database, run).await, "50 50", "the workflow counted each");

    let answers = at_once(&database, fifty(|_| Call::service("select id from public.claim_jobs(1)"))).await;
    let claimed: BTreeSet<_> = answers.into_iter().flatten().filter(|id| !id.is_empty()).collect();
    assert_eq!(claimed.len(), 50, "every job was claimed, each by one worker");

    let done = fifty(|number| {
        Call::service(format!(
            "update public.jobs set status = 'completed'
            where id = (select id from public.jobs order by id offset {number} limit 1) returning status"
        ))
    });
    assert_eq!(count(&at_once(&database, done).await, "completed", "PT409"), 50);
    let answers =
        at_once(&database, fifty(|_| Call::service("select id from public.claim_webhook_deliveries(1)")))
            .await;
    let claimed: BTreeSet<_> = answers.into_iter().flatten().filter(|id| !id.is_empty()).collect();
    assert_eq!(claimed.len(), 50, "every delivery too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_numbered_without_gaps() {
    let database = database().await;
    let add = "insert into public.workflow_versions (workflow_id, graph)
        values ('00000000-0000-0000-0000-000000000031', '{}') returning 'added'";
    let answers = at_once(&database, fifty(|_| Call::user(OWNER, add))).await;
    assert_eq!(count(&answers, "added", "23505"), 50);
    nothing_is_broken(&database, BROKEN).await;
}
