//! What is looked after every now and then.

use base::jobs::upkeep::Upkeep;
use chrono::{TimeDelta, Utc};
use testkit::TestDb;

#[tokio::test]
async fn partitions_of_messages_come_before_their_day_and_go_after_three() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    let mut upkeep = Upkeep::default();
    let partitions = "select string_agg(right(relname, 10), ' ' order by relname) from pg_class where relname ~ '^messages_\\d{4}_\\d\\d_\\d\\d$'";
    let day = |offset: i64, at: chrono::DateTime<Utc>| {
        (at + TimeDelta::days(offset)).format("%Y_%m_%d").to_string()
    };
    let start = Utc::now();
    upkeep.tick(&mut admin, start).await.unwrap();
    // soon after, nothing is looked at
    upkeep.tick(&mut admin, start + TimeDelta::minutes(59)).await.unwrap();
    let later = start + TimeDelta::days(5);
    upkeep.tick(&mut admin, later).await.unwrap();
    let found: String = admin.query(partitions, &[]).await.unwrap()[0].get(0).unwrap();
    let expected: Vec<String> = (-3..=7).map(|offset| day(offset, later)).collect();
    assert_eq!(found, expected.join(" "));
}
