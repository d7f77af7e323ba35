//! What the tests of this vendor share: signed requests, and notifications as a receiver reads them.

use ringback_mango::Mango;
use ringback_mock::{Builder, World as _};
use ringback_testkit::{Api, Received, Receiver, Reply, Temper};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) const KEY: &str = "mangomockkey0000000000000000000k";
pub(crate) const SALT: &str = "mangomocksalt000000000000000000s";

/// Signs as a customer's server would: nothing of the crate under test is used.
pub(crate) fn sign(parts: &[&str]) -> String {
    Sha256::digest(parts.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A signed form.
pub(crate) fn form(json: &str) -> String {
    let sign = sign(&[KEY, json, SALT]);
    serde_urlencoded::to_string([("vpbx_api_key", KEY), ("sign", &sign), ("json", json)]).unwrap()
}

/// Asks an operation of the VPBX API.
pub(crate) async fn ask(api: &Api<Mango>, path: &str, json: &Value) -> Reply {
    send(api, &format!("/vpbx/{path}"), form(&json.to_string())).await
}

/// Sends a form to any path.
pub(crate) async fn send(api: &Api<Mango>, path: &str, body: String) -> Reply {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    api.request("POST", path, &headers, body).await
}

/// An answer that is not followed where it leads.
pub(crate) struct Redirect {
    pub(crate) status: u16,
    /// Where it leads, without the server's own address.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Sends a request and follows no redirection.
pub(crate) async fn unfollowed(api: &Api<Mango>, path: &str, body: Option<String>) -> Redirect {
    let client = awc::Client::builder().disable_redirects().finish();
    let url = format!("{}{path}", api.url());
    let mut answer = match body {
        None => client.get(url).send().await.unwrap(),
        Some(body) => {
            let content_type = ("content-type", "application/x-www-form-urlencoded");
            client.post(url).insert_header(content_type).send_body(body).await.unwrap()
        }
    };
    let body = answer.body().await.unwrap();
    let location = answer.headers().get("location").map(|value| value.to_str().unwrap());
    let path = location.and_then(|location| location.strip_prefix(&api.url())).unwrap_or_default();
    Redirect {
        status: answer.status().as_u16(),
        path: path.to_owned(),
        text: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// A notification: its path below the customer's base, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Told {
    /// Reads a notification as a customer's server does, checking all that it can check.
    pub(crate) fn read(received: &Received) -> Self {
        let path = received.line.strip_prefix("POST /webhook/").expect("a POST below the base");
        assert_eq!(received.header("content-type"), "application/x-www-form-urlencoded");
        Self::of(path.strip_suffix(" HTTP/1.1").expect("HTTP"), &received.body)
    }

    /// Reads a path and a body.
    pub(crate) fn of(path: &str, body: &str) -> Self {
        let fields: Vec<(String, String)> = serde_urlencoded::from_str(body).expect("a form");
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["vpbx_api_key", "sign", "json"]);
        let text = fields[2].1.clone();
        assert_eq!(fields[0].1, KEY);
        assert_eq!(fields[1].1, sign(&[KEY, &text, SALT]), "{text}");
        let json = serde_json::from_str(&text).expect("JSON");
        Self { path: path.to_owned(), text, json }
    }
}

/// An instance that tells a receiver, with its clock in hand.
pub(crate) struct Desk {
    pub(crate) api: Api<Mango>,
    pub(crate) receiver: Receiver,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Value::Null)
    }

    pub(crate) fn with(settings: Value) -> Self {
        let receiver = Receiver::start(Temper::Answers(200));
        let builder = Builder::<Mango>::default().seed(7).frozen_clock();
        let api = Api::of(builder.settings(settings).webhook(receiver.url()));
        Self { api, receiver }
    }

    pub(crate) async fn ask(&self, path: &str, json: Value) -> Reply {
        ask(&self.api, path, &json).await
    }

    /// Asks for something that is done.
    pub(crate) async fn does(&self, path: &str, json: Value) -> Value {
        let reply = self.ask(path, json).await;
        assert_eq!(reply.json["result"], 1000, "{}", reply.text());
        reply.json
    }

    pub(crate) fn control(&self, control: Value) -> Value {
        self.api.demo().control(control).expect("a control that is done")
    }

    pub(crate) async fn advance(&self, seconds: f64) {
        self.api.advance(time::Duration::seconds_f64(seconds)).await;
    }

    /// Everything that was told so far, in the order in which it happened.
    pub(crate) fn told(&self) -> Vec<Told> {
        let read = |pbx: &ringback_mango::Pbx| {
            let deliveries = pbx.outbox().expect("an outbox").deliveries();
            let mut deliveries: Vec<_> = deliveries.cloned().collect();
            deliveries.sort_by_key(|delivery| delivery.id);
            deliveries
        };
        let deliveries = self.api.demo().read(read).expect("the demo account");
        let base = self.receiver.url();
        let told = deliveries.iter().map(|delivery| {
            let path = delivery.url.strip_prefix(&base).expect("below the base");
            Told::of(path.strip_prefix('/').expect("one slash"), &delivery.body)
        });
        told.collect()
    }

    /// What was told of legs, one line each:
    /// `leg state location from > to [reason] [extras]`, times counted from the first.
    pub(crate) fn story(&self) -> Vec<String> {
        let told = self.told();
        let mut ids: Vec<String> = Vec::new();
        let mut start = None;
        let mut lines = Vec::new();
        for Told { path, json, .. } in &told {
            let at = json["timestamp"].as_i64().or_else(|| json["end_time"].as_i64());
            let at = at.map(|at| at - *start.get_or_insert(at));
            let at = at.map_or(String::new(), |at| format!("{at} "));
            let mut place = |id: &Value| match id.as_str() {
                None => "-".to_owned(),
                Some(id) => match ids.iter().position(|known| known == id) {
                    Some(place) => format!("#{}", place + 1),
                    None => {
                        ids.push(id.to_owned());
                        format!("#{}", ids.len())
                    }
                },
            };
            lines.push(match path.as_str() {
                "events/call" => {
                    let leg = place(&json["call_id"]);
                    let mut line = format!(
                        "{at}{leg}.{} {} {} {} > {}",
                        json["seq"],
                        json["call_state"].as_str().unwrap(),
                        json["location"].as_str().unwrap(),
                        end(&json["from"]),
                        end(&json["to"]),
                    );
                    if let Some(group) = json["to"]["acd_group"].as_str() {
                        line += &format!(" group {group}");
                    }
                    if !json["from"]["taken_from_call_id"].is_null() {
                        line += &format!(" taken {}", place(&json["from"]["taken_from_call_id"]));
                    }
                    for key in ["disconnect_reason", "transfer", "command_id", "task_id"] {
                        if !json[key].is_null() {
                            line += &format!(" {}", json[key].to_string().trim_matches('"'));
                        }
                    }
                    for (side, key) in [
                        ("from", "was_transferred"),
                        ("to", "was_transferred"),
                        ("from", "hold_initiator"),
                        ("to", "hold_initiator"),
                    ] {
                        if json[side][key] == true {
                            line += &format!(" {side}.{key}");
                        }
                    }
                    line
                }
                "events/summary" => format!(
                    "{at}summary {} {} > {} result {} reason {}",
                    json["call_direction"],
                    end(&json["from"]),
                    end(&json["to"]),
                    json["entry_result"],
                    json["disconnect_reason"]
                ),
                "events/recording" => format!(
                    "{at}recording {} {}.{}{}",
                    json["recording_state"].as_str().unwrap(),
                    place(&json["call_id"]),
                    json["seq"],
                    json["completion_code"]
                        .as_u64()
                        .map_or(String::new(), |code| format!(" {code}")),
                ),
                "events/dtmf" => format!(
                    "{at}dtmf {} {} {}",
                    json["seq"],
                    json["dtmf"].as_str().unwrap(),
                    place(&json["call_id"])
                ),
                "events/record/added" => format!("{at}added {}", json["user_id"]),
                path => format!("{at}{path} {}", json["result"]),
            });
        }
        lines
    }

    /// The `call_id` of a leg by its place in the story.
    pub(crate) fn leg(&self, place: usize) -> String {
        let mut ids: Vec<String> = Vec::new();
        for told in self.told().iter().filter(|told| told.path == "events/call") {
            let id = told.json["call_id"].as_str().unwrap().to_owned();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids[place - 1].clone()
    }
}

fn end(end: &Value) -> String {
    let text = |key: &str| end[key].as_str().map(str::to_owned);
    let number = text("number").map(|number| match number.strip_prefix("sip:user") {
        Some(_) => "sip".to_owned(),
        None => number,
    });
    match (text("extension"), number) {
        (Some(extension), Some(number)) => format!("{extension}/{number}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "-".to_owned(),
    }
}
