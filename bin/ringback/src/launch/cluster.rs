//! The log that several processes share: reached before anything is built.

use std::sync::Arc;

use ringback_engine::SnapshotEvery;
use ringback_jetstream::ClusterError;
use ringback_mock::InstanceLog;

use crate::{Fault, Status, config::Config};

/// Connects, and gives each instance its log.
pub(super) fn open(config: &mut Config) -> Result<(), Fault> {
    let Some(cluster) = &config.cluster else { return Ok(()) };
    let connected = ringback_jetstream::Cluster::connect(&cluster.options).map_err(fault)?;
    for wanted in &mut config.instances {
        let name = wanted.options.label.as_deref().unwrap_or(wanted.vendor.name);
        let log = Arc::new(connected.log(name).map_err(fault)?);
        let snapshots = SnapshotEvery::default();
        wanted.options.log = Some(InstanceLog { log, reads: cluster.reads, snapshots });
    }
    Ok(())
}

/// What cannot be reached may be there the next time; the rest is a mistake.
fn fault(error: ClusterError) -> Fault {
    let status = match error {
        ClusterError::Unreachable { .. }
        | ClusterError::NoJetStream { .. }
        | ClusterError::Stream { .. }
        | ClusterError::Thread(_) => Status::Failed,
        ClusterError::Address(_)
        | ClusterError::Logins
        | ClusterError::Deployment(_)
        | ClusterError::Instance(_)
        | ClusterError::File { .. }
        | ClusterError::Version { .. } => Status::Usage,
    };
    Fault::new(format!("--cluster: {error}")).with(status)
}
