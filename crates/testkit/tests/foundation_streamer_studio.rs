//! Usage, jobs, connections and billing of the foundation `streamer-studio` under load and in every order.

use std::collections::BTreeSet;

use testkit::TestDb;

use crate::load::{Call, at_once, count, in_turns, nothing_is_broken, one, permutations};

const USER: &str = "00000000-0000-0000-0000-00000000000a";
const OTHER: &str = "00000000-0000-0000-0000-00000000000b";

/// Rows that should not exist.
const BROKEN: &str = "
    select 'users mirrors subscriptions: ' || u.id
    from public.users as u join public.subscriptions as s on s.user_id = u.id
    where (u.subscription_tier, u.assets_generated_this_month) <> (s.tier, s.assets_used)
    union all
    select 'usage stays within the plan: ' || user_id
    from public.subscriptions where assets_limit <> -1 and assets_used > assets_limit
    union all
    select 'connections stay within the plan: ' || s.user_id
    from public.subscriptions as s
    where s.platforms_limit <> -1
        and s.platforms_limit < (select count(*) from public.platform_connections as c where c.user_id = s.user_id)
    union all
    select 'one kit is active: ' || user_id
    from public.brand_kits where is_active group by user_id having count(*) > 1";

async fn database() -> TestDb {
    let database = TestDb::foundation("streamer-studio").await;
    let users = "insert into auth.users (id, email) values \
        ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com')";
    one(&database, users).await;
    database
}

fn fifty(call: impl Fn(usize) -> Call) -> Vec<Call> {
    (0..50).map(call).collect()
}

fn job(user: &str, assets: usize) -> Call {
    Call::user(
        user,
        format!(
            "insert into public.generation_jobs (user_id, asset_type, total_assets) values ('{user}', 'banner', {assets}) \
             returning status"
        ),
    )
}

fn connect(user: &str, platform: &str, channel: &str) -> Call {
    Call::service(format!(
        "select public.save_platform_connection('{user}', '{platform}', '{channel}', 'token') is not null"
    ))
}

