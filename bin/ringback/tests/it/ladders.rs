//! Canonical flows as ladders: each is an image and a diagram under `fixtures/ladders`, made anew with
//! `UPDATE_GOLDENS` in the environment.

use std::path::Path;

use ringback_engine::Duration;
use ringback_mock::{Builder, Vendor};
use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Receiver, Temper};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/ladders");

/// An instance with somebody who drives calls by hand.
struct Stage<V: Vendor> {
    api: Api<V>,
    call: String,
}

impl<V: Vendor> Stage<V> {
    async fn new(builder: Builder<V>) -> Self {
        let api = Api::of(builder.seed(7).frozen_clock());
        for (number, kind) in [
            ("300", json!({ "queue": { "group": { "members": ["103", "104"] }, "wait": 60 } })),
            ("400", json!({ "menu": { "greeting": 8, "keys": { "1": "102" } } })),
        ] {
            let path = format!("/__admin/services/{number}");
            let made = api.send("PUT", &path, &json!({ "kind": kind })).await;
            assert!([200, 201].contains(&made.status), "{}", made.text());
        }
        Self { api, call: String::new() }
    }

    /// Somebody dials; what the called party does may be said.
    async fn dial(&mut self, from: &str, to: &str, behaviour: Value) {
        self.dial_with(json!({ "from": from, "to": to, "behaviour": behaviour })).await;
    }

    async fn dial_with(&mut self, mut call: Value) {
        call.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let made = self.api.post("/__admin/calls", &call).await;
        assert_eq!(made.status, 201, "{}", made.text());
        self.call = made.json["id"].as_str().unwrap().to_owned();
    }

    /// Calls and waits until both talk, for as long as nobody ends it.
    async fn talking(&mut self, from: &str, to: &str) {
        self.dial(from, to, json!({ "outcome": "manual" })).await;
        self.pass(3).await;
        self.does("answer", json!({})).await;
        self.pass(6).await;
    }

    async fn does(&self, verb: &str, body: Value) {
        let path = format!("/__admin/calls/{}/{verb}", self.call);
        let done = self.api.post(&path, &body).await;
        assert_eq!(done.status, 200, "{verb}: {}", done.text());
    }

    async fn pass(&self, seconds: i64) {
        self.api.advance(Duration::seconds(seconds)).await;
    }

    async fn rule(&self, to: &str, ring: u32, talk: u32) {
        let rule = json!({ "to": to, "outcome": "answer", "ring": ring, "talk": talk });
        assert_eq!(self.api.post("/__admin/behaviours", &rule).await.status, 201);
    }

    async fn form(&self, format: &str) -> String {
        let path = format!("/__admin/calls/{}/ladder?format={format}", self.call);
        let shown = self.api.get(&path).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        // Receivers of a test are on free ports.
        let mut text = shown.text().to_owned();
        while let Some(at) = text.find("127.0.0.1:") {
            let rest = text[at + 10..].to_owned();
            let port = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            text = format!("{}receiver{port}", &text[..at]);
        }
        text
    }

    /// Compares both forms with what is checked in.
    async fn is(&self, name: &str) {
        let svg = self.form("svg").await;
        assert!(is_well_formed(&svg), "{name}: {svg}");
        for (ending, found) in [("svg", svg), ("mmd", self.form("mermaid").await)] {
            let path = Path::new(FIXTURES).join(format!("{name}.{ending}"));
            if std::env::var_os("UPDATE_GOLDENS").is_some() {
                std::fs::create_dir_all(FIXTURES).unwrap();
                std::fs::write(&path, &found).unwrap();
            }
            let wanted = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(found == wanted, "{} is not up to date:\n{found}", path.display());
        }
    }
}

/// Whether every element is closed in its turn, and nothing stands for a beginning that is none.
fn is_well_formed(xml: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some((_, tag)) = rest.split_once('<') {
        let Some((tag, after)) = tag.split_once('>') else { return false };
        rest = after;
        let name = tag.trim_end_matches('/').split(' ').next().unwrap_or_default();
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) if open.pop() != Some(name) => return false,
            (None, false) => open.push(name),
            _ => {}
        }
    }
    open.is_empty()
}

async fn voip24h() -> Stage<Voip24h> {
    Stage::new(Builder::default()).await
}

async fn tel4vn(webhook: Option<String>) -> Stage<Tel4vn> {
    let builder = Builder::default();
    Stage::new(if let Some(url) = webhook { builder.webhook(url) } else { builder }).await
}

#[actix_web::test]
async fn a_call_that_is_answered() {
    let mut stage = voip24h().await;
    let answers = json!({ "outcome": "answer", "setup": 1, "ring": 4, "talk": 12 });
    stage.dial("101", "0912345678", answers).await;
    stage.pass(60).await;
    stage.is("answered").await;
}

