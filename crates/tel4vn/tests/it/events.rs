//! Hooks: what their receivers get, in which order and with which headers.

use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Received, Receiver, Temper};
use serde_json::{Value, json};
use time::Duration;

use crate::{CALL, api, api_with, ask, get, post};

const NAMES: [&str; 6] = ["ringing", "answered", "hangup", "missed", "cdr", "cdr_autocall"];

async fn hook(api: &Api<Tel4vn>, receiver: &Receiver, event: &str) {
    let hook = json!({ "callback_url": receiver.url(), "callback_apikey": "key", "event": event });
    assert_eq!(post(api, "/v1/event", hook).await.json["created"], true);
}

/// An instance of which one receiver hears everything.
pub(crate) async fn heard(settings: Value) -> (Api<Tel4vn>, Receiver) {
    let (api, receiver) = (api_with(settings), Receiver::start(Temper::Answers(200)));
    for name in NAMES {
        hook(&api, &receiver, name).await;
    }
    (api, receiver)
}

pub(crate) fn bodies(received: &[Received]) -> Vec<Value> {
    received.iter().map(Received::json).collect()
}

fn states(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().map(|body| body["state"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn an_outbound_call_is_told_in_order_with_one_id_and_its_headers() {
    let (api, receiver) = heard(json!({})).await;
    let placed = get(&api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    let call = &placed.json["call_id"];
    api.advance(Duration::minutes(1)).await;
    let received = receiver.received();
    let bodies = bodies(&received);
    assert_eq!(states(&bodies), ["ringing", "answered", "hangup", "cdr"]);
    for (request, body) in received.iter().zip(&bodies) {
        assert_eq!(request.line, "POST /webhook HTTP/1.1");
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.header("authorization"), "Bearer key");
        assert_eq!(body["call_id"], *call);
    }
    let sip =
        get(&api, &format!("/v1/cdr/{}", call.as_str().unwrap())).await.json["sip_call_id"].clone();
    let common = |state: &str, answered: &str| {
        json!({
            "call_id": call, "sip_call_id": sip, "domain": "test.tel4vn.com",
            "direction": "outbound", "from_number": "101", "to_number": "0899199200",
            "hotline": "19001919", "state": state, "time_started": "2026-01-05 16:00:00",
            "time_answered": answered, "time_ended": "", "application": "click2call", "ref_id": "",
        })
    };
    assert_eq!(bodies[0], common("ringing", ""));
    assert_eq!(bodies[1], common("answered", "2026-01-05 16:00:02"));
    let mut hangup = common("hangup", "2026-01-05 16:00:02");
    hangup["time_ended"] = "2026-01-05 16:00:12".into();
    (hangup["duration"], hangup["billsec"]) = (json!(12), json!(10));
    assert_eq!(bodies[2], hangup);
    let mut cdr = hangup;
    cdr["state"] = "cdr".into();
    cdr["status"] = "ANSWERED".into();
    let url = format!("{}/recording/{}", api.url(), call.as_str().unwrap());
    cdr["recording_url"] = url.clone().into();
    // What only records tell.
    cdr["domain_uuid"] = "dddddddd-1111-2222-3333-eeeeeeeeeeee".into();
    cdr["sip_hangup_disposition"] = bodies[3]["sip_hangup_disposition"].clone();
    assert!(["send_bye", "recv_bye"].contains(&cdr["sip_hangup_disposition"].as_str().unwrap()));
    for name in ["receive_dest", "campaign_uuid", "lead_uuid", "press_key"] {
        cdr[name] = "".into();
    }
    assert_eq!(bodies[3], cdr);
    // Public: it plays without a token, for as long as they talked.
    let recording = api.get(url.strip_prefix(&api.url()).unwrap()).await;
    assert_eq!(recording.body.len(), 44 + 10 * 16_000);
}

#[actix_web::test]
async fn a_call_that_nobody_takes_is_not_answered() {
    let (api, receiver) = heard(json!({})).await;
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.advance(Duration::minutes(1)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "hangup", "cdr"]);
    let cdr = &bodies[2];
    assert_eq!((&cdr["status"], &cdr["recording_url"]), (&json!("BUSY"), &json!("")));
    assert_eq!((&cdr["billsec"], &cdr["time_answered"]), (&json!(0), &json!("")));
}

#[actix_web::test]
async fn an_inbound_call_to_one_extension_has_one_id() {
    let (api, receiver) = heard(json!({})).await;
    let behaviour = json!({ "outcome": "answer", "ring": 2, "talk": 5 });
    let call = json!({ "from": "0987654321", "to": "104", "behaviour": behaviour });
    let placed = api.post("/__admin/calls", &call).await;
    api.advance(Duration::minutes(1)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "answered", "hangup", "cdr"]);
    for body in &bodies {
        assert_eq!(body["call_id"], placed.json["vendor_ids"]["call_id"]);
        let numbers = [&body["from_number"], &body["to_number"], &body["hotline"]];
        assert_eq!(numbers, [&json!("0987654321"), &json!("104"), &json!("19001919")]);
        assert_eq!(body["direction"], "inbound");
    }
}

#[actix_web::test]
async fn an_inbound_call_that_no_extension_takes_is_missed_between_hangup_and_cdr() {
    let (api, receiver) = heard(json!({})).await;
    let behaviour = json!({ "outcome": "no_answer" });
    let call = json!({ "from": "0987654321", "to": "104", "behaviour": behaviour });
    let placed = api.post("/__admin/calls", &call).await;
    api.advance(Duration::minutes(1)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "hangup", "missed", "cdr"]);
    assert_eq!(bodies[2]["call_id"], placed.json["vendor_ids"]["call_id"]);
    assert_eq!(bodies[3]["status"], "NO ANSWER");
}

