//! The flags. A doc comment is a flag's help text; each flag has its variable and its key.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::FalseyValueParser};
use serde::{Deserialize, Deserializer, Serialize};

use super::names::VendorNames;

const STARTS: &str = "What starts";
const WORLD: &str = "What it begins with";
const KEPT: &str = "What is kept";
const TIME: &str = "Time";
const CLUSTER: &str = "Several as one";
const LINKS: &str = "Webhooks and links";
const ACCESS: &str = "Access and https";
const AROUND: &str = "Configuration and log";

/// What can be said on the command line, in the environment and in `ringback.toml` alike.
#[derive(Debug, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Flags {
    /// Vendor to start, and its port; repeatable, and several may share a port [default: all]
    #[arg(long, help_heading = STARTS, value_name = "NAME[=PORT]", env = "RINGBACK_VENDOR",
        value_delimiter = ',', value_parser = VendorNames)]
    #[serde(deserialize_with = "list")]
    pub(crate) vendor: Vec<String>,

    /// Address to listen on; one that is not loopback needs --control-token [default: 127.0.0.1]
    #[arg(long, help_heading = STARTS, value_name = "ADDRESS", env = "RINGBACK_BIND",
        hide_short_help = true)]
    pub(crate) bind: Option<IpAddr>,

    /// Port of the hub, where the control API speaks for all vendors [default: 4010]
    #[arg(long, help_heading = STARTS, value_name = "PORT", env = "RINGBACK_HUB",
        hide_short_help = true, allow_negative_numbers = true)]
    pub(crate) hub: Option<u16>,

    /// Start no hub, whatever --hub says
    #[arg(long, help_heading = STARTS, env = "RINGBACK_NO_HUB",
        value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) no_hub: bool,

    /// Threads that answer requests, 1 to 256 [default: one per core, four at most]
    #[arg(long, help_heading = STARTS, value_name = "N", env = "RINGBACK_WORKERS",
        hide_short_help = true, allow_negative_numbers = true)]
    pub(crate) workers: Option<usize>,

    /// File to write when all sockets are bound: vendors, addresses, credentials, hub; JSON
    #[arg(long, help_heading = STARTS, value_name = "FILE", env = "RINGBACK_READY_FILE",
        hide_short_help = true)]
    pub(crate) ready_file: Option<PathBuf>,

    /// Seed of everything drawn; the same seed and requests give the same calls [default: drawn]
    #[arg(long, help_heading = WORLD, value_name = "N", env = "RINGBACK_SEED",
        allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,

    /// File with rules of behaviour, extensions and services, TOML or JSON
    #[arg(long, help_heading = WORLD, value_name = "FILE", env = "RINGBACK_SCENARIO")]
    pub(crate) scenario: Option<PathBuf>,

    /// Begin with so many finished calls of the past days
    #[arg(long, help_heading = WORLD, value_name = "CALLS", env = "RINGBACK_HISTORY",
        allow_negative_numbers = true)]
    pub(crate) history: Option<usize>,

    /// Calls that come by themselves: how many in the busiest hour, above 0 and 36000 at most; repeatable
    #[arg(long, help_heading = WORLD, value_name = "NAME=N", env = "RINGBACK_TRAFFIC",
        value_delimiter = ',', value_parser = VendorNames, hide_possible_values = true,
        hide_short_help = true)]
    #[serde(deserialize_with = "traffic")]
    pub(crate) traffic: Vec<String>,

    /// Contacts to begin with: so many made-up ones, or a CSV file of numbers and metadata
    #[arg(long, help_heading = WORLD, value_name = "N|FILE", env = "RINGBACK_CONTACTS",
        hide_short_help = true)]
    #[serde(deserialize_with = "contacts")]
    pub(crate) contacts: Option<String>,

    /// Whether an unknown credential is refused or opens an account of its own [default: fixed]
    #[arg(long, help_heading = WORLD, value_enum, env = "RINGBACK_ACCOUNTS",
        hide_short_help = true)]
    pub(crate) accounts: Option<Accounts>,

    /// Folder with VENDOR/fresh.json files to begin with
    #[arg(long, help_heading = WORLD, value_name = "DIR", env = "RINGBACK_FIXTURES",
        hide_short_help = true)]
    pub(crate) fixtures: Option<PathBuf>,

    /// A vendor's own setting, such as impactpbx.tenant=3f0c…; repeatable, the pages under /docs list them
    #[arg(long, help_heading = WORLD, value_name = "NAME.KEY=VALUE", env = "RINGBACK_SET",
        value_parser = VendorNames, hide_possible_values = true)]
    #[serde(skip)]
    pub(crate) set: Vec<String>,

    /// Folder to keep everything in, and to go on from at the next start [default: nothing is kept]
    #[arg(long, help_heading = KEPT, value_name = "DIR", env = "RINGBACK_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Keep the commands of this run, for GET /__admin/{vendor}/log.jsonl and ringback replay; they go with it
    #[arg(long, help_heading = KEPT, env = "RINGBACK_RECORD",
        value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) record: bool,

    /// Execute what an earlier release has left in --data-dir, though the rules have changed since
    #[arg(long, help_heading = KEPT, env = "RINGBACK_ACCEPT_NEW_RULES",
        value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) accept_new_rules: bool,

    /// Simulated seconds per second; --freeze goes before it [default: 1]
    #[arg(long, help_heading = TIME, value_name = "N", env = "RINGBACK_RATE",
        value_parser = rate, allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,

    /// Whether all vendors go by one clock, or each by its own [default: shared]
    #[arg(long, help_heading = TIME, value_enum, env = "RINGBACK_CLOCK", hide_short_help = true)]
    pub(crate) clock: Option<Clocks>,

    /// Start with a clock that stands still, at a moment such as 2026-01-05T09:00:00Z
    #[arg(long, help_heading = TIME, value_name = "MOMENT", env = "RINGBACK_FREEZE",
        num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(deserialize_with = "freeze")]
    pub(crate) freeze: Option<String>,

    /// NATS servers, such as nats://a,nats://b,nats://c: processes that share them are one Ringback
    #[arg(long, help_heading = CLUSTER, value_name = "URL,…", env = "RINGBACK_CLUSTER",
        value_delimiter = ',')]
    #[serde(deserialize_with = "list")]
    pub(crate) cluster: Vec<String>,

    /// What those processes share, of all that is on the NATS servers [default: ringback]
    #[arg(long, help_heading = CLUSTER, value_name = "NAME", env = "RINGBACK_DEPLOYMENT",
        hide_short_help = true)]
    pub(crate) deployment: Option<String>,

    /// Whether a request sees all that other processes have answered [default: latest]
    #[arg(long, help_heading = CLUSTER, value_enum, env = "RINGBACK_READS", hide_short_help = true)]
    pub(crate) reads: Option<ReadsFrom>,

    /// File with the credentials of a NATS account
    #[arg(long, help_heading = CLUSTER, value_name = "FILE", env = "RINGBACK_NATS_CREDS",
        hide_short_help = true)]
    pub(crate) nats_creds: Option<PathBuf>,

    /// Certificates of the authority that signed those of the NATS servers, PEM [default: the system's]
    #[arg(long, help_heading = CLUSTER, value_name = "FILE", env = "RINGBACK_NATS_CA",
        hide_short_help = true)]
    pub(crate) nats_ca: Option<PathBuf>,

    /// How many NATS servers keep everything, 1 to 5 [default: 3, or as many as there are]
    #[arg(long, help_heading = CLUSTER, value_name = "N", env = "RINGBACK_NATS_REPLICAS",
        hide_short_help = true, allow_negative_numbers = true)]
    pub(crate) nats_replicas: Option<usize>,

    /// Where a vendor's webhooks go; repeatable
    #[arg(long, help_heading = LINKS, value_name = "NAME=URL", env = "RINGBACK_WEBHOOK",
        value_parser = VendorNames, hide_possible_values = true)]
    #[serde(deserialize_with = "webhooks")]
    pub(crate) webhook: Vec<String>,

    /// Let webhooks go to public addresses too, not only to loopback and private ones
    #[arg(long, help_heading = LINKS, env = "RINGBACK_ALLOW_PUBLIC_WEBHOOKS",
        value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) allow_public_webhooks: bool,

    /// Address in links, instead of the one the client used
    #[arg(long, help_heading = LINKS, value_name = "URL", env = "RINGBACK_PUBLIC_URL",
        hide_short_help = true)]
    pub(crate) public_url: Option<String>,

    /// Proxies beside those on this computer that are believed when they say how a client came
    #[arg(long, help_heading = LINKS, value_name = "CIDR", env = "RINGBACK_TRUSTED_PROXIES",
        value_delimiter = ',', hide_short_help = true)]
    #[serde(deserialize_with = "list")]
    pub(crate) trusted_proxies: Vec<String>,

    /// What users of the control API have to show as a bearer token
    #[arg(long, help_heading = ACCESS, value_name = "TOKEN", env = "RINGBACK_CONTROL_TOKEN",
        hide_short_help = true)]
    pub(crate) control_token: Option<String>,

    /// Host name under which the control API may be reached, beside localhost; repeatable
    #[arg(long, help_heading = ACCESS, value_name = "NAME", env = "RINGBACK_ALLOW_HOST",
        value_delimiter = ',', hide_short_help = true)]
    #[serde(deserialize_with = "list")]
    pub(crate) allow_host: Vec<String>,

    /// Speak https as well as http on every port, with a certificate made on the spot
    #[arg(long, help_heading = ACCESS, env = "RINGBACK_TLS",
        value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) tls: bool,

    /// Certificate chain to speak https with, PEM
    #[arg(long, help_heading = ACCESS, value_name = "FILE", env = "RINGBACK_TLS_CERT",
        hide_short_help = true)]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Key of the certificate, PEM
    #[arg(long, help_heading = ACCESS, value_name = "FILE", env = "RINGBACK_TLS_KEY",
        hide_short_help = true)]
    pub(crate) tls_key: Option<PathBuf>,

    /// Configuration file [default: ringback.toml, if there is one]
    #[arg(long, help_heading = AROUND, value_name = "FILE", env = "RINGBACK_CONFIG")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,

    /// What of requests is logged [default: requests on a terminal, off otherwise]
    #[arg(long, help_heading = AROUND, value_enum, env = "RINGBACK_LOG")]
    pub(crate) log: Option<LogRequests>,

    /// How many requests the journal of the control API keeps, or off [default: 10000]
    #[arg(long, help_heading = AROUND, value_name = "N|off", env = "RINGBACK_JOURNAL",
        value_parser = journal, hide_short_help = true, allow_negative_numbers = true)]
    #[serde(deserialize_with = "journal_of_file")]
    pub(crate) journal: Option<usize>,

    /// Form of the log on standard error [default: text]
    #[arg(long, help_heading = AROUND, value_enum, env = "RINGBACK_LOG_FORMAT",
        hide_short_help = true)]
    pub(crate) log_format: Option<LogFormat>,
}

