//! Random schedules: several replicas, with everything that goes wrong in a network.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;

use super::*;
use crate::ordered::simulated::{Faults, Random, Replicas, Submitted};

type Kept<R> = Arc<Mutex<Option<Submitted<R>>>>;

/// What a run has shown to be tried, so that no kind of step is missing by mistake.
#[derive(Default, Debug)]
struct Tried {
    answered: usize,
    failed: usize,
    crashes: usize,
    executed: u32,
}

fn faults(random: &mut Random) -> Faults {
    let mut some = |most: i64| u32::try_from(random.between(-most, most).max(0)).unwrap();
    Faults { lost: some(60), unanswered: some(60), twice: some(120), leader: 2_000_000 }
}

/// Plays a schedule and checks what has to hold; returns what happened.
fn play(seed: u64) -> Result<Tried, String> {
    let mut seeded = Random::new(seed);
    let skews = [-5_000_000, 0, 5_000_000].map(|skew: i64| skew * seeded.between(0, 1));
    let mut replicas = Replicas::new(seed, faults(&mut seeded), &skews, Kitchen::open);
    let (mut tried, mut answers) = (Tried::default(), Vec::<Kept<(u64, u32)>>::new());
    for _ in 0..500 {
        replicas.step()?;
        let place = replicas.random().below(3);
        match replicas.random().below(130) {
            0..30 => {
                let after = Duration::milliseconds(replicas.random().between(0, 3_000));
                // No two are alike.
                let after = after + Duration::nanoseconds(answers.len() as i64);
                answers.push(replicas.submit(place, move |engine| async move {
                    let epoch = engine.epoch();
                    let outcome = engine.execute_in(epoch, SetTimer { after }).await?;
                    Ok((epoch, outcome.and_then(Result::ok).unwrap_or(0)))
                }));
            }
            30..36 => {
                let commands = [
                    ClockCommand::Release,
                    ClockCommand::Freeze,
                    ClockCommand::SetRate(Rate::from_millionths(60_000_000)),
                    ClockCommand::SetRate(Rate::from_millionths(333_333)),
                    ClockCommand::Advance(1_234_567),
                ];
                let command = commands[replicas.random().below(commands.len())];
                drop(
                    replicas.submit(
                        place,
                        move |engine| async move { engine.set_clock(command).await },
                    ),
                );
            }
            36 => drop(replicas.submit(place, |engine| async move { engine.reset().await })),
            37 => drop(replicas.submit(place, |engine| async move {
                let taken = engine.snapshot()?;
                engine.restore(&taken).await
            })),
            38..46 => drop(replicas.submit(place, |engine| async move { engine.turn().await })),
            46 => {
                replicas.crash(place);
                tried.crashes += 1;
            }
            47..51 => replicas.pause(place, true),
            51..59 => replicas.pause(place, false),
            59..61 => replicas.abandon(place),
            _ => {}
        }
        let senders =
            (0..3).filter(|place| replicas.engine(*place).is_some_and(|engine| engine.may_send()));
        assert!(senders.count() <= 1, "seed {seed}: two act for all at once");
    }
    replicas.settle()?;
    let states: Vec<_> = (0..3).map(|place| replicas.engine(place).unwrap().state()).collect();
    assert!(states.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}");

    let engine = replicas.engine(0).unwrap();
    let last = (engine.epoch(), engine.read(|kitchen| kitchen.set));
    let mut lengths = engine.read(|kitchen| kitchen.lengths.clone());
    lengths.sort();
    assert!(lengths.windows(2).all(|pair| pair[0] != pair[1]), "seed {seed}: executed twice");
    let mut given = std::collections::BTreeSet::new();
    for answer in &answers {
        match &*answer.lock() {
            Some(Submitted::Answered((_, 0))) => {}
            Some(Submitted::Answered((epoch, number))) => {
                tried.answered += 1;
                // Restored snapshots give numbers again, in an epoch of their own.
                assert!(given.insert((*epoch, *number)), "seed {seed}: {number} was given twice");
                assert!(*epoch < last.0 || *number <= last.1, "seed {seed}: {number} was lost");
            }
            Some(Submitted::Failed(_)) => tried.failed += 1,
            None => {}
        }
    }
    tried.executed = last.1;
    Ok(tried)
}

#[test]
fn replicas_are_alike_whatever_goes_wrong_and_nothing_answered_is_lost_or_done_twice() {
    let seeds = std::env::var("RINGBACK_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    let mut all = Tried::default();
    for seed in 0..seeds.unwrap_or(300) {
        let tried = play(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        all.answered += tried.answered;
        all.failed += tried.failed;
        all.crashes += tried.crashes;
        all.executed += tried.executed;
    }
    assert!(all.answered > 1_000 && all.failed > 500 && all.crashes > 300, "{all:?}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = |seed| format!("{:?}", play(seed).unwrap());
    assert_eq!(run(5), run(5));
}

/// A machine with a command that is not the same on every computer.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Faulty(u64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draw;

/// Stands for the order of a hash map, the computer's own clock, or its randomness.
static OWN: AtomicU64 = AtomicU64::new(1);

impl Machine for Faulty {
    type Logged = Draw;
    type Event = ();

    fn advance(&mut self, _to: OffsetDateTime) {}

    fn next_due(&self) -> Option<OffsetDateTime> {
        None
    }

    fn drain_events(&mut self, _into: &mut Vec<()>) {}

    fn fingerprint(&self) -> u64 {
        self.0
    }
}

impl Command<Faulty> for Draw {
    type Outcome = ();

    fn execute(self, machine: &mut Faulty, _now: OffsetDateTime) {
        machine.0 = OWN.fetch_add(1, Ordering::Relaxed);
    }
}

impl Replay<Faulty> for Draw {
    fn replay(self, machine: &mut Faulty, now: OffsetDateTime) {
        self.execute(machine, now);
    }
}

#[test]
fn a_command_that_is_not_the_same_everywhere_is_found_out_by_the_next() {
    let mut replicas = Replicas::new(1, Faults::default(), &[0, 0, 0], |_| Faulty(0));
    replicas.compares(false);
    replicas.settle().unwrap();
    drop(replicas.submit(0, |engine| async move { engine.execute(Draw).await }));
    replicas.settle().unwrap();
    drop(replicas.submit(0, |engine| async move { engine.execute(Draw).await }));
    let stopped = replicas.settle().unwrap_err();
    assert!(stopped.contains("replicas disagree about record"), "{stopped}");
    assert!(stopped.contains("executing the same records has given another state"), "{stopped}");
    // Who began it learns of it, and those who found it out have stopped.
    for _ in 0..100 {
        replicas.log().step();
        (0..3).for_each(|place| drop(replicas.run(place)));
    }
    for place in 0..3 {
        let engine = replicas.engine(place).unwrap();
        assert!(engine.stopped().is_some(), "replica {place}");
        assert!(!engine.may_send());
    }
}
