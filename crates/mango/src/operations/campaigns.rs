//! Outbound campaigns. vendors/mango.md, 14

use ringback_engine::OffsetDateTime;
use serde_json::Number;
use time::PrimitiveDateTime;

use crate::{
    Params, Pbx, Refused,
    machine::{
        campaigns::{Campaign, CampaignStatus, Coefficient, Redial, Task, Window},
        tables::Employee,
    },
    wire::{Answer, Each, clock, date, done, named, numbers, shown, whole},
};

/// The most characters of a campaign's name.
const NAME: usize = 70;

/// The most that a number is dialled again.
const REDIALS: i64 = 100;

/// Returns a whole number by the first of its names that is there.
fn number_of(params: &Params, names: &[&str], usual: u32, most: i64) -> Result<u32, Refused> {
    let Some(name) = names.iter().find(|name| params.has(name)) else { return Ok(usual) };
    match params.integer_or_none(name)? {
        None => Ok(usual),
        Some(number) if number < 0 => Err(params.malformed(name)),
        Some(number) if number > most => Err(params.unusable(name, 3109)),
        Some(number) => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
    }
}

/// Returns one of the manual's coefficients by either of its names; a text of a number counts.
fn coefficient(params: &Params) -> Result<Coefficient, Refused> {
    let names = ["add_calls_coef", "additional_calls_coefficient"];
    let Some(name) = names.into_iter().find(|name| params.has(name)) else {
        return Ok(Coefficient::ONE);
    };
    let text = params.text_or_none(name)?.unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(Coefficient::ONE);
    }
    let coefficient = text.trim().parse().ok().and_then(Coefficient::of);
    coefficient.ok_or_else(|| params.malformed(name))
}

/// Shows a coefficient as the manual prints it: 1, and 1.5.
fn shown_coefficient(coefficient: Coefficient) -> Number {
    let number = coefficient.number();
    let whole = (number.fract() == 0.0).then(|| Number::from(number as i64));
    whole.or_else(|| Number::from_f64(number)).unwrap_or_else(|| Number::from(1))
}

/// `campaign/add`
pub(crate) fn add(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let name = params.text("name")?;
    let line_id = params.id("line_id")?;
    let schedule = schedule(params)?;
    if name.chars().count() > NAME {
        return Err(params.unusable("name", 3109));
    }
    let priority = params.integer_or_none("priority")?.unwrap_or(2);
    let priority = u8::try_from(priority).ok().filter(|priority| (1..=3).contains(priority));
    let priority = priority.ok_or_else(|| params.malformed("priority"))?;
    let dial_mode = params.integer_or_none("dial_mode")?.unwrap_or(2);
    let dial_mode = u8::try_from(dial_mode).ok().filter(|mode| matches!(mode, 2 | 3 | 4 | 7));
    let dial_mode = dial_mode.ok_or_else(|| params.malformed("dial_mode"))?;
    let start = moment(params, "start_date")?;
    let end = moment(params, "end_date")?;
    if end.is_some_and(|end| end <= start.unwrap_or(now)) {
        return Err(params.unusable("end_date", 3111));
    }
    let day = 86_400;
    let times = |names: &[&str], usual| number_of(params, names, usual, REDIALS);
    let seconds = |names: &[&str], usual| number_of(params, names, usual, day);
    let redial = |times, after| Redial { times, after };
    let operators = params.ids("operators")?;
    let created_by = params.id_or_none("created_by")?;
    let campaign = Campaign {
        id: 0,
        line_id,
        created_by,
        name,
        priority,
        schedule,
        start: start.unwrap_or(now),
        end,
        operators,
        dial_mode,
        busy: redial(
            times(&["redial_busy", "max_redial_count_if_busy"], 3)?,
            seconds(&["timer_busy", "wait_time_if_busy"], 900)?,
        ),
        no_answer: redial(
            times(&["redial_no_answer", "max_redial_count_if_no_answ"], 3)?,
            seconds(&["timer_no_answer", "wait_time_if_no_answ"], 3600)?,
        ),
        not_avail: redial(
            times(&["redial_not_avail", "max_redial_count_if_number_not_avail"], 1)?,
            seconds(&["timer_not_avail", "wait_time_if_number_not_avail"], 0)?,
        ),
        answer_wait: seconds(&["answer_wait", "max_wait_time"], 30)?,
        add_calls_coef: coefficient(params)?,
        call_processing: seconds(&["call_processing", "after_call_processing"], 0)?,
        endless: params.flag_or_none("endless")? == Some(true),
        created: now,
        status: CampaignStatus::Stopped,
        tasks: Vec::new(),
        timer: None,
    };
    if pbx.tables.line(campaign.line_id).is_none() {
        return Err(Refused::field(3300, "line_id", 3300));
    }
    let is_known = |user: &u64| pbx.tables.user(*user).is_some();
    if !campaign.created_by.iter().all(is_known) {
        return Err(Refused::field(5105, "created_by", 5105));
    }
    if !campaign.operators.iter().all(is_known) {
        return Err(Refused::field(3300, "operators", 3300));
    }
    let id = pbx.add_campaign(campaign)?;
    named("campaign_id", id)
}

