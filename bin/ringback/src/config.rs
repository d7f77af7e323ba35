//! Flags, variables and files become one configuration, all of it checked before anything starts.

mod about_vendors;
mod addresses;
mod cluster;
mod file;
#[cfg(test)]
mod fuzz;
mod layers;
mod report;
mod scenario;
mod sections;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use ringback_engine::{OffsetDateTime, Rate, Start};
use ringback_mock::{FROZEN_AT, Options, bench::Bench, serve::Guard, webhook::Targets};
use time::format_description::well_known::Rfc3339;

use crate::{
    Fault,
    cli::{Accounts, Clocks, Flags, LogFormat, LogRequests},
    contacts::Contacts,
    vendors::Known,
};
use about_vendors::{contacts, history, idle, traffic, wanted, webhooks, with_traffic};
use layers::{Layers, Origin};
use sections::Sections;

pub(crate) use addresses::webhook as check_webhook;
pub(crate) use cluster::Cluster;
pub(crate) use file::{read as read_text, table_of};
pub(crate) use report::{print_init, print_show};
pub(crate) use scenario::{PLAYED, Scenario};

/// What to start, all of it checked as far as it can be without starting it.
pub(crate) struct Config {
    pub(crate) instances: Vec<Wanted>,
    pub(crate) bind: IpAddr,
    pub(crate) hub: Option<u16>,
    pub(crate) contacts: Option<Contacts>,
    /// What is shared with other processes, if anything is.
    pub(crate) cluster: Option<Cluster>,
    pub(crate) seed: u64,
    /// Where everything is kept, if it is.
    pub(crate) data_dir: Option<PathBuf>,
    /// Whether commands are kept for as long as it runs.
    pub(crate) record: bool,
    pub(crate) accept_new_rules: bool,
    /// What was said that a log does without which has begun already, each where it was said.
    pub(crate) beginnings: Vec<String>,
    pub(crate) start: Start,
    pub(crate) tls: Tls,
    pub(crate) guard: Guard,
    pub(crate) workers: usize,
    pub(crate) log: Option<LogRequests>,
    pub(crate) log_format: LogFormat,
    pub(crate) ready_file: Option<PathBuf>,
    /// All of it as a file that could be read again, with where each value comes from.
    pub(crate) shown: String,
    /// What is no mistake and may surprise all the same: one line each.
    pub(crate) warnings: Vec<String>,
}

/// One instance to start.
pub(crate) struct Wanted {
    pub(crate) vendor: Known,
    pub(crate) port: u16,
    pub(crate) options: Options,
    /// Whether it goes on from a log.
    pub(crate) has_begun: bool,
}

impl Wanted {
    /// Returns what the instance is called.
    pub(crate) fn name(&self) -> &str {
        self.options.label.as_deref().unwrap_or(self.vendor.name)
    }
}

/// Whether ports speak TLS, and with which certificate.
pub(crate) enum Tls {
    Off,
    SelfSigned,
    Files { certificate: PathBuf, key: PathBuf },
}

/// The port of the hub unless told otherwise.
const HUB: u16 = 4010;

/// What is said about a beginning. A log that has begun has all of it already.
const BEGINNINGS: [&str; 9] =
    ["seed", "scenario", "history", "traffic", "contacts", "fixtures", "rate", "freeze", "webhook"];

/// The most threads that answer requests.
const MOST_WORKERS: usize = 256;

