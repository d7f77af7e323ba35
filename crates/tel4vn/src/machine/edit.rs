//! Changes of the tables.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    CampaignColumns, CampaignType, Pbx,
    tables::{Audio, Blocked, MOST, Mailbox, OtherTenant, Routing, Template, is},
};
use crate::{Face, error::ErrorKind, wire::stamp};

/// One change of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the vendor's tables")]
pub enum Edit {
    /// Adds a campaign.
    CreateCampaign {
        campaign_name: String,
        template: Option<String>,
        description: String,
        dial_method: String,
        concurrent_call: u32,
        ratio: u32,
    },
    /// Adds a script; the columns as the API has them, its id excepted.
    CreateTemplate { columns: Value },
    /// Adds a sound file.
    CreateAudio { audio_name: String },
    /// Adds numbers, each with a description, to those that are not wanted.
    Block { numbers: Vec<(String, String)> },
    /// Takes numbers from those that are not wanted.
    Unblock { numbers: Vec<String> },
    /// Pins a caller to an extension, or to another one.
    Pin { phone_number: String, agent: String },
    /// Unpins a caller.
    Unpin { id: String },
    /// Adds a voicemail box.
    CreateMailbox {
        extension: String,
        password: String,
        enabled: bool,
        mail_to: String,
        local_after_email: bool,
        description: String,
    },
    /// Changes a voicemail box.
    ChangeMailbox {
        id: String,
        password: String,
        enabled: bool,
        mail_to: Option<String>,
        local_after_email: Option<bool>,
        description: Option<String>,
    },
    /// Removes a voicemail box.
    DeleteMailbox { id: String },
    /// Adds a tenant.
    CreateTenant { tenant_id: String, base: String },
    /// Enables or disables a tenant.
    ChangeTenant { id: String, enable: bool },
    /// Adds an extension of a tenant.
    CreateTenantExtension { tenant: String, ext: String, pwd: String },
    /// Adds a queue of the dialler.
    CreateQueue { campaign: String, code: String },
    /// Stops or starts a queue of the dialler.
    RunQueue { code: String, runs: bool },
    /// Removes a queue of the dialler.
    DeleteQueue { code: String },
}

/// Why a table is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// What it is about is not there.
    #[error("{0}")]
    NotFound(&'static str),
    /// It cannot be so.
    #[error("{0}")]
    Bad(&'static str),
}

impl From<Rejected> for ErrorKind {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::NotFound(why) => Self::NotFound(why),
            Rejected::Bad(why) => Self::Bad(why),
        }
    }
}

const UNKNOWN: Rejected = Rejected::NotFound("Not Found");

/// Refuses a row more than a table may have.
fn room(rows: usize) -> Result<(), Rejected> {
    if rows < MOST { Ok(()) } else { Err(Rejected::Bad("too many entries")) }
}

fn successfully() -> Value {
    json!({ "message": "successfully" })
}

