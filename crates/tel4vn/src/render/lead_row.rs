//! Leads as the third generation shows them.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Record;
use crate::{
    CampaignType, Pbx, RareColumns, RunState,
    machine::callcenter::{Lead, LeadState, List, lead::network_of},
    wire::stamp,
};

/// A lead.
#[derive(Debug, Serialize)]
pub(crate) struct LeadRow<'a> {
    domain_uuid: Uuid,
    lead_uuid: Uuid,
    lead_name: &'a str,
    lead_code: &'a str,
    list_uuid: Uuid,
    phone_number: &'a str,
    contract_number: &'a str,
    status: String,
    alt_status: &'static str,
    identity_number: &'a str,
    identity_issued_at: &'a str,
    identity_issued_on: &'a str,
    address: &'a str,
    province: &'a str,
    district: &'a str,
    ward: &'a str,
    date_of_birth: &'a str,
    additional: &'a str,
    after_day: u32,
    called_count: u32,
    last_call_time: String,
    created_at: String,
    updated_at: String,
    hopper_id: u32,
    comment: &'a str,
    ref_id: &'a str,
    ref_code: &'a str,
    gender: &'a str,
    other_identity_number: &'a str,
    other_identity_issued_at: &'a str,
    other_identity_issued_on: &'a str,
    network: &'static str,
    campaign_uuid: Uuid,
    campaign_name: &'a str,
    list_name: &'a str,
    assign_user_uuid: &'static str,
    assign_username: &'static str,
}

/// The columns of a lead that has none of the rare ones.
static NONE: RareColumns = RareColumns {
    identity_number: String::new(),
    identity_issued_at: String::new(),
    identity_issued_on: String::new(),
    address: String::new(),
    province: String::new(),
    district: String::new(),
    ward: String::new(),
    date_of_birth: String::new(),
    comment: String::new(),
    ref_id: String::new(),
    ref_code: String::new(),
    gender: String::new(),
    other_identity_number: String::new(),
    other_identity_issued_at: String::new(),
    other_identity_issued_on: String::new(),
};

/// A moment that a client gave, or none.
fn given(moment: &str) -> &str {
    if moment.is_empty() { stamp::NEVER } else { moment }
}

/// Where a lead stands, in lower case. vendors/tel4vn-v3.md, 4
fn alt_status(pbx: &Pbx, lead: &Lead, list: Option<&List>) -> &'static str {
    if lead.state == LeadState::DoNotCall {
        return "dnc";
    }
    if let Some(status) = lead.status {
        return status.as_str();
    }
    let campaign = list.filter(|list| list.active);
    let campaign = campaign.and_then(|list| pbx.tables().campaign_of(list.campaign_uuid));
    let runs = campaign.is_some_and(|row| {
        row.columns.active
            && row.columns.r#type == CampaignType::Autocall
            && row.status != RunState::Stop
    });
    match lead.state {
        LeadState::Waiting if !runs => "new",
        LeadState::Waiting
        | LeadState::Ordered
        | LeadState::Live
        | LeadState::Recall(_)
        | LeadState::Done
        | LeadState::DoNotCall => "queue",
    }
}

impl<'a> LeadRow<'a> {
    pub(crate) fn of(pbx: &'a Pbx, lead: &'a Lead) -> Self {
        let list = pbx.center().list(lead.list_uuid);
        let campaign = list.and_then(|list| pbx.tables().campaign_of(list.campaign_uuid));
        let (columns, rare) = (&lead.columns, lead.columns.rare.as_deref().unwrap_or(&NONE));
        let alt_status = alt_status(pbx, lead, list);
        Self {
            domain_uuid: pbx.domain_uuid(),
            lead_uuid: lead.lead_uuid,
            lead_name: &columns.lead_name,
            lead_code: &columns.lead_code,
            list_uuid: lead.list_uuid,
            phone_number: &columns.phone_number,
            contract_number: &columns.contract_number,
            status: alt_status.to_ascii_uppercase(),
            alt_status,
            identity_number: &rare.identity_number,
            identity_issued_at: &rare.identity_issued_at,
            identity_issued_on: given(&rare.identity_issued_on),
            address: &rare.address,
            province: &rare.province,
            district: &rare.district,
            ward: &rare.ward,
            date_of_birth: &rare.date_of_birth,
            additional: &columns.additional,
            after_day: columns.after_day,
            called_count: lead.called,
            last_call_time: last_call_time(lead),
            created_at: stamp::fine(lead.created_at),
            updated_at: stamp::fine(lead.updated_at),
            hopper_id: 0,
            comment: &rare.comment,
            ref_id: &rare.ref_id,
            ref_code: &rare.ref_code,
            gender: &rare.gender,
            other_identity_number: &rare.other_identity_number,
            other_identity_issued_at: &rare.other_identity_issued_at,
            other_identity_issued_on: given(&rare.other_identity_issued_on),
            network: if lead.has_network { network_of(&columns.phone_number) } else { "" },
            campaign_uuid: list.map(|list| list.campaign_uuid).unwrap_or_default(),
            campaign_name: campaign.map_or("", |row| &row.columns.campaign_name),
            list_name: list.map_or("", |list| &list.list_name),
            assign_user_uuid: "",
            assign_username: "",
        }
    }
}

