//! Requests that nobody would write.

use ringback_mock::{Builder, exchange::Random};
use ringback_scfm::{Platform, Scfm};
use ringback_testkit::generated::{self, Requests};

struct Client;

impl Requests for Client {
    type Vendor = Scfm;

    const NAMES: &'static str = "msisdn metadata[district] metadata[a][b][] metadata[a][][b] metadata \
        event contact_id type parameters[limit] parameters[remote_request_params][from] \
        parameters[skip_validate_preview_presence] contact_filter_params[metadata][district] \
        contact_filter_params[msisdn] remote_request_params[from] remote_request_params[timeout] \
        remote_request_params[x] remote_request_params contact_filter_params parameters \
        call_flow_logic metadata_merge_mode page per_page sort q[status] q[metadata][district] \
        q[created_at_before] q[remote_queue_response][to] q[details][CallStatus] q[duration_gt] \
        q[last_phone_call_attempt] q[has_phone_calls] status CallSid Direction From CallStatus \
        _method [] a[ metadata[sim][outcome] metadata[sim][capacity] metadata[sim][retry_delay] q \
        parameters[max_per_period] parameters[max_per_period_hours] \
        parameters[phone_call_filter_params][status]";

    const WORDS: &'static str = "85510202101|+855 12 220 000|85512299404|85512299200|Kep|start|pause|\
        resume|stop|queue|requeue|queue_remote_fetch|2|2026-01-05|2026-01-05 09:00:00|1e400|\
        BatchOperation::CalloutPopulation|BatchOperation::PhoneCallCreate|\
        BatchOperation::PhoneCallQueue|inbound|outbound-api|ringing|completed|created,failed|merge|\
        deep_merge|ខ|<b>|busy|put|delete|CallFlowLogic::Application|-id";

    const BODIES: &'static [(&'static str, &'static str)] = &[
        (JSON, r#"{"msisdn":85510202101,"metadata":{"a":[1,null,{"b":1e308}]}}"#),
        (JSON, r#"{"event":["start"],"metadata":null}"#),
        (JSON, r#"{"event":"start"}"#),
        (JSON, r#"{"contact_id":1.5,"remote_request_params":{"from":{"x":[]}}}"#),
        (JSON, r#"{"contact_id":3,"remote_request_params":{"from":"1294"}}"#),
        (
            JSON,
            r#"{"type":"BatchOperation::PhoneCallQueue","parameters":{"skip_validate_preview_presence":true,"limit":-1,"max_per_period":18446744073709551615,"max_per_period_hours":18446744073709551615}}"#,
        ),
        (
            JSON,
            r#"{"type":"BatchOperation::PhoneCallCreate","parameters":{"remote_request_params":{"from":1},"callout_filter_params":{"status":["x"]},"skip_validate_preview_presence":"true"}}"#,
        ),
        (
            JSON,
            r#"{"contact_filter_params":{"metadata":{"district":[1,2]},"created_at_before":"x"}}"#,
        ),
        (JSON, "nul"),
    ];

    const STATUSES: &'static [u16] = &[200, 201, 204, 400, 404, 406, 422];

    fn builder() -> Builder<Scfm> {
        Scfm::builder().seed(7).frozen_clock().fresh("{}")
    }

    fn verify(platform: &Platform) -> Result<(), String> {
        platform.verify()
    }

    fn param(_name: &str, random: &mut Random) -> String {
        match random.below(9) {
            0 => generated::word::<Self>(random),
            _ => random.below(12).to_string(),
        }
    }
}

const JSON: &str = "application/json";

#[test]
fn no_generated_request_is_answered_with_a_5xx_or_leaves_an_error_in_the_log() {
    generated::run::<Client>();
}
