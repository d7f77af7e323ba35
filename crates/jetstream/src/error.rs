//! Why a cluster cannot be used.

use std::path::PathBuf;

/// A cluster cannot be used. The message is one line, and holds no password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClusterError {
    /// Something that is no address, or nothing.
    #[error("{}", said_of_address(.0))]
    Address(String),
    /// The addresses name different users.
    #[error("the addresses of the NATS servers have different logins; one is used for all of them")]
    Logins,
    /// A deployment's name that cannot be part of a stream's.
    #[error("the deployment's name {0:?} is not 1 to 32 of a-z, 0-9 and -")]
    Deployment(String),
    /// An instance's name that cannot be part of a stream's.
    #[error("the instance's name {0:?} is not 1 to 32 of a-z, 0-9 and -, so it has no stream")]
    Instance(String),
    /// A file that cannot be read.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// No server answers, or none lets us in.
    #[error("no NATS server could be reached at {addresses}: {reason}")]
    Unreachable {
        /// Those that were tried.
        addresses: String,
        /// Why not.
        reason: String,
    },
    /// The server is too old.
    #[error("the NATS server at {addresses} is version {found}; {needed} or newer is needed")]
    Version {
        /// Those that were tried.
        addresses: String,
        /// The version that it says it is.
        found: String,
        /// The oldest that is good enough.
        needed: &'static str,
    },
    /// The server has no JetStream, or not for this account.
    #[error("JetStream is not enabled at {addresses}: {reason}")]
    NoJetStream {
        /// Those that were tried.
        addresses: String,
        /// What the server says.
        reason: String,
    },
    /// A stream cannot be made, or cannot be used as it is.
    #[error("the stream {stream} cannot be used: {reason}")]
    Stream {
        /// Its name.
        stream: String,
        /// Why not.
        reason: String,
    },
    /// The computer has no thread for the connection.
    #[error("the connection to NATS cannot be served: {0}")]
    Thread(String),
}

fn said_of_address(address: &str) -> String {
    if address.is_empty() {
        return "no address of a NATS server is given".into();
    }
    format!("{address:?} is not the address of a NATS server, such as nats://host:4222")
}
