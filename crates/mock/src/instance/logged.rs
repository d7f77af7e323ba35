//! An instance with a log: how it begins, and what its log has to be told.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use ringback_engine::{Engine, EngineError, Identity, LogOptions, LogStatus, OffsetDateTime};

use super::Instance;
use crate::{
    AccountId, Accounts, BuildError, InstanceLog, MadeWorld, Open, Options, Reads, ResetAccount,
    Vendor, accounts::made_for, stable_hash,
};

impl Options {
    /// Returns what the instance is called.
    pub(crate) fn name<'a>(&'a self, vendor: &'a str) -> &'a str {
        self.label.as_deref().unwrap_or(vendor)
    }

    /// Returns a digest of what has to be the same for all that share a log.
    ///
    /// ```
    /// use ringback_mock::Options;
    ///
    /// let open = Options { open_accounts: true, ..Options::default() };
    /// assert_ne!(open.settings_digest("mango"), Options::default().settings_digest("mango"));
    /// ```
    pub fn settings_digest(&self, vendor: &str) -> String {
        let settings = format!("{vendor} {} {}", self.open_accounts, self.settings);
        format!("{:016x}", stable_hash(0, settings.as_bytes()))
    }
}

/// Opens the log of an instance and catches up with it.
pub(super) fn open<V: Vendor>(
    options: &Options,
    log: InstanceLog,
    genesis: impl Fn(OffsetDateTime) -> Accounts<V::World> + Send + Sync + 'static,
) -> Result<Engine<Accounts<V::World>>, BuildError> {
    let identity = Identity {
        instance: options.name(V::NAME).to_owned(),
        logic: V::LOGIC,
        settings: options.settings_digest(V::NAME),
    };
    // Drawn by the computer: two processes that begin alike are two all the same.
    let origin = RandomState::new().hash_one(std::process::id());
    let log_options = LogOptions { identity, origin, snapshots: log.snapshots };
    let engine = Engine::open_blocking(options.start, genesis, log.log, log_options)
        .map_err(|error| BuildError::Log { vendor: V::NAME, error })?;
    let seed = engine.read(Accounts::seed);
    if seed != options.seed {
        let name = options.name(V::NAME);
        log::info!("{name}: goes on with the seed {seed} of its log");
    }
    Ok(engine)
}

impl<V: Vendor> Instance<V> {
    /// Returns the command that opens an account, with the world that a log has to be told.
    pub(crate) fn opening(&self, credential: String, by_control: bool) -> Open {
        let world = self.engine.has_log().then(|| {
            let (seed, now) = self.engine.read_at(|accounts, now| (accounts.seed(), now));
            let seed = stable_hash(seed, credential.as_bytes());
            MadeWorld::of(&made_for(&self.make, seed, now, &credential)).ok()
        });
        Open { credential, by_control, world: world.flatten() }
    }

    /// Returns the command that makes an account's world anew, with the world that a log has to be
    /// told.
    pub(crate) fn resetting(&self, account: AccountId) -> ResetAccount {
        let world = self.engine.has_log().then(|| {
            let (seed, credential, now) = self.engine.read_at(|accounts, now| {
                let credential = accounts.credential(account).map(str::to_owned);
                Some((accounts.seed_of(account)?, credential, now))
            })?;
            let credential = credential.filter(|_| account != AccountId::DEMO);
            let world = made_for(&self.make, seed, now, &credential.unwrap_or_default());
            MadeWorld::of(&world).ok()
        });
        ResetAccount { account, world: world.flatten() }
    }

    /// Waits until a request sees what other processes have written before it came, where it is to.
    ///
    /// # Errors
    /// When that cannot be known.
    pub(crate) async fn catch_up(&self) -> Result<(), EngineError> {
        match &self.options.log {
            Some(log) if log.reads == Reads::Latest => self.engine.catch_up().await,
            Some(_) | None => Ok(()),
        }
    }

    /// Returns whether its world was made by this process, and not gone on with from a log.
    pub fn began_here(&self) -> bool {
        self.engine.began_here()
    }

    /// Returns how its log is doing, if it has one: within two seconds, for whoever asks whether this
    /// process is ready does not wait for long.
    pub async fn log_status(&self) -> Option<LogStatus> {
        self.engine.log_status(tokio::time::sleep(Duration::from_secs(2))).await
    }
}
