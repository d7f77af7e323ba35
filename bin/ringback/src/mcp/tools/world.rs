//! Tools that do something: to the world of an account, to the clock, to a vendor.

use rmcp::{handler::server::wrapper::Parameters, tool, tool_router};
use serde_json::{Value, json};

use super::{
    super::{
        args::{
            ControlApi, DriveCall, MoveClock, OpenAccount, Outcome, PlaceCall, RequestVendor,
            SetInbox, SetRule, StartVendors, Whose,
        },
        home,
        script::Done,
    },
    Told, Tools, given, list, only, path, text,
};
use crate::{nearest::hint, wait::encoded};

/// What a rung phone does, as the control API has it.
fn outcome(outcome: Outcome, cause: Option<String>) -> Result<Value, String> {
    match (outcome, cause) {
        (Outcome::Fail, Some(cause)) => Ok(json!({ "fail": cause })),
        (Outcome::Fail, None) => Err("the outcome fail needs a cause".to_owned()),
        (_, Some(_)) => Err("a cause goes with the outcome fail alone".to_owned()),
        (plain, None) => serde_json::to_value(plain).map_err(|error| error.to_string()),
    }
}

/// Returns whether what is answered under a path of the control API goes on for ever.
fn is_stream(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    match path.trim_matches('/').split_once('/') {
        Some((_, rest)) => rest == "events",
        None => path.trim_matches('/') == "events",
    }
}

