use time::{Duration, macros::datetime};

use super::Taken;

#[test]
fn starts_in_a_row_are_one_stretch_in_whatever_order_they_are_taken() {
    let start = datetime!(2026-03-04 09:15:20 UTC);
    let at = |millis| start + Duration::milliseconds(millis);
    let mut taken = Taken::default();
    for millis in [3, 1, 0, 2, 2, 5] {
        taken.take(7, at(millis));
    }
    assert_eq!(taken.millis.0.len(), 2);
    assert_eq!(taken.shift(7, at(0)), 4);
    assert_eq!(taken.shift(7, at(4)), 0);
    assert_eq!(taken.shift(7, at(5)), 1);
    assert_eq!(taken.shift(8, at(0)), 0);
    taken.take(7, at(4));
    assert_eq!(taken.millis.0.len(), 1);
    assert!(taken.is_taken(7, at(5)) && !taken.is_taken(7, at(6)));
}

#[test]
fn a_start_on_a_whole_second_stays_on_one() {
    let start = datetime!(2026-03-04 09:15:20 UTC);
    let mut taken = Taken::default();
    assert_eq!(taken.shift_by_seconds(7, start), 0);
    for millis in [0, 1, 2, 1_000] {
        taken.take(7, start + Duration::milliseconds(millis));
    }
    assert_eq!(taken.shift_by_seconds(7, start), 2_000);
    assert_eq!(taken.shift_by_seconds(8, start), 0);
}

#[test]
fn a_busy_month_of_one_caller_is_one_stretch_and_the_next_free_second_is_found_at_once() {
    let start = datetime!(2026-03-04 09:15:20 UTC);
    let mut taken = Taken::default();
    for taken_before in 0..400_000 {
        let shift = taken.shift_by_seconds(7, start);
        assert_eq!(shift, taken_before * 1_000);
        taken.take(7, start + Duration::milliseconds(shift.into()));
    }
    assert_eq!(taken.seconds.0.len(), 1);
    assert_eq!(taken.free_before(7, start + Duration::HOUR), start - Duration::SECOND);
    assert_eq!(taken.free_before(8, start), start);
}
