//! Requests that nobody would write.

use ringback_impactpbx::{ImpactPbx, Pbx};
use ringback_mock::Builder;
use ringback_testkit::generated::{self, Requests};

struct Client;

impl Requests for Client {
    type Vendor = ImpactPbx;

    const NAMES: &'static str = "uuid action from to startdate enddate domain a b";

    const WORDS: &'static str = "ORIGINATE|RING|ANSWERED|HANGUP|101|35799123456|2026-01-05|\
        2026-01-05 09:00:00";

    const STATUSES: &'static [u16] = &[200, 400, 404, 414, 415];

    fn builder() -> Builder<ImpactPbx> {
        ImpactPbx::builder().seed(7).frozen_clock().history(50)
    }

    fn verify(pbx: &Pbx) -> Result<(), String> {
        pbx.verify()
    }
}

#[test]
fn no_generated_request_is_answered_with_a_5xx_or_leaves_an_error_in_the_log() {
    generated::run::<Client>();
}
