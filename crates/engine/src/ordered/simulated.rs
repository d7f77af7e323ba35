//! A log that is simulated: deterministic, without threads, with faults drawn from a seed.
//!
//! Nothing happens in it but what [`Simulated::step`] does, one thing at a time: a submission is
//! committed, lost or committed twice, an answer arrives, somebody who follows is handed records.
//! A [`calm`](Simulated::calm) one commits and hands on at once.

mod random;
mod replicas;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::{EntryId, Log, LogError, Position, Record, Saved, Stamp};
pub use random::Random;
pub use replicas::{Replicas, Submitted};

/// What goes wrong, in a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// A submission is not committed, and that is known.
    pub lost: u32,
    /// A submission is committed, and its answer is not.
    pub unanswered: u32,
    /// A submission is committed again later, after any window in which that would be noticed.
    pub twice: u32,
    /// Another leader stamps from now on, by a clock up to so many microseconds off.
    pub leader: Stamp,
}

/// A log for several members, and the time that it goes by.
#[derive(Debug, Clone)]
pub struct Simulated(Arc<Mutex<World>>);

/// One process's way to a simulated log.
#[derive(Debug, Clone)]
pub struct Member {
    world: Arc<Mutex<World>>,
    place: usize,
}

#[derive(Debug)]
struct World {
    random: Random,
    faults: Faults,
    is_calm: bool,
    /// Whether a single process writes it: it knows that nothing earlier is coming.
    is_local: bool,
    now: Stamp,
    /// How far the leader's clock is off.
    leader: Stamp,
    /// The latest stamp that was given, or promised not to be given.
    last: Stamp,
    /// Records up to this position have been forgotten.
    forgotten: Position,
    records: Vec<Record>,
    saved: Vec<Saved>,
    under_way: Vec<UnderWay>,
    answers: Vec<Reply>,
    followers: Vec<Following>,
    members: Vec<OfMember>,
}

type Answer = oneshot::Sender<Result<Position, LogError>>;
type Reply = (Answer, Result<Position, LogError>);

#[derive(Debug)]
struct UnderWay {
    id: EntryId,
    bytes: Bytes,
    /// Its stamp, where it has one already.
    stamp: Stamp,
    answer: Option<Answer>,
}

#[derive(Debug)]
struct Following {
    member: usize,
    next: Position,
    records: mpsc::Sender<Result<Vec<Record>, LogError>>,
}

#[derive(Debug, Default)]
struct OfMember {
    /// How far its clock is off.
    skew: Stamp,
    is_paused: bool,
}

impl Simulated {
    /// Makes a log that several members write, with faults drawn from a seed.
    pub fn shared(seed: u64, faults: Faults) -> Self {
        Self::new(seed, faults, false, false)
    }

    /// Makes a log that one member writes, as a file is.
    pub fn local(seed: u64, faults: Faults) -> Self {
        Self::new(seed, faults, true, false)
    }

    /// Makes a log of one member that commits whatever is submitted at once.
    pub fn calm() -> Self {
        Self::new(0, Faults::default(), true, true)
    }

    fn new(seed: u64, faults: Faults, is_local: bool, is_calm: bool) -> Self {
        Self(Arc::new(Mutex::new(World {
            random: Random::new(seed),
            faults,
            is_calm,
            is_local,
            // 2026-01-05T09:00:00Z
            now: 1_767_603_600_000_000,
            leader: 0,
            last: Stamp::MIN,
            forgotten: 0,
            records: Vec::new(),
            saved: Vec::new(),
            under_way: Vec::new(),
            answers: Vec::new(),
            followers: Vec::new(),
            members: Vec::new(),
        })))
    }

    /// Adds a member whose clock is so many microseconds off.
    pub fn member(&self, skew: Stamp) -> Member {
        let mut world = self.0.lock();
        world.members.push(OfMember { skew, is_paused: false });
        Member { world: Arc::clone(&self.0), place: world.members.len() - 1 }
    }

