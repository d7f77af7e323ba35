//! The command log on NATS JetStream: several processes that share a log are one Ringback.
//!
//! A [`Cluster`] is one connection, served by one thread. [`Cluster::log`] gives the
//! [`Log`](ringback_engine::ordered::Log) of an instance, which is a stream of its own:
//!
//! - A position is the stream's sequence, so that a missing record is noticed by counting. With a
//!   stream for all instances the positions of one of them would have gaps.
//! - The leader of the stream is the sequencer: records are published plainly, under an id that
//!   makes a retry no second record, until they have come round or the time for that is over.
//! - What comes round is told apart by that id, and never by the sequence of an acknowledgement.
//! - Records larger than the server takes, and snapshots, are in an object store beside it.
//!
//! ```no_run
//! use ringback_engine::ordered::{EntryId, Log};
//! use ringback_jetstream::{Cluster, Options};
//!
//! let cluster = Cluster::connect(&Options::new("nats://127.0.0.1:4222", "ringback")?)?;
//! let log = cluster.log("voip24h")?;
//! let position = log.submit(EntryId { origin: 7, serial: 1 }, "a record".into());
//! # drop(position);
//! # Ok::<(), ringback_jetstream::ClusterError>(())
//! ```

mod clock;
mod cluster;
mod error;
mod follow;
#[cfg(test)]
mod fuzz;
mod instance;
mod jetstream;
mod link;
mod names;
mod objects;
mod options;
mod outbox;
mod publish;
mod snapshots;
mod stream;

pub use cluster::Cluster;
pub use error::ClusterError;
pub use jetstream::JetStream;
pub use options::{Options, without_login};
