//! The walk-throughs of vendors/mango.md, 17: what clients are told, in order, with the seconds since
//! the first leg.

use serde_json::{Value, json};

use crate::desk::Desk;

const CLIENT: &str = "79991234567";

/// Compares what was told with a text of one line each.
fn tells(desk: &Desk, wanted: &str) {
    let wanted: Vec<&str> = wanted.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let story = desk.story();
    assert!(story == wanted, "found\n        {}\n", story.join("\n        "));
}

/// An employee does something of their own when rung.
fn habit(desk: &Desk, extension: &str, outcome: Value) {
    let habit = json!({ "outcome": outcome, "ring": 2 });
    desk.control(json!({ "do": "set_extension", "number": extension, "habit": habit }));
}

async fn call_back(desk: &Desk, to: &str) {
    let order = json!({ "command_id": "c1", "from": { "extension": "101" }, "to_number": to });
    desk.does("commands/callback", order).await;
}

/// A call from outside that an employee has taken and nobody ends by himself.
async fn taken(desk: &Desk) -> Value {
    desk.control(json!({ "do": "set_rules", "rules": [{ "to": "101", "outcome": "answer", "ring": 1, "talk": 100 }] }));
    let call = desk.control(json!({ "do": "dial", "from": "79997654321", "to": "101" }));
    desk.advance(2.0).await;
    call["call"]["id"].clone()
}

#[actix_web::test]
async fn a_callback_that_is_answered_rings_the_employee_then_the_target() {
    let desk = Desk::new();
    call_back(&desk, CLIENT).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "result/callback 1000
        0 #1.1 Appeared abonent 79991234567 > 101/sip c1
        1 #1.2 Connected abonent 79991234567 > 101/sip c1
        1 #1.3 Disconnected abonent 79991234567 > 101/sip 1000 c1
        1 #2.1 Appeared abonent 101/sip > 79991234567 taken #1 c1
        3 #2.2 Connected abonent 101/sip > 79991234567 taken #1 c1
        3 recording Started #2.1
        6 #2.3 Disconnected abonent 101/sip > 79991234567 taken #1 1120 c1
        6 recording Completed #2.2 1000
        6 added 400000101
        6 summary 2 101/sip > 79991234567 result 1 reason 1120",
    );
}

#[actix_web::test]
async fn a_callback_to_an_employee_is_internal_and_has_no_line() {
    let desk = Desk::new();
    call_back(&desk, "102").await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "result/callback 1000
        0 #1.1 Appeared abonent 102/sip > 101/sip c1
        1 #1.2 Connected abonent 102/sip > 101/sip c1
        1 #1.3 Disconnected abonent 102/sip > 101/sip 1000 c1
        1 #2.1 Appeared abonent 101/sip > 102/sip taken #1 c1
        2 #2.2 Connected abonent 101/sip > 102/sip taken #1 c1
        2 recording Started #2.1
        5 #2.3 Disconnected abonent 101/sip > 102/sip taken #1 1110 c1
        5 recording Completed #2.2 1000
        5 added 400000101
        5 summary 0 101/sip > 102/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn a_callback_whose_employee_does_not_pick_up_has_no_second_leg() {
    for (outcome, reason) in [("no_answer", 1111), ("reject", 1122), ("busy", 1121)] {
        let desk = Desk::new();
        habit(&desk, "101", json!(outcome));
        call_back(&desk, CLIENT).await;
        desk.advance(60.0).await;
        let at = match outcome {
            "no_answer" => 30,
            "reject" => 2,
            _ => 0,
        };
        let story = format!(
            "result/callback 1000
            0 #1.1 Appeared abonent 79991234567 > 101/sip c1
            {at} #1.2 Disconnected abonent 79991234567 > 101/sip {reason} c1
            {at} summary 2 101/sip > 79991234567 result 0 reason {reason}"
        );
        tells(&desk, &story);
    }
}

#[actix_web::test]
async fn a_callback_whose_employee_is_switched_off_ends_with_1131() {
    let desk = Desk::new();
    desk.control(json!({ "do": "set_extension", "number": "101", "registered": false }));
    call_back(&desk, CLIENT).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "result/callback 1000
        0 #1.1 Appeared abonent 79991234567 > 101/sip c1
        0 #1.2 Disconnected abonent 79991234567 > 101/sip 1131 c1
        0 summary 2 101/sip > 79991234567 result 0 reason 1131",
    );
}

