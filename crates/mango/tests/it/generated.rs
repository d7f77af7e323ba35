//! Requests that nobody would write, to both faces: signed forms for the VPBX API, queries for the
//! backend.

use ringback_mango::{Mango, Pbx};
use ringback_mock::{Account, Builder, exchange::Random};
use ringback_testkit::{
    Receiver, Temper,
    generated::{self, Request, Requests},
};
use serde_json::json;

use crate::desk::form;

struct Customer;

impl Requests for Customer {
    type Vendor = Mango;

    const NAMES: &'static str = "command_id from to to_number line_number extension extenstion number \
        call_id call_party_number internal_id after_play_time method initiator holded_call_id \
        transferred_call_id text from_extension date_from date_to fields call_party request_id key \
        start_date end_date limit offset user_ids group_ids context_type search_string \
        recording_id action with_terms user_id name access_role_id group_id operators id schema_id \
        line_id sip_id password login domain list_type number_type comment number_id query \
        limit_rows cursor mode contact_id data status deal_id campaign_id schedule weekday tasks \
        task_id from_ext sender to_num from_num line sip_head sip_headers to_ext call_party_ext \
        call_party_num ext_fields operator_id operator_extension show_users schema trunk num_type \
        num_id order contact_ext_fields product_id members_ids";

    const WORDS: &'static str = "101|102|200|999|79991234567|8 (999) 123-45-67|+7 (999) 123-45-67|\
        in_work|black|tel|sip|blind|hold|play|download|main|1_000|[1,2]|{}|05.01.2026|\
        2026-01-05 09:00:00|400000101|410000200|420000001|430000001|430000002|460000001|461000001|\
        1767250800|1767603600|1767700000|MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==|\
        MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==|[{\"name\":\"asc\"}]|records,start,to_number|7*-#";

    const STATUSES: &'static [u16] = &[200, 400, 401, 404, 405, 414, 422];

    fn builder() -> Builder<Mango> {
        let receiver = Receiver::start(Temper::Answers(200));
        let settings = json!({ "backend_wait_ms": 0 });
        Mango::builder().seed(7).frozen_clock().settings(settings).webhook(receiver.url())
    }

    fn verify(pbx: &Pbx) -> Result<(), String> {
        pbx.verify()
    }

    fn meanwhile(demo: &Account<Mango>) {
        let call = json!({ "do": "inbound", "caller": "79997654321", "keys": ["2"] });
        demo.control(call).unwrap();
    }

    fn dress(request: &mut Request, random: &mut Random) {
        let Some(path) = request.path.strip_prefix("/vpbx/") else { return };
        if random.chance(0.2) {
            request.path = format!("/{path}");
        }
        let json = request.fields.to_string();
        let body = match random.below(12) {
            0 => return,
            1 => format!("vpbx_api_key=k&sign=%ff&json={json}"),
            2 => form(&json.chars().take(random.below(json.len())).collect::<String>()),
            _ => form(&json),
        };
        request.body = body.into_bytes();
        if random.chance(0.9) {
            request.set("content-type", "application/x-www-form-urlencoded");
        }
    }
}

#[test]
fn no_generated_request_is_answered_with_a_5xx_or_leaves_an_error_in_the_log() {
    generated::run::<Customer>();
}
