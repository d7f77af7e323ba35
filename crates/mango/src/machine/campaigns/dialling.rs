//! A running campaign dials its tasks: an operator is rung first, then the client. A campaign without
//! operators plays its message to the client instead.

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::{CallId, Dial, HangupCause, Number, Origin, Party};

use super::{Campaign, CampaignStatus, TaskReason, TaskStatus};
use crate::machine::{
    Pbx, Tag, Timer,
    live_call::{Initiator, LiveCall, Way},
    orders::Placement,
};

/// How long a campaign waits before it looks for a free operator again.
const NOBODY_FREE: Duration = Duration::seconds(5);

/// How long it waits at least before it dials a number again, so that time always passes.
const PAUSE: Duration = Duration::SECOND;

/// What a campaign does next.
enum Next {
    /// It dials a task, for an operator if it has any.
    Dials(u64, Option<u64>),
    /// It waits until then.
    Waits(OffsetDateTime),
    /// It waits for something to happen.
    Idles,
    /// It is over.
    Ends,
}

impl Pbx {
    /// Makes a campaign that is not stopped look for tasks at a moment, or when it starts.
    pub(super) fn dial_at(&mut self, id: u64, at: OffsetDateTime) {
        let Some(campaign) = self.campaigns.campaigns.get_mut(&id) else { return };
        match campaign.status {
            CampaignStatus::Planned | CampaignStatus::Running => {}
            CampaignStatus::Stopped | CampaignStatus::Finished => return,
        }
        if let Some(due) = campaign.timer.take() {
            self.agenda.strike(due);
        }
        let at = at.max(campaign.start);
        campaign.timer = Some(self.agenda.enter(at, Timer::CampaignDials { campaign: id }));
    }

    /// A campaign looks for tasks to dial.
    pub(in crate::machine) fn campaign_dials(&mut self, now: OffsetDateTime, id: u64) {
        if let Some(campaign) = self.campaigns.campaigns.get_mut(&id) {
            campaign.timer = None;
            campaign.status = CampaignStatus::Running;
        }
        loop {
            let Some(campaign) = self.campaign(id) else { return };
            match self.next_of(now, campaign) {
                Next::Dials(task, operator) => self.dial_task(now, id, task, operator),
                Next::Waits(until) => {
                    let until = campaign.end.map_or(until, |end| end.min(until));
                    return self.dial_at(id, until);
                }
                Next::Idles => {
                    if let Some(end) = campaign.end {
                        self.dial_at(id, end);
                    }
                    return;
                }
                Next::Ends => {
                    if let Some(campaign) = self.campaigns.campaigns.get_mut(&id) {
                        campaign.status = CampaignStatus::Finished;
                    }
                    return;
                }
            }
        }
    }

    fn next_of(&self, now: OffsetDateTime, campaign: &Campaign) -> Next {
        if campaign.end.is_some_and(|end| end <= now) {
            return Next::Ends;
        }
        let tasks = || self.tasks_of(campaign);
        let working = tasks().filter(|task| task.status == TaskStatus::Working).count();
        let queued = || tasks().filter(|task| task.status == TaskStatus::Queued);
        if queued().next().is_none() {
            let is_over = working == 0 && tasks().next().is_some() && !campaign.endless;
            return if is_over { Next::Ends } else { Next::Idles };
        }
        match campaign.opens(now) {
            None => return Next::Idles,
            Some(opens) if opens > now => return Next::Waits(opens),
            Some(_) => {}
        }
        if working >= campaign.places() {
            return Next::Idles;
        }
        let is_free = |until: Option<OffsetDateTime>| until.is_none_or(|until| until <= now);
        let ready = queued().filter(|task| is_free(task.blocked_until));
        // The most important first, and of those the oldest.
        let Some(task) = ready.min_by_key(|task| (task.what.priority, task.id)) else {
            let until = queued().filter_map(|task| task.blocked_until).min();
            return until.map_or(Next::Idles, Next::Waits);
        };
        if campaign.operators.is_empty() {
            return Next::Dials(task.id, None);
        }
        let free = campaign.operators.iter().copied().find(|operator| {
            let user = self.tables.user(*operator);
            user.is_some_and(|user| self.exchange.available(&user.extension, None).is_ok())
        });
        match free {
            Some(operator) => Next::Dials(task.id, Some(operator)),
            None => Next::Waits(now.saturating_add(NOBODY_FREE)),
        }
    }

    fn dial_task(&mut self, now: OffsetDateTime, campaign: u64, id: u64, operator: Option<u64>) {
        let line = self.campaign(campaign).and_then(|campaign| self.tables.line(campaign.line_id));
        let line = line.map(|line| Number::from(&line.number));
        let extension = operator.and_then(|operator| self.tables.user(operator));
        let extension = extension.map(|user| Party::Extension(Number::from(&user.extension)));
        let Some(task) = self.campaigns.tasks.get_mut(&id) else { return };
        task.status = TaskStatus::Working;
        task.attempts += 1;
        (task.updated, task.operator) = (now, operator);
        let to = Party::Outside(Number::from(&task.what.number));
        let origin = if extension.is_some() { Origin::Click } else { Origin::Phone };
        let machine = || Party::Service(line.clone().unwrap_or_else(|| Number::from("")));
        let from = extension.unwrap_or_else(machine);
        let (way, initiator) = (Way::Out, Initiator::Campaign);
        let entry = LiveCall {
            way,
            initiator,
            task_id: Some(id),
            line: line.clone(),
            ..LiveCall::default()
        };
        let dial = Dial {
            from,
            to,
            origin,
            line,
            record: self.settings.auto_record,
            behaviour: None,
            keys: Vec::new(),
            tag: Tag { way, initiator },
        };
        self.place(now, Placement { dial, entry });
    }

