//! What a test can turn: vendors/mango.md, 21.

use serde_json::{Value, json};

use crate::desk::Desk;

const CLIENT: &str = "79991234567";

fn order() -> Value {
    json!({ "command_id": "c", "from": { "extension": "101" }, "to_number": CLIENT })
}

#[actix_web::test]
async fn a_forced_result_holds_for_so_many_commands_and_does_nothing() {
    let desk = Desk::new();
    desk.control(json!({ "do": "force_result", "code": 2220, "times": 2 }));
    for _ in 0..2 {
        assert_eq!(desk.ask("commands/callback", order()).await.json["result"], 2220);
    }
    assert_eq!(desk.api.demo().read(|pbx| pbx.exchange().live()), Some(0));
    assert_eq!(desk.ask("commands/callback", order()).await.json["result"], 1000);
}

#[actix_web::test]
async fn a_forced_result_may_be_about_one_operation_even_one_that_only_reads() {
    let desk = Desk::new();
    desk.control(json!({ "do": "force_result", "code": 5001, "operation": "account/balance" }));
    assert_eq!(desk.ask("commands/callback", order()).await.json["result"], 1000);
    assert_eq!(desk.ask("account/balance", json!({})).await.json["result"], 5001);
    assert_eq!(desk.ask("account/balance", json!({})).await.json["result"], 1000);
    let unknown = json!({ "do": "force_result", "code": 1, "operation": "dance" });
    assert!(desk.api.demo().control(unknown).is_err());
    // A misspelt verb is told the nearest one, the vendor's own among them.
    let reply = desk.api.post("/__admin/control", &json!({ "do": "force_results" })).await;
    assert_eq!((reply.status, &reply.json["hint"]), (400, &json!("did you mean force_result?")));
}

