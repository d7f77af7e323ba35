//! What the sources promise about themselves, held by reading them: mostly absences.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The crates that are no vendor's.
const SHARED: &[&str] = &["console", "engine", "exchange", "fuzz", "mock", "testkit"];

/// The most lines of a source file.
const LINES: usize = 450;

/// Words that files of one kind do not have.
struct Rule {
    /// What holds, in a sentence.
    holds: &'static str,
    /// Which files it is about.
    about: fn(&Source) -> bool,
    /// What is not to be found there, at the beginning of a word.
    never: &'static [&'static str],
    /// Where it may be found, and why. One that is no longer needed fails the test.
    except: &'static [(&'static str, &'static str)],
}

const RULES: &[Rule] = &[
    Rule {
        holds: "a machine knows nothing of handlers, routes and HTTP",
        about: Source::is_machine,
        never: &["crate::api", "crate::routes", "actix", "awc", "tokio", "hyper"],
        except: &[],
    },
    Rule {
        holds: "the machine of SCFM knows none of what the API makes of it",
        about: |source| source.is_machine() && source.home == "scfm",
        never: &["crate::auth", "crate::error", "crate::render", "crate::wire"],
        except: &[],
    },
    Rule {
        holds: "the exchange knows nothing of JSON, HTTP, the engine and tasks",
        about: |source| source.home == "exchange" && source.is_shipped(),
        never: &["serde_json", "actix", "awc", "hyper", "http", "tokio", "ringback_"],
        except: &[],
    },
    Rule {
        holds: "the engine knows nothing of telephony and HTTP",
        about: |source| source.home == "engine" && source.is_shipped(),
        never: &[
            "ringback_",
            "actix",
            "awc",
            "hyper",
            "http",
            "telephon",
            "phone",
            "trunk",
            "hangup",
            "hang_up",
            "dial",
            "callee",
            "caller",
            "cdr",
            "dtmf",
            "voicemail",
        ],
        except: &[],
    },
    Rule {
        holds: "nothing but the clock of an engine reads the computer's, and nothing draws its \
                randomness",
        about: Source::is_shipped,
        never: &[
            "SystemTime::now",
            "now_utc",
            "now_local",
            "Instant::now",
            "new_v4",
            "thread_rng",
            "rand::rng",
            "OsRng",
            "getrandom",
        ],
        except: &[
            ("crates/engine/src/clock.rs", "what simulated time is made from"),
            ("crates/engine/src/engine/pace.rs", "how long others wait for what is due"),
            ("crates/engine/src/engine/waiting.rs", "how long a caller is ready to wait"),
            ("crates/filelog/src/wall.rs", "what the stamps of a log are made from"),
            (
                "crates/jetstream/src/clock.rs",
                "the servers' time, carried on until the next answer",
            ),
            ("crates/mock/src/admin/clock.rs", "how long to wait for webhooks"),
            ("crates/mock/src/admin/clock/jump/pace.rs", "how long others wait for a jump"),
            ("crates/mock/src/bench.rs", "people compare it with the clocks of their clients"),
            ("crates/mock/src/bench/verify.rs", "how long a test is ready to wait"),
            ("crates/mock/src/dispatch.rs", "how long a request took"),
            ("crates/mock/src/serve/crowd.rs", "how long a connection has waited"),
            ("crates/mock/src/webhook/courier.rs", "how long a delivery took"),
            ("crates/mock/src/webhook/dispatcher.rs", "pauses between looks"),
            ("crates/scfm/src/lib.rs", "a header says how long an answer took"),
            ("bin/ringback/src/logging.rs", "when a line was written"),
            ("bin/ringback/src/wait.rs", "how long to wait for others"),
        ],
    },
    Rule {
        holds: "nothing deterministic has maps whose order is another one in each process",
        about: |source| {
            source.is_machine()
                || source.is_shipped() && ["engine", "exchange"].contains(&source.home.as_str())
        },
        never: &["HashMap", "HashSet"],
        except: &[],
    },
    Rule {
        holds: "nothing that is shipped panics on purpose",
        about: Source::is_shipped,
        never: &[".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"],
        except: &[],
    },
    Rule {
        holds: "a lint is silenced with a reason, and only where it would speak",
        about: |_| true,
        never: &[concat!("#[al", "low("), concat!("#![al", "low(")],
        except: &[],
    },
];

/// What is still to be mended, and is not to be added to.
const STILL: &[&str] = &[];

/// A source file.
struct Source {
    /// Its path below the root.
    path: String,
    /// The folder of its crate.
    home: String,
    /// Its code without comments and tests of its own, and every path that it imports written out.
    code: String,
    lines: usize,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let path = shown(path);
        let home = path.split('/').nth(1).unwrap_or_default().to_owned();
        let lines = text.lines().count();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.map(|line| line.split(" // ").next().unwrap_or_default());
        let mut code = code.collect::<Vec<_>>().join("\n");
        for import in imports(&code) {
            writeln!(code, "\nuse {import};").unwrap();
        }
        Self { path, home, code, lines }
    }

    /// Whether it is part of what users run, and no test.
    fn is_shipped(&self) -> bool {
        let ends = ["/tests.rs", "/fuzz.rs"];
        let is_test =
            ends.iter().any(|end| self.path.ends_with(end)) || self.path.contains("/tests/");
        self.path.contains("/src/")
            && !is_test
            && !["fuzz", "testkit"].contains(&self.home.as_str())
    }

    /// Whether it is a room of a vendor's machine.
    fn is_machine(&self) -> bool {
        let is_room = self.path.contains("/src/machine/") || self.path.ends_with("/src/machine.rs");
        self.is_shipped() && is_room && !SHARED.contains(&self.home.as_str())
    }

    /// Whether a word begins somewhere in the code.
    fn has(&self, word: &str) -> bool {
        let is_inside = |c: char| c.is_alphanumeric() || c == '_';
        let mut found = self.code.match_indices(word);
        let begins = word.starts_with(is_inside);
        found.any(|(at, _)| !begins || !self.code[..at].ends_with(is_inside))
    }
}

