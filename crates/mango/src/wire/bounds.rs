//! What parameters may be at most, and answers that are one named thing.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use super::{Answer, Params, Reply};
use crate::error::Refused;

impl Params {
    /// A refusal for which a parameter is to blame.
    pub(crate) fn blame(&self, code: u16, name: &str) -> Refused {
        Refused::field(code, &self.name(name), code)
    }

    /// Returns a text of at most so many characters, if it is there.
    pub(crate) fn bounded(&self, name: &str, most: usize) -> Result<Option<String>, Refused> {
        let text = self.text_or_none(name)?;
        // No character takes less than a byte, so most texts need no count.
        let fits = |text: &String| text.len() <= most || text.chars().count() <= most;
        if text.as_ref().is_none_or(fits) { Ok(text) } else { Err(self.blame(3109, name)) }
    }

    /// Returns a name of at most so many characters, if it is there; a blank one is missing.
    pub(crate) fn named(&self, name: &str, most: usize) -> Result<Option<String>, Refused> {
        let text = self.bounded(name, most)?;
        match &text {
            Some(text) if text.trim().is_empty() => Err(self.missing(name)),
            Some(_) | None => Ok(text),
        }
    }

    /// Returns a free value of at most so many bytes as JSON, if it is there.
    pub(crate) fn free(&self, name: &str, most: usize) -> Result<Option<Value>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let size = serde_json::to_vec(value).map_or(usize::MAX, |json| json.len());
        if size <= most { Ok(Some(value.clone())) } else { Err(self.blame(3109, name)) }
    }

    /// Returns one of some small numbers, if it is there.
    pub(crate) fn one_of(&self, name: &str, allowed: &[u8]) -> Result<Option<u8>, Refused> {
        let Some(number) = self.integer_or_none(name)? else { return Ok(None) };
        let found = allowed.iter().copied().find(|allowed| i64::from(*allowed) == number);
        found.map(Some).ok_or_else(|| self.malformed(name))
    }

    /// Returns one of some words, if it is there.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Refused> {
        let Some(word) = self.text_or_none(name)? else { return Ok(None) };
        let found = words.iter().find(|(known, _)| *known == word);
        found.map(|(_, meant)| Some(*meant)).ok_or_else(|| self.malformed(name))
    }

    /// Refuses an absent parameter that was read as one that may be.
    pub(crate) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Refused> {
        value.ok_or_else(|| self.missing(name))
    }
}

/// Answers `{"result":1000,"<name>":…}`.
pub(crate) fn named(name: &'static str, what: impl Serialize) -> Answer {
    Reply::json(&Named(name, what))
}

struct Named<T>(&'static str, T);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("result", &1000)?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}
