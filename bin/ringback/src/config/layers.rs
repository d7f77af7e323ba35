//! What was said and where: flags before variables before the file, key by key.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, CommandFactory as _, parser::ValueSource};
use serde_json::{Map, Value};

use super::file::{self, File};
use crate::{
    Fault,
    cli::{Cli, Flags},
    explain, nearest, vendors,
};

/// Where a value comes from. What is greater goes before what is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// A variable of the original's own environment.
    Environment(&'static str),
    /// The configuration file.
    File,
    /// A variable of Ringback's.
    Variable,
    /// A flag.
    Flag,
}

/// Everything that was said, with its origin.
pub(crate) struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
    file: PathBuf,
    /// The vendors' sections of the file.
    pub(crate) sections: Map<String, Value>,
    /// What `--set` and its variable say, in this order.
    pub(crate) set: Vec<(String, Origin)>,
    /// Variables that look like Ringback's and are not.
    pub(crate) unknown_variables: Vec<String>,
}

impl Layers {
    /// Puts the flags, as they were read with their matches, on top of the file they name.
    pub(crate) fn new(flags: Flags, matches: &ArgMatches) -> Result<Self, Fault> {
        let File { table, path, sections } = file::read_config(flags.config.as_deref())?;
        let keys = table.keys().cloned().collect::<Vec<_>>();
        let in_file: Flags = explain::read(&Value::Object(table), &vendors::NAMES)
            .map_err(|problem| Fault::new(format!("{}: {problem}", path.display())))?;
        let mut values = BTreeMap::new();
        let mut in_file = to_map(&in_file)?;
        for key in keys {
            if let Some(value) = in_file.remove(&key) {
                values.insert(key, (value, Origin::File));
            }
        }
        let set = settings(&flags, matches);
        for (key, mut value) in to_map(&flags)? {
            let origin = match matches.value_source(&key.replace('-', "_")) {
                Some(ValueSource::CommandLine) => Origin::Flag,
                Some(ValueSource::EnvVariable) => Origin::Variable,
                Some(_) | None => continue,
            };
            if key == "webhook" && origin == Origin::Variable {
                value = split_again(&value);
            }
            values.insert(key, (value, origin));
        }
        let mut layers =
            Self { values, file: path, sections, set, unknown_variables: unknown_variables() };
        // A hub asked for is not taken back from below, and so is a clock that stands or runs.
        layers.gives_way("no-hub", "hub");
        layers.gives_way("rate", "freeze");
        layers.gives_way("freeze", "rate");
        Ok(layers)
    }

    /// Forgets a value that something of a higher origin contradicts.
    fn gives_way(&mut self, key: &str, to: &str) {
        let origins = (self.origin(key), self.origin(to));
        if origins.0 < origins.1 {
            self.values.remove(key);
        }
    }

    /// Returns the outcome.
    pub(crate) fn flags(&self) -> Result<Flags, Fault> {
        let table = self.values.iter().map(|(key, (value, _))| (key.clone(), value.clone()));
        explain::read(&Value::Object(table.collect()), &[]).map_err(Fault::new)
    }

    /// Returns a value as it is in effect.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|(value, _)| value)
    }

    /// Returns where a value comes from.
    pub(crate) fn origin(&self, key: &str) -> Origin {
        self.values.get(key).map_or(Origin::Default, |(_, origin)| *origin)
    }

    /// Returns what a key is called where it was said, for messages about it.
    pub(crate) fn name(&self, key: &str) -> String {
        self.place(self.origin(key), key)
    }

    /// Names the place of a key in an origin.
    pub(crate) fn place(&self, origin: Origin, key: &str) -> String {
        match origin {
            Origin::Default | Origin::Flag => format!("--{key}"),
            Origin::Variable => variable(key),
            Origin::Environment(name) => name.to_owned(),
            Origin::File => format!("{}: {key}", self.file.display()),
        }
    }

    /// Names the place of a vendor's setting, with what was said there.
    pub(crate) fn place_of_setting(&self, origin: Origin, key: &str) -> String {
        let vendor = key.split('.').next().unwrap_or_default();
        match origin {
            Origin::Default => String::new(),
            Origin::Environment(name) => name.to_owned(),
            // There a vendor's settings are a section.
            Origin::File => format!("{}: [{vendor}]", self.file.display()),
            Origin::Variable | Origin::Flag => {
                let is_it = |(said, from): &&(String, Origin)| {
                    let name = said.split('=').next().unwrap_or_default().trim();
                    *from == origin && (name.starts_with(key) || key.starts_with(name))
                };
                let said = self.set.iter().rev().find(is_it).map_or(vendor, |(said, _)| said);
                format!("{} {said}", self.place(origin, "set"))
            }
        }
    }

    /// Returns the file, whether it is there or not.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}