/// Returns the paths that are imported, each written out.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let rest = &code[at + 4..];
        let starts = code[..at].ends_with(['\n', ' ']) || at == 0;
        if let Some((tree, _)) = rest.split_once(';').filter(|_| starts) {
            expand("", tree, &mut found);
        }
    }
    found
}

fn expand(before: &str, trees: &str, into: &mut Vec<String>) {
    let (mut depth, mut from) = (0_usize, 0);
    let ends = trees.char_indices().chain([(trees.len(), ',')]);
    for (at, c) in ends {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let tree = trees[from..at].trim();
                from = (at + 1).min(trees.len());
                match tree.split_once('{') {
                    Some((head, inner)) => {
                        let inner = inner.strip_suffix('}').unwrap_or(inner);
                        expand(&format!("{before}{}", head.trim()), inner, into);
                    }
                    None => into.push(format!("{before}{tree}")),
                }
            }
            _ => {}
        }
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap().to_string_lossy().replace('\\', "/")
}

/// Returns every file below a folder, but for what is built and what Git keeps.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name != "target" && name != ".git" && !path.is_symlink()
    };
    let paths = paths.into_iter().filter(is_kept);
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn sources() -> Vec<Source> {
    let rooms = ["crates", "bin"].map(|folder| files(&Path::new(ROOT).join(folder)));
    let rust =
        rooms.into_iter().flatten().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.map(|path| Source::read(&path)).collect()
}

fn vendors() -> Vec<String> {
    let folders = fs::read_dir(Path::new(ROOT).join("crates")).unwrap();
    let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !SHARED.contains(&name.as_str())).collect()
}

/// Fails with what is wrong, but for what is still to be mended.
fn check(faults: Vec<String>) {
    let is_new = |fault: &String| !STILL.iter().any(|still| fault.starts_with(still));
    let faults: Vec<_> = faults.into_iter().filter(is_new).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_source_has_what_its_rules_forbid() {
    let sources = sources();
    assert!(sources.len() > 200, "{} sources", sources.len());
    let mut faults = Vec::new();
    for Rule { holds, about, never, except } in RULES {
        let about: Vec<_> = sources.iter().filter(|source| about(source)).collect();
        assert!(!about.is_empty(), "no source is one of those of which {holds}");
        let found = |source: &Source| {
            never.iter().copied().filter(|word| source.has(word)).collect::<Vec<_>>()
        };
        for source in &about {
            let is_excepted = except.iter().any(|(path, _)| *path == source.path);
            match (found(source).as_slice(), is_excepted) {
                ([], true) => {
                    faults.push(format!("{}: no exception is needed: {holds}", source.path))
                }
                (_, true) => {}
                (words, false) => faults.extend(
                    words.iter().map(|word| format!("{}: {word}, though {holds}", source.path)),
                ),
            }
        }
        for (path, why) in *except {
            if about.iter().all(|source| source.path != *path) {
                faults.push(format!("{path}: there is no such file ({why})"));
            }
        }
    }
    check(faults);
}

#[test]
fn no_crate_but_the_launcher_names_another_vendor_s() {
    let vendors = vendors();
    assert!(vendors.len() >= 5, "{vendors:?}");
    let mut faults = Vec::new();
    for path in files(&Path::new(ROOT).join("crates")) {
        if path.extension().is_none_or(|end| end != "rs" && end != "toml") {
            continue;
        }
        let (text, path) = (fs::read_to_string(&path).unwrap(), shown(&path));
        let own = path.split('/').nth(1).unwrap_or_default();
        // Examples need a vendor, and what they need stands among what tests need.
        let text = match own {
            "mock" | "testkit" => shipped_part(&path, &text),
            _ => text,
        };
        for vendor in vendors.iter().filter(|vendor| *vendor != own) {
            let names = [format!("ringback_{vendor}"), format!("ringback-{vendor}")];
            if names.iter().any(|name| text.contains(name)) {
                faults.push(format!("{path}: the crate of {vendor}"));
            }
        }
    }
    check(faults);
}

/// Returns a file without its documentation, and a manifest without what tests depend on.
fn shipped_part(path: &str, text: &str) -> String {
    if path.ends_with(".toml") {
        return text.split("[dev-dependencies]").next().unwrap_or_default().to_owned();
    }
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_source_file_is_longer_than_a_reader_s_patience() {
    let sources = sources();
    let long = sources.iter().filter(|source| source.is_shipped() && source.lines > LINES);
    check(long.map(|source| format!("{}: {} lines", source.path, source.lines)).collect());
}

#[test]
fn no_file_says_where_it_was_written() {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/tm", "p/"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
    ];
    let mut faults = Vec::new();
    for path in files(Path::new(ROOT)) {
        // What is no text says nothing.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let found = places.iter().filter(|place| text.contains(*place));
        faults.extend(found.map(|place| format!("{}: {place}", shown(&path))));
    }
    check(faults);
}

#[test]
fn imports_are_written_out() {
    let code =
        "use crate::{\n    api::{self, vpbx::{Run, commands}},\n    Error,\n};\npub use a::b;";
    let wanted =
        ["crate::api::self", "crate::api::vpbx::Run", "crate::api::vpbx::commands", "crate::Error"];
    let found = imports(code);
    assert!(wanted.iter().all(|path| found.iter().any(|found| found == path)), "{found:?}");
    assert!(found.contains(&"a::b".to_owned()));
}
