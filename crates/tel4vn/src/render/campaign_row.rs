//! Campaigns and lists as each generation shows them.

use ringback_engine::OffsetDateTime;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Pbx, PerNetwork, Window,
    machine::callcenter::{
        CampaignType, List,
        campaign::{Campaign, DAYS},
    },
    wire::stamp,
};

/// A campaign as lists of the first generation have it.
#[derive(Debug, Serialize)]
pub(crate) struct FirstCampaign<'a> {
    domain_uuid: Uuid,
    campaign_uuid: Uuid,
    campaign_name: &'a str,
    template_uuid: &'a str,
    template_name: &'a str,
    description: &'a str,
    dial_method: &'static str,
    status: bool,
    concurrent_call: u32,
    ratio: u32,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl<'a> FirstCampaign<'a> {
    pub(crate) fn of(pbx: &'a Pbx, row: &'a Campaign) -> Self {
        let columns = &row.columns;
        Self {
            domain_uuid: pbx.domain_uuid(),
            campaign_uuid: row.campaign_uuid,
            campaign_name: &columns.campaign_name,
            template_uuid: &columns.template_uuid,
            template_name: template_name(pbx, row),
            description: &columns.description,
            dial_method: columns.r#type.dial_method(),
            status: columns.active,
            concurrent_call: columns.concurrent_call,
            ratio: columns.ratio,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Returns the name of a campaign's script; empty if it has none.
pub(crate) fn template_name<'a>(pbx: &'a Pbx, row: &Campaign) -> &'a str {
    let template = pbx.tables().template(&row.columns.template_uuid);
    template.map_or("", |template| &template.name)
}

/// A campaign as the third generation shows it.
#[derive(Debug, Serialize)]
pub(crate) struct CampaignRow<'a> {
    domain_uuid: Uuid,
    campaign_uuid: Uuid,
    campaign_name: &'a str,
    r#type: &'static str,
    description: &'a str,
    active: bool,
    concurrent_call: u32,
    ratio: u32,
    carrier_uuid: &'a str,
    call_center_queue_uuid: String,
    template_uuid: &'a str,
    recall_times: u32,
    limit_recall_duration: u32,
    schedule_recall: &'a str,
    schedule_recall_duration: u32,
    hopper: u32,
    answer_callback_url: &'a str,
    local_start_time: &'a str,
    local_end_time: &'a str,
    customer_order: &'a str,
    allow_manual_dial: bool,
    allow_search_lead: bool,
    enable_callback_alert: bool,
    default_list_uuid: &'a str,
    script_uuid: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    call_center_queue_strategy: &'a str,
    template_name: &'a str,
    carrier_name: &'a str,
    mode_call: &'a str,
    network: PerNetwork,
    run_id: &'a str,
    type_autocall: &'a str,
    call_timeout: u32,
    domain_name: &'static str,
    users: Option<Vec<Value>>,
    groups: Option<()>,
    statuses: Option<()>,
    schedules: Option<[Schedule; 1]>,
    priority_recall: &'a str,
    recall_status: Option<&'a [String]>,
    enable_encrypt: bool,
    callback_url: &'a str,
    orig_campaign_uuid: &'a str,
}

