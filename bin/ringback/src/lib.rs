//! Ringback as a library: several vendors and the hub in one process, for tests in Rust.
//!
//! ```
//! use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
//!
//! let ringback = Ringback::builder().frozen_clock().with::<Mango>().with::<Voip24h>().start()?;
//! // Point one integration at ringback.url_of::<Mango>()?, another at ringback.url_of::<Voip24h>()?.
//! let voip = ringback.get::<Voip24h>()?;
//! voip.when("0912*").is_busy()?;
//! let call = voip.dial("101", "0912345678")?;
//! ringback.advance(ringback::Duration::seconds(30));
//! assert!(call.is_over());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Whoever needs one vendor alone takes its crate: `ringback-mango`, `ringback-scfm`, … Without the feature
//! `launcher` nothing of the program is compiled.

use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use ringback_engine::{Clock, ClockCommand, Start};
use ringback_mock::{
    BuildError, Builder as VendorBuilder, FROZEN_AT, Instance, Mount, Options, Server, Vendor,
    serve::{Port, Setup},
};

// What `.ci/fuzz` puts into the code of all crates calls the fuzzer.
#[cfg(test)]
use ringback_fuzz as _;

pub use ringback_engine::{Duration, OffsetDateTime};
pub use ringback_impactpbx as impactpbx;
pub use ringback_mango as mango;
pub use ringback_mock as mock;
pub use ringback_scfm as scfm;
pub use ringback_tel4vn as tel4vn;
pub use ringback_voip24h as voip24h;

/// Vendors that run in this process, each on a port of its own, and the hub; dropping it stops them.
///
/// They share one clock and one seed, as the program's do.
#[derive(Debug)]
#[must_use = "the servers stop when this is dropped"]
pub struct Ringback {
    parts: Vec<Part>,
    clock: Clock,
    hub: SocketAddr,
    _server: Server,
}

/// One vendor of several.
struct Part {
    name: &'static str,
    /// An `Arc<Instance<V>>`.
    instance: Box<dyn Any + Send + Sync>,
    mount: Arc<dyn Mount>,
    address: SocketAddr,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

/// A vendor that was not asked for when this Ringback was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} was not started: add it with `with`")]
pub struct NotStarted(pub &'static str);

impl Ringback {
    /// Begins to set up several vendors.
    ///
    /// ```
    /// use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    ///
    /// let ringback = Ringback::builder().seed(7).with::<Mango>().with::<Voip24h>().start()?;
    /// # drop(ringback);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns a vendor's instance, with everything that a test does to one.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// # let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// let voip = ringback.get::<Voip24h>()?;
    /// voip.when("0912*").is_busy()?;
    /// assert!(ringback.get::<Mango>().is_err(), "it was not started");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it was not started.
    pub fn get<V: Vendor>(&self) -> Result<&Arc<Instance<V>>, NotStarted> {
        let mut found = self.parts.iter().filter_map(|part| part.instance.downcast_ref());
        found.next().ok_or(NotStarted(V::NAME))
    }

    /// Returns the address of a vendor, such as `http://127.0.0.1:34567`.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// # let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// let url = ringback.url_of::<Voip24h>()?; // what the integration is pointed at
    /// assert!(url.starts_with("http://127.0.0.1:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it was not started.
    pub fn url_of<V: Vendor>(&self) -> Result<String, NotStarted> {
        let found = self.parts.iter().find(|part| part.instance.is::<Arc<Instance<V>>>());
        found.map(|part| format!("http://{}", part.address)).ok_or(NotStarted(V::NAME))
    }

    /// Returns the address of the hub, whose control API is about all vendors.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// # let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// let control_api = format!("{}/__admin", ringback.hub_url());
    /// # drop(control_api);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hub_url(&self) -> String {
        format!("http://{}", self.hub)
    }

    /// Returns the clock that they share.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// # let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// assert!(ringback.clock().state().frozen);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Jumps the clock forward and returns when everything due has happened, with all vendors; says how
    /// many events there were.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// # let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// ringback.get::<Voip24h>()?.dial("101", "0912345678")?;
    /// assert!(ringback.advance(ringback::Duration::minutes(5)) > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn advance(&self, by: Duration) -> u64 {
        let to = self.clock.now().saturating_add(by.max(Duration::ZERO));
        let (logged, plain): (Vec<_>, Vec<_>) =
            self.parts.iter().map(|part| &part.mount).partition(|mount| mount.has_log());
        let mut held: Vec<_> = plain.iter().map(|mount| mount.hold()).collect();
        held.iter().for_each(|held| held.jump_to(to));
        let plain: u64 = held.iter_mut().map(|held| held.advance().event_count).sum();
        let by_log = logged.iter().map(|mount| {
            let advanced = mount.set_clock_blocking(ClockCommand::AdvanceTo(to));
            advanced.map_or(0, |advanced| advanced.event_count)
        });
        plain + by_log.sum::<u64>()
    }
}

