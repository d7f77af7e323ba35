//! A vendor that was set up: its engine, its settings, and the tasks that keep it going.

mod account;
mod background;
mod call;
mod failed;
mod happened;
mod logged;
mod saves;
mod spoken;
mod when;
mod worlds;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use actix_web::{HttpRequest, guard, rt, web};
use parking_lot::Mutex;
use ringback_engine::{Clock, Duration, Engine, OffsetDateTime};
use serde_json::Value;

use crate::{
    AccountEvent, AccountId, Accounts, BuildError, Forwarded, Genesis, Options, Vendor, World,
    accounts::Make,
    bench::{Bench, Meter, Origin, Recorder},
    dispatch::Dispatch,
    inbox::Inbox,
    router::{Found, Router, Table},
    serve::address,
    snapshots::Shelf,
    stubs::Stubs,
    webhook::{self, DeliveryBench},
    world::spelling::spell_scenario,
};
pub use account::Account;
use background::BackgroundTasks;
pub use call::{Call, Party};
pub use failed::{ControlError, ExecuteError};
pub use happened::VerifyError;
pub use when::{ScopedRule, Told, When};

/// One running imitation of a vendor.
///
/// Cheap to share; everything that changes is in its engine.
pub struct Instance<V: Vendor> {
    engine: Engine<Accounts<V::World>>,
    settings: V::Settings,
    options: Options,
    recorder: Recorder,
    /// Makes worlds, where a log has to be told what was made.
    make: Make<V::World>,
    background: Mutex<Option<BackgroundTasks>>,
    deliveries: Arc<DeliveryBench>,
    requests: AtomicU64,
    stubs: Arc<Stubs>,
    pub(crate) shelf: Shelf,
    /// Where it listens, where that is known only once a port has been found.
    pub(crate) listens_at: OnceLock<String>,
}

impl<V: Vendor> std::fmt::Debug for Instance<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(V::NAME).field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl<V: Vendor> Instance<V> {
    pub(crate) fn new(mut options: Options) -> Result<Self, BuildError> {
        let vendor = V::NAME;
        let fresh = options.fresh.as_deref().unwrap_or(V::FRESH);
        let fresh: V::Fresh =
            serde_json::from_str(fresh).map_err(|error| BuildError::Fresh { vendor, error })?;
        let settings: V::Settings = or_default(&options.settings)
            .map_err(|error| BuildError::Settings { vendor, error })?;
        let scenario: V::Scenario = or_default(&options.scenario)
            .map_err(|error| BuildError::Scenario { vendor, error })?;
        if let Some(url) = &options.webhook {
            let url = options.targets.accept(url);
            options.webhook = Some(url.map_err(|error| BuildError::Webhook { vendor, error })?);
        }

        let (given, set) = (options.clone(), settings.clone());
        let names = V::accounts(&fresh, &set);
        let make: Make<V::World> = Arc::new(move |seed, at| {
            let genesis = Genesis {
                fresh: &fresh,
                settings: &set,
                scenario: &scenario,
                seed,
                history: given.history,
                webhook: given.webhook.as_deref(),
                address: given.public_url.as_deref().or(given.address.as_deref()),
            };
            let mut world = V::world(&genesis, at);
            spell_scenario(&mut world, at);
            world
        });
        let (seed, open) = (options.seed, options.open_accounts);
        let recorded: Arc<OnceLock<Recorder>> = Arc::default();
        let (makes, records) = (Arc::clone(&make), Arc::clone(&recorded));
        let genesis = move |at| {
            let mut accounts = Accounts::new(seed, at, names.clone(), open, Arc::clone(&makes));
            accounts.record(Arc::clone(&records));
            accounts
        };
        let bench = options.bench.clone().unwrap_or_default();
        let name = options.name(vendor).to_owned();
        let join = |clock: &Clock, is_shared| {
            let recorder = bench.join(&name, clock, is_shared, V::ENDPOINTS.len());
            recorded.get_or_init(|| recorder).clone()
        };
        let (engine, recorder) = match options.log.clone() {
            None => {
                let clock = options.clock.clone().unwrap_or_else(|| options.start.clock());
                let recorder = join(&clock, options.clock_users > 1);
                (Engine::new(clock, genesis), recorder)
            }
            Some(log) => {
                let engine = logged::open::<V>(&options, log, genesis)?;
                options.clock_users = 1;
                // What had happened before is no news.
                let recorder = join(engine.clock(), false);
                if engine.read(Accounts::has_faces) {
                    recorder.note_face();
                }
                (engine, recorder)
            }
        };
        // The vendor's own settings may name a target too.
        let target = engine.read(|accounts: &Accounts<V::World>| {
            accounts.world(AccountId::DEMO)?.outbox()?.target().map(str::to_owned)
        });
        if let Some(target) = target {
            let accepted = options.targets.accept(&target);
            accepted.map_err(|error| BuildError::Webhook { vendor, error })?;
        }
        let name = options.label.as_deref().unwrap_or(V::NAME);
        let deliveries = Arc::new(DeliveryBench::new(name, options.seed, &recorder));
        let stubs = Arc::new(Stubs::new(name, options.seed));
        Ok(Self {
            engine,
            settings,
            deliveries,
            options,
            recorder,
            make,
            background: Mutex::new(None),
            requests: AtomicU64::new(0),
            stubs,
            shelf: Shelf::default(),
            listens_at: OnceLock::new(),
        })
    }