    /// A call is over, of a campaign or not.
    pub(in crate::machine) fn campaign_call_ended(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &LiveCall,
        cause: HangupCause,
    ) {
        let Some(task_id) = entry.task_id else { return };
        let talked = entry.talked_at.map(|at| now.unix_timestamp() - at.unix_timestamp());
        let record_id = entry.legs.iter().rev().find_map(|leg| leg.recordings.first().copied());
        let record_id = record_id.map(|index| self.identity.recording_id(id, index));
        let operator_failed = entry.legs.iter().all(|leg| leg.is_first_half);
        let Some(task) = self.campaigns.tasks.get_mut(&task_id) else { return };
        let Some(campaign) = self.campaigns.campaigns.get(&task.campaign) else { return };
        let reason = match talked {
            Some(_) => TaskReason::Talked,
            None => failure(operator_failed && task.operator.is_some(), cause),
        };
        let redial = match reason {
            TaskReason::Talked | TaskReason::NoSuchNumber => None,
            TaskReason::Busy | TaskReason::OperatorBusy => Some((0, campaign.busy)),
            TaskReason::NoAnswer | TaskReason::OperatorNoAnswer => Some((1, campaign.no_answer)),
            TaskReason::Unavailable | TaskReason::OperatorUnavailable => {
                Some((2, campaign.not_avail))
            }
        };
        let again = redial.and_then(|(kind, redial)| {
            let failed = task.failed.get_mut(kind)?;
            *failed += 1;
            let after = Duration::seconds(redial.after.into()).max(PAUSE);
            (*failed <= redial.times).then(|| now.saturating_add(after))
        });
        (task.updated, task.reason, task.blocked_until) = (now, Some(reason), again);
        match again {
            Some(_) => task.status = TaskStatus::Queued,
            None => {
                task.status = TaskStatus::Done;
                (task.ended, task.talked, task.record_id) = (Some(now), talked, record_id);
            }
        }
        let campaign = task.campaign;
        self.dial_at(campaign, now);
    }
}

/// Returns why nobody talked: whose leg was the last, and how it ended.
fn failure(of_operator: bool, cause: HangupCause) -> TaskReason {
    let (client, operator) = match cause {
        HangupCause::UserBusy => (TaskReason::Busy, TaskReason::OperatorBusy),
        HangupCause::NoAnswer | HangupCause::CallRejected | HangupCause::OriginatorCancel => {
            (TaskReason::NoAnswer, TaskReason::OperatorNoAnswer)
        }
        HangupCause::UnallocatedNumber | HangupCause::InvalidNumberFormat => {
            (TaskReason::NoSuchNumber, TaskReason::OperatorUnavailable)
        }
        HangupCause::NormalClearing
        | HangupCause::NormalUnspecified
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer => (TaskReason::NoAnswer, TaskReason::OperatorUnavailable),
        HangupCause::LoseRace
        | HangupCause::PickedOff
        | HangupCause::ManagerRequest
        | HangupCause::UserNotRegistered
        | HangupCause::NumberChanged
        | HangupCause::OutgoingCallBarred
        | HangupCause::NoRouteDestination
        | HangupCause::FacilityRejected
        | HangupCause::IncompatibleDestination
        | HangupCause::NoUserResponse
        | HangupCause::SubscriberAbsent
        | HangupCause::DestinationOutOfOrder
        | HangupCause::NormalCircuitCongestion
        | HangupCause::NetworkOutOfOrder
        | HangupCause::NormalTemporaryFailure
        | HangupCause::SwitchCongestion
        | HangupCause::RecoveryOnTimerExpire => {
            (TaskReason::Unavailable, TaskReason::OperatorUnavailable)
        }
    };
    if of_operator { operator } else { client }
}

#[cfg(test)]
mod tests {
    use ringback_exchange::{HangupCause, Side};

    use super::{TaskReason, failure};
    use crate::{identity::Location, render};

    #[test]
    fn a_task_fails_for_the_reason_that_notifications_tell() {
        for cause in HangupCause::ALL.iter().copied() {
            let (by, from_side, location) = (None, Side::A, Location::Subscriber);
            let ended = render::Ended { cause, by, from_side, location };
            let (client, operator) = match render::reason(&ended) {
                1121 => (TaskReason::Busy, TaskReason::OperatorBusy),
                1133 => (TaskReason::NoSuchNumber, TaskReason::OperatorUnavailable),
                1100 => (TaskReason::NoAnswer, TaskReason::OperatorUnavailable),
                1110 | 1111 | 1122 => (TaskReason::NoAnswer, TaskReason::OperatorNoAnswer),
                _ => (TaskReason::Unavailable, TaskReason::OperatorUnavailable),
            };
            assert_eq!(failure(false, cause), client, "{cause}");
            assert_eq!(failure(true, cause), operator, "{cause}");
        }
    }
}
