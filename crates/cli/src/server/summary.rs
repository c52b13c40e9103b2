//! What `start` prints when it is ready: where everything is, how to reach it, what to do next.

use std::fmt::Write as _;

use base::identity::ProjectKeys;

use crate::project::{ServerCard, StateDir};

/// The summary, with or without colours.
pub(super) fn text(
    card: &ServerCard,
    keys: &ProjectKeys,
    state: &StateDir,
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
    line("stop", "Ctrl-C, or `ferrobase stop`");
    text.push('\n');
    if first_start {
        let _infallible = write!(
            text,
            "  {bold}Try{plain}\n    curl {api}/auth/v1/signup -H 'apikey: {key}' \\\n      -H 'content-type: application/json' \
             -d '{{\"email\":\"ada@example.com\",\"password\":\"correct horse\"}}'\n    ferrobase status -o env\n\n",
            api = card.api_url,
            key = keys.publishable_key,
        );
    }
    text
}