/// The states told under each id, in order.
fn by_id(bodies: &[Value]) -> Vec<(String, Vec<&str>)> {
    let mut ids: Vec<(String, Vec<&str>)> = Vec::new();
    for body in bodies {
        let (id, state) = (body["call_id"].as_str().unwrap(), body["state"].as_str().unwrap());
        match ids.iter_mut().find(|(known, _)| known == id) {
            Some((_, states)) => states.push(state),
            None => ids.push((id.to_owned(), vec![state])),
        }
    }
    ids
}

#[actix_web::test]
async fn a_ring_group_tells_each_extension_s_call_and_the_record_of_the_whole_flow() {
    let (api, receiver) = heard(json!({})).await;
    let slow = json!({ "habit": { "outcome": "answer", "ring": 5, "talk": 20 } });
    for ext in ["101", "103"] {
        api.send("PATCH", &format!("/__admin/extensions/{ext}"), &slow).await;
    }
    let call = json!({ "from": "0987654321", "to": "19001919" });
    let placed = api.post("/__admin/calls", &call).await.json;
    let flow = placed["vendor_ids"]["call_id"].as_str().unwrap().to_owned();
    api.advance(Duration::minutes(5)).await;
    let bodies = bodies(&receiver.received());
    let ids = by_id(&bodies);
    assert_eq!(ids.len(), 4);
    assert_eq!(ids[0].1, ["ringing", "hangup"]);
    assert_eq!(ids[1].1, ["ringing", "answered", "hangup"]);
    assert_eq!(ids[2].1, ["ringing", "hangup"]);
    assert_eq!(ids[3], (flow.clone(), vec!["cdr"]));
    let of = |id: &str| bodies.iter().filter(move |body| body["call_id"] == id).collect::<Vec<_>>();
    assert!(of(&ids[1].0).iter().all(|body| body["to_number"] == "102"));
    // Those who lost the race hung up when 102 picked up.
    let lost = of(&ids[0].0)[1];
    assert_eq!((&lost["time_ended"], &lost["billsec"]), (&json!("2026-01-05 16:00:01"), &json!(0)));
    // What is told of the call that was taken agrees with the record.
    let record = get(&api, &format!("/v1/cdr/{flow}")).await.json;
    let hangup = of(&ids[1].0)[2];
    for name in ["time_answered", "time_ended", "billsec"] {
        assert_eq!(hangup[name], record[name], "{name}");
    }
    assert_eq!((&record["receive_dest"], &record["extension"]), (&json!("600"), &json!("102")));
    // The individual call's id is good for orders too.
    assert_ne!(ids[1].0, flow);
}