#[actix_web::test]
async fn a_callback_whose_target_does_not_take_it_ends_with_its_reason() {
    for (to, at, reason) in [
        ("79991299486", 1, 1121),
        ("79991299603", 3, 1122),
        ("79991299480", 31, 1111),
        ("79991299404", 1, 1133),
    ] {
        let desk = Desk::new();
        call_back(&desk, to).await;
        desk.advance(60.0).await;
        let story = format!(
            "result/callback 1000
            0 #1.1 Appeared abonent {to} > 101/sip c1
            1 #1.2 Connected abonent {to} > 101/sip c1
            1 #1.3 Disconnected abonent {to} > 101/sip 1000 c1
            1 #2.1 Appeared abonent 101/sip > {to} taken #1 c1
            {at} #2.2 Disconnected abonent 101/sip > {to} taken #1 {reason} c1
            {at} summary 2 101/sip > {to} result 0 reason {reason}"
        );
        tells(&desk, &story);
    }
}

#[actix_web::test]
async fn an_inbound_call_goes_through_the_menu_to_a_group() {
    let desk = Desk::new();
    desk.control(json!({ "do": "inbound", "caller": "79997654321", "keys": ["7", "2"] }));
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79997654321 > 74950000001
        1 dtmf 1 7 #1
        2 dtmf 2 2 #1
        2 #1.2 Disconnected ivr 79997654321 > 74950000001 1100
        2 #2.1 Appeared queue 79997654321 > 74950000001 group 200 taken #1
        2 #3.1 Appeared abonent 79997654321 > 101/sip group 200 taken #2
        2 #4.1 Appeared abonent 79997654321 > 102/sip group 200 taken #2
        3 #3.2 Connected abonent 79997654321 > 101/sip group 200 taken #2
        3 #4.2 Disconnected abonent 79997654321 > 102/sip group 200 taken #2 1183
        3 #2.2 Disconnected queue 79997654321 > 74950000001 group 200 taken #1 1100
        3 recording Started #3.1
        6 #3.3 Disconnected abonent 79997654321 > 101/sip group 200 taken #2 1110
        6 recording Completed #3.2 1000
        6 added 400000101
        6 summary 1 79997654321 > 101/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn an_inbound_call_that_no_operator_takes_is_missed_by_the_group() {
    let desk = Desk::new();
    for extension in ["101", "102"] {
        habit(&desk, extension, json!("no_answer"));
    }
    desk.control(json!({ "do": "inbound", "caller": "79997654321", "keys": ["2"] }));
    desk.advance(100.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79997654321 > 74950000001
        1 dtmf 1 2 #1
        1 #1.2 Disconnected ivr 79997654321 > 74950000001 1100
        1 #2.1 Appeared queue 79997654321 > 74950000001 group 200 taken #1
        1 #3.1 Appeared abonent 79997654321 > 101/sip group 200 taken #2
        1 #4.1 Appeared abonent 79997654321 > 102/sip group 200 taken #2
        31 #3.2 Disconnected abonent 79997654321 > 101/sip group 200 taken #2 1111
        31 #4.2 Disconnected abonent 79997654321 > 102/sip group 200 taken #2 1111
        36 #5.1 Appeared abonent 79997654321 > 101/sip group 200 taken #2
        36 #6.1 Appeared abonent 79997654321 > 102/sip group 200 taken #2
        61 #2.2 Disconnected queue 79997654321 > 74950000001 group 200 taken #1 1163
        61 #5.2 Disconnected abonent 79997654321 > 101/sip group 200 taken #2 1111
        61 #6.2 Disconnected abonent 79997654321 > 102/sip group 200 taken #2 1111
        61 summary 1 79997654321 > 200 result 0 reason 1163",
    );
}

#[actix_web::test]
async fn an_inbound_call_to_a_group_whose_operators_are_off_ends_with_1164() {
    let desk = Desk::new();
    for extension in ["101", "102"] {
        desk.control(json!({ "do": "set_extension", "number": extension, "registered": false }));
    }
    desk.control(json!({ "do": "inbound", "caller": "79997654321", "keys": ["2"] }));
    desk.advance(100.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79997654321 > 74950000001
        1 dtmf 1 2 #1
        1 #1.2 Disconnected ivr 79997654321 > 74950000001 1100
        1 #2.1 Appeared queue 79997654321 > 74950000001 group 200 taken #1
        61 #2.2 Disconnected queue 79997654321 > 74950000001 group 200 taken #1 1164
        61 summary 1 79997654321 > 200 result 0 reason 1164",
    );
}

#[actix_web::test]
async fn a_caller_who_hangs_up_in_the_menu_dies_there() {
    let desk = Desk::new();
    let call = desk.control(json!({ "do": "inbound", "caller": "79997654321" }));
    desk.advance(2.0).await;
    desk.control(json!({ "do": "hang_up", "call": call["call"]["id"], "leg": "a" }));
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79997654321 > 74950000001
        2 #1.2 Disconnected ivr 79997654321 > 74950000001 1110
        2 summary 1 79997654321 > - result 0 reason 1110",
    );
}

