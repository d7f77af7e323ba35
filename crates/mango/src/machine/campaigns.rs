//! Outbound campaigns and their tasks: what they are, and which of them may change how.

mod dialling;
mod progress;

use std::collections::BTreeMap;

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::{ChangeKind, ChangedPart, Due};
use serde::{Deserialize, Serialize};

use super::Pbx;
use crate::Refused;

/// The numbers before those of the first campaign and the first task.
const CAMPAIGNS: u64 = 460_000_000;
const TASKS: u64 = 461_000_000;

/// The most tasks of one campaign, and of all of them.
const MOST_TASKS: usize = 10_000;
const MOST_TASKS_OF_ALL: usize = 100_000;

/// The most campaigns.
const MOST_CAMPAIGNS: usize = 1_000;

/// Where a campaign stands, as the vendor numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CampaignStatus {
    Stopped = 0,
    Planned = 1,
    Running = 2,
    Finished = 4,
}

/// Where a task stands, as the vendor numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskStatus {
    Stopped = 0,
    Queued = 1,
    Working = 2,
    Done = 4,
    Deleted = 6,
}

/// Why a task stands where it does, as the vendor numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskReason {
    Talked = 1,
    Busy = 2,
    NoAnswer = 3,
    Unavailable = 4,
    OperatorBusy = 5,
    OperatorNoAnswer = 6,
    OperatorUnavailable = 7,
    NoSuchNumber = 8,
}

/// When tasks are dialled on a day of the week, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    /// 1 is Monday.
    pub(crate) weekday: u8,
    /// Minutes after midnight.
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// How often and after how many seconds a number is dialled again that was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redial {
    pub(crate) times: u32,
    pub(crate) after: u32,
}

/// How many clients are dialled at once for each free operator, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Coefficient(u8);

impl Coefficient {
    pub(crate) const ONE: Self = Self(10);

    /// Those of the manual, from 0.1 to 5. field report, M16
    const ALL: [Self; 8] =
        [Self(1), Self(5), Self(7), Self::ONE, Self(15), Self(20), Self(30), Self(50)];

    /// Finds the one that equals a number.
    pub(crate) fn of(number: f64) -> Option<Self> {
        Self::ALL.into_iter().find(|coefficient| coefficient.number() == number)
    }

    /// Returns it as a number.
    pub(crate) fn number(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// Returns how many calls so many operators are worth: at least one.
    fn calls(self, operators: usize) -> usize {
        (operators.saturating_mul(self.0.into()) / 10).max(1)
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Campaign {
    pub(crate) id: u64,
    pub(crate) line_id: u64,
    pub(crate) created_by: Option<u64>,
    pub(crate) name: String,
    pub(crate) priority: u8,
    pub(crate) schedule: Vec<Window>,
    #[serde(with = "time::serde::timestamp")]
    pub(crate) start: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::option")]
    pub(crate) end: Option<OffsetDateTime>,
    pub(crate) operators: Vec<u64>,
    pub(crate) dial_mode: u8,
    pub(crate) busy: Redial,
    pub(crate) no_answer: Redial,
    pub(crate) not_avail: Redial,
    pub(crate) answer_wait: u32,
    pub(crate) add_calls_coef: Coefficient,
    pub(crate) call_processing: u32,
    pub(crate) endless: bool,
    #[serde(with = "time::serde::timestamp")]
    pub(crate) created: OffsetDateTime,
    pub(crate) status: CampaignStatus,
    /// Its tasks, in the order in which they came.
    pub(crate) tasks: Vec<u64>,
    pub(crate) timer: Option<Due>,
}

/// A number to be called, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) campaign: u64,
    pub(crate) what: NewTask,
    pub(crate) status: TaskStatus,
    pub(crate) reason: Option<TaskReason>,
    pub(crate) attempts: u32,
    /// Attempts that met a busy number, no answer, and an unavailable one.
    pub(crate) failed: [u32; 3],
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) blocked_until: Option<OffsetDateTime>,
    pub(crate) operator: Option<u64>,
    pub(crate) record_id: Option<String>,
    pub(crate) talked: Option<i64>,
    #[serde(with = "time::serde::timestamp")]
    pub(crate) created: OffsetDateTime,
    #[serde(with = "time::serde::timestamp")]
    pub(crate) updated: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::option")]
    pub(crate) ended: Option<OffsetDateTime>,
}

/// What a client says of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewTask {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) priority: i64,
    pub(crate) organization: String,
    pub(crate) position: String,
    pub(crate) comment: Option<String>,
    pub(crate) due_date: Option<String>,
    /// Further numbers of the same person, with what kind they are.
    pub(crate) subtasks: Vec<(String, Option<String>)>,
}

