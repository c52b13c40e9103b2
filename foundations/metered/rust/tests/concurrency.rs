//! Fifty callers at once, through REST.

use futures_util::future::join_all;
use metered::is_quota_exceeded;

use crate::start;

/// S1-7 from a client's side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_quota_is_exact_under_fifty_parallel_calls() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let calls = (0..50).map(|_| db.increment_usage(id, "agent_runs", 1, None));
    let answers = join_all(calls).await;
    let counted = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(is_quota_exceeded));
    let usage = db.current_usage(id).await.unwrap();
    assert_eq!((counted, usage[0].used, usage[0].remaining), (10, Some(10), Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_call_counts_once_and_is_given_back_once() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let calls = (0..50).map(|_| db.increment_usage(id, "api_calls", 3, Some("call")));
    let answers: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
    assert!(answers.iter().all(|answer| answer.entry == answers[0].entry));

    let refunds = join_all((0..50).map(|_| db.refund_usage(id, answers[0].entry, None, None))).await;
    assert_eq!(refunds.iter().filter(|refund| refund.is_ok()).count(), 1);
    let ledger: Vec<_> = db.ledger(id).await.unwrap().iter().map(|entry| entry.delta).collect();
    assert_eq!(ledger, [3, -3]);
}
