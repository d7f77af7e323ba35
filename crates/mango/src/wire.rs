//! Bytes: forms, parameters and answers as they travel. No decisions.

mod bounds;
mod form;
mod params;
mod reply;
mod shown;

pub(crate) use bounds::{calendar_day, named};
pub(crate) use form::Form;
pub use params::Params;
pub use reply::Reply;
pub(crate) use reply::{Answer, done};
pub(crate) use shown::{Each, shown};
