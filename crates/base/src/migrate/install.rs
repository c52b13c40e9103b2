//! What to install when a migration asks for what the server does not have: an extension, a newer PostgreSQL. Pure.

/// Extensions of hosted projects and the Debian package that brings each, `*` standing for PostgreSQL's version.
const PACKAGES: &[(&str, &str)] = &[
    ("address_standardizer", "postgresql-*-postgis-3"),
    ("hypopg", "postgresql-*-hypopg"),
    ("pg_hint_plan", "postgresql-*-pg-hint-plan"),
    ("pg_partman", "postgresql-*-partman"),
    ("pg_repack", "postgresql-*-repack"),
    ("pgaudit", "postgresql-*-pgaudit"),
    ("pgroonga", "postgresql-*-pgdg-pgroonga"),
    ("pgrouting", "postgresql-*-pgrouting"),
    ("pgtap", "postgresql-*-pgtap"),
    ("plpgsql_check", "postgresql-*-plpgsql-check"),
    ("plv8", "postgresql-*-plv8"),
    ("postgis", "postgresql-*-postgis-3"),
    ("postgis_raster", "postgresql-*-postgis-3"),
    ("postgis_tiger_geocoder", "postgresql-*-postgis-3"),
    ("postgis_topology", "postgresql-*-postgis-3"),
    ("rum", "postgresql-*-rum"),
    ("timescaledb", "postgresql-*-timescaledb"),
    ("vector", "postgresql-*-pgvector"),
];

/// Extensions that no distribution packages.
const SOURCES: &[(&str, &str)] = &[
    ("index_advisor", "github.com/supabase/index_advisor"),
    ("pg_hashids", "github.com/iCyberon/pg_hashids"),
    ("wrappers", "github.com/supabase/wrappers"),
];

/// What helps against this error of the server, if it is that an extension is missing.
pub(super) fn hint(message: &str) -> Option<String> {
    let name = message.strip_prefix("extension \"")?.strip_suffix("\" is not available")?;
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(extension, _)| *extension == name).map(|(_, source)| *source)
    };
    if let Some(package) = find(PACKAGES) {
        return Some(format!(
            "Install it on the database server and run this again. Debian and Ubuntu: `apt-get install {package}`, with your \
             PostgreSQL's version for `*` (some are in apt.postgresql.org only)"
        ));
    }
    if let Some(source) = find(SOURCES) {
        return Some(format!("Install it on the database server from {source} and run this again"));
    }
    Some("It has to be installed on the database server first; `select * from pg_available_extensions` lists what it has".to_owned())
}

/// Whether an error of this SQLSTATE is what a statement of a newer PostgreSQL ends in: syntax, unknown functions, options.
pub(super) fn may_be_of_another_version(code: &str) -> bool {
    matches!(code, "42601" | "42883" | "42704" | "0A000" | "22023")
}

/// What helps when the project is written for a newer PostgreSQL.
pub(super) fn newer(wanted: u32, has: u32) -> String {
    format!(
        "config.toml is written for PostgreSQL {wanted} and this is {has}, which may not know it yet. Where {wanted} is installed, \
         FERROBASE_POSTGRES_BIN names the folder of its programs; a new cluster takes the newest one found"
    )
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn a_missing_extension_comes_with_what_to_install() {
        for (name, expected) in [
            ("vector", "postgresql-*-pgvector"),
            ("pg_hashids", "github.com/iCyberon/pg_hashids"),
            ("nonsense", "pg_available_extensions"),
        ] {
            let hint = hint(&format!("extension \"{name}\" is not available")).unwrap();
            assert!(hint.contains(expected), "{hint}");
        }
        assert_eq!(hint("extension \"vector\" already exists"), None);
        assert_eq!(hint("division by zero"), None);
    }
}
