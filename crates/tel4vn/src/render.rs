//! The exchange's words in the vendor's.

mod cause;
mod disposition;
mod record;
mod row;

pub(crate) use cause::cause;
pub use record::{Face, Record};
pub(crate) use record::{Written, is_inside};
pub use row::Row;
pub(crate) use row::{address, number_of, party_of};

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
