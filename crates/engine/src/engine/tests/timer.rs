//! The one place where the computer's time passes.

use std::time::Duration as Wait;

use super::*;

/// Waits until something changes, or gives up long before a person would.
async fn changed(changes: &mut watch::Receiver<u64>) -> bool {
    tokio::time::timeout(Wait::from_secs(5), changes.changed()).await.is_ok()
}

fn running() -> Engine<Kitchen> {
    let engine = Engine::new(Start::Now.clock(), Kitchen::open);
    let timer = engine.clone();
    tokio::spawn(async move { timer.run().await });
    engine
}

/// Waits until timers have rung, or gives up long before a person would.
async fn rings(engine: &Engine<Kitchen>, changes: &mut watch::Receiver<u64>) -> bool {
    while rung(engine) == 0 {
        if !changed(changes).await {
            return false;
        }
    }
    true
}

/// How many timers have rung, without looking at the clock.
fn rung(engine: &Engine<Kitchen>) -> usize {
    engine.0.core.read().machine.rung.len()
}

#[tokio::test]
async fn what_is_due_happens_without_anybody_asking() {
    let engine = running();
    engine.execute(SetTimer { after: Duration::milliseconds(20) }).await.unwrap().unwrap();
    let mut changes = engine.changes();
    assert!(changed(&mut changes).await);
    assert_eq!(rung(&engine), 1);
}

#[tokio::test]
async fn an_hour_passes_in_a_moment_when_the_clock_runs_fast() {
    let engine = running();
    engine.execute(SetTimer { after: Duration::HOUR }).await.unwrap().unwrap();
    tokio::task::yield_now().await;
    let mut changes = engine.changes();
    engine.set_rate(Rate::from_f64(100_000.0).unwrap()).await.unwrap();
    assert!(rings(&engine, &mut changes).await, "the timer notices the new rate while it waits");
}

#[tokio::test]
async fn an_earlier_timer_set_later_rings_first() {
    let engine = running();
    engine.execute(SetTimer { after: Duration::HOUR }).await.unwrap().unwrap();
    tokio::task::yield_now().await;
    engine.execute(SetTimer { after: Duration::milliseconds(20) }).await.unwrap().unwrap();
    let mut changes = engine.changes();
    assert!(changed(&mut changes).await);
    assert_eq!(engine.read(Kitchen::numbers), [2]);
}

#[tokio::test]
async fn a_standing_clock_holds_the_timer_until_it_is_released() {
    let engine = running();
    engine.freeze().await.unwrap();
    engine.execute(SetTimer { after: Duration::milliseconds(20) }).await.unwrap().unwrap();
    tokio::time::sleep(Wait::from_millis(60)).await;
    assert_eq!(rung(&engine), 0);
    let mut changes = engine.changes();
    engine.release().await.unwrap();
    assert!(rings(&engine, &mut changes).await);
}

#[tokio::test]
async fn a_timer_works_on_after_a_reset() {
    let engine = running();
    engine.execute(SetTimer { after: Duration::milliseconds(20) }).await.unwrap().unwrap();
    engine.reset().await.unwrap();
    engine.execute(SetTimer { after: Duration::milliseconds(30) }).await.unwrap().unwrap();
    let mut changes = engine.changes();
    assert!(changed(&mut changes).await);
    assert_eq!(engine.read(Kitchen::numbers), [1]);
}
