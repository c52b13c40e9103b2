//! The service against a running project: `API_URL` and `SERVICE_ROLE_KEY` as `ferrobase status -o env` prints them.

use reqwest::{Client, Method};
use saas::{DatabaseService, Error, JobChange, JobStatus, NewJob, Tier, UserChange};
use serde_json::{Value, json};
use uuid::Uuid;

struct Project {
    url: String,
    key: String,
    database: DatabaseService,
}

impl Project {
    fn running() -> Self {
        let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        let (url, key) = (variable("API_URL"), variable("SERVICE_ROLE_KEY"));
        let database = DatabaseService::new(Client::new(), &url, &key);
        Self { url, key, database }
    }

    async fn auth(&self, method: Method, path: &str, body: Value) -> Value {
        let request = Client::new().request(method, format!("{}/auth/v1/{path}", self.url));
        let response = request
            .header("apikey", &self.key)
            .bearer_auth(&self.key)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.expect("JSON")
    }

    /// A user with an address of its own.
    async fn user(&self) -> Uuid {
        let account = json!({
            "email": format!("{}@test.com", Uuid::new_v4()), "password": "a long password",
            "email_confirm": true, "user_metadata": {"name": "Ada"}
        });
        let user = self.auth(Method::POST, "admin/users", account).await;
        user["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }
}

#[tokio::test]
#[ignore = "needs a running project"]
async fn a_user_and_a_job_from_queue_to_result() {
    let project = Project::running();
    let database = &project.database;
    let id = project.user().await;

    let user = database.get_user(id).await.unwrap().expect("made by the sign-up");
    assert_eq!((user.name.as_deref(), user.subscription_tier), (Some("Ada"), Tier::Free));
    let change = UserChange { name: Some("Grace".into()), ..UserChange::default() };
    assert_eq!(database.update_user(id, &change).await.unwrap().name.as_deref(), Some("Grace"));

    let new = NewJob { user_id: id, job_type: "generation".into(), parameters: json!({"prompt": "a cat"}) };
    let job = database.create_job(&new).await.unwrap();
    assert_eq!((job.status, job.progress), (JobStatus::Queued, 0));
    let started =
        JobChange { status: Some(JobStatus::Processing), progress: Some(75), ..JobChange::default() };
    assert_eq!(database.update_job(job.id, &started).await.unwrap().progress, 75);
    let finished = JobChange {
        status: Some(JobStatus::Completed),
        result: Some(json!({"n": 1})),
        ..JobChange::default()
    };
    assert_eq!(database.update_job(job.id, &finished).await.unwrap().progress, 100);
    let job = database.get_job(job.id).await.unwrap().expect("still there");
    assert_eq!((job.result, job.completed_at.is_some()), (Some(json!({"n": 1})), true));
    assert!(
        matches!(database.update_job(job.id, &started).await, Err(Error::Refused { code, .. }) if code == "PT409")
    );

    for _ in 1..10 {
        database.create_job(&new).await.unwrap();
    }
    assert!(matches!(database.create_job(&new).await, Err(Error::Refused { code, .. }) if code == "PT402"));

    project.auth(Method::DELETE, &format!("admin/users/{id}"), json!({})).await;
    assert_eq!(database.get_user(id).await.unwrap(), None);
    assert_eq!(database.get_job(job.id).await.unwrap(), None);
}

#[tokio::test]
#[ignore = "needs a running project"]
async fn what_is_not_there_is_none_or_named() {
    let database = Project::running().database;
    let nobody = Uuid::new_v4();
    assert_eq!(database.get_user(nobody).await.unwrap(), None);
    assert_eq!(database.get_job(nobody).await.unwrap(), None);
    let change = UserChange { name: Some("x".into()), ..UserChange::default() };
    let error = database.update_user(nobody, &change).await.unwrap_err();
    assert_eq!(error.to_string(), format!("User not found: {nobody}"));
    let error = database.update_job(nobody, &JobChange::default()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Job not found: {nobody}"));
}
