//! Queues.

use testkit::TestDb;

use super::{refusal, text, texts};

#[tokio::test]
async fn a_message_is_sent_read_hidden_archived_and_deleted() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension pgmq; select pgmq.create('Jobs')").await.unwrap();
    let sent = texts(
        &mut postgres,
        r#"select pgmq.send('jobs', '{"n": 1}')
           union all select pgmq.send('jobs', '{"n": 2}', 3600)
           union all select pgmq.send(queue_name := 'jobs', msg := '{"n": 3}', headers := '{"h": true}')
           union all select pgmq.send('jobs', '{"n": 4}', now() + interval '1 hour')
           union all select pgmq.send('jobs', '{"n": 5}', '{"h": 1}'::jsonb, 0)"#,
    )
    .await;
    assert_eq!(sent, ["1", "2", "3", "4", "5"]);
    let batch = "select pgmq.send_batch('jobs', array['{\"n\": 6}', '{\"n\": 7}']::jsonb[], array['{\"h\": 2}']::jsonb[])";
    assert_eq!(texts(&mut postgres, batch).await, ["6", "7"]);
    assert_eq!(
        texts(&mut postgres, "select pgmq.send_batch('jobs', array['{\"n\": 8}']::jsonb[], 3600)").await,
        ["8"]
    );

    let read = "select msg_id || ' ' || read_ct || ' ' || message || coalesce(headers::text, '') from pgmq.read('jobs', 3600, 2) order by msg_id";
    assert_eq!(texts(&mut postgres, read).await, [r#"1 1 {"n": 1}"#, r#"3 1 {"n": 3}{"h": true}"#]);
    let filtered = "select msg_id::text from pgmq.read('jobs', 3600, 10, conditional := '{\"n\": 7}')";
    assert_eq!(texts(&mut postgres, filtered).await, ["7"]);
    assert_eq!(texts(&mut postgres, "select msg_id::text from pgmq.pop('jobs')").await, ["5"]);
    assert_eq!(texts(&mut postgres, "select msg_id::text from pgmq.set_vt('jobs', 1, 0)").await, ["1"]);
    let polled = "select msg_id || ' ' || read_ct from pgmq.read_with_poll('jobs', 3600, 1, 5, 10)";
    assert_eq!(texts(&mut postgres, polled).await, ["1 2"]);

    assert_eq!(text(&mut postgres, "select pgmq.archive('jobs', 1)").await, "t");
    assert_eq!(text(&mut postgres, "select pgmq.archive('jobs', 1)").await, "f");
    assert_eq!(texts(&mut postgres, "select pgmq.archive('jobs', array[3, 99])").await, ["3"]);
    assert_eq!(text(&mut postgres, "select pgmq.delete('jobs', 7)").await, "t");
    assert_eq!(texts(&mut postgres, "select pgmq.delete('jobs', array[6, 7])").await, ["6"]);
    let archived = "select string_agg(msg_id || ' ' || message, ', ' order by msg_id) from pgmq.a_jobs";
    assert_eq!(text(&mut postgres, archived).await, r#"1 {"n": 1}, 3 {"n": 3}"#);
    let metrics = "select format('%s %s %s %s', queue_name, queue_length, total_messages, queue_visible_length) from pgmq.metrics_all()";
    assert_eq!(text(&mut postgres, metrics).await, "Jobs 3 8 0");
    assert_eq!(text(&mut postgres, "select pgmq.purge_queue('jobs')").await, "3");
}

#[tokio::test]
async fn queues_are_made_listed_and_dropped_with_their_extension() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "create extension pgmq;
             select pgmq.create('one'), pgmq.create('one'), pgmq.create_unlogged('two'), pgmq.create_non_partitioned('three');
             alter table pgmq.q_one enable row level security;
             create policy mine on pgmq.q_one using (true);
             grant select on pgmq.q_one to authenticated;
             alter publication supabase_realtime add table pgmq.q_one",
        )
        .await
        .unwrap();
    let queues = "select string_agg(queue_name || ' ' || is_unlogged, ', ' order by queue_name) from pgmq.list_queues()";
    assert_eq!(text(&mut postgres, queues).await, "one false, three false, two true");
    assert_eq!(text(&mut postgres, "select pgmq.drop_queue('two')").await, "t");
    assert_eq!(text(&mut postgres, "select pgmq.drop_queue('two')").await, "f");
    postgres.script("select pgmq.detach_archive('three')").await.unwrap();
    let tables = "select string_agg(relname, ' ' order by relname) from pg_class where relnamespace = to_regnamespace('pgmq') and relkind = 'r'";
    assert_eq!(text(&mut postgres, tables).await, "a_one a_three meta q_one q_three");
    postgres.script("drop extension pgmq").await.unwrap();
    assert_eq!(text(&mut postgres, tables).await, "a_three");
    for (statement, message) in [
        ("select pgmq.create('F--oo')", "queue name contains invalid characters: $, ;, --, or \\'"),
        ("select pgmq.create('F$oo')", "queue name contains invalid characters: $, ;, --, or \\'"),
        ("select pgmq.create(repeat('a', 48))", "queue name is too long, maximum length is 48 characters"),
    ] {
        postgres.script("create extension if not exists pgmq").await.unwrap();
        assert_eq!(refusal(&mut postgres, statement).await.1, message);
    }
}

#[tokio::test]
async fn api_roles_use_the_wrappers_as_far_as_the_queue_is_theirs() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension pgmq; select pgmq.create('q')").await.unwrap();
    let mut authenticator = database.client("authenticator").await;
    let as_role = |role: &str, sql: &str| format!("begin; set local role {role}; {sql}; commit");
    authenticator
        .script(&as_role(
            "service_role",
            "select pgmq_public.send('q', '{}', 0); select pgmq_public.send_batch('q', array['{}', '{}']::jsonb[]);
             select * from pgmq_public.read('q', 10, 1); select * from pgmq_public.pop('q');
             select pgmq_public.archive('q', 1); select pgmq_public.delete('q', 3)",
        ))
        .await
        .unwrap();
    let (code, _) =
        refusal(&mut authenticator, &as_role("authenticated", "select pgmq_public.send('q', '{}')")).await;
    assert_eq!(code, "42501");
    authenticator.script("rollback").await.unwrap();
    postgres
        .script(
            "grant usage on schema pgmq to authenticated; grant select, insert on pgmq.q_q to authenticated",
        )
        .await
        .unwrap();
    authenticator.script(&as_role("authenticated", "select pgmq_public.send('q', '{}')")).await.unwrap();
}

#[tokio::test]
async fn ten_thousand_messages_are_one_statement() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension pgmq; select pgmq.create('q')").await.unwrap();
    let sent = "select count(*)::text from pgmq.send_batch('q', (select array_agg(jsonb_build_object('n', n)) from generate_series(1, 10000) as n))";
    assert_eq!(text(&mut postgres, sent).await, "10000");
    assert_eq!(text(&mut postgres, "select count(*)::text from pgmq.read('q', 30, 10000)").await, "10000");
}
