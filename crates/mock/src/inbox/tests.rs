use serde_json::json;

use super::*;

fn message(inbox: &str, size: usize) -> InboxMessage {
    let at = ringback_engine::OffsetDateTime::UNIX_EPOCH;
    InboxMessage {
        number: 0,
        inbox: inbox.to_owned(),
        at,
        real_at: at,
        method: "POST".to_owned(),
        url: String::new(),
        path: "/".to_owned(),
        query: String::new(),
        headers: Vec::new(),
        body: vec![0; size].into(),
        answered: Some(200),
        from: None,
        call: None,
        origin: serde_json::Map::new(),
        signature: None,
    }
}

#[test]
fn messages_are_bounded_in_number_and_bytes_and_what_is_lost_is_counted() {
    let inboxes = Inboxes::default();
    for _ in 0..MESSAGES {
        inboxes.keep(message("crm", 0));
    }
    inboxes.keep(message("other", 0));
    let crm = inboxes.view("crm").unwrap();
    assert_eq!((crm.kept, crm.received, crm.missed), (MESSAGES - 1, 10_000, 1));
    for _ in 0..70 {
        inboxes.keep(message("other", 1 << 20));
    }
    assert!(inboxes.inner.lock().bytes <= BYTES);
    assert_eq!(inboxes.view("crm").unwrap().kept, 0);
    inboxes.remove("other");
    assert_eq!(inboxes.inner.lock().bytes, 0);
    assert_eq!(inboxes.view("other").map(|view| view.kept), None);
}

#[test]
fn there_are_so_many_inboxes_and_no_more() {
    let inboxes = Inboxes::default();
    for number in 0..INBOXES {
        assert_eq!(inboxes.set(&format!("i{number}"), InboxPlan::default()), Ok(true));
    }
    assert_eq!(inboxes.set("one-more", InboxPlan::default()), Err(TooManyInboxes));
    assert_eq!(inboxes.set("i7", InboxPlan::default()), Ok(false));
}

#[test]
fn a_plan_is_read_as_it_is_shown_and_says_where_it_is_wrong() {
    let written = json!({
        "plan": [500, "reset", { "status": 200, "delay": 2.0, "headers": { "x-a": "1" }, "body": "b" }],
        "then": 204,
    });
    let read = InboxPlan::read(written.as_object().unwrap()).unwrap();
    let shown: Vec<_> = read.plan.iter().map(InboxAnswer::show).collect();
    assert_eq!((json!(shown), read.then.show()), (written["plan"].clone(), json!(204)));
    assert_eq!(read.answer(3).status, Some(204));
    for (wrong, at) in [
        (json!({ "plan": 500 }), "/plan"),
        (json!({ "plan": [200, 99] }), "/plan/1"),
        (json!({ "plan": ["drop"] }), "/plan/0"),
        (json!({ "plan": [{ "delay": -1 }] }), "/plan/0/delay"),
        (json!({ "plan": [{ "delay": 601 }] }), "/plan/0/delay"),
        (json!({ "plan": [{ "statuss": 200 }] }), "/plan/0/statuss"),
        (json!({ "then": { "headers": { "content-length": "5" } } }), "/then/headers"),
        (json!({ "then": { "status": 200, "reset": true } }), "/then/reset"),
    ] {
        let (found, _) = InboxPlan::read(wrong.as_object().unwrap()).unwrap_err();
        assert_eq!(found, at, "{wrong}");
    }
}
