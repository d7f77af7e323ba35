//! Campaigns that dial: within their limits and hours, again where they may, and no one twice.
//! vendors/tel4vn-v3.md, 13

use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{api, ask, get, post};

/// A campaign of a test, with one list.
pub(crate) struct Made<'a> {
    pub(crate) api: &'a Api<Tel4vn>,
    pub(crate) campaign: String,
    pub(crate) list: String,
}

/// Returns the id in an answer.
pub(crate) fn id(json: &Value, name: &str) -> String {
    let text = json[name].as_str();
    assert!(text.is_some(), "{name} in {json}");
    text.unwrap().to_owned()
}

impl<'a> Made<'a> {
    /// Makes a campaign of scripts with such columns, and a list.
    pub(crate) async fn with(api: &'a Api<Tel4vn>, columns: Value) -> Self {
        let mut body = json!({ "campaign_name": "made", "type": "autocall", "concurrent_call": 2 });
        body.as_object_mut().unwrap().extend(columns.as_object().unwrap().clone());
        let made = post(api, "/v3/campaign", body).await;
        assert_eq!(made.status, 200, "{}", made.text());
        let campaign = id(&made.json, "campaign_uuid");
        let list = json!({ "campaign_uuid": campaign, "list_name": "made" });
        let list = id(&post(api, "/v3/list", list).await.json, "list_uuid");
        Self { api, campaign, list }
    }

    /// Adds leads, each named by its number, and returns their ids, oldest first.
    pub(crate) async fn leads(&self, phones: &[&str]) -> Vec<String> {
        let data: Vec<Value> = phones.iter().map(|p| json!({ "phone_number": p })).collect();
        let body = json!({ "list_uuid": self.list, "data": data });
        let added = post(self.api, "/v3/lead/multi", body).await;
        assert_eq!(added.json["total_insert"], phones.len(), "{}", added.text());
        let rows = self.rows().await;
        let added = rows.iter().take(phones.len()).rev();
        added.map(|row| id(row, "lead_uuid")).collect()
    }

    /// The leads of the campaign, newest first.
    pub(crate) async fn rows(&self) -> Vec<Value> {
        let path = format!("/v3/lead?limit=1000&campaign_uuid={}", self.campaign);
        get(self.api, &path).await.json["data"].as_array().unwrap().clone()
    }

    pub(crate) async fn run(&self, what: &str) {
        let path = format!("/v1/campaign/{}/run/{what}", self.campaign);
        let reply = post(self.api, &path, json!({})).await;
        assert_eq!(reply.json, json!({ "campaign_uuid": self.campaign }));
    }

    pub(crate) async fn status(&self) -> String {
        let path = format!("/v3/campaign/{}", self.campaign);
        id(&get(self.api, &path).await.json, "status")
    }

    /// The records of the campaign, oldest first.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let path = format!("/v3/cdr?limit=1000&offset=0&campaign_uuid={}", self.campaign);
        let mut records = get(self.api, &path).await.json["data"].as_array().unwrap().clone();
        records.reverse();
        records
    }

    /// Moments and numbers of the calls, oldest first.
    pub(crate) async fn calls(&self) -> Vec<(String, String)> {
        let records = self.records().await;
        records.iter().map(|one| (id(one, "time_started"), id(one, "to_number"))).collect()
    }
}

fn calls(calls: &[(&str, &str)]) -> Vec<(String, String)> {
    calls.iter().map(|(at, to)| (format!("2026-01-0{at}"), (*to).to_owned())).collect()
}

async fn live(api: &Api<Tel4vn>) -> u64 {
    get(api, "/v1/call").await.json["total"].as_u64().unwrap()
}

#[actix_web::test]
async fn a_campaign_calls_two_at_once_each_lead_once_and_stops() {
    let api = api();
    let made = Made::with(&api, json!({})).await;
    made.leads(&["0349199200", "0349199201", "0349199486", "0349199202", "0349199480"]).await;
    made.run("start").await;
    assert_eq!(made.status().await, "start");
    let mut most = 0;
    for _ in 0..120 {
        most = most.max(live(&api).await);
        api.advance(Duration::SECOND).await;
    }
    assert_eq!((most, live(&api).await), (2, 0));
    assert_eq!(made.records().await.len(), 5);
    assert!(made.rows().await.iter().all(|row| row["called_count"] == 1));
    assert_eq!(made.status().await, "stop");
    let statuses: Vec<_> = made.rows().await.iter().map(|row| id(row, "status")).collect();
    assert_eq!(statuses, ["NO-ANSWERED", "ANSWERED", "BUSY", "ANSWERED", "ANSWERED"]);
}

