//! Applying records: the one place where a machine with a log changes.

use tokio::sync::oneshot;

use super::{
    entry::{Change, Entry, Known},
    open::Replica,
    state::{Lease, Replicated},
    submit::{Deliver, Waiting},
};
use crate::{
    Machine, Replay,
    clock::{micros, moment},
    engine::{Core, Inner},
    ordered::{Record, Stamp},
};

/// How long the lease lasts from an entry of its holder on, in microseconds.
pub(crate) const LEASE: Stamp = 3_000_000;

/// Why a replica goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// What comes cannot be applied.
    Failed(String),
    /// Another replica has come to something else; this is what this one has come to.
    Diverged(Known, String),
    /// A newer version goes on from here; a snapshot is to be kept for it.
    Succeeded(String),
}

impl Stop {
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Failed(why) | Self::Diverged(_, why) | Self::Succeeded(why) => why,
        }
    }
}

impl<M: Machine> Inner<M> {
    /// Applies one record; returns whether this replica is to save a snapshot after it.
    pub(crate) fn apply(&self, replica: &Replica<M>, record: &Record) -> Result<bool, Stop> {
        let number = record.position;
        let failed = |why: String| Stop::Failed(format!("record {number}: {why}"));
        // Not under the lock: it may be a whole machine.
        let entry = Entry::<M::Logged>::decode(&record.bytes);
        let mut core = self.core.write();
        let Core { machine, replicated } = &mut *core;
        let Some(state) = replicated.as_deref_mut() else {
            return Err(failed("there is no state to apply it to".to_owned()));
        };
        if record.position <= state.position {
            return Ok(false);
        }
        if record.position != state.position + 1 {
            return Err(failed(format!("it comes after record {}", state.position)));
        }
        let entry = entry.map_err(|why| failed(format!("it is not understood: {why}")))?;
        if let Some(known) = entry.known {
            replica.compare(known, record)?;
        }
        state.take(record);
        let is_mine = record.id.origin == replica.options.origin;
        let mine = is_mine.then(|| replica.submissions.take(record.id.serial)).flatten();
        let sent_at = mine.as_ref().map(|mine| mine.sent_at);
        let mut done = Done { fingerprint: 0, deliver: None };
        let mut renewed = false;
        if state.seen.note(record.id, record.position) {
            let waiting = mine.map(|mine| mine.waiting);
            let at = state.time_at(record.stamp);
            state.at = at;
            machine.advance(moment(at));
            self.publish(machine, None);
            let claims = matches!(entry.change, Change::Claim);
            renewed = renew(&mut state.lease, record.id.origin, state.stamp, claims);
            done = self.change(replica, machine, state, entry, waiting).map_err(
                |stop| match stop {
                    Stop::Failed(why) => failed(why),
                    other @ (Stop::Diverged(..) | Stop::Succeeded(_)) => other,
                },
            )?;
        }
        replica.note_own(sent_at, record.stamp, state.lease, renewed);
        replica.keep(Known {
            position: record.position,
            chain: state.chain,
            fingerprint: done.fingerprint,
        });
        let is_due = replica.options.snapshots.are_due(state.since);
        if is_due {
            state.since = super::state::Since::default();
        }
        self.announce(machine);
        drop(core);
        replica.applied.send_replace(record.position);
        if let Some(deliver) = done.deliver {
            deliver();
        }
        // Whoever wrote the record is alive, and the same for all.
        Ok(is_due && is_mine)
    }

