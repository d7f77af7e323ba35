//! Binds every socket, starts everything, waits for the end.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::rt;
use ringback_mock::{
    Mount,
    serve::{Port, Setup, serve, tls},
};

use crate::{
    Fault,
    config::{Config, Tls, Wanted},
    logging, table,
};

/// Runs what was asked for until Ctrl-C or SIGTERM.
pub(crate) fn run(config: Config) -> Result<(), Fault> {
    logging::begin(config.log_format);
    raise_limits();
    let tls = match &config.tls {
        Tls::Off => None,
        Tls::SelfSigned => Some(tls::self_signed().map_err(Fault::new)?),
        Tls::Files { certificate, key } => {
            Some(tls::from_files(certificate, key).map_err(Fault::new)?)
        }
    };
    let (ports, lines) = bind(&config)?;
    let setup = Setup { workers: config.workers, tls, control_token: config.control_token.clone() };
    rt::System::new().block_on(async move {
        let server = serve(ports, &setup).map_err(Fault::new)?;
        // Before the table says that all is ready: whoever reads it may send a signal at once.
        let mut ending = Ending::listen();
        table::print_start(&config, &lines);
        let handle = server.handle();
        rt::spawn(async move {
            ending.comes().await;
            log::info!("stopping: finishing requests; once more to stop at once");
            rt::spawn(async move {
                ending.comes().await;
                std::process::exit(130);
            });
            handle.stop(true).await;
        });
        server.await.map_err(Fault::new)?;
        log::info!("stopped");
        Ok(())
    })
}

/// Takes as many descriptors as the system gives without asking: each connection and each webhook
/// under way needs one, and the usual 256 or 1,024 are soon gone.
fn raise_limits() {
    const WANTED: u64 = 65_536;
    if let Err(error) = rlimit::increase_nofile_limit(WANTED) {
        log::debug!("the limit of open files stays as it is: {error}");
    }
}

/// Builds the instances and binds their sockets, those that share a port together.
fn bind(config: &Config) -> Result<(Vec<Port>, Vec<table::Line>), Fault> {
    // Every instance before the first socket: a mistake in one is told as such, whatever is taken.
    let mut built = Vec::new();
    for Wanted { vendor, port, options } in &config.instances {
        let told = options.webhook.is_some();
        let options = options.clone();
        let mount = match (&config.contacts, vendor.build_with) {
            (Some(contacts), Some(build_with)) => {
                let name = options.label.clone().unwrap_or_else(|| vendor.name.to_owned());
                contacts.show(&name, |progress| build_with(options, contacts, progress))?
            }
            _ => (vendor.build)(options).map_err(Fault::new)?,
        };
        if told && !mount.has_webhooks() {
            return Err(Fault(format!("--webhook {0}: {0} has no webhooks", vendor.name)));
        }
        built.push((vendor, port, mount));
    }
    let mut ports: Vec<(u16, Port)> = Vec::new();
    let mut lines = Vec::new();
    let mut all: Vec<Arc<dyn Mount>> = Vec::new();
    for (vendor, port, mount) in built {
        all.push(Arc::clone(&mount));
        let shared = ports.iter_mut().find(|(number, _)| *number == *port && *port != 0);
        let address = match shared {
            Some((_, shared)) => {
                shared.mounts.push(Arc::clone(&mount));
                shared.listener.local_addr().map_err(Fault::new)?
            }
            None => {
                let listener = listen(config, *port, mount.name())?;
                let address = listener.local_addr().map_err(Fault::new)?;
                let mounts = vec![Arc::clone(&mount)];
                ports.push((*port, Port { listener, mounts, hub: false }));
                address
            }
        };
        lines.push(table::Line::of(&mount, vendor.name, address));
    }
    if let Some(port) = config.hub {
        let listener = listen(config, port, "hub")?;
        let address = listener.local_addr().map_err(Fault::new)?;
        lines.push(table::Line::hub(address));
        ports.push((port, Port { listener, mounts: all, hub: true }));
    }
    Ok((ports.into_iter().map(|(_, port)| port).collect(), lines))
}

fn listen(config: &Config, port: u16, name: &str) -> Result<TcpListener, Fault> {
    let address = SocketAddr::new(config.bind, port);
    TcpListener::bind(address).map_err(|error| {
        let remedy = match name {
            "hub" => "choose another with --hub PORT, or none with --no-hub".to_owned(),
            _ => {
                let vendor = name.split_once('-').map_or(name, |(vendor, _)| vendor);
                format!("choose another with --vendor {vendor}=PORT")
            }
        };
        Fault(format!("{name} cannot listen on {address}: {error}; {remedy}"))
    })
}

/// Ctrl-C, and SIGTERM where there is such a thing.
#[cfg(unix)]
struct Ending(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Ending {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listened = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        let warn = |error| log::warn!("a signal will end this without a farewell: {error}");
        Self(listened.into_iter().filter_map(|signal| signal.map_err(warn).ok()).collect())
    }

    /// Returns when one of them comes.
    async fn comes(&mut self) {
        let mut each = self.0.iter_mut();
        match (each.next(), each.next()) {
            (Some(one), Some(other)) => {
                tokio::select! {
                    _ = one.recv() => {}
                    _ = other.recv() => {}
                }
            }
            (Some(one), None) => drop(one.recv().await),
            (None, _) => std::future::pending().await,
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Ending;

#[cfg(not(unix))]
impl Ending {
    fn listen() -> Self {
        Self
    }

    /// Returns when it comes.
    async fn comes(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            log::warn!("Ctrl-C will end this without a farewell: {error}");
            std::future::pending::<()>().await;
        }
    }
}
