//! The one logger of a test binary.

use std::sync::{Mutex, Once, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// Keeps lines of the worst kind.
struct Errors(Mutex<Vec<String>>);

static ERRORS: Errors = Errors(Mutex::new(Vec::new()));
static INSTALL: Once = Once::new();

impl Log for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // What is no HTTP is the client's business; actix calls it an error of its own.
        metadata.level() == Level::Error && !metadata.target().starts_with("actix_http")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{}: {}", record.target(), record.args());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn flush(&self) {}
}

/// Returns what this process has logged as an error since the first call, which installs the logger.
///
/// # Panics
/// When the process has another logger: nothing would ever be returned.
pub fn errors_logged() -> Vec<String> {
    INSTALL.call_once(|| {
        log::set_logger(&ERRORS).expect("no other logger in this process");
        log::set_max_level(LevelFilter::Error);
    });
    ERRORS.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
