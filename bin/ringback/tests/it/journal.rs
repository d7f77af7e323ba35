//! The journal of requests, asked as a test does.

use ringback_engine::Duration;
use ringback_mango::Mango;
use ringback_mock::{Vendor, bench::Bench};
use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::started::{mistake, ringback, success};

const PARTNER: &str = "/api/v1/partner/voip24h";
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Returns the first credential of the demo account.
pub(crate) fn credential<V: Vendor>(api: &Api<V>) -> String {
    api.engine().read(|accounts| accounts.demo_credential().unwrap().to_owned())
}

/// Asks Voip24h for something.
pub(crate) async fn partner(api: &Api<Voip24h>, kind: &str, data: &Value) -> Value {
    let body = json!({ "requestType": kind, "partnerSecret": credential(api), "data": data });
    api.request("POST", PARTNER, &[JSON], body.to_string()).await.json
}

/// Signs and sends a request of MANGO OFFICE.
pub(crate) async fn signed(api: &Api<Mango>, path: &str, json: &Value) -> Value {
    let key = credential(api);
    let salt = api.demo().read(|pbx| pbx.salt().to_owned()).unwrap();
    let json = json.to_string();
    let sign = Sha256::digest(format!("{key}{json}{salt}"));
    let sign: String = sign.iter().map(|byte| format!("{byte:02x}")).collect();
    let form = [("vpbx_api_key", key), ("sign", sign), ("json", json)];
    let form = serde_urlencoded::to_string(form).unwrap();
    api.request("POST", &format!("/vpbx/{path}"), &[FORM], form).await.json
}

/// Orders a callback.
pub(crate) async fn callback(api: &Api<Mango>, to: &str) -> Value {
    let order = json!({ "command_id": "c1", "from": { "extension": "101" }, "to_number": to });
    signed(api, "commands/callback", &order).await
}

#[actix_web::test]
async fn a_request_is_kept_with_its_answer_and_the_call_that_it_began() {
    let api = Api::<Voip24h>::frozen();
    partner(&api, "makeDial", &json!({ "extension": "101", "phone": "0912345678" })).await;
    let list = api.get("/__admin/journal").await.json;
    let entry = &list["requests"][0];
    assert_eq!(
        (&list["total"], &list["missed"], &list["next"]),
        (&json!(1), &json!(0), &json!(null))
    );
    for (name, value) in [
        ("id", json!("voip24h-r1")),
        ("kind", json!("request")),
        ("vendor", json!("voip24h")),
        ("account", json!(credential(&api))),
        ("operation", json!("partner")),
        ("method", json!("POST")),
        ("url", json!(PARTNER)),
        ("at", json!("2026-01-05T09:00:00.000000Z")),
        ("command", json!(1)),
    ] {
        assert_eq!(entry[name], value, "{name} of {entry}");
    }
    assert_eq!(entry["response"]["status"], 200);
    assert!(entry["response"]["body"].as_str().unwrap().contains("\"respCode\":0"), "{entry}");
    assert!(entry["took_ms"].is_number() && entry["real_at"].is_string());
    assert_eq!(entry.get("refused"), None);
    let call = api.get(&format!("/__admin/calls/{}", entry["call"].as_str().unwrap())).await.json;
    assert_eq!(call["vendor_ids"], entry["vendor_ids"]);
    assert_eq!(api.get("/__admin/journal/voip24h-r1").await.json, *entry);
    let events = api.bench().feed().since(0, ringback_mock::bench::Kind::Event.into(), 10);
    assert_eq!(json!(events.items[0].command), entry["command"]);

    let mango = Api::<Mango>::frozen();
    callback(&mango, "79991234567").await;
    let entry = &mango.get("/__admin/journal").await.json["requests"][0];
    assert_eq!(entry["operation"], "callback");
    assert!(entry["call"].as_str().unwrap().starts_with("mango-0-"), "{entry}");
}

