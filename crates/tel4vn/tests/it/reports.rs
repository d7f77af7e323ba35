//! Reports agree with records and leads.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use crate::{
    api,
    campaigns::{Made, id},
    get, post,
};

/// Numbers with five outcomes, and how the report and the records name them.
const OUTCOMES: [(&str, &str, &str); 5] = [
    ("0349199486", "busy", "busy"),
    ("0349199480", "no_answered", "no-answered"),
    ("0349199404", "invalid", "invalid-number"),
    ("0349199503", "congestion", "congestion"),
    ("0349199200", "answered", "answered"),
];

#[actix_web::test]
async fn a_campaign_s_report_counts_its_records_by_status() {
    let api = api();
    let made = Made::with(&api, json!({ "concurrent_call": 5 })).await;
    made.leads(&OUTCOMES.map(|(phone, _, _)| phone)).await;
    made.run("start").await;
    api.advance(Duration::minutes(5)).await;
    let path = format!("/v3/report/call/campaign?campaign_uuid={}", made.campaign);
    let report = get(&api, &path).await.json["data"][0].clone();
    let mut statuses = BTreeMap::<String, u64>::new();
    for record in made.records().await {
        *statuses.entry(id(&record, "status")).or_default() += 1;
    }
    for (phone, counter, status) in OUTCOMES {
        assert_eq!((&report[counter], statuses[status]), (&json!(1), 1), "{phone}");
    }
    assert_eq!((&report["total"], &report["outbound"]), (&json!(5), &json!(5)));
    assert_eq!(statuses.values().sum::<u64>(), 5);
    // Those without calls are there too.
    let all = get(&api, "/v3/report/call/campaign").await.json;
    let rows = all["data"].as_array().unwrap();
    assert_eq!(
        rows.len(),
        get(&api, "/v3/campaign").await.json["total"].as_u64().unwrap() as usize
    );
    let total = |row: &Value| row["total"].as_u64().unwrap();
    assert_eq!(rows.iter().map(total).sum::<u64>(), 5);
    // Within its hour, and not before it.
    for (query, wanted) in [("start_time=2026-01-05%2016:00:00", 5), ("end_time=2026-01-04", 0)] {
        let path = format!("{path}&{query}");
        assert_eq!(get(&api, &path).await.json["data"][0]["total"], wanted, "{query}");
    }
    let unknown = get(&api, "/v3/report/call/campaign?campaign_uuid=none").await;
    assert_eq!(
        (unknown.status, &unknown.json),
        (404, &json!({ "error": "campaign is not found" }))
    );
}

#[actix_web::test]
async fn the_leads_of_a_report_have_their_last_call() {
    let api = api();
    let columns = json!({ "recall_times": 1, "recall_status": ["busy"] });
    let made = Made::with(&api, columns).await;
    made.leads(&["0349199486", "0349199200"]).await;
    made.run("start").await;
    api.advance(Duration::minutes(5)).await;
    made.leads(&["0349000001"]).await;
    let path = format!("/v3/report/call/lead?campaign_uuid={}", made.campaign);
    let report = get(&api, &path).await.json;
    let rows = report["data"].as_array().unwrap();
    assert_eq!((rows.len(), &report["total"]), (3, &json!(3)));
    let by_phone = |phone: &str| rows.iter().find(|row| row["phone_number"] == phone).unwrap();
    let never = by_phone("0349000001");
    for name in ["status", "start_stamp", "end_stamp", "cdr_uuid", "record_name", "press_key"] {
        assert_eq!(never[name], "", "{name}");
    }
    assert_eq!((&never["called_count"], &never["billsec"]), (&json!(0), &json!(0)));
    for (phone, count) in [("0349199486", 2), ("0349199200", 1)] {
        let row = by_phone(phone);
        let record = get(&api, &format!("/v3/cdr/{}", id(row, "cdr_uuid"))).await.json;
        assert_eq!(row["called_count"], count, "{phone}");
        for (own, other) in [
            ("start_stamp", "time_started"),
            ("answer_stamp", "time_answered"),
            ("end_stamp", "time_ended"),
            ("status", "status"),
            ("duration", "duration"),
            ("billsec", "billsec"),
            ("lead_uuid", "lead_uuid"),
        ] {
            assert_eq!(row[own], record[other], "{phone} {own}");
        }
        let stamp = id(row, "start_stamp").replace(' ', "T");
        assert!(id(row, "last_call_time").starts_with(&stamp), "{row}");
    }
}

#[actix_web::test]
async fn networks_are_known_by_the_first_digits() {
    let api = api();
    let made = Made::with(&api, json!({})).await;
    let numbers = [
        ("0349719999", "viettel"),
        ("0869719999", "viettel"),
        ("0775702541", "mobi"),
        ("0889719999", "vina"),
        ("02873003586", "tel"),
        ("0599719999", "offnet"),
    ];
    made.leads(&numbers.map(|(phone, _)| phone)).await;
    for row in made.rows().await {
        let wanted = numbers.iter().find(|(phone, _)| row["phone_number"] == *phone).unwrap().1;
        assert_eq!(row["network"], wanted, "{}", row["phone_number"]);
    }
}

#[actix_web::test]
async fn what_one_tenant_makes_another_does_not_see() {
    let api = ringback_testkit::Api::of(
        ringback_tel4vn::Tel4vn::builder()
            .seed(7)
            .frozen_clock()
            .open_accounts()
            .settings(json!({ "fixed_token": crate::TOKEN })),
    );
    let made = Made::with(&api, json!({})).await;
    let key = json!({ "api_key": "another-tenant" });
    let token = id(&api.post("/v3/auth/token", &key).await.json, "token");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    for path in ["campaign", "list", "lead"] {
        let id = if path == "campaign" { &made.campaign } else { &made.list };
        let reply = api.request("GET", &format!("/v3/{path}/{id}"), &headers, "").await;
        assert_eq!(reply.status, 404, "{path}");
    }
    // A token of one generation is as good for the other.
    assert_eq!(api.request("GET", "/v1/call", &headers, "").await.status, 200);
    assert_eq!(post(&api, "/v1/campaign/none/run/start", json!({})).await.status, 404);
}
