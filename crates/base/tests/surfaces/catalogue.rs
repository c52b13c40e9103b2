//! Every function of the surfaces that a migration or an application may call, as the extensions themselves declare it:
//! names, arguments with their names and defaults, results, volatility, strictness, and which API roles may call it.

use testkit::TestDb;

use super::texts;

const EXPECTED: &str = include_str!("catalogue.txt");

/// What begins with an underscore, and the helpers of cron and realtime, are nobody's business.
const FOUND: &str = r"
select format(
  '%s.%s(%s) -> %s, %s%s [%s]', nspname, proname, pg_get_function_arguments(proc.oid), pg_get_function_result(proc.oid),
  case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
  case when proisstrict then ' strict' end,
  (select string_agg(role, ' ' order by place)
   from unnest(array['anon', 'authenticated', 'service_role', 'postgres']) with ordinality as roles (role, place)
   where has_schema_privilege(role, nsp.oid, 'usage') and has_function_privilege(role, proc.oid, 'execute')))
from pg_proc as proc
join pg_namespace as nsp on nsp.oid = pronamespace
left join pg_depend as dep on dep.classid = 'pg_proc'::regclass and dep.objid = proc.oid and dep.deptype = 'e'
left join pg_extension as ext on dep.refclassid = 'pg_extension'::regclass and ext.oid = dep.refobjid
where (nspname in ('pgmq', 'pgmq_public', 'net', 'vault', 'cron', 'supabase_functions', 'realtime')
    or extname in ('http', 'pgjwt', 'index_advisor', 'pg_jsonschema'))
  and proname not like '\_%' and proname <> all (array['maintain_message_partitions', 'message_partitions_at', 'to_regrole'])
  and not (nspname = 'cron' and proname !~ '^(schedule|schedule_in_database|unschedule|alter_job|job_cache_invalidate)$')
order by 1";

#[tokio::test]
async fn the_surfaces_offer_what_the_extensions_do() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "create extension pg_cron; create extension pgmq; create extension http with schema extensions; create extension pg_jsonschema with schema extensions",
        )
        .await
        .unwrap();
    let found = texts(&mut postgres, FOUND).await;
    let expected: Vec<&str> = EXPECTED.lines().filter(|line| !line.starts_with('#')).collect();
    let missing: Vec<_> = expected.iter().filter(|line| !found.iter().any(|found| found == *line)).collect();
    let more: Vec<_> = found.iter().filter(|line| !expected.contains(&line.as_str())).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing: {missing:#?}\nmore: {more:#?}");
}
