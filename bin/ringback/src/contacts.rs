//! What `--contacts` says, and the bar that shows how far its work has come.

use std::fmt::Display;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::Fault;

/// Contacts to begin with.
pub(crate) struct Contacts {
    said: String,
    pub(crate) source: Source,
}

/// Where contacts come from.
pub(crate) enum Source {
    /// So many are made up.
    Made(u32),
    /// They stand in a CSV text.
    Listed(String),
}

impl Contacts {
    /// Reads `N|FILE`: what is no number is a file, and the file is read.
    pub(crate) fn read(said: String) -> Result<Self, Fault> {
        if !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) {
            return match said.parse() {
                Ok(count) => Ok(Self { said, source: Source::Made(count) }),
                Err(_) => Err(fault(&said, format!("{} is the most", u32::MAX))),
            };
        }
        let bytes = std::fs::read(&said).map_err(|error| fault(&said, error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let read = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let line = 1 + read.unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
            fault(&said, format!("line {line}: not in UTF-8"))
        })?;
        Ok(Self { said, source: Source::Listed(text) })
    }

    /// Says what is wrong with them.
    pub(crate) fn fault(&self, why: impl Display) -> Fault {
        fault(&self.said, why)
    }

    /// Does the work with them while a bar shows how far it has come, if a terminal is there to show
    /// it.
    pub(crate) fn show<R>(&self, whose: &str, work: impl FnOnce(&mut dyn FnMut(u64)) -> R) -> R {
        let total = match &self.source {
            Source::Made(count) => u64::from(*count),
            Source::Listed(text) => text.lines().count() as u64,
        };
        // The bar draws to standard error, and nothing where that is no terminal.
        let bar = ProgressBar::new(total).with_message(format!("{whose}: contacts"));
        let template = "{msg} {wide_bar} {human_pos}/{human_len} {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        let done = work(&mut |count| bar.set_position(count));
        bar.finish_and_clear();
        done
    }
}

fn fault(said: &str, why: impl Display) -> Fault {
    Fault::new(format!("--contacts {said}: {why}"))
}
