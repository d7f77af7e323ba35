//! Visitors of web pages to whom a number is bound: dynamic call tracking.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Tables, number::digits};

/// A visitor, and the number shown to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Visitor {
    /// The number that is shown to nobody else.
    pub(crate) number: String,
    pub(crate) info: Info,
    pub(crate) history: Vec<PageView>,
}

/// What is known of a visitor, as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Info {
    uid: String,
    widget_id: u64,
    widget_name: String,
    product_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ga_cid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ya_cid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rs_cid: Option<String>,
    ip: String,
    region_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    duration: u64,
    current_page: PageView,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<Device>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    custom: Option<Map<String, Value>>,
}

/// Where a visitor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    country_code: String,
    region_code: String,
    region: String,
    city: String,
}

/// How a visitor came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    source: String,
    medium: String,
    campaign: String,
    content: String,
    term: String,
}

/// What a visitor looks at pages with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Device {
    Mobile,
    Desktop,
}

/// A page that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageView {
    url: String,
    /// ISO 8601 in UTC.
    date: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl Tables {
    /// Returns the visitor to whom a number is bound, however the number is written.
    pub(crate) fn visitor(&self, number: &str) -> Option<&Visitor> {
        let number = digits(number);
        self.visitors.iter().find(|visitor| digits(&visitor.number) == number)
    }
}
