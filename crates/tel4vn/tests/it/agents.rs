//! Autodialers and their agents.

use serde_json::json;
use time::Duration;

use crate::{
    api,
    campaigns::{Made, id},
    get, post,
};

async fn as_agent(made: &Made<'_>, what: &str, extension: &str) -> serde_json::Value {
    let body = json!({ "campaign_uuid": made.campaign, "extension": extension });
    let reply = post(made.api, &format!("/v3/agent/{what}"), body).await;
    assert_eq!(reply.status, 200, "{what}: {}", reply.text());
    reply.json["data"].clone()
}

fn dialler(ratio: u32) -> serde_json::Value {
    json!({ "type": "autodialer", "concurrent_call": 0, "ratio": ratio })
}

#[actix_web::test]
async fn an_autodialer_calls_while_an_agent_is_ready_who_gets_those_that_answer() {
    let api = api();
    let made = Made::with(&api, dialler(100)).await;
    made.leads(&["0349000001", "0349199486", "0349000002", "0349000003"]).await;
    api.advance(Duration::minutes(5)).await;
    assert_eq!(made.records().await.len(), 0);
    assert_eq!(as_agent(&made, "login", "104").await["status"], "PAUSE");
    let again = json!({ "campaign_uuid": made.campaign, "extension": "104" });
    let refused = post(&api, "/v3/agent/login", again).await;
    assert_eq!(refused.json, json!({ "error": "user is already logged in" }));
    api.advance(Duration::minutes(5)).await;
    assert_eq!(made.records().await.len(), 0);
    assert_eq!(as_agent(&made, "resume", "104").await["status"], "RESUME");
    assert_eq!(get(&api, "/v3/agent/live").await.json["data"][0]["status"], "RESUME");
    for _ in 0..400 {
        api.advance(Duration::SECOND).await;
        assert!(get(&api, "/v1/call").await.json["total"].as_u64().unwrap() <= 1);
    }
    let records = made.records().await;
    assert_eq!(records[0]["extension"], "104");
    assert_eq!(
        (&records[0]["app"], &records[0]["status"]),
        (&json!("autodialer"), &json!("answered"))
    );
    assert_eq!((&records[1]["status"], &records[1]["extension"]), (&json!("busy"), &json!("")));
    assert_eq!(records[0]["username"], "Agent04Internal");
    // Nobody else is called once the agent pauses.
    as_agent(&made, "pause", "104").await;
    let before = made.records().await.len()
        + get(&api, "/v1/call").await.json["total"].as_u64().unwrap() as usize;
    api.advance(Duration::minutes(30)).await;
    assert_eq!(made.records().await.len(), before);
    assert_eq!(as_agent(&made, "logout", "104").await["status"], "LOGOUT");
    assert_eq!(get(&api, "/v3/agent/live").await.json, json!({ "data": [] }));
}

#[actix_web::test]
async fn with_more_calls_than_agents_somebody_waits_in_vain() {
    let api = api();
    // The agent talks for two minutes; nobody waits so long.
    for (to, talk) in [("104", 120), ("0349*", 300)] {
        let rule = json!({ "to": to, "outcome": "answer", "ring": 1, "talk": talk });
        api.demo().control(json!({ "do": "add_rule", "rule": rule })).unwrap();
    }
    let made = Made::with(&api, dialler(200)).await;
    made.leads(&["0349000001", "0349000002"]).await;
    as_agent(&made, "login", "104").await;
    as_agent(&made, "resume", "104").await;
    api.advance(Duration::seconds(1)).await;
    assert_eq!(get(&api, "/v1/call").await.json["total"], 2);
    api.advance(Duration::minutes(10)).await;
    let records = made.records().await;
    let mut statuses: Vec<_> = records.iter().map(|one| id(one, "status")).collect();
    statuses.sort();
    assert_eq!(statuses, ["answered", "busy-line"]);
    let report = format!("/v3/report/call/campaign?campaign_uuid={}", made.campaign);
    let report = get(&api, &report).await.json["data"][0].clone();
    assert_eq!((&report["busy_line"], &report["answered"]), (&json!(1), &json!(1)));
}

#[actix_web::test]
async fn an_agent_whose_phone_is_not_logged_in_gets_no_calls_until_it_is() {
    let api = api();
    let made = Made::with(&api, dialler(100)).await;
    made.leads(&["0349000001"]).await;
    as_agent(&made, "login", "109").await;
    as_agent(&made, "resume", "109").await;
    api.advance(Duration::minutes(5)).await;
    assert_eq!(made.records().await.len(), 0);
    api.demo()
        .control(json!({ "do": "set_extension", "number": "109", "registered": true }))
        .unwrap();
    api.advance(Duration::minutes(10)).await;
    assert_eq!(made.records().await[0]["extension"], "109");
}
