//! `ferrobase setup`: finds PostgreSQL's server programs, or installs them with the system's package manager.
//!
//! `start` does the same by itself; the command is for scripts and for looking at what would be used. It also installs
//! pgTAP, which `test db` needs.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use pg::cluster::Installation;

/// The oldest major version that is supported.
const OLDEST: u32 = 15;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ferrobase setup\n  ferrobase setup --print-bin-dir")]
pub(crate) struct Options {
    /// Print only the folder of the programs that would be used, and install nothing
    #[arg(long)]
    print_bin_dir: bool,
    #[command(flatten)]
    postgres: PostgresOptions,
}

/// Which PostgreSQL is used.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PostgresOptions {
    /// Folder of PostgreSQL's server programs [default: the newest of PATH and the usual places]
    #[arg(long, value_name = "DIR", env = "FERROBASE_POSTGRES_BIN")]
    pub postgres_bin: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let configured = options.postgres.postgres_bin.as_deref();
    if options.print_bin_dir {
        return crate::output::print(&format!("{}\n", pg::cluster::find(configured)?.binaries.display()));
    }
    let found = find_or_install(configured)?;
    eprintln!("  ✓ PostgreSQL {} in {}", found.version, found.binaries.display());
    if !has_pgtap(&found) {
        match install_pgtap(&found) {
            Ok(()) => eprintln!("  ✓ pgTAP"),
            // everything but the project's own tests works without
            Err(error) => {
                eprintln!("  ! pgTAP, which `ferrobase test db` needs, was not installed: {error:#}");
            }
        }
    }
    Ok(())
}

/// Whether pgTAP lies where this PostgreSQL looks for extensions: beside it, or where Debian puts it.
fn has_pgtap(found: &Installation) -> bool {
    let beside = found.binaries.parent().map(|prefix| prefix.join("share"));
    let places = beside
        .into_iter()
        .flat_map(|share| [share.clone(), share.join("postgresql")])
        .chain([PathBuf::from(format!("/usr/share/postgresql/{}", found.major))]);
    places.into_iter().any(|share| share.join("extension/pgtap.control").is_file())
}

fn install_pgtap(found: &Installation) -> anyhow::Result<()> {
    let debian = format!("postgresql-{}-pgtap", found.major);
    let install = Install::of(&debian, "pgtap")
        .context("install it with your package manager, or `pgxn install pgtap`")?;
    if !agreed(&install, "pgTAP, which `ferrobase test db` needs, was not found.")? {
        bail!("it was not wanted");
    }
    install.run()?;
    if !has_pgtap(found) {
        bail!("the package was installed for another PostgreSQL");
    }
    Ok(())
}

/// The PostgreSQL to use; installed now if there is none and the user agrees.
pub(crate) fn find_or_install(configured: Option<&Path>) -> anyhow::Result<Installation> {
    let missing = match pg::cluster::find(configured) {
        Ok(found) => return Ok(found),
        // a configured folder is an order, not a hint: nothing else is tried
        Err(error) if configured.is_some() => return Err(error.into()),
        Err(error) => error,
    };
    let Some(install) = Install::for_this_system() else {
        return Err(missing).context("PostgreSQL can't be installed from here; install it and start again");
    };
    if !agreed(&install, &format!("PostgreSQL {OLDEST} or newer is needed and was not found."))? {
        return Err(missing.into());
    }
    install.run()?;
    pg::cluster::find(None).context("PostgreSQL was installed, but its server programs were not found")
}

/// The commands that install PostgreSQL on this system.
#[derive(Debug)]
struct Install {
    commands: Vec<Vec<String>>,
}

impl Install {
    fn for_this_system() -> Option<Self> {
        Self::of(&debian_package(), "postgresql@17")
    }

    /// A package, by the name Debian gives it and by Homebrew's.
    fn of(debian: &str, homebrew: &str) -> Option<Self> {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        if has("apt-get") {
            let sudo = if rustix::process::geteuid().is_root() { "" } else { "sudo " };
            let update = words(&format!("{sudo}apt-get update -q"));
            let install = words(&format!(
                "{sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends {debian}"
            ));
            return Some(Self { commands: vec![update, install] });
        }
        has("brew").then(|| Self { commands: vec![words(&format!("brew install {homebrew}"))] })
    }

    fn run(&self) -> anyhow::Result<()> {
        for command in &self.commands {
            eprintln!("  $ {}", command.join(" "));
            let [program, arguments @ ..] = command.as_slice() else { continue };
            let status = Command::new(program).args(arguments).stdout(std::io::stderr()).status();
            let status = status.with_context(|| format!("can't run {program}"))?;
            if !status.success() {
                bail!(
                    "`{}` failed ({status}); install PostgreSQL {OLDEST} or newer and start again",
                    command.join(" ")
                );
            }
        }
        Ok(())
    }
}

/// On a terminal the user is asked; a script that has no PostgreSQL wants it installed.
fn agreed(install: &Install, why: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    eprintln!("{why} It can be installed with:");
    install.commands.iter().for_each(|command| eprintln!("  {}", command.join(" ")));
    eprint!("Install it now? [Y/n] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "" | "y" | "Y" | "yes"))
}

fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// The server package of this Debian or Ubuntu: the newest numbered one that is known, else the distribution's choice.
fn debian_package() -> String {
    let known = Command::new("apt-cache").args(["search", "--names-only", r"^postgresql-[0-9]+$"]).output();
    let listing =
        known.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    newest_package(&listing).unwrap_or_else(|| "postgresql".to_owned())
}

fn newest_package(listing: &str) -> Option<String> {
    let majors = listing.lines().filter_map(|line| {
        let major: u32 = line.split(' ').next()?.strip_prefix("postgresql-")?.parse().ok()?;
        (major >= OLDEST).then_some(major)
    });
    majors.max().map(|major| format!("postgresql-{major}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_package_that_is_new_enough_is_chosen() {
        let listing = "postgresql-15 - The World's Most Advanced\npostgresql-17 - x\npostgresql-9 - x\n";
        assert_eq!(newest_package(listing).as_deref(), Some("postgresql-17"));
        assert_eq!(newest_package("postgresql-14 - x\n"), None);
        assert_eq!(newest_package(""), None);
    }
}
