//! Setting up an instance, from Rust or from the launcher.

mod options;

use std::marker::PhantomData;
use std::sync::Arc;

use ipnet::IpNet;
use ringback_engine::{OffsetDateTime, Rate, Start};
use serde_json::Value;

use crate::{Instance, Mount, Running, Vendor, bench::Bench};
pub use options::{BuildError, FROZEN_AT, InstanceLog, Options, Reads};

/// Sets up an instance of one vendor.
#[derive(Debug, Clone)]
pub struct Builder<V> {
    options: Options,
    vendor: PhantomData<V>,
}

impl<V: Vendor> Default for Builder<V> {
    fn default() -> Self {
        Self::from(Options::default())
    }
}

impl<V> From<Options> for Builder<V> {
    fn from(options: Options) -> Self {
        Self { options, vendor: PhantomData }
    }
}

impl<V: Vendor> Builder<V> {
    /// Sets the seed of everything drawn: identifiers, behaviour, history.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let draws_alike = [(); 2].map(|()| Voip24h::builder().seed(7).history(20).frozen_clock().build());
    /// let [one, other] = draws_alike.map(|mock| mock.map(|mock| mock.snapshot()));
    /// assert_eq!(one??, other??);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Begins at [`Builder::FROZEN_AT`] with a clock that stands still until it is advanced.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.clock().now(), ringback_mock::FROZEN_AT);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn frozen_clock(self) -> Self {
        self.frozen_at(Self::FROZEN_AT)
    }

    /// Begins at a moment with a clock that stands still until it is advanced.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use ringback_mock::engine::OffsetDateTime;
    ///
    /// let mock = Voip24h::builder().frozen_at(OffsetDateTime::UNIX_EPOCH).build()?;
    /// assert_eq!(mock.clock().now(), OffsetDateTime::UNIX_EPOCH);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn frozen_at(mut self, at: OffsetDateTime) -> Self {
        self.options.start = Start::Frozen(at);
        self
    }

    /// Begins now with a clock that runs at another rate; the nearest that a clock accepts.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().rate(60.0).build()?;
    /// assert_eq!(mock.clock().state().rate.as_f64(), 60.0); // a minute in every second
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        let bounds = Rate::SLOWEST.as_f64()..=Rate::FASTEST.as_f64();
        let rate = rate.clamp(*bounds.start(), *bounds.end());
        self.options.start = Start::Running(Rate::from_f64(rate).unwrap_or_default());
        self
    }

    /// Keeps what happens in a log, and goes on with what it has kept.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use std::sync::Arc;
    /// use ringback_mock::engine::ordered::{Log, simulated::Simulated};
    ///
    /// let kept = Simulated::calm();
    /// let log = || -> Arc<dyn Log> { Arc::new(kept.member(0)) };
    /// Voip24h::builder().frozen_clock().log(log()).build()?.dial("101", "102")?;
    /// let goes_on = Voip24h::builder().frozen_clock().log(log()).build()?;
    /// assert_eq!(goes_on.demo().live_calls().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn log(mut self, log: impl Into<InstanceLog>) -> Self {
        self.options.log = Some(log.into());
        self
    }

    /// Lets an unknown credential open an account of its own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().open_accounts().build()?;
    /// assert!(mock.has_open_accounts());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn open_accounts(mut self) -> Self {
        self.options.open_accounts = true;
        self
    }

    /// Begins with a believable past of that many finished calls.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().history(500).build()?;
    /// let records = mock.demo().read(|world| world.exchange().history().len());
    /// assert!(records >= Some(500));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn history(mut self, calls: usize) -> Self {
        self.options.history = calls;
        self
    }

    /// Sends webhooks to an address; one without a scheme is taken as `http://`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().webhook("inbox:crm").start()?;
    /// assert!(mock.inbox("crm").messages().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn webhook(mut self, url: impl Into<String>) -> Self {
        self.options.webhook = Some(url.into());
        self
    }

    /// Sets the address in links, instead of the one the client used.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().public_url("https://pbx.example").build()?;
    /// # drop(mock);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.options.public_url = Some(url.into());
        self
    }

    /// Believes proxies of a network when they say by which address a client came.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().trusted_proxies("10.0.0.0/8".parse()?).build()?;
    /// # drop(mock);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trusted_proxies(mut self, network: IpNet) -> Self {
        self.options.trusted_proxies.push(network);
        self
    }

    /// Sets the vendor's own settings, in the form of its section of `ringback.toml`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use serde_json::json;
    ///
    /// let mock = Voip24h::builder().settings(json!({ "push_method": "get" })).build()?;
    /// assert!(Voip24h::builder().settings(json!({ "push_methd": "get" })).build().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn settings(mut self, settings: Value) -> Self {
        self.options.settings = settings;
        self
    }

    /// Sets rules of behaviour and extensions, in the form of a scenario file.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use serde_json::json;
    ///
    /// let busy = json!({ "rules": [{ "to": "0912*", "outcome": "busy" }] });
    /// let mock = Voip24h::builder().scenario(busy).build()?;
    /// assert_eq!(mock.demo().rules().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn scenario(mut self, scenario: Value) -> Self {
        self.options.scenario = scenario;
        self
    }

    /// Begins with other contents than the vendor's own `fresh.json`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use ringback_mock::Vendor as _;
    ///
    /// let mut fresh: serde_json::Value = serde_json::from_str(Voip24h::FRESH)?;
    /// fresh["company_number"] = "0899000111".into();
    /// let mock = Voip24h::builder().fresh(fresh.to_string()).build()?;
    /// # drop(mock);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fresh(mut self, json: impl Into<String>) -> Self {
        self.options.fresh = Some(json.into());
        self
    }

    /// Shares the bench of other instances: one feed of what happens in all of them.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let first = Voip24h::builder().build()?;
    /// let other = Voip24h::builder().bench(first.bench().clone()).build()?;
    /// other.dial("101", "102")?;
    /// assert!(first.bench().feed().last() > 0); // what happens in one is in the feed of both
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bench(mut self, bench: Arc<Bench>) -> Self {
        self.options.bench = Some(bench);
        self
    }

    /// As [`FROZEN_AT`].
    pub const FROZEN_AT: OffsetDateTime = FROZEN_AT;

    /// Makes the instance, to mount it inside an actix `App` of one's own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().build()?;
    /// assert_eq!(mock.name(), "voip24h");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When contents, settings or scenario are not what the vendor expects, or its log is another one.
    pub fn build(self) -> Result<Arc<Instance<V>>, BuildError> {
        Instance::new(self.options).map(Arc::new)
    }

    /// Starts a server of its own on a free port of the loopback address, in a thread of its own.
    ///
    /// Works from a plain test and from inside any async runtime.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// let mock = Voip24h::builder().start()?;
    /// assert!(mock.url().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Builder::build`], or when no port can be bound.
    pub fn start(self) -> Result<Running<V>, BuildError> {
        self.start_beside(Vec::new())
    }

    /// Starts a server like [`Builder::start`] that answers for instances of other vendors too, on
    /// the same port. Where two of them have the same path, the others come first.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// use std::sync::Arc;
    ///
    /// // Usually one of another vendor.
    /// let other = Voip24h::builder().build()?;
    /// let both = Voip24h::builder().start_beside(vec![Arc::new(other)])?;
    /// assert!(both.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub fn start_beside(self, others: Vec<Arc<dyn Mount>>) -> Result<Running<V>, BuildError> {
        Ok(Running::start(self.build()?, others)?)
    }
}