#[actix_web::test]
async fn the_id_that_an_extension_was_told_is_good_for_orders() {
    let (api, receiver) = heard(json!({})).await;
    let call = json!({ "from": "0987654321", "to": "3333" });
    let flow = api.post("/__admin/calls", &call).await.json["vendor_ids"]["call_id"].clone();
    api.advance(Duration::seconds(3)).await;
    let bodies = bodies(&receiver.received());
    let answered = bodies.iter().find(|body| body["state"] == "answered").unwrap();
    assert_ne!(answered["call_id"], flow);
    let path = format!("/v1/call/{}/transfer", answered["call_id"].as_str().unwrap());
    let reply = post(&api, &path, json!({ "ext": "107", "legs": "aleg" })).await;
    assert_eq!((reply.status, &reply.json["ext"]), (200, &json!("107")));
    let row = &get(&api, "/v1/call").await.json["data"][0];
    assert_eq!((&row["call_id"], &row["destination"]), (&flow, &json!("107")));
}

#[actix_web::test]
async fn a_queue_and_a_menu_tell_as_a_ring_group_does() {
    for (to, keys) in [("3333", json!([])), ("500", json!(["2"])), ("500", json!(["0"]))] {
        let (api, receiver) = heard(json!({})).await;
        let call = json!({ "from": "0987654321", "to": to, "keys": keys });
        let flow = api.post("/__admin/calls", &call).await.json["vendor_ids"]["call_id"].clone();
        api.advance(Duration::minutes(5)).await;
        let bodies = bodies(&receiver.received());
        let ids = by_id(&bodies);
        assert_eq!(ids.last().unwrap(), &(flow.as_str().unwrap().to_owned(), vec!["cdr"]));
        let taken: Vec<_> = ids.iter().filter(|(_, states)| states.contains(&"answered")).collect();
        assert_eq!(taken.len(), 1, "{to} {keys}: {ids:?}");
        assert_eq!(taken[0].1, ["ringing", "answered", "hangup"]);
    }
}

#[actix_web::test]
async fn a_queue_that_nobody_serves_is_missed_after_every_extension_was_tried() {
    let (api, receiver) = heard(json!({})).await;
    let never = json!({ "habit": { "outcome": "no_answer" } });
    for ext in ["101", "102", "103"] {
        api.send("PATCH", &format!("/__admin/extensions/{ext}"), &never).await;
    }
    api.post("/__admin/calls", &json!({ "from": "0987654321", "to": "19001919" })).await;
    api.advance(Duration::minutes(2)).await;
    let bodies = bodies(&receiver.received());
    let mut wanted = vec!["ringing"; 3];
    wanted.extend(["hangup"; 3]);
    wanted.extend(["missed", "cdr"]);
    assert_eq!(states(&bodies), wanted);
    assert_eq!(bodies[6]["call_id"], bodies[7]["call_id"]);
}

#[actix_web::test]
async fn after_a_transfer_the_new_extension_is_told_under_the_same_id() {
    let (api, receiver) = heard(json!({ "demo_call": true })).await;
    post(&api, &format!("/v1/call/{CALL}/transfer"), json!({ "ext": "102", "legs": "bleg" })).await;
    api.advance(Duration::seconds(5)).await;
    api.post(&format!("/__admin/calls/{CALL}/hang_up"), &json!({})).await;
    api.settle().await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "answered", "hangup", "cdr"]);
    for body in &bodies {
        assert_eq!((&body["call_id"], &body["from_number"]), (&json!(CALL), &json!("102")));
        assert_eq!(body["to_number"], "0899123456");
    }
}

