//! Files added to these folders must be embedded anew; the compiler only watches those it has seen.

fn main() {
    println!("cargo:rerun-if-changed=platform");
}
