//! Fuzz targets: requests to the hub, where all vendors are asked for at once.

use std::sync::Arc;

use ringback_mock::{Mount, Options, bench::Bench};
use ringback_testkit::controlled;

use crate::vendors;

/// All vendors by one clock, and with one bench.
fn mounts() -> Vec<Arc<dyn Mount>> {
    let (clock, bench) = (controlled::options().start.clock(), Bench::with_journal(1_000));
    let built = vendors::ALL.iter().map(|known| {
        let options = Options {
            clock: Some(clock.clone()),
            clock_users: vendors::ALL.len(),
            bench: Some(Arc::clone(&bench)),
            ..controlled::options()
        };
        (known.build)(options).unwrap()
    });
    built.collect()
}

/// Requests of the control API, several in a row: what is refused changes nothing, and what is answered is as
/// its document says.
#[test]
fn hub_requests() {
    ringback_fuzz::target!(|input| controlled::ask(input, true, mounts));
}
