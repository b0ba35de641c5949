//! Files that come into the console or go are another binary; Cargo sees only those change that it knows.

fn main() {
    println!("cargo::rerun-if-changed=../console");
}
