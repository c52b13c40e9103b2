//! Lists the foundations that lie in `foundations/`, so that the binary carries every one of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let foundations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations").canonicalize()?;
    println!("cargo:rerun-if-changed={}", foundations.display());
    let mut list = String::from("&[\n");
    let mut names: Vec<_> =
        fs::read_dir(&foundations)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    for name in names {
        let folder = foundations.join(&name);
        let supabase = folder.join("supabase");
        // new files appear in the folder of their kind
        for watched in [supabase.clone(), supabase.join("migrations"), supabase.join("tests")] {
            println!("cargo:rerun-if-changed={}", watched.display());
        }
        if !supabase.join("migrations").is_dir() {
            continue;
        }
        let readme = folder.join("README.md");
        let readme = if readme.is_file() {
            format!("include_str!({:?})", readme.display().to_string())
        } else {
            "\"\"".to_owned()
        };
        let _infallible = writeln!(
            list,
            "    Foundation {{ name: {:?}, supabase: include_dir!({:?}), readme: {readme} }},",
            name.to_string_lossy(),
            supabase.display().to_string(),
        );
    }
    list.push(']');
    let out =
        env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(out.join("foundations.rs"), list)
}
