//! The flags. A doc comment is a flag's help text; each flag has its variable and its key.

use std::ffi::OsStr;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    builder::{FalseyValueParser, Resettable},
};
use serde::{Deserialize, Deserializer};

/// Simulates telephony vendors: same URLs, same JSON, and behind them calls that really happen.
///
/// Without --vendor it starts all vendors on their default ports.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

impl Cli {
    /// Reads the command line and the environment, in which an empty variable says nothing.
    pub(crate) fn read() -> Self {
        let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
        let command = Self::command().mut_args(|arg| match arg.get_env().is_some_and(is_empty) {
            true => arg.env(Resettable::Reset),
            false => arg,
        });
        let matches = command.get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// List the vendors, their default ports and what they imitate
    Vendors,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What can be said on the command line, in the environment and in `ringback.toml` alike.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Flags {
    /// Vendor to start, and its port; repeatable, and several may share a port
    #[arg(long, value_name = "NAME[=PORT]", env = "RINGBACK_VENDOR", value_delimiter = ',')]
    pub(crate) vendor: Vec<String>,

    /// Address to listen on; one that is not loopback needs --control-token
    #[arg(long, value_name = "ADDRESS", env = "RINGBACK_BIND")]
    pub(crate) bind: Option<IpAddr>,

    /// Port of the hub, where the control API speaks for all vendors [default: 4010]
    #[arg(long, value_name = "PORT", env = "RINGBACK_HUB")]
    pub(crate) hub: Option<u16>,

    /// Start no hub, whatever --hub says
    #[arg(long, env = "RINGBACK_NO_HUB", value_parser = FalseyValueParser::new())]
    pub(crate) no_hub: bool,

    /// Where a vendor's webhooks go; repeatable
    #[arg(long, value_name = "NAME=URL", env = "RINGBACK_WEBHOOK", value_delimiter = ',')]
    pub(crate) webhook: Vec<String>,

    /// Let webhooks go to public addresses too, not only to loopback and private ones
    #[arg(long, env = "RINGBACK_ALLOW_PUBLIC_WEBHOOKS", value_parser = FalseyValueParser::new())]
    pub(crate) allow_public_webhooks: bool,

    /// Seed of everything drawn; the same seed and requests give the same calls
    #[arg(long, env = "RINGBACK_SEED")]
    pub(crate) seed: Option<u64>,

    /// Simulated seconds per second; --freeze goes before it
    #[arg(long, env = "RINGBACK_RATE")]
    pub(crate) rate: Option<f64>,

    /// Start with a clock that stands still, at a moment such as 2026-01-05T09:00:00Z
    #[arg(
        long,
        value_name = "MOMENT",
        env = "RINGBACK_FREEZE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    #[serde(deserialize_with = "freeze")]
    pub(crate) freeze: Option<String>,

    /// Whether an unknown credential is refused or opens an account of its own [default: fixed]
    #[arg(long, value_enum, env = "RINGBACK_ACCOUNTS")]
    pub(crate) accounts: Option<Accounts>,

    /// Folder with VENDOR/fresh.json files to begin with
    #[arg(long, value_name = "DIR", env = "RINGBACK_FIXTURES")]
    pub(crate) fixtures: Option<PathBuf>,

    /// File with rules of behaviour and extensions, TOML or JSON
    #[arg(long, value_name = "FILE", env = "RINGBACK_SCENARIO")]
    pub(crate) scenario: Option<PathBuf>,

    /// Begin with so many finished calls of the past days
    #[arg(long, value_name = "CALLS", env = "RINGBACK_HISTORY")]
    pub(crate) history: Option<usize>,

    /// Contacts to begin with: so many made-up ones, or a CSV file of numbers and metadata
    #[arg(long, value_name = "N|FILE", env = "RINGBACK_CONTACTS")]
    #[serde(deserialize_with = "contacts")]
    pub(crate) contacts: Option<String>,

    /// Address in links, instead of the one the client used
    #[arg(long, value_name = "URL", env = "RINGBACK_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,

    /// What users of the control API have to show as a bearer token
    #[arg(long, value_name = "TOKEN", env = "RINGBACK_CONTROL_TOKEN", hide_env_values = true)]
    pub(crate) control_token: Option<String>,

    /// Speak https as well as http on every port, with a certificate made on the spot
    #[arg(long, env = "RINGBACK_TLS", value_parser = FalseyValueParser::new())]
    pub(crate) tls: bool,

    /// Certificate chain to speak https with, PEM
    #[arg(long, value_name = "FILE", env = "RINGBACK_TLS_CERT")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Key of the certificate, PEM
    #[arg(long, value_name = "FILE", env = "RINGBACK_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,

    /// A vendor's own setting, such as impactpbx.tenant=3f0c…; repeatable, docs/vendors lists them
    #[arg(long, value_name = "NAME.KEY=VALUE", env = "RINGBACK_SET", value_delimiter = ',')]
    #[serde(skip)]
    pub(crate) set: Vec<String>,

    /// Threads that answer requests [default: one per core, four at most]
    #[arg(long, env = "RINGBACK_WORKERS")]
    pub(crate) workers: Option<usize>,

    /// Form of the log on standard error [default: text]
    #[arg(long, value_enum, env = "RINGBACK_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    /// Configuration file [default: ringback.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "RINGBACK_CONFIG")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Accounts {
    /// Unknown credentials are refused as the vendor refuses them
    Fixed,
    /// An unknown credential opens a freshly seeded account
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}
