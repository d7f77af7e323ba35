//! Campaigns of the third generation.

use serde_json::Value;
use uuid::Uuid;

use super::{Answer, tables::part};
use crate::{
    CallCenterEdit, CampaignColumns, CampaignType, PerNetwork, RunState, Window,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND, Violation},
    machine::callcenter::campaign::{DAYS, RECALL_STATUSES, seconds_of_day},
    params::callcenter::{MODES, PRIORITIES, RATIOS, RECALLS, STRATEGIES, TYPES_OF_AUTOCALL},
    render::CampaignRow,
    wire::{
        body::{Body, Fields},
        query::Query,
        reply,
        schema::{self, Check, Rule, may, must},
    },
};

/// Changes the call centre and answers what the change says.
pub(crate) async fn change(caller: &Caller, change: CallCenterEdit) -> Answer {
    let answer = caller.execute(change).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&answer))
}

/// Reads the id in a path, of something that is there.
pub(crate) fn known(
    caller: &Caller,
    is_there: impl FnOnce(&crate::Pbx, Uuid) -> bool,
    unknown: ErrorKind,
) -> Result<Uuid, ErrorKind> {
    let Ok(id) = caller.parameter("id").parse() else { return Err(unknown) };
    match caller.read(|pbx| is_there(pbx, id))? {
        true => Ok(id),
        false => Err(unknown),
    }
}

fn campaign_id(caller: &Caller) -> Result<Uuid, ErrorKind> {
    known(caller, |pbx, id| pbx.tables().campaign_of(id).is_some(), NOT_FOUND)
}

const TEXT: Check = Check::Text(0);

const SCHEMA: &[Rule] = &[
    must("campaign_name", Check::Text(1)),
    must("type", Check::Strictly(CampaignType::WORDS)),
    may("description", TEXT),
    may("active", Check::Flag),
    may("concurrent_call", Check::Integer),
    may("ratio", Check::Numbers(RATIOS)),
    may("carrier_uuid", TEXT),
    may("template_uuid", TEXT),
    may("recall_times", Check::Integer),
    may("limit_recall_duration", Check::Integer),
    may("schedule_recall", Check::Words(RECALLS)),
    may("schedule_recall_duration", Check::Integer),
    may("hopper", Check::Integer),
    may("answer_callback_url", TEXT),
    may("local_start_time", TEXT),
    may("local_end_time", TEXT),
    may("customer_order", TEXT),
    may("allow_manual_dial", Check::Flag),
    may("allow_search_lead", Check::Flag),
    may("enable_callback_alert", Check::Flag),
    may("default_list_uuid", TEXT),
    may("script_uuid", TEXT),
    may("call_center_queue_strategy", Check::Words(STRATEGIES)),
    may("mode_call", Check::Words(MODES)),
    may("network", Check::Object),
    may("run_id", TEXT),
    may("type_autocall", Check::Words(TYPES_OF_AUTOCALL)),
    may("call_timeout", Check::Integer),
    may("users", Check::Array),
    may("groups", Check::Array),
    may("statuses", Check::Array),
    may("schedules", Check::Array),
    may("priority_recall", Check::Words(PRIORITIES)),
    may("recall_status", Check::Array),
    may("enable_encrypt", Check::Flag),
    may("callback_url", TEXT),
    may("orig_campaign_uuid", TEXT),
];

