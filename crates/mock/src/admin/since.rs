//! After which moment things count: a cursor of the feed, the name of a checkpoint, or now.

use actix_web::http::StatusCode;

use super::{Ask, Problem, checkpoints};
use crate::bench::Cursor;

/// Reads the place in the feed after which things count; `at` says where it was written.
///
/// A name is that of a checkpoint of the accounts that the request is about; where several have it, the
/// earliest counts.
pub(super) fn read(ask: &Ask, text: &str, at: &str) -> Result<u64, Problem> {
    let bench = ask.bench()?;
    let last = bench.feed().last();
    match bench.read_cursor(text) {
        _ if text == "now" => Ok(last),
        Some(Cursor::Here(cursor)) if cursor <= last => Ok(cursor),
        Some(Cursor::Here(_)) => Err(Problem::at(at, "is later than anything that has happened")),
        Some(Cursor::Elsewhere(_)) => {
            let why = "is a cursor of an earlier process: what it had seen is gone with it";
            let problem = Problem::new(StatusCode::CONFLICT, format!("since: {text:?} {why}"));
            Err(problem.hint("\"0\" asks for everything that this process knows".to_owned()))
        }
        None => {
            let having = checkpoints::having(ask, text)?.into_iter();
            let places = having.map(|(mount, id)| bench.checkpoint(mount.origin(), id, text));
            Ok(places.min().unwrap_or(0))
        }
    }
}
