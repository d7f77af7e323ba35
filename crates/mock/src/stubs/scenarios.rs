//! Scenarios: states that mappings ask for and set.

use std::collections::{BTreeMap, BTreeSet};

use super::{Inner, Stub, StubRefused, Stubs};

/// The state in which every scenario begins.
pub(crate) const STARTED: &str = "Started";

/// A scenario, as far as mappings name it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) state: String,
    pub(crate) possible: BTreeSet<String>,
    /// The ids of its mappings.
    pub(crate) mappings: Vec<String>,
}

impl Inner {
    fn state(&self, name: &str) -> &str {
        self.states.get(name).map_or(STARTED, String::as_str)
    }

    pub(super) fn is_in_state(&self, stub: &Stub) -> bool {
        let Some(scenario) = &stub.scenario else { return true };
        scenario.required.as_deref().is_none_or(|required| required == self.state(&scenario.name))
    }

    /// Goes to the state that follows an answer.
    pub(super) fn go_on(&mut self, stub: &Stub) {
        if let Some(scenario) = &stub.scenario
            && let Some(next) = &scenario.next
        {
            self.states.insert(scenario.name.clone(), next.clone());
        }
    }

    fn scenarios(&self) -> BTreeMap<String, Shown> {
        let mut found: BTreeMap<String, Shown> = BTreeMap::new();
        for slot in self.slots.values() {
            let Some(scenario) = &slot.stub.scenario else { continue };
            let shown = found.entry(scenario.name.clone()).or_default();
            self.state(&scenario.name).clone_into(&mut shown.state);
            shown.possible.insert(STARTED.to_owned());
            shown.possible.extend(scenario.required.iter().chain(&scenario.next).cloned());
            shown.mappings.push(slot.stub.id.clone());
        }
        found
    }
}

impl Stubs {
    /// Returns all scenarios by their names.
    pub(crate) fn scenarios(&self) -> BTreeMap<String, Shown> {
        self.inner.lock().scenarios()
    }

    /// Sends all scenarios back to where they began.
    pub(crate) fn reset_scenarios(&self) {
        self.inner.lock().states.clear();
    }

    /// Sets the state of a scenario, or sends it back; returns whether there is such a scenario.
    pub(crate) fn set_state(&self, name: &str, state: Option<&str>) -> Result<bool, StubRefused> {
        let mut inner = self.inner.lock();
        let scenarios = inner.scenarios();
        let Some(shown) = scenarios.get(name) else { return Ok(false) };
        let state = state.unwrap_or(STARTED);
        if !shown.possible.contains(state) {
            let known: Vec<&str> = shown.possible.iter().map(String::as_str).collect();
            return Err(StubRefused::unknown("/state", "state", state, &known));
        }
        inner.states.insert(name.to_owned(), state.to_owned());
        Ok(true)
    }
}
