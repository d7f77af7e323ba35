//! Who is named, and why a call ends, where it does not go as in the walk-throughs.

use serde_json::{Value, json};

use crate::desk::{Desk, Told};

const CLIENT: &str = "79991234567";
const LINE: &str = "74950000001";
const ANNA: u64 = 400_000_101;

/// The summaries told so far.
fn summaries(desk: &Desk) -> Vec<Value> {
    let told = desk.told().into_iter();
    told.filter(|told| told.path == "events/summary").map(|told: Told| told.json).collect()
}

/// Lets everything happen, and returns the only summary.
async fn summary(desk: &Desk) -> Value {
    desk.advance(200.0).await;
    let mut summaries = summaries(desk);
    assert_eq!(summaries.len(), 1);
    summaries.remove(0)
}

async fn call_back(desk: &Desk, to: &str) {
    let order = json!({ "from": { "extension": "101" }, "to_number": to });
    desk.does("commands/callback", order).await;
}

/// Somebody outside talks to 101 for long.
async fn taken(desk: &Desk) {
    let long = json!({ "outcome": "answer", "ring": 1, "talk": 100 });
    desk.control(json!({ "do": "dial", "from": CLIENT, "to": "101", "behaviour": long }));
    desk.advance(2.0).await;
}

#[actix_web::test]
async fn a_group_callback_that_nobody_takes_goes_from_the_group_to_the_client() {
    for declining in [&["101", "102", CLIENT][..], &[CLIENT]] {
        let desk = Desk::new();
        let rule = |to: &&str| json!({ "to": to, "outcome": "no_answer", "ring": 5 });
        let rules: Vec<Value> = declining.iter().map(rule).collect();
        desk.control(json!({ "do": "set_rules", "rules": rules }));
        desk.does("commands/callback_group", json!({ "from": "200", "to": CLIENT })).await;
        let summary = summary(&desk).await;
        assert_eq!(summary["entry_result"], 0);
        let caller = if declining.len() == 1 { "101" } else { "200" };
        assert_eq!(summary["from"]["extension"], caller);
        assert_eq!(summary["to"], json!({ "number": CLIENT }));
    }
}

#[actix_web::test]
async fn a_callback_to_a_group_or_a_line_of_one_s_own_is_internal_and_has_no_line() {
    for to in ["200", LINE] {
        let desk = Desk::new();
        call_back(&desk, to).await;
        let summary = summary(&desk).await;
        assert_eq!(summary["call_direction"], 0, "{to}");
        assert_eq!(summary["line_number"], Value::Null, "{to}");
    }
    let desk = Desk::new();
    call_back(&desk, CLIENT).await;
    let summary = summary(&desk).await;
    assert_eq!((&summary["call_direction"], &summary["line_number"]), (&json!(2), &json!(LINE)));
}

#[actix_web::test]
async fn whoever_is_dismissed_during_a_call_is_named_as_when_it_began() {
    let desk = Desk::new();
    call_back(&desk, CLIENT).await;
    desk.advance(4.0).await;
    desk.does("member/delete", json!({ "user_id": ANNA })).await;
    let summary = summary(&desk).await;
    let anna = json!({ "extension": "101", "number": "sip:user101@demo.mangosip.ru" });
    assert_eq!(summary["from"], anna);
}

#[actix_web::test]
async fn a_completed_consultation_counts_as_one_in_the_extended_statistics() {
    for (method, blind) in [("hold", false), ("blind", true)] {
        let desk = Desk::with(json!({ "stats_delay_ms": 0 }));
        taken(&desk).await;
        let transfer = json!({ "call_id": desk.leg(1), "method": method, "to_number": "102", "initiator": "101" });
        desk.does("commands/transfer", transfer).await;
        desk.advance(2.0).await;
        if !blind {
            let connect =
                json!({ "holded_call_id": desk.leg(1), "transferred_call_id": desk.leg(2) });
            desk.does("commands/calls_connect", connect).await;
        }
        desk.advance(60.0).await;
        let request = json!({ "start_date": "05.01.2026", "end_date": "06.01.2026", "limit": 10, "offset": 0 });
        let key = desk.ask("stats/calls/request", request).await.json["key"].clone();
        let calls = desk.ask("stats/calls/result", json!({ "key": key })).await.json;
        let legs = &calls["data"][0]["list"][0]["context_calls"];
        let flags = |leg: usize| [&legs[leg]["BlindTransfer"], &legs[leg]["ConsultTransfer"]];
        assert_eq!(flags(0), [false, false], "{calls}");
        assert_eq!(flags(1), [blind, !blind], "{calls}");
        // The consultant is listed twice: asked, and joined with the caller.
        let list = legs.as_array().unwrap();
        assert_eq!(list.len(), if blind { 2 } else { 3 }, "{calls}");
        if !blind {
            assert_eq!(flags(2), [false, true], "{calls}");
            assert_eq!(legs[1]["call_end_time"], legs[2]["call_start_time"], "{calls}");
        }
    }
}

