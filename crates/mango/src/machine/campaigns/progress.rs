//! How far each campaign has come, for those who watch it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CampaignStatus, TaskReason, TaskStatus};
use crate::machine::Pbx;

/// How far a campaign has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CampaignProgress {
    campaign_id: u64,
    name: String,
    status: CampaignStatus,
    /// How many clients it calls at once.
    capacity: usize,
    tasks: usize,
    /// Tasks that wait for their first call.
    queued: usize,
    /// Tasks that are called again later.
    redials: usize,
    /// Tasks whose client, or whose operator before, is rung.
    ringing: usize,
    talking: usize,
    done: usize,
    /// Tasks that are not called.
    stopped: usize,
    /// Calls that are made up to now.
    attempts: u64,
    /// Why tasks are done.
    outcomes: BTreeMap<TaskReason, usize>,
}

impl Pbx {
    /// Returns how far each campaign has come, oldest first.
    pub(crate) fn campaign_progress(&self) -> Vec<CampaignProgress> {
        let talks = self.entries.values().filter(|entry| entry.talked_at.is_some());
        let talking: BTreeSet<u64> = talks.filter_map(|entry| entry.task_id).collect();
        let progress = self.campaigns().map(|campaign| {
            let mut shown = CampaignProgress {
                campaign_id: campaign.id,
                name: campaign.name.clone(),
                status: campaign.status,
                capacity: campaign.places(),
                tasks: 0,
                queued: 0,
                redials: 0,
                ringing: 0,
                talking: 0,
                done: 0,
                stopped: 0,
                attempts: 0,
                outcomes: BTreeMap::new(),
            };
            for task in self.tasks_of(campaign) {
                let count = match task.status {
                    TaskStatus::Queued if task.attempts > 0 => &mut shown.redials,
                    TaskStatus::Queued => &mut shown.queued,
                    TaskStatus::Working if talking.contains(&task.id) => &mut shown.talking,
                    TaskStatus::Working => &mut shown.ringing,
                    TaskStatus::Done => &mut shown.done,
                    TaskStatus::Stopped | TaskStatus::Deleted => &mut shown.stopped,
                };
                *count += 1;
                shown.tasks += 1;
                shown.attempts += u64::from(task.attempts);
                if let (TaskStatus::Done, Some(reason)) = (task.status, task.reason) {
                    *shown.outcomes.entry(reason).or_default() += 1;
                }
            }
            shown
        });
        progress.collect()
    }
}
