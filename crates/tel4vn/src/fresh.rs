//! What a fresh instance contains, as `fresh.json` says it.

use ringback_exchange::{Behaviour, Extension, Number, Service};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::machine::tables::{Audio, Blocked, Campaign, Mailbox, Message, Routing, Template};

/// The contents of `fresh.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// The tenant's domain.
    pub domain: String,
    /// Identifies the domain.
    pub domain_uuid: Uuid,
    /// Who logs in.
    pub user: User,
    /// The tenant's own number: shown to mobiles, dialled by customers.
    pub hotline: Number,
    /// Where a call to the hotline goes: an extension, a ring group, a queue or a menu.
    pub hotline_to: Number,
    /// The extensions.
    pub extensions: Vec<FreshExtension>,
    /// Ring groups, queues and menus.
    #[serde(default)]
    pub services: Vec<Service>,
    /// What the vendor keeps with each queue.
    #[serde(default)]
    pub queues: Vec<QueueInfo>,
    #[serde(default)]
    pub(crate) templates: Vec<Template>,
    #[serde(default)]
    pub(crate) campaigns: Vec<Campaign>,
    #[serde(default)]
    pub(crate) audios: Vec<Audio>,
    #[serde(default)]
    pub(crate) blacklist: Vec<Blocked>,
    #[serde(default)]
    pub(crate) smartrouting: Vec<Routing>,
    #[serde(default)]
    pub(crate) mailboxes: Vec<Mailbox>,
    #[serde(default)]
    pub(crate) messages: Vec<Message>,
}

impl Fresh {
    /// Returns what the user types to log in.
    pub fn login(&self) -> String {
        format!("{}@{}", self.user.username, self.domain)
    }
}

/// Somebody who may use the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Identifies the user.
    pub user_uuid: Uuid,
    /// The name in front of the domain.
    pub username: String,
    /// The password.
    pub password: String,
    /// What tokens are issued for.
    pub api_key: String,
    /// What the user may do, in the vendor's word.
    pub level: String,
}

/// An extension of a fresh instance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshExtension {
    /// Its number.
    pub number: Number,
    /// Identifies it.
    pub extension_uuid: Uuid,
    /// The password of its phone.
    pub password: String,
    /// Whether a phone is logged in.
    #[serde(default = "yes")]
    pub registered: bool,
    /// Whether it refuses calls as busy.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// What it does when it is rung.
    #[serde(default)]
    pub habit: Option<Behaviour>,
}

fn yes() -> bool {
    true
}

impl FreshExtension {
    pub(crate) fn phone(&self) -> Extension {
        Extension {
            number: self.number.clone(),
            registered: self.registered,
            do_not_disturb: self.do_not_disturb,
            habit: self.habit,
        }
    }
}

/// What the vendor keeps with a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueInfo {
    /// The number that reaches it.
    pub number: Number,
    /// Identifies it.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
}
