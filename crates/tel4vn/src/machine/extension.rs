//! What the vendor keeps with each extension, beside the phone that the exchange knows.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Extension, Number};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Pbx;

/// The vendor's part of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Phone {
    pub(crate) uuid: Uuid,
    pub(super) password: String,
    pub(crate) enabled: bool,
    pub(super) user_uuid: String,
    pub(super) follow_me: String,
}

impl Phone {
    pub(super) fn new(uuid: Uuid, password: String) -> Self {
        let (user_uuid, follow_me) = (String::new(), String::new());
        Self { uuid, password, enabled: true, user_uuid, follow_me }
    }
}

/// The most extensions of one tenant.
const MOST: usize = 100_000;

/// The password that leaves the old one as it is.
const KEPT: &str = "deFauLt";

/// Adds an extension. No phone is logged in at it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateExtension {
    /// Its number.
    pub number: String,
    /// The password of its phone.
    pub password: String,
    /// Whether a phone may log in.
    pub enabled: bool,
    /// Whose it is.
    pub user_uuid: String,
    /// The number that is dialled for inbound calls while nobody is logged in.
    pub follow_me: String,
}

/// Changes an extension. One that is disabled is logged out; live calls go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeExtension {
    /// Its number or id.
    pub id: String,
    /// The new password, or `deFauLt` for the old one.
    pub password: String,
    /// Whether a phone may log in.
    pub enabled: bool,
    /// Whose it is; unchanged when absent.
    pub user_uuid: Option<String>,
    /// As [`CreateExtension::follow_me`]; unchanged when absent.
    pub follow_me: Option<String>,
}

/// Removes an extension; live calls go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteExtension {
    /// Its number or id.
    pub id: String,
}

/// Why an extension is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionRefused {
    /// The number is that of another extension, or of the exchange itself.
    #[error("extension is already taken")]
    Taken,
    /// There is no such extension.
    #[error("Extension not found")]
    Unknown,
    /// There are as many as there may be.
    #[error("too many extensions")]
    TooMany,
}

/// An extension as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExtensionView {
    /// Identifies it.
    pub extension_uuid: Uuid,
    /// Its number.
    pub extension: String,
    /// Whose it is.
    pub user_uuid: String,
    /// The name of whose it is.
    pub username: String,
    /// Whether a phone may log in.
    pub enabled: bool,
    /// Identifies the tenant.
    pub domain_uuid: Uuid,
    /// The tenant.
    pub domain_name: String,
    /// Whether it serves a queue.
    pub is_link_call_center: bool,
    /// As [`CreateExtension::follow_me`].
    pub follow_me: String,
}

impl Pbx {
    /// Makes entries for extensions that a scenario or a control added to the exchange.
    pub(crate) fn adopt_extensions(&mut self) {
        let numbers = self.exchange.extensions().map(|extension| extension.number.clone());
        let strange: Vec<Number> =
            numbers.filter(|number| !self.phones.contains_key(number)).collect();
        for number in strange {
            let uuid = self.draw_id();
            self.phones.insert(number, Phone::new(uuid, "secret".to_owned()));
        }
    }

    /// Finds an extension by its number or id.
    pub fn extension_number(&self, id: &str) -> Option<&Number> {
        if let Some((number, _)) = self.phones.get_key_value(&Number::from(id)) {
            return Some(number);
        }
        let uuid: Uuid = id.parse().ok()?;
        self.phones.iter().find(|(_, phone)| phone.uuid == uuid).map(|(number, _)| number)
    }

    /// Shows an extension.
    pub fn extension(&self, number: &Number) -> Option<ExtensionView> {
        self.phones.get(number).map(|phone| self.view(number, phone))
    }