#[tool_router(router = world, vis = "pub(super)")]
impl Tools {
    #[tool(
        description = "Start vendors on free ports, with a clock that stands. Answers their addresses and the credentials of their demo accounts. Those started before end."
    )]
    async fn start_vendors(&self, Parameters(wanted): Parameters<StartVendors>) -> Told {
        self.work(move |home| home.start(&wanted)).await?;
        self.list_vendors().await
    }

    #[tool(
        description = "List the vendors that run: address, credentials of the demo account, lines of curl to begin with; and the clock.",
        annotations(read_only_hint = true)
    )]
    async fn list_vendors(&self) -> Told {
        let index = self.read(String::new()).await?;
        let shown = ["name", "title", "base_url", "credentials", "examples"];
        let vendors: Vec<Value> =
            list(&index, "vendors").iter().map(|one| only(one, &shown)).collect();
        let clock = index.get("clock").cloned().unwrap_or_default();
        Ok(json!({ "vendors": vendors, "clock": clock }).to_string())
    }

    #[tool(
        description = "Open an account with a vendor: a world of its own, with its own calls, rules, webhooks and time. Answers the credentials that its clients send."
    )]
    async fn open_account(&self, Parameters(wanted): Parameters<OpenAccount>) -> Told {
        let OpenAccount { vendor, account } = wanted;
        let path = path(Some(&vendor), &format!("/accounts/{}", encoded(&account)), &[]);
        Ok(self.ask("PUT", path, None, |_| None).await?.to_string())
    }

    #[tool(
        description = "Decide what calls to a number do: answer, be busy, not answer, … The newest rule that matches decides. Answers the rule with its id."
    )]
    async fn set_rule(&self, Parameters(wanted): Parameters<SetRule>) -> Told {
        let SetRule { vendor, account, to, from, outcome: said, cause, ring, talk, times } = wanted;
        let rule = given([
            ("to", to.map(Value::from)),
            ("from", from.map(Value::from)),
            ("outcome", Some(outcome(said, cause)?)),
            ("ring", ring.map(Value::from)),
            ("talk", talk.map(Value::from)),
            ("times", times.map(Value::from)),
        ]);
        let path = path(Some(&vendor), "/behaviours", &[("account", account.as_deref())]);
        let whose = Whose { vendor, account };
        let body = Value::Object(rule.clone());
        let note = move |_: &Value| Some((Some(whose), Done::Rule(rule)));
        Ok(self.ask("POST", path, Some(body), note).await?.to_string())
    }

    #[tool(
        description = "Let somebody pick up a phone and dial. With the outcome manual the phone rings until drive_call does something. Answers the call."
    )]
    async fn place_call(&self, Parameters(wanted): Parameters<PlaceCall>) -> Told {
        let PlaceCall { vendor, account, from, to, outcome: said, cause, ring, talk } = wanted;
        let behaviour = match said {
            Some(said) => Some(Value::Object(given([
                ("outcome", Some(outcome(said, cause)?)),
                ("ring", ring.map(Value::from)),
                ("talk", talk.map(Value::from)),
            ]))),
            None if cause.is_some() || ring.is_some() || talk.is_some() => {
                return Err("cause, ring and talk go with an outcome".to_owned());
            }
            None => None,
        };
        let body = given([
            ("from", Some(from.as_str().into())),
            ("to", Some(to.as_str().into())),
            ("behaviour", behaviour.clone()),
        ]);
        let path = path(Some(&vendor), "/calls", &[("account", account.as_deref())]);
        let whose = Whose { vendor, account };
        let note = move |call: &Value| {
            let call = call.get("id")?.as_str()?.to_owned();
            Some((Some(whose), Done::Dial { call, from, to, behaviour }))
        };
        Ok(self.ask("POST", path, Some(Value::Object(body)), note).await?.to_string())
    }

    #[tool(
        description = "Be a party of a call: answer, reject, hang_up, dtmf, hold, resume, transfer, … Answers the call as it stands then."
    )]
    async fn drive_call(&self, Parameters(wanted): Parameters<DriveCall>) -> Told {
        let DriveCall {
            call,
            verb,
            leg,
            digits,
            to,
            moved,
            by,
            cut,
            seconds,
            extension,
            supervision,
        } = wanted;
        let verb = serde_json::to_value(verb).map_err(|error| error.to_string())?;
        let verb = verb.as_str().unwrap_or_default().to_owned();
        let body = given([
            ("leg", leg),
            ("digits", digits.map(Value::from)),
            ("to", to.map(Value::from)),
            ("moved", moved.map(Value::from)),
            ("by", by.map(Value::from)),
            ("cut", cut.map(Value::from)),
            ("seconds", seconds.map(Value::from)),
            ("extension", extension.map(Value::from)),
            ("supervision", supervision.map(Value::from)),
        ]);
        let path = path(None, &format!("/calls/{}/{verb}", encoded(&call)), &[]);
        let said = (!body.is_empty()).then(|| Value::Object(body.clone()));
        let note = |shown: &Value| {
            let text = |name: &str| shown.get(name).and_then(Value::as_str).map(str::to_owned);
            let call = text("id")?;
            let whose = Whose { vendor: text("vendor")?, account: text("account") };
            Some((Some(whose), Done::Drive { call, verb, body }))
        };
        Ok(self.ask("POST", path, said, note).await?.to_string())
    }

    #[tool(
        description = "Let simulated time pass: seconds, to a moment, until an event, or until nothing is due. Answers when everything due has happened: the events, and the webhooks with how they went."
    )]
    async fn move_clock(&self, Parameters(wanted): Parameters<MoveClock>) -> Told {
        let MoveClock { vendor, account, seconds, to, until, until_idle, max } = wanted;
        if account.is_some() && vendor.is_none() {
            return Err("say whose account it is: vendor".to_owned());
        }
        if until_idle && until.is_some() {
            return Err("until and until_idle are two ways of saying until when".to_owned());
        }
        let until = until.map(Value::Object).or_else(|| until_idle.then(|| "idle".into()));
        let body = given([
            ("seconds", seconds.map(Value::from)),
            ("to", to.map(Value::from)),
            ("until", until),
            ("max", max.map(Value::from)),
        ]);
        let path = path(vendor.as_deref(), "/clock/advance", &[("account", account.as_deref())]);
        let said = Value::Object(body.clone());
        // The demo account has the time of all.
        let whose = vendor.filter(|_| account.is_some()).map(|vendor| Whose { vendor, account });
        let note = move |moved: &Value| {
            let mut body = body;
            // What was waited for and did not come is no part of a test that passes.
            if moved.get("matched") == Some(&Value::Bool(false)) {
                let usual = if until_idle { 86_400 } else { 3_600 };
                body.remove("until");
                let max = body.remove("max").unwrap_or_else(|| usual.into());
                body.insert("seconds".to_owned(), max);
            }
            Some((whose, Done::Move(body)))
        };
        let moved = self.ask("POST", path, Some(said), note).await?;
        let event = ["at", "event", "call", "from", "to", "cause", "leg", "digits"];
        let sent = ["id", "event", "call", "url", "state", "reason"];
        const SHOWN: usize = 100;
        let count = moved.get("event_count").cloned().unwrap_or_default();
        let events: Vec<Value> =
            list(&moved, "events").iter().take(SHOWN).map(|one| only(one, &event)).collect();
        let deliveries: Vec<Value> =
            list(&moved, "deliveries").iter().take(SHOWN).map(|one| only(one, &sent)).collect();
        let mut shown = only(&moved, &["from", "to", "matched", "unsettled"]);
        if let Value::Object(shown) = &mut shown {
            shown.insert("event_count".to_owned(), count);
            shown.insert("events".to_owned(), events.into());
            shown.insert("webhook_count".to_owned(), list(&moved, "deliveries").len().into());
            shown.insert("webhooks".to_owned(), deliveries.into());
        }
        Ok(shown.to_string())
    }

    #[tool(
        description = "Receive a vendor's webhooks in an inbox, which answers by a plan. From now on they are sent there."
    )]
    async fn set_inbox(&self, Parameters(wanted): Parameters<SetInbox>) -> Told {
        let SetInbox { vendor, account, name, plan, then } = wanted;
        let then = then.unwrap_or_else(|| 200.into());
        let body = json!({ "plan": plan, "then": then });
        let inbox = format!("/inboxes/{}", encoded(&name));
        let made = self.ask("PUT", inbox, Some(body), |_| None).await?;
        let path = path(Some(&vendor), "/webhook", &[("account", account.as_deref())]);
        let to = json!({ "url": format!("inbox:{name}") });
        let whose = Whose { vendor, account };
        let note = |_: &Value| Some((Some(whose), Done::Inbox { name, plan, then }));
        self.ask("PUT", path, Some(to), note).await?;
        Ok(made.to_string())
    }

    #[tool(
        description = "Send a request to a vendor's own API, as a client of it would. Answers the status and the body."
    )]
    async fn request_vendor(&self, Parameters(wanted): Parameters<RequestVendor>) -> Told {
        self.work(move |home| {
            let RequestVendor { vendor, method, path, headers, body } = wanted;
            let index = home.place()?.control("GET", "", None)?;
            let named = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(&vendor);
            let known: Vec<&str> = list(&index, "vendors").iter().filter_map(|one| one.get("name")?.as_str()).collect();
            let found = list(&index, "vendors").iter().find(named);
            let found = found.ok_or_else(|| format!("no vendor {vendor} runs{}", hint(&vendor, &known)))?;
            let url = found.get("base_url").and_then(Value::as_str).unwrap_or_default();
            let usual = if body.is_some() { "POST" } else { "GET" };
            let method = method.unwrap_or_else(|| usual.to_owned());
            let body = match body {
                None => String::new(),
                Some(Value::String(text)) => text,
                Some(json) => json.to_string(),
            };
            let mut named: Vec<(&str, &str)> = Vec::new();
            let is_typed = headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
            if !body.is_empty() && !is_typed {
                let is_json = body.starts_with(['{', '[']);
                let form = "application/x-www-form-urlencoded";
                named.push(("content-type", if is_json { "application/json" } else { form }));
            }
            for (name, value) in &headers {
                named.push((name, value.as_str().ok_or("a header is a text")?));
            }
            let (status, body) = home::request(url, &method, &path, &named, &body)?;
            Ok(json!({ "status": status, "body": serde_json::from_str(&body).unwrap_or(Value::String(body)) }).to_string())
        })
        .await
    }

    #[tool(
        description = "Send any request to the control API: extensions, services, chaos, late records, traffic, checkpoints, snapshots, doctor, … read_docs of page control-api has them all."
    )]
    async fn control_api(&self, Parameters(wanted): Parameters<ControlApi>) -> Told {
        self.work(move |home| {
            let ControlApi { method, path, body } = wanted;
            let path = path.strip_prefix("/__admin").unwrap_or(&path).to_owned();
            let method = method.to_uppercase();
            if is_stream(&path) {
                let hint =
                    "verify with wait waits for something, list_calls and list_requests list it";
                return Err(format!("{path} is a stream, which does not end: {hint}"));
            }
            let answer = home.place()?.control(&method, &path, body.as_ref())?;
            let answer = text(answer);
            Ok(if answer.is_empty() { "done".to_owned() } else { answer })
        })
        .await
    }
}
