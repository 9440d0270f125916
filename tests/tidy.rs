//! The house is kept as the README draws it: no file knows a room that its own may not know, clocks and randomness are read in few
//! places, and the README names nothing that is not there.
//!
//! Rooms and arrows are read from the README's table of folders: its first column names a folder or file of `src/`, its last one what
//! that may know. The deepest row that fits counts. What is compiled for tests alone may look further.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What reads a clock or draws at random, and the rooms in which that may be.
const OUTSIDE: [&str; 10] = [
    "SystemTime::now",
    "Instant::now",
    "Zoned::now",
    "Timestamp::now",
    "Date::now",
    "Date::new_0",
    "Math::random",
    "getrandom::",
    "now_v7",
    "new_v4",
];
const READS_OUTSIDE: [&str; 3] = ["server/host", "browser", "bin"];

/// Rooms with what each may know: both as paths below `src/`, without the ending of a file.
type Rooms = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn rooms() -> Rooms {
    let readme = readme();
    let rows = readme.lines().filter(|line| line.starts_with("| `src/"));
    let rooms = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let name = |path: &str| {
            path.trim_start_matches("src/").trim_end_matches(['/']).trim_end_matches(".rs").to_owned()
        };
        let (first, last) = (cells.first().unwrap(), cells.last().unwrap());
        (name(quoted(first).next().unwrap()), quoted(last).map(name).collect())
    });
    rooms.collect()
}

/// The room that a module is in: the deepest that fits.
fn room_of<'r>(rooms: &'r Rooms, module: &[String]) -> Option<&'r str> {
    let depths = (1..=module.len()).rev();
    depths
        .map(|depth| module[..depth].join("/"))
        .find_map(|path| rooms.get_key_value(&path))
        .map(|(room, _)| room.as_str())
}

/// Every file with one of these endings below a folder.
fn files(below: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if !["target", "node_modules", "dist", ".git"].contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file of `src/`.
struct Source {
    /// As the repository names it.
    path: String,
    /// Its place in the tree of modules.
    module: Vec<String>,
    /// What it says, line for line, without remarks and without what is compiled for tests alone.
    text: String,
}

/// All that is compiled for more than tests.
fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    let mut tests: Vec<Vec<String>> = Vec::new();
    for file in files(&root().join("src"), &[".rs"]) {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let mut module: Vec<String> =
            path.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        module.pop_if(|last| last == "mod" || last == "lib");
        let (text, of_tests) = without_tests(&fs::read_to_string(file).unwrap());
        tests.extend(of_tests.into_iter().map(|name| module.iter().cloned().chain([name]).collect()));
        all.push(Source { path, module, text });
    }
    all.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    all
}

/// A source without its remarks and its tests, line for line, and the names of the modules that it declares for tests alone.
fn without_tests(text: &str) -> (String, Vec<String>) {
    let (mut kept, mut of_tests) = (String::new(), Vec::new());
    let (mut is_test, mut is_inside) = (false, false);
    for line in text.lines() {
        if is_inside {
            is_inside = line != "}";
        } else if line.starts_with("#[cfg(test)]") {
            is_test = true;
        } else if is_test && line.starts_with("#[") {
            // Another attribute of the same thing.
        } else if is_test {
            is_test = false;
            is_inside = line.ends_with('{');
            let name = line.split("mod ").nth(1).and_then(|name| name.strip_suffix(';'));
            of_tests.extend(name.map(str::to_owned));
        } else {
            kept.push_str(line.split("//").next().unwrap_or_default());
        }
        kept.push('\n');
    }
    (kept, of_tests)
}

/// Every path that begins at the root of the crate or above the module, as a module from the root, with its line.
fn paths(source: &Source) -> Vec<(usize, Vec<String>)> {
    let text = source.text.as_str();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) =
        ["crate::", "biaochi::", "super::"].iter().filter_map(|begin| text[at..].find(begin)).min()
    {
        let start = at + start;
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        at = start + "crate::".len();
        if !text[..start].ends_with(is_word) {
            let mut trees = Vec::new();
            at = start + tree(&text[start..], &[], &mut trees);
            let line = 1 + text[..start].matches('\n').count();
            found.extend(trees.into_iter().map(|path| (line, from_root(&source.module, &path))));
        }
    }
    found
}

/// Reads a path, or the tree of paths of a `use`, and says how long it was.
fn tree(text: &str, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        if rest.starts_with('{') {
            at += 1;
            while !text[at..].starts_with('}') {
                let rest = &text[at..];
                at += match rest.find(|c: char| !c.is_whitespace() && c != ',').unwrap_or(rest.len()) {
                    0 => tree(rest, &path, found),
                    blank => blank,
                };
                if at >= text.len() {
                    break;
                }
            }
            return at + 1;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        path.extend((end > 0).then(|| rest[..end].to_owned()));
        at += end;
        if !text[at..].starts_with("::") {
            break;
        }
        at += 2;
    }
    found.push(path);
    // `as _`, `*`: whatever stands before the next of the tree.
    if before.is_empty() { at } else { at + text[at..].find([',', '}']).unwrap_or(text.len() - at) }
}

fn from_root(module: &[String], path: &[String]) -> Vec<String> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let (kept, rest) = if up > 0 { (module.len().saturating_sub(up), &path[up..]) } else { (0, &path[1..]) };
    module[..kept].iter().chain(rest).cloned().collect()
}

