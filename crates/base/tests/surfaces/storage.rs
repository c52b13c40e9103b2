//! Listing objects in SQL.

use pg::Client;
use testkit::TestDb;

use super::{refusal, text, texts};

async fn stage() -> (TestDb, Client) {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "insert into storage.buckets (id, name) values ('b', 'b'), ('other', 'other');
             insert into storage.objects (bucket_id, name, metadata, created_at, updated_at)
             select 'b', name, '{\"size\": 3}', '2026-01-01'::timestamptz + place * interval '1 day',
               '2026-01-01'::timestamptz - place * interval '1 day'
             from unnest(array['a.txt', 'B.txt', 'dir/one', 'dir/sub/two', 'dir/Three', 'dir-x', 'dir!', 'é/ü', 'z%_/w'])
               with ordinality as names (name, place);
             insert into storage.objects (bucket_id, name) values ('other', 'elsewhere')",
        )
        .await
        .unwrap();
    (database, postgres)
}

#[tokio::test]
async fn the_first_listing_is_relative_counts_pages_and_minds_no_case() {
    let (_database, mut postgres) = stage().await;
    let kinds = "name || case when id is null then '/' else '' end";
    for (arguments, expected) in [
        ("'', 'b'", "a.txt B.txt dir! dir-x dir/ z%_/ é/"),
        ("'', 'b', sortorder := 'desc'", "é/ z%_/ dir/ dir-x dir! B.txt a.txt"),
        ("'', 'b', 2, 1, 2", "dir! dir-x"),
        ("'', 'b', 2, 1, 3, sortorder := 'desc'", "dir-x dir!"),
        ("'DIR/', 'b'", "one sub/ Three"),
        ("'dir/', 'b', search := 'S'", "sub/"),
        ("'', 'b', search := 'dir'", "dir! dir-x dir/"),
        ("'z%_/', 'b'", "w"),
        ("'zzz/', 'b'", ""),
        ("'', 'b', sortcolumn := 'created_at'", "dir/ z%_/ é/ a.txt B.txt dir-x dir!"),
        ("'', 'b', sortcolumn := 'updated_at', sortorder := 'asc', limits := 5", "dir/ z%_/ é/ dir! dir-x"),
    ] {
        let sql = format!("select {kinds} from storage.search({arguments})");
        assert_eq!(texts(&mut postgres, &sql).await.join(" "), expected, "{arguments}");
    }
}

#[tokio::test]
async fn the_second_listing_is_exact_and_goes_on_after_a_cursor() {
    let (_database, mut postgres) = stage().await;
    let kinds = "name || case when id is null then '/' else '' end";
    for (arguments, expected) in [
        ("'', 'b'", "B.txt a.txt dir! dir-x dir/ z%_/ é/"),
        ("'', 'b', 3", "B.txt a.txt dir!"),
        ("'', 'b', 3, 1, 'dir!'", "dir-x dir/ z%_/"),
        ("'', 'b', 3, 1, 'dir'", "z%_/ é/"),
        ("'', 'b', 3, 1, '', 'desc'", "é/ z%_/ dir/"),
        ("'', 'b', 3, 1, 'dir', 'desc'", "dir-x dir! a.txt"),
        ("'dir/', 'b', 10, 2", "dir/Three dir/one dir/sub/"),
        ("'DIR/', 'b'", ""),
        ("'', 'b', 3, 1, '', 'asc', 'created_at'", "a.txt B.txt dir/"),
        ("'', 'b', 3, 1, 'B.txt', 'asc', 'created_at', '2026-01-03T00:00:00Z'", "dir/ dir-x dir!"),
        ("'', 'b', 2, 1, '', 'desc', 'created_at'", "z%_/ é/"),
    ] {
        let sql = format!("select {kinds} from storage.search_v2({arguments})");
        assert_eq!(texts(&mut postgres, &sql).await.join(" "), expected, "{arguments}");
    }
    assert_eq!(
        texts(&mut postgres, "select key from storage.search_v2('dir/', 'b', 10, 2)").await,
        ["Three", "one", "sub"]
    );
    let flat = "select name from storage.list_objects_with_delimiter('b', 'd', 'i', 10)";
    assert_eq!(texts(&mut postgres, flat).await, ["d"]);
}