/// All campaigns and tasks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Campaigns {
    campaigns: BTreeMap<u64, Campaign>,
    tasks: BTreeMap<u64, Task>,
    made: u64,
    pushed: u64,
}

impl Campaigns {
    pub(super) fn campaigns_by_id(&self) -> &BTreeMap<u64, Campaign> {
        &self.campaigns
    }

    pub(super) fn tasks_by_id(&self) -> &BTreeMap<u64, Task> {
        &self.tasks
    }
}

/// No such object.
const UNKNOWN: Refused = Refused::code(3300);

/// The campaign is not in a state for it.
const WRONG_STATE: Refused = Refused::code(5106);

impl Pbx {
    /// Returns a campaign.
    pub(crate) fn campaign(&self, id: u64) -> Option<&Campaign> {
        self.campaigns.campaigns.get(&id)
    }

    /// Returns all campaigns, oldest first.
    pub(crate) fn campaigns(&self) -> impl Iterator<Item = &Campaign> + Clone {
        self.campaigns.campaigns.values()
    }

    /// Returns a task that was not deleted.
    pub(crate) fn task(&self, id: u64) -> Option<&Task> {
        self.campaigns.tasks.get(&id)
    }

    /// Returns the tasks of a campaign that were not deleted.
    pub(crate) fn tasks_of<'a>(
        &'a self,
        campaign: &'a Campaign,
    ) -> impl Iterator<Item = &'a Task> + Clone {
        campaign.tasks.iter().filter_map(|id| self.task(*id))
    }

    /// Adds a campaign, whose number is filled in, and returns that.
    pub(crate) fn add_campaign(&mut self, mut campaign: Campaign) -> Result<u64, Refused> {
        let campaigns = &mut self.campaigns;
        if campaigns.campaigns.len() >= MOST_CAMPAIGNS {
            return Err(Refused::code(5103));
        }
        campaigns.made += 1;
        campaign.id = CAMPAIGNS + campaigns.made;
        let id = campaign.id;
        campaigns.campaigns.insert(id, campaign);
        self.exchange.note_change(ChangedPart::Campaign, ChangeKind::Added, id);
        Ok(id)
    }

    /// Adds tasks to a campaign and returns their numbers.
    pub(crate) fn push_tasks(
        &mut self,
        now: OffsetDateTime,
        campaign: u64,
        tasks: Vec<NewTask>,
    ) -> Result<Vec<u64>, Refused> {
        let of = self.campaigns.campaigns.get_mut(&campaign).ok_or(UNKNOWN)?;
        if of.status == CampaignStatus::Finished {
            return Err(WRONG_STATE);
        }
        if of.tasks.len().saturating_add(tasks.len()) > MOST_TASKS {
            return Err(Refused::code(5107));
        }
        if self.campaigns.tasks.len().saturating_add(tasks.len()) > MOST_TASKS_OF_ALL {
            return Err(Refused::code(5113));
        }
        let first = TASKS + self.campaigns.pushed + 1;
        let ids: Vec<u64> = (first..).take(tasks.len()).collect();
        self.campaigns.pushed += u64::try_from(tasks.len()).unwrap_or(0);
        of.tasks.extend(&ids);
        for (id, what) in ids.iter().copied().zip(tasks) {
            let task = Task {
                id,
                campaign,
                what,
                status: TaskStatus::Queued,
                reason: None,
                attempts: 0,
                failed: [0; 3],
                blocked_until: None,
                operator: None,
                record_id: None,
                talked: None,
                created: now,
                updated: now,
                ended: None,
            };
            self.campaigns.tasks.insert(id, task);
        }
        self.dial_at(campaign, now);
        Ok(ids)
    }

    /// Lets a campaign dial its tasks.
    pub(crate) fn start_campaign(&mut self, now: OffsetDateTime, id: u64) -> Result<(), Refused> {
        let campaign = self.campaigns.campaigns.get_mut(&id).ok_or(UNKNOWN)?;
        if campaign.status != CampaignStatus::Stopped {
            return Err(WRONG_STATE);
        }
        campaign.status = match campaign.start > now {
            true => CampaignStatus::Planned,
            false => CampaignStatus::Running,
        };
        self.exchange.note_change(ChangedPart::Campaign, ChangeKind::Changed, id);
        self.dial_at(id, now);
        Ok(())
    }

    /// Lets a campaign dial no more; calls that are under way go on.
    pub(crate) fn stop_campaign(&mut self, id: u64) -> Result<(), Refused> {
        let campaign = self.campaigns.campaigns.get_mut(&id).ok_or(UNKNOWN)?;
        match campaign.status {
            CampaignStatus::Planned | CampaignStatus::Running => {}
            CampaignStatus::Stopped | CampaignStatus::Finished => return Err(WRONG_STATE),
        }
        campaign.status = CampaignStatus::Stopped;
        if let Some(due) = campaign.timer.take() {
            self.agenda.strike(due);
        }
        self.exchange.note_change(ChangedPart::Campaign, ChangeKind::Changed, id);
        Ok(())
    }

    /// Removes a campaign with its tasks.
    pub(crate) fn delete_campaign(&mut self, id: u64) -> Result<(), Refused> {
        let campaign = self.campaign(id).ok_or(UNKNOWN)?;
        match campaign.status {
            CampaignStatus::Stopped | CampaignStatus::Finished => {}
            CampaignStatus::Planned | CampaignStatus::Running => return Err(WRONG_STATE),
        }
        if let Some(campaign) = self.campaigns.campaigns.remove(&id) {
            self.exchange.note_change(ChangedPart::Campaign, ChangeKind::Removed, id);
            for task in campaign.tasks {
                self.campaigns.tasks.remove(&task);
            }
        }
        Ok(())
    }

    /// Changes what a client says of a task.
    pub(crate) fn change_task(
        &mut self,
        now: OffsetDateTime,
        id: u64,
        change: impl FnOnce(&mut NewTask),
    ) -> Result<(), Refused> {
        let task = self.campaigns.tasks.get_mut(&id).ok_or(UNKNOWN)?;
        change(&mut task.what);
        task.updated = now;
        Ok(())
    }

    /// Queues a task, stops it, or takes it away; one that is being called stays as it is.
    pub(crate) fn set_task(
        &mut self,
        now: OffsetDateTime,
        id: u64,
        status: TaskStatus,
    ) -> Result<(), Refused> {
        let task = self.campaigns.tasks.get_mut(&id).ok_or(UNKNOWN)?;
        if task.status == TaskStatus::Working || task.status == status {
            return Err(Refused::code(5111));
        }
        let of = task.campaign;
        if status == TaskStatus::Deleted {
            self.campaigns.tasks.remove(&id);
            if let Some(campaign) = self.campaigns.campaigns.get_mut(&of) {
                campaign.tasks.retain(|task| *task != id);
            }
        } else {
            task.requeue(now);
            task.status = status;
            self.dial_at(of, now);
        }
        Ok(())
    }

    /// Queues again every task of a campaign that is done.
    pub(crate) fn reset_tasks(&mut self, now: OffsetDateTime, id: u64) -> Result<(), Refused> {
        let campaign = self.campaigns.campaigns.get_mut(&id).ok_or(UNKNOWN)?;
        if campaign.status == CampaignStatus::Finished {
            campaign.status = CampaignStatus::Stopped;
        }
        for task in self.campaigns.tasks.values_mut() {
            if task.campaign == id && task.status == TaskStatus::Done {
                task.requeue(now);
            }
        }
        self.dial_at(id, now);
        Ok(())
    }
}

