//! The connection: made once, watched all the time.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::AccountErrorKind;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::object_store::ObjectStore;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectErrorKind};
use futures_util::StreamExt;
use tokio::time::{sleep, timeout};

use crate::{ClusterError, Options, clock, names, stream};

/// The oldest server that is good enough: older ones have lost acknowledged records, and know no
/// `sync_interval` (docs/durability.md).
const NEEDED: (u64, u64) = (2, 12);
const NEEDED_TEXT: &str = "2.12";

/// How long servers may take to come up.
const STARTING: Duration = Duration::from_secs(15);

/// How often an echo is asked for, and how long one may take before the server counts as hung.
const ECHO_EVERY: Duration = Duration::from_secs(1);
const ECHO_WITHIN: Duration = Duration::from_millis(2500);

/// What the tasks of a process share.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) context: Context,
    pub(crate) options: Options,
    /// The pointers to the newest snapshots, one for each instance.
    pub(crate) pointers: Store,
    /// Snapshots, and records that are too large for a message.
    pub(crate) objects: ObjectStore,
}

/// Connects, looks whether the server will do, and makes the buckets.
pub(crate) async fn connect(options: &Options) -> Result<Arc<Link>, ClusterError> {
    let client = reach(options).await?;
    let version = client.server_info().version;
    if !is_new_enough(&version) {
        return Err(ClusterError::Version {
            addresses: options.addresses(),
            found: version,
            needed: NEEDED_TEXT,
        });
    }
    let context = jetstream::new(client.clone());
    has_jetstream(&context, options).await?;

    let bucket = names::bucket(&options.deployment);
    stream::ensure(&context, options, stream::pointers(&bucket)).await?;
    stream::ensure(&context, options, stream::objects(&bucket)).await?;
    let unusable = |stream: String, reason: String| ClusterError::Stream { stream, reason };
    let pointers = context
        .get_key_value(&bucket)
        .await
        .map_err(|error| unusable(format!("KV_{bucket}"), error.to_string()))?;
    let objects = context
        .get_object_store(&bucket)
        .await
        .map_err(|error| unusable(format!("OBJ_{bucket}"), error.to_string()))?;

    log::info!(
        "connected to NATS {version} at {}, deployment {}",
        options.addresses(),
        options.deployment
    );
    tokio::spawn(watch(client.clone()));
    Ok(Arc::new(Link { client, context, options: options.clone(), pointers, objects }))
}

async fn reach(options: &Options) -> Result<Client, ClusterError> {
    let connect = options.connect_options().await?;
    let give_up = clock::now() + STARTING;
    loop {
        let error = match connect.clone().connect(&options.servers[..]).await {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        let hopeless = match error.kind() {
            ConnectErrorKind::ServerParse
            | ConnectErrorKind::Authentication
            | ConnectErrorKind::AuthorizationViolation
            | ConnectErrorKind::Tls
            | ConnectErrorKind::MaxReconnects => true,
            ConnectErrorKind::Dns | ConnectErrorKind::TimedOut => false,
            // A certificate that is not trusted.
            ConnectErrorKind::Io => std::error::Error::source(&error)
                .and_then(|source| source.downcast_ref::<std::io::Error>())
                .is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData),
        };
        if hopeless || clock::now() >= give_up {
            return Err(ClusterError::Unreachable {
                addresses: options.addresses(),
                reason: error.to_string(),
            });
        }
        sleep(Duration::from_millis(250)).await;
    }
}

/// A cluster that has just started has no leader yet, and says so in several ways.
async fn has_jetstream(context: &Context, options: &Options) -> Result<(), ClusterError> {
    let give_up = clock::now() + STARTING;
    loop {
        let Err(error) = context.query_account().await else { return Ok(()) };
        let hopeless = match error.kind() {
            AccountErrorKind::JetStream(error) => error.code() != 503,
            AccountErrorKind::TimedOut
            | AccountErrorKind::JetStreamUnavailable
            | AccountErrorKind::Other => false,
        };
        if hopeless || clock::now() >= give_up {
            return Err(ClusterError::NoJetStream {
                addresses: options.addresses(),
                reason: error.to_string(),
            });
        }
        sleep(Duration::from_millis(250)).await;
    }
}

/// Asks the server for an echo every second, and leaves one that is too slow.
///
/// A server that hangs keeps its connections open, and the client's own pings take three times
/// their interval to notice.
async fn watch(client: Client) {
    let inbox = client.new_inbox();
    let Ok(mut echoes) = client.subscribe(inbox.clone()).await else { return };
    loop {
        sleep(ECHO_EVERY).await;
        if client.connection_state() != async_nats::connection::State::Connected {
            continue;
        }
        let echo = async {
            client.publish(inbox.clone(), "".into()).await.ok();
            echoes.next().await
        };
        match timeout(ECHO_WITHIN, echo).await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(_) => {
                log::warn!("the NATS server does not answer; trying another");
                client.force_reconnect().await.ok();
            }
        }
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else { return false };
    (major, minor) >= NEEDED
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        for version in ["2.12.0", "2.15.1", "2.100.0-RC.1", "3.0.0"] {
            assert!(is_new_enough(version), "{version}");
        }
        for version in ["2.9.10", "2.11.99", "1.13", "", "two", "2"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