#[actix_web::test]
async fn a_routed_call_leaves_the_menu_for_a_leg_with_the_command_s_id() {
    let desk = Desk::new();
    desk.control(json!({ "do": "inbound", "caller": "79997654321" }));
    desk.advance(2.0).await;
    let route = json!({ "command_id": "c111", "call_id": desk.leg(1), "to_number": "103" });
    desk.does("commands/route", route).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79997654321 > 74950000001
        2 #1.2 Disconnected ivr 79997654321 > 74950000001 1100
        2 #2.1 Appeared abonent 79997654321 > 103/79990000103 taken #1 c111
        result/route 1000
        3 #2.2 Connected abonent 79997654321 > 103/79990000103 taken #1 c111
        3 recording Started #2.1
        6 #2.3 Disconnected abonent 79997654321 > 103/79990000103 taken #1 1110 c111
        6 recording Completed #2.2 1000
        6 added 400000103
        6 summary 1 79997654321 > 103/79990000103 result 1 reason 1110",
    );
}

#[actix_web::test]
async fn a_consultative_transfer_holds_the_caller_and_replaces_the_initiator() {
    let desk = Desk::new();
    let call = taken(&desk).await;
    let transfer = json!({ "command_id": "c2", "call_id": desk.leg(1), "method": "hold", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(2.0).await;
    desk.control(json!({ "do": "hang_up", "call": call, "leg": "b" }));
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip taken #1 consultative c2
        result/transfer 1000
        3 #2.2 Connected abonent 101/sip > 102/sip taken #1 consultative c2
        4 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        4 #2.3 Connected abonent 79997654321 > 102/sip taken #1 blind c2
        4 recording Continued #2.2
        7 #2.4 Disconnected abonent 79997654321 > 102/sip taken #1 1110 blind c2
        7 recording Completed #2.3 1000
        7 added 400000102
        7 summary 1 79997654321 > 101/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn a_consultation_ended_by_command_reconnects_the_held_party() {
    let desk = Desk::new();
    let _call = taken(&desk).await;
    let transfer =
        json!({ "call_id": desk.leg(1), "method": "hold", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(2.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(2) })).await;
    desk.advance(2.0).await;
    desk.does("commands/call/hangup", json!({ "command_id": "end", "call_id": desk.leg(1) })).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip taken #1 consultative
        result/transfer 1000
        3 #2.2 Connected abonent 101/sip > 102/sip taken #1 consultative
        4 #2.3 Disconnected abonent 101/sip > 102/sip taken #1 1181 consultative
        4 #1.4 Connected abonent 79997654321 > 101/sip
        result/call/hangup 1000
        6 #1.5 Disconnected abonent 79997654321 > 101/sip 1181
        6 recording Completed #1.2 1000
        6 added 400000101
        6 summary 1 79997654321 > 101/sip result 1 reason 1181
        result/call/hangup 1000",
    );
}

#[actix_web::test]
async fn calls_connect_joins_the_held_and_the_consulted() {
    let desk = Desk::new();
    let _call = taken(&desk).await;
    let transfer =
        json!({ "call_id": desk.leg(1), "method": "hold", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(2.0).await;
    let connect = json!({ "command_id": "c4", "holded_call_id": desk.leg(1), "transferred_call_id": desk.leg(2), "transfer_initiator_number": "101" });
    desk.does("commands/calls_connect", connect).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip taken #1 consultative
        result/transfer 1000
        3 #2.2 Connected abonent 101/sip > 102/sip taken #1 consultative
        4 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        4 #2.3 Connected abonent 79997654321 > 102/sip taken #1 blind
        4 recording Continued #2.2
        result/calls_connect 1000
        7 #2.4 Disconnected abonent 79997654321 > 102/sip taken #1 1110 blind
        7 recording Completed #2.3 1000
        7 added 400000102
        7 summary 1 79997654321 > 101/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn a_blind_transfer_moves_the_caller_at_once() {
    let desk = Desk::new();
    taken(&desk).await;
    let transfer = json!({ "command_id": "c3", "call_id": desk.leg(1), "method": "blind", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip blind c3
        2 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        2 #2.2 Appeared abonent 79997654321 > 102/sip taken #1 blind c3
        result/transfer 1000
        3 #2.3 Connected abonent 79997654321 > 102/sip taken #1 blind c3
        3 recording Continued #2.2
        6 #2.4 Disconnected abonent 79997654321 > 102/sip taken #1 1110 blind c3
        6 recording Completed #2.3 1000
        6 added 400000102
        6 summary 1 79997654321 > 101/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn a_blind_transfer_that_nobody_takes_comes_back() {
    let desk = Desk::new();
    taken(&desk).await;
    habit(&desk, "102", json!("no_answer"));
    let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(60.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(3) })).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip blind
        2 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        2 #2.2 Appeared abonent 79997654321 > 102/sip taken #1 blind
        result/transfer 1000
        32 #2.3 Disconnected abonent 79997654321 > 102/sip taken #1 1111 blind
        32 #3.1 Appeared abonent 79997654321 > 101/sip taken #2 return_blind
        33 #3.2 Connected abonent 79997654321 > 101/sip taken #2 return_blind
        33 recording Continued #3.2
        62 #3.3 Disconnected abonent 79997654321 > 101/sip taken #2 1181 return_blind
        62 recording Completed #3.3 1000
        62 added 400000101
        62 summary 1 79997654321 > 101/sip result 1 reason 1181
        result/call/hangup 1000",
    );
}

#[actix_web::test]
async fn a_hang_up_during_a_blind_transfer_rings_the_initiator_back() {
    let desk = Desk::new();
    taken(&desk).await;
    habit(&desk, "102", json!("no_answer"));
    let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(3.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(2) })).await;
    desk.advance(2.0).await;
    desk.does("commands/call/hangup", json!({ "call_id": desk.leg(3) })).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip blind
        2 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        2 #2.2 Appeared abonent 79997654321 > 102/sip taken #1 blind
        result/transfer 1000
        5 #2.3 Disconnected abonent 79997654321 > 102/sip taken #1 1181 blind
        5 #3.1 Appeared abonent 79997654321 > 101/sip taken #2 return_blind
        result/call/hangup 1000
        6 #3.2 Connected abonent 79997654321 > 101/sip taken #2 return_blind
        6 recording Continued #3.2
        7 #3.3 Disconnected abonent 79997654321 > 101/sip taken #2 1181 return_blind
        7 recording Completed #3.3 1000
        7 added 400000101
        7 summary 1 79997654321 > 101/sip result 1 reason 1181
        result/call/hangup 1000",
    );
}

#[actix_web::test]
async fn a_blind_transfer_to_a_group_goes_through_its_queue() {
    let desk = Desk::new();
    taken(&desk).await;
    let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "200", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        2 #2.1 Appeared queue 101/sip > 74950000001 group 200 blind
        2 #1.4 Disconnected abonent 79997654321 > 101/sip 1120 to.was_transferred
        2 #2.2 Appeared queue 79997654321 > 74950000001 group 200 taken #1 blind
        2 #3.1 Appeared abonent 79997654321 > 101/sip group 200 taken #2 blind
        2 #4.1 Appeared abonent 79997654321 > 102/sip group 200 taken #2 blind
        result/transfer 1000
        3 #3.2 Connected abonent 79997654321 > 101/sip group 200 taken #2 blind
        3 recording Continued #3.2
        3 #4.2 Disconnected abonent 79997654321 > 102/sip group 200 taken #2 1183 blind
        3 #2.3 Disconnected queue 79997654321 > 74950000001 group 200 taken #1 1100 blind",
    );
}

#[actix_web::test]
async fn an_employee_s_own_call_can_be_transferred_by_the_employee() {
    let desk = Desk::new();
    desk.control(json!({ "do": "set_rules", "rules": [{ "to": CLIENT, "outcome": "answer", "ring": 1, "talk": 100 }] }));
    desk.control(json!({ "do": "dial", "from": "101", "to": CLIENT }));
    desk.advance(2.0).await;
    let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "102", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 101/sip > 79991234567
        1 #1.2 Connected abonent 101/sip > 79991234567
        1 recording Started #1.1
        2 #1.3 OnHold abonent 101/sip > 79991234567 from.hold_initiator
        2 #2.1 Appeared abonent 101/sip > 102/sip blind
        2 #1.4 Disconnected abonent 101/sip > 79991234567 1110 from.was_transferred
        2 #2.2 Appeared abonent 79991234567 > 102/sip taken #1 blind
        result/transfer 1000
        3 #2.3 Connected abonent 79991234567 > 102/sip taken #1 blind
        3 recording Continued #2.2
        6 #2.4 Disconnected abonent 79991234567 > 102/sip taken #1 1120 blind
        6 recording Completed #2.3 1000
        6 added 400000102
        6 summary 2 101/sip > 79991234567 result 1 reason 1120",
    );
}

