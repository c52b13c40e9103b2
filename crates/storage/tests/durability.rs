//! What is acknowledged stays, what is not leaves nothing, and many at once get in nobody's way.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use http::StatusCode;
use serde_json::json;

use crate::harness::Room;

async fn room() -> Room {
    let room = Room::new().await;
    room.make_bucket("b", json!({})).await;
    room
}

/// Whether a session waits for a lock that another one has.
async fn somebody_waits(room: &Room) -> bool {
    let waiting = "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())";
    room.value(waiting).await != "0"
}

/// Until something is so. What it waits for happens in this process or in the database.
async fn until(mut happened: impl AsyncFnMut() -> bool) {
    while !happened().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_file_is_there_before_its_row_and_the_row_before_the_answer() {
    let room = room().await;
    let mut other = room.client("supabase_admin").await;
    other.script("select pg_advisory_lock(hashtextextended('b/a', 0))").await.unwrap();
    let uploader = room.service();
    let upload = uploader.upload("b/a", "content");
    tokio::pin!(upload);
    tokio::select! {
        answer = &mut upload => panic!("answered without a row: {answer:?}"),
        () = until(async || somebody_waits(&room).await) => {}
    }
    assert_eq!(room.names().await, Vec::<String>::new());
    let files = room.files();
    assert_eq!(files.len(), 1);
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "content");
    other.script("select pg_advisory_unlock_all()").await.unwrap();
    upload.await.ok();
    assert_eq!(room.names().await, ["b/a"]);
    assert_eq!(room.files(), files);
}

#[tokio::test]
async fn a_client_that_goes_away_after_its_last_byte_gets_its_object_all_the_same() {
    let room = room().await;
    let mut other = room.client("supabase_admin").await;
    other.script("select pg_advisory_lock(hashtextextended('b/a', 0))").await.unwrap();
    {
        let uploader = room.service();
        let upload = uploader.upload("b/a", "content");
        tokio::pin!(upload);
        tokio::select! {
            answer = &mut upload => panic!("answered without a row: {answer:?}"),
            () = until(async || somebody_waits(&room).await) => {}
        }
    }
    other.script("select pg_advisory_unlock_all()").await.unwrap();
    until(async || room.names().await == ["b/a"]).await;
    assert_eq!(room.service().download("b/a").await.ok().text(), "content");
}

#[tokio::test]
async fn a_client_that_goes_away_before_leaves_nothing() {
    let room = room().await;
    {
        let first: Result<Bytes, std::io::Error> = Ok(Bytes::from(vec![b'x'; 2 << 20]));
        let body = Body::from_stream(stream::StreamExt::chain(stream::iter([first]), stream::pending()));
        let upload = room.service().call("POST", "/object/b/a").body(body).send();
        tokio::pin!(upload);
        tokio::select! {
            answer = &mut upload => panic!("it is not over: {answer:?}"),
            () = until(async || room.store_folder().read_dir().unwrap().count() > 0 && !room.files().is_empty()) => {}
        }
        let unfinished = room.files().remove(0);
        assert!(unfinished.to_string_lossy().contains('#'), "{unfinished:?} has its place already");
    }
    until(async || room.files().is_empty()).await;
    assert_eq!(room.names().await, Vec::<String>::new());
}

/// The connection dies when the row is written: whether it was, nobody knows, so the file stays until the sweep.
#[tokio::test]
async fn a_file_whose_row_was_lost_is_swept_up() {
    let room = room().await;
    room.service().put("b/kept", "kept").await;
    room.client("supabase_admin")
        .await
        .script(
            "create function public.die() returns trigger language plpgsql security definer as
             $$ begin
               if new.metadata ? 'eTag' then perform pg_terminate_backend(pg_backend_pid()); end if;
               return new;
             end $$;
             create trigger die before insert on storage.objects for each row execute function public.die()",
        )
        .await
        .unwrap();
    let answer = room.service().upload("b/lost", "lost").await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    room.script("drop trigger die on storage.objects").await;
    assert_eq!(room.names().await, ["b/kept"]);
    assert_eq!(room.files().len(), 2);
    let mut sweeps = room.sweeps();
    // what has no row may be about to get one
    assert_eq!(sweeps.sweep().await.unwrap(), 0);
    assert_eq!(room.files().len(), 2);
    assert_eq!(sweeps.sweep().await.unwrap(), 1);
    assert_eq!(room.files().len(), 1);
    assert_eq!(room.service().download("b/kept").await.ok().text(), "kept");
    room.service().put("b/lost", "again").await;
    assert_eq!(sweeps.sweep().await.unwrap() + sweeps.sweep().await.unwrap(), 0);
}