/// Which clock vendors go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Clocks {
    /// All by one.
    Shared,
    /// Each by its own.
    PerVendor,
}

/// What a request sees of what other processes have answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadsFrom {
    /// All of it
    Latest,
    /// What has come here, without asking
    Local,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Accounts {
    /// Unknown credentials are refused as the vendor refuses them
    Fixed,
    /// An unknown credential opens a freshly seeded account
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogRequests {
    /// A line for each
    Requests,
    /// Their bodies and those of the answers too, without secrets
    Bodies,
    /// Nothing
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// Its bounds are checked with those of the file; what JSON cannot hold never gets there.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite());
    rate.ok_or_else(|| "from 0.000001 to 1000000 is possible".to_owned())
}

/// The most requests that a journal keeps.
const JOURNAL: usize = 1_000_000;

/// None at all is 0.
fn journal(text: &str) -> Result<usize, String> {
    let entries = if text == "off" { Some(0) } else { text.parse().ok() };
    let entries = entries.filter(|entries| *entries <= JOURNAL);
    entries.ok_or_else(|| format!("a number up to {JOURNAL}, or off"))
}

/// In the file a number needs no quotation marks.
fn journal_of_file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a number of requests, or \"off\"")]
    enum Journal {
        Entries(usize),
        Word(String),
    }
    let text = match Journal::deserialize(deserializer)? {
        Journal::Entries(entries) => entries.to_string(),
        Journal::Word(word) => word,
    };
    journal(&text).map(Some).map_err(serde::de::Error::custom)
}

