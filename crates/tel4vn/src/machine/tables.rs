//! The lists that the API keeps beside its calls: each is a table and no more.

use std::collections::{BTreeMap, VecDeque};

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::callcenter::campaign::Campaign;
use crate::{Fresh, Settings};

/// The most rows of one table.
pub(super) const MOST: usize = 10_000;

/// All tables of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tables {
    pub(crate) templates: Vec<Template>,
    pub(crate) campaigns: Vec<Campaign>,
    pub(crate) audios: Vec<Audio>,
    pub(crate) blacklist: Vec<Blocked>,
    pub(crate) smartrouting: BTreeMap<u64, Routing>,
    pub(super) next_routing: u64,
    pub(crate) mailboxes: Vec<Mailbox>,
    pub(crate) messages: Vec<Message>,
    pub(crate) tenants: BTreeMap<String, OtherTenant>,
    /// The queues of the dialler, by their codes, and whether they run.
    pub(super) dialler: BTreeMap<String, bool>,
    /// The campaigns that are calling.
    pub(super) runs: BTreeMap<Uuid, Run>,
}

/// A script that is read or played to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audio_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    pub(crate) description: String,
    pub(crate) enable_option: bool,
    pub(crate) exit_sound: Value,
    pub(crate) invalid_sound: Value,
    pub(crate) max_timeout: u32,
    pub(crate) name: String,
    pub(crate) press_options: Vec<Value>,
    pub(crate) press_timeout: u32,
    pub(crate) speed_tts: serde_json::Number,
    pub(crate) template_uuid: Uuid,
    pub(crate) voice_tts: String,
    pub(crate) voice_type: String,
}

impl Template {
    /// Returns the words in double braces, which a customer's data has to fill.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let text = self.content.as_deref().unwrap_or_default();
        let parts = text.split("{{").skip(1);
        parts.filter_map(|part| part.split_once("}}").map(|(key, _)| key.trim())).collect()
    }

    /// Returns how long it takes to read the script, in seconds; a file is taken for ten.
    pub(super) fn seconds(&self) -> u32 {
        let letters = self.content.as_deref().map_or(150, |text| text.chars().count());
        u32::try_from(letters / 15).unwrap_or(u32::MAX).clamp(3, 600)
    }
}

/// A sound file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audio {
    pub(crate) domain_uuid: Uuid,
    pub(crate) audio_uuid: Uuid,
    pub(crate) audio_name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

/// A number that is not wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocked {
    pub(crate) id: Uuid,
    pub(crate) phone_number: String,
    pub(crate) description: String,
}

/// A caller who is pinned to an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Routing {
    pub(crate) phone_number: String,
    pub(crate) agent: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

/// A voicemail box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mailbox {
    pub(crate) id: Uuid,
    pub(crate) extension: String,
    pub(crate) password: String,
    pub(crate) mail_to: String,
    pub(crate) local_after_email: bool,
    pub(crate) enabled: bool,
    pub(crate) description: String,
}

/// A message in a voicemail box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    pub(crate) caller_id_name: String,
    pub(crate) caller_id_number: String,
    pub(crate) duration: u32,
    pub(crate) extension: String,
}

/// A tenant that the provider made. It is an entry and nothing more: nobody calls there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OtherTenant {
    pub(crate) uuid: Uuid,
    pub(crate) api_key: Uuid,
    pub(crate) user_id: Uuid,
    pub(crate) password: String,
    pub(crate) enabled: bool,
    pub(crate) extensions: BTreeMap<String, String>,
}

/// A campaign that is calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) pending: VecDeque<Pending>,
    /// How many calls at once, where an order says so; the campaign's number otherwise.
    pub(super) most: Option<u32>,
    pub(super) live: u32,
}

/// Somebody whom a campaign has still to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) uuid: Uuid,
    pub(super) phone: String,
    pub(super) customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<Value>,
    pub(super) app: super::App,
    pub(super) script: u32,
    /// The lead that is called, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lead: Option<Uuid>,
}

impl Tables {
    pub(super) fn fresh(fresh: &Fresh, settings: &Settings) -> Self {
        let routings = (1..).zip(fresh.smartrouting.iter().cloned());
        let center = fresh.callcenter.iter().filter(|_| settings.callcenter);
        let templates = center.clone().flat_map(|center| &center.templates);
        let audios = center.clone().flat_map(|center| &center.audios);
        let campaigns = center.clone().flat_map(|center| &center.campaigns);
        let own = fresh.campaigns.iter().map(crate::fresh::FreshCampaign::campaign);
        Self {
            templates: fresh
                .templates
                .iter()
                .chain(templates.map(|own| &own.row))
                .cloned()
                .collect(),
            campaigns: own.chain(campaigns.map(crate::fresh::ThirdCampaign::campaign)).collect(),
            audios: fresh.audios.iter().chain(audios.map(|own| &own.row)).cloned().collect(),
            blacklist: fresh.blacklist.clone(),
            next_routing: u64::try_from(fresh.smartrouting.len()).unwrap_or(0) + 1,
            smartrouting: routings.collect(),
            mailboxes: fresh.mailboxes.clone(),
            messages: fresh.messages.clone(),
            ..Self::default()
        }
    }

    /// Returns where a caller is pinned to, with the entry's number.
    pub(crate) fn pinned(&self, id: &str) -> Option<(u64, &Routing)> {
        let by_phone = self.smartrouting.iter().find(|(_, routing)| routing.phone_number == id);
        let found = by_phone.or_else(|| self.smartrouting.get_key_value(&id.parse().ok()?));
        found.map(|(number, routing)| (*number, routing))
    }

    pub(super) fn routing(&self, phone: &str) -> Option<&Routing> {
        self.smartrouting.values().find(|routing| routing.phone_number == phone)
    }

    /// Returns a voicemail box by its id or its extension.
    pub(crate) fn mailbox(&self, id: &str) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|mailbox| mailbox.extension == id || is(&mailbox.id, id))
    }

    pub(crate) fn blocked(&self, id: &str) -> Option<&Blocked> {
        self.blacklist.iter().find(|blocked| blocked.phone_number == id || is(&blocked.id, id))
    }

    pub(crate) fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|template| is(&template.template_uuid, id))
    }

    /// Returns the newest script of a name: the generations do not look at each other's names.
    pub(crate) fn template_named(&self, name: &str) -> Option<&Template> {
        self.templates.iter().rev().find(|template| template.name == name)
    }

    pub(crate) fn campaign(&self, id: &str) -> Option<&Campaign> {
        self.campaign_of(id.parse().ok()?)
    }

    pub(crate) fn campaign_of(&self, id: Uuid) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.campaign_uuid == id)
    }

    pub(super) fn campaign_of_mut(&mut self, id: Uuid) -> Option<&mut Campaign> {
        self.campaigns.iter_mut().find(|campaign| campaign.campaign_uuid == id)
    }

    /// Returns whether a number is one of those that are not wanted.
    pub(super) fn is_blocked(&self, phone: &str) -> bool {
        self.blacklist.iter().any(|blocked| blocked.phone_number == phone)
    }

    /// Returns a tenant by its name or its id.
    pub(crate) fn tenant(&self, id: &str) -> Option<(&String, &OtherTenant)> {
        let by_name = self.tenants.get_key_value(id);
        by_name.or_else(|| self.tenants.iter().find(|(_, tenant)| is(&tenant.uuid, id)))
    }
}

/// Returns whether a text is an id.
pub(crate) fn is(uuid: &Uuid, id: &str) -> bool {
    id.parse().is_ok_and(|id: Uuid| id == *uuid)
}
