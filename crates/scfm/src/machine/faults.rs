//! Why a command is refused: what does not exist, and what is wrong with which field.

use serde::{Deserialize, Serialize};

use crate::{Msisdn, json::write_text};

/// What is wrong with which field, in the order of the original's validations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Faults(Vec<(String, Vec<String>)>);

/// Why a command is refused. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refused {
    /// What it is about does not exist.
    #[error("not found")]
    NotFound,
    /// It is not valid.
    #[error("{0}")]
    Invalid(Faults),
}

impl Faults {
    pub(crate) fn one(field: &str, message: &str) -> Refused {
        Refused::Invalid(Self(vec![(field.to_owned(), vec![message.to_owned()])]))
    }

    /// An event that is none, or is not possible now.
    pub(crate) fn event() -> Refused {
        Self::one("event", "is not included in the list")
    }

    /// A record that others hang on.
    pub(crate) fn dependent(others: &str) -> Refused {
        Self::one("base", &format!("Cannot delete record because dependent {others} exist"))
    }

    pub(crate) fn add(&mut self, field: &str, message: &str) {
        match self.0.iter_mut().find(|(known, _)| known == field) {
            Some((_, messages)) => messages.push(message.to_owned()),
            None => self.0.push((field.to_owned(), vec![message.to_owned()])),
        }
    }

    /// Reads a number, noting what is wrong with it.
    pub(crate) fn msisdn(&mut self, text: &str) -> Option<Msisdn> {
        Msisdn::parse(text).inspect_err(|error| self.add("msisdn", &error.to_string())).ok()
    }

    /// Returns the value if nothing is wrong.
    pub(crate) fn settle<T>(self, value: Option<T>) -> Result<T, Refused> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(Refused::Invalid(self)),
        }
    }

    /// Returns whether a field has a fault.
    pub fn is_about(&self, field: &str) -> bool {
        self.0.iter().any(|(known, _)| known == field)
    }

    /// Returns the fields that have a fault.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(field, _)| field.as_str())
    }

    /// Writes the answer's body.
    pub(crate) fn body(&self) -> String {
        let mut out = String::from("{\"errors\":{");
        for (place, (field, messages)) in self.0.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            write_text(field, &mut out);
            out.push_str(":[");
            for (place, message) in messages.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_text(message, &mut out);
            }
            out.push(']');
        }
        out.push_str("}}");
        out
    }
}

impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut faults = self.0.iter().flat_map(|(field, messages)| {
            messages.iter().map(move |message| format!("{field} {message}"))
        });
        f.write_str(&faults.next().unwrap_or_default())?;
        faults.try_for_each(|fault| write!(f, ", {fault}"))
    }
}
