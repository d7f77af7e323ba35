//! What a user can say about an instance, and why it cannot be set up.

use std::sync::Arc;

use ipnet::IpNet;
use ringback_engine::{Clock, EngineError, OffsetDateTime, SnapshotEvery, Start, ordered};
use serde_json::Value;

use crate::{bench::Bench, webhook::Targets};

/// The moment at which a frozen clock begins unless told otherwise: a Monday at nine.
pub const FROZEN_AT: OffsetDateTime = time::macros::datetime!(2026-01-05 09:00:00 UTC);

/// Everything a user can say about an instance, the same for all vendors.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the control API calls the instance; the vendor's name when absent.
    pub label: Option<String>,
    /// The seed of everything drawn.
    pub seed: u64,
    /// Where the clock begins, and whether it runs.
    pub start: Start,
    /// The clock to go by, which others may share, instead of one of its own.
    pub clock: Option<Clock>,
    /// How many instances go by it.
    pub clock_users: usize,
    /// What stands beside the machines of the process, which others may share, instead of one of its
    /// own.
    pub bench: Option<Arc<Bench>>,
    /// The log that keeps what happens, instead of none.
    pub log: Option<InstanceLog>,
    /// Whether webhooks are sent; where not, they wait.
    pub sends_webhooks: bool,
    /// Whether an unknown credential opens a new account instead of being refused.
    pub open_accounts: bool,
    /// How many finished calls of the past days to begin with.
    pub history: usize,
    /// Where webhooks go.
    pub webhook: Option<String>,
    /// Which hosts webhooks may go to.
    pub targets: Targets,
    /// The address in links, instead of the one the client used.
    pub public_url: Option<String>,
    /// Proxies that are believed when they say by which address a client came, beside those on the
    /// same computer.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the instance will listen, if that is known already: for links in webhooks.
    pub address: Option<String>,
    /// The vendor's `fresh.json`, instead of the one it brings.
    pub fresh: Option<String>,
    /// The vendor's section of the configuration.
    pub settings: Value,
    /// Rules of behaviour and extensions.
    pub scenario: Value,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            label: None,
            seed: 0,
            start: Start::Now,
            clock: None,
            clock_users: 1,
            bench: None,
            log: None,
            sends_webhooks: true,
            open_accounts: false,
            history: 0,
            webhook: None,
            targets: Targets::default(),
            public_url: None,
            trusted_proxies: Vec::new(),
            address: None,
            fresh: None,
            settings: Value::Null,
            scenario: Value::Null,
        }
    }
}

/// Where an instance keeps what happens, so that nothing is lost with the process, or several processes
/// are one.
#[derive(Clone)]
pub struct InstanceLog {
    /// The log; it is this instance's alone.
    pub log: Arc<dyn ordered::Log>,
    /// What a request sees of what other processes have written.
    pub reads: Reads,
    /// When snapshots are due.
    pub snapshots: SnapshotEvery,
}

/// What a request sees of what other processes have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reads {
    /// Everything that was committed before it came, wherever that was.
    #[default]
    Latest,
    /// What has come here: at once, and perhaps not the latest.
    Local,
}

impl std::fmt::Debug for InstanceLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("InstanceLog");
        shown.field("kind", &self.log.kind()).field("reads", &self.reads).finish_non_exhaustive()
    }
}

impl From<Arc<dyn ordered::Log>> for InstanceLog {
    fn from(log: Arc<dyn ordered::Log>) -> Self {
        Self { log, reads: Reads::default(), snapshots: SnapshotEvery::default() }
    }
}

/// Why an instance cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The vendor's fresh contents are not what it expects.
    #[error("{vendor}: fresh.json: {error}")]
    Fresh {
        /// Which vendor.
        vendor: &'static str,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The vendor's section of the configuration is not what it expects.
    #[error("{vendor}: settings: {error}")]
    Settings {
        /// Which vendor.
        vendor: &'static str,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The scenario is not what the vendor expects.
    #[error("{vendor}: scenario: {error}")]
    Scenario {
        /// Which vendor.
        vendor: &'static str,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The webhook address cannot be used.
    #[error("{vendor}: webhook: {error}")]
    Webhook {
        /// Which vendor.
        vendor: &'static str,
        /// What is wrong.
        error: crate::webhook::TargetRefused,
    },
    /// The log cannot be gone on with.
    #[error("{vendor}: {error}")]
    Log {
        /// Which vendor.
        vendor: &'static str,
        /// What is wrong.
        error: EngineError,
    },
    /// The server cannot be started.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}