/// Pages put together are the whole, however they are cut.
#[tokio::test]
async fn pages_put_together_are_the_whole() {
    let (_database, mut postgres) = stage().await;
    for direction in ["asc", "desc"] {
        let all = texts(&mut postgres, &format!("select name from storage.list_objects_with_delimiter('b', '', '/', 100, sort_order := '{direction}')")).await;
        assert_eq!(all.len(), 7);
        for size in 1..4 {
            let (mut found, mut after) = (Vec::new(), String::new());
            loop {
                let page = format!(
                    "select name from storage.list_objects_with_delimiter('b', '', '/', {size}, next_token := '{after}', sort_order := '{direction}')"
                );
                let page = texts(&mut postgres, &page).await;
                let Some(last) = page.last() else { break };
                after.clone_from(last);
                found.extend(page);
            }
            assert_eq!(found, all, "{direction} by {size}");
        }
    }
}

#[tokio::test]
async fn listings_show_what_policies_let_see() {
    let (database, mut postgres) = stage().await;
    postgres
        .script("create policy mine on storage.objects for select to authenticated using (name like 'dir/%')")
        .await
        .unwrap();
    let mut authenticator = database.client("authenticator").await;
    for (role, expected) in [("authenticated", "1"), ("anon", "0"), ("service_role", "7")] {
        for function in ["search('', 'b')", "search_v2('', 'b')"] {
            let script = format!("set role {role}; select count(*) from storage.{function}");
            let results = authenticator.script(&script).await.unwrap();
            assert_eq!(results[1].rows[0].text(0), Some(expected), "{role} {function}");
        }
    }
}

#[tokio::test]
async fn the_smaller_functions() {
    let (_database, mut postgres) = stage().await;
    assert_eq!(
        text(
            &mut postgres,
            "select size || ' ' || bucket_id from storage.get_size_by_bucket() where bucket_id = 'b'"
        )
        .await,
        "27 b"
    );
    assert_eq!(
        refusal(&mut postgres, "select storage.can_insert_object('b', 'new', null, '{}')").await,
        ("PT200".to_owned(), "ROLLBACK".to_owned())
    );
    assert_eq!(
        refusal(&mut postgres, "select storage.can_insert_object('none', 'new', null, '{}')").await.0,
        "23503"
    );
    assert_eq!(
        text(&mut postgres, "select string_agg(coalesce(storage.get_common_prefix(k, 'data/', '/'), '-'), ' ') from unnest(array['data/t/f', 'data/t/', 'data/f', 'data/a/b/c']) as k").await,
        "data/t/ data/t/ - data/a/"
    );
    postgres
        .script(
            "insert into storage.s3_multipart_uploads (id, upload_signature, bucket_id, key, version)
             values ('1', '', 'b', 'x/one', ''), ('2', '', 'b', 'x/two', ''), ('3', '', 'b', 'y', '')",
        )
        .await
        .unwrap();
    let uploads = "select key || ' ' || id from storage.list_multipart_uploads_with_delimiter('b', '', '/')";
    assert_eq!(texts(&mut postgres, uploads).await, ["x/ 1", "y 3"]);
    let more = "select key from storage.list_multipart_uploads_with_delimiter('b', '', '/', 10, 'x/')";
    assert_eq!(texts(&mut postgres, more).await, ["y"]);
    for (expected, sql) in [
        (
            "t",
            "set storage.operation = 'storage.object.list'; select storage.allow_only_operation('object.list')",
        ),
        (
            "f",
            "set storage.operation = 'object.upload'; select storage.allow_only_operation('storage.object.list')",
        ),
        (
            "t",
            "set storage.operation = 'object.upload'; select storage.allow_any_operation(array['object.list', 'storage.object.upload'])",
        ),
        ("f", "set storage.operation = ''; select storage.allow_any_operation(array['object.list'])"),
    ] {
        let results = postgres.script(sql).await.unwrap();
        assert_eq!(results[1].rows[0].text(0), Some(expected), "{sql}");
    }
}
