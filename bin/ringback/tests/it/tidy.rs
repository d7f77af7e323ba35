//! Invariants of `docs/ARCHITECTURE.md` that are absences: the sources are read, and nothing is in them
//! that must not be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What every vendor stands on; all other crates but these are vendors.
const FLOORS: [&str; 4] = ["engine", "exchange", "mock", "testkit"];

/// Where the computer's clock or its randomness is read on purpose, below the launcher and `mock`, whose
/// sockets have time limits.
const READS_THE_COMPUTER: [&str; 3] = [
    "engine/src/clock.rs",  // the one clock
    "engine/src/engine.rs", // how long who waits has patience
    "scfm/src/lib.rs",      // `X-Runtime` of a refusal
];

/// A source file without its comments.
struct Source {
    /// Below `crates`, such as `scfm/src/machine/kind.rs`.
    path: String,
    text: String,
}

impl Source {
    fn has(&self, word: &str) -> bool {
        let starts = |at: usize| !self.text[..at].ends_with(is_name);
        let ends = |at: usize| !self.text[at + word.len()..].starts_with(is_name);
        self.text.match_indices(word).any(|(at, _)| starts(at) && ends(at))
    }

    /// Returns the rooms of its crate that it imports or names: what follows `crate::`.
    fn rooms(&self) -> BTreeSet<&str> {
        let mut rooms = BTreeSet::new();
        for (at, begin) in self.text.match_indices("crate::") {
            let rest = &self.text[at + begin.len()..];
            match rest.strip_prefix('{') {
                None => rooms.extend(rest.split(|c| !is_name(c)).next()),
                Some(list) => rooms.extend(firsts(list)),
            }
        }
        rooms
    }
}

/// Returns the first names of a list of imports, of those in its own braces none.
fn firsts(list: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut names) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        let ended = depth == 0 && matches!(c, ',' | '}');
        if ended {
            names.extend(list[begin..at].trim().split(|c| !is_name(c)).next());
            begin = at + 1;
        }
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the folder of crates: this workspace's, or another one with a scaffolded vendor among them.
fn crates() -> PathBuf {
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    std::env::var_os("TIDY_CRATES").map_or_else(here, PathBuf::from)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Returns the sources of a crate, but for the tests among them.
fn sources(name: &str) -> Vec<Source> {
    let paths = files(&crates().join(name).join("src")).into_iter();
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().map(|line| match line.trim_start().starts_with("//") {
            true => "",
            false => line,
        });
        let text = code.collect::<Vec<_>>().join("\n");
        let path = path.strip_prefix(crates()).unwrap().to_string_lossy().replace('\\', "/");
        Source { path, text }
    };
    let is_test =
        |source: &Source| source.path.split('/').any(|part| part == "tests" || part == "tests.rs");
    paths.map(read).filter(|source| !is_test(source)).collect()
}

fn vendors() -> Vec<String> {
    let entries = std::fs::read_dir(crates()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap());
    let mut vendors: Vec<_> = names.filter(|name| !FLOORS.contains(&name.as_str())).collect();
    vendors.sort();
    assert!(vendors.len() >= 5, "{vendors:?}");
    vendors
}

/// Returns what a crate depends on, but for its tests.
fn dependencies(name: &str) -> String {
    let manifest = std::fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let (_, after) = manifest.split_once("[dependencies]").unwrap();
    after.split("[dev-dependencies]").next().unwrap().to_owned()
}