#[actix_web::test]
async fn a_busy_phone_is_called_again_as_often_as_the_campaign_wants() {
    let api = api();
    let again = json!({
        "recall_times": 2, "schedule_recall": "minute", "schedule_recall_duration": 1,
    });
    let made = Made::with(&api, again).await;
    let leads = made.leads(&["0349199486"]).await;
    made.run("start").await;
    api.advance(Duration::minutes(10)).await;
    assert_eq!(
        made.calls().await,
        calls(&[
            ("5 16:00:00", "0349199486"),
            ("5 16:01:00", "0349199486"),
            ("5 16:02:00", "0349199486"),
        ])
    );
    let lead = get(&api, &format!("/v3/lead/{}", leads[0])).await.json;
    assert_eq!((&lead["status"], &lead["called_count"]), (&json!("BUSY"), &json!(3)));
    assert_eq!(made.status().await, "stop");
}

#[actix_web::test]
async fn an_answered_lead_is_called_again_only_if_it_was_short_or_the_campaign_says_so() {
    let busy = json!(["busy"]);
    for (limit, statuses, wanted) in [
        (0, &busy, 1),
        // The script of ten seconds is shorter than that.
        (30, &busy, 2),
        (10, &busy, 1),
        (0, &json!(["answered"]), 2),
    ] {
        let api = api();
        let columns = json!({
            "recall_times": 1, "limit_recall_duration": limit, "recall_status": statuses,
        });
        let made = Made::with(&api, columns).await;
        made.leads(&["0349000001"]).await;
        made.run("start").await;
        api.advance(Duration::minutes(5)).await;
        assert_eq!(made.records().await.len(), wanted, "{limit} {statuses}");
    }
}

#[actix_web::test]
async fn recalls_come_after_new_leads_or_before_them() {
    let busy = ("5 16:00:00", "0349199486");
    let (one, two, three) = ("0349000001", "0349000002", "0349000003");
    for (priority, order) in [
        ("normal", ["0349199486", one, two, three, "0349199486"]),
        ("recall", ["0349199486", one, "0349199486", two, three]),
    ] {
        let api = api();
        let columns = json!({
            "priority_recall": priority, "recall_times": 1, "concurrent_call": 1,
            "recall_status": ["busy"],
        });
        let made = Made::with(&api, columns).await;
        made.leads(&["0349199486", one, two, three]).await;
        made.run("start").await;
        api.advance(Duration::minutes(5)).await;
        let found = made.calls().await;
        assert_eq!(found[0], (format!("2026-01-0{}", busy.0), busy.1.to_owned()));
        let found: Vec<&str> = found.iter().map(|(_, to)| to.as_str()).collect();
        assert_eq!(found, order, "{priority}");
    }
}

#[actix_web::test]
async fn a_campaign_waits_for_its_hours_however_time_passes() {
    let mut seen = Vec::new();
    for steps in [1, 2_000] {
        let api = api();
        // Half past nine in the evening, when it is 14:30 in UTC.
        api.advance(Duration::minutes(330)).await;
        let made = Made::with(&api, json!({ "concurrent_call": 1 })).await;
        made.leads(&["0349000001", "0349199486", "0349000002"]).await;
        made.run("start").await;
        for _ in 0..steps {
            api.advance(Duration::days(2) / steps).await;
        }
        assert_eq!(made.status().await, "stop");
        let records = made.records().await;
        assert_eq!(records[0]["time_started"], "2026-01-06 08:00:00");
        let times = |one: &Value| (id(one, "time_started"), id(one, "time_ended"));
        seen.push(records.iter().map(times).collect::<Vec<_>>());
    }
    assert_eq!(seen[0].len(), 3);
    assert_eq!(seen[0], seen[1]);
}

#[actix_web::test]
async fn a_pause_is_over_with_the_next_window_and_a_stop_is_not() {
    for (what, wanted) in [("pause", 2), ("stop", 1)] {
        let api = api();
        let made = Made::with(&api, json!({ "concurrent_call": 1 })).await;
        made.leads(&["0349000001", "0349000002"]).await;
        made.run("start").await;
        api.advance(Duration::seconds(2)).await;
        made.run(what).await;
        assert_eq!(made.status().await, what);
        api.advance(Duration::hours(1)).await;
        assert_eq!(made.records().await.len(), 1, "{what}");
        api.advance(Duration::days(1)).await;
        let found = made.calls().await;
        assert_eq!(found.len(), wanted, "{what}");
        if what == "pause" {
            assert_eq!(found[1].0, "2026-01-06 08:00:00");
        }
    }
}

