//! The events of payment providers, in whatever order, twice, or all at once: every account ends where the right order
//! ends. The foundations with an inbox, each with events that it understands.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::TestDb;

use crate::load::{Call, in_turns, one};

/// One thing that a provider tells of. Times are few, so that some are the same.
#[derive(Debug, Clone)]
enum Told {
    Subscription { number: u8, state: usize, level: usize, invoice: u8, names_user: bool },
    Renewal { invoice: u8 },
    Failure,
    Pack { session: u8 },
}

/// When, and what.
type Happened = (u8, Told);

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        6 => (0..3_u8, 0..8_usize, 0..3_usize, 0..6_u8, any::<bool>()).prop_map(
            |(number, state, level, invoice, names_user)| Told::Subscription { number, state, level, invoice, names_user }),
        2 => (0..6_u8).prop_map(|invoice| Told::Renewal { invoice }),
        2 => Just(Told::Failure),
        1 => (0..3_u8).prop_map(|session| Told::Pack { session }),
    ]
}

/// Events in the order in which they happened, and the order in which they come: some of them twice.
fn story() -> impl Strategy<Value = (Vec<Happened>, Vec<usize>)> {
    prop::collection::vec((1..12_u8, told()), 1..10).prop_flat_map(|mut story| {
        story.sort_by_key(|(at, _)| *at);
        let again = prop::collection::vec(0..story.len(), 0..4);
        let indexes = again.prop_map({
            let all = story.len();
            move |again| (0..all).chain(again).collect::<Vec<_>>()
        });
        (Just(story), indexes.prop_shuffle())
    })
}

/// What a person's life with a provider looks like: begun, failed, paid, up, down and up again, replaced, renewed.
fn life() -> Vec<Happened> {
    let say = |number, state, level, invoice| Told::Subscription {
        number,
        state,
        level,
        invoice,
        names_user: number == 0,
    };
    vec![
        (1, say(0, 4, 0, 1)),
        (1, say(0, 0, 0, 1)),
        (2, Told::Failure),
        (2, say(0, 2, 0, 2)),
        (3, Told::Renewal { invoice: 2 }),
        (3, say(0, 0, 0, 2)),
        (4, say(0, 0, 1, 3)),
        (5, say(0, 0, 0, 4)),
        (6, say(0, 0, 1, 5)),
        (7, say(1, 0, 2, 0)),
        (8, say(0, 3, 1, 5)),
    ]
}

/// How a foundation is told, and what is looked at in the end.
struct Inbox {
    foundation: &'static str,
    /// The function that takes an event.
    take: &'static str,
    event: fn(&Happened, usize, &str) -> Value,
    /// The account of `$user`, without its ids and the times at which something was written.
    account: &'static str,
    set_up: &'static str,
}

const STATES: [&str; 8] =
    ["active", "trialing", "past_due", "canceled", "incomplete", "incomplete_expired", "unpaid", "paused"];

/// Of a day long ago, by the second.
fn second(at: u8) -> u32 {
    1_750_000_000 + u32::from(at)
}

fn stripe((at, told): &Happened, index: usize, user: &str) -> Value {
    let customer = format!("cus_{user}");
    let (kind, object) = match told {
        Told::Subscription { number, state, level, invoice, names_user } => {
            let kind = match STATES[*state] {
                "canceled" => "customer.subscription.deleted",
                "incomplete" => "customer.subscription.created",
                _ => "customer.subscription.updated",
            };
            let metadata = if *names_user { json!({"user_id": user, "org_id": user}) } else { json!({}) };
            let price = json!({
                "id": format!("price_{level}"),
                "metadata": {
                    "plan": (["creator", "studio", "studio"][*level]), "blots": ([300, 500, 800][*level].to_string()),
                    "tier": (["pro", "studio", "studio"][*level]),
                }
            });
            let period = json!({
                "current_period_start": second(*invoice), "current_period_end": second(invoice + 100), "price": price
            });
            let object = json!({
                "id": format!("sub_{number}_{user}"), "customer": customer, "created": second(number * 3),
                "status": (STATES[*state]), "latest_invoice": format!("in_{invoice}_{user}"), "metadata": metadata,
                "items": {"data": [period]}
            });
            (kind, object)
        }
        Told::Renewal { invoice } => (
            "invoice.paid",
            json!({"id": format!("in_{invoice}_{user}"), "customer": customer, "billing_reason": "subscription_cycle"}),
        ),
        Told::Failure => {
            ("invoice.payment_failed", json!({"id": format!("in_f_{user}"), "customer": customer}))
        }
        Told::Pack { session } => (
            "checkout.session.completed",
            json!({"id": format!("cs_{session}_{user}"), "customer": customer, "payment_status": "paid",
                "metadata": {"pack_id": "topup", "blots": "100"}}),
        ),
    };
    json!({
        "id": format!("evt_{index}_{user}"), "type": kind, "created": second(*at), "data": {"object": object}
    })
}