fn schedule(params: &Params) -> Result<Vec<Window>, Refused> {
    let windows = params.objects("schedule")?;
    if windows.is_empty() {
        return Err(params.missing("schedule"));
    }
    let window = |window: &Params| {
        let weekday = window.integer("weekday")?;
        let weekday = u8::try_from(weekday).ok().filter(|day| (1..=7).contains(day));
        let weekday = weekday.ok_or_else(|| window.malformed("weekday"))?;
        let [from, to] = ["start", "end"].map(|name| minutes(window, name));
        let window_of = Window { weekday, from: from?, to: to? };
        if window_of.from < window_of.to {
            Ok(window_of)
        } else {
            Err(window.unusable("end", 3111))
        }
    };
    windows.iter().map(window).collect()
}

/// Reads `HH:MM`; the day ends at 24:00.
fn minutes(params: &Params, name: &str) -> Result<u16, Refused> {
    let text = params.text(name)?;
    let read = || {
        let [hours, minutes] = numbers(&text, ':', [2, 2])?;
        let all = hours * 60 + minutes;
        (minutes < 60 && all <= 1440).then_some(all)
    };
    read().ok_or_else(|| params.malformed(name))
}

/// Reads `YYYY-MM-DD HH:MM:SS` in UTC, where zeros in front may be left out.
fn moment(params: &Params, name: &str) -> Result<Option<OffsetDateTime>, Refused> {
    let Some(text) = params.text_or_none(name)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let read = || {
        let (day, time) = text.trim().split_once(' ').unwrap_or((text.trim(), "00:00:00"));
        let mut parts = day.split('-').chain(time.split(':'));
        let mut next = || whole(parts.next()?);
        let day = date(next()?, next()?, next()?)?;
        let time = clock(next()?, next()?, next()?)?;
        // Before 1970 and far beyond, no clock of this vendor ever stands.
        let year_is_near = (1970..9000).contains(&day.year());
        year_is_near.then(|| PrimitiveDateTime::new(day, time).assume_utc())
    };
    read().map(Some).ok_or_else(|| params.malformed(name))
}

shown! {
    Creator<'a> { user: &'a Employee }
    "user_id" => user.user_id,
    "name" => user.name,
    "extension" => user.extension,
}

shown! {
    Shown<'a> { campaign: &'a Campaign, pbx: &'a Pbx, with_tasks: bool }
    "campaign_id" => campaign.id,
    "line_id" => campaign.line_id,
    "created_by" => {
        let creator = campaign.created_by.and_then(|user| pbx.tables.user(user));
        // Whoever is first in the list of employees owns the account.
        creator.or(pbx.tables.employees.first()).map(|user| Creator { user })
    },
    "name" => campaign.name,
    "start" => pbx.unix(campaign.start),
    "end" => campaign.end.map(|end| pbx.unix(end)),
    "status" => campaign.status as u8,
    "priority" => campaign.priority,
    "members" => {
        let members = campaign.operators.iter().filter_map(|user| pbx.tables.user(*user));
        Each(members.map(|user| &user.extension))
    },
    "operators" => campaign.operators,
    "redial_busy" => campaign.busy.times,
    "redial_no_answer" => campaign.no_answer.times,
    "redial_not_avail" => campaign.not_avail.times,
    "timer_busy" => campaign.busy.after,
    "timer_no_answer" => campaign.no_answer.after,
    "timer_not_avail" => campaign.not_avail.after,
    "answer_wait" => campaign.answer_wait,
    "add_calls_coef" => shown_coefficient(campaign.add_calls_coef),
    "dial_mode" => campaign.dial_mode,
    "call_processing" => campaign.call_processing,
    "status_reason" => 1,
    "schema_id" => None::<u64>,
    "created" => pbx.unix(campaign.created),
    "sip_trunk_id_operator" => None::<u64>,
    "sip_trunk_id_client" => None::<u64>,
    "endless" => campaign.endless,
    "tasks" if with_tasks => Each(pbx.tasks_of(campaign).map(|task| Listed { task })),
}

shown! {
    /// A task in the list of its campaign.
    Listed<'a> { task: &'a Task }
    "task_id" => task.id,
    "name" => task.what.name,
    "status" => task.status as u8,
    "number" => task.what.number,
    "timezone" => 3,
    "timezone_enabled" => 0,
    "attempts_count" => task.attempts,
    "status_reason" => task.reason.map(|reason| reason as u8),
    "position" => task.what.position,
    "due_date" => task.what.due_date,
    "organization" => task.what.organization,
    "comment" => task.what.comment,
    "operator_id" => task.operator,
    "record_id" => task.record_id,
    "duration" => task.talked,
}

/// `campaign`
pub(crate) fn show(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let campaign = pbx.campaign(params.id("campaign_id")?).ok_or(Refused::code(3300))?;
    let with_tasks = params.flag_or_none("need_tasks")? == Some(true);
    named("campaign", Shown { campaign, pbx, with_tasks })
}

/// `campaign/list`
pub(crate) fn list(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let campaigns = pbx.campaigns().map(|campaign| Shown { campaign, pbx, with_tasks: false });
    named("campaigns", Each(campaigns))
}

/// `campaign/start`
pub(crate) fn start(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.start_campaign(now, params.id("campaign_id")?)?;
    done()
}

/// `campaign/stop`
pub(crate) fn stop(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    pbx.stop_campaign(params.id("campaign_id")?)?;
    done()
}

/// `campaign/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    pbx.delete_campaign(params.id("campaign_id")?)?;
    done()
}
