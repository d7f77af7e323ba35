//! Playing one step: requests to the control API and to the vendors.

use std::collections::BTreeMap;
use std::time::Duration;

use awc::Client;
use serde_json::{Map, Value, json};

use super::{
    Ended, expect,
    file::{Request, Step},
    host::Host,
};
use crate::Fault;

/// Why a step failed, and at which of its keys.
pub(super) struct Why {
    pub(super) key: String,
    pub(super) what: String,
}

/// What is known while a scenario is played.
pub(super) struct Stage<'a> {
    host: &'a Host,
    client: Client,
    /// By name: addresses, credentials, calls, and what was saved of answers.
    names: BTreeMap<String, String>,
    /// The last answer of a vendor.
    answer: Value,
}

/// An answer, read.
struct Answer {
    status: u16,
    body: Value,
}

impl<'a> Stage<'a> {
    pub(super) async fn new(host: &'a Host) -> Result<Self, Ended> {
        let client = Client::builder().timeout(Duration::from_secs(60)).finish();
        let (names, answer) = (BTreeMap::new(), Value::Null);
        let mut stage = Self { host, client, names, answer };
        let index = stage.ask("GET", &format!("{}/__admin", host.hub), &[], String::new()).await;
        let index = index.map_err(|why| Ended::Fault(Fault::new(why)))?;
        let vendors = index.body.get("vendors").and_then(Value::as_array);
        for vendor in vendors.into_iter().flatten() {
            let Some(name) = vendor.get("name").and_then(Value::as_str) else { continue };
            for (key, value) in [("url", "base_url"), ("credentials", "credentials")] {
                stage.learn(&format!("{name}.{key}"), vendor.get(value).unwrap_or(&Value::Null));
            }
        }
        Ok(stage)
    }

