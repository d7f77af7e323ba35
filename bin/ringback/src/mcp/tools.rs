//! The tools: each is a request or two to the control API, and says what came of it.

mod look;
mod world;

use std::sync::Arc;

use rmcp::{
    ServerHandler,
    handler::server::router::tool::ToolRouter,
    model::{Implementation, ServerCapabilities, ServerConfig},
    tool_handler,
};
use serde_json::{Map, Value, json};

use super::{
    args::Whose,
    home::{Home, Place},
    script::Done,
};
use crate::wait::encoded;

/// What an agent is told before anything else.
const INSTRUCTIONS: &str = "\
Ringback imitates telephony vendors (MANGO OFFICE, TEL4VN, Voip24h, Somleng SCFM, Impact PBX): the same URLs, \
JSON, errors and webhooks, and behind them calls that really ring, are answered and end. Point the program \
under test at the addresses that start_vendors answers, with the credentials it answers, and use the other \
tools to be the rest of the world: decide what a dialled number does (set_rule), place calls and be their \
parties (place_call, drive_call), let time pass (move_clock: the clock stands until then), receive webhooks \
(set_inbox, read_inbox), see what was asked and told (list_requests, list_webhooks, show_call), and make sure \
of it (verify). make_test writes down what was done as a test. read_docs has the vendors' pages and \
control-api, whose requests control_api takes as they are. An account (open_account) is a world of its own; \
without one everything is about the vendor's demo account.";

/// What an agent sees of an answer: text, JSON where it is more than a sentence.
type Told = Result<String, String>;

/// The tools of one agent.
#[derive(Clone)]
pub(super) struct Tools {
    home: Arc<Home>,
    router: ToolRouter<Self>,
}

/// A path behind `/__admin` with a query of what is given.
fn path(vendor: Option<&str>, rest: &str, query: &[(&str, Option<&str>)]) -> String {
    let vendor = vendor.map_or_else(String::new, |vendor| format!("/{}", encoded(vendor)));
    let given = query.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let query: Vec<String> =
        given.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{vendor}{rest}{mark}{}", query.join("&"))
}

/// The fields that are given.
fn given<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

/// The fields of a value that are named, as far as it has them.
fn only(value: &Value, names: &[&str]) -> Value {
    let kept = names.iter().filter_map(|name| Some(((*name).to_owned(), value.get(name)?.clone())));
    Value::Object(kept.collect())
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A text as it is, and anything else as JSON.
fn text(value: Value) -> String {
    if let Value::String(text) = value { text } else { value.to_string() }
}

impl Tools {
    pub(super) fn new(home: Home) -> Self {
        Self { home: Arc::new(home), router: Self::world() + Self::look() }
    }

    /// Does something that waits for answers, where waiting keeps nobody else from being served.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Home) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let home = Arc::clone(&self.home);
        let done = tokio::task::spawn_blocking(move || work(&home)).await;
        done.map_err(|error| error.to_string())?
    }

    /// Asks the control API, and remembers what was done if it was.
    async fn ask(
        &self,
        method: &'static str,
        path: String,
        body: Option<Value>,
        done: impl FnOnce(&Value) -> Option<(Option<Whose>, Done)> + Send + 'static,
    ) -> Result<Value, String> {
        self.work(move |home| {
            let place = home.place()?;
            let answer = place.control(method, &path, body.as_ref())?;
            if let Some((whose, done)) = done(&answer) {
                home.note(whose, done, cursor(&place));
            }
            Ok(answer)
        })
        .await
    }

    async fn read(&self, path: String) -> Result<Value, String> {
        self.ask("GET", path, None, |_| None).await
    }
}

/// Returns where what has happened ends now.
fn cursor(place: &Place) -> u64 {
    let asked = json!({ "match": { "kind": "clock" }, "at_least": 0 });
    let answer = place.control("POST", "/verify", Some(&asked)).unwrap_or_default();
    let next = answer.get("next").and_then(Value::as_str);
    // Behind the number stands which process it is of.
    let number = next.map(|next| next.split_once('-').map_or(next, |(number, _)| number));
    number.and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}

#[tool_handler(router = self.router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("ringback", env!("CARGO_PKG_VERSION"));
        info.instructions = Some(INSTRUCTIONS.to_owned());
        info
    }
}
