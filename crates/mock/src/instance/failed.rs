//! Why something does not reach a world, or is refused there.

use ringback_engine::EngineError;

use crate::ControlRefused;

/// Why a command did not reach its world.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The engine could not log it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The account is gone: the instance was reset meanwhile.
    #[error("the account is gone")]
    AccountGone,
}

/// Why the control API does not do something.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The request is not of the form of any control.
    #[error("{0}")]
    Malformed(String),
    /// The world refuses it.
    #[error(transparent)]
    Refused(#[from] ControlRefused),
    /// It could not be logged.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}
