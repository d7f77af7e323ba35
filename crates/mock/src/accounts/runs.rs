//! How the accounts of an instance run: as one machine.

use ringback_engine::{Duration, Machine, OffsetDateTime};
use ringback_exchange::{Change, ChangeKind};

use super::{Account, AccountEvent, AccountId, Accounts, Derived, Logged};
use crate::{
    World,
    bench::{Batch, Happened},
    stable_hash,
};

/// Moves what happened in a world to what happened in the others. Changes have no moment of their own.
pub(super) fn collect<W: World>(
    account: &mut Account<W>,
    id: AccountId,
    now: OffsetDateTime,
    events: &mut Vec<AccountEvent>,
    batch: &mut Batch,
) {
    let (world, stamp) = (&mut account.world, account.stamp.number());
    let mut changes: Vec<Change> = Vec::new();
    world.drain_changes(&mut changes);
    batch.extend(changes.into_iter().map(|change| (id, stamp, Happened::World(now, change))));
    let mut happened = Vec::new();
    world.drain_events(&mut happened);
    let already = events.len();
    events.extend(happened.into_iter().map(|event| AccountEvent { account: id, event }));
    let happened = events.get(already..).unwrap_or_default();
    let mut notes = Vec::new();
    if let Some(outbox) = world.outbox_mut().filter(|outbox| outbox.has_notes()) {
        notes.extend(outbox.drain_notes());
    }
    let mut notes = notes.into_iter().peekable();
    for AccountEvent { event, .. } in happened {
        // What is said of an event comes behind it.
        while let Some((at, note)) = notes.next_if(|(at, _)| *at < event.at) {
            batch.push((id, stamp, Happened::Delivery(at, note)));
        }
        batch.push((id, stamp, Happened::Event(event.clone())));
    }
    batch.extend(notes.map(|(at, note)| (id, stamp, Happened::Delivery(at, note))));
}

impl<W: World> Machine for Accounts<W> {
    type Logged = Logged<W::Logged>;
    type Event = AccountEvent;

    fn advance(&mut self, to: OffsetDateTime) {
        while let Some((due, id)) = self.derived.agenda.first().copied() {
            if due > to {
                break;
            }
            // A world is brought up to the next moment at which another one is due, so that
            // events of all worlds come out in time order.
            self.derived.agenda.pop_first();
            let next = self.derived.agenda.first().map_or(to, |(next, other)| {
                // At one moment the account that came first goes first, however long the jump is.
                let before = if *other < id { Duration::MICROSECOND } else { Duration::ZERO };
                next.saturating_sub(before).min(to)
            });
            if let Some(Some(account)) = self.worlds.get_mut(id.place()) {
                let until = account.local(next.max(due));
                account.world.advance(until);
                let Derived { events, happened, .. } = &mut self.derived;
                collect(account, id, until, events, happened);
            }
            self.enter(id);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        self.derived.agenda.first().map(|(due, _)| *due)
    }

    fn drain_events(&mut self, into: &mut Vec<AccountEvent>) {
        into.append(&mut self.derived.events);
    }

    fn published(&mut self, command: Option<u64>) {
        if command.is_none() {
            // What comes next is about another one, or about none.
            self.derived.touched = None;
        }
        let Derived { recorder, happened, .. } = &mut self.derived;
        match recorder.get() {
            Some(recorder) => recorder.publish(command, happened),
            None => happened.clear(),
        }
    }

    fn fingerprint(&self) -> u64 {
        let count = u64::try_from(self.worlds.len()).unwrap_or(u64::MAX);
        let touched = self.derived.touched.and_then(|id| Some((id, self.world(id)?)));
        let (id, trace) = touched.map_or((u32::MAX, 0), |(id, world)| (id.0, world.fingerprint()));
        stable_hash(count ^ trace, &id.to_le_bytes())
    }

    fn inherit(&mut self, replaced: &Self) {
        if self.derived.recorder.get().is_none() {
            self.derived.recorder.clone_from(&replaced.derived.recorder);
        }
        if let Some(recorder) = self.derived.recorder.get() {
            if self.has_faces() {
                recorder.note_face();
            }
            let at = self.derived.made_at.unwrap_or_else(|| recorder.now());
            let ids: Vec<AccountId> = self.iter().map(|(id, _)| id).collect();
            ids.into_iter().for_each(|id| self.note(id, at, ChangeKind::Reset));
        }
        if self.derived.make.is_none() {
            self.derived.make.clone_from(&replaced.derived.make);
        }
    }
}
