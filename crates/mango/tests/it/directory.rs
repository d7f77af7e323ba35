//! Employees, groups, lines and lists are what calls are made of.

use ringback_mango::{Mango, RunOperation};
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::desk::{Desk, ask};

fn has_phone(api: &Api<Mango>, extension: &str) -> bool {
    api.demo().read(|pbx| pbx.exchange().extension(extension).is_some()).unwrap()
}

fn has_group(api: &Api<Mango>, extension: &str) -> bool {
    api.demo().read(|pbx| pbx.exchange().service(extension).is_some()).unwrap()
}

#[actix_web::test]
async fn an_employee_has_a_phone_from_the_first_day_to_the_last() {
    let desk = Desk::new();
    let zoe = json!({ "name": "Zoe", "access_role_id": 10451, "extension": "104" });
    let user_id = desk.does("member/create", zoe).await["user_id"].clone();
    assert!(has_phone(&desk.api, "104"));

    let order = json!({ "from": { "extension": "104" }, "to_number": "79991234567" });
    desk.does("commands/callback", order.clone()).await;
    desk.advance(60.0).await;

    desk.does("member/update", json!({ "user_id": user_id, "extension": "144" })).await;
    assert!(!has_phone(&desk.api, "104") && has_phone(&desk.api, "144"));
    assert_eq!(desk.ask("commands/callback", order).await.json["result"], 3100);

    desk.does("member/delete", json!({ "user_id": user_id })).await;
    assert!(!has_phone(&desk.api, "144"));
}

#[actix_web::test]
async fn a_refused_employee_has_no_phone() {
    let api = Api::<Mango>::frozen();
    let zoe = json!({ "name": "Zoe", "access_role_id": 1, "extension": "104" });
    assert_eq!(ask(&api, "member/create", &zoe).await.json["result"], 3300);
    assert!(!has_phone(&api, "104"));
}

#[actix_web::test]
async fn there_is_a_last_employee_and_a_last_group() {
    let api = Api::<Mango>::frozen();
    let account = api.demo();
    let perform =
        |operation: &str, json: Value| account.execute(RunOperation::new(operation, json));
    let hire = |extension: u32| {
        let extension = extension.to_string();
        json!({ "name": "Somebody", "access_role_id": 3, "extension": extension })
    };
    for extension in 1_000..1_997 {
        perform("member/create", hire(extension)).unwrap().unwrap();
    }
    let refused = perform("member/create", hire(5_000)).unwrap();
    assert_eq!(refused.unwrap_err().code, 5228);
    assert!(!has_phone(&api, "5000"));

    for _ in 0..999 {
        perform("group/create", json!({ "name": "Some" })).unwrap().unwrap();
    }
    let refused = perform("group/create", json!({ "name": "Some" })).unwrap();
    assert_eq!(refused.unwrap_err().code, 3107);
}

#[actix_web::test]
async fn a_group_is_a_queue_as_long_as_it_exists() {
    let desk = Desk::new();
    let support = json!({ "name": "Support", "extension": "201", "operators": [400000103] });
    let group_id = desk.does("group/create", support).await["group_id"].clone();
    assert!(has_group(&desk.api, "201"));
    let renumbered = json!({ "group_id": group_id, "group": { "extension": "202" } });
    desk.does("group/update", renumbered).await;
    assert!(!has_group(&desk.api, "201") && has_group(&desk.api, "202"));
    desk.does("group/delete", json!({ "group_id": group_id })).await;
    assert!(!has_group(&desk.api, "202"));

    // Without an extension nobody can dial it, and another one is no clash.
    desk.does("group/create", json!({ "name": "Nobody" })).await;
    desk.does("group/create", json!({ "name": "Nobody else" })).await;
    assert!(!has_group(&desk.api, ""));
}

/// Calls the first line and returns why it ended.
async fn fate(desk: &Desk, caller: &str) -> Value {
    desk.control(json!({ "do": "inbound", "caller": caller, "keys": ["1"] }));
    desk.advance(120.0).await;
    let told = desk.told();
    let summary = told.iter().rfind(|told| told.path == "events/summary").unwrap();
    summary.json["disconnect_reason"].clone()
}

#[actix_web::test]
async fn a_caller_on_the_black_list_is_refused_until_taken_off_it() {
    let desk = Desk::new();
    let talks = fate(&desk, "79990001122").await;
    assert!(talks != 1151 && talks != 1152, "{talks}");
    for number in ["8 (999) 000-11-22", "7495#######", "74960000000-74960000099", "7812*"] {
        desk.does("bwlists/number/add", json!({ "number": number })).await;
    }
    for refused in ["79990001122", "74951234567", "74960000050", "78120", "+7 812 123"] {
        assert_eq!(fate(&desk, refused).await, 1151, "{refused}");
    }
    for let_through in ["79990001123", "749512345678", "74960000100", "78110"] {
        assert_ne!(fate(&desk, let_through).await, 1151, "{let_through}");
    }
    desk.does("bwlists/number/delete", json!({ "number_id": 450000001 })).await;
    assert_ne!(fate(&desk, "79990001122").await, 1151);
}

