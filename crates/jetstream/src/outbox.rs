//! Records that were submitted and have not come round yet.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use ringback_engine::ordered::{EntryId, LogError, Position};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What a submission is answered.
pub(crate) type Answer = Result<Position, LogError>;

/// How many records may be under way. The engine has a lower bound of its own.
const MOST: usize = 4096;

/// The records under way of one instance.
#[derive(Default)]
pub(crate) struct Outbox {
    waiting: Mutex<HashMap<EntryId, Waiting>>,
    followers: AtomicUsize,
}

struct Waiting {
    answer: oneshot::Sender<Answer>,
    deadline: Instant,
    attempts: u32,
    /// When it was published first.
    sent: Option<Instant>,
    acknowledged: Option<Position>,
}

/// What is to be done with a record whose time has come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// It came round, or was given up.
    Nothing,
    /// It is safe, and has only to come round: look again at the deadline.
    Wait(Instant),
    /// It is to be published, and looked at again no later than the deadline.
    Publish(Instant),
}

impl Outbox {
    /// Takes a record in; refuses one too many, and one that is already under way.
    pub(crate) fn admit(
        &self,
        id: EntryId,
        deadline: Instant,
    ) -> Result<oneshot::Receiver<Answer>, LogError> {
        let mut waiting = self.waiting.lock();
        if waiting.len() >= MOST {
            return Err(LogError::Stopped(format!("{MOST} records are already under way")));
        }
        let (answer, receiver) = oneshot::channel();
        match waiting.entry(id) {
            Entry::Occupied(_) => Err(LogError::Stopped("the record is already under way".into())),
            Entry::Vacant(vacant) => {
                vacant.insert(Waiting {
                    answer,
                    deadline,
                    attempts: 0,
                    sent: None,
                    acknowledged: None,
                });
                Ok(receiver)
            }
        }
    }

    /// Says what is to be done with a record now; gives it up at its deadline.
    pub(crate) fn due(&self, id: EntryId, now: Instant) -> Due {
        let mut waiting = self.waiting.lock();
        let Some(record) = waiting.get(&id) else { return Due::Nothing };
        if now >= record.deadline {
            if let Some(record) = waiting.remove(&id) {
                let answer = self.given_up(&record);
                record.answer.send(answer).ok();
            }
            return Due::Nothing;
        }
        match record.acknowledged {
            Some(_) => Due::Wait(record.deadline),
            None => Due::Publish(record.deadline),
        }
    }

    fn given_up(&self, record: &Waiting) -> Answer {
        match record.acknowledged {
            Some(position) if self.followers.load(Ordering::Relaxed) == 0 => Ok(position),
            Some(_) => Err(LogError::Unknown(
                "the servers acknowledged the record, but it did not come round in time".into(),
            )),
            None if record.attempts == 0 => {
                Err(LogError::Stopped("no NATS server could be reached in time".into()))
            }
            None => Err(LogError::Unknown("no NATS server acknowledged it in time".into())),
        }
    }

    /// Counts an attempt.
    pub(crate) fn published(&self, id: EntryId, now: Instant) {
        if let Some(record) = self.waiting.lock().get_mut(&id) {
            record.attempts += 1;
            record.sent.get_or_insert(now);
        }
    }

    /// A server says that a record is safe. Where it stands is learnt when it comes round; only if
    /// nobody follows the log the server is believed.
    pub(crate) fn acknowledged(&self, id: EntryId, position: Position) {
        let mut waiting = self.waiting.lock();
        if self.followers.load(Ordering::Relaxed) == 0 {
            if let Some(record) = waiting.remove(&id) {
                record.answer.send(Ok(position)).ok();
            }
        } else if let Some(record) = waiting.get_mut(&id) {
            record.acknowledged = Some(position);
        }
    }

    /// A server refuses a record for good.
    pub(crate) fn refused(&self, id: EntryId, reason: &str) {
        let Some(record) = self.waiting.lock().remove(&id) else { return };
        // An earlier attempt whose acknowledgement was lost may have been taken.
        let answer = if record.attempts <= 1 {
            LogError::Stopped(reason.into())
        } else {
            LogError::Unknown(reason.into())
        };
        record.answer.send(Err(answer)).ok();
    }

    /// A record has come round. Returns when it was published, if that was once and from here.
    pub(crate) fn came_round(&self, id: EntryId, position: Position) -> Option<Instant> {
        let record = self.waiting.lock().remove(&id)?;
        record.answer.send(Ok(position)).ok();
        if record.attempts == 1 { record.sent } else { None }
    }

    /// Counts a follower, for as long as what it returns lives.
    pub(crate) fn attend(self: &Arc<Self>) -> Attendance {
        self.followers.fetch_add(1, Ordering::Relaxed);
        Attendance(Arc::clone(self))
    }
}

/// Somebody follows the log.
pub(crate) struct Attendance(Arc<Outbox>);

impl Drop for Attendance {
    fn drop(&mut self) {
        self.0.followers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
