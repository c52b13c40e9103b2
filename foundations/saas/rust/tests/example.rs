//! The example of the README as a program, with its settings from the environment.
//!
//! Cargo builds it together with this test, beside it in the target folder.

use std::path::PathBuf;

use saas::JobStatus;
use saas::types::public::Jobs;
use tokio::process::Command;

use crate::start;

fn first_job() -> Command {
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).expect("the binary lies in <profile>/deps");
    let path = profile.join(PathBuf::from_iter(["examples", "first_job"]));
    let mut command = Command::new(path.with_extension(std::env::consts::EXE_EXTENSION));
    command.env_remove("SUPABASE_URL").env_remove("SUPABASE_SERVICE_ROLE_KEY");
    command
}

#[tokio::test]
async fn it_runs_with_the_settings_of_the_environment() {
    let (server, service) = start().await;
    let user_id = server.user("Grace").await;
    let output = first_job()
        .arg(user_id.to_string())
        .env("SUPABASE_URL", &server.url)
        .env("SUPABASE_SERVICE_ROLE_KEY", &server.keys.service_role_key)
        .output()
        .await
        .expect("built with this test");
    assert!(output.status.success(), "{output:?}");

    let user = service.get_user(user_id).await.unwrap().unwrap();
    assert_eq!((user.name.as_deref(), user.monthly_usage), (Some("Ada"), 1));
    let jobs = service.client().from::<Jobs>().all().await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.status).collect::<Vec<_>>(), [JobStatus::Completed]);
}

#[tokio::test]
async fn it_names_the_setting_that_is_missing() {
    let user_id = "00000000-0000-0000-0000-000000000001";
    let output = first_job().arg(user_id).output().await.expect("built with this test");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("SUPABASE_URL"), "{said}");
}

#[test]
fn the_readme_shows_what_the_program_does() {
    let (readme, program) = (include_str!("../README.md"), include_str!("../examples/first_job.rs"));
    let shown = readme.split("```rust,no_run\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let shown: Vec<&str> = shown.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert!(shown.len() > 5);
    for line in shown {
        assert!(program.contains(line.trim()), "not in examples/first_job.rs: {line}");
    }
}
