//! The tasks of outbound campaigns. vendors/mango.md, 14

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use super::campaigns::Added;
use crate::{
    Params, Pbx, Refused,
    machine::{
        campaigns::{NewTask, Task, TaskStatus},
        tables::number,
    },
    wire::{Answer, Reply, done},
};

/// The priority of a task unless it has one.
const PRIORITY: i64 = 1000;

fn new_task(params: &Params) -> Result<NewTask, Refused> {
    let telephone = |params: &Params, name: &str| {
        let number = params.text(name)?;
        match number::is_telephone(&number) {
            true => Ok(number::digits(&number)),
            false => Err(Refused::field(3136, &params.name(name), 3136)),
        }
    };
    let text = |name: &str| Ok(params.text_or_none(name)?.unwrap_or_default());
    let subtasks = params.objects("subtasks")?;
    let subtask =
        |subtask: &Params| Ok((telephone(subtask, "number")?, subtask.text_or_none("type")?));
    Ok(NewTask {
        number: telephone(params, "number")?,
        name: text("name")?,
        priority: params.integer_or_none("priority")?.unwrap_or(PRIORITY),
        organization: text("organization")?,
        position: text("position")?,
        comment: params.text_or_none("comment")?,
        due_date: params.text_or_none("due_date")?,
        subtasks: subtasks.iter().map(subtask).collect::<Result<_, Refused>>()?,
    })
}

/// `tasks/push`
pub(crate) fn push(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let campaign = params.id("campaign_id")?;
    let tasks = params.objects("tasks")?;
    if tasks.is_empty() {
        return Err(params.missing("tasks"));
    }
    let tasks = tasks.iter().map(new_task).collect::<Result<Vec<_>, _>>()?;
    pbx.push_tasks(now, campaign, tasks)?;
    done()
}

/// `task/add`
pub(crate) fn add(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let campaign = params.id("campaign_id")?;
    let added = pbx.push_tasks(now, campaign, vec![new_task(params)?])?;
    Reply::json(&Added { result: 1000, campaign_id: None, task_id: added.first().copied() })
}

#[derive(Serialize)]
struct OneTask {
    result: u16,
    task: TaskBody,
}

#[derive(Serialize)]
struct TaskBody {
    campaign_task_id: u64,
    campaign_id: u64,
    name: String,
    priority: i64,
    position: String,
    organization: String,
    number: String,
    talk_duration: Option<i64>,
    status: u8,
    status_reason: Option<u8>,
    comment: String,
    due_date: Option<String>,
    blocked_until: Option<i64>,
    transfer_number: Option<String>,
    updated: i64,
    end: Option<i64>,
    created: i64,
    custom_fields: Option<()>,
    subtasks: Vec<Subtask>,
}

#[derive(Serialize)]
struct Subtask {
    subtask_id: usize,
    order: usize,
    number: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// `task`
pub(crate) fn show(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let task = pbx.task(params.id("task_id")?).ok_or(Refused::code(3300))?;
    params.flag_or_none("brief")?;
    Reply::json(&OneTask { result: 1000, task: task_body(pbx, task) })
}

fn task_body(pbx: &Pbx, task: &Task) -> TaskBody {
    let subtasks = task.what.subtasks.iter().enumerate();
    let subtask = |(place, (number, kind)): (usize, &(String, Option<String>))| Subtask {
        subtask_id: place + 1,
        order: place + 1,
        number: number.clone(),
        kind: kind.clone(),
    };
    TaskBody {
        campaign_task_id: task.id,
        campaign_id: task.campaign,
        name: task.what.name.clone(),
        priority: task.what.priority,
        position: task.what.position.clone(),
        organization: task.what.organization.clone(),
        number: task.what.number.clone(),
        talk_duration: task.talked,
        status: task.status as u8,
        status_reason: task.reason.map(|reason| reason as u8),
        comment: task.what.comment.clone().unwrap_or_default(),
        due_date: task.what.due_date.clone(),
        blocked_until: task.blocked_until.map(|until| pbx.unix(until)),
        transfer_number: None,
        updated: pbx.unix(task.updated),
        end: task.ended.map(|ended| pbx.unix(ended)),
        created: pbx.unix(task.created),
        custom_fields: None,
        subtasks: subtasks.map(subtask).collect(),
    }
}

/// `task/start`
pub(crate) fn start(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.set_task(now, params.id("task_id")?, TaskStatus::Queued)?;
    done()
}

/// `task/stop`
pub(crate) fn stop(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.set_task(now, params.id("task_id")?, TaskStatus::Stopped)?;
    done()
}

/// `task/delete`
pub(crate) fn delete(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.set_task(now, params.id("task_id")?, TaskStatus::Deleted)?;
    done()
}

/// `task/update`
pub(crate) fn update(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let id = params.id("task_id")?;
    let [name, organization, position, comment, due_date] =
        ["name", "organization", "position", "comment", "due_date"]
            .map(|name| params.text_or_none(name));
    let (name, organization, position) = (name?, organization?, position?);
    let (comment, due_date) = (comment?, due_date?);
    let priority = params.integer_or_none("priority")?;
    pbx.change_task(now, id, |task| {
        task.name = name.unwrap_or_else(|| std::mem::take(&mut task.name));
        task.organization = organization.unwrap_or_else(|| std::mem::take(&mut task.organization));
        task.position = position.unwrap_or_else(|| std::mem::take(&mut task.position));
        task.comment = comment.or(task.comment.take());
        task.due_date = due_date.or(task.due_date.take());
        task.priority = priority.unwrap_or(task.priority);
    })?;
    done()
}

#[derive(Serialize)]
struct Finished {
    result: u16,
    tasks: Vec<TaskBody>,
}

/// `tasks/finished`
pub(crate) fn finished(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let campaign = pbx.campaign(params.id("campaign_id")?).ok_or(Refused::code(3300))?;
    let done = pbx.tasks_of(campaign).filter(|task| task.status == TaskStatus::Done);
    Reply::json(&Finished { result: 1000, tasks: done.map(|task| task_body(pbx, task)).collect() })
}

/// `tasks/reset`
pub(crate) fn reset(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.reset_tasks(now, params.id("campaign_id")?)?;
    done()
}
