//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what was made from the repository, or what is not part of it.
const NOT_OURS: [&str; 1] = ["target"];

/// The repository's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// A file of the repository, by its path from the root.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Paths from the root of all files below a folder (`""` for the root), hidden ones left out, in order.
pub fn files(under: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(under), &mut found);
    let relative = |path: PathBuf| {
        let path =
            path.strip_prefix(root()).expect("below the root").to_str().expect("a path is UTF-8").to_owned();
        path.replace('\\', "/")
    };
    let mut found: Vec<String> = found.into_iter().map(relative).collect();
    found.sort();
    found
}

/// Like [`files`], for one extension.
pub fn files_of(under: &str, extension: &str) -> Vec<String> {
    files(under)
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|has| has == extension))
        .collect()
}

/// The name of a file without folder and extension.
pub fn stem(path: &str) -> String {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).expect("a file has a name").to_owned()
}

/// A source without its unit tests, as line number and line: everything before `#[cfg(test)] mod … {`.
pub fn product_lines(source: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = source.lines().collect();
    let inline = |at: usize| {
        lines[at].trim() == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|next| next.trim().ends_with('{'))
    };
    let end = (0..lines.len()).find(|at| inline(*at)).unwrap_or(lines.len());
    lines[..end].iter().enumerate().map(|(at, line)| (at + 1, *line)).collect()
}

/// Whether a file is there for tests alone: a module that it belongs to is declared behind `#[cfg(test)]`.
pub fn is_test(path: &str) -> bool {
    let Some((folder, file)) = path.rsplit_once('/') else {
        return false;
    };
    // A `mod.rs` is the module that its folder is named after.
    let own = folder.rsplit_once('/').filter(|_| file == "mod.rs");
    let (folder, module) = own.unwrap_or((folder, file.trim_end_matches(".rs")));
    let visibilities = ["", "pub(super) ", "pub(crate) "];
    let declared = visibilities.map(|visibility| format!("#[cfg(test)] {visibility}mod {module};"));
    let parents = [format!("{folder}/mod.rs"), format!("{folder}/lib.rs"), format!("{folder}.rs")];
    parents.iter().filter(|parent| *parent != path && root().join(parent).exists()).any(|parent| {
        let source = read(parent).split_whitespace().collect::<Vec<_>>().join(" ");
        declared.iter().any(|declared| source.contains(declared)) || is_test(parent)
    })
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') || NOT_OURS.contains(&name) {
            continue;
        }
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}
