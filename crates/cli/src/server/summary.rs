//! What `start` prints when it is ready: where everything is, how to reach it, what to do next.

use std::fmt::Write as _;
use std::path::Path;

use base::identity::ProjectKeys;

use crate::project::{ProjectOptions, ServerCard, StateDir};

/// How this binary was called for this project, so that what is recommended can be copied and run.
#[derive(Debug)]
pub(crate) struct Again {
    program: String,
    options: String,
}

impl Again {
    /// As the current process was called.
    pub(crate) fn new(options: &ProjectOptions) -> Self {
        let program = std::env::args().next().unwrap_or_else(|| "ferrobase".to_owned());
        let mut words = String::new();
        if options.project != Path::new(".") {
            let _infallible = write!(words, " --project {}", options.project.display());
        }
        if let Some(dir) = &options.data_dir {
            let _infallible = write!(words, " --data-dir {}", dir.display());
        }
        Self { program, options: words }
    }

    /// Another command for the same project.
    fn command(&self, command: &str) -> String {
        format!("{} {command}{}", self.program, self.options)
    }
}

/// The summary, with or without colours.
pub(super) fn text(
    card: &ServerCard,
    keys: &ProjectKeys,
    state: &StateDir,
    again: &Again,
    first_start: bool,
    colours: bool,
) -> String {
    let (bold, dim, plain) = if colours { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let mut text = format!("\n  {bold}Ferrobase is ready{plain}\n\n");
    let mut line = |name: &str, value: &str| {
        let _infallible = writeln!(text, "  {dim}{name:>15}{plain}  {value}");
    };
    line("API", &card.api_url);
    line("database", &card.db_url);
    line("publishable key", &keys.publishable_key);
    line("secret key", &keys.secret_key);
    line("data", &state.path().display().to_string());
    line("stop", &format!("Ctrl-C, or `{}`", again.command("stop")));
    text.push('\n');
    if first_start {
        let _infallible = write!(
            text,
            "  {bold}Try{plain}\n    curl {api}/auth/v1/signup -H 'apikey: {key}' \\\n      -H 'content-type: application/json' \
             -d '{{\"email\":\"ada@example.com\",\"password\":\"correct horse\"}}'\n    {status}\n\n",
            api = card.api_url,
            key = keys.publishable_key,
            status = again.command("status -o env"),
        );
    }
    text
}
