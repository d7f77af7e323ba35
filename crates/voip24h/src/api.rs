//! The handlers: the partner endpoint and the links it gives out, then the faces beside it.

pub(crate) mod dial_service;
pub(crate) mod fdownload;
pub(crate) mod history;
pub(crate) mod old;
pub(crate) mod partner;
pub(crate) mod recording;
pub(crate) mod subscription;
pub(crate) mod v3;