#[actix_web::test]
async fn a_refusal_says_which_step_and_what_would_have_been_right() {
    let api = Api::<Voip24h>::frozen();
    partner(&api, "getUsr", &json!({})).await;
    partner(&api, "makeDial", &json!({ "extension": "1011", "phone": "0912345678" })).await;
    api.request("POST", PARTNER, &[JSON], r#"{"partnerSecret":"wrong"}"#).await;
    api.get("/api/v1/partner/voip24").await;
    let list = api.get("/__admin/journal?refused=true&order=asc").await.json;
    let told: Vec<[&Value; 3]> = list["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| ["step", "field", "nearest"].map(|name| &entry["refused"][name]))
        .collect();
    let told = json!(told);
    assert_eq!(
        told,
        json!([
            ["parameters", "requestType", "getUser"],
            ["rule", "extension", "101"],
            ["auth", "partnerSecret", null],
            ["routing", "path", PARTNER],
        ])
    );
    assert_eq!(list["requests"][2]["account"], Value::Null);
    assert_eq!(api.get("/__admin/journal?step=auth").await.json["total"], 1);

    let mango = Api::<Mango>::frozen();
    mango.request("POST", "/vpbx/account/balance", &[FORM], "vpbx_api_key=x&sign=y&json={}").await;
    signed(&mango, "commands/callback", &json!({ "command_id": "c" })).await;
    let list = mango.get("/__admin/journal?order=asc").await.json;
    let steps = |at: usize| list["requests"][at]["refused"].clone();
    assert_eq!((&steps(0)["step"], &steps(0)["field"]), (&json!("auth"), &json!("vpbx_api_key")));
    assert_eq!(steps(1)["step"], "parameters", "{list}");

    let tel = Api::<Tel4vn>::frozen();
    tel.get("/v2/call").await;
    tel.get("/v9/call").await;
    let list = tel.get("/__admin/journal?order=asc").await.json;
    assert_eq!(list["requests"][1]["refused"]["step"], "routing", "{list}");
}

#[actix_web::test]
async fn secrets_are_masked_unless_they_are_asked_for() {
    let api = Api::<Voip24h>::frozen();
    partner(&api, "getUser", &json!({ "user": "101" })).await;
    let secret = credential(&api);
    let body = |list: Value| list["requests"][0]["body"].as_str().unwrap().to_owned();
    let masked = body(api.get("/__admin/journal").await.json);
    assert!(masked.contains("\"partnerSecret\":\"***\""), "{masked}");
    assert!(body(api.get("/__admin/journal?secrets=show").await.json).contains(&secret));
    for path in ["journal.jsonl", "journal.har", "journal/voip24h-r1/curl"] {
        // An account is called by its credential.
        let account = format!("\"account\":\"{secret}\"");
        let shown = api.get(&format!("/__admin/{path}")).await.text().replace(&account, "");
        assert!(!shown.contains(&secret), "{path}");
        let shown = api.get(&format!("/__admin/{path}?secrets=show")).await;
        assert!(shown.text().contains(&secret), "{path}");
    }
}

#[actix_web::test]
async fn the_journal_is_asked_by_filters_by_a_match_and_page_by_page() {
    let api = Api::<Mango>::frozen();
    for number in 0..5 {
        callback(&api, &format!("7999123456{number}")).await;
        api.advance(Duration::minutes(1)).await;
    }
    signed(&api, "account/balance", &json!({})).await;
    let total = async |query: &str| {
        let list = api.get(&format!("/__admin/journal?{query}")).await.json;
        list["total"].as_u64().unwrap_or_else(|| panic!("{query}: {list}"))
    };
    assert_eq!(total("operation=callback").await, 5);
    assert_eq!(total("path=/vpbx/account/*").await, 1);
    assert_eq!(total("status=200&method=POST").await, 6);
    assert_eq!(total("since=2026-01-05T09:03:00Z").await, 3);
    let wanted = json!({ "body": { "$.to_number": { "match": "[34]$" } } });
    let found = api.post("/__admin/journal/query?order=asc", &wanted).await.json;
    assert_eq!(found["total"], 2);
    let call = found["requests"][0]["call"].as_str().unwrap();
    assert_eq!(total(&format!("call={call}")).await, 1);

    let first = api.get("/__admin/journal?limit=4").await.json;
    let next = first["next"].as_str().unwrap();
    let rest = api.get(&format!("/__admin/journal?limit=4&after={next}")).await.json;
    let ids = |list: &Value| -> Vec<String> {
        let requests = list["requests"].as_array().unwrap().iter();
        requests.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        [ids(&first), ids(&rest)].concat(),
        (1..=6).rev().map(|n| format!("mango-r{n}")).collect::<Vec<_>>()
    );

    for (query, hint) in
        [("operation=calback", "did you mean callback?"), ("opration=x", "did you mean operation?")]
    {
        let refused = api.get(&format!("/__admin/journal?{query}")).await;
        assert_eq!((refused.status, &refused.json["hint"]), (400, &json!(hint)), "{query}");
    }
    for query in ["status=ok", "refused=maybe", "since=12:00", "order=up", "after=x", "secrets=1"] {
        assert_eq!(api.get(&format!("/__admin/journal?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(api.request("DELETE", "/__admin/journal", &[], "").await.status, 204);
    assert_eq!(total("").await, 0);
    assert_eq!(api.get("/__admin/journal/mango-r1").await.status, 404);
}

#[actix_web::test]
async fn an_entry_as_curl_sends_the_same_request_again() {
    let api = Api::<Mango>::frozen();
    callback(&api, "79991234567").await;
    let line = api.get("/__admin/journal/mango-r1/curl?secrets=show").await;
    let line = line.text().trim().to_owned();
    let sent = std::process::Command::new("sh").args(["-c", &line]).output();
    let sent = sent.expect("a shell");
    let answer: Value = serde_json::from_slice(&sent.stdout).unwrap_or_else(|_| panic!("{line}"));
    assert_eq!(answer["result"], 1000, "{line}");
    let list = api.get("/__admin/journal?secrets=show&order=asc").await.json;
    for name in ["method", "url", "body", "operation"] {
        assert_eq!(list["requests"][0][name], list["requests"][1][name], "{name}");
    }
}

/// The fields that HAR 1.2 requires, by the object that has them.
const REQUIRED: [(&str, &[&str]); 6] = [
    ("/log", &["version", "creator", "entries"]),
    ("/log/creator", &["name", "version"]),
    ("/log/entries/0", &["startedDateTime", "time", "request", "response", "cache", "timings"]),
    (
        "/log/entries/0/request",
        &[
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
            "headersSize",
            "bodySize",
        ],
    ),
    (
        "/log/entries/0/response",
        &[
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ],
    ),
    ("/log/entries/0/timings", &["send", "wait", "receive"]),
];

#[actix_web::test]
async fn exports_are_whole_one_a_line_and_as_an_archive() {
    let api = Api::<Voip24h>::frozen();
    for user in ["101", "102"] {
        partner(&api, "getUser", &json!({ "user": user })).await;
    }
    let lines = api.get("/__admin/journal.jsonl").await;
    let lines: Vec<Value> =
        lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[1]["id"]), (&json!("voip24h-r1"), &json!("voip24h-r2")));

    let archive = api.get("/__admin/journal.har").await.json;
    for (at, names) in REQUIRED {
        let object = archive.pointer(at).unwrap_or_else(|| panic!("{at} in {archive}"));
        let missing: Vec<&&str> =
            names.iter().filter(|name| object.get(**name).is_none()).collect();
        assert!(missing.is_empty(), "{at} has no {missing:?}");
    }
    let entry = &archive["log"]["entries"][0];
    assert_eq!(archive["log"]["version"], "1.2");
    assert_eq!(entry["request"]["url"], format!("{}{PARTNER}", api.url()));
    assert_eq!(entry["request"]["postData"]["mimeType"], "application/json");
    assert_eq!(entry["response"]["content"]["mimeType"], "application/json");
}

#[actix_web::test]
async fn accounts_see_their_own_requests_and_those_of_nobody_are_the_demo_accounts_to_see() {
    let api = Api::of(Voip24h::builder().frozen_clock().open_accounts());
    let ask = async |secret: &str| {
        let body =
            json!({ "requestType": "getUser", "partnerSecret": secret, "data": { "user": "1" } });
        api.request("POST", PARTNER, &[JSON], body.to_string()).await;
    };
    ask("mine").await;
    ask("mine").await;
    ask("yours").await;
    api.get("/nowhere").await;
    let total = async |query: &str| {
        api.get(&format!("/__admin/journal{query}")).await.json["total"].clone()
    };
    assert_eq!(total("?account=mine").await, 2);
    assert_eq!(total("?account=yours").await, 1);
    assert_eq!(total("?account=*").await, 4);
    assert_eq!(total("").await, 1, "a path that the vendor does not have is nobody's request");
    api.request("POST", "/__admin/reset?account=mine&only=bench", &[], "").await;
    assert_eq!(total("?account=mine").await, 0);
    assert_eq!(total("?account=yours").await, 1);
}

#[actix_web::test]
async fn a_small_journal_says_how_many_it_has_dropped_and_none_is_said_to_be_none() {
    let api = Api::of(Voip24h::builder().bench(Bench::with_journal(2)));
    for _ in 0..5 {
        partner(&api, "getUser", &json!({ "user": "101" })).await;
    }
    let list = api.get("/__admin/journal").await.json;
    assert_eq!((&list["total"], &list["missed"]), (&json!(2), &json!(3)));
    let none = Api::of(Voip24h::builder().bench(Bench::with_journal(0)));
    partner(&none, "getUser", &json!({ "user": "101" })).await;
    assert_eq!(none.get("/__admin/journal").await.status, 409);
}

#[test]
fn the_flag_takes_a_number_or_off() {
    let folder = std::env::temp_dir();
    let shown = |value: &str| success(ringback(&folder, &["config", "show", "--journal", value]));
    assert!(shown("off").contains("journal = 0"));
    assert!(shown("500").contains("journal = 500"));
    assert!(mistake(&["--journal", "some"]).contains("journal"));
}
