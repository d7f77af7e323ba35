//! The tasks of outbound campaigns. vendors/mango.md, 14

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx, Refused,
    machine::{
        campaigns::{NewTask, Task, TaskStatus},
        tables::number,
    },
    wire::{Answer, Each, done, named, shown},
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
    // One was pushed, so one was added.
    named("task_id", added.first())
}

shown! {
    Shown<'a> { task: &'a Task, pbx: &'a Pbx }
    "campaign_task_id" => task.id,
    "campaign_id" => task.campaign,
    "name" => task.what.name,
    "priority" => task.what.priority,
    "position" => task.what.position,
    "organization" => task.what.organization,
    "number" => task.what.number,
    "talk_duration" => task.talked,
    "status" => task.status as u8,
    "status_reason" => task.reason.map(|reason| reason as u8),
    "comment" => task.what.comment.as_deref().unwrap_or_default(),
    "due_date" => task.what.due_date,
    "blocked_until" => task.blocked_until.map(|until| pbx.unix(until)),
    "transfer_number" => None::<&str>,
    "updated" => pbx.unix(task.updated),
    "end" => task.ended.map(|ended| pbx.unix(ended)),
    "created" => pbx.unix(task.created),
    "custom_fields" => None::<()>,
    "subtasks" => Each(
        (1_usize..).zip(&task.what.subtasks).map(|(place, of)| Subtask { place, of }),
    ),
}

shown! {
    Subtask<'a> { place: usize, of: &'a (String, Option<String>) }
    "subtask_id" => place,
    "order" => place,
    "number" => of.0,
    "type" => of.1,
}

/// `task`
pub(crate) fn show(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let task = pbx.task(params.id("task_id")?).ok_or(Refused::code(3300))?;
    params.flag_or_none("brief")?;
    named("task", Shown { task, pbx })
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

/// `tasks/finished`
pub(crate) fn finished(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let campaign = pbx.campaign(params.id("campaign_id")?).ok_or(Refused::code(3300))?;
    let done = pbx.tasks_of(campaign).filter(|task| task.status == TaskStatus::Done);
    named("tasks", Each(done.map(|task| Shown { task, pbx })))
}

/// `tasks/reset`
pub(crate) fn reset(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    pbx.reset_tasks(now, params.id("campaign_id")?)?;
    done()
}
