//! What a user may set for this vendor. The control `configure` changes most of it later.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// How refusals travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorStyle {
    /// Business refusals are 200 with `result`, the others HTTP classes with JSON.
    #[default]
    Modern,
    /// Every refusal is HTTP 420 with `code`, as in the manual of 2017.
    Legacy420,
}

/// Which version of the notifications is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum ApiVersion {
    /// Without `was_transferred`, `hold_initiator` and `transfer`.
    One,
    /// With them.
    #[default]
    Two,
}

impl TryFrom<u8> for ApiVersion {
    type Error = String;

    fn try_from(version: u8) -> Result<Self, String> {
        match version {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            other => Err(format!("there are api_version 1 and 2, and no {other}")),
        }
    }
}

impl From<ApiVersion> for u8 {
    fn from(version: ApiVersion) -> Self {
        match version {
            ApiVersion::One => 1,
            ApiVersion::Two => 2,
        }
    }
}

/// What a user may set for this vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The demo account's key, instead of the one of `fresh.json`.
    pub api_key: Option<String>,
    /// The salt of all signatures, instead of the one of `fresh.json`.
    pub api_salt: Option<String>,
    /// Which version of the notifications is sent.
    pub api_version: ApiVersion,
    /// How refusals travel.
    pub error_style: ErrorStyle,
    /// How long statistics are being built, in milliseconds.
    pub stats_delay_ms: u32,
    /// Added to every time that goes out, and taken off every time that comes in: 10800 reproduces
    /// the reading of unix times as Moscow time.
    pub time_shift_seconds: i32,
    /// Whether answered calls are recorded by themselves.
    pub auto_record: bool,
    /// How long the temporary address of a recording is good for, in seconds.
    pub link_seconds: u32,
    /// How long a receiver of notifications may take, in the computer's seconds.
    pub webhook_timeout_seconds: u32,
    /// Simulated seconds to wait before each further attempt of a notification.
    pub webhook_retries: Vec<u32>,
    /// Notifications that are not sent, such as `events/recording`.
    pub silent: BTreeSet<String>,
    /// Whether requests are limited in rate. vendors/mango.md, 19
    pub rate_limits: bool,
    /// Whether more than one refusal 3xxx within two minutes locks the caller out.
    pub lock_out: bool,
    /// The only addresses that may ask; all of them when empty.
    pub allowed_addresses: BTreeSet<IpAddr>,
    /// What becomes of text messages: 1000, or 43xx.
    pub sms_outcome: u16,
    /// Beginnings of calling numbers whose region is forbidden: such calls are refused with 1140.
    pub forbidden_regions: Vec<String>,
    /// Whether an unknown `product_id` yields empty lists in the contact centre.
    pub strict_product: bool,
    /// How long the backend face waits for statistics, in milliseconds of the computer's time.
    pub backend_wait_ms: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_key: None,
            api_salt: None,
            api_version: ApiVersion::default(),
            error_style: ErrorStyle::default(),
            stats_delay_ms: 500,
            time_shift_seconds: 0,
            auto_record: true,
            link_seconds: 300,
            webhook_timeout_seconds: 5,
            webhook_retries: Vec::new(),
            silent: BTreeSet::new(),
            rate_limits: false,
            lock_out: false,
            allowed_addresses: BTreeSet::new(),
            sms_outcome: 1000,
            forbidden_regions: Vec::new(),
            strict_product: false,
            backend_wait_ms: 10_000,
        }
    }
}

impl Settings {
    /// Returns whether an address may ask; one that is unknown may where all may.
    pub(crate) fn allows(&self, address: Option<IpAddr>) -> bool {
        self.allowed_addresses.is_empty()
            || address.is_some_and(|address| self.allowed_addresses.contains(&address))
    }

    /// Returns whether requests are counted before they are answered.
    pub(crate) fn counts_requests(&self) -> bool {
        self.rate_limits || self.lock_out
    }
}
