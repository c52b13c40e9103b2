//! Many requests of one shape at the same moment, which share connections: nobody gets what is somebody else's.

use std::sync::Arc;

use base::identity::SigningKey;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Room, SECRET};

const USERS: usize = 64;
const ROUNDS: usize = 20;

/// A note for each user, whose body is his number.
async fn notes() -> Arc<Room> {
    let room = Room::new().await;
    let notes = format!(
        "delete from notes; insert into notes (owner, body)
         select lpad(n::text, 32, '0')::uuid, n from generate_series(0, {}) as n",
        USERS - 1
    );
    room.database.client("supabase_admin").await.script(&notes).await.unwrap();
    Arc::new(room)
}

fn token(user: usize) -> String {
    let claims = json!({ "role": "authenticated", "sub": format!("{user:032}"), "exp": 4_000_000_000_u64 });
    SigningKey::from_secret(SECRET).sign(&claims).unwrap()
}

/// Every user asks again and again; `ask` says what of, and whether the answer is right.
async fn crowd<F>(room: &Arc<Room>, ask: impl Fn(Arc<Room>, usize, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut users = JoinSet::new();
    for user in 0..USERS {
        let asks: Vec<F> = (0..ROUNDS).map(|round| ask(Arc::clone(room), user, round)).collect();
        users.spawn(async move {
            for ask in asks {
                ask.await;
            }
        });
    }
    users.join_all().await;
}

#[tokio::test]
async fn everybody_sees_his_own_rows() {
    crowd(&notes().await, |room, user, _| async move {
        let answer =
            room.json(&format!("GET /notes?select=body\nAuthorization: Bearer {}", token(user))).await;
        assert_eq!(answer, (200, json!([{ "body": user.to_string() }])));
    })
    .await;
}

#[tokio::test]
async fn an_error_goes_to_whoever_made_it() {
    crowd(&notes().await, |room, user, round| async move {
        let wrong = (user + round) % 3 == 0;
        let id = if wrong { format!("no-{user}-{round}") } else { format!("{user:032}") };
        let request = format!("GET /notes?owner=eq.{id}&select=body\nAuthorization: Bearer {}", token(user));
        let (status, body) = room.json(&request).await;
        if wrong {
            assert_eq!((status, &body["code"]), (400, &json!("22P02")));
            assert!(body["message"].as_str().unwrap().contains(&id), "{body}");
        } else {
            assert_eq!((status, body), (200, json!([{ "body": user.to_string() }])));
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_table_shows_in_no_answer_but_by_its_rows() {
    let room = notes().await;
    let changing = tokio::spawn({
        let database = room.database.client("supabase_admin");
        let mut database = database.await;
        async move {
            for column in 0..10 {
                database
                    .script(&format!("alter table notes add c{column} int4 default {column}"))
                    .await
                    .unwrap();
                database.script(&format!("alter table notes alter c{column} type text")).await.unwrap();
            }
        }
    });
    crowd(&room, |room, user, _| async move {
        let request = format!("GET /notes?select=*\nAuthorization: Bearer {}", token(user));
        let (status, body) = room.json(&request).await;
        let bodies: Vec<&Value> = body.as_array().unwrap().iter().map(|row| &row["body"]).collect();
        assert_eq!((status, bodies), (200, vec![&json!(user.to_string())]), "{body}");
    })
    .await;
    changing.await.unwrap();
}