#[actix_web::test]
async fn settings_change_while_the_server_runs_and_nonsense_changes_nothing() {
    let desk = Desk::new();
    let configure = |settings: Value| {
        desk.api.demo().control(json!({ "do": "configure", "settings": settings }))
    };
    configure(json!({ "error_style": "legacy420", "sms_outcome": 4301, "balance": 1 }))
        .unwrap_err();
    configure(json!({ "api_salt": "x" })).unwrap_err();
    configure(json!({ "api_version": 3 })).unwrap_err();
    assert_eq!(desk.ask("commands/sms", json!({})).await.status, 200);
    configure(json!({ "error_style": "legacy420" })).unwrap();
    let reply = desk.ask("commands/sms", json!({})).await;
    assert_eq!((reply.status, reply.text()), (420, r#"{"code":3103}"#));
}

#[actix_web::test]
async fn text_messages_arrive_a_second_later_with_the_outcome_that_is_set() {
    let desk = Desk::with(json!({ "sms_outcome": 4301 }));
    let sms =
        json!({ "command_id": "s", "text": "x", "from_extension": "101", "to_number": CLIENT });
    desk.does("commands/sms", sms).await;
    desk.advance(1.0).await;
    let told = desk.told().pop().unwrap();
    assert_eq!(told.path, "events/sms");
    assert_eq!(told.text, r#"{"command_id":"s","timestamp":1767603601,"reason":4301}"#);
}

#[actix_web::test]
async fn the_cabinet_pings_and_notifications_can_be_silenced_one_by_one() {
    let desk =
        Desk::with(json!({ "silent": ["events/call", "events/recording", "events/record/added"] }));
    desk.control(json!({ "do": "ping" }));
    desk.does("commands/callback", order()).await;
    desk.advance(60.0).await;
    let told: Vec<_> = desk.told().into_iter().map(|told| told.path).collect();
    assert_eq!(told, ["ping", "result/callback", "events/summary"]);
    assert_eq!(desk.told()[0].text, "{}");
}

#[actix_web::test]
async fn the_first_version_of_the_api_says_nothing_of_transfers_and_holds() {
    for (version, says) in [(1, false), (2, true)] {
        let desk = Desk::with(json!({ "api_version": version }));
        desk.control(json!({ "do": "dial", "from": "79997654321", "to": "101" }));
        desk.advance(2.0).await;
        let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "102", "initiator": "101" });
        desk.does("commands/transfer", transfer).await;
        desk.advance(60.0).await;
        for key in ["was_transferred", "hold_initiator", "\"transfer\":"] {
            let said = desk.told().iter().any(|told| told.text.contains(key));
            assert_eq!(said, says, "{key} in version {version}");
        }
    }
}

#[actix_web::test]
async fn recording_starts_by_command_and_each_stretch_is_a_recording_of_its_own() {
    let desk = Desk::with(json!({ "auto_record": false }));
    let rule = json!({ "to": CLIENT, "outcome": "answer", "ring": 1, "talk": 60 });
    desk.control(json!({ "do": "set_rules", "rules": [rule] }));
    desk.does("commands/callback", order()).await;
    desk.advance(5.0).await;
    let start = json!({ "command_id": "r", "call_id": desk.leg(2), "call_party_number": "101" });
    desk.does("commands/recording/start", start.clone()).await;
    desk.advance(0.5).await;
    desk.control(json!({ "do": "stop_recording", "call": 1 }));
    desk.does("commands/recording/start", start).await;
    desk.advance(10.0).await;
    desk.control(json!({ "do": "stop_recording", "call": 1 }));
    let told: Vec<_> =
        desk.told().into_iter().filter(|told| told.path.starts_with("events/rec")).collect();
    let said: Vec<_> = told
        .iter()
        .map(|told| {
            let json = &told.json;
            let id = json["recording_id"].as_str().unwrap().to_owned();
            (
                id,
                json["recording_state"].clone(),
                json["completion_code"].clone(),
                json["command_id"].clone(),
            )
        })
        .collect();
    let [first, second] = ["MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==", "MToxMDAwMTAwMTo3MDAwMDAwMDE6MQ=="];
    let said_of =
        |id: &str, state: Value, code: Value, command: Value| (id.to_owned(), state, code, command);
    let wanted = [
        said_of(first, json!("Started"), Value::Null, json!("r")),
        said_of(first, json!("Completed"), json!(4002), json!("r")),
        said_of(second, json!("Started"), Value::Null, json!("r")),
        said_of(second, json!("Completed"), json!(1000), json!("r")),
        said_of(second, Value::Null, Value::Null, Value::Null),
    ];
    assert_eq!(said, wanted);
    // The call is not over, and its recording can be fetched already.
    let post = |id: &str| json!({ "recording_id": id, "action": "play" });
    assert_eq!(desk.ask("queries/recording/post", post(first)).await.json["result"], 3320);
    let reply = desk.ask("queries/recording/post", post(second)).await;
    assert_eq!(reply.status, 302);
    let file = reply.header("location").strip_prefix(&desk.api.url()).unwrap().to_owned();
    let reply = desk.api.get(&file).await;
    assert_eq!(reply.body.len(), 30_024); // 10 s of frames of 24 ms and 72 bytes
}

#[actix_web::test]
async fn generated_calls_are_in_both_statistics() {
    use ringback_mango::Mango;
    use ringback_mock::Builder;
    use ringback_testkit::Api;

    let builder = Builder::<Mango>::default().seed(7).frozen_clock().history(300);
    let api = Api::of(builder.settings(json!({ "stats_delay_ms": 0 })));
    let request = json!({ "date_from": 1767603600 - 31 * 86_400, "date_to": 1767603600 });
    let key = crate::desk::ask(&api, "stats/request", &request).await.json;
    let rows = crate::desk::ask(&api, "stats/result", &key).await;
    assert!(rows.text().lines().count() > 280, "the days before the window are a few");
    assert!(rows.text().lines().all(|row| row.split(';').count() == 11));
    let request =
        json!({ "start_date": "20.12.2025", "end_date": "05.01.2026", "limit": 5000, "offset": 0 });
    let key = crate::desk::ask(&api, "stats/calls/request", &request).await.json;
    let days = crate::desk::ask(&api, "stats/calls/result", &key).await.json;
    let days = days["data"].as_array().unwrap().clone();
    assert!(days.len() > 10);
    let periods: Vec<_> =
        days.iter().map(|day| day["period"].as_str().unwrap().to_owned()).collect();
    assert!(periods.is_sorted_by(|newer, older| newer > older), "{periods:?}");
}

#[actix_web::test]
async fn a_menu_or_a_queue_takes_no_behaviour_and_refusing_one_dials_nobody() {
    let desk = Desk::new();
    let declines = json!({ "outcome": "reject", "ring": 1 });
    for control in [
        json!({ "do": "inbound", "caller": CLIENT, "behaviour": declines }),
        json!({ "do": "dial", "from": CLIENT, "to": "200", "behaviour": declines }),
    ] {
        let refused = desk.api.demo().control(control).unwrap_err();
        assert!(refused.to_string().contains("is a menu or a queue"), "{refused}");
    }
    assert_eq!(desk.api.demo().read(|pbx| pbx.exchange().live()), Some(0));
    desk.control(json!({ "do": "dial", "from": CLIENT, "to": "101", "behaviour": declines }));
    desk.advance(60.0).await;
    assert_eq!(desk.told().pop().unwrap().json["disconnect_reason"], 1122);
}
