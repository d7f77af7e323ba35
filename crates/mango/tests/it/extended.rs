//! The legs of the extended statistics where a call does not end with whom it first reached.

use serde_json::{Value, json};

use crate::desk::Desk;

const CLIENT: &str = "79991234567";
const OTHER: &str = "79995550000";

fn desk() -> Desk {
    let desk = Desk::with(json!({ "stats_delay_ms": 0 }));
    let long = |to: &str| json!({ "to": to, "outcome": "answer", "ring": 2, "talk": 100 });
    let rules: Vec<Value> = ["101", "102", "103", CLIENT, OTHER].map(long).into();
    desk.control(json!({ "do": "set_rules", "rules": rules }));
    desk
}

async fn dialled(desk: &Desk, from: &str, to: &str) {
    desk.control(json!({ "do": "dial", "from": from, "to": to }));
    desk.advance(3.0).await;
}

/// Somebody asks a third party while the other one waits, or leaves the call to it.
async fn transfers(desk: &Desk, leg: usize, by: &str, to: &str, method: &str) {
    let transfer =
        json!({ "call_id": desk.leg(leg), "method": method, "to_number": to, "initiator": by });
    desk.does("commands/transfer", transfer).await;
}

async fn joins(desk: &Desk, held: usize, asked: usize) {
    let connect =
        json!({ "holded_call_id": desk.leg(held), "transferred_call_id": desk.leg(asked) });
    desk.does("commands/calls_connect", connect).await;
}

/// The legs of the only call, one line each: `type id extension > times, reason, flags`.
async fn legs(desk: &Desk) -> Vec<String> {
    desk.advance(300.0).await;
    let request =
        json!({ "start_date": "05.01.2026", "end_date": "06.01.2026", "limit": 10, "offset": 0 });
    let key = desk.ask("stats/calls/request", request).await.json["key"].clone();
    let calls = desk.ask("stats/calls/result", json!({ "key": key })).await.json;
    let list = calls["data"][0]["list"].as_array().unwrap();
    assert_eq!(list.len(), 1, "{calls}");
    let start = list[0]["context_start_time"].as_i64().unwrap();
    let line = |leg: &Value| {
        let text = |key: &str| leg[key].as_str().unwrap_or("-").to_owned();
        let at = |key: &str| leg[key].as_i64().map_or("-".into(), |at| (at - start).to_string());
        let flag = |key: &str, word| if leg[key] == true { word } else { "" };
        format!(
            "{} {} {} {}-{}-{} {}{}{}{}",
            text("call_type"),
            leg["call_abonent_id"].as_u64().map_or("-".into(), |id| (id % 1000).to_string()),
            text("call_abonent_extension"),
            at("call_start_time"),
            at("call_answer_time"),
            at("call_end_time"),
            leg["call_end_reason"],
            flag("ConsultTransfer", " consult"),
            flag("BlindTransfer", " blind"),
            if leg["recording_id"] == json!([]) { "" } else { " recorded" },
        )
    };
    let listed = list[0]["context_calls"].as_array().unwrap();
    let with_members = listed.iter().flat_map(|leg| {
        let members = leg["members"].as_array().unwrap();
        let members = members.iter().map(|member| format!("  {}", line(member)));
        [line(leg)].into_iter().chain(members).collect::<Vec<_>>()
    });
    with_members.collect()
}

#[actix_web::test]
async fn a_consultant_who_is_joined_while_ringing_has_one_leg() {
    let desk = desk();
    dialled(&desk, CLIENT, "101").await;
    transfers(&desk, 1, "101", "102", "hold").await;
    desk.advance(1.0).await;
    joins(&desk, 1, 2).await;
    let wanted = ["user 101 101 0-2-4 1120 recorded", "user 102 102 3-5-105 1120 consult recorded"];
    assert_eq!(legs(&desk).await, wanted);
}