/// With which all variables begin.
const PREFIX: &str = "RINGBACK_";

/// Returns the variable of a key.
pub(crate) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('-', "_").to_uppercase())
}

/// Returns the flags as a table, without those that say nothing.
fn to_map(flags: &Flags) -> Result<Map<String, Value>, Fault> {
    let mut table = Map::new();
    if let Value::Object(flags) = serde_json::to_value(flags).map_err(Fault::new)? {
        table.extend(flags.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Ok(table)
}

/// Returns the settings of the variable, then those of the flags, which go before them.
fn settings(flags: &Flags, matches: &ArgMatches) -> Vec<(String, Origin)> {
    let variable = std::env::var(variable("set")).unwrap_or_default();
    let variable = split(&variable).into_iter().map(|said| (said, Origin::Variable));
    let is_flag = matches.value_source("set") == Some(ValueSource::CommandLine);
    let flags = flags.set.iter().filter(|_| is_flag).map(|said| (said.clone(), Origin::Flag));
    variable.chain(flags).collect()
}

/// Splits a variable at its commas, but for those within brackets and quotation marks.
pub(crate) fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    for c in text.chars() {
        match (c, quote) {
            (',', None) if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth = depth.saturating_sub(1),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    // With a bracket or a mark that is never closed, every comma separates.
    if depth > 0 || quote.is_some() {
        parts = text.split(',').map(str::to_owned).collect();
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Splits webhooks of a variable where another `NAME=URL` begins: a comma may be part of a URL.
fn split_again(said: &Value) -> Value {
    let is_start = |part: &str| {
        let url = part.trim().split_once('=');
        url.is_some_and(|(name, url)| vendors::find(name).is_some() || url.contains("://"))
    };
    let mut urls: Vec<String> = Vec::new();
    for text in said.as_array().into_iter().flatten().filter_map(Value::as_str) {
        for part in text.split(',') {
            match urls.last_mut() {
                Some(before) if !is_start(part) => *before = format!("{before},{part}"),
                _ => urls.push(part.trim().to_owned()),
            }
        }
    }
    urls.into()
}

/// What the client packages and their tests read (docs/clients.md), behind the prefix.
const OF_CLIENTS: [&str; 3] = ["BIN", "KEEP", "URL"];

/// Returns the variables whose names begin as Ringback's do and that no flag has, each with the one
/// that may be meant.
fn unknown_variables() -> Vec<String> {
    let command = Cli::command();
    let known = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str());
    let known: Vec<&str> = known.filter_map(|name| name.strip_prefix(PREFIX)).collect();
    let names = std::env::vars_os().map(|(name, _)| name).filter_map(|name: OsString| {
        let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
        let is_known = known.contains(&name.as_str()) || OF_CLIENTS.contains(&name.as_str());
        (!is_known).then_some(name)
    });
    let mut unknown: Vec<String> = names
        .map(|name| match nearest::nearest(&name, known.iter().copied()) {
            Some(meant) => format!("{PREFIX}{name} (did you mean {PREFIX}{meant}?)"),
            None => format!("{PREFIX}{name}"),
        })
        .collect();
    unknown.sort();
    unknown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{split, split_again};

    #[test]
    fn a_comma_separates_settings_unless_it_is_within_brackets_or_marks() {
        for (text, parts) in [
            ("a.x=1,b.y=2", vec!["a.x=1", "b.y=2"]),
            ("a.x=[5, 30], b.y=2,", vec!["a.x=[5, 30]", "b.y=2"]),
            ("a.x={ p = \"q,r\" },b.y='s,t'", vec!["a.x={ p = \"q,r\" }", "b.y='s,t'"]),
            ("a.x=it's,b.y=2", vec!["a.x=it's", "b.y=2"]),
            ("a.x=[1,b.y=2", vec!["a.x=[1", "b.y=2"]),
            ("", vec![]),
        ] {
            assert_eq!(split(text), parts, "{text}");
        }
    }

    #[test]
    fn a_comma_separates_webhooks_where_the_next_one_begins() {
        for (text, parts) in [
            ("mango=http://a/,scfm=http://b/", json!(["mango=http://a/", "scfm=http://b/"])),
            ("mango=http://a/?x=1,2,y=3, scfm=b", json!(["mango=http://a/?x=1,2,y=3", "scfm=b"])),
            ("mango=http://a/,mnago=http://b", json!(["mango=http://a/", "mnago=http://b"])),
        ] {
            assert_eq!(split_again(&json!([text])), parts, "{text}");
        }
    }
}
