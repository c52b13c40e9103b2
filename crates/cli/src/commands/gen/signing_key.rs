//! `ferrobase gen signing-key`: a private key for access tokens.

use anyhow::Context as _;
use base::identity::SigningKey;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    ferrobase gen signing-key > key.json\n\n\
    Put the key into a list, `[ … ]`, in supabase/signing_keys.json, and into config.toml:\n  \
    [auth]\n  signing_keys_path = \"./signing_keys.json\"")]
pub(crate) struct Options {
    /// The algorithm
    #[arg(long, value_enum, default_value = "es256", ignore_case = true)]
    algorithm: Algorithm,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Algorithm {
    /// ECDSA with P-256 and SHA-256
    Es256,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let Algorithm::Es256 = options.algorithm;
    let key =
        SigningKey::generate_es256(&uuid::Uuid::new_v4().to_string()).context("no key could be made")?;
    println!("{key}");
    Ok(())
}