#[actix_web::test]
async fn nobody_transfers_a_call_to_oneself_and_trying_changes_nothing() {
    let desk = Desk::new();
    taken(&desk).await;
    let story = desk.story();
    for method in ["blind", "hold"] {
        for to in ["101", "sip:user101@demo.mangosip.ru"] {
            let transfer = json!({ "command_id": "t", "call_id": desk.leg(1), "method": method, "to_number": to, "initiator": "101" });
            let reply = desk.ask("commands/transfer", transfer).await;
            assert_eq!(reply.json["result"], 4200, "{method} {to}");
        }
    }
    let legs = |story: Vec<String>| -> Vec<String> {
        story.into_iter().filter(|line| !line.starts_with("result/")).collect()
    };
    assert_eq!(legs(desk.story()), legs(story));
}

#[actix_web::test]
async fn a_phone_that_wants_no_calls_says_so_and_one_in_a_call_is_busy() {
    let desk = Desk::with(json!({ "stats_delay_ms": 0 }));
    desk.control(json!({ "do": "set_extension", "number": "101", "do_not_disturb": true }));
    call_back(&desk, CLIENT).await;
    desk.advance(10.0).await;
    let told = desk.told();
    let ended = told.iter().rfind(|told| told.path == "events/call").unwrap();
    assert_eq!(ended.json["disconnect_reason"], 1123);
    assert_eq!(summaries(&desk)[0]["disconnect_reason"], 1123);
    let request =
        json!({ "date_from": 1767600000, "date_to": 1767700000, "fields": "disconnect_reason" });
    let key = desk.ask("stats/request", request).await.json["key"].clone();
    let rows = desk.ask("stats/result", json!({ "key": key })).await;
    assert_eq!(rows.text(), "1123\r\n");

    // It may dial, and is busy then rather than undisturbed.
    desk.control(json!({ "do": "dial", "from": "101", "to": CLIENT }));
    desk.control(json!({ "do": "dial", "from": "79990001122", "to": "101" }));
    desk.advance(1.0).await;
    assert_eq!(summaries(&desk)[1]["disconnect_reason"], 1121);
}

#[actix_web::test]
async fn an_employee_none_of_whose_numbers_is_on_cannot_be_reached_until_one_is() {
    let desk = Desk::new();
    let numbers = |status: &str| json!({ "user_id": ANNA, "numbers": [{ "number": "79990000101", "status": status }] });
    let reason = async || {
        call_back(&desk, CLIENT).await;
        desk.advance(60.0).await;
        summaries(&desk).pop().unwrap()["disconnect_reason"].clone()
    };
    desk.does("member/update", numbers("off")).await;
    assert_eq!(reason().await, 1131);
    desk.does("member/update", numbers("on")).await;
    assert_eq!(reason().await, 1120);
    desk.does("member/update", json!({ "user_id": ANNA, "numbers": [] })).await;
    assert_eq!(reason().await, 1131);

    // What a hand has changed stays until the numbers change again.
    let by_hand = |registered: bool| {
        desk.control(json!({ "do": "set_extension", "number": "101", "registered": registered }));
    };
    by_hand(true);
    desk.does("member/update", json!({ "user_id": ANNA, "name": "Anna" })).await;
    assert_eq!(reason().await, 1120);
    desk.does("member/update", numbers("on")).await;
    by_hand(false);
    for status in ["on", "off", "on"] {
        desk.does("member/update", numbers(status)).await;
        assert_eq!(reason().await, 1131, "logged out by hand, numbers {status}");
    }
}

