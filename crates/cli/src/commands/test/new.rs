//! `ferrobase test new`: make a first version of a test file.

use std::io::Write as _;

use anyhow::{Context as _, bail};

use crate::project::{Project, ProjectOptions};

/// What the file begins with.
const TEMPLATE: &str = "\
begin;
create extension if not exists pgtap with schema extensions;
select plan(1);

-- what `ferrobase test db` knows: https://pgtap.org/documentation.html
select ok(true, 'the first test');

select * from finish();
rollback;
";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ferrobase test new billing        makes supabase/tests/billing.test.sql\n  ferrobase test db"
)]
pub(crate) struct Options {
    #[command(flatten)]
    project: ProjectOptions,
    /// Its name, also below a folder: billing, database/billing
    name: String,
    /// The framework, of which there is one
    #[arg(short, long, value_parser = ["pgtap"], default_value = "pgtap", hide = true)]
    template: String,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let project = Project::open(&options.project, None, None)?;
    let name = options.name.trim_end_matches(".sql").trim_end_matches("_test").trim_end_matches(".test");
    let is_name = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(|c: char| c.is_control() || c == '\\')
    };
    if !name.split('/').all(is_name) {
        bail!(
            "{:?} is no name for a file; letters, digits and `_` are best, `/` makes folders",
            options.name
        );
    }
    let path = project.folder()?.join("tests").join(format!("{name}.test.sql"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    let mut file = match std::fs::File::create_new(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} exists already", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("can't write {}", path.display())),
    };
    file.write_all(TEMPLATE.as_bytes()).with_context(|| format!("can't write {}", path.display()))?;
    crate::output::print(&format!("{}\n", path.display()))
}
