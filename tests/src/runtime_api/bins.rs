//! The bins, built as this program was.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of all functions' bins, built on the first call.
pub fn functions() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&["-p", "functions", "--bins"]))
}

/// The twin's bin, built on the first call.
pub fn twin() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&["-p", "local", "--bin", "local"]).join("local"))
}

/// Builds in this program's own profile and target directory; the folder where the bins are.
fn build(what: &[&str]) -> PathBuf {
    let program = env::current_exe().expect("this program has a path");
    let folder = program.parent().expect("it lies in a folder");
    // Test programs lie in `deps`, one level deeper than bins.
    let folder =
        if folder.ends_with("deps") { folder.parent().expect("the profile's folder") } else { folder };
    let profile = match folder.file_name().and_then(|name| name.to_str()).expect("a profile") {
        "debug" => "dev",
        profile => profile,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).args([
        "build",
        "--quiet",
        "--profile",
        profile,
    ]);
    cargo.arg("--target-dir").arg(folder.parent().expect("the target directory")).args(what);
    // Cargo describes this package to its tests in these. Build scripts watch them (ring's does), and would run again,
    // here and in the next build, if they saw them change.
    let ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
        cargo.env_remove(name);
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "cargo build {what:?}: {status}");
    folder.to_owned()
}
