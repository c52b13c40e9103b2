//! What the sweep has to know of each foundation: two tenants with the same rows, and a good value for every argument.

/// A foundation, its tenants, and its good values.
pub(crate) struct Foundation {
    pub(crate) name: &'static str,
    /// Somebody with one row of everything. `$p` is what the ids begin with.
    pub(crate) set_up: &'static str,
    /// By `argument` or `function.argument`: SQL. Several for the same place are several good calls.
    pub(crate) values: &'static [(&'static str, &'static str)],
    /// More statements that may only be refused with a documented code.
    pub(crate) also: &'static [&'static str],
    /// `function.argument`, the labels of the bad values that work there, and why that is right.
    pub(crate) fine: &'static [(&'static str, &'static str, &'static str)],
}

/// One good call of a function: the number of it.
pub(crate) struct GoodCall {
    foundation: &'static Foundation,
    number: usize,
}

impl Foundation {
    pub(crate) fn good_calls(&'static self, function: &str) -> Vec<GoodCall> {
        let begin = format!("{function}.");
        let of_place = |place: &str| self.values.iter().filter(|(other, _)| *other == place).count();
        let own = self.values.iter().filter(|(place, _)| place.starts_with(&begin));
        let calls = own.map(|(place, _)| of_place(place)).max().unwrap_or(1);
        (0..calls).map(|number| GoodCall { foundation: self, number }).collect()
    }
}

impl GoodCall {
    pub(crate) fn value(&self, function: &str, argument: &str) -> Option<String> {
        let of_place = |place: &str| -> Vec<&str> {
            let values = self.foundation.values.iter().filter(|(other, _)| *other == place);
            values.map(|(_, sql)| *sql).collect()
        };
        let own = of_place(&format!("{function}.{argument}"));
        let values = if own.is_empty() { of_place(argument) } else { own };
        let value = values.get(self.number % values.len().max(1))?;
        Some((*value).to_owned())
    }
}

const STRIPE_SUBSCRIPTION: &str = r#"'{"id": "evt_s", "type": "customer.subscription.updated", "created": 1750000000, "data": {"object": {
    "id": "sub_1", "customer": "cus_1", "created": 1740000000, "status": "active", "latest_invoice": "in_1",
    "cancel_at_period_end": false, "metadata": {"user_id": "0000000a-0000-0000-0000-000000000001", "org_id": "0000000a-0000-0000-0000-0000000000f1"},
    "items": {"data": [{"current_period_start": 1750000000, "current_period_end": 1752000000,
        "price": {"id": "price_1", "metadata": {"tier": "pro", "plan": "pro"}}}]}}}}'"#;

const STRIPE_SUBSCRIPTION_OF_BLOTS: &str = r#"'{"id": "evt_s", "type": "customer.subscription.updated", "created": 1750000000, "data": {"object": {
    "id": "sub_1", "customer": "cus_1", "created": 1740000000, "status": "active", "latest_invoice": "in_1",
    "metadata": {"user_id": "0000000a-0000-0000-0000-000000000001"},
    "items": {"data": [{"price": {"id": "price_1", "metadata": {"plan": "studio", "blots": "500"},
        "recurring": {"interval": "year"}}}]}}}}'"#;

const STRIPE_INVOICE: &str = r#"'{"id": "evt_i", "type": "invoice.paid", "created": 1750000001, "data": {"object": {
    "id": "in_2", "customer": "cus_1", "billing_reason": "subscription_cycle", "status": "paid", "currency": "usd", "amount_due": 500,
    "period_start": 1750000000, "period_end": 1752000000, "metadata": {"user_id": "0000000a-0000-0000-0000-000000000001",
    "org_id": "0000000a-0000-0000-0000-0000000000f1"}, "lines": {"data": [{"description": "x", "amount": 500, "quantity": 1}]}}}}'"#;

const STRIPE_FAILURE: &str = r#"'{"id": "evt_f", "type": "invoice.payment_failed", "created": 1750000002, "data": {"object": {
    "id": "in_3", "customer": "cus_1", "status": "open", "currency": "usd", "amount_due": 500,
    "metadata": {"user_id": "0000000a-0000-0000-0000-000000000001", "org_id": "0000000a-0000-0000-0000-0000000000f1"}}}}'"#;

const STRIPE_CHECKOUT: &str = r#"'{"id": "evt_c", "type": "checkout.session.completed", "created": 1750000003, "data": {"object": {
    "id": "cs_1", "customer": "cus_1", "payment_status": "paid", "payment_intent": "pi_9", "amount_total": 499,
    "metadata": {"user_id": "0000000a-0000-0000-0000-000000000001", "org_id": "0000000a-0000-0000-0000-0000000000f1",
        "pack_id": "topup", "blots": "100", "pack_type": "small", "credits": "100"}}}}'"#;

