//! Flags, variables and files become one configuration: flag beats variable beats file.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use ringback_engine::{Clock, OffsetDateTime, Start};
use ringback_mock::{
    FROZEN_AT, Options,
    webhook::{self, Targets},
};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::{
    Fault,
    cli::{Accounts, Flags, LogFormat},
    contacts::Contacts,
    vendors::{self, Known},
};

/// What to start, all of it checked as far as it can be without starting it.
pub(crate) struct Config {
    pub(crate) instances: Vec<Wanted>,
    pub(crate) bind: IpAddr,
    pub(crate) hub: Option<u16>,
    pub(crate) contacts: Option<Contacts>,
    pub(crate) seed: u64,
    pub(crate) start: Start,
    pub(crate) tls: Tls,
    pub(crate) control_token: Option<String>,
    pub(crate) workers: usize,
    pub(crate) log_format: LogFormat,
}

/// One instance to start.
pub(crate) struct Wanted {
    pub(crate) vendor: Known,
    pub(crate) port: u16,
    pub(crate) options: Options,
}

/// Whether ports speak TLS, and with which certificate.
pub(crate) enum Tls {
    Off,
    SelfSigned,
    Files { certificate: PathBuf, key: PathBuf },
}

/// The port of the hub unless told otherwise.
const HUB: u16 = 4010;

/// Puts everything the user said together.
pub(crate) fn settle(flags: Flags) -> Result<Config, Fault> {
    let (file, mut sections) = read_config(flags.config.as_deref())?;
    for said in &flags.set {
        set(&mut sections, said)?;
    }
    let flags = or_file(flags, file);

    let control_token = flags.control_token.filter(|token| !token.trim().is_empty());
    let bind = flags.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    if !bind.is_loopback() && control_token.is_none() {
        return Err(Fault(format!(
            "--bind {bind} opens the control API to others: protect it with --control-token TOKEN"
        )));
    }
    let seed = flags.seed.unwrap_or_else(any_seed);
    let start = start(flags.rate, flags.freeze.as_deref())?;
    let tls = match (flags.tls, flags.tls_cert, flags.tls_key) {
        (_, Some(certificate), Some(key)) => Tls::Files { certificate, key },
        (true, None, None) => Tls::SelfSigned,
        (false, None, None) => Tls::Off,
        (_, Some(_), None) => return Err(Fault::new("--tls-cert needs --tls-key as well")),
        (_, None, Some(_)) => return Err(Fault::new("--tls-key needs --tls-cert as well")),
    };

    let wanted = wanted(&flags.vendor)?;
    let webhooks = webhooks(&flags.webhook, &wanted)?;
    let contacts = flags.contacts.map(|said| contacts(said, &wanted)).transpose()?;
    let scenario = flags.scenario.as_deref().map(read_scenario).transpose()?.unwrap_or_default();
    if let Some(folder) = flags.fixtures.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(Fault(format!("--fixtures {}: no such folder", folder.display())));
    }
    let public_url = flags.public_url.as_deref().map(webhook::normalise).transpose();
    let public_url = public_url.map_err(|error| Fault(format!("--public-url: {error}")))?;
    let mut instances = Vec::new();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (vendor, port) in wanted {
        let count = seen.entry(vendor.name).or_default();
        *count += 1;
        let fresh = flags.fixtures.as_deref().map(|folder| read_fresh(folder, vendor.name));
        let options = Options {
            // Where webhooks find what they link to. Every address is reached under loopback too.
            address: (port != 0).then(|| {
                let host = match bind.is_unspecified() {
                    true => IpAddr::V4(Ipv4Addr::LOCALHOST),
                    false => bind,
                };
                format!("http://{}", SocketAddr::new(host, port))
            }),
            label: (*count > 1).then(|| format!("{}-{count}", vendor.name)),
            // A second instance of a vendor is another exchange, not a copy of the first.
            seed: seed.wrapping_add(u64::from(*count - 1)),
            start,
            open_accounts: flags.accounts == Some(Accounts::Open),
            history: flags.history.unwrap_or(0),
            webhook: webhooks.get(vendor.name).cloned(),
            targets: Targets { allow_public: flags.allow_public_webhooks },
            public_url: public_url.clone(),
            fresh: fresh.transpose()?.flatten(),
            settings: sections.get(vendor.name).cloned().unwrap_or_default(),
            scenario: scenario_of(&scenario, vendor.name),
        };
        instances.push(Wanted { vendor, port, options });
    }
    sections.retain(|name, _| vendors::find(name).is_none());
    if let Some(name) = sections.keys().next() {
        return Err(Fault(format!("configuration: unknown key {name}")));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Config {
        instances,
        bind,
        contacts,
        hub: (!flags.no_hub).then(|| flags.hub.unwrap_or(HUB)),
        seed,
        start,
        tls,
        control_token,
        workers: flags.workers.unwrap_or(cores.min(4)).clamp(1, 256),
        log_format: flags.log_format.unwrap_or(LogFormat::Text),
    })
}

