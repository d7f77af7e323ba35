//! Parameters of the backend as data, and what a request gives for them.

use ringback_mock::{Kind, Param};
use serde_json::{Map, Value};

/// What a parameter may be, as FastAPI reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
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

impl From<&Param> for Rule {
    fn from(param: &Param) -> Self {
        match (param.required, param.default, param.kind) {
            (true, _, Kind::Integer) => Self::Integer,
            (true, ..) => Self::Text,
            (false, Some(default), Kind::Number) => Self::NumberOr(default.parse().unwrap_or(0)),
            (false, Some(default), _) => Self::TextOr(default),
            (false, None, _) => Self::Optional,
        }
    }
}

pub(super) const fn text(name: &'static str) -> Param {
    Param::query(name).required()
}

pub(super) const fn integer(name: &'static str) -> Param {
    Param::query(name).integer().required()
}

pub(super) const fn optional(name: &'static str) -> Param {
    Param::query(name).any()
}

pub(super) const fn text_or(name: &'static str, default: &'static str) -> Param {
    Param::query(name).any().default(default)
}

pub(super) const fn number_or(name: &'static str, default: &'static str) -> Param {
    Param::query(name).number().default(default)
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