const LEMON_SQUEEZY: &str = r#"'{"meta": {"event_name": "subscription_updated", "custom_data": {"user_id": "0000000a-0000-0000-0000-000000000001"}},
    "data": {"type": "subscriptions", "id": "77", "attributes": {"status": "active", "variant_id": 1, "customer_id": 5,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z", "renews_at": "2026-02-01T00:00:00Z",
        "ends_at": null, "trial_ends_at": "2026-01-09T00:00:00Z"}}}'"#;

pub(crate) const SAAS: Foundation = Foundation {
    name: "saas",
    set_up: "insert into auth.users (id, email) values ('$p-0000-0000-0000-000000000001', '$p@test.com');
        insert into public.subscriptions (id, user_id, stripe_subscription_id, stripe_customer_id, tier, status,
            current_period_start, current_period_end)
        values ('$p-0000-0000-0000-000000000002', '$p-0000-0000-0000-000000000001', 'sub_$p', 'cus_$p', 'pro', 'active', now(), now() + '1 month');
        insert into public.jobs (id, user_id, job_type)
        values ('$p-0000-0000-0000-000000000003', '$p-0000-0000-0000-000000000001', 'generation')",
    values: &[
        ("apply_stripe_event.event", STRIPE_SUBSCRIPTION),
        ("apply_stripe_event.event", STRIPE_INVOICE),
        (
            "current_usage.1",
            "(select u from public.users as u where id = '0000000a-0000-0000-0000-000000000001')",
        ),
        ("subscription_tier", "'pro'"),
        ("subscription_status", "'active'"),
        ("test_user_id", "'0000000a-0000-0000-0000-000000000001'"),
        ("provider_state", "'active'"),
        ("anchor", "'2026-01-31'"),
        ("moment", "'2026-03-01'"),
    ],
    also: &[
        "select public.usage_period_start('2026-03-01', '2026-01-01')",
        "select public.usage_period_start('294276-01-01', '4713-01-01 BC')",
        "select public.usage_period_start('4713-01-01 BC', '294276-01-01')",
    ],
    fine: &[],
};

pub(crate) const METERED: Foundation = Foundation {
    name: "metered",
    set_up: "insert into auth.users (id, email) values ('$p-0000-0000-0000-000000000001', '$p@test.com');
        select public.increment_usage('$p-0000-0000-0000-000000000001', 'api_calls', 5);
        select public.increment_usage('$p-0000-0000-0000-000000000001', 'storage_mb', 5);
        insert into public.lemon_squeezy_variants values ('1', 'basic') on conflict do nothing",
    values: &[
        ("event", LEMON_SQUEEZY),
        ("user_id", "'0000000a-0000-0000-0000-000000000001'"),
        ("test_user_id", "'0000000a-0000-0000-0000-000000000001'"),
        ("metric", "'api_calls'"),
        ("correct_usage.metric", "'storage_mb'"),
        ("change", "-1"),
        ("amount", "2"),
        ("refund_usage.entry", "(select min(id) from public.usage_ledger)"),
        (
            "entitled_plan.1",
            "(select s from public.subscriptions as s where user_id = '0000000a-0000-0000-0000-000000000001')",
        ),
        ("provider_state", "'active'"),
        ("kind", "'month'"),
        ("anchor", "'2026-01-31'"),
        ("moment", "'2026-03-01'"),
    ],
    also: &[
        "select public.refund_usage('0000000a-0000-0000-0000-000000000001', (select max(id) from public.usage_ledger))",
        "select public.usage_window('month', '2026-03-01', '2026-01-01')",
    ],
    fine: &[("correct_usage.change", "negative", "a level goes down")],
};