impl<'a> CampaignRow<'a> {
    /// Shows a campaign in a list.
    pub(crate) fn of(pbx: &'a Pbx, row: &'a Campaign) -> Self {
        let columns = &row.columns;
        let carrier = pbx.center().carrier(&columns.carrier_uuid);
        Self {
            domain_uuid: pbx.domain_uuid(),
            campaign_uuid: row.campaign_uuid,
            campaign_name: &columns.campaign_name,
            r#type: columns.r#type.as_str(),
            description: &columns.description,
            active: columns.active,
            concurrent_call: columns.concurrent_call,
            ratio: columns.ratio,
            carrier_uuid: &columns.carrier_uuid,
            call_center_queue_uuid: row.queue_uuid.map_or(String::new(), |id| id.to_string()),
            template_uuid: &columns.template_uuid,
            recall_times: columns.recall_times,
            limit_recall_duration: columns.limit_recall_duration,
            schedule_recall: &columns.schedule_recall,
            schedule_recall_duration: columns.schedule_recall_duration,
            hopper: columns.hopper,
            answer_callback_url: &columns.answer_callback_url,
            local_start_time: &columns.local_start_time,
            local_end_time: &columns.local_end_time,
            customer_order: &columns.customer_order,
            allow_manual_dial: columns.allow_manual_dial,
            allow_search_lead: columns.allow_search_lead,
            enable_callback_alert: columns.enable_callback_alert,
            default_list_uuid: &columns.default_list_uuid,
            script_uuid: &columns.script_uuid,
            status: match columns.r#type {
                CampaignType::Autocall => row.status.as_str(),
                CampaignType::Autodialer | CampaignType::Inbound | CampaignType::Manual => "",
            },
            created_at: stamp::fine(row.created_at),
            updated_at: stamp::fine(row.updated_at),
            call_center_queue_strategy: &columns.call_center_queue_strategy,
            template_name: template_name(pbx, row),
            carrier_name: carrier.map_or("", |carrier| &carrier.columns.carrier_name),
            mode_call: &columns.mode_call,
            network: columns.network,
            run_id: &columns.run_id,
            type_autocall: &columns.type_autocall,
            call_timeout: columns.call_timeout,
            domain_name: "",
            users: None,
            groups: None,
            statuses: None,
            schedules: None,
            priority_recall: &columns.priority_recall,
            recall_status: columns.recall_status.as_deref(),
            enable_encrypt: columns.enable_encrypt,
            callback_url: &columns.callback_url,
            orig_campaign_uuid: &columns.orig_campaign_uuid,
        }
    }

    /// Shows a campaign by itself: with its windows, and the users that were assigned to it.
    pub(crate) fn whole(pbx: &'a Pbx, row: &'a Campaign) -> Self {
        let user = |id: &Uuid| {
            let user = pbx.center().user(*id)?;
            Some(json!({ "extension": user.columns.extension, "user_uuid": user.user_uuid }))
        };
        let users: Vec<Value> = row.users.iter().filter_map(user).collect();
        let days = row.columns.schedules;
        let is_autocall = row.columns.r#type == CampaignType::Autocall;
        Self {
            users: (!users.is_empty()).then_some(users),
            schedules: days.filter(|_| is_autocall).map(|days| [Schedule::of(pbx, row, days)]),
            ..Self::of(pbx, row)
        }
    }
}

/// The windows of a campaign.
#[derive(Debug, Serialize)]
struct Schedule {
    domain_uuid: Uuid,
    id: Uuid,
    campaign_uuid: Uuid,
    #[serde(flatten)]
    days: Days,
}

#[derive(Debug)]
struct Days([Window; 7]);

impl Serialize for Days {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let days = DAYS.iter().zip(self.0);
        let columns = days.flat_map(|(day, Window { from, to })| {
            [(format!("{day}_start_time"), from), (format!("{day}_end_time"), to)]
        });
        serializer.collect_map(columns)
    }
}

impl Schedule {
    fn of(pbx: &Pbx, row: &Campaign, days: [Window; 7]) -> Self {
        // It has an id of its own, which follows from the campaign's.
        let id = Uuid::from_u128(
            row.campaign_uuid.as_u128() ^ 0x0053_6368_0000_0000_0000_6564_756c_6501,
        );
        let domain_uuid = pbx.domain_uuid();
        Self { domain_uuid, id, campaign_uuid: row.campaign_uuid, days: Days(days) }
    }
}

/// A list of leads.
#[derive(Debug, Serialize)]
pub(crate) struct ListRow<'a> {
    domain_uuid: Uuid,
    list_uuid: Uuid,
    list_name: &'a str,
    campaign_uuid: Uuid,
    description: &'a str,
    reset_time: &'static str,
    active: bool,
    user_uuid: &'static str,
    created_at: String,
    updated_at: String,
    total_leads: usize,
    total_fields: u32,
    campaign_name: &'a str,
    username: &'static str,
    firstname: &'static str,
    middlename: &'static str,
    lastname: &'static str,
    total_upload: u64,
    total_success: u64,
    total_fail: u64,
    recall_status: Option<()>,
}

impl<'a> ListRow<'a> {
    pub(crate) fn of(pbx: &'a Pbx, list: &'a List) -> Self {
        let campaign = pbx.tables().campaign_of(list.campaign_uuid);
        let [total_upload, total_success, total_fail] = list.upload;
        Self {
            domain_uuid: pbx.domain_uuid(),
            list_uuid: list.list_uuid,
            list_name: &list.list_name,
            campaign_uuid: list.campaign_uuid,
            description: &list.description,
            reset_time: stamp::NEVER,
            active: list.active,
            user_uuid: "",
            created_at: stamp::fine(list.created_at),
            updated_at: stamp::fine(list.updated_at),
            total_leads: pbx.center().leads.count_of(list.list_uuid),
            total_fields: 0,
            campaign_name: campaign.map_or("", |row| &row.columns.campaign_name),
            username: "",
            firstname: "",
            middlename: "",
            lastname: "",
            total_upload,
            total_success,
            total_fail,
            recall_status: None,
        }
    }
}
