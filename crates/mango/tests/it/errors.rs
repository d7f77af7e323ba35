//! Lines of the worst kind that are logged in this binary: no request is worth one.

use std::sync::{Mutex, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

struct Errors(Mutex<Vec<String>>);

static ERRORS: Errors = Errors(Mutex::new(Vec::new()));

impl Log for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() == Level::Error
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// Listens from now on. There is one logger in a process, so all tests that listen share this one.
pub(crate) fn listen() {
    // Of several tests one sets it, and all of them are served.
    if log::set_logger(&ERRORS).is_ok() {
        log::set_max_level(LevelFilter::Error);
    }
}

/// Returns what was logged since the first test listened, by whichever test.
pub(crate) fn logged() -> Vec<String> {
    ERRORS.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[test]
fn what_is_logged_as_an_error_is_heard_by_every_test_that_listens() {
    listen();
    listen();
    assert!(std::ptr::addr_eq(log::logger(), &raw const ERRORS), "another logger was there first");
    assert_eq!(log::max_level(), LevelFilter::Error);
    let metadata = |level| Metadata::builder().level(level).build();
    assert!(log::logger().enabled(&metadata(Level::Error)));
    assert!(!log::logger().enabled(&metadata(Level::Warn)));
}