pub(crate) const STREAMER_STUDIO: Foundation = Foundation {
    name: "streamer-studio",
    set_up: "insert into auth.users (id, email) values ('$p-0000-0000-0000-000000000001', '$p@test.com');
        insert into public.brand_kits (id, user_id, name)
        values ('$p-0000-0000-0000-000000000002', '$p-0000-0000-0000-000000000001', 'kit');
        insert into public.generation_jobs (id, user_id, asset_type)
        values ('$p-0000-0000-0000-000000000003', '$p-0000-0000-0000-000000000001', 'banner');
        insert into public.assets (id, user_id, asset_type, prompt_used, storage_key)
        values ('$p-0000-0000-0000-000000000004', '$p-0000-0000-0000-000000000001', 'banner', 'p', '$p');
        select public.save_platform_connection('$p-0000-0000-0000-000000000001', 'twitch', 'tv $p', 'token');
        update public.platform_connections set id = '$p-0000-0000-0000-000000000005'
        where user_id = '$p-0000-0000-0000-000000000001'",
    values: &[
        ("p_brand_kit_id", "'0000000a-0000-0000-0000-000000000002'"),
        ("event", STRIPE_SUBSCRIPTION),
        ("p_asset_id", "'0000000a-0000-0000-0000-000000000004'"),
        ("p_job_id", "'0000000a-0000-0000-0000-000000000003'"),
        ("p_user_id", "'0000000a-0000-0000-0000-000000000001'"),
        ("p_connection_id", "'0000000a-0000-0000-0000-000000000005'"),
        ("p_platform", "'twitch'"),
        ("p_platform_user_id", "'tv own'"),
        ("p_access_token", "'token'"),
    ],
    also: &[],
    fine: &[(
        "save_platform_connection.p_token_expires_at",
        "infinity minus-infinity",
        "what the platform says is kept as it is",
    )],
};

pub(crate) const COLORING_BOOK: Foundation = Foundation {
    name: "coloring-book",
    set_up: "insert into auth.users (id, email) values ('$p-0000-0000-0000-000000000001', '$p@test.com');
        insert into public.heroes (id, owner_id, name, description, audience, compiled_prompt, reference_key)
        values ('$p-0000-0000-0000-000000000002', '$p-0000-0000-0000-000000000001', 'h', 'd', 'children', 'p',
            '$p-0000-0000-0000-000000000001/h');
        insert into public.projects (id, owner_id, name, page_count, audience, style_preset)
        values ('$p-0000-0000-0000-000000000003', '$p-0000-0000-0000-000000000001', 'b', 3, 'children', 'kawaii');
        insert into public.pages (id, project_id, sort_order)
        values ('$p-0000-0000-0000-000000000004', '$p-0000-0000-0000-000000000003', 1);
        insert into public.jobs (id, owner_id, type, blots_reserved)
        values ('$p-0000-0000-0000-000000000005', '$p-0000-0000-0000-000000000001', 'hero_creation', 10);
        select public.add_pack_blots('$p-0000-0000-0000-000000000001', 100, 'topup', 'cs $p')",
    values: &[
        ("user_id", "'0000000a-0000-0000-0000-000000000001'"),
        ("amount", "5"),
        ("blot_difference", "5"),
        ("new_amount", "5"),
        ("pack_id", "'topup'"),
        ("session_id", "'cs new'"),
        ("event", STRIPE_SUBSCRIPTION_OF_BLOTS),
        ("apply_stripe_event.event", STRIPE_SUBSCRIPTION_OF_BLOTS),
        ("apply_stripe_event.event", STRIPE_INVOICE),
        ("apply_stripe_event.event", STRIPE_FAILURE),
        ("apply_stripe_event.event", STRIPE_CHECKOUT),
        ("p_job_id", "'0000000a-0000-0000-0000-000000000005'"),
        ("p_type", "'generation'"),
        ("p_project_id", "'0000000a-0000-0000-0000-000000000003'"),
        ("p_hero_id", "'0000000a-0000-0000-0000-000000000002'"),
        ("p_status", "'failed'"),
        ("reason", "'x'"),
    ],
    also: &[],
    fine: &[
        ("deduct_blots.user_id", "foreign", "the backend acts for everybody"),
        ("finish_job.p_blots_spent", "zero", "a job may cost nothing"),
        ("reset_subscription_blots.new_amount", "zero", "a month may bring nothing"),
        ("refund_blots.reason", "null", "a line of the ledger may have no words"),
    ],
};

