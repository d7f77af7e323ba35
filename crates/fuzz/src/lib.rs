//! Fuzz targets: functions that parse bytes that a client, a file or a server may fill.
//!
//! A target is a test of the crate whose parser it is about, named `fuzz::NAME`, and has a corpus in
//! `fuzz/NAME/` of that crate. It may assert more than that nothing panics: what was parsed is printed and
//! parsed again, a limit holds, what was refused changed nothing.
//!
//! ```
//! # fn parse(text: &str) -> Option<u16> { text.parse().ok() }
//! # fn print(number: u16) -> String { number.to_string() }
//! // In `mod fuzz`, with `#[test]` on it:
//! fn numbers() {
//!     ringback_fuzz::target!(|input| {
//!         let Ok(text) = std::str::from_utf8(input) else { return };
//!         if let Some(number) = parse(text) {
//!             assert_eq!(parse(&print(number)), Some(number));
//!         }
//!     });
//! }
//! # let _ = numbers;
//! ```
//!
//! `cargo test` asks every file of the corpus, and then as many changed ones as proptest has cases
//! (`PROPTEST_CASES`, `PROPTEST_RNG_SEED`). `.ci/fuzz` builds the same tests with the feature `libfuzzer` and
//! with counters in the code, and looks for inputs that reach code that no other reaches.

mod changed;
#[cfg(feature = "libfuzzer")]
mod guided;

use std::cell::RefCell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// The longest input, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// Runs a target, a closure without surroundings of its own that takes `&[u8]`, in a test called `fuzz::NAME`.
#[macro_export]
macro_rules! target {
    ($target:expr) => {
        $crate::run(env!("CARGO_MANIFEST_DIR"), $target)
    };
}

/// Runs the target of the test that is running, of the crate in a folder: see [`target!`].
///
/// # Panics
///
/// If the target does, or has no corpus.
pub fn run(folder: &str, target: fn(&[u8])) {
    let test = std::thread::current().name().map(str::to_owned).unwrap_or_default();
    let name = test.rsplit("::").next().unwrap_or_default();
    let folder = Path::new(folder).join("fuzz").join(name);
    #[cfg(feature = "libfuzzer")]
    if let Some(arguments) = std::env::var_os("LIBFUZZER_ARGS") {
        guided::run(&arguments.to_string_lossy(), &folder, target);
    }
    replay(&folder, target);
}

/// Asks every file of a corpus, and then changed ones.
fn replay(folder: &Path, target: fn(&[u8])) {
    let corpus: Vec<_> = files(folder).into_iter().map(|path| (read(&path), path)).collect();
    assert!(!corpus.is_empty(), "{} has no files: a target begins with some", folder.display());
    for (input, path) in &corpus {
        let ended = catch_unwind(AssertUnwindSafe(|| target(input)));
        if let Err(panic) = ended {
            eprintln!("the input is {}", path.display());
            resume_unwind(panic);
        }
    }
    let inputs: Vec<_> = corpus.into_iter().map(|(input, _)| input).collect();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    // What the target said last is what is shown: proptest runs it again and again to make the input small.
    let panic = RefCell::new(None);
    let ended = runner.run(&changed::inputs(inputs), |input| {
        catch_unwind(AssertUnwindSafe(|| target(&input))).map_err(|caught| {
            panic.replace(Some(caught));
            TestCaseError::fail("the target panicked")
        })
    });
    match (ended, panic.take()) {
        (Ok(()), _) => {}
        (Err(TestError::Fail(_, input)), Some(panic)) => {
            eprintln!("the input is {:?}", input.escape_ascii().to_string());
            resume_unwind(panic);
        }
        (Err(error), _) => panic!("{error}"),
    }
}

/// Returns the files of a corpus, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