#[actix_web::test]
async fn a_park_that_runs_out_hangs_up_and_has_a_record() {
    let (api, receiver) = heard(json!({ "demo_call": true })).await;
    post(&api, &format!("/v1/call/{CALL}/park"), json!({ "legs": "aleg" })).await;
    api.advance(Duration::seconds(10)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["hangup", "cdr"]);
    assert_eq!(bodies[0]["duration"], 10);
}

#[actix_web::test]
async fn who_is_told_of_the_record_finds_it() {
    let (api, receiver) = (api(), Receiver::start(Temper::Answers(200)));
    hook(&api, &receiver, "cdr").await;
    get(&api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    api.advance(Duration::minutes(1)).await;
    let told = receiver.wait_for(1)[0].json();
    let path = format!("/v1/cdr/{}", told["call_id"].as_str().unwrap());
    let record = get(&api, &path).await.json;
    let same = ["sip_call_id", "duration", "billsec", "recording_url", "status", "time_answered"];
    for name in same {
        assert_eq!(told[name], record[name], "{name}");
    }
}

#[actix_web::test]
async fn several_hooks_of_one_name_all_fire_and_unknown_names_never_do() {
    let api = api();
    let receivers = [(); 3].map(|()| Receiver::start(Temper::Answers(204)));
    for receiver in &receivers {
        hook(&api, receiver, "hangup").await;
        hook(&api, receiver, "create").await;
    }
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.advance(Duration::minutes(1)).await;
    for receiver in &receivers {
        assert_eq!(states(&bodies(&receiver.received())), ["hangup"]);
    }
    // A hook that is removed hears nothing more.
    let listed = get(&api, "/v1/event").await.json;
    let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&api, "DELETE", &format!("/v1/event/{id}"), None).await.status, 200);
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.advance(Duration::minutes(1)).await;
    assert_eq!(receivers.map(|receiver| receiver.received().len()), [1, 2, 2]);
}

#[actix_web::test]
async fn header_and_prefix_of_the_key_are_settings() {
    let api = api_with(json!({ "hook_header": "X-Api-Key", "hook_prefix": "" }));
    let receiver = Receiver::start(Temper::Answers(200));
    hook(&api, &receiver, "ringing").await;
    post(&api, "/v1/event", json!({ "callback_url": receiver.url(), "event": "ringing" })).await;
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.settle().await;
    let mut keys: Vec<_> =
        receiver.wait_for(2).iter().map(|request| request.header("x-api-key").to_owned()).collect();
    keys.sort();
    assert_eq!(keys, ["", "key"]);
    assert!(receiver.received().iter().all(|request| request.header("authorization").is_empty()));
}

#[actix_web::test]
async fn a_failing_receiver_is_tried_three_times_with_growing_pauses() {
    let api = api();
    let receiver = Receiver::start(Temper::Answers(500));
    hook(&api, &receiver, "ringing").await;
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.settle().await;
    for (wait, count) in [(1_999, 1), (1, 2), (5_999, 2), (1, 3), (60_000, 3)] {
        api.advance(Duration::milliseconds(wait)).await;
        assert_eq!(receiver.received().len(), count);
    }
}

#[actix_web::test]
async fn the_webhook_address_of_the_instance_hears_everything() {
    let receiver = Receiver::start(Temper::Answers(200));
    let settings = json!({ "fixed_token": crate::TOKEN, "recording_base": "https://pbx.example" });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings);
    let api = Api::<Tel4vn>::of(builder.webhook(receiver.url()));
    get(&api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    api.advance(Duration::minutes(1)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "answered", "hangup", "cdr"]);
    let url = bodies[3]["recording_url"].as_str().unwrap();
    assert!(url.starts_with("https://pbx.example/recording/"), "{url}");

    // Without the setting it is the public address.
    let settings = json!({ "fixed_token": crate::TOKEN });
    let builder = Tel4vn::builder().frozen_clock().settings(settings);
    let builder = builder.public_url("https://public.example/x").webhook(receiver.url());
    let api = Api::<Tel4vn>::of(builder);
    get(&api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    api.advance(Duration::minutes(1)).await;
    let bodies = self::bodies(&receiver.received());
    let url = bodies[7]["recording_url"].as_str().unwrap();
    assert!(url.starts_with("https://public.example/x/recording/"), "{url}");
    assert_eq!(get(&api, "/v1/event").await.json["total"], 0);
}

