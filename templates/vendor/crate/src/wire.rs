//! The bytes: requests and answers as they are on the wire.

use ringback_exchange::Cdr;
use serde::Serialize;
use time::OffsetDateTime;

use crate::render;

/// A finished call as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct CallRecord<'a> {
    id: u64,
    from: &'a str,
    to: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    duration: i64,
    status: &'static str,
}

impl<'a> From<&'a Cdr<()>> for CallRecord<'a> {
    fn from(cdr: &'a Cdr<()>) -> Self {
        Self {
            id: cdr.id.0,
            from: cdr.from.as_str(),
            to: cdr.to.as_str(),
            started_at: cdr.created_at(),
            duration: cdr.duration().whole_seconds(),
            status: render::status(cdr.disposition()),
        }
    }
}
