//! The rules of jobs as a worker meets them: states and quota.

use ferrobase_client::Error::Refused;
use saas::{Error, JobChange, JobStatus, NewJob};
use serde_json::json;
use uuid::Uuid;

use crate::start;

fn generation(user_id: Uuid) -> NewJob {
    NewJob::new(user_id, "generation".into())
}

fn moved_to(status: JobStatus) -> JobChange {
    JobChange { status: Some(status), ..JobChange::default() }
}

#[tokio::test]
async fn a_job_lives_from_queue_to_result() {
    let (server, service) = start().await;
    let job = service.create_job(&generation(server.user("Ada").await)).await.unwrap();
    let started = JobChange { progress: Some(50), ..moved_to(JobStatus::Processing) };
    assert_eq!(service.update_job(job.id, &started).await.unwrap().progress, 50);
    let finished = JobChange { result: Some(Some(json!({"n": 1}))), ..moved_to(JobStatus::Completed) };
    let job = service.update_job(job.id, &finished).await.unwrap();
    assert_eq!((job.status, job.progress), (JobStatus::Completed, 100));
    assert_eq!((job.result, job.completed_at.is_some()), (Some(json!({"n": 1})), true));
}

#[tokio::test]
async fn a_worker_may_say_when_a_job_ended() {
    let (server, service) = start().await;
    let job = service.create_job(&generation(server.user("Ada").await)).await.unwrap();
    let ended = "2026-11-20T01:02:03.000004Z".parse().unwrap();
    let failed = JobChange {
        error_message: Some(Some("out of memory".into())),
        completed_at: Some(Some(ended)),
        ..moved_to(JobStatus::Failed)
    };
    let job = service.update_job(job.id, &failed).await.unwrap();
    assert_eq!((job.completed_at, job.error_message.as_deref()), (Some(ended), Some("out of memory")));
    // a report whose answer got lost may be sent again
    assert_eq!(service.update_job(job.id, &failed).await.unwrap().completed_at, Some(ended));
}

#[tokio::test]
async fn a_state_that_cannot_follow_is_refused() {
    let (server, service) = start().await;
    let job = service.create_job(&generation(server.user("Ada").await)).await.unwrap();
    let Err(Error::Server(Refused { status, code, message, hint, .. })) =
        service.update_job(job.id, &moved_to(JobStatus::Completed)).await
    else {
        panic!("a queued job cannot be complete");
    };
    assert_eq!((status, code.as_str()), (409, "PT409"));
    assert_eq!(message, format!("job {} cannot go from queued to completed", job.id));
    assert_eq!(hint.as_deref(), Some("queued → processing → completed, failed, partial or cancelled."));

    service.update_job(job.id, &moved_to(JobStatus::Cancelled)).await.unwrap();
    let Err(Error::Server(Refused { status, details, hint, .. })) =
        service.update_job(job.id, &moved_to(JobStatus::Processing)).await
    else {
        panic!("finished is final");
    };
    assert_eq!((status, details.as_deref()), (409, Some("A job that is cancelled no longer changes.")));
    assert_eq!(hint.as_deref(), Some("Create a new job."));
}

#[tokio::test]
async fn the_job_beyond_the_quota_is_refused() {
    let (server, service) = start().await;
    let id = server.user("Ada").await;
    for _ in 0..10 {
        service.create_job(&generation(id)).await.unwrap();
    }
    let Err(Error::Server(Refused { status, code, message, details, hint })) =
        service.create_job(&generation(id)).await
    else {
        panic!("the free tier has ten");
    };
    assert_eq!((status, code.as_str()), (402, "PT402"));
    assert_eq!(message, "monthly job quota exceeded");
    assert_eq!(details.as_deref(), Some("Tier free allows 10 jobs a month: 10 used, 1 asked for."));
    assert!(hint.unwrap().starts_with("Upgrade the plan, or wait for the next period: 20"));
}

/// S0-8b from a client's side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_quota_is_exact_under_fifty_parallel_calls() {
    let (server, service) = start().await;
    let id = server.user("Ada").await;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.create_job(&generation(id)).await })
        })
        .collect();
    let mut made = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(job) => made += i32::from(job.user_id == id),
            Err(Error::Server(Refused { status: 402, .. })) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    let user = service.get_user(id).await.unwrap().unwrap();
    assert_eq!((made, user.monthly_usage), (10, 10));
}

#[tokio::test]
async fn what_a_table_forbids_keeps_its_code() {
    let (server, service) = start().await;
    let Err(Error::Server(Refused { status, code, .. })) =
        service.create_job(&generation(Uuid::new_v4())).await
    else {
        panic!("nobody has this job");
    };
    assert_eq!((status, code.as_str()), (409, "23503"));
    let job = service.create_job(&generation(server.user("Ada").await)).await.unwrap();
    let change = JobChange { progress: Some(101), ..moved_to(JobStatus::Processing) };
    let Err(Error::Server(Refused { status, code, .. })) = service.update_job(job.id, &change).await else {
        panic!("there are only a hundred percent");
    };
    assert_eq!((status, code.as_str()), (400, "23514"));
    assert_eq!(service.get_job(job.id).await.unwrap(), Some(job));
}
