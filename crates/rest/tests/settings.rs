//! Settings of roles and functions: what a transaction runs with.

use crate::harness::{Room, token};

const SETTINGS: &str = "
create role impatient nologin;
grant impatient to authenticator;
alter role impatient set statement_timeout = '100ms';
create role careful nologin;
grant careful to authenticator;
alter role careful set default_transaction_isolation = 'serializable';
alter role careful set log_min_duration_statement = 1;
grant usage on schema public to impatient, careful;
create function public.nap(seconds float) returns text language sql volatile as 'select pg_sleep(seconds)::text';
create function public.long_nap(seconds float) returns text language sql volatile set statement_timeout = '20s'
  as 'select pg_sleep(seconds)::text';
create function public.short_nap(seconds float) returns text language sql volatile set statement_timeout = '10ms'
  as 'select pg_sleep(seconds)::text';
create function public.setting(name text) returns text language sql stable as 'select current_setting(name)';
create function public.repeatable() returns text language sql stable
  set default_transaction_isolation = 'repeatable read' as $$ select current_setting('transaction_isolation') $$;
create function public.memory() returns text language sql stable
  set work_mem = '6MB' as $$ select current_setting('work_mem') $$;
";

#[tokio::test]
async fn settings_of_roles_and_functions_count_for_the_transaction() {
    let room = Room::new().await;
    let name = |role: &str| format!("{role}_{}", room.database.name());
    let (impatient, careful) = (name("impatient"), name("careful"));
    // roles belong to the whole cluster, where other tests run, too
    let script = SETTINGS.replace("impatient", &impatient).replace("careful", &careful);
    room.database.client("supabase_admin").await.script(&script).await.unwrap();
    room.rest.reload().await.unwrap();
    let cases = [
        // the role's limit, and the function's in its place
        ("anon", "POST /rpc/nap", "{\"seconds\": 0.2}", 200, ""),
        (&impatient, "POST /rpc/nap", "{\"seconds\": 5}", 500, "57014"),
        (&impatient, "POST /rpc/long_nap", "{\"seconds\": 0.2}", 200, ""),
        ("anon", "POST /rpc/short_nap", "{\"seconds\": 5}", 500, "57014"),
        (&careful, "POST /rpc/setting", "{\"name\": \"transaction_isolation\"}", 200, "serializable"),
        ("anon", "POST /rpc/setting", "{\"name\": \"transaction_isolation\"}", 200, "read committed"),
        (&careful, "POST /rpc/repeatable", "{}", 200, "repeatable read"),
        ("anon", "GET /rpc/repeatable", "", 200, "repeatable read"),
        // only a superuser may set it: it is left out, and nothing fails
        (&careful, "POST /rpc/setting", "{\"name\": \"log_min_duration_statement\"}", 200, "-1"),
        ("anon", "GET /rpc/memory", "", 200, "6MB"),
    ];
    for (role, line, body, expected, said) in cases {
        let request = format!("{line}\nAuthorization: Bearer {}\n\n{body}", token(role));
        let (status, answer) = room.json(&request).await;
        let text = answer["code"].as_str().or_else(|| answer.as_str()).unwrap_or_default();
        assert_eq!((status, text), (expected, said), "{role} {line} {body}: {answer}");
    }
    let drop = format!(
        "drop owned by {impatient}; drop owned by {careful}; drop role {impatient}; drop role {careful}"
    );
    room.database.client("supabase_admin").await.script(&drop).await.unwrap();
}