    /// Shows the extensions in the order of their numbers; only the one asked for, if one is.
    pub fn extensions<'a>(
        &'a self,
        only: &'a [&'a str],
    ) -> impl Iterator<Item = ExtensionView> + 'a {
        let is_wanted = |number: &Number| only.is_empty() || only.contains(&number.as_str());
        let phones = self.phones.iter().filter(move |(number, _)| is_wanted(number));
        phones.map(|(number, phone)| self.view(number, phone))
    }

    /// Returns how many extensions there are.
    pub fn extension_count(&self) -> usize {
        self.phones.len()
    }

    /// Returns whose an extension is for the first generation, which knows the tenant's own user alone:
    /// id and name.
    pub(crate) fn first_owner(&self, number: &Number) -> (&str, &str) {
        let user = &self.tenant.user;
        let own = self.phones.get(number).map_or("", |phone| &phone.user_uuid);
        let is_users = own == user.user_uuid.to_string();
        (own, if is_users { &user.username } else { "" })
    }

    fn view(&self, number: &Number, phone: &Phone) -> ExtensionView {
        let serves = |info: &crate::fresh::QueueInfo| {
            let kind = self.exchange.service(info.number.as_str());
            kind.and_then(|kind| kind.group()).is_some_and(|group| group.members.contains(number))
        };
        let (own, username) = self.first_owner(number);
        let owner = self.owner(number).filter(|_| username.is_empty());
        let (user_uuid, username) = match owner {
            Some(user) => (user.user_uuid.to_string(), user.columns.username.clone()),
            None => (own.to_owned(), username.to_owned()),
        };
        ExtensionView {
            extension_uuid: phone.uuid,
            extension: number.to_string(),
            user_uuid,
            username,
            enabled: phone.enabled,
            domain_uuid: self.tenant.domain_uuid,
            domain_name: self.tenant.domain.clone(),
            is_link_call_center: self.tenant.queues.iter().any(serves),
            follow_me: phone.follow_me.clone(),
        }
    }

    fn entry(&mut self, id: &str) -> Result<(Number, &mut Phone), ExtensionRefused> {
        let number = self.extension_number(id).cloned().ok_or(ExtensionRefused::Unknown)?;
        let phone = self.phones.get_mut(&number).ok_or(ExtensionRefused::Unknown)?;
        Ok((number, phone))
    }

    fn shown(&self, number: &Number) -> Result<ExtensionView, ExtensionRefused> {
        self.extension(number).ok_or(ExtensionRefused::Unknown)
    }
}

impl Command<Pbx> for CreateExtension {
    type Outcome = Result<ExtensionView, ExtensionRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let Self { number, password, enabled, user_uuid, follow_me } = self;
        let number = Number::from(number);
        let taken = pbx.phones.contains_key(&number)
            || pbx.exchange.service(number.as_str()).is_some()
            || number == pbx.tenant.hotline;
        if taken {
            return Err(ExtensionRefused::Taken);
        }
        if pbx.phones.len() >= MOST {
            return Err(ExtensionRefused::TooMany);
        }
        let uuid = pbx.draw_id();
        pbx.phones.insert(number.clone(), Phone { uuid, password, enabled, user_uuid, follow_me });
        let extension = Extension { registered: false, ..Extension::new(number.clone()) };
        pbx.exchange.set_extension(extension);
        pbx.shown(&number)
    }
}

impl Command<Pbx> for ChangeExtension {
    type Outcome = Result<ExtensionView, ExtensionRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let (number, phone) = pbx.entry(&self.id)?;
        if self.password != KEPT {
            phone.password = self.password;
        }
        phone.enabled = self.enabled;
        if let Some(user_uuid) = self.user_uuid {
            phone.user_uuid = user_uuid;
        }
        if let Some(follow_me) = self.follow_me {
            phone.follow_me = follow_me;
        }
        if let Some(extension) = pbx.exchange.extension_mut(number.as_str())
            && !self.enabled
        {
            extension.registered = false;
        }
        pbx.shown(&number)
    }
}

impl Command<Pbx> for DeleteExtension {
    type Outcome = Result<ExtensionView, ExtensionRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let (number, _) = pbx.entry(&self.id)?;
        let shown = pbx.shown(&number)?;
        pbx.phones.remove(&number);
        pbx.exchange.remove_extension(number.as_str());
        pbx.forget_agent(&number);
        Ok(shown)
    }
}
