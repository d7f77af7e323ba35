use std::time::Duration;

use super::*;
use crate::clock;

const ID: EntryId = EntryId { origin: 1, serial: 1 };
const SECOND: Duration = Duration::from_secs(1);

fn outbox() -> (Arc<Outbox>, Instant, oneshot::Receiver<Answer>) {
    let outbox = Arc::new(Outbox::default());
    let now = clock::now();
    let answer = outbox.admit(ID, now + 30 * SECOND).expect("admitted");
    (outbox, now, answer)
}

#[test]
fn an_acknowledged_record_is_answered_when_it_comes_round_and_where_it_did() {
    let (outbox, now, mut answer) = outbox();
    let _follower = outbox.attend();
    assert_eq!(outbox.due(ID, now), Due::Publish(now + 30 * SECOND));
    outbox.published(ID, now);
    outbox.acknowledged(ID, 5);
    assert!(answer.try_recv().is_err());
    assert_eq!(outbox.due(ID, now + SECOND), Due::Wait(now + 30 * SECOND));
    assert_eq!(outbox.came_round(ID, 7), Some(now));
    assert_eq!(answer.try_recv().expect("answered"), Ok(7));
    assert_eq!(outbox.due(ID, now + 2 * SECOND), Due::Nothing);
}

#[test]
fn a_record_that_comes_round_is_not_tried_again_though_its_acknowledgement_is_lost() {
    let (outbox, now, mut answer) = outbox();
    let _follower = outbox.attend();
    outbox.published(ID, now);
    outbox.published(ID, now + SECOND);
    // Two attempts: nothing is learnt about the clock.
    assert_eq!(outbox.came_round(ID, 3), None);
    assert_eq!(answer.try_recv().expect("answered"), Ok(3));
    assert_eq!(outbox.due(ID, now + SECOND), Due::Nothing);
    assert_eq!(outbox.came_round(ID, 4), None);
}

#[test]
fn without_a_follower_an_acknowledgement_is_enough() {
    let (outbox, now, mut answer) = outbox();
    outbox.published(ID, now);
    outbox.acknowledged(ID, 5);
    assert_eq!(answer.try_recv().expect("answered"), Ok(5));
}

#[test]
fn at_the_deadline_a_record_is_unknown_unless_it_was_never_sent() {
    let (outbox, now, mut answer) = outbox();
    assert_eq!(outbox.due(ID, now + 30 * SECOND), Due::Nothing);
    assert!(matches!(answer.try_recv().expect("answered"), Err(LogError::Stopped(_))));

    let mut answer = outbox.admit(ID, now + 30 * SECOND).expect("admitted");
    outbox.published(ID, now);
    assert_eq!(outbox.due(ID, now + 30 * SECOND), Due::Nothing);
    assert!(matches!(answer.try_recv().expect("answered"), Err(LogError::Unknown(_))));
}

#[test]
fn a_refusal_is_certain_only_at_the_first_attempt() {
    let (outbox, now, mut answer) = outbox();
    outbox.published(ID, now);
    outbox.refused(ID, "full");
    assert_eq!(answer.try_recv().expect("answered"), Err(LogError::Stopped("full".into())));

    let mut answer = outbox.admit(ID, now + 30 * SECOND).expect("admitted");
    outbox.published(ID, now);
    outbox.published(ID, now);
    outbox.refused(ID, "full");
    assert_eq!(answer.try_recv().expect("answered"), Err(LogError::Unknown("full".into())));
}

#[test]
fn no_more_than_a_bounded_number_is_under_way() {
    let (outbox, now, _answer) = outbox();
    assert!(outbox.admit(ID, now).is_err());
    let others: Vec<_> = (2..=MOST as u64)
        .map(|serial| outbox.admit(EntryId { origin: 1, serial }, now).expect("admitted"))
        .collect();
    assert!(outbox.admit(EntryId { origin: 2, serial: 1 }, now).is_err());
    drop(others);
}