#[actix_web::test]
async fn a_command_that_hangs_up_ends_the_leg_with_1181() {
    let desk = Desk::new();
    call_back(&desk, CLIENT).await;
    desk.advance(4.0).await;
    desk.does("commands/call/hangup", json!({ "command_id": "stop", "call_id": desk.leg(2) }))
        .await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "result/callback 1000
        0 #1.1 Appeared abonent 79991234567 > 101/sip c1
        1 #1.2 Connected abonent 79991234567 > 101/sip c1
        1 #1.3 Disconnected abonent 79991234567 > 101/sip 1000 c1
        1 #2.1 Appeared abonent 101/sip > 79991234567 taken #1 c1
        3 #2.2 Connected abonent 101/sip > 79991234567 taken #1 c1
        3 recording Started #2.1
        4 #2.3 Disconnected abonent 101/sip > 79991234567 taken #1 1181 c1
        4 recording Completed #2.2 1000
        4 added 400000101
        4 summary 2 101/sip > 79991234567 result 1 reason 1181
        result/call/hangup 1000",
    );
}

#[actix_web::test]
async fn a_held_conversation_waits_and_says_who_holds_it() {
    let desk = Desk::new();
    let call = taken(&desk).await;
    desk.does("commands/call/hold/on", json!({ "call_id": desk.leg(1), "initiator": "101" })).await;
    desk.advance(5.0).await;
    desk.control(json!({ "do": "resume", "call": call, "leg": "a" }));
    desk.advance(5.0).await;
    desk.control(json!({ "do": "hang_up", "call": call, "leg": "a" }));
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79997654321 > 101/sip
        1 #1.2 Connected abonent 79997654321 > 101/sip
        1 recording Started #1.1
        2 #1.3 OnHold abonent 79997654321 > 101/sip to.hold_initiator
        result/call/hold/on 1000
        7 #1.4 Connected abonent 79997654321 > 101/sip
        12 #1.5 Disconnected abonent 79997654321 > 101/sip 1110
        12 recording Completed #1.2 1000
        12 added 400000101
        12 summary 1 79997654321 > 101/sip result 1 reason 1110",
    );
}