/// What a vendor's builder does before it is built.
type Adjust<V> = Box<dyn FnOnce(VendorBuilder<V>) -> VendorBuilder<V>>;
type Make = Box<
    dyn FnOnce(
        Options,
    )
        -> Result<(&'static str, Box<dyn Any + Send + Sync>, Arc<dyn Mount>), BuildError>,
>;

/// Sets up several vendors in one process.
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    seed: u64,
    start: Start,
    open_accounts: bool,
    makes: Vec<Make>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self { seed: 0, start: Start::Now, open_accounts: false, makes: Vec::new() }
    }
}

impl Builder {
    /// Sets the seed of everything drawn, for all vendors.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let ringback = Ringback::builder().seed(7).with::<Voip24h>().start()?;
    /// # drop(ringback);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Begins at [`FROZEN_AT`] with a clock that stands still until it is advanced.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// assert_eq!(ringback.clock().now(), ringback::mock::FROZEN_AT);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frozen_clock(mut self) -> Self {
        self.start = Start::Frozen(FROZEN_AT);
        self
    }

    /// Begins with another clock.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// use ringback::{OffsetDateTime, mock::engine::Start};
    ///
    /// let epoch = Start::Frozen(OffsetDateTime::UNIX_EPOCH);
    /// let ringback = Ringback::builder().starting(epoch).with::<Voip24h>().start()?;
    /// assert_eq!(ringback.clock().now(), OffsetDateTime::UNIX_EPOCH);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn starting(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Lets unknown credentials open accounts of their own, with all vendors.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let ringback = Ringback::builder().open_accounts().with::<Voip24h>().start()?;
    /// assert!(ringback.get::<Voip24h>()?.has_open_accounts());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_accounts(mut self) -> Self {
        self.open_accounts = true;
        self
    }

    /// Adds a vendor.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let ringback = Ringback::builder().with::<Mango>().with::<Voip24h>().start()?;
    /// assert_ne!(ringback.url_of::<Mango>()?, ringback.url_of::<Voip24h>()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with<V: Vendor>(self) -> Self {
        self.add::<V>(Box::new(|builder| builder))
    }

    /// Adds a vendor with what is to be said about it alone, such as its history or its settings.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let setup = Ringback::builder().with_setup::<Mango>(|mango| mango.webhook("inbox:crm"));
    /// let ringback = setup.start()?;
    /// assert!(ringback.get::<Mango>()?.inbox("crm").messages().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_setup<V: Vendor>(
        self,
        adjust: impl FnOnce(VendorBuilder<V>) -> VendorBuilder<V> + 'static,
    ) -> Self {
        self.add::<V>(Box::new(adjust))
    }

    fn add<V: Vendor>(mut self, adjust: Adjust<V>) -> Self {
        self.makes.push(Box::new(|options| {
            let instance = adjust(VendorBuilder::from(options)).build()?;
            let mount: Arc<dyn Mount> = Arc::new(Arc::clone(&instance));
            Ok((V::NAME, Box::new(instance), mount))
        }));
        self
    }

    /// Starts them on free ports of the loopback address, in a thread of their own. Works from a plain
    /// test and from inside any async runtime.
    ///
    /// ```
    /// # use ringback::{Ringback, mango::Mango, voip24h::Voip24h};
    /// let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    /// # drop(ringback); // the servers stop
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When one cannot be set up as asked, or no port can be bound.
    pub fn start(self) -> Result<Ringback, BuildError> {
        let clock = self.start.clock();
        let (mut parts, mut ports) = (Vec::new(), Vec::new());
        let clock_users = self.makes.len();
        for make in self.makes {
            let options = Options {
                seed: self.seed,
                clock: Some(clock.clone()),
                clock_users,
                open_accounts: self.open_accounts,
                ..Options::default()
            };
            let (name, instance, mount) = make(options)?;
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let address = listener.local_addr()?;
            ports.push(Port { listener, mounts: vec![Arc::clone(&mount)], hub: false });
            parts.push(Part { name, instance, mount, address });
        }
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let hub = listener.local_addr()?;
        let mounts = parts.iter().map(|part| Arc::clone(&part.mount)).collect();
        ports.push(Port { listener, mounts, hub: true });
        let server = Server::start("ringback", ports, Setup::default())?;
        Ok(Ringback { parts, clock, hub, _server: server })
    }
}
