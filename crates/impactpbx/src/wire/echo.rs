//! What `/post` gives back: the payload as the original's framework would have read it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use super::reply::Content;
use crate::error::Error;

/// A payload. Not `serde_json::Value`, which would sort the keys of objects.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Echo {
    Null,
    Flag(bool),
    Whole(i128),
    Real(f64),
    Text(String),
    List(Vec<Echo>),
    Object(Vec<(String, Echo)>),
}

impl Echo {
    /// Reads a body by its content type; without one it is taken as JSON.
    pub(crate) fn read(content_type: Option<&str>, body: &[u8]) -> Result<Self, Error> {
        let content_type = content_type.unwrap_or("application/json");
        let mime = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (main, sub) = mime.split_once('/').ok_or(Error::InvalidContentType)?;
        if main.is_empty() || sub.is_empty() {
            return Err(Error::InvalidContentType);
        }
        match (main, sub) {
            (main, _) if body.is_empty() && main != "multipart" => Ok(Self::Null),
            ("application", sub) if sub == "json" || sub.ends_with("+json") => {
                serde_json::from_slice(body).map_err(|_| Error::InvalidJson)
            }
            ("application", "x-www-form-urlencoded") => Ok(Self::form(body)),
            // XML is no text here, whichever of its two names it has.
            ("text", sub) if sub != "xml" => Ok(Self::Text(String::from_utf8_lossy(body).into())),
            _ => Err(Error::UnsupportedMediaType),
        }
    }

    /// A key that comes twice has a list of texts, as in the original's runtime.
    fn form(body: &[u8]) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        let mut fields: Vec<(String, Self)> = Vec::new();
        for (key, value) in pairs {
            let value = Self::Text(value);
            match fields.iter_mut().find(|(known, _)| *known == key) {
                None => fields.push((key, value)),
                Some((_, Self::List(values))) => values.push(value),
                Some((_, first)) => *first = Self::List(vec![first.clone(), value]),
            }
        }
        Self::Object(fields)
    }

    /// Wraps the payload.
    pub(crate) fn answer(self) -> Result<Content, Error> {
        let body = serde_json::to_vec(&Self::Object(vec![("payload".to_owned(), self)]));
        body.map(Content::json).map_err(|_| Error::InvalidJson)
    }
}

impl Serialize for Echo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Whole(number) => serializer.serialize_i128(*number),
            // 1.0 is 1 to JavaScript; beyond 2^53 whole numbers are not exact any more.
            Self::Real(number)
                if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 =>
            {
                serializer.serialize_i64(*number as i64)
            }
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(fields) => {
                serializer.collect_map(fields.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Echo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Echo;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Echo, E> {
        Ok(Echo::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Echo, E> {
        Ok(Echo::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Echo, E> {
        Ok(Echo::Whole(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Echo, E> {
        Ok(Echo::Whole(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Echo, E> {
        Ok(Echo::Real(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Echo, E> {
        Ok(Echo::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Echo, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Echo::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Echo, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Echo::Object(object))
    }
}

#[cfg(test)]
mod tests;
