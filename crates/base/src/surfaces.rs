//! The SQL surfaces of extensions that stock PostgreSQL does not have: schemas with pg_cron's functions and the
//! like, in plain SQL, the work being done by the binary (`crate::jobs`).
//!
//! A managed cluster offers them as extensions (see `pg::cluster::SqlExtension`), so that `create extension
//! pg_cron` runs for every client. Where an installation has the real one, that is used.
//!
//! A script that was released is changed by writing an upgrade beside it: `upgrades` has what brings the objects of the
//! earlier form to the new one, and the script says its number in its last line (`ferrobase.keep_surface_revision`).

mod upgrade;

use pg::cluster::SqlExtension;
use sha2::{Digest as _, Sha256};

use crate::hex;

pub use upgrade::{Error, check, upgrade};

/// All of them.
pub const EXTENSIONS: &[SqlExtension] = &[
    SqlExtension {
        name: "pg_cron",
        comment: "Job scheduler for PostgreSQL",
        versions: &["1.6", "1.6.4", "1.6.2", "1.5", "1.4-1", "1.4", "1.3", "1.2", "1.1", "1.0"],
        schema: None,
        requires: &[],
        data: &["cron.job", "cron.job_elsewhere", "cron.jobid_seq", "cron.job_run_details", "cron.runid_seq"],
        needs_preload: true,
        script: include_str!("../extensions/pg_cron.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pg_net",
        comment: "Async HTTP",
        versions: &[
            "0.14.0", "0.20.0", "0.19.5", "0.19.3", "0.18.0", "0.17.0", "0.16.0", "0.15.1", "0.15.0",
            "0.13.0", "0.12.0", "0.11.0", "0.10.0", "0.9.3", "0.9.2", "0.9.1", "0.8.0", "0.7.3", "0.7.1",
            "0.7", "0.6", "0.5.1", "0.5", "0.4", "0.3", "0.2", "0.1",
        ],
        schema: None,
        requires: &[],
        data: &[],
        needs_preload: true,
        script: include_str!("../extensions/pg_net.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "http",
        comment: "HTTP client for PostgreSQL, allows web page retrieval inside the database.",
        versions: &["1.6", "1.7", "1.5", "1.4", "1.3"],
        schema: None,
        requires: &[],
        data: &[],
        needs_preload: false,
        script: include_str!("../extensions/http.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pgmq",
        comment: "A lightweight message queue. Like AWS SQS and RSMQ but on Postgres.",
        versions: &[
            "1.5.1", "1.5.0", "1.4.5", "1.4.4", "1.4.3", "1.4.2", "1.4.1", "1.4.0", "1.3.3", "1.2.1",
            "1.1.1", "1.0.0",
        ],
        schema: Some("pgmq"),
        requires: &[],
        data: &["pgmq.meta"],
        needs_preload: false,
        script: include_str!("../extensions/pgmq.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "supabase_vault",
        comment: "Supabase Vault Extension",
        versions: &["0.3.1", "0.3.0", "0.2.9", "0.2.8"],
        schema: Some("vault"),
        requires: &["pgcrypto"],
        data: &["vault.secrets"],
        needs_preload: true,
        script: include_str!("../extensions/supabase_vault.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pgsodium",
        comment: "The table of keys and its sequence, which older migrations touch; no encryption",
        versions: &["3.1.8", "3.1.9", "3.1.7", "3.1.6", "3.1.5", "3.0.4"],
        schema: Some("pgsodium"),
        requires: &[],
        data: &["pgsodium.key", "pgsodium.key_key_id_seq"],
        needs_preload: true,
        script: include_str!("../extensions/pgsodium.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pgjwt",
        comment: "JSON Web Token API for Postgresql",
        versions: &["0.2.0", "0.1.1"],
        schema: None,
        requires: &["pgcrypto"],
        data: &[],
        needs_preload: false,
        script: include_str!("../extensions/pgjwt.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pg_graphql",
        comment: "A stand-in that says that pg_graphql is not installed",
        versions: &[
            "1.5.9", "1.5.11", "1.5.7", "1.5.6", "1.5.4", "1.5.1", "1.5.0", "1.4.0", "1.2.0", "1.1.0",
            "1.0.2",
        ],
        schema: Some("graphql"),
        requires: &[],
        data: &[],
        needs_preload: false,
        script: include_str!("../extensions/pg_graphql.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "index_advisor",
        comment: "Query index advisor",
        versions: &["0.2.0", "0.1.2", "0.1.1", "0.1.0"],
        schema: None,
        requires: &["hypopg"],
        data: &[],
        needs_preload: false,
        script: include_str!("../extensions/index_advisor.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pg_jsonschema",
        comment: "JSON Schema validation",
        versions: &["0.3.3", "0.3.4", "0.3.1", "0.3.0", "0.2.0", "0.1.4", "0.1.3", "0.1.2", "0.1.1", "0.1.0"],
        schema: None,
        requires: &[],
        data: &[],
        needs_preload: false,
        script: include_str!("../extensions/pg_jsonschema.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pg_stat_monitor",
        comment: "A stand-in that says that pg_stat_monitor is not installed",
        versions: &["2.1", "2.0", "1.0"],
        schema: None,
        requires: &[],
        data: &[],
        needs_preload: true,
        script: include_str!("../extensions/pg_stat_monitor.sql"),
        upgrades: &[],
    },
    SqlExtension {
        name: "pg_tle",
        comment: "A stand-in that says that pg_tle is not installed",
        versions: &["1.5.2", "1.5.0", "1.4.0", "1.3.4", "1.2.0", "1.1.1", "1.0.4", "1.0.1", "1.0.0"],
        schema: Some("pgtle"),
        requires: &[],
        data: &[],
        needs_preload: true,
        script: include_str!("../extensions/pg_tle.sql"),
        upgrades: &[],
    },
];

/// A hash of all of them.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for extension in EXTENSIONS {
        hash.update(format!("{extension:?}"));
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_was_changed_says_which_revision_it_is() {
        for surface in EXTENSIONS.iter().filter(|surface| !surface.upgrades.is_empty()) {
            let says = format!(
                "select ferrobase.keep_surface_revision('{}', {});",
                surface.name,
                surface.upgrades.len() + 1
            );
            assert!(surface.script.trim_end().ends_with(&says), "{} has to end with {says}", surface.name);
        }
    }
}
