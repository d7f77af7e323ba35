//! Reading the user's files: TOML and JSON become one kind of value.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{Fault, vendors};

/// A configuration file: the flags in it, and the vendors' sections.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) table: Map<String, Value>,
    pub(crate) sections: Map<String, Value>,
}

/// Reads the configuration file that is named, or the usual one if it is there.
pub(crate) fn read_config(path: Option<&Path>) -> Result<File, Fault> {
    let usual = Path::new("ringback.toml");
    let is_there = path.is_some() || usual.exists();
    let what = if path.is_some() { "--config" } else { "the file" };
    let path = path.unwrap_or(usual).to_owned();
    let (mut table, mut sections) = (Map::new(), Map::new());
    if is_there {
        let text = read(what, &path)?;
        for (key, value) in toml(&path, &text)? {
            if vendors::find(&key).is_some() {
                if !value.is_object() {
                    let what = format!("{}: {key} has to be a section, [{key}]", path.display());
                    return Err(Fault::new(what));
                }
                sections.insert(key, value);
                continue;
            }
            // Either spelling will do, and one of them is enough.
            let dashed = key.replace('_', "-");
            if table.insert(dashed.clone(), value).is_some() {
                return Err(Fault::new(format!("{}: {dashed} is there twice", path.display())));
            }
        }
    }
    Ok(File { path, table, sections })
}

/// Reads a file of text; `what` is the flag that names it.
pub(crate) fn read(what: &str, path: &Path) -> Result<String, Fault> {
    let fault = |error| Fault::new(format!("{what} {}: {error}", path.display()));
    std::fs::read_to_string(path).map_err(fault)
}

/// Reads a table from a file, TOML or JSON by its ending.
pub(crate) fn read_table(what: &str, path: &Path) -> Result<Map<String, Value>, Fault> {
    table_of(path, &read(what, path)?)
}

/// Reads a table from the text of a file.
pub(crate) fn table_of(path: &Path, text: &str) -> Result<Map<String, Value>, Fault> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        let fault = |what: &dyn Display| Fault::new(format!("{}: {what}", path.display()));
        return match serde_json::from_str(text) {
            Ok(Value::Object(table)) => Ok(table),
            Ok(_) => Err(fault(&"there has to be a JSON object")),
            Err(error) => Err(fault(&error)),
        };
    }
    toml(path, text)
}

pub(crate) fn toml(path: &Path, text: &str) -> Result<Map<String, Value>, Fault> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let what = error.message().lines().collect::<Vec<_>>().join(" ");
        Fault::new(format!("{}: line {line}: {what}", path.display()))
    })?;
    Ok(to_json(table))
}

fn to_json(table: toml::Table) -> Map<String, Value> {
    table.into_iter().map(|(key, value)| (key, value_to_json(value))).collect()
}

/// Returns a value of TOML; one of its moments becomes text, as JSON has it.
pub(crate) fn value_to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(whether) => whether.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(value_to_json).collect(),
        toml::Value::Table(table) => Value::Object(to_json(table)),
    }
}
