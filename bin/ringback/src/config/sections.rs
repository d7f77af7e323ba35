//! The vendors' own settings: sections of the file, `--set`, and variables of the originals.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    file,
    layers::{Layers, Origin},
};
use crate::{
    Fault, nearest,
    vendors::{self, Known},
};

/// What was set for each vendor, and where each value comes from.
#[derive(Default)]
pub(crate) struct Sections {
    values: BTreeMap<&'static str, Value>,
    /// By the vendor's name and the key, `mango.webhook_retries`.
    origins: BTreeMap<String, Origin>,
}

impl Sections {
    /// Puts together what all layers say; the later goes before the earlier.
    pub(crate) fn new(layers: &Layers) -> Result<Self, Fault> {
        let mut sections = Self::default();
        for known in vendors::ALL {
            for (variable, setting) in known.environment {
                let value = std::env::var(variable).unwrap_or_default();
                if !value.is_empty() {
                    let origin = Origin::Environment(variable);
                    sections.put(known, &[*setting], value.into(), origin);
                }
            }
            if let Some(Value::Object(section)) = layers.sections.get(known.name) {
                sections.put_table(known, &mut Vec::new(), section);
            }
        }
        for (said, origin) in &layers.set {
            sections.set(said, *origin, layers)?;
        }
        Ok(sections)
    }

    /// Returns what was set for a vendor, an empty table if nothing was.
    pub(crate) fn of(&self, vendor: &str) -> Value {
        self.values.get(vendor).cloned().unwrap_or_else(|| Map::new().into())
    }

    /// Returns where a value comes from, or what is in it, or what it is in.
    pub(crate) fn origin(&self, key: &str) -> Origin {
        let is_within = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let about = |(other, _): &(&String, &Origin)| {
            is_within(key, other.as_str()) || is_within(other.as_str(), key)
        };
        let origins = self.origins.iter().filter(about).map(|(_, origin)| *origin);
        origins.max().unwrap_or(Origin::Default)
    }

    /// Checks what was set for a vendor and returns it with the vendor's defaults.
    pub(crate) fn check(&self, known: &Known, layers: &Layers) -> Result<Value, Fault> {
        (known.settings)(&self.of(known.name)).map_err(|problem| {
            let key = format!("{}.{}", known.name, problem.key);
            let place = layers.place_of_setting(self.origin(&key), &key);
            let place = if place.is_empty() { known.name.to_owned() } else { place };
            Fault::new(format!("{place}: {problem}"))
        })
    }

    /// Names the vendors for which something was set by Ringback's own means, and the highest origin.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&'static str, Origin)> {
        let said = self.values.keys().map(|name| (*name, self.origin(name)));
        said.filter(|(_, origin)| *origin >= Origin::File)
    }

    /// Puts `NAME.KEY=VALUE` into a vendor's section, `NAME.TABLE.KEY=VALUE` into a table of it.
    ///
    /// A value is what TOML takes it for, and a text where it is nothing to TOML or the vendor wants one.
    fn set(&mut self, said: &str, origin: Origin, layers: &Layers) -> Result<(), Fault> {
        let place = layers.place(origin, "set");
        let parts =
            said.split_once('=').and_then(|(name, value)| Some((name.split_once('.')?, value)));
        let ((vendor, key), text) =
            parts.ok_or_else(|| Fault::new(format!("{place} {said}: write NAME.KEY=VALUE")))?;
        let vendor = vendor.trim();
        let Some(known) = vendors::find(vendor) else {
            let hint = nearest::hint(vendor, &vendors::NAMES);
            return Err(Fault::new(format!("{place} {said}: unknown vendor {vendor:?}{hint}")));
        };
        let path: Vec<&str> = key.split('.').map(str::trim).collect();
        let mut value = Value::from(text);
        if let Some(typed) = of_toml(text) {
            let mut section = self.of(known.name);
            put(&mut section, &path, typed.clone());
            if !(known.settings)(&section).is_err_and(|problem| problem.wants_text()) {
                value = typed;
            }
        }
        self.put(&known, &path, value, origin);
        Ok(())
    }

    fn put_table<'a>(
        &mut self,
        known: &Known,
        path: &mut Vec<&'a str>,
        table: &'a Map<String, Value>,
    ) {
        for (key, value) in table {
            path.push(key);
            match value.as_object().filter(|table| !table.is_empty()) {
                Some(table) => self.put_table(known, path, table),
                None => self.put(known, path, value.clone(), Origin::File),
            }
            path.pop();
        }
    }

    fn put(&mut self, known: &Known, path: &[&str], value: Value, origin: Origin) {
        let section = self.values.entry(known.name).or_insert_with(|| Map::new().into());
        put(section, path, value);
        self.origins.insert(format!("{}.{}", known.name, path.join(".")), origin);
    }
}

/// Puts a value where a path leads, through tables that are made where they are missing.
fn put(mut place: &mut Value, path: &[&str], value: Value) {
    for key in path {
        if !place.is_object() {
            *place = Map::new().into();
        }
        let Value::Object(table) = place else { return };
        place = table.entry(*key).or_insert(Value::Null);
    }
    *place = value;
}

/// Reads one value of TOML.
pub(crate) fn of_toml(text: &str) -> Option<Value> {
    let mut table = format!("value = {text}").parse::<toml::Table>().ok()?;
    let value = table.remove("value").map(file::value_to_json);
    value.filter(|_| table.is_empty())
}