/// Fails with everything that was found, a line each.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn no_file_knows_a_room_that_its_own_may_not_know() {
    let rooms = rooms();
    let mut faults = Vec::new();
    let mut used: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (room, known) in &rooms {
        let missing = known.iter().filter(|name| !rooms.contains_key(*name));
        faults.extend(
            missing.map(|name| format!("README.md: {room} may know {name}, which has no row of its own")),
        );
    }
    let sources = sources();
    for source in &sources {
        let Some(room) = room_of(&rooms, &source.module) else {
            // The crate's root and whatever only declares rooms.
            let is_list = source.path.ends_with("/mod.rs") || source.path == "src/lib.rs";
            faults.extend((!is_list).then(|| format!("{}: in no room of the README's table", source.path)));
            continue;
        };
        for (line, path) in paths(source) {
            let Some(other) = room_of(&rooms, &path).filter(|other| *other != room) else { continue };
            if rooms[room].contains(other) {
                used.insert((room, other));
            } else {
                faults.push(format!(
                    "{}:{line}: {room} may not know {other} ({})",
                    source.path,
                    path.join("::")
                ));
            }
        }
    }
    for (room, known) in &rooms {
        let idle = known.iter().filter(|other| !used.contains(&(room.as_str(), other.as_str())));
        faults.extend(idle.map(|other| format!("README.md: {room} may know {other} and does not")));
    }
    assert!(sources.len() > 100 && used.len() > 20, "{} files, {} arrows", sources.len(), used.len());
    none(&faults);
}

/// What a page of another folder shows goes through a slot, and what two of them say through the words: to take a folder away, one
/// deletes it and its lines in the table of pages.
#[test]
fn no_page_folder_knows_another() {
    const SHARED: [&str; 5] = ["ui/words", "ui/app", "ui/app/session", "ui/app/start", "ui/kit"];
    let rooms = rooms();
    let is_page = |room: &str| room.starts_with("ui/") && !SHARED.contains(&room);
    let pages: Vec<_> = rooms.iter().filter(|(room, _)| is_page(room)).collect();
    assert!(pages.len() > 8, "{}", pages.len());
    let others = pages.into_iter().flat_map(|(room, known)| {
        known
            .iter()
            .filter(|other| is_page(other))
            .map(move |other| format!("README.md: {room} knows {other}"))
    });
    none(&others.collect::<Vec<_>>());
}

#[test]
fn clocks_and_randomness_are_read_in_few_rooms() {
    let mut faults = Vec::new();
    for source in sources() {
        let place = source.module.join("/");
        if READS_OUTSIDE.iter().any(|room| place.starts_with(room)) {
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            let read = OUTSIDE.iter().find(|what| line.contains(**what));
            faults.extend(read.map(|what| format!("{}:{number}: {what}", source.path)));
        }
    }
    none(&faults);
}

#[test]
fn the_readme_names_only_what_is_there() {
    const ENDINGS: [&str; 11] =
        [".rs", ".mjs", ".js", ".css", ".csv", ".json", ".md", ".html", ".toml", ".png", ".sql"];
    let readme = readme();
    let mut faults = Vec::new();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.filter(|link| !link.contains("://") && !link.starts_with('#'));
    let links = links.map(|link| link.split('#').next().unwrap_or_default());
    faults.extend(links.filter(|link| !root().join(link).exists()).map(|link| format!("link to {link}")));
    let names: BTreeSet<String> = files(root(), &ENDINGS)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let blocks = readme.split("```").step_by(2);
    for said in blocks.flat_map(quoted).filter(|said| !said.contains([' ', '*', '<', '…'])) {
        let is_path = ["src/", "tests/", ".ci/", "public/", "style/", "migrations/"]
            .iter()
            .any(|begin| said.starts_with(begin));
        let is_there = match said.contains('/') {
            true => !is_path || root().join(said).exists(),
            false => !ENDINGS.iter().any(|ending| said.ends_with(ending)) || names.contains(said),
        };
        faults.extend((!is_there).then(|| format!("`{said}`")));
    }
    none(&faults);
}

/// 存了什么、存多久、谁删: what the administrators' page says of what is kept is all that is kept.
#[test]
fn every_table_of_the_database_is_told_of_with_how_long_it_is_kept() {
    let page = fs::read_to_string(root().join("src/server/cli/管理员手册.md")).unwrap();
    let told = page.split("存了什么、存多久、谁删").nth(1).unwrap();
    let told: BTreeSet<&str> = told.lines().filter(|line| line.starts_with('|')).flat_map(quoted).collect();
    let mut faults = Vec::new();
    for file in files(&root().join("src/server/database/migrations/sqlite"), &[".sql"]) {
        let text = fs::read_to_string(file).unwrap();
        for made in text.split("CREATE TABLE ").skip(1) {
            let name = made.trim_start_matches("IF NOT EXISTS ").split([' ', '(']).next().unwrap();
            // A table that takes another's place bears its name in the end.
            let is_renamed = text.contains(&format!("ALTER TABLE {name} RENAME"));
            faults.extend(
                (!is_renamed && !told.contains(name)).then(|| format!("`{name}` is kept and not told of")),
            );
        }
    }
    none(&faults);
}

#[test]
fn paths_are_read_from_trees_and_chains() {
    let source = Source {
        path: String::new(),
        module: ["a", "b", "c"].map(str::to_owned).to_vec(),
        text: "use crate::{d::{self, E as F}, g::*};\nuse super::{h, super::i::J};\nlet x = crate::k::l(super::super::m);".into(),
    };
    let said: Vec<String> =
        paths(&source).iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(said, ["1 d::self", "1 d::E", "1 g", "2 a::b::h", "2 a::i::J", "3 k::l", "3 a::m"]);
    let (kept, of_tests) =
        without_tests("a; // b\n#[cfg(test)]\nmod c;\n#[cfg(test)]\nmod d {\n    e\n}\nf\n");
    assert_eq!((kept.as_str(), of_tests), ("a; \n\n\n\n\n\n\nf\n", vec!["c".to_owned()]));
    assert_eq!(room_of(&Rooms::new(), &source.module), None);
}