fn increment(user: &str) -> Call {
    Call::service(format!("select public.increment_user_usage('{user}')"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn usage_is_exact_under_fifty_parallel_clients() {
    let database = database().await;
    let answers = at_once(&database, fifty(|_| increment(USER))).await;
    assert_eq!(count(&answers, "", "PT402"), 5);
    assert_eq!(one(&database, "select sum(assets_used) from public.subscriptions").await, "5");
    nothing_is_broken(&database, BROKEN).await;
}

/// Open jobs reserve: fifty ask for one asset or two, and what is promised is the plan's five.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_jobs_at_once_never_exceed_the_plan() {
    let database = database().await;
    let answers = at_once(&database, fifty(|_| job(USER, 1))).await;
    assert_eq!(count(&answers, "queued", "PT402"), 5);
    let answers = at_once(&database, fifty(|number| job(OTHER, 1 + number % 2))).await;
    count(&answers, "queued", "PT402");
    let open = format!(
        "select sum(total_assets) between 4 and 5 from public.generation_jobs where user_id = '{OTHER}'"
    );
    assert_eq!(one(&database, &open).await, "t");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_goes_to_one_of_fifty_workers() {
    let database = database().await;
    let insert = format!(
        "insert into public.generation_jobs (user_id, asset_type) select '{USER}', 'banner' from generate_series(1, 120)"
    );
    one(&database, &format!("update public.subscriptions set tier = 'studio' where user_id = '{USER}'"))
        .await;
    one(&database, &insert).await;
    let claim = "select string_agg(id::text, ' ') from public.claim_generation_jobs(3)";
    let answers = at_once(&database, fifty(|_| Call::service(claim))).await;
    let batches: Vec<String> = answers.into_iter().map(Result::unwrap).collect();
    assert!(
        batches.iter().all(|batch| batch.split_whitespace().count() <= 3),
        "nobody gets more than asked for"
    );
    let claimed: Vec<&str> = batches.iter().flat_map(|batch| batch.split_whitespace()).collect();
    assert_eq!((claimed.len(), claimed.iter().collect::<BTreeSet<_>>().len()), (120, 120));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_connections_at_once_are_as_many_as_the_plan_allows() {
    let database = database().await;
    let platforms = ["twitch", "youtube", "tiktok"];
    let answers = at_once(&database, fifty(|number| connect(USER, platforms[number % 3], "ada"))).await;
    assert!(count(&answers, "t", "PT402") >= 1, "the platform that was first is renewed by the others");
    assert_eq!(one(&database, "select count(*) from public.platform_connections").await, "1");

    one(&database, "update public.subscriptions set tier = 'studio'").await;
    let owner = |number: usize| if number.is_multiple_of(2) { USER } else { OTHER };
    let answers = at_once(&database, fifty(|number| connect(owner(number), "tiktok", "the channel"))).await;
    assert_eq!(count(&answers, "t", "23505"), 25, "a channel belongs to one user, who may renew it");
    nothing_is_broken(&database, BROKEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_kit_is_active_whoever_activates() {
    let database = database().await;
    let kits = format!(
        "insert into public.brand_kits (user_id, name) select '{USER}', n from generate_series(1, 5) as n"
    );
    one(&database, &kits).await;
    let activate = |number: usize| {
        Call::user(
            USER,
            format!(
                "select is_active from public.activate_brand_kit((select id from public.brand_kits where name = '{}'))",
                number % 5 + 1
            ),
        )
    };
    assert_eq!(count(&at_once(&database, fifty(activate)).await, "t", "none"), 50);
    assert_eq!(one(&database, "select count(*) from public.brand_kits where is_active").await, "1");
}

/// `at` seconds after some moment, about a subscription that began at `since`.
fn event(id: &str, user: &str, at: usize, since: usize, subscription: &str, state: &str) -> Call {
    let (status, tier) = state.split_once(' ').expect("status and tier");
    Call::service(format!(
        r#"select public.apply_stripe_event('{{"id": "{id}", "type": "customer.subscription.updated", "created": {at},
            "data": {{"object": {{"id": "{subscription}", "customer": "cus_{user}", "status": "{status}", "created": {since},
            "metadata": {{"user_id": "{user}"}}, "items": {{"data": [{{"current_period_start": 1750000000,
            "current_period_end": 1752600000, "price": {{"id": "price", "metadata": {{"tier": "{tier}"}}}}}}]}}}}}}}}')"#
    ))
}

#[tokio::test]
async fn stripe_events_in_every_order_give_the_same_subscription() {
    let database = database().await;
    let mut client = database.client("postgres").await;
    let events = [
        (1, 10, "sub_1", "trialing pro"),
        (2, 10, "sub_1", "active pro"),
        (3, 30, "sub_2", "active studio"),
        (4, 10, "sub_1", "canceled pro"),
        (5, 30, "sub_2", "past_due studio"),
    ];
    for (number, order) in permutations(events.len()).into_iter().enumerate() {
        let user = Call::owner("insert into auth.users (id) values (gen_random_uuid()) returning id");
        let user = user.make(&mut client).await.unwrap();
        for index in &order {
            let (at, since, subscription, state) = events[*index];
            let (id, subscription) = (format!("e{number}_{at}"), format!("{subscription}_{number}"));
            event(&id, &user, at, since, &subscription, state).make(&mut client).await.unwrap();
        }
        let state = format!(
            "select concat_ws(' ', s.tier, s.status, s.stripe_subscription_id, s.assets_limit, u.subscription_status) \
             from public.subscriptions as s join public.users as u on u.id = s.user_id where s.user_id = '{user}'"
        );
        let state = Call::owner(state).make(&mut client).await.unwrap();
        assert_eq!(state, format!("studio past_due sub_2_{number} -1 past_due"), "{order:?}");
    }
}

/// Everything at the same time, accounts that are deleted and the clock's own work included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_waits_for_each_other() {
    let database = database().await;
    let lists = (0..50_usize)
        .map(|client| {
            let user = if client.is_multiple_of(2) { USER } else { OTHER };
            let own_job = "select id from public.generation_jobs order by random() limit 1";
            let steps = [
                job(user, 1),
                increment(user),
                event(&format!("evt_{client}"), user, client, client, &format!("sub_{client}"), "active studio"),
                Call::service("select id from public.claim_generation_jobs(2)"),
                Call::service(format!("update public.generation_jobs set status = 'completed' where id = ({own_job})")),
                Call::user(user, format!("select id from public.cancel_generation_job(({own_job}))")),
                connect(user, "twitch", &format!("channel {client}")),
                Call::service(format!("select public.reset_monthly_usage('{user}')")),
                Call::service(format!("insert into public.assets (user_id, asset_type, storage_key) \
                    values ('{user}', 'banner', '{user}/{client}')")),
                Call::user(user, "delete from public.assets where id = (select id from public.assets order by random() limit 1)"),
                Call::owner(format!("update auth.users set email = '{client}@test.com' where id = '{user}'")),
                Call::owner("select private.reset_due_usage()"),
                Call::owner("select private.requeue_stuck_jobs('0 seconds')"),
                Call::user(user, format!("insert into public.brand_kits (user_id, name) values ('{user}', 'kit')")),
                match client {
                    31 => Call::owner(format!("delete from auth.users where id = '{OTHER}'")),
                    _ => event(&format!("evt_end_{client}"), user, client + 1, client, &format!("sub_{client}"), "canceled pro"),
                },
            ];
            let first = client % steps.len();
            steps.iter().cycle().skip(first).take(steps.len()).cloned().collect()
        })
        .collect();
    in_turns(&database, lists).await;
    nothing_is_broken(
        &database,
        "select 'users mirrors subscriptions: ' || u.id \
        from public.users as u join public.subscriptions as s on s.user_id = u.id \
        where (u.subscription_tier, u.assets_generated_this_month) <> (s.tier, s.assets_used)",
    )
    .await;
}
