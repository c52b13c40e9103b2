//! `ferrobase gen types`: the types of tables, views and functions in the language of their users.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use pg::Client;
use pg::listen::{Event, Listener};
use schema::types::{Dialect, Facts, Language, print};
use serde::Deserialize;

use crate::target::{self, Target, TargetOptions};

/// What the platform's event triggers announce a changed schema on.
const CHANGES: &str = "pgrst";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase gen types > database.ts\n  \
    ferrobase gen types typescript --schema public,app -f src/database.ts --watch\n  \
    ferrobase gen types rust --client -f src/types.rs\n  \
    ferrobase gen types go --db-url postgres://…")]
pub(crate) struct Options {
    /// The language [default: typescript]
    #[arg(value_enum)]
    language: Option<LanguageName>,
    /// The same as the argument
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with = "language")]
    lang: Option<LanguageName>,
    /// Schemas, separated by commas [default: public and `[api] schemas` of config.toml]
    #[arg(short, long, value_name = "SCHEMAS", value_delimiter = ',')]
    schema: Vec<String>,
    /// For TypeScript: whose types to print
    #[arg(long, value_enum, default_value = "cli")]
    dialect: DialectName,
    /// For TypeScript: the version of PostgREST that clients may rely on
    #[arg(long, value_name = "VERSION")]
    postgrest_version: Option<String>,
    /// For Rust: also print what the crate `ferrobase-client` needs
    #[arg(long)]
    client: bool,
    /// Write to this file, and only when something changed
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Keep the file in step with the schema until Ctrl-C
    #[arg(long, requires = "file")]
    watch: bool,
    #[command(flatten)]
    target: TargetOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LanguageName {
    /// For supabase-js
    #[value(alias = "ts")]
    Typescript,
    /// Structs with serde
    #[value(alias = "rs")]
    Rust,
    /// pydantic models
    #[value(alias = "py")]
    Python,
    /// Structs
    Go,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DialectName {
    /// The official command line's, from 3.1
    Cli,
    /// Those of postgres-meta: the official command line's before 3.1, Studio's
    PgMeta,
}

/// The part of `[api]` that decides what clients see.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Api {
    schemas: Vec<String>,
    extra_search_path: Vec<String>,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            schemas: vec!["public".to_owned()],
            extra_search_path: vec!["public".to_owned(), "extensions".to_owned()],
        }
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let generator = Generator::new(options, target)?;
        let mut client = target.postgres().await?;
        let Some(file) = &options.file else {
            return crate::output::print(&generator.generate(&mut client).await?);
        };
        generator.write(&mut client, file).await?;
        if options.watch { generator.watch(target, client, file).await } else { Ok(()) }
    })
}

struct Generator {
    language: Language,
    schemas: Vec<String>,
    extra_search_path: Vec<String>,
}

impl Generator {
    fn new(options: &Options, target: &Target) -> anyhow::Result<Self> {
        let api: Api = match target.project() {
            Ok(project) => project.config.section("api")?,
            Err(_without_a_project) => Api::default(),
        };
        let language = match options.language.or(options.lang).unwrap_or(LanguageName::Typescript) {
            LanguageName::Typescript => Language::TypeScript {
                dialect: match options.dialect {
                    DialectName::Cli => Dialect::Cli,
                    DialectName::PgMeta => Dialect::PgMeta,
                },
                postgrest_version: options.postgrest_version.clone(),
            },
            LanguageName::Rust => Language::Rust { client: options.client },
            LanguageName::Python => Language::Python,
            LanguageName::Go => Language::Go,
        };
        let mut schemas = options.schema.clone();
        if schemas.is_empty() {
            schemas.push("public".to_owned());
            schemas.extend(api.schemas);
        }
        Ok(Self { language, schemas, extra_search_path: api.extra_search_path })
    }

    async fn generate(&self, client: &mut Client) -> anyhow::Result<String> {
        let facts = Facts::read(client, &self.schemas, &self.extra_search_path).await?;
        Ok(print(&facts, &self.language))
    }

    /// Leaves a file that is right untouched: nothing that watches it builds for nothing.
    async fn write(&self, client: &mut Client, file: &Path) -> anyhow::Result<()> {
        let types = self.generate(client).await?;
        if std::fs::read_to_string(file).is_ok_and(|before| before == types) {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("can't create the folder {}", folder.display()))?;
        }
        std::fs::write(file, types).with_context(|| format!("can't write {}", file.display()))?;
        eprintln!("  ✓ Wrote {}", file.display());
        Ok(())
    }

    async fn watch(&self, target: &Target, mut client: Client, file: &Path) -> anyhow::Result<()> {
        let announces = client.query(include_str!("../../../sql/announces_changes.sql"), &[]).await?;
        anyhow::ensure!(
            announces.first().is_some_and(|row| row.text(0) == Some("t")),
            "this database does not announce changes of its schema: it has no event trigger `pgrst_ddl_watch`, \
             which Ferrobase and Supabase projects have"
        );
        let (_listener, mut events) = Listener::spawn(target.connect(), [CHANGES]);
        eprintln!("  Watching the schema. Ctrl-C ends this.");
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    // what happened while nobody listened is not told
                    Some(Event::Connected) => {
                        client = target.postgres().await?;
                        self.write(&mut client, file).await?;
                    }
                    Some(Event::Notification { .. }) => {
                        // a migration is many changes: those that were told already are one
                        while let Ok(Event::Notification { .. }) = events.try_recv() {}
                        self.write(&mut client, file).await?;
                    }
                    Some(Event::Lost) => eprintln!("  ! The connection was lost; waiting for it to come back"),
                    None => return Ok(()),
                },
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
        }
    }
}
