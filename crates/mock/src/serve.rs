//! Ports: which instances answer on which socket, with or without TLS.

mod crowd;
mod deadlines;
mod forwarded;
mod play;
mod stream;
pub mod tls;
mod upgrade;

use std::future::ready;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, error::DispatchError};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{App, dev::AppConfig, rt::net::TcpStream, web};

use crate::{Mount, admin, router::Router};
pub use admin::{Guard, Page, Pages};
pub(crate) use crowd::connections;
pub use deadlines::Patience;
pub use forwarded::Forwarded;
pub(crate) use forwarded::address;
pub use stream::Secure;
use stream::Stream;

/// One socket and the instances behind it.
pub struct Port {
    /// The bound socket.
    pub listener: TcpListener,
    /// The instances that answer on it, in the order in which they were asked for.
    pub mounts: Vec<Arc<dyn Mount>>,
    /// Whether it answers the control API alone, for all of them.
    pub hub: bool,
}

/// What holds for all ports of a server.
#[derive(Clone)]
pub struct Setup {
    /// How many threads answer requests.
    pub workers: usize,
    /// The certificate, if the ports also speak TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// What a request of the control API has to show.
    pub guard: Guard,
    /// How long clients may keep a connection waiting.
    pub patience: Patience,
    /// The documents that the ports show.
    pub pages: Pages,
    /// What else the ports answer, before the control API: a page that is its client.
    pub extra: Option<Extra>,
    /// The configuration in effect, as TOML, for `GET /__admin/config.toml`.
    pub config: Option<Arc<str>>,
    /// Returns the latest lines of the process's log, for `GET /__admin/output`.
    pub output: Option<fn() -> String>,
}

/// Mounts something on a port, which is told whether it is the hub.
pub type Extra = fn(&mut web::ServiceConfig, bool);

impl Default for Setup {
    fn default() -> Self {
        let (guard, patience, pages) = (Guard::default(), Patience::default(), Pages::default());
        Self {
            workers: 1,
            tls: None,
            guard,
            patience,
            pages,
            extra: None,
            config: None,
            output: None,
        }
    }
}

/// The most connections of a worker, however many descriptors there are.
const MOST: usize = 25_600;

/// Starts a server on all ports. Has to be called inside an actix system.
///
/// A port answers plain HTTP, and with a certificate TLS as well. A TLS greeting on a port without
/// one is logged with a hint and closed.
///
/// # Errors
/// When a socket cannot be listened on.
pub fn serve(ports: Vec<Port>, setup: &Setup) -> io::Result<actix_server::Server> {
    // Connections that are idle, half-open or waiting do not hold up a stop: whoever stops a process
    // loses patience after a few seconds. The server looks once a second.
    let mut server = actix_server::Server::build()
        .workers(setup.workers)
        .max_concurrent_connections((crowd::room() / setup.workers.max(1)).clamp(8, MOST))
        .shutdown_timeout(1)
        .disable_signals();
    tell_addresses(&ports)?;
    let all: Arc<[_]> =
        ports.iter().filter(|port| !port.hub).flat_map(|port| port.mounts.clone()).collect();
    for port in ports {
        let Port { listener, mounts, hub } = port;
        let address = listener.local_addr()?;
        let ending = server.graceful_shutdown_signal();
        let (tls, patience, setup) = (setup.tls.clone(), setup.patience, setup.clone());
        let all = Arc::clone(&all);
        let named = mounts.iter().map(|mount| mount.name()).collect::<Vec<_>>().join("+");
        let router = Router::new(mounts.iter().map(|mount| mount.table()).collect(), true);
        server = server.listen(format!("{named}-{address}"), listener, move || {
            let app = App::new()
                .configure(contents(mounts.clone(), &all, hub, &router, setup.clone()))
                .default_service(web::to(|| ready(admin::not_found())));
            let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
            let ending = ending.clone();
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let ending = ending.clone();
                    async move { ending.notified().await }
                })
                .keep_alive(Duration::from_secs(75))
                .client_request_timeout(Duration::from_secs(30))
                .client_disconnect_timeout(Duration::from_secs(1))
                .local_addr(address)
                .on_connect_ext(|stream: &Stream, extensions| {
                    if stream.is_secure() {
                        extensions.insert(Secure);
                    }
                    extensions.insert(stream.reset());
                    extensions.insert(stream.wire());
                })
                .finish(map_config(app, |()| AppConfig::default()));
            let tls = tls.clone();
            let open = fn_service(move |stream: TcpStream| {
                Stream::open(stream, address, tls.clone(), patience)
            });
            open.map_err(DispatchError::Io).and_then(http)
        })?;
    }
    Ok(server.run())
}

/// Mounts what a port answers inside an actix `App` of one's own, without a socket.
#[doc(hidden)]
pub fn answers(
    mounts: Vec<Arc<dyn Mount>>,
    hub: bool,
    setup: Setup,
) -> impl FnOnce(&mut web::ServiceConfig) {
    let router = Router::new(mounts.iter().map(|mount| mount.table()).collect(), true);
    let all: Arc<[_]> = mounts.iter().cloned().collect();
    contents(mounts, &all, hub, &router, setup)
}

fn contents(
    mounts: Vec<Arc<dyn Mount>>,
    all: &Arc<[Arc<dyn Mount>]>,
    is_hub: bool,
    router: &Arc<Router>,
    setup: Setup,
) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let (router, all) = (Arc::clone(router), Arc::clone(all));
    move |config| {
        for (place, mount) in mounts.iter().enumerate().filter(|_| !is_hub) {
            mount.mount(config, &router, place);
        }
        // After the vendors: their requests are the many.
        let Setup { guard, pages, extra, config: said, output, .. } = setup;
        extra.into_iter().for_each(|extra| extra(config, is_hub));
        let control = admin::Control { mounts, all, is_hub, guard, pages, config: said, output };
        admin::configure(control)(config);
    }
}

/// Tells each instance where it listens. What listens on all addresses of the computer is reached under
/// loopback.
fn tell_addresses(ports: &[Port]) -> io::Result<()> {
    for port in ports {
        let mut address = port.listener.local_addr()?;
        match address.ip() {
            IpAddr::V4(any) if any.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(any) if any.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        for mount in &port.mounts {
            mount.bench().inboxes().listens_at(address);
            if !port.hub {
                mount.listens_at(format!("http://{address}"));
            }
        }
    }
    Ok(())
}