fn lemon_squeezy((at, told): &Happened, index: usize, user: &str) -> Value {
    let time = |at: u8| format!("2026-01-{:02}T00:00:00Z", at + 1);
    // without numbers of their own, events of one moment are told apart by their content
    let updated = format!("2026-01-{:02}T00:00:{index:02}Z", at + 1);
    let Told::Subscription { number, state, level, invoice, .. } = told else {
        return json!({
            "meta": {"event_name": "order_created"},
            "data": {"type": "orders", "id": format!("{index}{user}"), "attributes": {"updated_at": updated}}
        });
    };
    let state =
        ["active", "on_trial", "past_due", "expired", "active", "cancelled", "unpaid", "paused"][*state];
    json!({
        "meta": {"event_name": "subscription_updated", "custom_data": {"user_id": user}},
        "data": {"type": "subscriptions", "id": format!("{number}{user}"), "attributes": {
            "status": state, "variant_id": level + 1, "created_at": time(number * 3), "updated_at": updated,
            "renews_at": time(invoice * 3 + 1), "ends_at": null, "trial_ends_at": time(27)
        }}
    })
}

const SAAS: Inbox = Inbox {
    foundation: "saas",
    take: "public.apply_stripe_event",
    event: stripe,
    account: "select concat_ws(' ', u.subscription_tier, u.subscription_status, s.tier, s.status, s.stripe_customer_id,
            s.stripe_subscription_id, s.current_period_start, s.current_period_end)
        from public.users as u left join public.subscriptions as s on s.user_id = u.id where u.id = '$user'",
    set_up: "",
};

const METERED: Inbox = Inbox {
    foundation: "metered",
    take: "public.apply_lemon_squeezy_event",
    event: lemon_squeezy,
    account: "select concat_ws(' ', plan, status, lemon_squeezy_id, current_period_start, current_period_end, trial_ends_at)
        from public.subscriptions where user_id = '$user'",
    set_up: "insert into public.lemon_squeezy_variants values ('1', 'basic'), ('2', 'pro'), ('3', 'pro')
        on conflict do nothing",
};

const STREAMER_STUDIO: Inbox = Inbox {
    foundation: "streamer-studio",
    take: "public.apply_stripe_event",
    event: stripe,
    account: "select concat_ws(' ', u.subscription_tier, u.subscription_status, u.stripe_customer_id, s.tier, s.status,
            s.stripe_subscription_id, s.stripe_price_id, s.current_period_start, s.current_period_end, s.assets_used)
        from public.users as u left join public.subscriptions as s on s.user_id = u.id where u.id = '$user'",
    set_up: "",
};

const COLORING_BOOK: Inbox = Inbox {
    foundation: "coloring-book",
    take: "public.apply_stripe_event",
    event: stripe,
    account: "select concat_ws(' ', plan, plan_blots, blots, pack_blots, billing_interval, stripe_subscription_id, stripe_price_id,
            stripe_customer_id, payment_failed_at, (
                select concat_ws('+', sum(subscription_delta), sum(pack_delta))
                from public.blot_transactions as t where t.owner_id = p.owner_id))
        from public.profiles as p where p.owner_id = '$user'",
    set_up: "",
};