impl Task {
    fn requeue(&mut self, now: OffsetDateTime) {
        self.status = TaskStatus::Queued;
        (self.reason, self.blocked_until, self.ended) = (None, None, None);
        (self.attempts, self.failed, self.updated) = (0, [0; 3], now);
    }
}

impl Campaign {
    /// Returns how many clients are called at once; without operators a message is played to them.
    fn places(&self) -> usize {
        self.add_calls_coef.calls(self.operators.len().max(1))
    }

    /// Returns the first moment from `from` on at which the schedule allows calls.
    fn opens(&self, from: OffsetDateTime) -> Option<OffsetDateTime> {
        let midnight = from.replace_time(time::Time::MIDNIGHT);
        let minutes = |day: OffsetDateTime, minutes: u16| {
            day.saturating_add(Duration::minutes(minutes.into()))
        };
        let days = (0..=7).map(|days| midnight.saturating_add(Duration::days(days)));
        let openings = days.flat_map(|day| {
            let weekday = day.weekday().number_from_monday();
            let windows = self.schedule.iter().filter(move |window| window.weekday == weekday);
            windows.filter_map(move |window| {
                let (opens, closes) = (minutes(day, window.from), minutes(day, window.to));
                (closes > from).then(|| opens.max(from))
            })
        });
        openings.min()
    }
}