#[actix_web::test]
async fn an_autodialer_s_hours_and_a_campaign_s_days_are_its_own() {
    let api = api();
    let monday = json!({ "monday_start_time": 0, "monday_end_time": 86_400_000_000_000_u64 });
    let made = Made::with(&api, json!({ "schedules": [monday] })).await;
    // Tuesday; the next Monday is six days off.
    api.advance(Duration::days(1)).await;
    made.leads(&["0349000001"]).await;
    made.run("start").await;
    api.advance(Duration::days(7)).await;
    assert_eq!(made.calls().await, [("2026-01-12 00:00:00".to_owned(), "0349000001".to_owned())]);
}

#[actix_web::test]
async fn a_phone_rings_no_longer_than_the_campaign_lets_it() {
    for (phone, timeout, seconds, status) in [
        // It would ring for a minute and answer.
        ("0977000001", 15, 15, "no-answered"),
        ("0977000001", 90, 70, "answered"),
        // It would ring for as long as any phone.
        ("0349199480", 45, 45, "no-answered"),
        ("0349199480", 0, 30, "no-answered"),
    ] {
        let api = api();
        let rule = json!({ "do": "add_rule", "rule": {
            "to": "0977*", "outcome": "answer", "ring": 60, "talk": 300,
        } });
        api.demo().control(rule).unwrap();
        let mut columns = json!({ "call_timeout": timeout });
        if timeout == 0 {
            // Only a change can leave it out.
            columns = json!({});
        }
        let made = Made::with(&api, columns).await;
        if timeout == 0 {
            let path = format!("/v3/campaign/{}", made.campaign);
            let body = json!({ "campaign_name": "made", "type": "autocall", "active": true });
            assert_eq!(ask(&api, "PUT", &path, Some(body)).await.status, 200);
        }
        made.leads(&[phone]).await;
        made.run("start").await;
        api.advance(Duration::minutes(5)).await;
        let record = &made.records().await[0];
        assert_eq!(record["status"], status, "{phone} {timeout}");
        assert_eq!(record["duration"], seconds, "{phone} {timeout}");
    }
}

#[actix_web::test]
async fn a_number_that_is_not_wanted_is_passed_over() {
    let api = api();
    let made = Made::with(&api, json!({})).await;
    // It is on the list of the fresh instance.
    let leads = made.leads(&["0899990988", "0349000001"]).await;
    made.run("start").await;
    api.advance(Duration::minutes(5)).await;
    assert_eq!(made.records().await.len(), 1);
    let lead = get(&api, &format!("/v3/lead/{}", leads[0])).await.json;
    assert_eq!((&lead["status"], &lead["alt_status"]), (&json!("DNC"), &json!("dnc")));
    assert_eq!(lead["called_count"], 0);
    assert_eq!(made.status().await, "stop");
}

#[actix_web::test]
async fn leads_of_an_inactive_list_and_leads_of_tomorrow_wait() {
    let api = api();
    let made = Made::with(&api, json!({})).await;
    let other = json!({ "campaign_uuid": made.campaign, "list_name": "other" });
    let other = id(&post(&api, "/v3/list", other).await.json, "list_uuid");
    let lead = json!({ "list_uuid": other, "phone_number": "0349000009" });
    let lead = id(&post(&api, "/v3/lead", lead).await.json, "lead_uuid");
    let active = format!("/v3/list/{other}/active");
    ask(&api, "PATCH", &active, Some(json!({ "active": false }))).await;
    let data = json!([{ "phone_number": "0349000001", "after_day": 1 }]);
    post(&api, "/v3/lead/multi", json!({ "list_uuid": made.list, "data": data })).await;
    made.run("start").await;
    api.advance(Duration::hours(1)).await;
    assert_eq!(made.records().await.len(), 0);
    let row = |json: Value| (id(&json, "status"), id(&json, "network"));
    let path = format!("/v3/lead/{lead}");
    assert_eq!(row(get(&api, &path).await.json), ("NEW".to_owned(), String::new()));
    ask(&api, "PATCH", &active, Some(json!({ "active": true }))).await;
    assert_eq!(row(get(&api, &path).await.json).0, "QUEUE");
    api.advance(Duration::hours(1)).await;
    assert_eq!(row(get(&api, &path).await.json), ("ANSWERED".to_owned(), "viettel".to_owned()));
    api.advance(Duration::days(1)).await;
    assert_eq!(
        made.calls().await,
        calls(&[("5 17:00:00", "0349000009"), ("6 16:00:00", "0349000001")])
    );
}

