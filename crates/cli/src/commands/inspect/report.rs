//! `ferrobase inspect report`: all reports as CSV files, in a folder of the day.

use std::path::PathBuf;

use anyhow::Context as _;
use base::clock::{Clock as _, SystemClock};
use clap::ValueEnum as _;

use super::reports::{self, Report};
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    ferrobase inspect report --output-dir reports")]
pub(crate) struct Options {
    /// The folder that gets a folder of today
    #[arg(long, value_name = "DIR", default_value = ".")]
    output_dir: PathBuf,
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = options.output_dir.join(SystemClock.now().format("%Y-%m-%d").to_string());
    target::with(&options.target, async |target| {
        let mut client = target.postgres().await?;
        std::fs::create_dir_all(&folder).with_context(|| format!("can't create {}", folder.display()))?;
        for report in Report::value_variants() {
            let name = report.to_possible_value().map(|value| value.get_name().replace('-', "_"));
            let file = folder.join(name.unwrap_or_default()).with_extension("csv");
            let rows = report.read(&mut client).await?;
            std::fs::write(&file, reports::csv(&rows))
                .with_context(|| format!("can't write {}", file.display()))?;
        }
        Ok(())
    })?;
    eprintln!("  ✓ Wrote {} reports into {}", Report::value_variants().len(), folder.display());
    Ok(())
}
