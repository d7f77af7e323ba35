use time::{Duration, OffsetDateTime};

use crate::{ImpactPbx, machine::Pbx, render::CallOrCdr};

const CALLER: u64 = 35_725_262_136;

fn starts(pbx: &Pbx) -> Vec<OffsetDateTime> {
    pbx.exchange.history().iter().map(|cdr| CallOrCdr::from(cdr).start).collect()
}

#[test]
fn a_call_whose_next_free_second_is_yet_to_come_takes_an_earlier_one() {
    let until = ringback_mock::FROZEN_AT;
    let instance = ImpactPbx::builder().seed(7).frozen_at(until).build().unwrap();
    let fresh: Pbx = instance.demo().read(Clone::clone).unwrap();

    let mut roomy = fresh.clone();
    roomy.remember(until, 200);
    let latest = starts(&roomy).into_iter().max().unwrap();

    let mut full = fresh;
    let seconds = (until - latest).whole_seconds();
    for second in 0..=seconds {
        full.taken.take(CALLER, latest + Duration::seconds(second));
    }
    full.remember(until, 200);
    let mut moved = starts(&full);
    assert_eq!(moved.len(), 200);
    assert!(moved.iter().all(|start| *start < latest));
    assert!(moved.contains(&(latest - Duration::SECOND)));
    moved.sort_unstable();
    moved.dedup();
    assert_eq!(moved.len(), 200);
}