#[actix_web::test]
async fn a_call_that_a_client_orders() {
    let mut stage = voip24h().await;
    stage.rule("0912345678", 4, 12).await;
    stage.pass(1).await;
    for extension in ["199", "101"] {
        let data = json!({ "extension": extension, "phone": "0912345678" });
        let order = json!({
            "partnerSecret": "rdn7mllWMqND7S5DnZF8", "requestType": "makeDial", "data": data,
        });
        stage.api.post("/api/v1/partner/voip24h", &order).await;
    }
    stage.call = "voip24h-0-5".to_owned();
    stage.pass(60).await;
    stage.is("ordered").await;
    let json: Value = serde_json::from_str(&stage.form("json").await).unwrap();
    assert_eq!(json["lanes"][0]["kind"], "client");
    let requests = json["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "request");
    let requests: Vec<_> = requests.map(|row| (&row["request"], &row["status"])).collect();
    // The one that was refused has to do with no call.
    assert_eq!(requests, [(&json!("voip24h-r2"), &json!(200))]);
}

#[actix_web::test]
async fn a_call_to_a_busy_phone() {
    let mut stage = voip24h().await;
    stage.dial("101", "0987699486", Value::Null).await;
    stage.pass(60).await;
    stage.is("busy").await;
}

#[actix_web::test]
async fn a_call_that_nobody_answers() {
    let receiver = Receiver::start(Temper::Answers(200));
    let mut stage = tel4vn(Some(receiver.url())).await;
    stage.dial("0912345678", "101", json!({ "outcome": "no_answer", "ring": 20 })).await;
    stage.pass(60).await;
    stage.is("no-answer").await;
}

#[actix_web::test]
async fn a_call_from_outside_that_is_still_going_on() {
    let mut stage = voip24h().await;
    stage.talking("0912345678", "102").await;
    stage.does("hold", json!({ "leg": "a" })).await;
    stage.pass(4).await;
    stage.is("inbound-on-hold").await;
}

#[actix_web::test]
async fn a_blind_transfer() {
    let mut stage = voip24h().await;
    stage.rule("103", 3, 10).await;
    stage.talking("0912345678", "101").await;
    stage.does("transfer", json!({ "moved": "a", "to": "103" })).await;
    stage.pass(60).await;
    stage.is("blind-transfer").await;
}

#[actix_web::test]
async fn an_attended_transfer() {
    let mut stage = voip24h().await;
    stage.rule("103", 3, 30).await;
    stage.talking("0912345678", "101").await;
    stage.does("consult", json!({ "by": "b", "to": "103" })).await;
    stage.pass(10).await;
    stage.does("complete", json!({})).await;
    stage.pass(60).await;
    stage.is("attended-transfer").await;
}

#[actix_web::test]
async fn a_queue_whose_agents_ring_together() {
    let mut stage = voip24h().await;
    stage.rule("103", 5, 10).await;
    stage.rule("104", 8, 10).await;
    stage.dial_with(json!({ "from": "0912345678", "to": "300" })).await;
    stage.pass(60).await;
    stage.is("queue").await;
}

#[actix_web::test]
async fn a_menu_in_which_somebody_presses_a_key() {
    let mut stage = voip24h().await;
    stage.rule("102", 3, 10).await;
    stage.dial_with(json!({ "from": "0912345678", "to": "400", "keys": ["1"] })).await;
    stage.pass(60).await;
    stage.is("menu").await;
}

#[actix_web::test]
async fn a_call_that_is_parked_and_taken_again() {
    let mut stage = tel4vn(None).await;
    stage.rule("103", 2, 10).await;
    stage.talking("0912345678", "101").await;
    stage.does("park", json!({ "cut": "b" })).await;
    stage.pass(5).await;
    stage.does("transfer", json!({ "moved": "a", "to": "103" })).await;
    stage.pass(60).await;
    stage.is("park").await;
}

#[actix_web::test]
async fn a_supervisor_who_listens_and_then_whispers() {
    let mut stage = tel4vn(None).await;
    stage.talking("101", "0912345678").await;
    stage.does("supervise", json!({ "extension": "103", "supervision": "listen" })).await;
    stage.pass(8).await;
    stage.does("supervise", json!({ "extension": "103", "supervision": "whisper" })).await;
    stage.pass(8).await;
    stage.does("hang_up", json!({ "leg": "a" })).await;
    stage.is("whisper").await;
}

#[actix_web::test]
async fn a_recording_that_is_stopped_and_started() {
    let mut stage = voip24h().await;
    stage.talking("101", "0912345678").await;
    stage.does("stop_recording", json!({})).await;
    stage.pass(5).await;
    stage.does("start_recording", json!({})).await;
    stage.pass(5).await;
    stage.does("hang_up", json!({ "leg": "b" })).await;
    stage.is("recording").await;
}

#[actix_web::test]
async fn a_webhook_that_fails_twice() {
    let receiver = Receiver::start(Temper::AnswersInTurn(&[500, 503, 200]));
    let mut stage = tel4vn(Some(receiver.url())).await;
    let answers = json!({ "outcome": "answer", "setup": 1, "ring": 4, "talk": 12 });
    stage.dial("101", "0912345678", answers).await;
    stage.pass(60).await;
    stage.is("webhook-fails-twice").await;
}

#[actix_web::test]
async fn a_webhook_that_is_dropped_and_one_that_is_late() {
    let mut stage = tel4vn(Some("inbox:crm".to_owned())).await;
    let answers = json!({ "outcome": "answer", "setup": 1, "ring": 4, "talk": 12 });
    for (chaos, name) in
        [(json!({ "drop": 1.0 }), "webhook-dropped"), (json!({ "delay": 3 }), "webhook-late")]
    {
        assert_eq!(stage.api.send("PUT", "/__admin/chaos", &chaos).await.status, 200);
        stage.dial("101", "0912345678", answers.clone()).await;
        stage.pass(60).await;
        stage.is(name).await;
    }
}

/// The computer's time passes here, and what has failed is tried again in it.
#[actix_web::test]
async fn attempts_stand_where_they_were_made_if_the_clock_runs() {
    let receiver = Receiver::start(Temper::AnswersInTurn(&[500, 200]));
    let api = Api::<Tel4vn>::of(Builder::default().seed(7).rate(60.0).webhook(receiver.url()));
    let call = json!({ "from": "101", "to": "0912345678", "behaviour": { "outcome": "busy" } });
    let made = api.post("/__admin/calls", &call).await;
    let id = made.json["id"].as_str().unwrap().to_owned();
    receiver.wait_for(2);
    let delivered = json!({ "match": { "kind": "delivery", "state": "delivered" }, "since": "0" });
    assert_eq!(api.post("/__admin/wait", &delivered).await.status, 200);
    let ladder = api.get(&format!("/__admin/calls/{id}/ladder?format=json")).await;
    let rows = ladder.json["rows"].as_array().unwrap();
    let attempts: Vec<&Value> = rows.iter().filter(|row| row["kind"] == "attempt").collect();
    let retried = attempts.iter().find(|row| row["attempt"] == 2).unwrap();
    let delivery = format!("/__admin/deliveries/tel4vn-0-d{}", retried["delivery"]);
    let sent = api.get(&delivery).await;
    for (number, attempt) in (1..).zip(sent.json["attempts"].as_array().unwrap()) {
        let row = attempts
            .iter()
            .find(|row| row["attempt"] == number && row["delivery"] == retried["delivery"])
            .unwrap();
        assert_eq!(row["at"], attempt["at"], "{number}: {} {}", ladder.text(), sent.text());
    }
}

#[actix_web::test]
async fn what_a_caller_chooses_for_a_number_stays_a_text() {
    let mut stage = voip24h().await;
    let name = "\"><script>alert(1)</script>&\u{1};#end";
    stage.dial(name, "101", json!({ "outcome": "busy" })).await;
    stage.pass(10).await;
    let svg = stage.form("svg").await;
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
    assert!(is_well_formed(&svg) && !svg.contains('\u{1}'), "{svg}");
    let mermaid = stage.form("mermaid").await;
    assert!(mermaid.contains("#59;") && !mermaid.contains("<script"), "{mermaid}");
    assert!(
        mermaid.lines().all(|line| line.starts_with("sequenceDiagram") || line.starts_with("    "))
    );
}

#[actix_web::test]
async fn a_call_of_the_past_has_what_its_record_knows() {
    let mut stage = voip24h().await;
    stage.call = "1535642103.21687".to_owned();
    let json: Value = serde_json::from_str(&stage.form("json").await).unwrap();
    assert_eq!((&json["whole"], &json["vendor"]), (&json!(false), &json!("voip24h")));
    let kinds: Vec<&str> =
        json["rows"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["dialled", "leg_ringing", "leg_answered", "call_ended"]);
    assert_eq!(json["media"].as_array().unwrap().len(), 1);
    let refused = stage.api.get("/__admin/calls/1535642103.21687/ladder?format=png").await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert_eq!(stage.api.get("/__admin/calls/voip24h-0-99/ladder").await.status, 404);
}