    fn change(
        &self,
        replica: &Replica<M>,
        machine: &mut M,
        state: &mut Replicated,
        entry: Entry<M::Logged>,
        waiting: Option<Waiting<M>>,
    ) -> Result<Done, Stop> {
        let mut done = Done { fingerprint: 0, deliver: None };
        let at = moment(state.at);
        match entry.change {
            Change::Command(_) if entry.epoch.is_some_and(|epoch| epoch != state.epoch) => {
                if let Some(Waiting::Command(run)) = waiting {
                    done.deliver = run(None);
                }
            }
            Change::Command(command) => {
                replica.check_rules(state)?;
                state.commands = state.commands.saturating_add(1);
                if let Some(Waiting::Command(run)) = waiting {
                    let ran = run(Some((machine, at, command, state.commands)));
                    done.deliver = Some(ran.ok_or_else(|| {
                        Stop::Failed("another command came round than was sent".to_owned())
                    })?);
                } else {
                    command.replay(machine, at);
                }
                machine.advance(at);
                self.publish(machine, Some(state.commands));
                done.fingerprint = machine.fingerprint();
            }
            Change::Clock(command) => {
                let face = &mut state.face;
                face.hands.shown = state.at;
                face.anchor = state.stamp;
                face.hands.change(command);
                state.at = face.hands.shown;
                self.clock.follow(face.hands, face.anchor);
                let advanced = self.advance_through(machine, at, moment(state.at));
                done.deliver = match waiting {
                    Some(Waiting::Clock(answer)) => {
                        Some(Box::new(move || drop(answer.send(advanced))))
                    }
                    Some(Waiting::Done(answer)) => Some(answered(answer)),
                    Some(Waiting::Command(_)) | None => None,
                };
                return Ok(done);
            }
            Change::Restored(restored) => {
                let made = restored.machine.machine::<M>();
                let mut made = made.map_err(|error| Stop::Failed(error.to_string()))?;
                made.inherit(machine);
                *machine = made;
                self.publish(machine, None);
                state.epoch = state.epoch.saturating_add(1);
                self.set_epoch(state.epoch);
                if restored.shows {
                    state.at = micros(restored.machine.at());
                    state.face.hands.shown = state.at;
                    state.face.anchor = state.stamp;
                    self.clock.follow(state.face.hands, state.face.anchor);
                }
                machine.advance(moment(state.at));
                self.publish(machine, None);
                done.deliver = waiting.and_then(Waiting::done);
            }
            Change::Rules(rules) => {
                state.identity.logic = state.identity.logic.max(rules);
                if rules > replica.options.identity.logic {
                    let own = replica.options.identity.logic;
                    return Err(Stop::Succeeded(format!(
                        "a newer version has taken over: it goes by rules {rules}, and this one by \
                         {own}"
                    )));
                }
                done.deliver = waiting.and_then(Waiting::done);
            }
            // The first beginning counts, others came too late.
            Change::Began(_) | Change::Tick | Change::Claim | Change::Objection => {
                done.deliver = waiting.and_then(Waiting::done);
            }
        }
        Ok(done)
    }
}

/// What a record did.
struct Done {
    fingerprint: u64,
    deliver: Option<Deliver>,
}

impl<M: Machine> Waiting<M> {
    fn done(self) -> Option<Deliver> {
        match self {
            Self::Done(answer) => Some(answered(answer)),
            Self::Command(_) | Self::Clock(_) => None,
        }
    }
}

/// Tells whoever waits that it is done; nobody may be waiting any more.
fn answered(answer: oneshot::Sender<()>) -> Deliver {
    Box::new(move || answer.send(()).unwrap_or_default())
}

/// Every entry of its holder renews the lease; who claims it gets it once it is over. Returns
/// whether it lasts longer now.
fn renew(lease: &mut Lease, origin: u64, now: Stamp, claims: bool) -> bool {
    let holds = lease.holder == origin && now <= lease.until;
    let gets = holds || (claims && (lease.holder == origin || now > lease.until));
    if gets {
        *lease = Lease { holder: origin, until: now.saturating_add(LEASE) };
    }
    gets
}

impl<M: Machine> Replica<M> {
    /// Compares what another replica has come to with what this one has.
    fn compare(&self, theirs: Known, record: &Record) -> Result<(), Stop> {
        let Some(ours) = self.known_at(theirs.position) else { return Ok(()) };
        if ours == theirs {
            return Ok(());
        }
        let what = match ours.chain == theirs.chain {
            true => "executing the same records has given another state",
            false => "the records are other ones",
        };
        Err(Stop::Diverged(
            ours,
            format!(
                "replicas disagree about record {}: {what} here and at the writer of record {} \
                 (here {:016x} {:016x}, there {:016x} {:016x})",
                theirs.position,
                record.position,
                ours.chain,
                ours.fingerprint,
                theirs.chain,
                theirs.fingerprint,
            ),
        ))
    }

    /// Refuses to execute by other rules than the records were written for.
    fn check_rules(&self, state: &Replicated) -> Result<(), Stop> {
        let (theirs, ours) = (state.identity.logic, self.options.identity.logic);
        if theirs == ours {
            return Ok(());
        }
        Err(Stop::Failed(format!(
            "it goes by rules {theirs}, and this version by rules {ours}: start and stop the version \
             that wrote it once, so that it leaves nothing but a snapshot"
        )))
    }

    /// Learns from an own record how far the log's clock is from what it looks like here, and until
    /// when the lease is safe by the clock here.
    fn note_own(&self, sent_at: Option<Stamp>, stamp: Stamp, lease: Lease, renewed: bool) {
        if let Some(sent_at) = sent_at {
            self.clock.learn(sent_at, stamp);
        }
        if lease.holder != self.options.origin {
            self.lease.lost();
        } else if let Some(sent_at) = sent_at.filter(|_| renewed) {
            // It cannot have begun before it was asked for; a quarter is left for what is under way.
            self.lease.held_until(sent_at.saturating_add(LEASE / 4 * 3));
        }
    }
}
