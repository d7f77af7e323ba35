//! A server of its own for one instance, for tests.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_server::ServerHandle;
use actix_web::rt;

use crate::{
    Instance, Mount, Vendor,
    serve::{Port, Setup, serve},
};

/// An instance behind a server of its own, in a thread of its own; dropping it stops the server.
///
/// It answers on a free port of the loopback address, the control API included, and can be used
/// from a plain test as well as from any async runtime.
pub struct Running<V: Vendor> {
    instance: Arc<Instance<V>>,
    address: SocketAddr,
    _server: Server,
}

impl<V: Vendor> std::fmt::Debug for Running<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("instance", &self.instance)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl<V: Vendor> Running<V> {
    pub(crate) fn start(
        instance: Arc<Instance<V>>,
        neighbours: Vec<Arc<dyn Mount>>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let mount: Arc<dyn Mount> = Arc::new(Arc::clone(&instance));
        let mounts = neighbours.into_iter().chain([mount]).collect();
        let port = Port { listener, mounts, hub: false };
        let server = Server::start(V::NAME, vec![port], Setup::default())?;
        Ok(Self { instance, address, _server: server })
    }

    /// Returns the address of the server, such as `http://127.0.0.1:34567`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().start()?;
    /// let client_s_setting = format!("VOIP24H_URL={}", mock.url());
    /// # drop(client_s_setting);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the socket address of the server.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().start()?;
    /// assert!(std::net::TcpStream::connect(mock.address()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl<V: Vendor> Deref for Running<V> {
    type Target = Arc<Instance<V>>;

    fn deref(&self) -> &Self::Target {
        &self.instance
    }
}

/// A server in a thread of its own; dropping it stops the server.
pub struct Server {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

impl Server {
    /// Starts a server on ports whose sockets are bound, and returns when it answers. Works from a
    /// plain test as from any async runtime.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use std::{net::TcpListener, sync::Arc};
    /// use ringback_mock::{Server, serve::{Port, Setup}};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let mounts: Vec<Arc<dyn ringback_mock::Mount>> = vec![Arc::new(Voip24h::builder().build()?)];
    /// let port = Port { listener, mounts, hub: false };
    /// let server = Server::start("voip24h", vec![port], Setup::default())?; // until it is dropped
    /// # drop(server);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a socket cannot be listened on, or there is no thread for it.
    pub fn start(name: &'static str, ports: Vec<Port>, setup: Setup) -> io::Result<Self> {
        let (started, starts) = mpsc::channel();
        let run = move || {
            rt::System::new().block_on(async move {
                let server = match serve(ports, &setup) {
                    Ok(server) => server,
                    Err(error) => return drop(started.send(Err(error))),
                };
                // The other end is gone only if the one who starts has given up.
                let _ = started.send(Ok(server.handle()));
                if let Err(error) = server.await {
                    log::error!("{name}: the server ended: {error}");
                }
            });
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        let handle = starts.recv().map_err(|_| io::Error::other("the server's thread ended"))??;
        Ok(Self { handle, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The order is given when the future is made; waiting for it would need a runtime.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic in there has been printed already; there is nothing more to do with it.
            let _ = thread.join();
        }
    }
}