#[actix_web::test]
async fn callers_who_are_not_let_in_are_refused_with_their_reason() {
    let desk = Desk::with(json!({ "forbidden_regions": ["7800"] }));
    let listed = json!({ "number": "79990001122", "list_type": "black", "number_type": "tel" });
    desk.does("bwlists/number/add", listed).await;
    desk.control(json!({ "do": "inbound", "caller": "79990001122" }));
    desk.control(json!({ "do": "inbound", "caller": "78001112233" }));
    desk.control(json!({ "do": "set_active_list", "list": "white" }));
    desk.control(json!({ "do": "inbound", "caller": "79997654321" }));
    desk.control(json!({ "do": "set_active_list", "list": "black" }));
    desk.does("schema/set", json!({ "schema_id": 430000002, "line_id": 420000001 })).await;
    desk.control(json!({ "do": "inbound", "caller": "79997654321" }));
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared ivr 79990001122 > 74950000001
        0 #1.2 Disconnected ivr 79990001122 > 74950000001 1151
        0 summary 1 79990001122 > - result 0 reason 1151
        0 #2.1 Appeared ivr 78001112233 > 74950000001
        0 #2.2 Disconnected ivr 78001112233 > 74950000001 1140
        0 summary 1 78001112233 > - result 0 reason 1140
        0 #3.1 Appeared ivr 79997654321 > 74950000001
        0 #3.2 Disconnected ivr 79997654321 > 74950000001 1152
        0 summary 1 79997654321 > - result 0 reason 1152
        0 #4.1 Appeared ivr 79997654321 > 74950000001
        0 #4.2 Disconnected ivr 79997654321 > 74950000001 1192
        0 summary 1 79997654321 > - result 0 reason 1192",
    );
}