/// Fills what neither a flag nor a variable says from the file.
fn or_file(flags: Flags, file: Flags) -> Flags {
    let or = |said: Vec<String>, file| if said.is_empty() { file } else { said };
    Flags {
        vendor: or(flags.vendor, file.vendor),
        bind: flags.bind.or(file.bind),
        hub: flags.hub.or(file.hub),
        // A hub asked for by a flag is not taken back by the file.
        no_hub: flags.no_hub || (file.no_hub && flags.hub.is_none()),
        webhook: or(flags.webhook, file.webhook),
        allow_public_webhooks: flags.allow_public_webhooks || file.allow_public_webhooks,
        seed: flags.seed.or(file.seed),
        rate: flags.rate.or(file.rate.filter(|_| flags.freeze.is_none())),
        freeze: flags.freeze.or(file.freeze.filter(|_| flags.rate.is_none())),
        accounts: flags.accounts.or(file.accounts),
        fixtures: flags.fixtures.or(file.fixtures),
        scenario: flags.scenario.or(file.scenario),
        history: flags.history.or(file.history),
        contacts: flags.contacts.or(file.contacts),
        public_url: flags.public_url.or(file.public_url),
        control_token: flags.control_token.or(file.control_token),
        tls: flags.tls || file.tls,
        tls_cert: flags.tls_cert.or(file.tls_cert),
        tls_key: flags.tls_key.or(file.tls_key),
        workers: flags.workers.or(file.workers),
        log_format: flags.log_format.or(file.log_format),
        set: flags.set,
        config: flags.config,
    }
}

/// Puts `NAME.KEY=VALUE` into a vendor's section, `NAME.TABLE.KEY=VALUE` into a table of it. A value
/// that is none of TOML's is a text.
fn set(sections: &mut BTreeMap<String, Value>, said: &str) -> Result<(), Fault> {
    let parts = said.split_once('=').and_then(|(name, value)| Some((name.split_once('.')?, value)));
    let ((vendor, key), value) =
        parts.ok_or_else(|| Fault(format!("--set {said}: write NAME.KEY=VALUE")))?;
    if vendors::find(vendor).is_none() {
        let known = vendors::names();
        return Err(Fault(format!("--set {said}: unknown vendor {vendor:?}; known are {known}")));
    }
    let table = format!("value = {value}").parse::<toml::Table>().ok();
    let value = table.and_then(|table| serde_json::to_value(table.get("value")?).ok());
    let text = || Value::String(said.split_once('=').map_or("", |(_, text)| text).to_owned());
    let mut place = sections.entry(vendor.to_owned()).or_insert_with(|| json!({}));
    // A dot leads into a table, as it does in the file.
    for key in key.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        let Value::Object(table) = place else { break };
        place = table.entry(key).or_insert(Value::Null);
    }
    *place = value.unwrap_or_else(text);
    Ok(())
}

/// Reads the configuration file: the flags in it, and the vendors' own sections.
fn read_config(path: Option<&Path>) -> Result<(Flags, BTreeMap<String, Value>), Fault> {
    let usual = Path::new("ringback.toml");
    let path = match path {
        Some(path) => path,
        None if usual.exists() => usual,
        None => return Ok(Default::default()),
    };
    let mut table: toml::Table =
        read("--config", path)?.parse().map_err(|error: toml::de::Error| in_file(path, error))?;
    let names: Vec<String> = table.keys().cloned().collect();
    let mut sections = BTreeMap::new();
    for name in names.into_iter().filter(|name| vendors::find(name).is_some()) {
        if let Some(section) = table.remove(&name) {
            let section = serde_json::to_value(section).map_err(|error| in_file(path, error))?;
            sections.insert(name, section);
        }
    }
    let flags = table.try_into().map_err(|error: toml::de::Error| in_file(path, error))?;
    Ok((flags, sections))
}

fn read(what: &str, path: &Path) -> Result<String, Fault> {
    let fault = |error| Fault(format!("{what} {}: {error}", path.display()));
    std::fs::read_to_string(path).map_err(fault)
}

/// Says what is wrong in a file, in one line: some parsers draw the place they are about.
fn in_file(path: &Path, error: impl std::fmt::Display) -> Fault {
    let error = error.to_string();
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Fault(format!("{}: {}", path.display(), lines.join(" ")))
}

fn read_fresh(folder: &Path, vendor: &str) -> Result<Option<String>, Fault> {
    let path = folder.join(vendor).join("fresh.json");
    if path.exists() { read("--fixtures", &path).map(Some) } else { Ok(None) }
}

