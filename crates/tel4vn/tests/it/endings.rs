//! How calls ended, in the records of the third generation: who sent what, and the status.

use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{api, get, post};

const CAMPAIGN: &str = "373854ae-0169-4a1f-b71b-e145b3579233";

/// What is done to an instance, step by step.
#[derive(Debug)]
enum Step {
    Autocall(&'static str),
    Autodial(&'static str),
    Click(&'static str),
    /// Somebody dials: the number, and who is called.
    Dial(&'static str, &'static str),
    /// An extension's habit.
    Habit(&'static str, Value),
    /// To the call: a verb of the control API, and its body.
    Does(&'static str, Value),
    /// An order of the vendor's own API.
    Order(&'static str, Value),
    Pass(f64),
}

use Step::{Autocall, Autodial, Click, Dial, Does, Habit, Order, Pass};

async fn does(api: &Api<Tel4vn>, step: Step) {
    match step {
        Autocall(phone) => {
            let template = "template_autocall_audio_v2";
            let params = json!({ "customer_name": "A" });
            let order = json!({ "template": template, "phone_number": phone, "params": params });
            assert_eq!(post(api, "/v1/autocall/ivr", order).await.status, 200);
        }
        Autodial(phone) => {
            let customers = json!([{ "phone_number": phone }]);
            let order = json!({ "campaign_uuid": CAMPAIGN, "customers": customers });
            assert_eq!(post(api, "/v1/autodial/campaign", order).await.status, 200);
        }
        Click(phone) => {
            let path = format!("/v1/click2call/async?ext=101&phone={phone}");
            assert_eq!(get(api, &path).await.json["status"], "success");
        }
        Dial(from, to) => {
            let reply = api.post("/__admin/calls", &json!({ "from": from, "to": to })).await;
            assert!(reply.status < 300, "{}", reply.text());
        }
        Habit(extension, habit) => {
            let path = format!("/__admin/extensions/{extension}");
            let reply = api.send("PATCH", &path, &json!({ "habit": habit })).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        Does(verb, body) => {
            let reply = api.post(&format!("/__admin/calls/1/{verb}"), &body).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        Order(order, body) => {
            let call = get(api, "/v1/call").await.json["data"][0]["call_id"].clone();
            let path = format!("/v1/call/{}/{order}", call.as_str().unwrap());
            let reply = post(api, &path, body).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        Pass(seconds) => api.advance(Duration::seconds_f64(seconds)).await,
    }
}

/// The only record's disposition and status once all is over.
async fn ending(steps: Vec<Step>) -> (String, String) {
    let api = api();
    for step in steps {
        does(&api, step).await;
    }
    api.advance(Duration::minutes(10)).await;
    let reply = get(&api, "/v3/cdr?limit=10&offset=0").await.json;
    assert_eq!(reply["total"], 1, "{reply}");
    let record = &reply["data"][0];
    let text = |name: &str| record[name].as_str().unwrap().to_owned();
    (text("sip_hangup_disposition"), text("status"))
}

const PHONE: &str = "0987600001";
const CALLER: &str = "0987654321";

fn leg(leg: &str) -> Value {
    json!({ "leg": leg })
}

/// Plays each and compares all that differ at once.
async fn compare(flows: Vec<(&str, Vec<Step>, [&str; 2])>) {
    let mut wrong = Vec::new();
    for (about, steps, [word, status]) in flows {
        let found = ending(steps).await;
        if found != (word.to_owned(), status.to_owned()) {
            wrong.push(format!("{about}: {found:?} and not {word}, {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn of_an_autocall_the_phone_s_leg_is_told_of() {
    compare(vec![
        ("busy", vec![Autocall("0987699486")], ["recv_refuse", "busy"]),
        ("declines", vec![Autocall("0987699603")], ["recv_refuse", "busy"]),
        ("unallocated", vec![Autocall("0987699404")], ["recv_refuse", "invalid-number"]),
        ("congestion", vec![Autocall("0987699503")], ["recv_refuse", "congestion"]),
        ("rings out", vec![Autocall("0987699480")], ["send_cancel", "no-answered"]),
        ("given up", vec![Autocall("0987699487")], ["send_cancel", "cancel"]),
        ("the script ends", vec![Autocall(PHONE)], ["send_bye", "answered"]),
        (
            "the phone hangs up",
            vec![Autocall(PHONE), Pass(3.0), Does("hang_up", leg("b"))],
            ["recv_bye", "answered"],
        ),
        (
            "it is hung up for the exchange",
            vec![Autocall(PHONE), Pass(3.0), Does("hang_up", leg("a"))],
            ["send_bye", "answered"],
        ),
        (
            "it is ended while it is played",
            vec![Autocall(PHONE), Pass(3.0), Does("hang_up", json!({}))],
            ["send_bye", "answered"],
        ),
        (
            "it is ended while it rings",
            vec![Autocall(PHONE), Pass(0.5), Does("hang_up", json!({}))],
            ["send_cancel", "cancel"],
        ),
        (
            "the ringing phone hangs up",
            vec![Autocall(PHONE), Pass(0.5), Does("hang_up", leg("b"))],
            ["recv_refuse", "busy"],
        ),
        (
            "it is moved to an extension that hangs up",
            vec![
                Autocall(PHONE),
                Pass(2.0),
                Order("transfer", json!({ "ext": "102", "legs": "bleg" })),
                Pass(5.0),
                Does("hang_up", leg("a")),
            ],
            ["send_bye", "answered"],
        ),
        (
            "it is moved to an extension, and the phone hangs up",
            vec![
                Autocall(PHONE),
                Pass(2.0),
                Order("transfer", json!({ "ext": "102", "legs": "bleg" })),
                Pass(5.0),
                Does("hang_up", leg("b")),
            ],
            ["recv_bye", "answered"],
        ),
        (
            "it is moved to an extension that declines",
            vec![
                Habit("102", json!({ "outcome": "reject", "ring": 3 })),
                Autocall(PHONE),
                Pass(2.0),
                Order("transfer", json!({ "ext": "102", "legs": "bleg" })),
            ],
            ["send_bye", "answered"],
        ),
        (
            "it is parked for too long",
            vec![
                Autocall(PHONE),
                Pass(2.0),
                Order("transfer", json!({ "ext": "102", "legs": "bleg" })),
                Pass(5.0),
                Order("park", json!({ "legs": "aleg" })),
            ],
            ["send_bye", "answered"],
        ),
    ])
    .await;
}

#[actix_web::test]
async fn of_a_dialler_s_call_the_phone_s_leg_is_told_of() {
    let never = || json!({ "outcome": "no_answer" });
    let long = || json!({ "outcome": "answer", "ring": 1, "talk": 300 });
    compare(vec![
        ("busy", vec![Autodial("0987699486")], ["recv_refuse", "busy"]),
        ("rings out", vec![Autodial("0987699480")], ["send_cancel", "no-answered"]),
        (
            "gives up in the queue",
            vec![
                Habit("104", never()),
                Habit("105", never()),
                Autodial(PHONE),
                Pass(5.0),
                Does("hang_up", leg("b")),
            ],
            ["recv_bye", "answered"],
        ),
        (
            "no agent picks up",
            vec![Habit("104", never()), Habit("105", never()), Autodial(PHONE)],
            ["send_bye", "answered"],
        ),
        (
            "the agent hangs up",
            vec![Habit("104", long()), Autodial(PHONE), Pass(9.0), Does("hang_up", leg("a"))],
            ["send_bye", "answered"],
        ),
        (
            "the customer hangs up",
            vec![Habit("104", long()), Autodial(PHONE), Pass(9.0), Does("hang_up", leg("b"))],
            ["recv_bye", "answered"],
        ),
    ])
    .await;
}

#[actix_web::test]
async fn of_a_click_the_extension_s_leg_is_told_of() {
    compare(vec![
        (
            "the extension declines",
            vec![Click(PHONE), Pass(0.5), Does("reject", leg("a"))],
            ["recv_refuse", "invalid"],
        ),
        (
            "the ringing extension hangs up",
            vec![Click(PHONE), Pass(0.5), Does("hang_up", leg("a"))],
            ["recv_refuse", "invalid"],
        ),
        (
            "the extension's phone says that it is busy",
            vec![Habit("101", json!({ "outcome": "busy" })), Click(PHONE)],
            ["recv_refuse", "invalid"],
        ),
        (
            "the extension rings out",
            vec![Habit("101", json!({ "outcome": "no_answer" })), Click(PHONE)],
            ["send_cancel", "invalid"],
        ),
        (
            "it is given up while the extension rings",
            vec![Habit("101", json!({ "outcome": "cancel", "ring": 4 })), Click(PHONE)],
            ["send_cancel", "invalid"],
        ),
        (
            "it is ended while the extension rings",
            vec![Click(PHONE), Pass(0.5), Does("hang_up", json!({}))],
            ["send_cancel", "invalid"],
        ),
        ("the phone is busy", vec![Click("0987699486")], ["send_bye", "busy"]),
        ("the phone declines", vec![Click("0987699603")], ["send_bye", "busy"]),
        ("the phone rings out", vec![Click("0987699480")], ["send_bye", "no-answered"]),
        ("the number is none", vec![Click("0987699404")], ["send_bye", "not-available"]),
        ("the extension gives up", vec![Click("0987699487")], ["recv_bye", "cancel"]),
        (
            "the extension hangs up while the phone rings",
            vec![Click(PHONE), Pass(1.5), Does("hang_up", leg("a"))],
            ["recv_bye", "cancel"],
        ),
        (
            "the extension hangs up",
            vec![Click(PHONE), Pass(5.0), Does("hang_up", leg("a"))],
            ["recv_bye", "answered"],
        ),
        (
            "the phone hangs up",
            vec![Click(PHONE), Pass(5.0), Does("hang_up", leg("b"))],
            ["send_bye", "answered"],
        ),
        (
            "it is ended",
            vec![Click(PHONE), Pass(5.0), Does("hang_up", json!({}))],
            ["send_bye", "answered"],
        ),
        (
            "it is parked for too long",
            vec![Click(PHONE), Pass(5.0), Order("park", json!({ "legs": "aleg" }))],
            ["send_bye", "answered"],
        ),
        (
            "it is sent on to another extension, whose call the phone ends",
            vec![
                Habit("101", json!({ "outcome": "no_answer" })),
                Click("0987699486"),
                Pass(2.0),
                Does("route", json!({ "to": "102" })),
            ],
            ["send_bye", "busy"],
        ),
    ])
    .await;
}

#[actix_web::test]
async fn of_a_call_that_somebody_dials_the_caller_s_leg_is_told_of() {
    let never = || json!({ "outcome": "no_answer" });
    compare(vec![
        ("busy", vec![Dial("101", "0987699486")], ["send_refuse", "busy"]),
        ("declines", vec![Dial("101", "0987699603")], ["send_refuse", "busy"]),
        ("rings out", vec![Dial("101", "0987699480")], ["send_refuse", "no-answered"]),
        ("unallocated", vec![Dial("101", "0987699404")], ["send_refuse", "not-available"]),
        ("given up", vec![Dial("101", "0987699487")], ["recv_cancel", "cancel"]),
        (
            "the caller hangs up",
            vec![Dial("101", PHONE), Pass(5.0), Does("hang_up", leg("a"))],
            ["recv_bye", "answered"],
        ),
        (
            "the phone hangs up",
            vec![Dial("101", PHONE), Pass(5.0), Does("hang_up", leg("b"))],
            ["send_bye", "answered"],
        ),
        (
            "it is parked for too long",
            vec![Dial(CALLER, "101"), Pass(5.0), Order("park", json!({ "legs": "bleg" }))],
            ["send_bye", "answered"],
        ),
        (
            "the caller is moved to an extension that does not pick up",
            vec![
                Habit("102", never()),
                Dial(CALLER, "101"),
                Pass(5.0),
                Order("transfer", json!({ "ext": "102", "legs": "aleg" })),
            ],
            ["send_bye", "answered"],
        ),
        (
            "an extension declines",
            vec![Dial(CALLER, "101"), Pass(0.5), Does("reject", leg("b"))],
            ["send_refuse", "busy"],
        ),
        ("an extension is not there", vec![Dial(CALLER, "109")], ["send_refuse", "invalid"]),
        (
            "the caller gives up at a ring group",
            vec![Dial(CALLER, "19001919"), Pass(0.5), Does("hang_up", leg("a"))],
            ["recv_cancel", "cancel"],
        ),
        (
            "nobody in a ring group picks up",
            vec![
                Habit("101", never()),
                Habit("102", never()),
                Habit("103", never()),
                Dial(CALLER, "600"),
            ],
            ["send_refuse", "no-answered"],
        ),
        (
            "nobody in a queue picks up",
            vec![Habit("104", never()), Habit("105", never()), Dial(CALLER, "3333")],
            ["send_refuse", "no-answered"],
        ),
        (
            "the caller gives up in a queue",
            vec![Dial(CALLER, "3333"), Pass(0.5), Does("hang_up", leg("a"))],
            ["recv_cancel", "cancel"],
        ),
        (
            "the member of a queue hangs up",
            vec![Dial(CALLER, "3333"), Pass(5.0), Does("hang_up", leg("b"))],
            ["send_bye", "answered"],
        ),
        (
            "the caller hangs up in a menu",
            vec![Dial(CALLER, "500"), Pass(1.0), Does("hang_up", leg("a"))],
            ["recv_cancel", "cancel"],
        ),
    ])
    .await;
}