#[actix_web::test]
async fn a_group_callback_rings_the_client_first_or_the_group_first() {
    let desk = Desk::new();
    desk.does(
        "commands/callback_group",
        json!({ "command_id": "g1", "from": CLIENT, "to": "200" }),
    )
    .await;
    desk.advance(60.0).await;
    desk.does(
        "commands/callback_group",
        json!({ "command_id": "g2", "from": "200", "to": CLIENT }),
    )
    .await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "result/callback_group 1000
        0 #1.1 Appeared abonent 200 > 79991234567 g1
        2 #1.2 Connected abonent 200 > 79991234567 g1
        2 #1.3 Disconnected abonent 200 > 79991234567 1000 g1
        2 #2.1 Appeared queue 79991234567 > - group 200 taken #1 g1
        2 #3.1 Appeared abonent 79991234567 > 101/sip group 200 taken #2 g1
        2 #4.1 Appeared abonent 79991234567 > 102/sip group 200 taken #2 g1
        3 #3.2 Connected abonent 79991234567 > 101/sip group 200 taken #2 g1
        3 #4.2 Disconnected abonent 79991234567 > 102/sip group 200 taken #2 1183 g1
        3 #2.2 Disconnected queue 79991234567 > - group 200 taken #1 1100 g1
        3 recording Started #3.1
        6 #3.3 Disconnected abonent 79991234567 > 101/sip group 200 taken #2 1110 g1
        6 recording Completed #3.2 1000
        6 added 400000101
        6 summary 2 79991234567 > 101/sip result 1 reason 1110
        result/callback_group 1000
        60 #5.1 Appeared queue 79991234567 > - group 200 g2
        60 #6.1 Appeared abonent 79991234567 > 101/sip group 200 taken #5 g2
        60 #7.1 Appeared abonent 79991234567 > 102/sip group 200 taken #5 g2
        61 #6.2 Connected abonent 79991234567 > 101/sip group 200 taken #5 g2
        61 #6.3 Disconnected abonent 79991234567 > 101/sip group 200 taken #5 1000 g2
        61 #7.2 Disconnected abonent 79991234567 > 102/sip group 200 taken #5 1183 g2
        61 #5.2 Disconnected queue 79991234567 > - group 200 1100 g2
        61 #8.1 Appeared abonent 101/sip > 79991234567 taken #6 g2
        63 #8.2 Connected abonent 101/sip > 79991234567 taken #6 g2
        63 recording Started #8.1
        66 #8.3 Disconnected abonent 101/sip > 79991234567 taken #6 1120 g2
        66 recording Completed #8.2 1000
        66 added 400000101
        66 summary 2 101/sip > 79991234567 result 1 reason 1120",
    );
}

