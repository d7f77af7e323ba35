//! What has to be known before a cluster can be reached.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::{ConnectOptions, Event, ServerAddr};

use crate::ClusterError;

/// How long a server remembers the ids of records, and so how long a retry makes no second one.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);

/// How long a record is tried. An election takes 4 to 9 seconds, which is NATS's own.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the cluster is and how it is used.
#[derive(Clone)]
pub struct Options {
    pub(crate) servers: Vec<ServerAddr>,
    pub(crate) deployment: String,
    /// A file with the credentials of a NATS account (`.creds`).
    pub credentials: Option<PathBuf>,
    /// A file with the certificates (PEM) of the authority that signed the servers'; without one
    /// those of the system are used.
    pub ca: Option<PathBuf>,
    /// How many nodes keep each record; without a number three, or as many as there are. It counts
    /// only when a stream is made.
    pub replicas: Option<usize>,
    /// How long a record is tried before the log says that it does not know. Well inside
    /// [`duplicate_window`](Self::duplicate_window).
    pub patience: Duration,
    /// How long the servers remember the ids of records. It counts only when a stream is made.
    pub duplicate_window: Duration,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses may hold passwords.
        f.debug_struct("Options")
            .field("servers", &self.addresses())
            .field("deployment", &self.deployment)
            .field("credentials", &self.credentials)
            .field("ca", &self.ca)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// Reads the addresses of NATS servers, separated by commas, such as
    /// `nats://user:password@host:4222`, `tls://host`, or `nats://token@host`. The deployment names
    /// what the processes share: 1 to 32 of `a`–`z`, `0`–`9` and `-`.
    ///
    /// # Errors
    /// When an address or the name cannot be used, or when two addresses have different credentials.
    pub fn new(servers: &str, deployment: &str) -> Result<Self, ClusterError> {
        let servers: Vec<ServerAddr> = servers
            .split(',')
            .map(str::trim)
            .filter(|server| !server.is_empty())
            .map(|server| {
                server
                    .parse::<ServerAddr>()
                    .ok()
                    .filter(|server| !server.is_websocket())
                    .ok_or_else(|| ClusterError::Address(without_login(server)))
            })
            .collect::<Result<_, _>>()?;
        if servers.is_empty() {
            return Err(ClusterError::Address(String::new()));
        }
        if !crate::names::is_plain(deployment) {
            return Err(ClusterError::Deployment(deployment.into()));
        }
        let options = Self {
            servers,
            deployment: deployment.into(),
            credentials: None,
            ca: None,
            replicas: None,
            patience: PATIENCE,
            duplicate_window: DUPLICATE_WINDOW,
        };
        options.login()?;
        Ok(options)
    }

    /// Returns the name that the processes share.
    pub fn deployment(&self) -> &str {
        &self.deployment
    }

    /// Returns the servers' addresses without passwords, for messages.
    pub(crate) fn addresses(&self) -> String {
        let addresses: Vec<_> =
            self.servers.iter().map(|s| format!("{}:{}", s.host(), s.port())).collect();
        addresses.join(", ")
    }

    /// Returns what the addresses say about who is connecting. The client has one login for all
    /// servers of a cluster, as a cluster has.
    fn login(&self) -> Result<Option<(String, Option<String>)>, ClusterError> {
        let mut login = None;
        for server in &self.servers {
            let Some(user) = server.username() else { continue };
            let this = (decoded(user), server.password().map(decoded));
            if login.get_or_insert_with(|| this.clone()) != &this {
                return Err(ClusterError::Logins);
            }
        }
        Ok(login)
    }

    pub(crate) async fn connect_options(&self) -> Result<ConnectOptions, ClusterError> {
        let mut options = ConnectOptions::new()
            .name(format!("ringback {}", self.deployment))
            // A hung server is worse than a dead one: sixty seconds would be the default.
            .ping_interval(Duration::from_secs(2))
            .connection_timeout(Duration::from_secs(2))
            .request_timeout(Some(Duration::from_secs(2)))
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(if attempts <= 1 { 0 } else { 100 })
            });
        let lost = Arc::new(AtomicBool::new(false));
        options = options.event_callback(move |event| {
            match event {
                Event::Disconnected => {
                    lost.store(true, Ordering::Relaxed);
                    log::warn!("the connection to NATS is lost; looking for another server");
                }
                Event::Connected if lost.swap(false, Ordering::Relaxed) => {
                    log::info!("connected to NATS again");
                }
                other => log::debug!("NATS: {other}"),
            }
            std::future::ready(())
        });
        if let Some((user, password)) = self.login()? {
            options = match password {
                Some(password) => options.user_and_password(user, password),
                None => options.token(user),
            };
        }
        if let Some(file) = &self.credentials {
            options = options.credentials_file(file).await.map_err(|error| ClusterError::File {
                file: file.clone(),
                reason: error.to_string(),
            })?;
        }
        if let Some(file) = &self.ca {
            // Read here for the sake of the message; the client would only say that TLS failed.
            std::fs::metadata(file).map_err(|error| ClusterError::File {
                file: file.clone(),
                reason: error.to_string(),
            })?;
            options = options.add_root_certificates(file.clone());
        }
        Ok(options)
    }
}

/// Returns an address without what it says about who is connecting, to be shown.
pub fn without_login(server: &str) -> String {
    match server.rsplit_once('@') {
        Some((login, host)) => {
            let scheme = login.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://…@{host}")
        }
        None => server.into(),
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(servers: &str, deployment: &str) -> String {
        Options::new(servers, deployment).expect_err("refused").to_string()
    }

    #[test]
    fn addresses_are_read_with_their_login() {
        let options = Options::new("nats://us%40er:p%20w@a:4333, b", "staging-2").expect("read");
        assert_eq!(options.addresses(), "a:4333, b:4222");
        assert_eq!(options.login().expect("one"), Some(("us@er".into(), Some("p w".into()))));
        let options = Options::new("tls://secret@a,tls://secret@b", "x").expect("read");
        assert_eq!(options.login().expect("one"), Some(("secret".into(), None)));
        assert!(!format!("{options:?}").contains("secret"));
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_showing_a_password() {
        assert_eq!(refusal(" , ", "x"), "no address of a NATS server is given");
        assert_eq!(
            refusal("http://me:secret@host", "x"),
            "\"http://…@host\" is not the address of a NATS server, such as nats://host:4222"
        );
        assert!(refusal("ws://host", "x").contains("is not the address"));
        assert!(refusal("nats://a@h,nats://b@i", "x").contains("different logins"));
        assert!(refusal("nats://h", "Big One").contains("\"Big One\""));
    }
}
