//! The Ringback that an agent works with, and what it has done so far.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringback_engine::Start;
use ringback_mock::{
    FROZEN_AT, Mount, Options, Server,
    bench::Bench,
    serve::{Port, Setup},
};
use serde_json::{Map, Value};

use super::{
    args::{StartVendors, Whose},
    script::{Done, Step},
};
use crate::{Fault, docs, nearest::hint, vendors, wait::Target};

/// How many requests of clients are remembered.
const JOURNAL: usize = 10_000;

/// How many steps are remembered: a test of more would be none that a person reads.
const STEPS: usize = 1_000;

/// The Ringback of one agent.
#[derive(Default)]
pub(super) struct Home(Mutex<State>);

#[derive(Default)]
struct State {
    place: Option<Arc<Place>>,
    /// Whether the place was given, and no other may be started.
    is_given: bool,
    steps: Vec<Step>,
}

/// Where a Ringback answers.
pub(super) struct Place {
    url: String,
    target: Target,
    token: Option<String>,
    /// Keeps those alive that were started here.
    _server: Option<Server>,
}

impl Home {
    /// Takes a Ringback that runs.
    pub(super) fn running(url: &str, token: Option<String>) -> Result<Self, Fault> {
        let place = Place::at(url, token, None).map_err(Fault::new)?;
        let place = Some(Arc::new(place));
        Ok(Self(Mutex::new(State { place, is_given: true, steps: Vec::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns where the Ringback answers.
    pub(super) fn place(&self) -> Result<Arc<Place>, String> {
        let none = "no vendor runs: start_vendors starts them".to_owned();
        self.state().place.clone().ok_or(none)
    }

    /// Starts vendors in this process, in place of those that were started before.
    pub(super) fn start(&self, wanted: &StartVendors) -> Result<(), String> {
        if self.state().is_given {
            return Err("this is about a Ringback that runs already, at the --url given".to_owned());
        }
        let (url, server) = start(wanted)?;
        let place = Place::at(&url, None, Some(server))?;
        let mut state = self.state();
        state.place = Some(Arc::new(place));
        state.steps.clear();
        Ok(())
    }

    /// Remembers something that was done, for the test that may be made of it.
    pub(super) fn note(&self, whose: Option<Whose>, done: Done, cursor: u64) {
        let mut state = self.state();
        if state.steps.len() < STEPS {
            state.steps.push(Step { whose, done, cursor });
        }
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        self.state().steps.clone()
    }
}

impl Place {
    fn at(url: &str, token: Option<String>, server: Option<Server>) -> Result<Self, String> {
        let target = Target::of(url)
            .ok_or_else(|| format!("--url {url}: give an address such as http://127.0.0.1:4010"))?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { url, target, token, _server: server })
    }

    /// Returns the address at which it was started, or which was given.
    #[cfg(test)]
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Asks the control API. What it refuses is told in its own words.
    pub(super) fn control(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let path = format!("/__admin{path}");
        let token = self.token.as_deref().map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = token.iter().map(|token| ("authorization", token.as_str())).collect();
        let body = body.map(Value::to_string).unwrap_or_default();
        let asked = self.target.ask(method, &path, &headers, body.as_bytes());
        let (status, answer) = asked.map_err(|why| format!("{}: {why}", self.url))?;
        let read = serde_json::from_str(&answer);
        match status {
            200..=299 => Ok(read.unwrap_or(Value::String(answer))),
            _ => Err(refusal(status, &read.unwrap_or_default())),
        }
    }
}

/// Sends a request to a vendor's own API; returns what is answered, whatever it is.
pub(super) fn request(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<(u16, String), String> {
    let target = Target::of(url).ok_or_else(|| format!("{url} is no address"))?;
    target.ask(method, path, headers, body.as_bytes())
}

/// Says why the control API has refused something, with what came nearest where it looked for something.
fn refusal(status: u16, problem: &Value) -> String {
    let text = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut lines = vec![format!("{status}: {}", text(problem, "detail"))];
    let list = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    for error in list(problem, "errors") {
        lines.push(format!("at {}: {}", text(&error, "at"), text(&error, "detail")));
    }
    for candidate in list(problem, "nearest") {
        lines.push(format!("nearest: {} [{}]", text(&candidate, "what"), text(&candidate, "id")));
        for condition in list(&candidate, "conditions") {
            let holds = condition.get("holds").and_then(Value::as_bool) == Some(true);
            let side = |name: &str| condition.get(name).cloned().unwrap_or_default();
            let sign = if holds { "holds" } else { "NOT" };
            let (expected, found) = (side("expected"), side("found"));
            let at = text(&condition, "at");
            lines.push(format!("  {sign} {at}: wanted {expected}, there is {found}"));
        }
    }
    match text(problem, "hint") {
        hint if hint.is_empty() => {}
        hint => lines.push(format!("hint: {hint}")),
    }
    lines.join("\n")
}

/// Starts vendors and a hub on free ports of the loopback address.
fn start(wanted: &StartVendors) -> Result<(String, Server), String> {
    let known = |name: &String| {
        let found = vendors::ALL.iter().find(|known| known.name == name);
        found.ok_or_else(|| format!("no vendor {name}{}", hint(name, &vendors::NAMES)))
    };
    let chosen: Vec<&vendors::Known> = match wanted.vendors.is_empty() {
        true => vendors::ALL.iter().collect(),
        false => wanted.vendors.iter().map(known).collect::<Result<_, _>>()?,
    };
    if let Some(name) =
        wanted.settings.keys().find(|name| chosen.iter().all(|one| one.name != *name))
    {
        let names: Vec<&str> = chosen.iter().map(|one| one.name).collect();
        return Err(format!("settings: no vendor {name} is started{}", hint(name, &names)));
    }
    let start = if wanted.running_clock { Start::Now } else { Start::Frozen(FROZEN_AT) };
    let (clock, bench) = (start.clock(), Bench::with_journal(JOURNAL));
    let listen = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        Ok((listener, format!("http://{address}")))
    };
    let failed = |error: std::io::Error| error.to_string();
    let (mut ports, mut all) = (Vec::new(), Vec::<Arc<dyn Mount>>::new());
    for vendor in &chosen {
        let settings = wanted.settings.get(vendor.name).cloned();
        let settings = settings.unwrap_or_else(|| Value::Object(Map::new()));
        let said = |problem| format!("settings of {}: {problem}", vendor.name);
        (vendor.settings)(&settings).map_err(said)?;
        let (listener, url) = listen().map_err(failed)?;
        let options = Options {
            seed: wanted.seed,
            start,
            clock: Some(clock.clone()),
            clock_users: chosen.len(),
            bench: Some(Arc::clone(&bench)),
            settings,
            address: Some(url.clone()),
            ..Options::default()
        };
        let mount = (vendor.build)(options).map_err(|error| format!("{}: {error}", vendor.name))?;
        mount.listens_at(url);
        all.push(Arc::clone(&mount));
        ports.push(Port { listener, mounts: vec![mount], hub: false });
    }
    let (listener, url) = listen().map_err(failed)?;
    ports.push(Port { listener, mounts: all, hub: true });
    let setup = Setup { workers: 1, pages: docs::pages(), ..Setup::default() };
    let server = Server::start("ringback", ports, setup).map_err(failed)?;
    Ok((url, server))
}
