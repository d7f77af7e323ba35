//! The exchange's words in the vendor's.

mod campaign_row;
mod cause;
mod center_row;
mod disposition;
mod lead_row;
mod record;
mod row;
mod status;
mod written;
mod written_v3;

pub(crate) use campaign_row::{CampaignRow, FirstCampaign, ListRow, template_name};
pub(crate) use cause::cause;
pub(crate) use center_row::{AudioRow, CarrierRow, UserRow, template, user_status};
pub(crate) use lead_row::{LeadReport, LeadRow};
pub(crate) use record::is_inside;
pub use record::{Face, Record};
pub use row::Row;
pub(crate) use row::{address, number_of, party_of};
pub use status::CallStatus;
pub(crate) use written::Rows;
pub(crate) use written_v3::Whose;

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
