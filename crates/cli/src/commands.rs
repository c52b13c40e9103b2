//! One file a command; a group of commands (`db`, `migration` …) is a file with the list and a folder with one file each.
//!
//! To add a command to a group: a file `group/name.rs` with `Options` (doc comments are its `--help`, examples go
//! into `after_help`) and `pub(crate) fn run(options: &Options) -> anyhow::Result<()>`; a `mod`, a variant and a line
//! of `run` in the group's file. One that works on a database flattens [`TargetOptions`](crate::target::TargetOptions)
//! and does its work inside [`target::with`](crate::target::with); one whose result programs want flattens
//! [`OutputOptions`](crate::output::OutputOptions). Progress goes to standard error, results to standard output.

pub(crate) mod branch;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod r#gen;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod migration;
pub(crate) mod rest;
pub(crate) mod seed;
pub(crate) mod setup;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod stop;
pub(crate) mod test;
