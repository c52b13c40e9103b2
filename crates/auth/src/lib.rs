//! The Supabase-Auth-compatible room.

use include_dir::{Dir, include_dir};

/// The schema `auth`: files `0001_….sql`, to be run in order as `supabase_auth_admin`, one transaction each.
pub static MIGRATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");