    /// Lets real time pass.
    pub fn pass(&self, micros: Stamp) {
        let mut world = self.0.lock();
        world.now = world.now.saturating_add(micros.max(0));
    }

    /// Puts an end to all faults.
    pub fn heal(&self) {
        let mut world = self.0.lock();
        world.faults = Faults::default();
        world.members.iter_mut().for_each(|member| member.is_paused = false);
    }

    /// Lets things go wrong from now on.
    pub fn break_with(&self, faults: Faults) {
        self.0.lock().faults = faults;
    }

    /// Returns how many submissions are under way.
    pub fn under_way(&self) -> usize {
        self.0.lock().under_way.len()
    }

    /// Lets one thing happen; returns whether there was anything.
    pub fn step(&self) -> bool {
        self.0.lock().step()
    }

    /// Returns the records that are kept.
    pub fn records(&self) -> Vec<Record> {
        self.0.lock().records.clone()
    }

    /// Puts records and snapshots into an empty log, as another one has kept them.
    pub fn fill(&self, records: Vec<Record>, saved: Option<Saved>) {
        let mut world = self.0.lock();
        let first = records.first().map(|first| first.position - 1);
        world.forgotten = first.or(saved.as_ref().map(|saved| saved.position)).unwrap_or(0);
        if let Some(last) = records.iter().map(|record| record.stamp).max() {
            world.now = world.now.max(last);
            world.last = last;
        }
        world.records = records;
        world.saved.extend(saved);
    }
}

impl Member {
    /// Hands nothing on to this member until it goes on.
    pub fn pause(&self, is_paused: bool) {
        if let Some(member) = self.world.lock().members.get_mut(self.place) {
            member.is_paused = is_paused;
        }
    }

    /// Forgets that this member follows: its process has ended.
    pub fn end(&self) {
        self.world.lock().followers.retain(|follower| follower.member != self.place);
    }
}

impl World {
    fn tip(&self) -> Position {
        self.forgotten + u64::try_from(self.records.len()).unwrap_or(0)
    }