    /// Keeps a value under a name, and what is in an object under names of its own.
    fn learn(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.learn(&format!("{name}.{key}"), value);
                }
            }
            Value::Array(items) => {
                for (place, value) in items.iter().enumerate() {
                    self.learn(&format!("{name}.{place}"), value);
                }
            }
            Value::String(text) => drop(self.names.insert(name.to_owned(), text.clone())),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) => {
                self.names.insert(name.to_owned(), value.to_string());
            }
        }
    }

    /// Puts what is known in place of `{name}`; braces around anything else stay.
    fn fill(&self, text: &str) -> String {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let known = after.split_once('}').and_then(|(name, behind)| {
                self.names.get(name).map(|value| (value.as_str(), behind))
            });
            rest = match known {
                Some((value, behind)) => {
                    filled.push_str(value);
                    behind
                }
                None => {
                    filled.push('{');
                    after
                }
            };
        }
        filled + rest
    }

    fn fill_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.fill(text).into(),
            Value::Array(items) => items.iter().map(|item| self.fill_value(item)).collect(),
            Value::Object(fields) => {
                let filled =
                    fields.iter().map(|(key, value)| (key.clone(), self.fill_value(value)));
                Value::Object(filled.collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    async fn ask(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: String,
    ) -> Result<Answer, String> {
        let method = awc::http::Method::from_bytes(method.as_bytes());
        let method = method.map_err(|error| error.to_string())?;
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        let sent = request.send_body(body).await;
        let mut response = sent.map_err(|error| format!("{url}: {error}"))?;
        let bytes = response.body().limit(64 << 20).await;
        let bytes = bytes.map_err(|error| format!("{url}: {error}"))?;
        let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        Ok(Answer { status: response.status().as_u16(), body })
    }

    /// Returns the address of the hub.
    pub(super) fn hub(&self) -> &str {
        &self.host.hub
    }

    /// Returns whether something is known by a name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Asks the control API, of which nothing is to be refused.
    pub(super) async fn control(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let url = format!("{}/__admin{path}", self.host.hub);
        let body = if body.is_null() { String::new() } else { self.fill_value(body).to_string() };
        let answer = self.ask(method, &url, &[], body).await?;
        match answer.status {
            200..=299 => Ok(answer.body),
            status => Err(format!("{method} {path} is answered {status}: {}", answer.body)),
        }
    }

    pub(super) async fn play(&mut self, step: &Step) -> Result<(), Why> {
        let order = &step.order;
        let vendor = order.vendor.clone().or_else(|| self.host.vendors.first().cloned());
        let of = |path: &str| match &vendor {
            Some(vendor) => format!("/{vendor}{path}"),
            None => path.to_owned(),
        };
        let at = |key: &'static str| move |what: String| Why { key: key.to_owned(), what };
        if let Some(call) = &order.call {
            let placed = self.control("POST", &of("/calls"), call).await.map_err(at("call"))?;
            if let Some(name) = &order.name {
                self.name_call(name, &placed);
            }
        } else if let Some(control) = &order.control {
            self.control("POST", &of("/control"), control).await.map_err(at("control"))?;
        } else if let Some(advance) = &order.advance {
            let body = match advance {
                Value::Object(_) => advance.clone(),
                Value::String(to) if to == "idle" => json!({ "until": "idle" }),
                Value::String(to) => json!({ "to": to }),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                    json!({ "seconds": advance })
                }
            };
            let went = self.control("POST", "/clock/advance", &body).await;
            let went = went.map_err(at("advance"))?;
            if went.get("matched") == Some(&Value::Bool(false)) {
                return Err(at("advance")("what was waited for has not come".to_owned()));
            }
        } else if let Some(rule) = &order.rule {
            self.control("POST", &of("/behaviours"), rule).await.map_err(at("rule"))?;
        } else if let Some(faults) = &order.record_faults {
            let done = self.control("PUT", &of("/record_faults"), faults).await;
            done.map_err(at("record_faults"))?;
        } else if let Some(traffic) = &order.traffic {
            self.control("PUT", &of("/traffic"), traffic).await.map_err(at("traffic"))?;
        } else if let Some(request) = &order.request {
            let name = vendor.unwrap_or_default();
            let Some(base) = self.names.get(&format!("{name}.url")).cloned() else {
                return Err(at("request")(format!("no vendor {name:?} is here")));
            };
            self.request(&base, request).await.map_err(at("request"))?;
        } else if let Some(request) = &order.admin {
            let base = format!("{}/__admin", self.host.hub);
            self.request(&base, request).await.map_err(at("admin"))?;
        } else if let Some(wanted) = &order.expect {
            let bounds = expect::Bounds::new(order.times, order.at_least, order.at_most);
            let Value::Object(mut wanted) = self.fill_value(&Value::Object(wanted.clone())) else {
                return Ok(());
            };
            let kind = match wanted.remove("kind") {
                None => "event".to_owned(),
                Some(kind) => kind.as_str().unwrap_or_default().to_owned(),
            };
            let candidates = self.candidates(&kind).await.map_err(at("expect"))?;
            expect::check(&kind, &wanted, &candidates, bounds).map_err(at("expect"))?;
        }
        Ok(())
    }

    fn name_call(&mut self, name: &str, call: &Value) {
        self.learn(name, call.get("id").unwrap_or(&Value::Null));
        self.learn(name, call.get("vendor_ids").unwrap_or(&Value::Null));
    }

    async fn request(&mut self, base: &str, request: &Request) -> Result<(), String> {
        let Request { method, path, headers, json, form, text, status, save } = request;
        let mut sent: Vec<(String, String)> = Vec::new();
        let mut header = |name: &str, value: String| sent.push((name.to_owned(), value));
        let body = match (json, form, text) {
            (Some(json), None, None) => {
                header("content-type", "application/json".to_owned());
                self.fill_value(json).to_string()
            }
            (None, Some(form), None) => {
                header("content-type", "application/x-www-form-urlencoded".to_owned());
                let filled = form.iter().map(|(name, value)| {
                    (name.clone(), self.fill(value.as_str().unwrap_or(&value.to_string())))
                });
                serde_urlencoded::to_string(filled.collect::<Vec<_>>()).unwrap_or_default()
            }
            (None, None, Some(text)) => self.fill(text),
            (None, None, None) => String::new(),
            _ => return Err("a request has one of json, form and text".to_owned()),
        };
        for (name, value) in headers {
            header(name, self.fill(value.as_str().unwrap_or_default()));
        }
        let usual = if body.is_empty() { "GET" } else { "POST" };
        let method = method.as_deref().unwrap_or(usual);
        let path = self.fill(path);
        let url = if path.contains("://") { path.clone() } else { format!("{base}{path}") };
        let Answer { status: answered, body } = self.ask(method, &url, &sent, body).await?;
        if status.map_or(answered >= 400, |wanted| wanted != answered) {
            let wanted = status.map_or("below 400".to_owned(), |wanted| wanted.to_string());
            return Err(format!("{method} {path}: wanted status {wanted}, was {answered}: {body}"));
        }
        for (name, path) in save {
            let path = path.as_str().unwrap_or_default();
            let value = expect::at(path, &body)?;
            let value = value.ok_or_else(|| format!("{path} is not in the answer {body}"))?.clone();
            self.learn(name, &value);
        }
        self.answer = json!({ "status": answered, "body": body });
        Ok(())
    }

    /// Returns everything of a kind that there is.
    async fn candidates(&self, kind: &str) -> Result<Vec<Value>, String> {
        // A Ringback that runs may have others, of whom the file knows nothing.
        let takes_part = |item: &&Value| {
            let vendor = item.get("vendor").and_then(Value::as_str).unwrap_or_default();
            self.host.vendors.iter().any(|known| known == vendor)
        };
        let list = |answer: Value, name: &str| match answer.get(name) {
            Some(Value::Array(items)) => items.iter().filter(takes_part).cloned().collect(),
            _ => Vec::new(),
        };
        match kind {
            "response" => Ok(vec![self.answer.clone()]),
            "call" => {
                let calls = self.control("GET", "/calls?limit=1000", &Value::Null).await?;
                Ok(list(calls, "calls"))
            }
            "delivery" => {
                let found = self.control("GET", "/deliveries?limit=1000", &Value::Null).await?;
                Ok(list(found, "deliveries"))
            }
            "event" => {
                let calls = self.control("GET", "/calls?limit=1000", &Value::Null).await?;
                Ok(list(calls, "calls").iter().flat_map(events_of).collect())
            }
            _ => Err(format!("kind {kind:?} is none of event, call, delivery, response")),
        }
    }
}

/// Returns the events of a call, each with what is the call's.
fn events_of(call: &Value) -> Vec<Value> {
    let timeline = call.get("timeline").and_then(Value::as_array);
    let event = |event: &Value| {
        let mut fields = event.as_object().cloned().unwrap_or_else(Map::new);
        for (name, of) in [("call", "id"), ("vendor", "vendor"), ("direction", "direction")] {
            fields.insert(name.to_owned(), call.get(of).cloned().unwrap_or_default());
        }
        for name in ["from", "to"] {
            let number = call.get(name).and_then(|party| party.get("number"));
            fields.insert(name.to_owned(), number.cloned().unwrap_or_default());
        }
        Value::Object(fields)
    };
    timeline.into_iter().flatten().map(event).collect()
}