/// In the file one text may stand where a list may.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a list of texts")]
    enum List {
        One(String),
        Several(Vec<String>),
    }
    Ok(match List::deserialize(deserializer)? {
        List::One(text) => vec![text],
        List::Several(texts) => texts,
    })
}

/// In the file webhooks may be a table of addresses by vendor as well.
fn webhooks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a table of addresses, \"NAME=URL\" or a list of such")]
    enum Webhooks {
        One(String),
        Several(Vec<String>),
        Table(std::collections::BTreeMap<String, String>),
    }
    Ok(match Webhooks::deserialize(deserializer)? {
        Webhooks::One(text) => vec![text],
        Webhooks::Several(texts) => texts,
        Webhooks::Table(table) => {
            table.into_iter().map(|(name, url)| format!("{name}={url}")).collect()
        }
    })
}

/// In the file traffic may be a table of numbers by vendor as well.
fn traffic<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a table of numbers, \"NAME=N\" or a list of such")]
    enum Traffic {
        One(String),
        Several(Vec<String>),
        Table(std::collections::BTreeMap<String, f64>),
    }
    Ok(match Traffic::deserialize(deserializer)? {
        Traffic::One(text) => vec![text],
        Traffic::Several(texts) => texts,
        Traffic::Table(table) => {
            table.into_iter().map(|(name, calls)| format!("{name}={calls}")).collect()
        }
    })
}

/// In the file `freeze = true` is as good as a moment.
fn freeze<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "true, false or a moment such as \"2026-01-05T09:00:00Z\"")]
    enum Freeze {
        Whether(bool),
        At(String),
    }
    Ok(Some(match Freeze::deserialize(deserializer)? {
        Freeze::Whether(whether) => whether.to_string(),
        Freeze::At(moment) => moment,
    }))
}

/// In the file a number needs no quotation marks.
fn contacts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a number or the name of a CSV file")]
    enum Contacts {
        Made(u64),
        Listed(String),
    }
    Ok(Some(match Contacts::deserialize(deserializer)? {
        Contacts::Made(count) => count.to_string(),
        Contacts::Listed(file) => file,
    }))
}