    fn after(&self, position: Position) -> &[Record] {
        let skip = usize::try_from(position.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        self.records.get(skip..).unwrap_or_default()
    }

    fn stamp(&mut self) -> Stamp {
        if self.is_local {
            self.last = self.last.max(self.now);
            return self.last;
        }
        self.now.saturating_add(self.leader)
    }

    fn commit(&mut self, id: EntryId, bytes: Bytes, stamp: Stamp) -> Position {
        let position = self.tip() + 1;
        self.records.push(Record { position, stamp, id, bytes });
        position
    }

    fn step(&mut self) -> bool {
        if self.faults.leader > 0 && self.random.chance(5) {
            let most = self.faults.leader;
            self.leader = self.random.between(-most, most);
        }
        for kind in self.random.order3() {
            let done = match kind {
                0 => self.step_submission(),
                1 => self.step_follower(),
                _ => self.step_answer(),
            };
            if done {
                return true;
            }
        }
        false
    }

    fn step_submission(&mut self) -> bool {
        if self.under_way.is_empty() {
            return false;
        }
        // The network changes the order; a file does not.
        let place = if self.is_local { 0 } else { self.random.below(self.under_way.len()) };
        let UnderWay { id, bytes, stamp, answer } = self.under_way.remove(place);
        let faults = self.faults;
        if self.random.chance(faults.lost) {
            if let Some(answer) = answer {
                self.answers.push((answer, Err(LogError::Stopped("lost".to_owned()))));
            }
            return true;
        }
        if self.random.chance(faults.twice) && !self.is_local {
            let (bytes, answer) = (bytes.clone(), None);
            self.under_way.push(UnderWay { id, bytes, stamp, answer });
        }
        let stamp = if self.is_local { stamp } else { self.stamp() };
        let position = self.commit(id, bytes, stamp);
        if let Some(answer) = answer {
            let unanswered = self.random.chance(faults.unanswered);
            let unknown = || Err(LogError::Unknown("no answer".to_owned()));
            self.answers.push((answer, if unanswered { unknown() } else { Ok(position) }));
        }
        true
    }

    fn step_answer(&mut self) -> bool {
        if self.answers.is_empty() {
            return false;
        }
        let (answer, result) = self.answers.remove(self.random.below(self.answers.len()));
        // Nobody may be waiting.
        drop(answer.send(result));
        true
    }

    fn step_follower(&mut self) -> bool {
        self.followers.retain(|follower| !follower.records.is_closed());
        let count = self.followers.len();
        let begin = if count == 0 { 0 } else { self.random.below(count) };
        let most = 1 + self.random.below(4);
        (0..count).any(|offset| self.hand_on((begin + offset) % count, most))
    }

    /// Hands records on to who follows; returns whether there were any and they were taken.
    fn hand_on(&mut self, follower: usize, most: usize) -> bool {
        let Some(Following { member, next, records }) = self.followers.get(follower) else {
            return false;
        };
        let (next, is_paused) =
            (*next, self.members.get(*member).is_some_and(|member| member.is_paused));
        if is_paused || next > self.tip() {
            return false;
        }
        let batch = match next <= self.forgotten {
            true => Err(LogError::Gap(next - 1)),
            false => Ok(self.after(next - 1).iter().take(most).cloned().collect::<Vec<_>>()),
        };
        let count = batch.as_ref().map_or(0, |batch| u64::try_from(batch.len()).unwrap_or(0));
        let taken = records.try_send(batch).is_ok();
        if taken && count == 0 {
            self.followers.remove(follower);
        } else if taken && let Some(following) = self.followers.get_mut(follower) {
            following.next += count;
        }
        taken
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, Result<T, LogError>> {
    futures_util::future::ready(Ok(value)).boxed()
}

impl Log for Member {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        let mut world = self.world.lock();
        let stamp = world.stamp();
        if world.is_calm {
            let position = world.commit(id, bytes, stamp);
            (0..world.followers.len()).for_each(|follower| {
                world.hand_on(follower, usize::MAX);
            });
            return ready(position);
        }
        let (answer, answered) = oneshot::channel();
        world.under_way.push(UnderWay { id, bytes, stamp, answer: Some(answer) });
        let gone = |_| Err(LogError::Unknown("the log is gone".to_owned()));
        answered.map(move |answer| answer.unwrap_or_else(gone)).boxed()
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        let mut world = self.world.lock();
        let (records, followed) = mpsc::channel(if world.is_calm { 65_536 } else { 4 });
        world.followers.push(Following { member: self.place, next: after + 1, records });
        if world.is_calm {
            let last = world.followers.len() - 1;
            world.hand_on(last, usize::MAX);
        }
        followed
    }

    fn horizon(&self, applied: Position) -> Stamp {
        let mut world = self.world.lock();
        if !world.is_local {
            return Stamp::MIN;
        }
        if let Some(next) = world.after(applied).first() {
            return next.stamp;
        }
        match world.under_way.first() {
            Some(next) => next.stamp,
            None => world.stamp(),
        }
    }

    fn now(&self) -> Stamp {
        let world = self.world.lock();
        let skew = world.members.get(self.place).map_or(0, |member| member.skew);
        world.now.saturating_add(skew)
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        ready(self.world.lock().tip())
    }

    fn save(
        &self,
        position: Position,
        snapshot: Bytes,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let mut world = self.world.lock();
        if world.saved.last().is_none_or(|newest| newest.position < position) {
            world.saved.push(Saved { position, bytes: snapshot });
            if world.saved.len() > 2 {
                world.saved.remove(0);
            }
        }
        ready(())
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        ready(self.world.lock().saved.last().cloned())
    }

    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        let mut world = self.world.lock();
        let through = through.min(world.saved.last().map_or(0, |newest| newest.position));
        let count = usize::try_from(through.saturating_sub(world.forgotten)).unwrap_or(0);
        let count = count.min(world.records.len());
        world.records.drain(..count);
        world.forgotten = world.forgotten.max(through);
        ready(())
    }

    fn kind(&self) -> &'static str {
        "simulated"
    }
}
