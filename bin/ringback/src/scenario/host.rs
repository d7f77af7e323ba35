//! The Ringback that a scenario is played against: vendors of its own, or one that runs already.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use actix_web::{dev::ServerHandle, rt};
use ringback_mock::{
    Mount, Options,
    serve::{Port, Setup, serve},
};
use serde_json::Value;

use super::file::Played;
use crate::Fault;

/// Where a scenario is played.
pub(super) struct Host {
    /// The address of the hub.
    pub(super) hub: String,
    /// Who takes part; steps are about the first one unless they say otherwise.
    pub(super) vendors: Vec<String>,
    server: Option<ServerHandle>,
}

impl Host {
    /// Takes a Ringback that runs.
    pub(super) fn running(url: &str, played: &Played) -> Self {
        Self { hub: url.trim_end_matches('/').to_owned(), vendors: names(played), server: None }
    }

    /// Starts vendors on free ports, under one clock that stands.
    pub(super) fn start(path: &Path, played: &Played) -> Result<Self, Fault> {
        let fault =
            |error: &dyn std::fmt::Display| Fault::new(format!("{}: {error}", path.display()));
        let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let clock = played.start.clock();
        let (mut ports, mut all) = (Vec::new(), Vec::<Arc<dyn Mount>>::new());
        for vendor in &played.vendors {
            let listener = listen().map_err(|error| fault(&error))?;
            let address = listener.local_addr().map_err(|error| fault(&error))?;
            let setting = |of: &serde_json::Map<String, Value>| of.get(vendor.name).cloned();
            let options = Options {
                seed: played.seed,
                start: played.start,
                clock: Some(clock.clone()),
                clock_users: played.vendors.len(),
                webhook: setting(&played.webhook).and_then(|url| url.as_str().map(str::to_owned)),
                settings: setting(&played.settings).unwrap_or_default(),
                scenario: played.world.of(vendor),
                address: Some(format!("http://{address}")),
                ..Options::default()
            };
            let mount = (vendor.build)(options).map_err(|error| fault(&error))?;
            mount.listens_at(format!("http://{address}"));
            all.push(Arc::clone(&mount));
            ports.push(Port { listener, mounts: vec![mount], hub: false });
        }
        let listener = listen().map_err(|error| fault(&error))?;
        let hub = listener.local_addr().map_err(|error| fault(&error))?;
        ports.push(Port { listener, mounts: all, hub: true });
        let setup = Setup { workers: 1, ..Setup::default() };
        let server = serve(ports, &setup).map_err(|error| fault(&error))?;
        let handle = server.handle();
        rt::spawn(server);
        let vendors = names(played);
        Ok(Self { hub: format!("http://{hub}"), vendors, server: Some(handle) })
    }

    pub(super) async fn stop(self) {
        if let Some(server) = self.server {
            server.stop(false).await;
        }
    }
}

fn names(played: &Played) -> Vec<String> {
    played.vendors.iter().map(|vendor| vendor.name.to_owned()).collect()
}
