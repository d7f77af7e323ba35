//! The latest lines of the log, for the control API: what a person would scroll up for.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// How many lines are kept, and how many bytes of each.
const LINES: usize = 500;
const LINE: usize = 2_000;

static LATEST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Returns the latest lines, the newest last.
pub(crate) fn latest() -> String {
    let latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    latest.iter().map(|line| format!("{line}\n")).collect()
}

/// Standard error, of which the latest lines are kept.
pub(super) struct Tail;

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The logger writes whole records.
        let text = String::from_utf8_lossy(bytes);
        let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
        for line in text.lines() {
            if latest.len() >= LINES {
                latest.pop_front();
            }
            latest.push_back(without_colours(line).chars().take(LINE).collect());
        }
        drop(latest);
        io::stderr().write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Leaves out what tells a terminal of colours.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
    first + &rest.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_lines_are_kept_without_colours() {
        for place in 0..LINES + 3 {
            writeln!(Tail, "\u{1b}[2m[line\u{1b}[0m {place}]").unwrap();
        }
        let shown = latest();
        assert_eq!(shown.lines().count(), LINES);
        assert!(shown.starts_with("[line 3]\n") && shown.ends_with("[line 502]\n"), "{shown}");
    }
}
