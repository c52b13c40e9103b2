//! `ferrobase completions`: prints what makes a shell complete the commands.

use clap_complete::Shell;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase completions bash > ~/.local/share/bash-completion/completions/ferrobase\n  \
    ferrobase completions zsh > ~/.zfunc/_ferrobase\n  \
    ferrobase completions fish > ~/.config/fish/completions/ferrobase.fish")]
pub(crate) struct Options {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(options: &Options, command: &mut clap::Command) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, command, "ferrobase", &mut script);
    crate::output::print(&String::from_utf8_lossy(&script))
}