#[actix_web::test]
async fn an_autocall_tells_the_key_pressed_and_the_customer() {
    let (api, receiver) = heard(json!({})).await;
    let order = json!({
        "carrier": "mobi", "template": "template_autocall_audio_v2", "phone_number": "0899123456",
        "params": { "customer_name": "Nguyễn Văn A" }, "customer_id": "KH1",
    });
    assert_eq!(post(&api, "/v1/autocall/ivr", order).await.json["success"][0], "0899123456");
    api.advance(Duration::seconds(2)).await;
    let call = get(&api, "/v1/call").await.json["data"][0]["call_id"].clone();
    let call = call.as_str().unwrap();
    let keys = json!({ "leg": "b", "digits": "1" });
    assert_eq!(api.post(&format!("/__admin/calls/{call}/dtmf"), &keys).await.status, 200);
    api.advance(Duration::minutes(5)).await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "answered", "hangup", "cdr", "cdr_autocall"]);
    assert_eq!(bodies[4]["press_key"], "1");
    assert_eq!(bodies[4]["customer_id"], "KH1");
    // The script is read in three seconds, and then the exchange hangs up.
    assert_eq!((&bodies[4]["billsec"], &bodies[4]["status"]), (&json!(3), &json!("ANSWERED")));
}

#[actix_web::test]
async fn a_campaign_calls_its_customers_a_few_at_a_time() {
    let api = api();
    let customers: Vec<_> = (0..7)
        .map(|n| json!({ "phone_number": format!("089912{n:04}"), "params": { "customer_name": n } }))
        .collect();
    let order = json!({
        "campaign_uuid": "373854ae-0169-4a1f-b71b-e145b3579233", "concurrent_call": 2,
        "customers": customers,
    });
    assert_eq!(post(&api, "/v1/autocall/campaign", order).await.status, 200);
    for _ in 0..3 {
        assert_eq!(get(&api, "/v1/call").await.json["total"], 2);
        api.advance(Duration::seconds(4)).await;
    }
    api.advance(Duration::minutes(1)).await;
    assert_eq!(get(&api, "/v1/cdr?page=1").await.json["total"], 7);
    let report = "/v1/autocall/report?campaign_uuid=373854ae-0169-4a1f-b71b-e145b3579233";
    assert_eq!(get(&api, report).await.json["data"]["status"]["answered"], 7);
}

#[actix_web::test]
async fn a_dialler_puts_whoever_answers_through_to_an_agent() {
    let api = api();
    let order = json!({
        "campaign_uuid": "384243bd-5f8f-42a4-83c7-0f88670aea12", "ratio": 1,
        "customers": [{ "phone_number": "0899123456" }],
    });
    let placed = post(&api, "/v1/autodial/campaign", order).await;
    api.advance(Duration::seconds(5)).await;
    let row = &get(&api, "/v1/call").await.json["data"][0];
    assert_eq!(row["call_id"], placed.json["success"]["0899123456"]);
    assert_eq!((&row["source"], &row["destination"]), (&json!("104"), &json!("0899123456")));
}

