//! What happens by the clock: every scheduled command of every foundation, late, twice, and by several clocks at once.
//!
//! The commands come from `cron.job`, so that none is left out.

use testkit::TestDb;

use crate::load::{Call, in_turns, one};

/// A foundation, and how it looks after nobody has called its clock for months.
struct Neglected {
    foundation: &'static str,
    late: &'static str,
    /// True when all that was due has been done, once.
    done: &'static str,
}

const SAAS: Neglected = Neglected {
    foundation: "saas",
    late: "insert into auth.users (id) select ('00000000-0000-0000-0000-0000000000' || n)::uuid from generate_series(10, 59) as n;
        update public.users set monthly_usage = 7, usage_reset_at = now() - interval '90 days'",
    done: "select bool_and(monthly_usage = 0 and usage_reset_at > now() - interval '32 days') from public.users",
};

const METERED: Neglected = Neglected {
    foundation: "metered",
    late: "insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a');
        update public.subscriptions set plan = 'pro', status = 'trial', lemon_squeezy_id = 'ls', current_period_start = now() - interval '90 days',
            current_period_end = now() - interval '60 days', trial_ends_at = now() - interval '60 days'",
    done: "select bool_and(status = 'expired') from public.subscriptions",
};

const STREAMER_STUDIO: Neglected = Neglected {
    foundation: "streamer-studio",
    late: "insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a');
        insert into public.assets (user_id, asset_type, storage_key, expires_at)
            values ('00000000-0000-0000-0000-00000000000a', 'banner', 'k', now() - interval '60 days')",
    done: "select not exists (select from public.assets) and (select count(*) = 1 from private.storage_purges)",
};

const COLORING_BOOK: Neglected = Neglected {
    foundation: "coloring-book",
    late: "insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a');
        select public.deduct_blots('00000000-0000-0000-0000-00000000000a', 70);
        update public.profiles set blots_reset_at = now() - interval '100 days'",
    done: "select (select blots = 50 and blots_reset_at > now() from public.profiles)
        and (select count(*) = 1 from public.blot_transactions where type = 'subscription_reset')",
};

const FENTA: Neglected = Neglected {
    foundation: "fenta",
    late: "insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a');
        insert into public.orgs (id, name, slug, owner_id) values
            ('00000000-0000-0000-0000-0000000000f1', 'o', 'o', '00000000-0000-0000-0000-00000000000a');
        insert into public.workflows (id, org_id, name) values
            ('00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-0000000000f1', 'w');
        insert into public.schedules (org_id, workflow_id, cron) values
            ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-000000000031', '0 9 * * *');
        update public.schedules set next_run_at = now() - interval '90 days';
        update public.quota_limits set tokens_used = 7, reset_at = now() - interval '90 days';
        insert into public.assets (org_id, type, deleted_at) values
            ('00000000-0000-0000-0000-0000000000f1', 'image', now() - interval '90 days');
        insert into private.quota_calls values ('00000000-0000-0000-0000-0000000000f1', 'k', now() - interval '90 days');
        do $$ declare part regclass; begin
            for part in select inhrelid::regclass from pg_inherits
                where inhparent = 'public.usage_records'::regclass and inhrelid <> 'private.usage_records_default'::regclass
            loop execute format('drop table %s', part); end loop;
        end $$;
        insert into public.usage_records (org_id, resource_type, storage_bytes)
            values ('00000000-0000-0000-0000-0000000000f1', 'storage', 7);
        create table private.usage_records_2001_01 partition of public.usage_records for values from ('2001-01-01') to ('2001-02-01')",
    done: "select (select count(*) = 1 from public.jobs) and (select run_count = 1 from public.schedules)
        and (select tokens_used = 0 and reset_at > now() from public.quota_limits)
        and not exists (select from public.assets) and not exists (select from private.quota_calls)
        and not exists (select from private.usage_records_default) and (select sum(storage_bytes) = 7 from public.usage_records)
        and to_regclass('private.usage_records_2001_01') is null
        and (select count(*) = 5 from pg_inherits where inhparent = 'public.usage_records'::regclass)",
};

impl Neglected {
    async fn database(&self) -> TestDb {
        let database = TestDb::foundation(self.foundation).await;
        database.client("postgres").await.script(self.late).await.unwrap();
        assert_eq!(one(&database, self.done).await, "f", "there is something to do");
        database
    }

    /// What is scheduled, each command as the clock sends it.
    async fn commands(&self, database: &TestDb) -> Vec<Call> {
        let sql = "select command from cron.job order by jobname";
        let rows = database.client("postgres").await.query(sql, &[]).await.unwrap();
        assert!(!rows.is_empty(), "{} has a clock", self.foundation);
        rows.iter().map(|row| Call::owner(row.text(0).unwrap())).collect()
    }

    async fn check(&self) {
        let database = self.database().await;
        let commands = self.commands(&database).await;
        for _ in 0..2 {
            for answer in in_turns(&database, vec![commands.clone()]).await.into_iter().flatten() {
                answer.unwrap();
            }
            assert_eq!(one(&database, self.done).await, "t", "{} late and twice", self.foundation);
        }

        let database = self.database().await;
        let clocks =
            (0..8).map(|clock| commands.iter().cycle().skip(clock).take(commands.len()).cloned().collect());
        for answer in in_turns(&database, clocks.collect()).await.into_iter().flatten() {
            answer.unwrap();
        }
        assert_eq!(one(&database, self.done).await, "t", "{} by eight clocks", self.foundation);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_saas_may_be_late_and_several() {
    SAAS.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_metered_may_be_late_and_several() {
    METERED.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_streamer_studio_may_be_late_and_several() {
    STREAMER_STUDIO.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_coloring_book_may_be_late_and_several() {
    COLORING_BOOK.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_fenta_may_be_late_and_several() {
    FENTA.check().await;
}