/// Reads a scenario file, TOML or JSON by its ending.
fn read_scenario(path: &Path) -> Result<Value, Fault> {
    let text = read("--scenario", path)?;
    let scenario: Value = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => serde_json::from_str(&text).map_err(|error| in_file(path, error))?,
        _ => toml::from_str(&text).map_err(|error| in_file(path, error))?,
    };
    let is_section = |key: &str| vendors::find(key).is_some();
    check_scenario(&scenario, is_section).map_err(|error| in_file(path, error))?;
    for (vendor, section) in scenario.as_object().into_iter().flatten() {
        if is_section(vendor) {
            check_scenario(section, |_| false)
                .map_err(|error| in_file(path, format!("{vendor}: {error}")))?;
        }
    }
    Ok(scenario)
}

/// Checks that a scenario, or a section of it, has lists of rules and extensions and nothing else.
fn check_scenario(part: &Value, is_section: impl Fn(&str) -> bool) -> Result<(), String> {
    let object = part.as_object().ok_or("a scenario has rules and extensions")?;
    for (key, value) in object {
        match key.as_str() {
            "rules" | "extensions" if value.is_array() => {}
            "rules" | "extensions" => return Err(format!("{key} has to be a list")),
            section if is_section(section) => {}
            unknown => return Err(format!("unknown key {unknown}")),
        }
    }
    Ok(())
}

/// Returns what a scenario says for one vendor: its own section before what is for all.
fn scenario_of(scenario: &Value, vendor: &str) -> Value {
    let part = |key: &str| {
        let own = scenario.get(vendor).and_then(|section| section.get(key));
        let lists = [own, scenario.get(key)].into_iter().flatten();
        lists.filter_map(Value::as_array).flatten().cloned().collect::<Vec<_>>()
    };
    json!({ "rules": part("rules"), "extensions": part("extensions") })
}

/// Reads `NAME[=PORT]`; nothing said means all vendors.
fn wanted(said: &[String]) -> Result<Vec<(Known, u16)>, Fault> {
    if said.is_empty() {
        return Ok(vendors::ALL.iter().map(|known| (*known, known.port)).collect());
    }
    let mut wanted: Vec<(Known, u16)> = Vec::new();
    for said in said {
        let (name, port) =
            said.split_once('=').map_or((said.as_str(), None), |(n, p)| (n, Some(p)));
        let known = vendors::find(name).ok_or_else(|| {
            Fault(format!(
                "--vendor {said}: unknown vendor {name:?}; known are {}",
                vendors::names()
            ))
        })?;
        let port = match port {
            None => known.port,
            Some(port) => port.parse().map_err(|_| {
                Fault(format!("--vendor {said}: {port:?} is no port, a number from 0 to 65535"))
            })?,
        };
        if port != 0 && wanted.iter().any(|(other, p)| other.name == name && *p == port) {
            return Err(Fault(format!("--vendor {said}: {name} is on port {port} already")));
        }
        wanted.push((known, port));
    }
    Ok(wanted)
}

/// Reads `NAME=URL`.
fn webhooks(said: &[String], wanted: &[(Known, u16)]) -> Result<BTreeMap<String, String>, Fault> {
    let mut webhooks = BTreeMap::new();
    for said in said {
        let (name, url) = said
            .split_once('=')
            .ok_or_else(|| Fault(format!("--webhook {said}: write NAME=URL")))?;
        if !wanted.iter().any(|(known, _)| known.name == name) {
            return Err(Fault(format!("--webhook {said}: {name} is not started")));
        }
        webhooks.insert(name.to_owned(), url.to_owned());
    }
    Ok(webhooks)
}

/// Reads `N|FILE`, which somebody has to have a use for.
fn contacts(said: String, wanted: &[(Known, u16)]) -> Result<Contacts, Fault> {
    if !wanted.iter().any(|(known, _)| known.build_with.is_some()) {
        let with: Vec<&str> = vendors::with_contacts().collect();
        return Err(Fault(format!(
            "--contacts {said}: no vendor that is started has contacts; {} has",
            with.join(", ")
        )));
    }
    Contacts::read(said)
}

fn start(rate: Option<f64>, freeze: Option<&str>) -> Result<Start, Fault> {
    match (freeze, rate) {
        (Some("false" | "0" | ""), None) | (None, None) => Ok(Start::Now),
        (Some("true" | "1"), _) => Ok(Start::Frozen(FROZEN_AT)),
        (Some(moment), _) => match OffsetDateTime::parse(moment, &Rfc3339) {
            Ok(at) => Ok(Start::Frozen(at)),
            Err(_) => Err(Fault(format!(
                "--freeze {moment}: write a moment such as 2026-01-05T09:00:00Z"
            ))),
        },
        (None, Some(rate)) if Clock::RATES.contains(&rate) => Ok(Start::Running(rate)),
        (None, Some(rate)) => {
            Err(Fault(format!("--rate {rate}: from 0.000001 to 1000000 is possible")))
        }
    }
}

/// Draws a seed that is short enough to be typed again.
fn any_seed() -> u64 {
    // The standard library's hasher keys are the computer's randomness.
    std::hash::RandomState::new().build_hasher().finish() % 1_000_000_000
}
