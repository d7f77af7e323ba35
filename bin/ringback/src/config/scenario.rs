//! Scenario files: what is for all vendors, and what is for one of them.

use std::path::Path;

use serde_json::{Map, Value};

use super::file;
use crate::{
    Fault, explain,
    vendors::{self, Known},
};

/// What a file says of how it is played: `ringback scenario run` reads it.
pub(crate) const PLAYED: [&str; 7] =
    ["about", "vendors", "seed", "freeze", "webhook", "settings", "step"];

/// A scenario as a file says it. What may stand in it is the vendors' to say.
#[derive(Default)]
pub(crate) struct Scenario {
    shared: Map<String, Value>,
    sections: Map<String, Value>,
}

impl Scenario {
    /// Reads a file and checks it with every vendor it is about.
    pub(crate) fn read(what: &str, path: &Path) -> Result<Self, Fault> {
        let table = file::read_table(what, path)?;
        Self::of_table(table, path)
    }

    /// Takes the world's part of a file, checked with every vendor it is about; what is for playing it
    /// alone is left out.
    pub(crate) fn of_table(table: Map<String, Value>, path: &Path) -> Result<Self, Fault> {
        let is_section = |key: &String| vendors::find(key).is_some();
        let world = table.into_iter().filter(|(key, _)| !PLAYED.contains(&key.as_str()));
        let (sections, shared) = world.partition(|(key, _)| is_section(key));
        let scenario = Self { shared, sections };
        let problem =
            |problem: explain::Problem| Fault::new(format!("{}: {problem}", path.display()));
        for known in vendors::ALL {
            known
                .check_scenario(&scenario.shared.clone().into(), &vendors::NAMES)
                .map_err(problem)?;
            if let Some(section) = scenario.sections.get(known.name) {
                known.check_scenario(section, &[]).map_err(|problem| {
                    Fault::new(format!("{}: {}: {problem}", path.display(), known.name))
                })?;
            }
        }
        Ok(scenario)
    }

    /// Returns what it says for one vendor: of lists its own part before what is for all.
    pub(crate) fn of(&self, known: &Known) -> Value {
        let mut whole = self.shared.clone();
        let own = self.sections.get(known.name).and_then(Value::as_object);
        for (key, value) in own.into_iter().flatten() {
            let whole = whole.entry(key).or_insert(Value::Null);
            *whole = match (value, whole.take()) {
                (Value::Array(own), Value::Array(shared)) => {
                    own.iter().cloned().chain(shared).collect()
                }
                (own, _) => own.clone(),
            };
        }
        whole.into()
    }

    /// Names the vendors it has a section for.
    pub(crate) fn vendors(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }
}