#[actix_web::test]
async fn a_consultant_who_is_not_joined_has_one_leg() {
    let desk = desk();
    dialled(&desk, CLIENT, "101").await;
    transfers(&desk, 1, "101", "102", "hold").await;
    desk.advance(4.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(2) })).await;
    desk.advance(1.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(1) })).await;
    let wanted = ["user 101 101 0-2-8 1181 recorded", "user 102 102 3-5-7 1181 consult"];
    assert_eq!(legs(&desk).await, wanted);
}

#[actix_web::test]
async fn a_consultant_outside_belongs_to_who_asks_and_then_to_who_had_waited() {
    let desk = desk();
    dialled(&desk, "101", "102").await;
    transfers(&desk, 1, "101", OTHER, "hold").await;
    desk.advance(4.0).await;
    joins(&desk, 1, 2).await;
    let legs = legs(&desk).await;
    assert_eq!(legs[1], "number 101 101 3-5-7 1110 consult");
    assert!(legs[2].starts_with("number 102 102 7-7-"), "{legs:?}");
    assert_eq!(legs.len(), 3);
}

#[actix_web::test]
async fn two_parties_outside_who_are_joined_belong_to_the_employee_between_them() {
    for method in ["hold", "blind"] {
        let desk = desk();
        dialled(&desk, "101", CLIENT).await;
        transfers(&desk, 1, "101", OTHER, method).await;
        desk.advance(4.0).await;
        if method == "hold" {
            joins(&desk, 1, 2).await;
        }
        let legs = legs(&desk).await;
        assert_eq!(legs.len(), if method == "hold" { 3 } else { 2 });
        assert!(legs.iter().all(|leg| leg.starts_with("number 101 101 ")), "{legs:?}");
    }
}

#[actix_web::test]
async fn a_group_has_the_times_of_its_taker_who_may_leave_before_the_call_ends() {
    let desk = desk();
    dialled(&desk, CLIENT, "200").await;
    // 101 and 102 ring together, and 101 is the first to pick up.
    transfers(&desk, 2, "101", "103", "blind").await;
    let wanted = [
        "group 200 - 0-2-3 1120 recorded",
        "  user 101 101 0-2-3 1120 recorded",
        "  user 102 102 0---2 1183",
        "user 103 103 3-5-105 1120 blind recorded",
    ];
    assert_eq!(legs(&desk).await, wanted);
}

#[actix_web::test]
async fn a_consultation_of_a_group_s_member_has_three_legs_besides_the_other_members() {
    let desk = desk();
    dialled(&desk, CLIENT, "200").await;
    transfers(&desk, 2, "101", "103", "hold").await;
    desk.advance(4.0).await;
    joins(&desk, 2, 4).await;
    let wanted = [
        "group 200 - 0-2-7 1120 recorded",
        "  user 101 101 0-2-7 1120 recorded",
        "  user 102 102 0---2 1183",
        "user 103 103 3-5-7 1110 consult",
        "user 103 103 7-7-107 1120 consult recorded",
    ];
    assert_eq!(legs(&desk).await, wanted);
}

#[actix_web::test]
async fn a_caller_sent_from_the_menu_to_a_number_outside_talks_to_no_employee() {
    let desk = desk();
    desk.control(json!({ "do": "inbound", "caller": CLIENT }));
    desk.advance(2.0).await;
    desk.does("commands/route", json!({ "call_id": desk.leg(1), "to_number": OTHER })).await;
    assert_eq!(legs(&desk).await, ["number - - 2-4-104 1120 recorded"]);
}

#[actix_web::test]
async fn an_employee_who_was_dismissed_since_is_known_by_the_extension() {
    let desk = desk();
    dialled(&desk, CLIENT, "101").await;
    transfers(&desk, 1, "101", OTHER, "blind").await;
    desk.advance(200.0).await;
    desk.does("member/delete", json!({ "user_id": 400_000_101 })).await;
    let wanted = ["user - 101 0-2-3 1120 recorded", "number - 101 3-5-105 1120 blind recorded"];
    assert_eq!(legs(&desk).await, wanted);
}
