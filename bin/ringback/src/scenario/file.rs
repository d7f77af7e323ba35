//! A scenario file: what it begins with, and its steps with their lines.

use std::path::Path;

use ringback_engine::{OffsetDateTime, Start};
use ringback_mock::FROZEN_AT;
use serde::Deserialize;
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    Fault,
    config::{Scenario, read_text, table_of},
    explain, nearest, vendors,
};

/// A file, read.
pub(super) struct Played {
    pub(super) vendors: Vec<vendors::Known>,
    pub(super) seed: u64,
    pub(super) start: Start,
    /// Where webhooks go, by vendor.
    pub(super) webhook: Map<String, Value>,
    /// The vendors' own settings.
    pub(super) settings: Map<String, Value>,
    pub(super) world: Scenario,
    pub(super) steps: Vec<Step>,
}

/// What a file says of how it is played.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default, rename = "about")]
    _about: String,
    #[serde(default)]
    vendors: Vec<String>,
    #[serde(default = "seven")]
    seed: u64,
    #[serde(default)]
    freeze: Option<String>,
    #[serde(default)]
    webhook: Map<String, Value>,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default)]
    step: Vec<Order>,
}

fn seven() -> u64 {
    7
}

/// One step: a verb, and what belongs to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Order {
    #[serde(rename = "about")]
    _about: String,
    /// Whose world it is about; the first vendor's unless given.
    pub(super) vendor: Option<String>,
    /// The name of the call that is placed.
    #[serde(rename = "as")]
    pub(super) name: Option<String>,
    pub(super) call: Option<Value>,
    pub(super) control: Option<Value>,
    pub(super) advance: Option<Value>,
    pub(super) rule: Option<Value>,
    pub(super) record_faults: Option<Value>,
    pub(super) traffic: Option<Value>,
    pub(super) request: Option<Request>,
    pub(super) admin: Option<Request>,
    pub(super) expect: Option<Map<String, Value>>,
    pub(super) times: Option<usize>,
    pub(super) at_least: Option<usize>,
    pub(super) at_most: Option<usize>,
}

/// An HTTP request, and what its answer has to be.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Request {
    pub(super) method: Option<String>,
    pub(super) path: String,
    pub(super) headers: Map<String, Value>,
    pub(super) json: Option<Value>,
    pub(super) form: Option<Map<String, Value>>,
    pub(super) text: Option<String>,
    /// The status of the answer; any below 400 unless given.
    pub(super) status: Option<u16>,
    /// What is kept of the answer, by name: a JSONPath each.
    pub(super) save: Map<String, Value>,
}

/// A step and where it stands.
pub(super) struct Step {
    pub(super) order: Order,
    line: usize,
    /// The lines of its keys.
    keys: Vec<(String, usize)>,
}

/// The verbs, of which a step has one.
const VERBS: [&str; 9] = [
    "call",
    "control",
    "advance",
    "rule",
    "record_faults",
    "traffic",
    "request",
    "admin",
    "expect",
];

impl Step {
    /// Returns the line of one of its keys, or of the step.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.keys.iter().find(|(known, _)| known == key).map_or(self.line, |(_, line)| *line)
    }
}

impl Order {
    fn verbs(&self) -> Vec<&'static str> {
        let there = [
            self.call.is_some(),
            self.control.is_some(),
            self.advance.is_some(),
            self.rule.is_some(),
            self.record_faults.is_some(),
            self.traffic.is_some(),
            self.request.is_some(),
            self.admin.is_some(),
            self.expect.is_some(),
        ];
        VERBS.into_iter().zip(there).filter(|(_, is)| *is).map(|(verb, _)| verb).collect()
    }
}

impl Played {
    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        Self::of(path, &read_text("scenario run", path)?)
    }

    /// Takes the text of a file.
    pub(super) fn of(path: &Path, text: &str) -> Result<Self, Fault> {
        let fault = |what: String| Fault::new(format!("{}: {what}", path.display()));
        let table = table_of(path, text)?;
        let lines = lines(text);
        let is_played = |key: &str| crate::config::PLAYED.contains(&key);
        let said: Map<String, Value> =
            table.iter().filter(|(key, _)| is_played(key)).map(clone).collect();
        let said: Said =
            explain::read(&said.into(), &[]).map_err(|problem| fault(problem.to_string()))?;
        let world = Scenario::of_table(table, path)?;
        let find = |name: &String| {
            let hint = || nearest::hint(name, &vendors::NAMES);
            vendors::find(name).ok_or_else(|| fault(format!("unknown vendor {name:?}{}", hint())))
        };
        let vendors: Vec<vendors::Known> =
            said.vendors.iter().map(find).collect::<Result<_, _>>()?;
        if vendors.is_empty() {
            return Err(fault("vendors has to name one at least".to_owned()));
        }
        let at = match said.freeze.as_deref().map(|at| OffsetDateTime::parse(at, &Rfc3339)) {
            None => FROZEN_AT,
            Some(Ok(at)) => at,
            Some(Err(_)) => {
                return Err(fault("freeze is a moment such as 2026-01-05T09:00:00Z".to_owned()));
            }
        };
        let mut lines = lines.into_iter();
        let mut steps = Vec::new();
        for (place, order) in said.step.into_iter().enumerate() {
            let (line, keys) = lines.next().unwrap_or((1, Vec::new()));
            let step = Step { order, line, keys };
            if let verbs = step.order.verbs()
                && verbs.len() != 1
            {
                let found = if verbs.is_empty() { "none".to_owned() } else { verbs.join(", ") };
                let what = format!("step {place} has to have one of {}", VERBS.join(", "));
                return Err(Fault::new(format!(
                    "{}:{line}: {what}; found {found}",
                    path.display()
                )));
            }
            steps.push(step);
        }
        let Said { seed, webhook, settings, .. } = said;
        Ok(Self { vendors, seed, start: Start::Frozen(at), webhook, settings, world, steps })
    }
}

fn clone((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// Returns the line of each step, with the lines of its keys; none of a file in JSON.
fn lines(text: &str) -> Vec<(usize, Vec<(String, usize)>)> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let line = |at: usize| 1 + text.get(..at).unwrap_or_default().matches('\n').count();
    let steps = table.get_ref().iter().find(|(key, _)| key.get_ref() == "step");
    let steps = steps.and_then(|(_, steps)| steps.get_ref().as_array());
    let step = |step: &Spanned<DeValue<'_>>| {
        let keys = step.get_ref().as_table().into_iter().flatten();
        let keys = keys.map(|(key, _)| (key.get_ref().to_string(), line(key.span().start)));
        (line(step.span().start), keys.collect())
    };
    steps.into_iter().flatten().map(step).collect()
}
