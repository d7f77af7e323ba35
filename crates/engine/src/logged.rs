//! An engine with a log: what is replicated, what an entry says, how records are applied.

pub(crate) mod apply;
pub(crate) mod entry;
pub(crate) mod follower;
pub(crate) mod open;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod tip;
pub(crate) mod turns;
