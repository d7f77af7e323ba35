//! Requests that nobody would write.

use ringback_mock::{Account, Builder, exchange::Random};
use ringback_testkit::generated::{self, Request, Requests};
use ringback_voip24h::{Pbx, Voip24h};
use serde_json::json;

use crate::{
    SECRET,
    v3::{DIAL_SECRET, KEY},
};

struct Client;

impl Requests for Client {
    type Vendor = Voip24h;

    const NAMES: &'static str = "requestType partnerSecret data user fromDate toDate callId phone extension \
        host token callid id status type extension dateStart dateEnd caller callee did offset limit sort \
        apiKey apiSecret isLonglive url method active param sip voip secret date_start date_end start search \
        hostname pkeyID xKey api_key api_secert callId recordingFile";

    const WORDS: &'static str = "getUser|getDate|getUserDate|getCallData|recordingDownload|\
        recordingListen|makeDial|101|102|137|999|\
        0987699486|0987654321|2026-01-04 09:00:00|2026-01-05|05/01/2026|1767603600.1|\
        ANSWERED|missed,no_answer|inbound|local|asc|10|POST|GET|inbox:crm|http://127.0.0.1:9/x?y=1|\
        1531709393.4472|5b4c07e5a17c3d5e09001178|10.0.0.1|\
        in-0899199799-0948873483-20180716-094953-1531709393.4472.gsm";

    const STATUSES: &'static [u16] = &[200, 204, 206, 400, 401, 403, 404, 405, 414, 416];

    fn builder() -> Builder<Voip24h> {
        Voip24h::builder().seed(7).frozen_clock().history(50)
    }

    fn verify(pbx: &Pbx) -> Result<(), String> {
        pbx.verify()?;
        crate::invariant::holds(pbx)
    }

    fn meanwhile(demo: &Account<Voip24h>) {
        // Refused while the phone is taken.
        let _ = demo
            .control(json!({ "do": "dial", "from": "0987654321", "to": "101", "direct": true }));
    }

    /// Puts the fields where this vendor wants them, behind the secret.
    fn dress(request: &mut Request, random: &mut Random) {
        if ["/v3", "/call/"].iter().any(|face| request.path.starts_with(face)) {
            if random.chance(0.9) {
                let token = format!("Bearer {}", crate::v3::token());
                request.headers.push(("authorization".to_owned(), token));
            }
            return;
        }
        if request.path.starts_with("/dial") {
            if random.chance(0.9) {
                let query = format!("&voip={KEY}&secret={DIAL_SECRET}");
                request.query += &query;
            }
            return;
        }
        if random.chance(0.7) {
            let kind = generated::word::<Self>(random);
            let secret = if random.chance(0.1) { kind.as_str() } else { SECRET };
            let body =
                json!({ "requestType": kind, "partnerSecret": secret, "data": request.fields });
            request.body = body.to_string().into_bytes();
        }
    }
}

#[test]
fn no_generated_request_is_answered_with_a_5xx_or_leaves_an_error_in_the_log() {
    generated::run::<Client>();
}