/// When a lead was called last; one that never was has the moment of the documents.
fn last_call_time(lead: &Lead) -> String {
    let never = || "1970-01-01T08:00:01+08:00".to_owned();
    lead.last_called_at.map_or_else(never, stamp::fine)
}

/// A lead in the report of a campaign: of its last call.
#[derive(Debug, Serialize)]
pub(crate) struct LeadReport<'a> {
    billsec: i64,
    called_count: u32,
    campaign_name: &'a str,
    cdr_uuid: String,
    contract_number: &'a str,
    duration: i64,
    lead_code: &'a str,
    lead_uuid: Uuid,
    lead_name: &'a str,
    list_name: &'a str,
    phone_number: &'a str,
    press_key: String,
    record_name: String,
    recording_url: String,
    status: &'static str,
    additional: Value,
    start_stamp: String,
    end_stamp: String,
    answer_stamp: String,
    created_at: String,
    last_call_time: String,
}

impl<'a> LeadReport<'a> {
    pub(crate) fn of(pbx: &'a Pbx, lead: &'a Lead, list: &'a List, campaign_name: &'a str) -> Self {
        let record = lead.last_call.and_then(|call| pbx.exchange().published_record(call));
        let record = record.map(|cdr| pbx.record_of(cdr));
        let cdr = record.as_ref().map(Record::cdr);
        let columns = &lead.columns;
        let id = cdr.map_or(String::new(), |cdr| cdr.tag.uuid.to_string());
        let additional = serde_json::from_str(&columns.additional).ok();
        Self {
            billsec: record.as_ref().map_or(0, Record::billsec),
            called_count: lead.called,
            campaign_name,
            contract_number: &columns.contract_number,
            duration: record.as_ref().map_or(0, Record::duration),
            lead_code: &columns.lead_code,
            lead_uuid: lead.lead_uuid,
            lead_name: &columns.lead_name,
            list_name: &list.list_name,
            phone_number: &columns.phone_number,
            press_key: cdr.map_or(String::new(), |cdr| pressed(cdr.tag.keys())),
            record_name: if id.is_empty() { String::new() } else { format!("{id}.mp3") },
            recording_url: cdr.map_or(String::new(), |cdr| folder(pbx.domain(), cdr.created_at())),
            status: record.as_ref().map_or("", Record::small_status),
            additional: additional.filter(Value::is_object).unwrap_or_else(|| json!({})),
            start_stamp: cdr.map_or(String::new(), |cdr| stamp::stamp(cdr.created_at())),
            end_stamp: cdr.map_or(String::new(), |cdr| stamp::stamp(cdr.ended_at())),
            answer_stamp: stamp::stamp_or_empty(cdr.and_then(|cdr| cdr.answered_at())),
            created_at: stamp::fine(lead.created_at),
            last_call_time: last_call_time(lead),
            cdr_uuid: id,
        }
    }
}

/// The keys of a call: an object, as a text.
fn pressed(keys: &str) -> String {
    match keys {
        "" => "{}".to_owned(),
        keys => json!({ "press_key": keys }).to_string(),
    }
}

/// The folder in which the original's server keeps the recordings of a day.
fn folder(domain: &str, at: time::OffsetDateTime) -> String {
    let local = at.checked_to_offset(stamp::ZONE).unwrap_or(at);
    let month = local.month().to_string();
    let month = month.get(..3).unwrap_or_default();
    let (year, day) = (local.year(), local.day());
    format!("/usr/local/freeswitch/recordings/{domain}/archive/{year}/{month}/{day:02}")
}