impl Command<Pbx> for Edit {
    /// The body of the answer.
    type Outcome = Result<Value, Rejected>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        match self {
            Self::CreateCampaign {
                campaign_name,
                template,
                description,
                dial_method,
                concurrent_call,
                ratio,
            } => {
                room(pbx.tables.campaigns.len())?;
                let mut named = pbx.tables.campaigns.iter();
                if named.any(|row| row.columns.campaign_name == campaign_name) {
                    return Err(Rejected::Bad("campaign_name is already taken"));
                }
                let template_uuid = match &template {
                    Some(id) => {
                        let found = pbx.tables.template(id);
                        let found = found.or_else(|| pbx.tables.template_named(id));
                        let found = found.ok_or(Rejected::NotFound("template is not found"))?;
                        found.template_uuid.to_string()
                    }
                    None => String::new(),
                };
                let kind = match dial_method.as_str() {
                    "autodial" => CampaignType::Autodialer,
                    _ => CampaignType::Autocall,
                };
                let columns = CampaignColumns {
                    campaign_name,
                    template_uuid,
                    description,
                    concurrent_call,
                    ratio,
                    ..CampaignColumns::fresh(kind)
                };
                let campaign_uuid = pbx.add_campaign(now, Face::First, columns)?;
                Ok(json!({ "campaign_uuid": campaign_uuid, "created": true }))
            }
            Self::CreateTemplate { columns } => pbx.create_template(columns),
            Self::CreateAudio { audio_name } => {
                room(pbx.tables.audios.len())?;
                if pbx.tables.audios.iter().any(|row| row.audio_name == audio_name) {
                    return Err(Rejected::Bad("audio is existed"));
                }
                let audio_uuid = pbx.draw_id();
                let domain_uuid = pbx.tenant.domain_uuid;
                let audio = Audio { domain_uuid, audio_uuid, audio_name, created_at: now };
                pbx.tables.audios.push(audio);
                Ok(json!({ "created": true, "id": audio_uuid }))
            }
            Self::Block { numbers } => pbx.block(numbers),
            Self::Unblock { numbers } => Ok(pbx.unblock(&numbers)),
            Self::Pin { phone_number, agent } => pbx.pin(now, phone_number, agent),
            Self::Unpin { id } => {
                let (number, _) = pbx.tables.pinned(&id).ok_or(UNKNOWN)?;
                pbx.tables.smartrouting.remove(&number);
                Ok(successfully())
            }
            Self::CreateMailbox {
                extension,
                password,
                enabled,
                mail_to,
                local_after_email,
                description,
            } => {
                room(pbx.tables.mailboxes.len())?;
                if pbx.tables.mailbox(&extension).is_some() {
                    return Err(Rejected::Bad("extension is already taken"));
                }
                if pbx.exchange.extension(&extension).is_none() {
                    return Err(Rejected::NotFound("Extension not found"));
                }
                let id = pbx.draw_id();
                let mailbox = Mailbox {
                    id,
                    extension,
                    password,
                    mail_to,
                    local_after_email,
                    enabled,
                    description,
                };
                let answer = json!({ "data": mailbox, "message": "successfully" });
                pbx.tables.mailboxes.push(mailbox);
                Ok(answer)
            }
            Self::ChangeMailbox {
                id,
                password,
                enabled,
                mail_to,
                local_after_email,
                description,
            } => {
                let mailbox = pbx.mailbox_mut(&id)?;
                mailbox.password = password;
                mailbox.enabled = enabled;
                mailbox.mail_to = mail_to.unwrap_or_else(|| mailbox.mail_to.clone());
                mailbox.local_after_email = local_after_email.unwrap_or(mailbox.local_after_email);
                mailbox.description = description.unwrap_or_else(|| mailbox.description.clone());
                Ok(successfully())
            }
            Self::DeleteMailbox { id } => {
                let id = pbx.mailbox_mut(&id)?.id;
                pbx.tables.mailboxes.retain(|mailbox| mailbox.id != id);
                Ok(successfully())
            }
            Self::CreateTenant { tenant_id, base } => pbx.create_tenant(tenant_id, &base),
            Self::ChangeTenant { id, enable } => {
                pbx.tenant_mut(&id)?.enabled = enable;
                Ok(json!({ "message": "update successfully" }))
            }
            Self::CreateTenantExtension { tenant, ext, pwd } => {
                let tenant = pbx.tenant_mut(&tenant)?;
                if tenant.extensions.contains_key(&ext) {
                    return Err(Rejected::Bad("extension is already taken"));
                }
                room(tenant.extensions.len())?;
                let data = json!({ "enabled": "true", "ext": ext, "pwd": pwd });
                tenant.extensions.insert(ext, pwd);
                Ok(json!({ "created": true, "data": data }))
            }
            Self::CreateQueue { campaign, code } => {
                let campaigns = &pbx.tables.campaigns;
                if !campaigns.iter().any(|row| is(&row.campaign_uuid, &campaign)) {
                    return Err(Rejected::Bad("campaign is invalid"));
                }
                room(pbx.tables.dialler.len())?;
                pbx.tables.dialler.insert(code, true);
                Ok(successfully())
            }
            Self::RunQueue { code, runs } => {
                let queue = pbx.tables.dialler.get_mut(&code);
                *queue.ok_or(Rejected::NotFound("queue not found"))? = runs;
                Ok(successfully())
            }
            Self::DeleteQueue { code } => {
                let removed = pbx.tables.dialler.remove(&code);
                removed.map(|_| successfully()).ok_or(Rejected::NotFound("queue not found"))
            }
        }
    }
}

impl Pbx {
    fn create_template(&mut self, mut columns: Value) -> Result<Value, Rejected> {
        room(self.tables.templates.len())?;
        // Drawn last, so that what is refused draws nothing.
        if let Some(columns) = columns.as_object_mut() {
            columns.insert("template_uuid".to_owned(), Uuid::nil().to_string().into());
        }
        let template: Result<Template, _> = serde_json::from_value(columns);
        let mut template = template.map_err(|_| Rejected::Bad("invalid json body"))?;
        // The published request has the name of a script that the third generation begins with.
        let third = &self.center.scripts;
        let mut own =
            self.tables.templates.iter().filter(|row| !third.contains_key(&row.template_uuid));
        if own.any(|row| row.name == template.name) {
            return Err(Rejected::Bad("name is already taken"));
        }
        template.template_uuid = self.draw_id();
        self.tables.templates.push(template);
        // A text, as documented.
        Ok(json!({ "created": "true" }))
    }

