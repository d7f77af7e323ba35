//! The exchange's words in the vendor's.

mod cause;
mod disposition;
mod record;
mod row;
mod written;
mod written_v3;

pub(crate) use cause::cause;
pub(crate) use record::is_inside;
pub use record::{Face, Record};
pub use row::Row;
pub(crate) use row::{address, number_of, party_of};
pub(crate) use written::Rows;

use ringback_exchange::Direction;

/// Returns the word for a direction.
pub(crate) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Local => "local",
    }
}

#[cfg(test)]
mod tests;
