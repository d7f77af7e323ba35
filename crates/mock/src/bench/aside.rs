//! Requests of the control API's own that are not those of a client: told by a mark that nobody else knows.

use std::hash::{BuildHasher as _, RandomState};

use actix_web::http::header::HeaderMap;

use super::Bench;

/// The header that has the mark. It never leaves this computer.
pub(crate) const HEADER: &str = "ringback-aside";

/// What a request has to bring to be none of a client's.
#[derive(Debug)]
pub(super) struct Mark(String);

impl Default for Mark {
    fn default() -> Self {
        // Keys that the computer draws; it is never told to anybody.
        let drawn = RandomState::new();
        Self(format!("{:016x}{:016x}", drawn.hash_one("aside"), drawn.hash_one(std::process::id())))
    }
}

impl Bench {
    /// Returns the mark, for a request to an instance of this process.
    pub(crate) fn aside(&self) -> &str {
        &self.aside.0
    }

    /// Takes the mark out of a request, and returns whether it had it.
    pub(crate) fn is_aside(&self, headers: &mut HeaderMap) -> bool {
        let has_it =
            headers.get(HEADER).is_some_and(|mark| mark.as_bytes() == self.aside.0.as_bytes());
        if has_it {
            headers.remove(HEADER);
        }
        has_it
    }
}