pub(crate) const FENTA: Foundation = Foundation {
    name: "fenta",
    set_up: "insert into auth.users (id, email) values ('$p-0000-0000-0000-000000000001', '$p@test.com'),
            ('$p-0000-0000-0000-000000000002', '$p-2@test.com');
        insert into public.orgs (id, name, slug, owner_id)
        values ('$p-0000-0000-0000-0000000000f1', 'o', 'org-$p', '$p-0000-0000-0000-000000000001');
        insert into public.org_members (org_id, user_id, role)
        values ('$p-0000-0000-0000-0000000000f1', '$p-0000-0000-0000-000000000002', 'owner');
        insert into public.projects (id, org_id, name)
        values ('$p-0000-0000-0000-000000000003', '$p-0000-0000-0000-0000000000f1', 'p');
        insert into public.workflows (id, org_id, name)
        values ('$p-0000-0000-0000-000000000004', '$p-0000-0000-0000-0000000000f1', 'w');
        insert into public.jobs (id, org_id, workflow_id) values
            ('$p-0000-0000-0000-000000000005', '$p-0000-0000-0000-0000000000f1', '$p-0000-0000-0000-000000000004'),
            ('$p-0000-0000-0000-000000000006', '$p-0000-0000-0000-0000000000f1', '$p-0000-0000-0000-000000000004');
        update public.jobs set status = 'failed' where id = '$p-0000-0000-0000-000000000006';
        insert into public.api_keys (id, user_id, org_id, name, key_hash)
        values ('$p-0000-0000-0000-000000000007', '$p-0000-0000-0000-000000000001', '$p-0000-0000-0000-0000000000f1', 'k', '$p');
        insert into public.webhooks (id, org_id, url, events, secret)
        values ('$p-0000-0000-0000-000000000008', '$p-0000-0000-0000-0000000000f1', 'https://example.com/', '{*}', private.encrypt('s'));
        insert into public.webhook_deliveries (id, webhook_id, org_id, event, payload)
        values ('$p-0000-0000-0000-000000000009', '$p-0000-0000-0000-000000000008', '$p-0000-0000-0000-0000000000f1', 'job.failed', '{}');
        insert into public.integrations (id, org_id, provider, credentials)
        values ('$p-0000-0000-0000-00000000000a', '$p-0000-0000-0000-0000000000f1', 'kai',
            jsonb_build_object('encrypted', private.encrypt('{}')));
        insert into public.assets (id, org_id, type)
        values ('$p-0000-0000-0000-00000000000b', '$p-0000-0000-0000-0000000000f1', 'image')",
    values: &[
        ("org_id", "'0000000a-0000-0000-0000-0000000000f1'"),
        ("p_org_id", "'0000000a-0000-0000-0000-0000000000f1'"),
        ("p_pack_type", "'small'"),
        ("p_credits", "5"),
        ("p_price_usd", "4.99"),
        ("p_stripe_payment_id", "'pi_1'"),
        ("event", STRIPE_SUBSCRIPTION),
        ("apply_stripe_event.event", STRIPE_SUBSCRIPTION),
        ("apply_stripe_event.event", STRIPE_INVOICE),
        ("apply_stripe_event.event", STRIPE_FAILURE),
        ("apply_stripe_event.event", STRIPE_CHECKOUT),
        ("p_kind", "'project'"),
        ("bin.p_kind", "'project'"),
        ("bin.p_kind", "'workflow'"),
        ("bin.p_kind", "'asset'"),
        ("bin.p_id", "'0000000a-0000-0000-0000-000000000003'"),
        ("bin.p_id", "'0000000a-0000-0000-0000-000000000004'"),
        ("bin.p_id", "'0000000a-0000-0000-0000-00000000000b'"),
        ("p_job_id", "'0000000a-0000-0000-0000-000000000005'"),
        ("retry_job.p_job_id", "'0000000a-0000-0000-0000-000000000006'"),
        ("tokens", "1"),
        ("kai_credits", "1"),
        ("render_seconds", "1"),
        ("p_name", "'key'"),
        ("p_url", "'https://example.com/hook'"),
        ("p_events", "'{job.completed}'"),
        ("p_scopes", "'[\"read\"]'"),
        ("p_delivery_id", "'0000000a-0000-0000-0000-000000000009'"),
        ("p_http_status", "200"),
        ("p_integration_id", "'0000000a-0000-0000-0000-00000000000a'"),
        ("prefix", "'org'"),
        ("prefixed", "'org_0000000a0000000000000000000000f1'"),
        ("id", "'0000000a-0000-0000-0000-0000000000f1'"),
        ("p_key_id", "'0000000a-0000-0000-0000-000000000007'"),
        ("p_provider", "'openai'"),
        ("p_credentials", "'{\"token\": \"sk\"}'"),
        ("p_user_id", "'0000000a-0000-0000-0000-000000000002'"),
        ("p_key", "'fenta_x'"),
    ],
    also: &["select * from public.daily_usage('0000000a-0000-0000-0000-0000000000f1', '2026-02-01', '2026-01-01')"],
    fine: &[
        ("add_credit_pack.p_price_usd", "null zero", "a pack may be a gift"),
        ("add_credit_pack.p_expires_at", "infinity", "that is never"),
        ("consume_quota.tokens", "zero", "the other amounts are used"),
        ("consume_quota.kai_credits", "zero", "the other amounts are used"),
        ("consume_quota.render_seconds", "zero", "the other amounts are used"),
        ("consume_quota.p_user_id", "foreign", "who has left the organisation may still be accounted for"),
        ("create_api_key.p_expires_at", "infinity", "that is never"),
        ("finish_webhook_delivery.p_http_status", "null", "no answer came"),
    ],
};
