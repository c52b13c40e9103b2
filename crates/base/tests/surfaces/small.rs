//! pgjwt, pgsodium's sequence, webhooks.

use testkit::TestDb;

use super::{refusal, text};

#[tokio::test]
async fn tokens_are_signed_and_verified() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    // the example everybody knows
    let token = text(
        &mut postgres,
        r#"select sign('{"sub":"1234567890","name":"John Doe","admin":true}', 'secret')"#,
    )
    .await;
    assert_eq!(
        token,
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ"
    );
    let verified = format!(
        "select format('%s %s %s', header ->> 'alg', payload ->> 'name', valid) from extensions.verify('{token}', 'secret')"
    );
    assert_eq!(text(&mut postgres, &verified).await, "HS256 John Doe t");
    let forged = format!("select valid::text from verify('{token}', 'guess')");
    assert_eq!(text(&mut postgres, &forged).await, "false");
    for (claims, valid) in
        [("{\"exp\": 1}", "f"), ("{\"nbf\": 99999999999}", "f"), ("{\"exp\": \"soon\"}", "t")]
    {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let sql =
                format!("select valid from verify(sign('{claims}', 'k', '{algorithm}'), 'k', '{algorithm}')");
            assert_eq!(text(&mut postgres, &sql).await, valid, "{claims} {algorithm}");
        }
    }
    assert_eq!(
        text(
            &mut postgres,
            "select convert_from(extensions.url_decode(extensions.url_encode('a?>')), 'utf8')"
        )
        .await,
        "a?>"
    );
    assert_eq!(text(&mut postgres, "select extensions.try_cast_double('1.5')::text").await, "1.5");
    assert_eq!(text(&mut postgres, "select extensions.try_cast_double('x')::text").await, "");
    assert!(refusal(&mut postgres, "select sign('{}', 'k', 'none')").await.1.contains("Cannot use"));
}

#[tokio::test]
async fn dumps_of_old_projects_find_the_sequence_of_key_ids() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(r#"select pg_catalog.setval('"pgsodium"."key_key_id_seq"', 1, false); select * from pgsodium.key; select * from pgsodium.valid_key"#)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_webhook_queues_a_request_and_notes_it() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            r#"create table public.t (id int primary key, body text);
               create trigger hook after insert or update or delete on public.t for each row
                 execute function supabase_functions.http_request(
                   'http://example.com/hook', 'POST', '{"Content-Type":"application/json","X-A":"b"}', '{"p":"1"}', '5000');
               create trigger simple after insert on public.t for each row
                 execute function supabase_functions.http_request('http://example.com/get', 'GET');
               grant all on public.t to authenticated"#,
        )
        .await
        .unwrap();
    let mut authenticator = database.client("authenticator").await;
    authenticator
        .script("begin; set local role authenticated; insert into public.t values (1, 'a'); update public.t set body = 'b'; commit")
        .await
        .unwrap();
    let queued = "select string_agg(format('%s %s %s %s %s', method, url, headers ->> 'X-A', timeout_milliseconds, convert_from(body, 'utf8')), E'\\n' order by id) from net.http_request_queue";
    assert_eq!(
        text(&mut postgres, queued).await,
        "POST http://example.com/hook?p=1 b 5000 {\"type\": \"INSERT\", \"table\": \"t\", \"record\": {\"id\": 1, \"body\": \"a\"}, \"schema\": \"public\", \"old_record\": null}\n\
         GET http://example.com/get  1000 \n\
         POST http://example.com/hook?p=1 b 5000 {\"type\": \"UPDATE\", \"table\": \"t\", \"record\": {\"id\": 1, \"body\": \"b\"}, \"schema\": \"public\", \"old_record\": {\"id\": 1, \"body\": \"a\"}}"
    );
    let noted = "select string_agg(hook_name || ' ' || (hook_table_id = 'public.t'::regclass::oid::int) || ' ' || request_id, ', ' order by id) from supabase_functions.hooks";
    assert_eq!(text(&mut postgres, noted).await, "hook true 1, simple true 2, hook true 3");
    for (arguments, message) in [
        ("", "url argument is missing"),
        ("'http://a.b'", "method argument is missing"),
        ("'http://a.b', 'PATCH'", "method argument PATCH is invalid"),
    ] {
        postgres
            .script(&format!("create or replace trigger simple after insert on public.t for each row execute function supabase_functions.http_request({arguments})"))
            .await
            .unwrap();
        assert_eq!(refusal(&mut postgres, "insert into public.t values (2)").await.1, message);
    }
}