#[tokio::test]
async fn uploads_that_ended_with_their_process_are_swept_up() {
    let room = room().await;
    room.service().put("b/a", "a").await;
    let place = room.files().remove(0);
    let unfinished = |number: u32| format!("{}#{number}", place.display());
    for (number, age) in [(1, Duration::from_hours(25)), (2, Duration::from_hours(1))] {
        std::fs::write(unfinished(number), "half").unwrap();
        let file = std::fs::File::options().write(true).open(unfinished(number)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    let mut sweeps = room.sweeps();
    sweeps.sweep().await.unwrap();
    sweeps.sweep().await.unwrap();
    let mut left = room.files();
    left.sort();
    assert_eq!(left, [place.clone(), unfinished(2).into()], "it may still be written");
}

#[tokio::test]
async fn a_row_that_is_refused_leaves_no_file_and_the_old_version() {
    let room = room().await;
    room.service().put("b/a", "one").await;
    room.script(
        "create function public.refuse() returns trigger language plpgsql as
         $$ begin
           if new.metadata ? 'eTag' then raise exception 'not today'; end if;
           return new;
         end $$;
         create trigger refuse before insert or update on storage.objects for each row execute function public.refuse()",
    )
    .await;
    room.service().upsert("b/a", "two").await.refused(400, "400", "DatabaseError", "not today");
    room.service().upload("b/b", "two").await.refused(400, "400", "DatabaseError", "not today");
    assert_eq!(room.service().download("b/a").await.ok().text(), "one");
    assert_eq!(room.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_take_a_name_at_once_one_gets_it() {
    let room = room().await;
    let uploads = (0..20).map(|n| {
        let caller = room.service();
        async move { (n, caller.upload("b/a", &format!("from {n}")).await) }
    });
    let answers = join_all(uploads).await;
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.status == StatusCode::OK).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for (_, answer) in answers.iter().filter(|(_, answer)| answer.status != StatusCode::OK) {
        answer.refused(400, "409", "KeyAlreadyExists", "The resource already exists");
    }
    let content = room.service().download("b/a").await;
    assert_eq!(content.ok().text(), format!("from {}", winners[0].0));
    assert_eq!(room.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_replace_one_object_at_once_all_succeed_and_readers_see_whole_versions() {
    let room = room().await;
    room.service().put("b/a", "from -").await;
    let writers = (0..20).map(|n| {
        let caller = room.service();
        async move {
            caller.upsert("b/a", &format!("from {n}")).await.ok();
        }
    });
    let readers = (0..20).map(|_| {
        let caller = room.service();
        async move {
            for _ in 0..5 {
                let answer = caller.download("b/a").await;
                let text = answer.ok().text().to_owned();
                assert!(text.starts_with("from "), "{text}");
                assert_eq!(answer.header("content-length"), Some(text.len().to_string().as_str()));
            }
        }
    });
    tokio::join!(join_all(writers), join_all(readers));
    assert_eq!(room.names().await, ["b/a"]);
    assert_eq!(room.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_rows_agree_after_any_interleaving() {
    let room = room().await;
    let body = |from: &str, to: &str| json!({ "bucketId": "b", "sourceKey": from, "destinationKey": to });
    let rounds = (0..24_u32).map(|n| {
        let caller = room.service();
        async move {
            let (one, two) = (format!("{}", n % 3), format!("{}", (n + 1) % 3));
            match n % 4 {
                0 => caller.upsert(&format!("b/{one}"), &format!("{n}")).await,
                1 => caller.call("DELETE", &format!("/object/b/{one}")).send().await,
                2 => caller.post("/object/move", &body(&one, &two)).await,
                _ => {
                    let call = caller.call("POST", "/object/copy").header("x-upsert", "true");
                    call.json(&body(&one, &two)).send().await
                }
            }
        }
    });
    for answer in join_all(rounds).await {
        assert!(!answer.status.is_server_error(), "{answer:?}");
    }
    let names = room.names().await;
    assert_eq!(room.files().len(), names.len(), "{names:?}");
    let places: HashSet<_> = room.files().into_iter().collect();
    for name in names {
        room.service().download(&name).await.ok();
    }
    assert_eq!(places, room.files().into_iter().collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_move_one_object_at_once_one_does() {
    let room = room().await;
    room.service().put("b/a", "content").await;
    let moves = (0..10).map(|n| {
        let caller = room.service();
        async move {
            let body = json!({ "bucketId": "b", "sourceKey": "a", "destinationKey": format!("to {n}") });
            caller.post("/object/move", &body).await.status
        }
    });
    let statuses = join_all(moves).await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{statuses:?}");
    let names = room.names().await;
    assert_eq!(names.len(), 1);
    assert_eq!(room.service().download(&names[0].replace(' ', "%20")).await.ok().text(), "content");
    assert_eq!(room.files().len(), 1);
}

/// A branch's files are its own from the first change on.
#[tokio::test]
async fn a_linked_folder_goes_its_own_way() {
    let room = room().await;
    room.service().put("b/a", "one").await;
    let copy = tempfile::tempdir().unwrap();
    storage::link_folder(&room.store_folder(), copy.path()).unwrap();
    // once more is no error
    storage::link_folder(&room.store_folder(), copy.path()).unwrap();
    let place = room.files().remove(0);
    let linked = copy.path().join(place.strip_prefix(room.store_folder()).unwrap());
    room.service().upsert("b/a", "two").await.ok();
    assert_eq!(std::fs::read_to_string(&linked).unwrap(), "one");
    assert!(!place.exists());
}