#[actix_web::test]
async fn a_campaign_dials_as_many_clients_at_once_as_its_coefficient_allows() {
    for (coefficient, at_once) in [(json!(0.5), 1), (json!("1"), 2), (json!(0.1), 1), (json!(5), 2)]
    {
        let desk = Desk::new();
        let add = json!({ "line_id": 420000001, "name": "Spring", "operators": [ANNA, ANNA + 1],
            "add_calls_coef": coefficient,
            "schedule": [{ "weekday": 1, "start": "00:00", "end": "23:59" }] });
        let id = desk.does("campaign/add", add).await["campaign_id"].clone();
        let tasks: Vec<Value> =
            (0..4).map(|task| json!({ "number": format!("7999555000{task}") })).collect();
        desk.does("tasks/push", json!({ "campaign_id": id, "tasks": tasks })).await;
        desk.does("campaign/start", json!({ "campaign_id": id })).await;
        desk.advance(0.5).await;
        let live = desk.api.demo().read(|pbx| pbx.exchange().live());
        assert_eq!(live, Some(at_once), "{coefficient}");
    }
}

#[actix_web::test]
async fn a_planned_campaign_dials_nobody_before_it_starts_whatever_is_done_to_its_tasks() {
    let desk = Desk::new();
    let add = json!({ "line_id": 420000001, "name": "Spring", "operators": [ANNA],
        "start_date": "2026-01-05 10:00:00",
        "schedule": [{ "weekday": 1, "start": "00:00", "end": "23:59" }] });
    let id = desk.does("campaign/add", add).await["campaign_id"].clone();
    desk.does("campaign/start", json!({ "campaign_id": id })).await;
    desk.does("tasks/push", json!({ "campaign_id": id, "tasks": [{ "number": CLIENT }] })).await;
    desk.does("task/stop", json!({ "task_id": 461000001 })).await;
    desk.does("task/start", json!({ "task_id": 461000001 })).await;
    desk.does("tasks/reset", json!({ "campaign_id": id })).await;
    // The clock stands at 9:00.
    desk.advance(3_599.0).await;
    assert_eq!(desk.story(), [""; 0]);
    let campaign = desk.does("campaign", json!({ "campaign_id": id })).await;
    assert_eq!(campaign["campaign"]["status"], 1);
    desk.advance(60.0).await;
    assert_eq!(summaries(&desk).len(), 1);
}

#[actix_web::test]
async fn how_far_a_campaign_has_come_is_shown_by_where_its_tasks_stand() {
    let desk = Desk::new();
    let add = json!({ "line_id": 420000001, "name": "Spring", "add_calls_coef": 3, "redial_busy": 1,
        "timer_busy": 600, "schedule": [{ "weekday": 1, "start": "00:00", "end": "23:59" }] });
    let id = desk.does("campaign/add", add).await["campaign_id"].clone();
    let numbers = ["79995599200", "79995599486", "79995599404", "79995599480", "79995598200"];
    let tasks: Vec<Value> = numbers.iter().map(|number| json!({ "number": number })).collect();
    desk.does("tasks/push", json!({ "campaign_id": id, "tasks": tasks })).await;
    let shown = || desk.control(json!({ "do": "show_campaigns" }))["campaigns"].clone();
    let stopped = json!([{
        "campaign_id": id, "name": "Spring", "status": "stopped", "capacity": 3, "tasks": 5, "queued": 5,
        "redials": 0, "ringing": 0, "talking": 0, "done": 0, "stopped": 0, "attempts": 0, "outcomes": {},
    }]);
    assert_eq!(shown(), stopped);
    desk.does("campaign/start", json!({ "campaign_id": id })).await;
    desk.advance(0.5).await;
    let now = shown();
    // One was busy and is called again, one is no number, and the rest have taken their places.
    assert_eq!((&now[0]["status"], &now[0]["redials"]), (&json!("running"), &json!(1)), "{now}");
    assert_eq!((&now[0]["ringing"], &now[0]["attempts"]), (&json!(3), &json!(5)), "{now}");
    assert_eq!(now[0]["outcomes"], json!({ "no_such_number": 1 }));
    desk.advance(1.0).await;
    let now = shown();
    assert_eq!((&now[0]["talking"], &now[0]["ringing"]), (&json!(1), &json!(2)), "{now}");
    desk.advance(20_000.0).await;
    let now = shown();
    assert_eq!((&now[0]["status"], &now[0]["done"]), (&json!("finished"), &json!(5)), "{now}");
    let outcomes = now[0]["outcomes"].as_object().unwrap();
    assert_eq!((&outcomes["busy"], &outcomes["no_answer"]), (&json!(1), &json!(1)), "{now}");
    assert_eq!(outcomes.values().filter_map(Value::as_u64).sum::<u64>(), 5);
}
