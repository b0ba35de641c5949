//! What the style forbids, and how large things may grow.

use std::collections::BTreeSet;

use crate::none;
use crate::workspace::{files, files_of, is_test, product_lines, read, root};

/// Lines of a file.
const FILE_LINES: usize = 600;
/// Files that are longer, each with the reason.
const LONGER: [(&str, &str); 4] = [
    ("Cargo.lock", "made by Cargo"),
    ("template.yaml", "the only list of functions, routes, queues, permissions and alarms"),
    ("docs/openapi.yaml", "one document by its format"),
    ("tests/api/placing.rs", "one endpoint, a test per rule"),
];
/// Lines of a handler's `handle`, and of a bin.
const HANDLE_LINES: usize = 45;
const BIN_LINES: usize = 8;

/// Sources of the product, tests left out.
fn product() -> Vec<(String, String)> {
    let folders = ["shared/src", "documents/src", "functions/src"];
    let paths = folders.into_iter().flat_map(|folder| files_of(folder, "rs"));
    paths.filter(|path| !is_test(path)).map(|path| (path.clone(), read(&path))).collect()
}

/// Lines of the product's code that have one of the words in them, comments left out, except in the files of that name.
fn with_words(words: &[&str], under: &str, except: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, source) in product() {
        if !path.starts_with(under) || except.contains(&path.as_str()) {
            continue;
        }
        for (at, line) in product_lines(&source) {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{path}:{at}: {}", line.trim()));
            }
        }
    }
    found
}

#[test]
fn product_code_never_stops_on_what_it_did_not_expect() {
    none(&with_words(&[".unwrap()", ".expect(", "todo!", "unimplemented!", "dbg!", "panic!("], "", &[]));
}

#[test]
fn only_the_clock_asks_what_time_it_is() {
    none(&with_words(&["SystemTime::now", "now_utc", "now_local"], "", &["functions/src/clock.rs"]));
}

#[test]
fn the_environment_is_read_in_one_place() {
    none(&with_words(&["env::var"], "", &["functions/src/app.rs"]));
}

#[test]
fn the_domain_does_no_input_and_no_output() {
    none(&with_words(
        &["tokio::", "aws_", "std::fs", "std::net", "std::env", "println!", "Instant::now", "async fn"],
        "shared/",
        &[],
    ));
}

#[test]
fn the_product_does_not_know_the_twin() {
    none(&with_words(&["local::", "dynoxide", "rusqlite"], "", &[]));
    // A shop's own page may be on its developer's machine.
    let urls = "shared/src/store/check/urls.rs";
    none(&with_words(&["127.0.0.1", "localhost"], "", &[urls]));
    for manifest in ["shared/Cargo.toml", "documents/Cargo.toml", "functions/Cargo.toml"] {
        assert!(!read(manifest).contains("local"), "{manifest} depends on the twin");
    }
}

#[test]
fn nothing_is_switched_off_without_a_reason() {
    let mut broken = Vec::new();
    for path in ["shared", "documents", "functions", "local", "tests"]
        .into_iter()
        .flat_map(|folder| files_of(folder, "rs"))
    {
        for (at, line) in read(&path).lines().enumerate() {
            let line = line.trim();
            let off =
                line.starts_with("#[allow") || line.starts_with("#![allow") || line.starts_with("#[ignore");
            if off || (line.starts_with("#[expect") && line.ends_with(")]") && !line.contains("reason")) {
                broken.push(format!("{path}:{}: {line}", at + 1));
            }
        }
    }
    none(&broken);
}

#[test]
fn no_file_is_longer_than_can_be_read_in_one_go() {
    let folders =
        ["shared", "documents/src", "documents/tests", "functions", "local", "tests", "events", "docs", "ci"];
    let roots = ["Cargo.toml", "Cargo.lock", "README.md", "template.yaml", "samconfig.toml", "deny.toml"]
        .map(str::to_owned);
    let mut long = BTreeSet::new();
    for path in folders.into_iter().flat_map(files).chain(roots) {
        let lines = read(&path).lines().count();
        if lines > FILE_LINES {
            long.insert(path);
        }
    }
    let known = |path: &String| LONGER.iter().any(|(longer, _)| longer == path);
    none(&long.into_iter().filter(|path| !known(path)).collect::<Vec<_>>());
    let gone = LONGER.iter().filter(|(path, _)| !root().join(path).exists());
    none(&gone.map(|(path, _)| format!("{path} is gone")).collect::<Vec<_>>());
}

#[test]
fn a_bin_is_a_sentence_and_one_call() {
    let mut broken = Vec::new();
    for path in files_of("functions/src/bin", "rs") {
        let source = read(&path);
        let calls = source.matches("functions::start(functions::handlers::").count();
        if source.lines().count() > BIN_LINES || calls != 1 || !source.starts_with("//! ") {
            broken.push(path);
        }
    }
    none(&broken);
}

fn handlers() -> Vec<String> {
    files_of("functions/src/handlers", "rs").into_iter().filter(|path| !path.ends_with("/mod.rs")).collect()
}

#[test]
fn a_handler_is_one_function_and_one_short_handle() {
    let mut broken = Vec::new();
    for path in handlers() {
        let source = read(&path);
        let Some((_, body)) = source.split_once("pub async fn handle(") else {
            broken.push(format!("{path} has no handle"));
            continue;
        };
        let lines = body.lines().take_while(|line| *line != "}").count() + 1;
        let public: Vec<&str> = source.lines().filter(|line| line.starts_with("pub ")).collect();
        if lines > HANDLE_LINES {
            broken.push(format!("{path}: handle has {lines} lines"));
        }
        if public.len() != 2 || !public[0].starts_with("pub const FUNCTION: Function =") {
            broken.push(format!("{path} makes public {public:?}"));
        }
    }
    none(&broken);
}

#[test]
fn every_handler_is_started_by_one_bin() {
    let bins: Vec<String> = files_of("functions/src/bin", "rs").iter().map(|path| read(path)).collect();
    let mut broken = Vec::new();
    for path in handlers() {
        let module = path.trim_start_matches("functions/src/").trim_end_matches(".rs").replace('/', "::");
        let call = format!("functions::start(functions::{module}::FUNCTION)");
        if bins.iter().filter(|bin| bin.contains(&call)).count() != 1 {
            broken.push(format!("no bin, or more than one, starts {module}"));
        }
        let (folder, name) =
            path.trim_end_matches(".rs").rsplit_once('/').expect("a handler lies in a folder");
        if !read(&format!("{folder}/mod.rs")).contains(&format!("pub mod {name};")) {
            broken.push(format!("{path} is not a public module"));
        }
    }
    none(&broken);
}
