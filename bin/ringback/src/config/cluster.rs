//! What is said about other processes that are to be one Ringback with this one.

use ringback_mock::Reads;

use super::layers::Layers;
use crate::{
    Fault,
    cli::{Flags, ReadsFrom},
};

/// What processes share unless told otherwise.
pub(super) const DEPLOYMENT: &str = "ringback";

/// The most servers that can keep a stream.
const MOST_REPLICAS: usize = 5;

/// Where the log is that several processes share.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) options: ringback_jetstream::Options,
    pub(crate) reads: Reads,
}

/// Checks what was said; what is about a cluster and of no use without one is told.
pub(super) fn cluster(
    flags: &Flags,
    layers: &Layers,
    warnings: &mut Vec<String>,
) -> Result<Option<Cluster>, Fault> {
    if flags.cluster.iter().all(|server| server.trim().is_empty()) {
        let idle = [
            ("deployment", flags.deployment.is_some()),
            ("reads", flags.reads.is_some()),
            ("nats-creds", flags.nats_creds.is_some()),
            ("nats-ca", flags.nats_ca.is_some()),
            ("nats-replicas", flags.nats_replicas.is_some()),
        ];
        for (key, _) in idle.iter().filter(|(_, is_said)| *is_said) {
            warnings.push(format!("{}: there is no --cluster", layers.name(key)));
        }
        return Ok(None);
    }
    let said = |key: &str, what: &str| Fault::new(format!("{}: {what}", layers.name(key)));
    let deployment = flags.deployment.as_deref().unwrap_or(DEPLOYMENT);
    let options = ringback_jetstream::Options::new(&flags.cluster.join(","), deployment);
    let mut options = options.map_err(|error| {
        let is_name = matches!(error, ringback_jetstream::ClusterError::Deployment(_));
        said(if is_name { "deployment" } else { "cluster" }, &error.to_string())
    })?;
    for (key, file) in [("nats-creds", &flags.nats_creds), ("nats-ca", &flags.nats_ca)] {
        if let Some(file) = file.as_deref().filter(|file| !file.is_file()) {
            return Err(said(key, &format!("{}: no such file", file.display())));
        }
    }
    if let Some(replicas) = flags.nats_replicas.filter(|n| !(1..=MOST_REPLICAS).contains(n)) {
        let what = format!("{replicas}: from 1 to {MOST_REPLICAS} are possible");
        return Err(said("nats-replicas", &what));
    }
    options.credentials.clone_from(&flags.nats_creds);
    options.ca.clone_from(&flags.nats_ca);
    options.replicas = flags.nats_replicas;
    let reads = match flags.reads {
        Some(ReadsFrom::Local) => Reads::Local,
        Some(ReadsFrom::Latest) | None => Reads::Latest,
    };
    Ok(Some(Cluster { options, reads }))
}
