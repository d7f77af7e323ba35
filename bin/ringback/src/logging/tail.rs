//! The latest lines of the log, for the control API: what a person would scroll up for.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// How many lines are kept, and how many bytes of each.
const LINES: usize = 500;
const LINE: usize = 2_000;

static LATEST: Mutex<Lines> = Mutex::new(Lines { lines: VecDeque::new(), is_open: false });

struct Lines {
    lines: VecDeque<String>,
    /// Whether the last one is not at its end.
    is_open: bool,
}

impl Lines {
    fn add(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            let line = piece.trim_end_matches('\n');
            match self.lines.back_mut().filter(|_| self.is_open) {
                Some(last) if last.len() < LINE => last.push_str(line),
                Some(_) => {}
                None => self.lines.push_back(line.to_owned()),
            }
            self.is_open = !piece.ends_with('\n');
            if self.lines.len() > LINES {
                self.lines.pop_front();
            }
        }
    }

    fn shown(&self) -> String {
        let short =
            |line: &String| -> String { without_colours(line).chars().take(LINE).collect() };
        self.lines.iter().map(|line| short(line) + "\n").collect()
    }
}

/// Returns the latest lines, the newest last.
pub(crate) fn latest() -> String {
    LATEST.lock().unwrap_or_else(PoisonError::into_inner).shown()
}

/// Standard error, of which the latest lines are kept.
pub(super) struct Tail;

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        LATEST.lock().unwrap_or_else(PoisonError::into_inner).add(&text);
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
    fn the_latest_lines_are_kept_without_colours_however_they_are_written() {
        let mut lines = Lines { lines: VecDeque::new(), is_open: false };
        for place in 0..LINES + 3 {
            lines.add("\u{1b}[2m[li");
            lines.add(&format!("ne\u{1b}[0m {place}]\n"));
        }
        let shown = lines.shown();
        assert_eq!(shown.lines().count(), LINES);
        assert!(shown.starts_with("[line 3]\n") && shown.ends_with("[line 502]\n"), "{shown}");
    }
}
