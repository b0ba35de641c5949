//! Makes the registry of functions from the bins, so that no list has to be kept by hand: `src/bin/<name>.rs` starts
//! `handlers::<path>::FUNCTION`, and the twin and the tests find the same function under the same name.

use std::fmt::Write as _;
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/bin");
    let mut bins: Vec<_> = fs::read_dir("src/bin")
        .expect("src/bin exists")
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    bins.sort();
    let mut rows = String::new();
    for bin in bins {
        let name = bin.file_stem().and_then(|stem| stem.to_str()).expect("a bin has a name").to_owned();
        let source = fs::read_to_string(&bin).expect("a bin is readable");
        let path = source
            .split_once("functions::handlers::")
            .and_then(|(_, rest)| rest.split_once("::FUNCTION"))
            .map(|(path, _)| path)
            .unwrap_or_else(|| panic!("{} does not start functions::handlers::…::FUNCTION", bin.display()));
        writeln!(rows, "    (\"{name}\", crate::handlers::{path}::FUNCTION),")
            .expect("a string takes everything");
    }
    let out = env::var("OUT_DIR").expect("Cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("registry.rs"), format!("&[\n{rows}]")).expect("OUT_DIR is writable");
}
