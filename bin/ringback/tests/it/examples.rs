//! Every method that a test in Rust calls is shown at work in its own documentation, and runs there.

use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What users hold in tests: every public function in these files has an example.
const USED_IN_TESTS: &[&str] = &[
    "bin/ringback/src/lib.rs",
    "crates/impactpbx/src/lib.rs",
    "crates/impactpbx/src/machine/listing.rs",
    "crates/impactpbx/src/machine.rs",
    "crates/mango/src/lib.rs",
    "crates/mango/src/machine.rs",
    "crates/mock/src/bench.rs",
    "crates/mock/src/builder.rs",
    "crates/mock/src/inbox/handle.rs",
    "crates/mock/src/inbox/message.rs",
    "crates/mock/src/inbox/plan.rs",
    "crates/mock/src/instance.rs",
    "crates/mock/src/instance/account.rs",
    "crates/mock/src/instance/call.rs",
    "crates/mock/src/instance/call/party.rs",
    "crates/mock/src/instance/call/placed.rs",
    "crates/mock/src/instance/happened.rs",
    "crates/mock/src/instance/logged.rs",
    "crates/mock/src/instance/saves.rs",
    "crates/mock/src/instance/when.rs",
    "crates/mock/src/instance/when/told.rs",
    "crates/mock/src/instance/worlds.rs",
    "crates/mock/src/running.rs",
    "crates/mock/src/snapshots.rs",
    "crates/mock/src/stubs/handle.rs",
    "crates/mock/src/webhook/chaos.rs",
    "crates/mock/src/webhook/delivery_bench.rs",
    "crates/mock/src/world/changes.rs",
    "crates/scfm/src/lib.rs",
    "crates/scfm/src/machine.rs",
    "crates/tel4vn/src/lib.rs",
    "crates/tel4vn/src/machine.rs",
    "crates/voip24h/src/lib.rs",
    "crates/voip24h/src/machine.rs",
];

/// What goes without one, and why. What is no longer needed fails the test.
const EXCEPT: &[(&str, &str)] = &[
    ("crates/mock/src/snapshots.rs: get", "the shelf is reached by the control API alone"),
    ("crates/mock/src/snapshots.rs: list", "the shelf is reached by the control API alone"),
    ("crates/mock/src/snapshots.rs: check", "the shelf is reached by the control API alone"),
    ("crates/mock/src/snapshots.rs: put", "the shelf is reached by the control API alone"),
    ("crates/mock/src/snapshots.rs: remove", "the shelf is reached by the control API alone"),
    ("crates/mock/src/snapshots.rs: of", "the shelf is reached by the control API alone"),
    ("crates/mock/src/world/changes.rs: table", "for vendors, whose machines compare themselves"),
    ("crates/mock/src/world/changes.rs: list", "for vendors, whose machines compare themselves"),
    ("crates/mock/src/world/changes.rs: single", "for vendors, whose machines compare themselves"),
];

/// A public function: its name, and what its documentation has for examples.
struct Documented {
    name: String,
    /// The words behind the fences that open a block.
    blocks: Vec<String>,
}

fn public_functions(source: &str) -> Vec<Documented> {
    let (mut found, mut blocks, mut is_open) = (Vec::new(), Vec::new(), false);
    for line in source.lines().map(str::trim_start) {
        if let Some(doc) = line.strip_prefix("///") {
            if let Some(word) = doc.trim_start().strip_prefix("```") {
                if !is_open {
                    blocks.push(word.trim().to_owned());
                }
                is_open = !is_open;
            }
            continue;
        }
        let declared = ["pub fn ", "pub const fn ", "pub async fn "];
        if let Some(rest) = declared.iter().find_map(|start| line.strip_prefix(start)) {
            let name = rest.split(['(', '<']).next().unwrap_or_default().to_owned();
            found.push(Documented { name, blocks: std::mem::take(&mut blocks) });
        } else if !line.starts_with("#[") {
            blocks.clear();
        }
    }
    found
}

#[test]
fn every_function_that_tests_call_has_an_example_that_runs() {
    let (mut faults, mut bare, mut count) = (Vec::new(), Vec::new(), 0);
    for path in USED_IN_TESTS {
        let source = fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
        for Documented { name, blocks } in public_functions(&source) {
            count += 1;
            let place = format!("{path}: {name}");
            let runs = blocks.iter().any(|word| word.is_empty() || word == "rust");
            match (runs, EXCEPT.iter().any(|(known, _)| *known == place)) {
                (true, true) => faults.push(format!("{place} needs no exception")),
                (false, false) => faults.push(format!("{place} has no example that runs")),
                (true, false) => {}
                (false, true) => bare.push(place),
            }
        }
    }
    let gone = EXCEPT.iter().filter(|(known, _)| !bare.iter().any(|place| place == known));
    faults.extend(gone.map(|(known, why)| format!("{known} is not there ({why})")));
    assert!(count > 150, "{count} functions");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_in_the_documentation_is_passed_over() {
    // `text` says what is no Rust; whatever else stands behind a fence compiles no more, or never did.
    let rooms = ["crates", "bin"].map(|room| Path::new(ROOT).join(room));
    let mut faults = Vec::new();
    for path in rooms.iter().flat_map(|room| crate::tidy::files(room)) {
        let is_source = path.extension().is_some_and(|end| end == "rs");
        let Some(text) = is_source.then(|| fs::read_to_string(&path).unwrap()) else { continue };
        for (number, line) in text.lines().enumerate() {
            let doc = line.trim_start();
            let doc = doc.strip_prefix("///").or_else(|| doc.strip_prefix("//!"));
            if doc.is_some_and(|doc| doc.trim_start().starts_with("```ignore")) {
                faults.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "examples that do not run:\n{}", faults.join("\n"));
}