#[track_caller]
fn absent(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// Returns where a crate's sources have any of some words.
fn named(name: &str, words: &[&str]) -> Vec<String> {
    let found = |source: &Source| {
        let word = words.iter().find(|word| source.has(word))?;
        Some(format!("{} has {word}", source.path))
    };
    sources(name).iter().filter_map(found).collect()
}

#[test]
fn no_vendor_names_another_and_no_floor_names_a_vendor() {
    let vendors = vendors();
    for name in vendors.iter().map(String::as_str).chain(FLOORS) {
        let others: Vec<_> = vendors.iter().filter(|vendor| *vendor != name).collect();
        let others: Vec<_> = others.iter().map(|vendor| format!("ringback_{vendor}")).collect();
        let words: Vec<_> = others.iter().map(String::as_str).collect();
        absent(named(name, &words), "a vendor is named by itself and by the launcher alone");
        let depends = dependencies(name);
        let found = words.iter().map(|word| word.replace('_', "-"));
        absent(found.filter(|word| depends.contains(word)).collect(), name);
    }
}

#[test]
fn the_exchange_knows_neither_json_nor_http_nor_an_engine() {
    let strangers = ["serde_json", "actix_web", "actix_http", "http", "hyper", "tokio"];
    absent(named("exchange", &strangers), "the exchange is a pure library");
    absent(named("exchange", &["ringback_engine", "ringback_mock"]), "arrows point down only");
    let depends = dependencies("exchange");
    let named = strangers.map(|word| format!("\n{}", word.replace('_', "-"))).into_iter();
    absent(named.filter(|word| depends.contains(word.as_str())).collect(), "its dependencies");
}

#[test]
fn the_engine_knows_neither_telephony_nor_http() {
    let strangers = ["ringback_exchange", "ringback_mock", "actix_web", "actix_rt", "hyper"];
    absent(named("engine", &strangers), "the engine runs any machine");
}

#[test]
fn a_machine_imports_neither_api_nor_routes_nor_actix() {
    for vendor in vendors() {
        let (file, folder) = (format!("{vendor}/src/machine.rs"), format!("{vendor}/src/machine/"));
        let is_machine = |path: &str| path == file || path.starts_with(&folder);
        let machine: Vec<_> =
            sources(&vendor).into_iter().filter(|source| is_machine(&source.path)).collect();
        assert!(!machine.is_empty(), "{vendor} has a machine");
        for source in machine {
            let rooms = source.rooms();
            let above = ["api", "routes", "operations", "control", "world"];
            let found = above.iter().filter(|room| rooms.contains(*room));
            absent(
                found.map(|room| format!("{} has {room}", source.path)).collect(),
                "rooms above",
            );
            let http = ["actix_web", "actix_http", "HttpRequest", "HttpResponse"];
            let found = http.iter().filter(|word| source.has(word));
            absent(found.map(|word| format!("{} has {word}", source.path)).collect(), "HTTP");
        }
    }
}

#[test]
fn the_computers_clock_and_randomness_are_read_in_the_named_files_alone() {
    let reads = [
        "SystemTime::now",
        "Instant::now",
        "now_utc",
        "now_local",
        "new_v4",
        "OsRng",
        "ThreadRng",
        "thread_rng",
        "getrandom",
        "RandomState",
        "from_os_rng",
    ];
    let vendors = vendors();
    let found = vendors.iter().map(String::as_str).chain(["engine", "exchange"]);
    let found = found.flat_map(|name| named(name, &reads));
    let is_meant = |found: &String| READS_THE_COMPUTER.iter().any(|path| found.starts_with(path));
    absent(found.filter(|found| !is_meant(found)).collect(), "time comes with the command");
    // Time limits of sockets are no reading of the date.
    absent(
        named("mock", &["SystemTime::now", "now_utc", "new_v4"]),
        "mock asks the engine's clock",
    );
    for path in READS_THE_COMPUTER {
        assert!(crates().join(path).exists(), "{path} is no longer there");
    }
}

#[test]
fn no_order_of_a_hash_map_can_be_seen_in_an_exchange_or_a_machine() {
    absent(named("exchange", &["HashMap", "HashSet"]), "the exchange replays");
    for vendor in vendors() {
        let machine = named(&vendor, &["HashMap", "HashSet"]);
        let found = machine.into_iter().filter(|found| found.contains("/src/machine"));
        absent(found.collect(), "a machine replays");
    }
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    let text = "use crate::{\n    Pbx,\n    api::{vpbx, routes},\n    wire::Bounds,\n};\nuse crate::error::Error;";
    let source = Source { path: String::new(), text: text.to_owned() };
    assert_eq!(source.rooms().into_iter().collect::<Vec<_>>(), ["Pbx", "api", "error", "wire"]);
    assert!(source.has("Bounds") && !source.has("Bound") && !source.has("vp"));
}
