//! `ferrobase-testkit stop` ends the cluster that the tests share; `ferrobase-testkit foundations` writes what is
//! generated in the foundations anew, with `--check` it only says what would change.

use std::fs;
use std::process::ExitCode;

use anyhow::Result;

const USAGE: &str = "usage: ferrobase-testkit stop | foundations [--check]";

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "a command")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["stop"] => stop().await,
        ["foundations"] => renew(true).await,
        ["foundations", "--check"] => renew(false).await,
        _ => Err(anyhow::anyhow!(USAGE)),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command")]
async fn stop() -> Result<ExitCode> {
    println!("The test cluster {}.", if testkit::stop().await? { "was stopped" } else { "does not run" });
    Ok(ExitCode::SUCCESS)
}

/// Migrations first: the diagrams are drawn from the databases that they make.
#[expect(clippy::print_stdout, reason = "a command")]
async fn renew(write: bool) -> Result<ExitCode> {
    let mut outdated = testkit::foundations::outdated_migrations()?;
    if write {
        save(&outdated)?;
    }
    outdated.extend(testkit::foundations::outdated_diagrams().await?);
    if write {
        save(&outdated)?;
    }
    for (file, _) in &outdated {
        println!("{} {}", if write { "written:" } else { "outdated:" }, file.display());
    }
    Ok(if write || outdated.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn save(files: &[(std::path::PathBuf, String)]) -> Result<()> {
    for (file, content) in files {
        fs::write(file, content)?;
    }
    Ok(())
}