#[actix_web::test]
async fn campaigns_of_one_carrier_share_its_channels_and_show_its_number() {
    let api = api();
    let carrier = json!({
        "carrier_name": "small", "gateway_uuid": "953a918a-0035-4e6f-97d1-c64e7943b7df",
        "caller_id": "02873003586", "concurrent_call": 1, "dial_type": "sip_one_for_all",
    });
    let carrier = id(&post(&api, "/v3/carrier", carrier).await.json, "carrier_uuid");
    let first = Made::with(&api, json!({ "carrier_uuid": carrier, "concurrent_call": 5 })).await;
    let second = json!({ "campaign_name": "second", "type": "autocall", "carrier_uuid": carrier, "concurrent_call": 5 });
    let second = id(&post(&api, "/v3/campaign", second).await.json, "campaign_uuid");
    let list = json!({ "campaign_uuid": second, "list_name": "second" });
    let list = id(&post(&api, "/v3/list", list).await.json, "list_uuid");
    let second = Made { api: &api, campaign: second, list };
    first.leads(&["0349000001", "0349000002"]).await;
    second.leads(&["0349000003", "0349000004"]).await;
    first.run("start").await;
    second.run("start").await;
    for _ in 0..120 {
        api.advance(Duration::SECOND).await;
        assert!(live(&api).await <= 1);
    }
    for made in [first, second] {
        let records = made.records().await;
        assert_eq!(records.len(), 2);
        assert!(records.iter().all(|one| one["from_number"] == "02873003586"));
    }
}

#[actix_web::test]
async fn what_a_v1_order_brings_to_a_campaign_shares_its_limit() {
    let api = api();
    let template = "0dfd7a67-edf6-4ba8-9414-941b0b46fa5c";
    let made = Made::with(&api, json!({ "template_uuid": template })).await;
    made.leads(&["0349000001", "0349000002", "0349000003"]).await;
    made.run("start").await;
    let customer =
        |phone: &str| json!({ "phone_number": phone, "params": { "customer_name": "A" } });
    let order = json!({
        "campaign_uuid": made.campaign,
        "customers": [customer("0349000004"), customer("0349000005")],
    });
    assert_eq!(
        post(&api, "/v1/autocall/campaign", order).await.json["success"].as_array().unwrap().len(),
        2
    );
    for _ in 0..60 {
        assert!(live(&api).await <= 2);
        api.advance(Duration::SECOND).await;
    }
    // Whoever is ordered comes first.
    let order: Vec<_> = made.calls().await.into_iter().map(|(_, to)| to).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(sorted.len(), 5, "{order:?}");
    assert_eq!(order[4], "0349000003");
    let report = get(&api, &format!("/v1/autocall/report?campaign_uuid={}", made.campaign)).await;
    assert_eq!(report.json["data"]["total_calls"], 5);
}

#[actix_web::test]
async fn a_campaign_can_be_watched_and_what_changed_is_told() {
    let api = api();
    let made = Made::with(&api, json!({})).await;
    made.leads(&["0349000001", "0349000002", "0349000003"]).await;
    api.post("/__admin/checkpoints", &json!({ "name": "before" })).await;
    let shown = api
        .post(
            "/__admin/control",
            &json!({ "do": "run_campaign", "campaign": made.campaign, "status": "start" }),
        )
        .await;
    assert_eq!(shown.json["campaign"]["status"], "start", "{}", shown.text());
    let shown = async || {
        let shown = api.post("/__admin/control", &json!({ "do": "show_campaigns" })).await.json;
        let shown = shown["campaigns"].as_array().unwrap().iter();
        shown.clone().find(|one| one["campaign_uuid"] == made.campaign.as_str()).unwrap().clone()
    };
    api.advance(Duration::milliseconds(500)).await;
    let mut wanted = json!({
        "campaign_uuid": made.campaign, "campaign_name": "made", "type": "autocall",
        "active": true, "status": "start", "at_once": 2, "live": 2, "ringing": 2, "talking": 0,
        "ordered": 0, "leads": 3, "waiting": 1, "recalls": 0, "agents": 0,
    });
    assert_eq!(shown().await, wanted);
    // Both have picked up, and hear the script.
    api.advance(Duration::SECOND).await;
    (wanted["ringing"], wanted["talking"]) = (json!(0), json!(2));
    assert_eq!(shown().await, wanted);
    api.advance(Duration::minutes(5)).await;
    let changes = api.get("/__admin/changes?since=before").await.json;
    assert_eq!(changes["leads"]["counts"]["changed"], 3, "{changes}");
    assert_eq!(changes["calls"]["counts"]["added"], 3);
    // Back to where it was, with all that the campaign knew.
    let rewound = api.post("/__admin/checkpoints/before/rewind", &json!({})).await;
    assert_eq!(rewound.status, 200, "{}", rewound.text());
    assert!(made.rows().await.iter().all(|row| row["called_count"] == 0));
    let refused = api
        .post(
            "/__admin/control",
            &json!({ "do": "run_campaign", "campaign": "none", "status": "start" }),
        )
        .await;
    assert_eq!(refused.status, 404);
}
