//! Bytes: forms, parameters and answers as they travel. No decisions.

mod bounds;
mod form;
#[cfg(test)]
mod fuzz;
mod moments;
mod params;
mod reply;
mod shown;

pub(crate) use bounds::named;
pub(crate) use form::Form;
pub(crate) use moments::{calendar_day, clock, date, day_and_time, numbers, whole};
pub use params::Params;
pub use reply::Reply;
pub(crate) use reply::{Answer, done};
pub(crate) use shown::{Each, shown};