/// Reads what a body says of a campaign, over what holds where it says nothing.
fn columns(fields: &Fields, base: CampaignColumns) -> Result<CampaignColumns, ErrorKind> {
    let mut columns = base;
    let texts: [(&'static str, &mut String); 17] = [
        ("campaign_name", &mut columns.campaign_name),
        ("description", &mut columns.description),
        ("carrier_uuid", &mut columns.carrier_uuid),
        ("template_uuid", &mut columns.template_uuid),
        ("schedule_recall", &mut columns.schedule_recall),
        ("answer_callback_url", &mut columns.answer_callback_url),
        ("local_start_time", &mut columns.local_start_time),
        ("local_end_time", &mut columns.local_end_time),
        ("customer_order", &mut columns.customer_order),
        ("default_list_uuid", &mut columns.default_list_uuid),
        ("script_uuid", &mut columns.script_uuid),
        ("call_center_queue_strategy", &mut columns.call_center_queue_strategy),
        ("mode_call", &mut columns.mode_call),
        ("run_id", &mut columns.run_id),
        ("type_autocall", &mut columns.type_autocall),
        ("priority_recall", &mut columns.priority_recall),
        ("orig_campaign_uuid", &mut columns.orig_campaign_uuid),
    ];
    for (name, column) in texts {
        if let Some(text) = fields.text(name)? {
            *column = text;
        }
    }
    let numbers: [(&'static str, &mut u32); 7] = [
        ("concurrent_call", &mut columns.concurrent_call),
        ("ratio", &mut columns.ratio),
        ("recall_times", &mut columns.recall_times),
        ("limit_recall_duration", &mut columns.limit_recall_duration),
        ("schedule_recall_duration", &mut columns.schedule_recall_duration),
        ("hopper", &mut columns.hopper),
        ("call_timeout", &mut columns.call_timeout),
    ];
    for (name, column) in numbers {
        *column = fields.number(name)?.unwrap_or(*column);
    }
    let flags: [(&'static str, &mut bool); 5] = [
        ("active", &mut columns.active),
        ("allow_manual_dial", &mut columns.allow_manual_dial),
        ("allow_search_lead", &mut columns.allow_search_lead),
        ("enable_callback_alert", &mut columns.enable_callback_alert),
        ("enable_encrypt", &mut columns.enable_encrypt),
    ];
    for (name, column) in flags {
        *column = fields.flag(name)?.unwrap_or(*column);
    }
    for (name, time) in [
        ("local_start_time", &columns.local_start_time),
        ("local_end_time", &columns.local_end_time),
    ] {
        if !time.is_empty() && seconds_of_day(time).is_none() {
            return Err(ErrorKind::Invalid(name));
        }
    }
    if let Some(url) = fields.text("callback_url")? {
        columns.callback_url =
            super::event::whole_address(&url).ok_or(ErrorKind::Invalid("callback_url"))?;
    }
    if let Some(network) = fields.value("network").and_then(Fields::within) {
        columns.network = per_network(&network)?;
    }
    if let Some(schedules) = fields.value("schedules") {
        columns.schedules = schedule(schedules)?.or(columns.schedules);
    }
    if let Some(statuses) = fields.value("recall_status").and_then(Value::as_array) {
        columns.recall_status = Some(recall_statuses(statuses)?);
    }
    Ok(columns)
}

/// Reads a number for each network; null is none.
pub(crate) fn per_network(fields: &Fields) -> Result<PerNetwork, ErrorKind> {
    let number = |name| Ok::<_, ErrorKind>(fields.number(name)?.unwrap_or(0));
    Ok(PerNetwork {
        viettel: number("viettel")?,
        mobi: number("mobi")?,
        vina: number("vina")?,
        tel: number("tel")?,
        offnet: number("offnet")?,
    })
}

/// The length of a day in nanoseconds.
const DAY: u64 = 86_400_000_000_000;

/// Reads the windows of a week: the first object of a list.
fn schedule(schedules: &Value) -> Result<Option<[Window; 7]>, ErrorKind> {
    let Some(week) = schedules.get(0) else { return Ok(None) };
    let mut windows = [Window { from: 0, to: 0 }; 7];
    for (day, window) in DAYS.iter().zip(&mut windows) {
        for (end, moment) in [("start", &mut window.from), ("end", &mut window.to)] {
            let name = format!("{day}_{end}_time");
            let given = week.get(&name).filter(|value| !value.is_null());
            let Some(given) = given else { continue };
            let told = |text: String| {
                let field = format!("schedules.0.{name}");
                ErrorKind::Schema(vec![Violation::new(field, text)])
            };
            let number = given.as_u64();
            let number =
                number.ok_or_else(|| told("Invalid type. Expected: integer".to_owned()))?;
            if number > DAY {
                return Err(told(format!("Must be less than or equal to {DAY}")));
            }
            *moment = number;
        }
    }
    Ok(Some(windows))
}

fn recall_statuses(statuses: &[Value]) -> Result<Vec<String>, ErrorKind> {
    let mut words: Vec<String> = Vec::new();
    for (place, status) in statuses.iter().enumerate() {
        let known = status.as_str().filter(|word| RECALL_STATUSES.contains(word));
        let word = known.ok_or_else(|| {
            let field = format!("recall_status.{place}");
            let listed: Vec<_> = RECALL_STATUSES.iter().map(|word| format!("\"{word}\"")).collect();
            let listed = listed.join(", ");
            let text = format!("{field} must be one of the following: {listed}");
            ErrorKind::Schema(vec![Violation::new(field, text)])
        })?;
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    Ok(words)
}

fn kind_of(fields: &Fields) -> Result<CampaignType, ErrorKind> {
    let kind = fields.required("type")?;
    CampaignType::of(&kind).ok_or(ErrorKind::Invalid("type"))
}

/// `POST /v3/campaign`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let columns = Box::new(columns(&fields, CampaignColumns::fresh(kind_of(&fields)?))?);
    change(&caller, CallCenterEdit::CreateCampaign { columns }).await
}

/// `PUT /v3/campaign/{id}`: what the body leaves out becomes zero.
pub(crate) async fn replace(caller: Caller, body: Body) -> Answer {
    let id = campaign_id(&caller)?;
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let base = CampaignColumns { r#type: kind_of(&fields)?, ..CampaignColumns::empty() };
    let columns = Box::new(columns(&fields, base)?);
    change(&caller, CallCenterEdit::ChangeCampaign { id, columns }).await
}

/// `GET /v3/campaign`: newest first.
pub(crate) async fn list(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let kinds = query.values("type");
    let page = caller.read(|pbx| {
        let mut rows: Vec<_> = pbx.tables().campaigns.iter().rev().collect();
        rows.retain(|row| kinds.is_empty() || kinds.contains(&row.columns.r#type.as_str()));
        rows.sort_by_key(|row| std::cmp::Reverse(row.created_at));
        reply::ok(&part(&caller, rows.iter(), |row| CampaignRow::of(pbx, row)))
    });
    Ok(page?)
}

/// `GET /v3/campaign/{id}`
pub(crate) async fn show(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        let row = pbx.tables().campaign(caller.parameter("id"))?;
        Some(reply::ok(&CampaignRow::whole(pbx, row)))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// Reads whether something is to be active.
pub(crate) fn active(body: Body) -> Result<bool, ErrorKind> {
    Fields::of(body)?.required_flag("active")
}

/// `PATCH /v3/campaign/{id}/active`
pub(crate) async fn set_active(caller: Caller, body: Body) -> Answer {
    let id = campaign_id(&caller)?;
    let active = active(body)?;
    change(&caller, CallCenterEdit::SetCampaignActive { id, active }).await
}

/// `PUT /v3/campaign/{id}/assign_extension`
pub(crate) async fn assign(caller: Caller, body: Body) -> Answer {
    let id = campaign_id(&caller)?;
    let fields = Fields::of(body)?;
    schema::check(&fields, &[must("extensions", Check::Array)])?;
    let given = fields.raw("extensions").and_then(Value::as_array).into_iter().flatten();
    let extensions: Option<Vec<String>> = given.map(crate::wire::body::text_of).collect();
    let extensions = extensions.ok_or(ErrorKind::Bad("extension is invalid"))?;
    change(&caller, CallCenterEdit::AssignExtensions { id, extensions }).await
}

/// `DELETE /v3/campaign/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = campaign_id(&caller)?;
    change(&caller, CallCenterEdit::DeleteCampaign { id }).await
}

async fn run(caller: &Caller, to: RunState) -> Answer {
    let id = campaign_id(caller)?;
    change(caller, CallCenterEdit::RunCampaign { id, to }).await
}

/// `POST /v1/campaign/{id}/run/start`
pub(crate) async fn start(caller: Caller) -> Answer {
    run(&caller, RunState::Start).await
}

/// `POST /v1/campaign/{id}/run/pause`
pub(crate) async fn pause(caller: Caller) -> Answer {
    run(&caller, RunState::Pause).await
}

/// `POST /v1/campaign/{id}/run/stop`
pub(crate) async fn stop(caller: Caller) -> Answer {
    run(&caller, RunState::Stop).await
}
