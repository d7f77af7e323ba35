//! Notifications as a capture of real ones has them: their keys in the order in which they came.

use serde_json::{Value, json};

use crate::desk::{Desk, Told};

const CALLER: &str = "79997654321";

/// What was told at a path, to the byte.
fn texts(desk: &Desk, path: &str) -> Vec<String> {
    let told = desk.told().into_iter().filter(|told| told.path == path);
    told.map(|told| told.text).collect()
}

/// The notifications of a call: its legs and its summary.
fn of_call(desk: &Desk) -> Vec<Told> {
    let paths = ["events/call", "events/summary"];
    desk.told().into_iter().filter(|told| paths.contains(&told.path.as_str())).collect()
}

/// What every notification of a call says under a key; nothing where it is absent.
fn says(desk: &Desk, key: &str) -> Vec<Value> {
    let mut said: Vec<Value> = of_call(desk).iter().map(|told| told.json[key].clone()).collect();
    said.dedup();
    said
}

fn dial(desk: &Desk, from: &str, to: &str) {
    desk.control(json!({ "do": "dial", "from": from, "to": to }));
}

#[actix_web::test]
async fn a_call_through_the_menu_to_an_employee_has_the_captured_keys() {
    let desk = Desk::new();
    desk.control(json!({ "do": "inbound", "caller": CALLER, "keys": ["1"] }));
    desk.advance(60.0).await;
    let entry = "NzAwMDAwMDAxOjgx";
    let (menu, leg) = ("MToxMDAwMTAwMTo4MTo5MDAwMDAwMTox", "MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==");
    let event = |id: &str, at: u32, seq: u32, state: &str, rest: &str, reason: &str| {
        let (place, taken, to) = match id == menu {
            true => ("ivr", String::new(), ""),
            false => {
                ("abonent", format!(r#","taken_from_call_id":"{menu}""#), r#""extension":"101","#)
            }
        };
        format!(
            r#"{{"entry_id":"{entry}","call_id":"{id}","timestamp":17676036{at:02},"seq":{seq},"call_state":"{state}","location":"{place}","from":{{"number":"{CALLER}"{taken}}},"to":{{{to}"number":"{rest}","line_number":"74950000001"}}{reason},"dct":{{"type":0}}}}"#
        )
    };
    let (line, sip) = ("74950000001", "sip:user101@demo.mangosip.ru");
    let wanted = [
        event(menu, 0, 1, "Appeared", line, ""),
        event(menu, 1, 2, "Disconnected", line, r#","disconnect_reason":1100"#),
        event(leg, 1, 1, "Appeared", sip, ""),
        event(leg, 2, 2, "Connected", sip, ""),
        event(leg, 5, 3, "Disconnected", sip, r#","disconnect_reason":1110"#),
    ];
    assert_eq!(texts(&desk, "events/call"), wanted);
    let wanted = format!(
        r#"{{"entry_id":"{entry}","call_direction":1,"from":{{"number":"{CALLER}"}},"to":{{"extension":"101","number":"{sip}"}},"line_number":"{line}","create_time":1767603600,"forward_time":1767603601,"talk_time":1767603602,"end_time":1767603605,"entry_result":1,"disconnect_reason":1110}}"#
    );
    assert_eq!(texts(&desk, "events/summary"), [wanted]);
}

#[actix_web::test]
async fn a_call_that_a_softphone_placed_has_the_captured_keys() {
    let desk = Desk::new();
    dial(&desk, "101", "79995550000");
    desk.advance(30.0).await;
    let entry = "NzAwMDAwMDAx";
    let id = says(&desk, "sip_call_id").pop().unwrap();
    let event = |at: u32, seq: u32, state: &str, reason: &str| {
        format!(
            r#"{{"entry_id":"{entry}","call_id":"MToxMDAwMTAwMTo4MTo5MDAwMDAwMQ==","timestamp":17676036{at:02},"seq":{seq},"call_state":"{state}","location":"abonent","from":{{"extension":"101","number":"sip:user101@demo.mangosip.ru"}},"to":{{"number":"79995550000"}}{reason},"dct":{{"type":0}},"sip_call_id":{id}}}"#
        )
    };
    let wanted = [
        event(0, 1, "Appeared", ""),
        event(2, 2, "Connected", ""),
        event(5, 3, "Disconnected", r#","disconnect_reason":1120"#),
    ];
    assert_eq!(texts(&desk, "events/call"), wanted);
    let wanted = format!(
        r#"{{"entry_id":"{entry}","call_direction":2,"from":{{"extension":"101","number":"sip:user101@demo.mangosip.ru"}},"to":{{"number":"79995550000"}},"line_number":"74950000001","create_time":1767603600,"forward_time":1767603600,"talk_time":1767603602,"end_time":1767603605,"entry_result":1,"disconnect_reason":1120,"sip_call_id":{id}}}"#
    );
    assert_eq!(texts(&desk, "events/summary"), [wanted]);
    let id = id.as_str().unwrap();
    assert_eq!(id, id.to_uppercase());
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
}

#[actix_web::test]
async fn one_uuid_a_call_whatever_becomes_of_it_and_another_one_for_the_next() {
    let desk = Desk::new();
    let long = json!({ "to": "79995550000", "outcome": "answer", "ring": 1, "talk": 100 });
    desk.control(json!({ "do": "set_rules", "rules": [long] }));
    dial(&desk, "101", "79995550000");
    desk.advance(2.0).await;
    let transfer = json!({ "call_id": desk.leg(1), "method": "blind", "to_number": "200", "initiator": "101" });
    desk.does("commands/transfer", transfer).await;
    desk.advance(200.0).await;
    let first = says(&desk, "sip_call_id");
    assert_eq!(first.len(), 1, "{first:?}");
    for to in ["103", "200", "79991299486"] {
        dial(&desk, "102", to);
        desk.advance(200.0).await;
    }
    let all = says(&desk, "sip_call_id");
    let different: std::collections::BTreeSet<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!((all.len(), different.len()), (4, 4), "{all:?}");
    assert!(all.iter().all(Value::is_string), "{all:?}");
}

#[actix_web::test]
async fn only_a_call_that_a_softphone_placed_has_its_identity() {
    let callback = json!({ "from": { "extension": "101" }, "to_number": "79995550000" });
    let group = json!({ "from": "200", "to": "79995550000" });
    let desk = Desk::new();
    // From outside, through the menu, to a group and to an employee.
    for keys in [json!(["1"]), json!(["2"]), json!([])] {
        desk.control(json!({ "do": "inbound", "caller": CALLER, "keys": keys }));
        desk.advance(60.0).await;
    }
    dial(&desk, CALLER, "101");
    desk.advance(60.0).await;
    // The exchange rings the employee.
    desk.does("commands/callback", callback).await;
    desk.advance(60.0).await;
    desk.does("commands/callback_group", group).await;
    desk.advance(60.0).await;
    // A telephone without SIP, and a softphone that only gets into the menu.
    dial(&desk, "103", "79995550000");
    desk.advance(60.0).await;
    dial(&desk, "101", "74950000001");
    desk.advance(60.0).await;
    assert_eq!(texts(&desk, "events/summary").len(), 8);
    assert_eq!(says(&desk, "sip_call_id"), [Value::Null]);
}

#[actix_web::test]
async fn every_leg_says_that_it_came_by_no_tracked_number_and_no_summary_does() {
    let desk = Desk::new();
    let week = json!([{ "weekday": 1, "start": "00:00", "end": "24:00" }]);
    let add = json!({ "line_id": 420000001, "name": "Spring", "operators": [400000103], "schedule": week });
    let id = desk.does("campaign/add", add).await["campaign_id"].clone();
    let tasks = json!({ "campaign_id": id, "tasks": [{ "number": "79995550000" }] });
    desk.does("tasks/push", tasks).await;
    desk.does("campaign/start", json!({ "campaign_id": id })).await;
    desk.advance(60.0).await;
    desk.control(json!({ "do": "inbound", "caller": CALLER, "keys": ["2"] }));
    desk.advance(60.0).await;
    dial(&desk, "101", "102");
    desk.advance(60.0).await;
    dial(&desk, "102", "79991299486");
    desk.advance(60.0).await;
    let callback = json!({ "from": { "extension": "101" }, "to_number": "79991299480" });
    desk.does("commands/callback", callback).await;
    desk.advance(60.0).await;
    desk.control(json!({ "do": "set_active_list", "list": "white" }));
    desk.control(json!({ "do": "inbound", "caller": CALLER }));
    assert_eq!(texts(&desk, "events/summary").len(), 6);
    for told in of_call(&desk) {
        let wanted = if told.path == "events/call" { json!({ "type": 0 }) } else { Value::Null };
        assert_eq!(told.json["dct"], wanted, "{}", told.text);
    }
}
