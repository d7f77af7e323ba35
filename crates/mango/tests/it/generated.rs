//! Thousands of requests that no client would send: the backend answers each of them.

use ringback_exchange::Random;
use ringback_mango::Mango;
use ringback_mock::Builder;
use ringback_testkit::Api;
use serde_json::json;

use crate::errors;

const PATHS: [&str; 40] = [
    "/send_sms/",
    "/callback/",
    "/group_callback/",
    "/end_call/",
    "/start_record/",
    "/start_play/",
    "/route_call/",
    "/transfer_call/",
    "/get_stats_to/",
    "/get_stats_from/",
    "/get_stats_call_party/",
    "/get_dct_user_info/",
    "/get_dct_user_history/",
    "/user_list",
    "/group_list",
    "/balance",
    "/lines",
    "/audio",
    "/set_schema",
    "/get_ext_field",
    "/roles",
    "/sips_list",
    "/domains_list",
    "/trunk_num_list",
    "/bwlist_state",
    "/bwlist_nums",
    "/add_bwlist",
    "/delete_bwlist",
    "/campaign_info",
    "/ab_contact_init",
    "/cc_deal_list",
    "/cc_deal_funnels_list",
    "/openapi.json",
    "/docs",
    "/redoc",
    "/",
    "/roles/",
    "/nope",
    "//balance",
    "/vpbx/balance",
];

const NAMES: [&str; 44] = [
    "number",
    "text",
    "from_ext",
    "command_id",
    "sender",
    "to_num",
    "from_num",
    "line",
    "sip_head",
    "call_id",
    "call_party_number",
    "internal_id",
    "after_play_time",
    "to_number",
    "sip_headers",
    "method",
    "initiator",
    "to_ext",
    "date_from",
    "date_to",
    "fields",
    "request_id",
    "call_party_ext",
    "call_party_num",
    "ext_fields",
    "extension",
    "group_id",
    "operator_id",
    "operator_extension",
    "show_users",
    "schema",
    "trunk",
    "list_type",
    "num_type",
    "comment",
    "num_id",
    "campaign_id",
    "query",
    "limit_rows",
    "order",
    "contact_ext_fields",
    "product_id",
    "status",
    "members_ids",
];

const VALUES: [&str; 40] = [
    "",
    "101",
    "102",
    "200",
    "79991234567",
    "8+(999)+123-45-67",
    "in_work",
    "black",
    "tel",
    "sip",
    "blind",
    "hold",
    "1",
    "0",
    "-1",
    "5.0",
    "1_000",
    "%2B5",
    "420000001",
    "430000002",
    "1767250800",
    "1767700000",
    "99999999999999999999999999",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551616",
    "%ff",
    "%F0%9F%98%80",
    "%D1%8F",
    "%00",
    "%0a%0d",
    "%zz",
    "%",
    "%5B1%2C2%5D",
    "%5B",
    "%7B%7D",
    "null",
    "%5B%7B%22name%22%3A%22asc%22%7D%5D",
    "records,start,to_number",
    "7*-#",
];

fn value(random: &mut Random) -> String {
    match random.below(12) {
        0 => "9".repeat(random.below(3_000)),
        1 => (0..random.below(40)).map(|_| format!("%{:02x}", random.below(256))).collect(),
        _ => (*random.pick(&VALUES).unwrap()).to_owned(),
    }
}

fn query(random: &mut Random) -> String {
    let pairs = (0..random.below(12)).map(|_| {
        let name = match random.below(15) {
            0 => value(random),
            _ => (*random.pick(&NAMES).unwrap()).to_owned(),
        };
        match random.below(20) {
            0 => name,
            1 => format!("={name}"),
            _ => format!("{name}={}", value(random)),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[actix_web::test]
async fn no_request_to_the_backend_fails_and_none_is_worth_an_error_line() {
    errors::listen();
    let builder = Builder::<Mango>::default().seed(7).frozen_clock();
    let api = Api::of(builder.settings(json!({ "backend_wait_ms": 0 })));
    let mut random = Random::new(11);
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..20_000 {
        let path = *random.pick(&PATHS).unwrap();
        let method = match random.below(10) {
            0 => *random.pick(&["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]).unwrap(),
            _ if path == "/delete_bwlist" => "DELETE",
            _ => "POST",
        };
        let target = match random.below(10) {
            0 => path.to_owned(),
            _ => format!("{path}?{}", query(&mut random)),
        };
        // Actix itself refuses longer ones.
        let target: String = target.chars().take(8_000).collect();
        let body = if random.chance(0.1) { value(&mut random) } else { String::new() };
        let reply = api.request(method, &target, &[], body).await;
        assert!(reply.status < 500, "{method} {target}: {reply:?}");
        *seen.entry(reply.status).or_insert(0) += 1;
        if random.chance(0.001) {
            api.advance(time::Duration::seconds(20)).await;
        }
    }
    assert_eq!(errors::logged(), [""; 0]);
    // The requests were not all refused at the door.
    assert!(seen.get(&200).is_some_and(|count| *count > 5_000), "{seen:?}");
    assert!(seen.get(&422).is_some_and(|count| *count > 1_000), "{seen:?}");
    api.demo().read(|pbx| pbx.exchange().verify()).unwrap().unwrap();
}
