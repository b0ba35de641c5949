//! The README and the documents: tables that must fit the template, and links that must lead somewhere.

use std::collections::BTreeSet;
use std::path::Path;

use crate::none;
use crate::workspace::{files_of, read, root};

/// A row of the README's tables of endpoints and workers.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// `GET`, …; empty for a worker.
    pub method: String,
    /// With parameters in braces; empty for a worker.
    pub path: String,
    /// The function.
    pub function: String,
    /// Who may call it, or what triggers it.
    pub who: String,
}

/// Rows of the README between the headings `API` and `Behind the answer`, and of the table after the latter.
pub fn endpoints() -> Vec<Endpoint> {
    let readme = read("README.md");
    let (_, tables) = readme.split_once("\n## The API\n").expect("the README has a section on the API");
    let tables = tables.split("\n## ").next().unwrap_or_default();
    let rows = tables.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<String> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        match cells.as_slice() {
            [method, path, function, who, ..] if path.starts_with('/') => Endpoint {
                method: method.clone(),
                path: path.clone(),
                function: function.clone(),
                who: who.clone(),
            },
            [function, who, ..] => Endpoint {
                method: String::new(),
                path: String::new(),
                function: function.clone(),
                who: who.clone(),
            },
            _ => panic!("the README's row {row} is not understood"),
        }
    })
    .collect()
}

/// Documents with what they link to, as document and target.
fn links() -> Vec<(String, String)> {
    let mut documents = files_of("docs", "md");
    documents.push("README.md".to_owned());
    let mut links = Vec::new();
    for document in documents {
        for part in read(&document).split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default().to_owned();
            links.push((document.clone(), target));
        }
    }
    links
}

/// The anchor that hosts of repositories give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for (document, target) in links() {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
        let folder = Path::new(&document).parent().unwrap_or(Path::new(""));
        let path = if file.is_empty() { root().join(&document) } else { root().join(folder).join(file) };
        if !path.exists() {
            broken.push(format!("{document} links to {target}"));
        } else if !heading.is_empty() {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let mut headings = text
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(|line| anchor(line.trim_start_matches('#')));
            if !headings.any(|known| known == heading) {
                broken.push(format!("{document} links to {target}, which has no such heading"));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_document_can_be_reached_from_the_readme() {
    let links = links();
    let mut reached = vec!["README.md".to_owned()];
    let mut at = 0;
    while let Some(document) = reached.get(at).cloned() {
        at += 1;
        for (_, target) in links.iter().filter(|(from, _)| *from == document) {
            let file = target.split('#').next().unwrap_or_default();
            let folder = Path::new(&document).parent().unwrap_or(Path::new(""));
            let mut path = Vec::new();
            let joined = folder.join(file).to_string_lossy().into_owned();
            for part in joined.split('/') {
                match part {
                    ".." => drop(path.pop()),
                    "." | "" => {}
                    part => path.push(part),
                }
            }
            let path = path.join("/");
            if root().join(&path).exists() && !reached.contains(&path) {
                reached.push(path);
            }
        }
    }
    let lost = files_of("docs", "md").into_iter().filter(|document| !reached.contains(document));
    none(&lost.collect::<Vec<_>>());
}

/// Status and code of the conflicts that the domain names, in the comments of its refusals: functions pass some on by name.
fn conflicts_of_the_domain() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in files_of("shared/src", "rs") {
        for line in read(&path).lines().filter_map(|line| line.trim().strip_prefix("/// 409 `")) {
            let code = line.split('`').next().unwrap_or_default();
            found.push(("409".to_owned(), code.to_owned()));
        }
    }
    found
}

#[test]
fn every_code_of_a_problem_is_explained_and_no_other() {
    let mut raised: Vec<(String, String)> = Vec::new();
    for path in files_of("functions/src", "rs") {
        let source = read(&path);
        // What an order does not allow has its code from two functions of `error.rs`.
        let named = source.split("conflict(").skip(1);
        let mapped = source.split("fn refusal_code(").skip(1).flat_map(|rest| rest.split("=> ").skip(1));
        let codes = named.chain(mapped).filter_map(|part| part.strip_prefix('"')?.split('"').next());
        raised.extend(codes.map(|code| ("409".to_owned(), code.to_owned())));
        for part in source.split("new(").skip(1) {
            let mut words = part.split(',').map(str::trim);
            let (Some(status), Some(code)) = (words.next(), words.next()) else {
                continue;
            };
            let quoted = code.strip_prefix('"').and_then(|code| code.strip_suffix('"'));
            if let Some(code) = quoted.filter(|_| status.len() == 3 && status.parse::<u16>().is_ok()) {
                raised.push((status.to_owned(), code.to_owned()));
            }
        }
    }
    raised.extend(conflicts_of_the_domain());
    let page = read("docs/errors.md");
    let mut explained: Vec<(String, String)> = Vec::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<String> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        // Rows of codes have the status second; the tables of field errors have none.
        if let [code, status, ..] = cells.as_slice()
            && status.parse::<u16>().is_ok()
        {
            explained.push((status.clone(), code.clone()));
        }
    }
    let (raised, explained) = (BTreeSet::from_iter(raised), BTreeSet::from_iter(explained));
    assert!(raised.len() > 15, "the codes are found in the source");
    let unexplained =
        raised.difference(&explained).map(|(status, code)| format!("{status} {code} is not explained"));
    let unraised =
        explained.difference(&raised).map(|(status, code)| format!("{status} {code} is never raised"));
    none(&unexplained.chain(unraised).collect::<Vec<_>>());
}