#[actix_web::test]
async fn only_callers_on_the_white_list_pass_while_it_is_the_active_one() {
    let desk = Desk::new();
    let ivy = json!({ "number": "79995550001", "list_type": "white" });
    desk.does("bwlists/number/add", ivy).await;
    assert_ne!(fate(&desk, "79990001122").await, 1152);
    desk.control(json!({ "do": "set_active_list", "list": "white" }));
    assert_eq!(desk.does("bwlists/state", json!({})).await["active"], "white");
    assert_eq!(fate(&desk, "79990001122").await, 1152);
    assert_ne!(fate(&desk, "79995550001").await, 1152);
}

#[actix_web::test]
async fn a_hidden_number_passes_where_the_active_list_allows_it() {
    let desk = Desk::new();
    let activate = |list: &str, allow: bool| {
        let control =
            json!({ "do": "set_active_list", "list": list, "allow_unknown_number": allow });
        desk.control(control);
    };
    assert_ne!(fate(&desk, "").await, 1151, "the black list allows it at first");
    activate("black", false);
    assert_eq!(fate(&desk, "").await, 1151);
    activate("white", true);
    assert_ne!(fate(&desk, "").await, 1152);
    activate("white", false);
    assert_eq!(fate(&desk, "").await, 1152);
}

#[actix_web::test]
async fn a_line_with_the_night_scheme_refuses_calls() {
    let desk = Desk::new();
    let night = json!({ "schema_id": 430000002, "line_id": 420000001 });
    desk.does("schema/set", night).await;
    assert_eq!(fate(&desk, "79995550001").await, 1192);
    let day = json!({ "schema_id": 430000001, "line_id": 420000001 });
    desk.does("schema/set", day).await;
    assert_ne!(fate(&desk, "79995550001").await, 1192);
}

#[actix_web::test]
async fn a_large_book_is_read_page_by_page_without_gaps() {
    let api = Api::<Mango>::frozen();
    for thousand in 0..2 {
        for half in 0..2 {
            let rows = (0..500).map(|row| {
                let number = thousand * 1_000 + half * 500 + row;
                json!({ "name": format!("N{number:05}"), "phones": [format!("7999{number:07}")] })
            });
            let data = json!({ "data": rows.collect::<Vec<_>>() });
            let made = ask(&api, "ab/contacts/create", &data).await.json;
            assert_eq!(made["data"].as_object().unwrap().len(), 500);
        }
    }
    let init = json!({ "query": "n0", "limit_rows": 300, "order": [{ "name": "desc" }] });
    let mut answer = ask(&api, "ab/contact/init", &init).await.json;
    let mut names = Vec::new();
    loop {
        let page = answer["data"].as_array().unwrap();
        names.extend(page.iter().map(|contact| contact["name"].as_str().unwrap().to_owned()));
        let info = &answer["state"]["info"];
        if info["page"] == info["pages"] {
            break;
        }
        let next = json!({ "cursor": answer["state"]["cursor"], "mode": "next-page-1" });
        answer = ask(&api, "ab/contact/cursor", &next).await.json;
    }
    let wanted: Vec<String> = (0..2_000).rev().map(|number| format!("N{number:05}")).collect();
    assert_eq!(names, wanted);
}

#[actix_web::test]
async fn what_is_wrong_with_a_request_is_told_before_what_it_refers_to() {
    let api = Api::<Mango>::frozen();
    for (operation, request, result, blamed) in [
        // The mode comes before the rows, and only contacts mind it where they are changed.
        ("ab/contacts/update", json!({ "on_error": "x", "data": [{}] }), 3104, "on_error"),
        (
            "ab/organizations/update",
            json!({ "on_error": "x", "data": [{}] }),
            3103,
            "data.0.org_id",
        ),
        ("ab/groups/update", json!({ "on_error": "x", "data": [{}] }), 3103, "data.0.group_id"),
        // A field comes before the record, the record before what is named by its fields.
        ("member/update", json!({ "user_id": 9, "dial_alg": 7 }), 3104, "dial_alg"),
        ("member/update", json!({ "user_id": 9, "line_id": 9 }), 3300, "user_id"),
        ("group/update", json!({ "group_id": 9, "group": { "line_id": 9 } }), 3300, "group_id"),
        ("cc/deal/update", json!({ "deal_id": 9, "amount": "x" }), 3104, "amount"),
        // What a new one cannot do without comes in between.
        ("group/create", json!({ "line_id": 9 }), 3103, "name"),
        (
            "group/create",
            json!({ "group": { "name": "Day", "line_id": 9 } }),
            3300,
            "group.line_id",
        ),
        ("cc/deal/create", json!({ "contact_id": 9 }), 3103, "name"),
        (
            "cc/deal/create",
            json!({ "name": "x", "contact_id": 9, "step_id": 9 }),
            3300,
            "contact_id",
        ),
    ] {
        let reply = ask(&api, operation, &request).await;
        assert_eq!(reply.json["result"], result, "{operation} {request}");
        assert_eq!(reply.json["fields"], json!({ blamed: result }), "{operation} {request}");
    }
}
