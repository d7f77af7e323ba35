//! Instances built, and the sockets they answer on.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use ringback_mock::{AccountId, Mount, View, serve::Port};

use crate::{
    Fault, Status,
    config::{Config, Wanted, check_webhook, reached},
    vendors::Known,
};

/// An instance that is ready to answer.
pub(crate) struct Built {
    pub(crate) vendor: Known,
    pub(crate) port: u16,
    pub(crate) mount: Arc<dyn Mount>,
    /// The credentials of its demo account, if somebody wants to know.
    pub(crate) credentials: Vec<String>,
}

/// Something that answers, and where.
pub(crate) struct Bound {
    pub(crate) instance: Option<Built>,
    pub(crate) address: SocketAddr,
}

/// Builds the instances. A mistake in one is told before any socket is taken.
pub(crate) fn build(config: &Config) -> Result<Vec<Built>, Fault> {
    let mut built = Vec::new();
    for Wanted { vendor, port, options, has_begun } in &config.instances {
        let is_told = options.webhook.is_some();
        let options = options.clone();
        let credentials = match config.ready_file {
            Some(_) => (vendor.credentials)(&options),
            None => Vec::new(),
        };
        let mount = match (&config.contacts, vendor.build_with) {
            // A log that has begun has them already.
            (Some(contacts), Some(build_with)) if !has_begun => {
                let name = options.label.clone().unwrap_or_else(|| vendor.name.to_owned());
                contacts.show(&name, |progress| build_with(options, contacts, progress))?
            }
            _ => (vendor.build)(options).map_err(Fault::new)?,
        };
        if is_told && !mount.has_webhooks() {
            return Err(Fault::new(format!("--webhook {0}: {0} has no webhooks", vendor.name)));
        }
        built.push(Built { vendor: *vendor, port: *port, mount, credentials });
    }
    Ok(built)
}

/// Says which instances tell their news to a literal address where webhooks may not go, whoever said
/// so: a vendor has settings for that as well.
pub(crate) fn warnings(config: &Config, built: &[Built]) -> Vec<String> {
    let pairs = config.instances.iter().zip(built);
    let refused = pairs.filter_map(|(wanted, built)| {
        let webhook = built.mount.view(AccountId::DEMO, View::Webhook)?;
        let refused = check_webhook(webhook.get("url")?.as_str()?, wanted.options.targets);
        Some(format!("{}: webhooks are never delivered: {}", built.mount.name(), refused.err()?))
    });
    refused.collect()
}

/// Binds the sockets, one for all that share a port. Every socket is tried, so that all that are
/// taken are told at once.
pub(crate) fn bind(config: &Config, built: Vec<Built>) -> Result<(Vec<Port>, Vec<Bound>), Fault> {
    let all: Vec<Arc<dyn Mount>> = built.iter().map(|built| Arc::clone(&built.mount)).collect();
    let mut ports: Vec<(u16, Port)> = Vec::new();
    let mut bound = Vec::new();
    let mut taken = Taken::default();
    for instance in built {
        let mount = Arc::clone(&instance.mount);
        let shared = ports.iter_mut().find(|(port, _)| *port == instance.port && *port != 0);
        let address = match shared {
            Some((_, shared)) => {
                shared.mounts.push(mount);
                shared.listener.local_addr()
            }
            None => {
                let Some(listener) = taken.listen(config, instance.port, mount.name()) else {
                    taken.remedy(format!("--vendor {}=PORT", instance.vendor.name));
                    continue;
                };
                let address = listener.local_addr();
                ports.push((instance.port, Port { listener, mounts: vec![mount], hub: false }));
                address
            }
        };
        let address = address.map_err(Fault::new)?;
        let reached = reached(address.ip(), address.port());
        instance.mount.listens_at(format!("http://{reached}"));
        bound.push(Bound { instance: Some(instance), address });
    }
    if let Some(port) = config.hub {
        match taken.listen(config, port, "hub") {
            Some(listener) => {
                let address = listener.local_addr().map_err(Fault::new)?;
                bound.push(Bound { instance: None, address });
                ports.push((port, Port { listener, mounts: all, hub: true }));
            }
            None => taken.remedy("--hub PORT or --no-hub".to_owned()),
        }
    }
    taken.or_fault()?;
    Ok((ports.into_iter().map(|(_, port)| port).collect(), bound))
}

/// The sockets that cannot be had, and what to do about them.
#[derive(Default)]
struct Taken {
    /// Addresses with who wanted to listen there, and why they cannot.
    found: Vec<(SocketAddr, Vec<String>, String)>,
    remedies: Vec<String>,
}

impl Taken {
    fn listen(&mut self, config: &Config, port: u16, name: &str) -> Option<TcpListener> {
        let address = SocketAddr::new(config.bind, port);
        let error = match TcpListener::bind(address) {
            Ok(listener) => return Some(listener),
            Err(error) => error.to_string(),
        };
        match self.found.iter_mut().find(|(other, ..)| *other == address && port != 0) {
            Some((_, names, _)) => names.push(name.to_owned()),
            None => self.found.push((address, vec![name.to_owned()], error)),
        }
        None
    }

    fn remedy(&mut self, remedy: String) {
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
    }

    fn or_fault(self) -> Result<(), Fault> {
        if self.found.is_empty() {
            return Ok(());
        }
        let found = self.found.iter().map(|(address, names, error)| {
            format!("{} cannot listen on {address}: {error}", names.join(" and "))
        });
        let found: Vec<String> = found.collect();
        let remedies = self.remedies.join(", ");
        let what = format!("{}; choose others with {remedies}", found.join("; "));
        Err(Fault::new(what).with(Status::CannotBind))
    }
}
