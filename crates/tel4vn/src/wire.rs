//! The bytes: what requests hold, how moments and numbers are written, and what every answer has.

pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod phone;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod schema;
pub(crate) mod stamp;

#[cfg(test)]
mod tests;