const FENTA: Inbox = Inbox {
    foundation: "fenta",
    take: "public.apply_stripe_event",
    event: stripe_for_fenta,
    account: "select concat_ws(' ', o.plan, o.stripe_customer_id, q.tokens_limit, (
            select string_agg(concat_ws(' ', stripe_invoice_id, amount_usd, status), ', ' order by stripe_invoice_id)
            from public.invoices as i where i.org_id = o.id), (
            select string_agg(concat_ws(' ', credits_remaining, stripe_payment_id), ', ' order by stripe_payment_id)
            from public.credit_packs as c where c.org_id = o.id))
        from public.orgs as o join public.quota_limits as q on q.org_id = o.id where o.id = '$user'",
    // who signs up founds an organisation of the same id
    set_up: "create function public.found_org() returns trigger language plpgsql as $$ begin
            insert into public.orgs (id, name, slug, owner_id) values (new.id, 'o', new.id, new.id); return null; end $$;
        create trigger found after insert on public.profiles for each row execute function public.found_org()",
};

/// Other words for the same: plans, invoices with a state, packs of credits.
fn stripe_for_fenta(happened: &Happened, index: usize, user: &str) -> Value {
    let mut event = stripe(happened, index, user);
    let object = &mut event["data"]["object"];
    match &happened.1 {
        Told::Subscription { level, .. } => {
            object["items"]["data"][0]["price"]["metadata"] =
                json!({"plan": (["starter", "pro", "pro"][*level])});
        }
        Told::Renewal { invoice } => {
            object["status"] =
                ["draft", "open", "paid", "void", "uncollectible", "open"][usize::from(*invoice)].into();
            object["id"] = format!("in_{}_{user}", invoice / 2).into();
            object["currency"] = "usd".into();
            object["amount_due"] = (100 * u32::from(happened.0)).into();
        }
        Told::Failure => {
            object["status"] = "open".into();
            object["currency"] = "usd".into();
            object["amount_due"] = 500.into();
        }
        Told::Pack { .. } => object["metadata"] = json!({"pack_type": "small", "credits": "100"}),
    }
    event
}

impl Inbox {
    /// Somebody new, and what they are told in this order; one list for each client.
    async fn tell(&self, database: &TestDb, story: &[Happened], orders: &[Vec<usize>]) -> String {
        let user = one(database, "insert into auth.users (id) values (gen_random_uuid()) returning id").await;
        let take = |index: &usize| {
            let event = (self.event)(&story[*index], *index, &user);
            Call::service(format!("select {}('{event}')", self.take))
        };
        let lists = orders.iter().map(|order| order.iter().map(take).collect()).collect();
        for answer in in_turns(database, lists).await.into_iter().flatten() {
            assert!(answer.is_ok(), "{answer:?} in {orders:?} of {story:?}");
        }
        one(database, &self.account.replace("$user", &user)).await.replace(&user, "user")
    }

    async fn ends_the_same(&self, database: &TestDb, story: &[Happened], orders: &[Vec<usize>]) {
        let right = self.tell(database, story, &[(0..story.len()).collect()]).await;
        let other = self.tell(database, story, orders).await;
        assert_eq!(right, other, "{}: {orders:?} of {story:#?}", self.foundation);
    }

    async fn database(&self) -> TestDb {
        let database = TestDb::foundation(self.foundation).await;
        database.client("postgres").await.script(self.set_up).await.unwrap();
        database
    }

    fn check(&self) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let database = runtime.block_on(self.database());
        let runner = || TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() });
        let any = |(story, order): (Vec<Happened>, Vec<usize>)| {
            runtime.block_on(self.ends_the_same(&database, &story, &[order]));
            Ok(())
        };
        runner().run(&story(), any).unwrap();

        let life = life();
        let orders = Just((0..life.len()).collect::<Vec<_>>()).prop_shuffle();
        runner()
            .run(&orders, |order| {
                runtime.block_on(self.ends_the_same(&database, &life, &[order]));
                Ok(())
            })
            .unwrap();
        let all_at_once: Vec<_> = (0..life.len()).chain(0..life.len()).map(|index| vec![index]).collect();
        for _ in 0..2 {
            runtime.block_on(self.ends_the_same(&database, &life, &all_at_once));
        }
    }
}

#[test]
fn events_of_saas_in_any_order_give_the_same_account() {
    SAAS.check();
}

#[test]
fn events_of_metered_in_any_order_give_the_same_account() {
    METERED.check();
}

#[test]
fn events_of_streamer_studio_in_any_order_give_the_same_account() {
    STREAMER_STUDIO.check();
}

#[test]
fn events_of_fenta_in_any_order_give_the_same_organisation() {
    FENTA.check();
}

#[test]
fn events_of_coloring_book_in_any_order_give_the_same_account() {
    COLORING_BOOK.check();
}