    fn block(&mut self, numbers: Vec<(String, String)>) -> Result<Value, Rejected> {
        let (mut fail, mut success) = (Vec::new(), Vec::new());
        for (phone_number, description) in numbers {
            let why = if !crate::wire::phone::is_phone(&phone_number) {
                Some("phone_number is invalid")
            } else if self.tables.blacklist.iter().any(|row| row.phone_number == phone_number) {
                Some("phone_number is duplicate")
            } else {
                room(self.tables.blacklist.len()).is_err().then_some("too many entries")
            };
            if let Some(why) = why {
                fail.push(Value::from_iter([(phone_number, why)]));
                continue;
            }
            let id = self.draw_id();
            success.push(phone_number.clone());
            self.tables.blacklist.push(Blocked { id, phone_number, description });
        }
        Ok(json!({ "fail": fail, "message": "successfully", "success": success }))
    }

    fn unblock(&mut self, numbers: &[String]) -> Value {
        let (mut fail, mut success) = (Vec::new(), Vec::new());
        for number in numbers {
            let before = self.tables.blacklist.len();
            self.tables.blacklist.retain(|row| row.phone_number != *number);
            match self.tables.blacklist.len() < before {
                true => success.push(number.clone()),
                false => {
                    fail.push(Value::from_iter([(number.clone(), "phone_number is not found")]));
                }
            }
        }
        json!({ "fail": fail, "message": "successfully", "success": success })
    }

    fn pin(
        &mut self,
        now: OffsetDateTime,
        phone_number: String,
        agent: String,
    ) -> Result<Value, Rejected> {
        if self.exchange.extension(&agent).is_none() {
            return Err(Rejected::Bad("agent is invalid"));
        }
        let pinned = self.tables.smartrouting.iter();
        let pinned = pinned.clone().find(|(_, routing)| routing.phone_number == phone_number);
        let (number, created_at) = match pinned {
            Some((number, routing)) => (*number, routing.created_at),
            None => {
                room(self.tables.smartrouting.len())?;
                self.tables.next_routing += 1;
                (self.tables.next_routing - 1, now)
            }
        };
        let data = json!({
            "id": number.to_string(),
            "phone_number": phone_number,
            "agent": agent,
            "created_at": stamp::stamp(created_at),
        });
        self.tables.smartrouting.insert(number, Routing { phone_number, agent, created_at });
        Ok(json!({ "data": data, "message": "successfully" }))
    }

    fn mailbox_mut(&mut self, id: &str) -> Result<&mut Mailbox, Rejected> {
        let id = self.tables.mailbox(id).map(|mailbox| mailbox.id).ok_or(UNKNOWN)?;
        self.tables.mailboxes.iter_mut().find(|mailbox| mailbox.id == id).ok_or(UNKNOWN)
    }

    fn tenant_mut(&mut self, id: &str) -> Result<&mut OtherTenant, Rejected> {
        let name = self.tables.tenant(id).map(|(name, _)| name.clone()).ok_or(UNKNOWN)?;
        self.tables.tenants.get_mut(&name).ok_or(UNKNOWN)
    }

    fn create_tenant(&mut self, tenant_id: String, base: &str) -> Result<Value, Rejected> {
        let own = self.tenant.domain.split('.').next() == Some(tenant_id.as_str());
        if own || self.tables.tenants.contains_key(&tenant_id) {
            return Err(Rejected::Bad("tenant_id is already taken"));
        }
        room(self.tables.tenants.len())?;
        let [uuid, api_key, user_id] = [(); 3].map(|()| self.draw_id());
        let password = self.exchange.random().number("pw##########");
        let mut answer = json!({
            "created": true,
            "data": self.tenant_data(&tenant_id, uuid, base),
        });
        let user = json!({
            "api_key": api_key,
            "enabled": "true",
            "group": "admin",
            "password": password,
            "user_id": user_id,
            "username": "admin",
        });
        if let Some(data) = answer.get_mut("data").and_then(Value::as_object_mut) {
            data.insert("user".to_owned(), user);
        }
        let (enabled, extensions) = (true, Default::default());
        let tenant = OtherTenant { uuid, api_key, user_id, password, enabled, extensions };
        self.tables.tenants.insert(tenant_id, tenant);
        Ok(answer)
    }

    /// Tells a provider how phones reach a tenant.
    pub(crate) fn tenant_data(&self, name: &str, uuid: Uuid, base: &str) -> Value {
        let (_, parent) = self.tenant.domain.split_once('.').unwrap_or(("", "tel4vn.com"));
        let parent = parent.strip_prefix("test.").unwrap_or(parent);
        json!({
            "domain": format!("{name}.{parent}"),
            "tenant_url": format!("{base}/v1/tenant/{uuid}"),
            "outbound_proxy": format!("pbx01.{parent}:50061"),
            "port": "50061",
            "transports": "both",
            "wss": format!("wss://pbx01.{parent}"),
        })
    }
}
