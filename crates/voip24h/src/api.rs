//! The handlers: the partner endpoint, and the links it gives out.

pub(crate) mod partner;
pub(crate) mod recording;
