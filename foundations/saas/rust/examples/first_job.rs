//! Renames a user, queues a job for them and reports it done. Needs a running project and an auth user:
//!
//! ```sh
//! SUPABASE_URL=http://127.0.0.1:54321 SUPABASE_SERVICE_ROLE_KEY=… \
//!     cargo run -p ferrobase-saas --example first_job -- <user id>
//! ```

use ferrobase_client::Error::Refused;
use saas::{Error, JobChange, JobStatus, NewJob, UserChange, get_db};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let user_id = std::env::args().nth(1).ok_or("whose job?")?.parse()?;

    let db = get_db()?;
    let name = UserChange { name: Some(Some("Ada".into())), ..UserChange::default() };
    db.update_user(user_id, &name).await?;

    let parameters = Some(json!({"prompt": "a cat"}));
    let new = NewJob { parameters, ..NewJob::new(user_id, "generation".into()) };
    let job = match db.create_job(&new).await {
        Err(Error::Server(Refused { status: 402, hint, .. })) => return Err(hint.unwrap_or_default().into()),
        created => created?,
    };
    let started = JobChange { status: Some(JobStatus::Processing), ..JobChange::default() };
    db.update_job(job.id, &started).await?;
    let result = Some(Some(json!({"output_url": "https://example.com/cat.png"})));
    let done = JobChange { status: Some(JobStatus::Completed), result, ..JobChange::default() };
    assert_eq!(db.update_job(job.id, &done).await?.progress, 100);
    Ok(())
}
