//! Postgres decides: every request is the caller's, with the caller's claims, and what policies refuse is refused.

use serde_json::json;

use crate::harness::{ADA, BOB, Room};

#[tokio::test]
async fn everybody_does_everything_in_their_own_folder_and_nothing_elsewhere() {
    let room = Room::with_folders().await;
    let ada = room.user(ADA);
    let (own, foreign) = (format!("files/{ADA}/a.txt"), format!("files/{BOB}/a.txt"));
    ada.put(&own, "one").await;
    ada.upsert(&own, "two").await.ok();
    assert_eq!(ada.download(&own).await.ok().text(), "two");
    room.user(BOB).put(&foreign, "bob's").await;
    let before = room.column("select name || version || updated_at from storage.objects order by 1").await;
    ada.upload(&format!("files/{BOB}/new.txt"), "x").await.violates_policy();
    ada.upload("files/new.txt", "x").await.violates_policy();
    ada.upsert(&foreign, "x").await.violates_policy();
    ada.call("PUT", &format!("/object/{foreign}")).text("x").send().await.violates_policy();
    // whether a name is taken, is not told to who may not write it
    ada.upload(&foreign, "x").await.violates_policy();
    ada.download(&foreign).await.not_found();
    ada.get(&format!("/object/info/{foreign}")).await.not_found();
    assert_eq!(ada.call("HEAD", &format!("/object/{foreign}")).send().await.status, 400);
    assert_eq!(
        room.column("select name || version || updated_at from storage.objects order by 1").await,
        before
    );
    assert_eq!(room.files().len(), 2);
}

#[tokio::test]
async fn an_upsert_needs_the_right_to_read_and_to_change() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name) values ('files', 'files');
         create policy create_only on storage.objects for insert to authenticated with check (bucket_id = 'files')",
    )
    .await;
    let ada = room.user(ADA);
    ada.put("files/a", "one").await;
    ada.upload("files/a", "two").await.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    ada.upsert("files/a", "two").await.violates_policy();
    ada.download("files/a").await.not_found();
    assert_eq!(room.service().download("files/a").await.ok().text(), "one");
}

#[tokio::test]
async fn policies_see_what_is_asked_for_and_by_whom() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name) values ('files', 'files');
         create table public.seen (operation text, role text, subject text, method text, path text, agent text, claim text);
         create function public.look() returns boolean language sql security definer as
         $$
           insert into public.seen select storage.operation(), auth.role(), auth.uid()::text,
             current_setting('request.method'), current_setting('request.path'),
             current_setting('request.headers')::json ->> 'user-agent', auth.jwt() ->> 'team' returning true
         $$;
         create policy look on storage.objects to authenticated using (public.look()) with check (public.look())",
    )
    .await;
    let exp = room.clock_seconds() + 60;
    let token = room.sign(&json!({ "sub": ADA, "role": "authenticated", "exp": exp, "team": "red" }));
    room.service().put("files/a", "a").await;
    let call = room.bearer(&token).call("GET", "/object/authenticated/files/a").header("user-agent", "test");
    call.send().await.ok();
    let seen = room
        .value("select concat_ws(' ', operation, role, subject, method, path, agent, claim) from seen")
        .await;
    let expected = "/object/authenticated/files/a test red";
    assert_eq!(seen, format!("storage.object.get_authenticated authenticated {ADA} GET {expected}"));
}

#[tokio::test]
async fn a_policy_may_allow_one_operation_only() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name) values ('files', 'files');
         create policy list_only on storage.objects for select to authenticated
           using (storage.allow_any_operation(array['object.list', 'storage.object.list_v2']))",
    )
    .await;
    room.service().put("files/a", "a").await;
    let ada = room.user(ADA);
    let listed = ada.post("/object/list/files", &json!({ "prefix": "" })).await.ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let listed = ada.post("/object/list-v2/files", &json!({})).await.ok().json();
    assert_eq!(listed["objects"].as_array().unwrap().len(), 1);
    ada.download("files/a").await.not_found();
    ada.post("/object/sign/files/a", &json!({ "expiresIn": 60 })).await.not_found();
}

#[tokio::test]
async fn a_policy_may_look_at_type_and_length_before_the_file_is_there() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name) values ('files', 'files');
         create policy small on storage.objects for insert to authenticated with check
           (metadata ->> 'mimetype' = 'text/plain' and coalesce((metadata ->> 'contentLength')::int, 0) <= 3)",
    )
    .await;
    let ada = room.user(ADA);
    ada.call("POST", "/object/files/a").header("content-length", "3").text("abc").send().await.ok();
    let large = ada.call("POST", "/object/files/b").header("content-length", "4").text("abcd").send().await;
    large.violates_policy();
    // who does not say the length is judged by what has come
    ada.call("POST", "/object/files/c").text("abcd").send().await.violates_policy();
    let kind =
        ada.call("POST", "/object/files/d").header("content-type", "image/png").body("abc").send().await;
    kind.violates_policy();
    assert_eq!(room.names().await, ["files/a"]);
    assert_eq!(room.files().len(), 1);
}

/// A quota counted in a trigger is the usual way to limit what a user keeps.
#[tokio::test]
async fn a_trigger_may_refuse_and_its_message_is_told() {
    let room = Room::new().await;
    room.script(
        "insert into storage.buckets (id, name) values ('files', 'files');
         create function public.quota() returns trigger language plpgsql as
         $$ begin
           if (select count(*) from storage.objects) >= 2 then raise exception 'two files are enough'; end if;
           return new;
         end $$;
         create trigger quota before insert on storage.objects for each row execute function public.quota()",
    )
    .await;
    room.service().put("files/a", "a").await;
    room.service().put("files/b", "b").await;
    room.service().upload("files/c", "c").await.refused(400, "400", "DatabaseError", "two files are enough");
    assert_eq!(room.files().len(), 2);
}

#[tokio::test]
async fn roles_that_are_none_may_nothing() {
    let room = Room::with_folders().await;
    let exp = room.clock_seconds() + 60;
    for role in ["nobody", "postgres; drop table storage.objects", "", "supabase_admin", "none"] {
        let token = room.sign(&json!({ "sub": ADA, "role": role, "exp": exp }));
        let answer = room.bearer(&token).upload(&format!("files/{ADA}/a"), "x").await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (400, &json!("AccessDenied")),
            "{role}: {answer:?}"
        );
    }
    // no role is nobody in particular
    let token = room.sign(&json!({ "sub": ADA, "exp": exp }));
    room.bearer(&token).upload(&format!("files/{ADA}/a"), "x").await.violates_policy();
    assert_eq!(room.names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_policy_that_fails_closes_only_what_it_guards() {
    let room = Room::with_folders().await;
    room.make_bucket("open", json!({ "public": true })).await;
    room.service().put("open/a", "open").await;
    room.script(
        "create policy broken on storage.objects for select to authenticated using (bucket_id::int = 1 / length(name))",
    )
    .await;
    assert_eq!(room.user(ADA).download("open/a").await.ok().text(), "open");
    let answer = room.user(ADA).download("files/a").await;
    assert_eq!(answer.status, 400, "{answer:?}");
}
