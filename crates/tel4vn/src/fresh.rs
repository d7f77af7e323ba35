//! What a fresh instance contains, as `fresh.json` says it.

use ringback_exchange::{Behaviour, Extension, Number, Service};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Face,
    machine::{
        CampaignColumns, CampaignType, LeadColumns, RunState,
        callcenter::{Carrier, Gateway, Group, Lead, List, Person, Role, campaign::Campaign},
        tables::{Audio, Blocked, Mailbox, Message, Routing, Template},
    },
};

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
    pub(crate) campaigns: Vec<FreshCampaign>,
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
    #[serde(default)]
    pub(crate) callcenter: Option<FreshCallCenter>,
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

/// What a fresh instance has for the call centre.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreshCallCenter {
    pub(crate) campaigns: Vec<ThirdCampaign>,
    pub(crate) templates: Vec<ThirdTemplate>,
    pub(crate) audios: Vec<ThirdAudio>,
    pub(crate) lists: Vec<List>,
    pub(crate) leads: Vec<FreshLead>,
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) carriers: Vec<Carrier>,
    pub(crate) users: Vec<Person>,
    pub(crate) roles: Vec<Role>,
    pub(crate) groups: Vec<Group>,
}

/// A script of the third generation.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ThirdTemplate {
    /// How long it waits between two keys.
    #[serde(rename = "inter_digit_timeout")]
    pub(crate) wait: u32,
    pub(crate) row: Template,
}

/// A sound file of the third generation, and whose it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThirdAudio {
    pub(crate) user_uuid: Uuid,
    pub(crate) row: Audio,
}

/// A campaign of the first generation, as its lists show it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreshCampaign {
    campaign_uuid: Uuid,
    campaign_name: String,
    template_uuid: String,
    description: String,
    concurrent_call: u32,
    ratio: u32,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl FreshCampaign {
    pub(crate) fn campaign(&self) -> Campaign {
        let Self { campaign_uuid, concurrent_call, ratio, created_at, updated_at, .. } = *self;
        Campaign {
            face: Face::First,
            campaign_uuid,
            status: RunState::Stop,
            resumes_at: None,
            queue_uuid: None,
            users: Vec::new(),
            created_at,
            updated_at,
            columns: CampaignColumns {
                campaign_name: self.campaign_name.clone(),
                template_uuid: self.template_uuid.clone(),
                description: self.description.clone(),
                concurrent_call,
                ratio,
                ..CampaignColumns::default()
            },
        }
    }
}

/// A campaign of the third generation: the columns that it has otherwise than a new one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThirdCampaign {
    campaign_uuid: Uuid,
    #[serde(default)]
    queue_uuid: Option<Uuid>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    columns: CampaignColumns,
}

impl ThirdCampaign {
    pub(crate) fn campaign(&self) -> Campaign {
        let Self { campaign_uuid, queue_uuid, created_at, updated_at, ref columns } = *self;
        Campaign {
            face: Face::Third,
            campaign_uuid,
            status: match columns.r#type {
                CampaignType::Autodialer => RunState::Start,
                CampaignType::Autocall | CampaignType::Inbound | CampaignType::Manual => {
                    RunState::Stop
                }
            },
            resumes_at: None,
            queue_uuid,
            users: Vec::new(),
            created_at,
            updated_at,
            columns: columns.clone(),
        }
    }
}

/// A lead that nobody has called yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreshLead {
    lead_uuid: Uuid,
    list_uuid: Uuid,
    #[serde(default)]
    has_network: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    columns: LeadColumns,
}

impl FreshLead {
    pub(crate) fn lead(&self) -> Lead {
        let Self { lead_uuid, list_uuid, has_network, created_at, updated_at, ref columns } = *self;
        let new = Lead::new(created_at, lead_uuid, list_uuid, columns.clone());
        Lead { has_network, updated_at, ..new }
    }
}