#[actix_web::test]
async fn a_campaign_dials_its_tasks_and_its_legs_carry_the_task() {
    let desk = Desk::new();
    let add = json!({ "line_id": 420000001, "name": "Spring", "operators": [400000101], "redial_busy": 1, "timer_busy": 10,
        "schedule": [{ "weekday": 1, "start": "00:00", "end": "23:59" }] });
    let id = desk.does("campaign/add", add).await["campaign_id"].clone();
    desk.does(
        "tasks/push",
        json!({ "campaign_id": id, "tasks": [{ "number": CLIENT }, { "number": "79991299486" }] }),
    )
    .await;
    desk.does("campaign/start", json!({ "campaign_id": id })).await;
    desk.advance(60.0).await;
    tells(
        &desk,
        "0 #1.1 Appeared abonent 79991234567 > 101/sip 461000001
        1 #1.2 Connected abonent 79991234567 > 101/sip 461000001
        1 #1.3 Disconnected abonent 79991234567 > 101/sip 1000 461000001
        1 #2.1 Appeared abonent 101/sip > 79991234567 taken #1 461000001
        3 #2.2 Connected abonent 101/sip > 79991234567 taken #1 461000001
        3 recording Started #2.1
        6 #2.3 Disconnected abonent 101/sip > 79991234567 taken #1 1120 461000001
        6 recording Completed #2.2 1000
        6 added 400000101
        6 summary 2 101/sip > 79991234567 result 1 reason 1120
        6 #3.1 Appeared abonent 79991299486 > 101/sip 461000002
        7 #3.2 Connected abonent 79991299486 > 101/sip 461000002
        7 #3.3 Disconnected abonent 79991299486 > 101/sip 1000 461000002
        7 #4.1 Appeared abonent 101/sip > 79991299486 taken #3 461000002
        7 #4.2 Disconnected abonent 101/sip > 79991299486 taken #3 1121 461000002
        7 summary 2 101/sip > 79991299486 result 0 reason 1121
        17 #5.1 Appeared abonent 79991299486 > 101/sip 461000002
        18 #5.2 Connected abonent 79991299486 > 101/sip 461000002
        18 #5.3 Disconnected abonent 79991299486 > 101/sip 1000 461000002
        18 #6.1 Appeared abonent 101/sip > 79991299486 taken #5 461000002
        18 #6.2 Disconnected abonent 101/sip > 79991299486 taken #5 1121 461000002
        18 summary 2 101/sip > 79991299486 result 0 reason 1121",
    );
}
