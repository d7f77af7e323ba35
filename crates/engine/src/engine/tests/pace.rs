//! A clock that is faster than the machine can follow.

use std::time::{Duration as Wait, Instant};

use super::*;

/// A machine that has something to do every simulated second, and takes two milliseconds for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Mill {
    #[serde(with = "time::serde::timestamp::microseconds")]
    next: OffsetDateTime,
    ground: u64,
}

impl Machine for Mill {
    type Logged = Sweep;
    type Event = u32;

    fn advance(&mut self, to: OffsetDateTime) {
        while self.next <= to {
            std::thread::sleep(Wait::from_millis(2));
            self.next += Duration::SECOND;
            self.ground += 1;
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        Some(self.next)
    }

    fn drain_events(&mut self, _: &mut Vec<u32>) {}

    fn fingerprint(&self) -> u64 {
        self.ground
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Sweep;

impl Command<Mill> for Sweep {
    type Outcome = OffsetDateTime;

    fn execute(self, mill: &mut Mill, now: OffsetDateTime) -> Self::Outcome {
        assert!(now < mill.next, "what is due comes first");
        now
    }
}

impl Replay<Mill> for Sweep {
    fn replay(self, _: &mut Mill, _: OffsetDateTime) {}
}

fn mill(clock: Clock) -> Engine<Mill> {
    Engine::new(clock, |at| Mill { next: at + Duration::SECOND, ground: 0 })
}

/// A million simulated seconds would take more than half an hour.
#[tokio::test]
async fn a_clock_that_is_too_fast_slows_down_and_everybody_is_answered() {
    let engine = mill(Start::Running(Rate::FASTEST).clock());
    let timer = engine.clone();
    tokio::spawn(async move { timer.run().await });
    tokio::time::sleep(Wait::from_millis(20)).await;
    for _ in 0..3 {
        let began = Instant::now();
        let (next, now) = engine.read_at(|mill, now| (mill.next, now));
        assert!(now <= next, "the machine is where it says");
        assert!(began.elapsed() < Wait::from_secs(5), "{:?}", began.elapsed());
        engine.execute(Sweep).await.unwrap();
    }
    let rate = engine.clock().state().rate.as_f64();
    assert!((1.0..=500.0).contains(&rate), "{rate}");
    let began = Instant::now();
    engine.freeze().await.unwrap();
    assert!(began.elapsed() < Wait::from_secs(5), "{:?}", began.elapsed());
    assert!(engine.clock().state().frozen);
}

#[tokio::test]
async fn what_a_jump_of_a_standing_clock_left_behind_is_done_by_the_timer() {
    let engine = mill(Start::Frozen(START).clock());
    let timer = engine.clone();
    tokio::spawn(async move { timer.run().await });
    engine.hold().jump_to(START + Duration::seconds(100));
    let mut changes = engine.changes();
    let all_ground = async {
        while engine.0.core.read().machine.ground < 100 {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Wait::from_secs(20), all_ground).await.unwrap();
    assert_eq!(engine.clock().state().rate, Rate::ONE, "a clock that stands is not slowed down");
}

#[test]
fn a_reader_waits_for_all_that_is_due_in_a_second() {
    let engine = mill(Start::Frozen(START).clock());
    engine.hold().jump_to(START + Duration::seconds(10));
    let (ground, now) = engine.read_at(|mill, now| (mill.ground, now));
    assert_eq!((ground, now), (10, START + Duration::seconds(10)));
    engine.hold().jump_to(START + Duration::days(1));
    let (ground, now) = engine.read_at(|mill, now| (mill.ground, now));
    assert!((10..40_000).contains(&ground), "{ground}");
    assert_eq!(now, START + Duration::seconds(i64::try_from(ground).unwrap()), "as far as it came");
}