#[actix_web::test]
async fn a_dialler_s_agents_are_told_of_as_those_of_a_queue() {
    let (api, receiver) = heard(json!({})).await;
    let slow = json!({ "habit": { "outcome": "answer", "ring": 4, "talk": 20 } });
    api.send("PATCH", "/__admin/extensions/104", &slow).await;
    let order = json!({
        "campaign_uuid": "384243bd-5f8f-42a4-83c7-0f88670aea12", "ratio": 1,
        "customers": [{ "phone_number": "0899123456" }],
    });
    let placed = post(&api, "/v1/autodial/campaign", order).await;
    let flow = placed.json["success"]["0899123456"].as_str().unwrap().to_owned();
    api.advance(Duration::seconds(4)).await;
    let taken = bodies(&receiver.received()).last().unwrap()["call_id"].clone();
    // The agent's own call is known to orders, and parking is the only way to end it.
    let path = format!("/v1/call/{}/park", by_id(&bodies(&receiver.received()))[2].0);
    assert_ne!(taken, flow.as_str());
    assert_eq!(post(&api, &path, json!({ "legs": "aleg" })).await.status, 200);
    api.advance(Duration::minutes(5)).await;
    let bodies = bodies(&receiver.received());
    let ids = by_id(&bodies);
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert_eq!(ids[0], (flow, vec!["ringing", "answered", "hangup", "cdr"]));
    assert_eq!(ids[1].1, ["ringing", "hangup"]);
    assert_eq!(ids[2].1, ["ringing", "answered", "hangup"]);
    for (id, agent) in [(&ids[1].0, "104"), (&ids[2].0, "105")] {
        for body in bodies.iter().filter(|body| body["call_id"] == id.as_str()) {
            let told = [&body["direction"], &body["from_number"], &body["to_number"]];
            assert_eq!(told, [&json!("outbound"), &json!(agent), &json!("0899123456")]);
        }
    }
}

#[actix_web::test]
async fn after_an_attended_transfer_the_consultant_is_told_as_ringing_and_as_answered() {
    let (api, receiver) = heard(json!({ "demo_call": true })).await;
    let call = api.get(&format!("/__admin/calls/{CALL}")).await.json["id"].clone();
    let consult = json!({ "do": "consult", "call": call, "by": "a", "to": "102" });
    assert_eq!(api.post("/__admin/control", &consult).await.status, 200);
    api.advance(Duration::seconds(2)).await;
    let complete = json!({ "do": "complete", "call": call });
    assert_eq!(api.post("/__admin/control", &complete).await.status, 200);
    api.settle().await;
    let bodies = bodies(&receiver.received());
    assert_eq!(states(&bodies), ["ringing", "answered"]);
    for body in bodies {
        let told = [&body["call_id"], &body["from_number"], &body["to_number"]];
        assert_eq!(told, [&json!(CALL), &json!("102"), &json!("0899123456")]);
    }
}

#[actix_web::test]
async fn an_outside_phone_that_has_left_the_call_is_still_told() {
    for (from, to, leg, numbers) in [
        ("0987654321", "101", "bleg", ["0987654321", "102"]),
        ("101", "0987654321", "aleg", ["102", "0987654321"]),
    ] {
        let (api, receiver) = heard(json!({})).await;
        let placed = api.post("/__admin/calls", &json!({ "from": from, "to": to })).await;
        let call = placed.json["vendor_ids"]["call_id"].as_str().unwrap().to_owned();
        api.advance(Duration::seconds(5)).await;
        let path = format!("/v1/call/{call}/transfer");
        let reply = post(&api, &path, json!({ "ext": "102", "legs": leg })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        api.advance(Duration::minutes(10)).await;
        let bodies = bodies(&receiver.received());
        let wanted = ["ringing", "answered", "ringing", "answered", "hangup", "cdr"];
        assert_eq!(states(&bodies), wanted);
        for body in &bodies[2..] {
            assert_eq!([&body["from_number"], &body["to_number"]], numbers, "{}", body["state"]);
        }
    }
}

#[actix_web::test]
async fn the_name_of_an_event_is_trimmed_as_its_address_is() {
    let (api, receiver) = (api(), Receiver::start(Temper::Answers(200)));
    hook(&api, &receiver, " hangup\n").await;
    assert_eq!(get(&api, "/v1/event").await.json["data"][0]["event"], "hangup");
    get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
    api.advance(Duration::minutes(1)).await;
    assert_eq!(states(&bodies(&receiver.received())), ["hangup"]);
}
