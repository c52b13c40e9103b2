//! `ferrobase-testkit stop`: ends the cluster that the tests share.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command")]
async fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() != Some("stop") {
        eprintln!("usage: ferrobase-testkit stop");
        return ExitCode::FAILURE;
    }
    match testkit::stop().await {
        Ok(true) => println!("The test cluster was stopped."),
        Ok(false) => println!("The test cluster does not run."),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