/// Puts everything the user said together.
pub(crate) fn resolve(flags: Flags, matches: &ArgMatches) -> Result<Config, Fault> {
    let layers = Layers::new(flags, matches)?;
    let sections = Sections::new(&layers)?;
    let flags = layers.flags()?;
    let said = |key: &str, what: String| Fault::new(format!("{} {what}", layers.name(key)));
    let mut warnings = Vec::new();
    if !layers.unknown_variables.is_empty() {
        // An error would keep it from running wherever an orchestrator names services by variables.
        warnings.push(format!("unknown variables: {}", layers.unknown_variables.join(", ")));
    }

    let cluster = cluster::cluster(&flags, &layers, &mut warnings)?;
    let control_token = flags.control_token.filter(|token| !token.trim().is_empty());
    let bind = flags.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    if !bind.is_loopback() && control_token.is_none() {
        let why = "opens the control API to others: protect it with --control-token TOKEN";
        return Err(said("bind", format!("{bind} {why}")));
    }
    let seed = flags.seed.unwrap_or_else(any_seed);
    let start = start(flags.rate, flags.freeze.as_deref(), &layers)?;
    let tls = match (flags.tls, flags.tls_cert, flags.tls_key) {
        (_, Some(certificate), Some(key)) => Tls::Files { certificate, key },
        (true, None, None) => Tls::SelfSigned,
        (false, None, None) => Tls::Off,
        (_, Some(_), None) => return Err(said("tls-cert", "needs --tls-key as well".to_owned())),
        (_, None, Some(_)) => return Err(said("tls-key", "needs --tls-cert as well".to_owned())),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = flags.workers.unwrap_or(cores.min(4));
    if !(1..=MOST_WORKERS).contains(&workers) {
        return Err(said("workers", format!("{workers}: from 1 to {MOST_WORKERS} are possible")));
    }

    let wanted = wanted(&flags.vendor, &layers)?;
    let hub = (!flags.no_hub).then(|| flags.hub.unwrap_or(HUB));
    if let Some((known, port)) = wanted.iter().find(|(_, p)| *p != 0 && Some(*p) == hub) {
        let what = format!("{port}: {} is on that port; choose another, or --no-hub", known.name);
        return Err(said("hub", what));
    }
    let targets = Targets { allow_public: flags.allow_public_webhooks };
    let webhooks = webhooks(&flags.webhook, targets, &wanted, &layers, &mut warnings)?;
    let contacts = flags.contacts.map(|text| contacts(text, &wanted, &layers)).transpose()?;
    let scenario = match &flags.scenario {
        Some(path) => Scenario::read(&layers.name("scenario"), path)?,
        None => Scenario::default(),
    };
    if let Some(folder) = flags.fixtures.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(said("fixtures", format!("{}: no such folder", folder.display())));
    }
    let public_url = flags.public_url.as_deref().map(addresses::public_url).transpose();
    let public_url = public_url.map_err(|error| said("public-url", error))?;
    let trusted_proxies = flags.trusted_proxies.iter().map(|proxy| addresses::network(proxy));
    let trusted_proxies = trusted_proxies.collect::<Result<Vec<_>, _>>();
    let trusted_proxies = trusted_proxies.map_err(|error| said("trusted-proxies", error))?;
    let is_started = |name: &str| wanted.iter().any(|(known, _)| known.name == name);
    for (name, origin) in sections.said().filter(|(name, _)| !is_started(name)) {
        idle(name, "set", origin, &layers, &mut warnings)?;
    }
    for name in scenario.vendors().filter(|name| !is_started(name)) {
        warnings.push(format!("{}: {name} is not started", layers.name("scenario")));
    }
    history(flags.history, &wanted, &layers, &mut warnings)?;
    let traffic = traffic(&flags.traffic, &wanted, &layers, &mut warnings)?;

    let mut instances = Vec::new();
    // One clock for the process, so that a jump is one for all of them.
    let clock = (flags.clock != Some(Clocks::PerVendor)).then(|| start.clock());
    let bench = Bench::with_journal(flags.journal.unwrap_or(10_000));
    let clock_users = if clock.is_some() { wanted.len() } else { 1 };
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (vendor, port) in wanted {
        let count = seen.entry(vendor.name).or_default();
        *count += 1;
        sections.check(&vendor, &layers)?;
        let fresh = flags.fixtures.as_deref().map(|folder| read_fresh(folder, vendor.name));
        let options = Options {
            // Where webhooks find what they link to. Every address is reached under loopback too.
            address: (port != 0).then(|| format!("http://{}", reached(bind, port))),
            label: (*count > 1).then(|| format!("{}-{count}", vendor.name)),
            // A second instance of a vendor is another exchange, not a copy of the first.
            seed: seed.wrapping_add(u64::from(*count - 1)),
            start,
            clock: clock.clone(),
            clock_users,
            log: None,
            sends_webhooks: true,
            bench: Some(Arc::clone(&bench)),
            open_accounts: flags.accounts == Some(Accounts::Open),
            history: flags.history.unwrap_or(0),
            webhook: webhooks.get(vendor.name).cloned(),
            targets,
            public_url: public_url.clone(),
            trusted_proxies: trusted_proxies.clone(),
            fresh: fresh.transpose()?.flatten(),
            settings: sections.of(vendor.name),
            scenario: with_traffic(scenario.of(&vendor), traffic.get(vendor.name).copied()),
        };
        instances.push(Wanted { vendor, port, options, has_begun: false });
    }
    Ok(Config {
        instances,
        bind,
        contacts,
        cluster,
        hub,
        seed,
        data_dir: flags.data_dir,
        record: flags.record,
        accept_new_rules: flags.accept_new_rules,
        beginnings: BEGINNINGS
            .iter()
            .filter(|key| layers.origin(key) != Origin::Default)
            .map(|key| layers.name(key))
            .collect(),
        start,
        tls,
        guard: Guard { token: control_token, hosts: flags.allow_host },
        workers,
        log: flags.log,
        log_format: flags.log_format.unwrap_or(LogFormat::Text),
        ready_file: flags.ready_file,
        shown: report::show(&layers, &sections)?,
        warnings,
    })
}

/// Returns where a port is reached from this computer: an address for all of its interfaces is
/// reached under loopback.
pub(crate) fn reached(bind: IpAddr, port: u16) -> SocketAddr {
    let host = match bind {
        IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        IpAddr::V4(_) | IpAddr::V6(_) => bind,
    };
    SocketAddr::new(host, port)
}

fn read_fresh(folder: &Path, vendor: &str) -> Result<Option<String>, Fault> {
    let path = folder.join(vendor).join("fresh.json");
    if path.exists() { file::read("--fixtures", &path).map(Some) } else { Ok(None) }
}

fn start(rate: Option<f64>, freeze: Option<&str>, layers: &Layers) -> Result<Start, Fault> {
    match (freeze, rate) {
        (Some("false" | "0" | ""), None) | (None, None) => Ok(Start::Now),
        (Some("true" | "1"), _) => Ok(Start::Frozen(FROZEN_AT)),
        (Some("false" | "0" | "") | None, Some(rate)) => {
            Rate::from_f64(rate).map(Start::Running).ok_or_else(|| {
                let place = layers.name("rate");
                Fault::new(format!("{place} {rate}: from 0.000001 to 1000000 is possible"))
            })
        }
        (Some(moment), _) => match OffsetDateTime::parse(moment, &Rfc3339) {
            Ok(at) => Ok(Start::Frozen(at)),
            Err(_) => {
                let place = layers.name("freeze");
                let what = "write a moment such as 2026-01-05T09:00:00Z";
                Err(Fault::new(format!("{place} {moment}: {what}")))
            }
        },
    }
}

/// Draws a seed that is short enough to be typed again.
fn any_seed() -> u64 {
    // The standard library's hasher keys are the computer's randomness.
    std::hash::RandomState::new().build_hasher().finish() % 1_000_000_000
}