    /// Returns the engine that runs all accounts of this instance.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.engine().read(|accounts| accounts.iter().count()), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn engine(&self) -> &Engine<Accounts<V::World>> {
        &self.engine
    }

    /// Returns what is counted of the instance.
    pub(crate) fn meter(&self) -> &Meter {
        self.recorder.meter()
    }

    /// Returns what stands beside the outboxes: chaos, and what went over the wire.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let calm = mock.delivery_bench().chaos(None);
    /// assert_eq!(calm.drop, 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn delivery_bench(&self) -> &Arc<DeliveryBench> {
        &self.deliveries
    }

    /// Returns an inbox of this process: a receiver of webhooks, made when it is first asked for.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let inbox = mock.inbox("crm");
    /// mock.demo().send_webhooks_to(&inbox.url())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inbox(&self, name: &str) -> Inbox {
        Inbox::new(Arc::clone(&self.deliveries.inboxes), name.to_owned())
    }

    /// Returns what stands beside the machines of the process: the feed of everything that happens.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// assert!(mock.bench().feed().last() > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bench(&self) -> &Arc<Bench> {
        self.recorder.bench()
    }

    /// Returns what identifies the instance within its bench.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let name = mock.bench().name(mock.origin());
    /// assert_eq!(name.as_deref(), Some("voip24h"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn origin(&self) -> Origin {
        self.recorder.origin()
    }

    /// Returns the mappings that answer instead of the simulator.
    pub(crate) fn stubs(&self) -> &Arc<Stubs> {
        &self.stubs
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the simulated clock.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.clock().state().frozen);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(&self) -> &Clock {
        self.engine.clock()
    }

    /// Jumps the clock forward and returns what happened, when all of it has: at most
    /// [`ringback_engine::Advanced::LISTED`] events. Where a log does not take that, nothing does; see
    /// [`Engine::advance`].
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    ///
    /// mock.when("0912*").answers_and_talks_for(10)?;
    /// mock.dial("101", "0912345678")?;
    /// let events = mock.advance(Duration::seconds(30));
    /// assert!(!events.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn advance(&self, by: Duration) -> Vec<AccountEvent> {
        match self.engine.advance_blocking(by) {
            Ok(advanced) => advanced.events,
            Err(error) => {
                log::error!("{}: the clock was not advanced: {error}", self.name());
                Vec::new()
            }
        }
    }

    /// Returns what the instance is called: the vendor's name, unless there are several of it.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.name(), "voip24h");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name(&self) -> &str {
        self.options.name(V::NAME)
    }

    /// Returns the vendor's own settings.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.settings().trial_seconds, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> &V::Settings {
        &self.settings
    }

    /// Returns the address for links: the configured one, or that by which the client came.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let request = actix_web::test::TestRequest::default().to_http_request();
    /// assert!(mock.base_url(&request).starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn base_url(&self, request: &HttpRequest) -> String {
        match &self.options.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => self.came_by(request, V::FORWARDED),
        }
    }

    /// Returns the address by which the client came, with what a trusted proxy says about it.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::Forwarded;
    ///
    /// let request = actix_web::test::TestRequest::default().to_http_request();
    /// assert!(mock.came_by(&request, Forwarded::All).starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn came_by(&self, request: &HttpRequest, read: Forwarded) -> String {
        address(request, read, &self.options.trusted_proxies)
    }

    /// Returns whether unknown credentials get an account of their own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(!mock.has_open_accounts());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn has_open_accounts(&self) -> bool {
        self.options.open_accounts
    }

    /// Mounts the vendor's routes inside an actix `App` of one's own:
    /// `App::new().configure(instance.service())`.
    ///
    /// Only the vendor's own paths are taken; everything else is left to the `App`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use actix_web::{App, test};
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let app = test::init_service(App::new().configure(mock.service())).await;
    /// let request = test::TestRequest::get().uri("/recording/listen").to_request();
    /// assert!(!test::call_service(&app, request).await.status().is_server_error());
    /// # });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn service(self: &Arc<Self>) -> impl FnOnce(&mut web::ServiceConfig) + use<V> {
        let instance = Arc::clone(self);
        move |config| {
            instance.begin();
            let table = Table::new(V::ENDPOINTS, V::respell).naming_accounts(V::NAMES_ACCOUNTS);
            instance.mount_on(config, Router::new(vec![table], false), 0);
        }
    }

    /// Mounts the vendor as one of those of a router.
    pub(crate) fn mount_on(
        self: &Arc<Self>,
        config: &mut web::ServiceConfig,
        router: Arc<Router>,
        place: usize,
    ) {
        // The first vendor's guard looks the request up for all of them.
        let is_ours = guard::fn_guard(move |context| {
            if let Some(found) = context.req_data().get::<Found>() {
                return found.place == place;
            }
            let Some(found) = router.find(context.head()) else { return false };
            let is_ours = found.place == place;
            context.req_data_mut().insert(found);
            is_ours
        });
        let scope = web::scope("")
            .guard(is_ours)
            .app_data(web::Data::from(Arc::clone(self)))
            .default_service(Dispatch(Arc::clone(self)));
        config.service(scope);
    }

    /// Returns what an account's clock shows when that of the instance shows `now`.
    pub(crate) fn local(&self, account: AccountId, now: OffsetDateTime) -> OffsetDateTime {
        // Most instances have no account with a time of its own, and need no look at any.
        match self.recorder.has_faces() {
            true => self
                .engine
                .read(|accounts| accounts.world_at(account, now).map_or(now, |(_, at)| at)),
            false => now,
        }
    }

    /// Returns the number of the next request.
    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Starts the timer and the webhook dispatcher, once, in a thread of their own.
    pub(crate) fn begin(self: &Arc<Self>) {
        let mut background = self.background.lock();
        if background.is_none() {
            let engine = self.engine.clone();
            let (targets, deliveries) = (self.options.targets, Arc::clone(&self.deliveries));
            let sends_webhooks = V::WEBHOOKS && self.options.sends_webhooks;
            *background = BackgroundTasks::begin(V::NAME, move || {
                let timer = engine.clone();
                rt::spawn(async move { timer.run().await });
                if sends_webhooks {
                    rt::spawn(webhook::dispatch(
                        V::NAME,
                        engine,
                        targets,
                        deliveries,
                        V::NATURAL_ORDER,
                    ));
                }
            });
        }
    }
}

fn or_default<T: serde::de::DeserializeOwned + Default>(
    value: &Value,
) -> Result<T, serde_json::Error> {
    if value.is_null() { Ok(T::default()) } else { T::deserialize(value) }
}
