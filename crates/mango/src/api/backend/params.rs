//! Parameters of the backend as data, and what a request gives for them.

use serde_json::{Map, Value};

/// One parameter.
#[derive(Debug)]
pub(crate) struct Param {
    /// Its name.
    pub(super) name: &'static str,
    /// What it may be.
    pub(super) kind: Kind,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Any text; required.
    Text,
    /// An integer; required.
    Integer,
    /// Not validated; absent unless given.
    Optional,
    /// Not validated; a text unless given.
    TextOr(&'static str),
    /// Not validated; a number unless given.
    NumberOr(i64),
}

pub(super) const fn text(name: &'static str) -> Param {
    Param { name, kind: Kind::Text }
}

pub(super) const fn integer(name: &'static str) -> Param {
    Param { name, kind: Kind::Integer }
}

pub(super) const fn optional(name: &'static str) -> Param {
    Param { name, kind: Kind::Optional }
}

pub(super) const fn text_or(name: &'static str, default: &'static str) -> Param {
    Param { name, kind: Kind::TextOr(default) }
}

pub(super) const fn number_or(name: &'static str, default: i64) -> Param {
    Param { name, kind: Kind::NumberOr(default) }
}

/// An operation's parameters by name; one that was not given and has no default is null.
#[derive(Debug)]
pub(crate) struct Arguments(Map<String, Value>);

impl From<Map<String, Value>> for Arguments {
    fn from(values: Map<String, Value>) -> Self {
        Self(values)
    }
}

impl Arguments {
    /// Takes one parameter.
    pub(super) fn take(&mut self, name: &str) -> Value {
        self.0.remove(name).unwrap_or(Value::Null)
    }

    /// Takes parameters that have the same names in the VPBX API.
    pub(super) fn same(&mut self, names: &[&str]) -> Value {
        Value::Object(names.iter().map(|name| ((*name).to_owned(), self.take(name))).collect())
    }
}
