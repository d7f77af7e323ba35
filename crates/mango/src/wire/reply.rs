//! Answers of operations, before they are HTTP.

use serde::Serialize;

use crate::{codes::words, error::Refused};

/// What an operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is done: `{"result":1000}`.
    Done,
    /// A JSON text.
    Json(String),
    /// Statistics.
    Csv(String),
    /// Statistics that are still being built.
    Building,
    /// Statistics whose key is unknown.
    Unknown,
    /// A file, by the token of its temporary address.
    File(String),
}

/// The outcome of an operation.
pub(crate) type Answer = Result<Reply, Refused>;

/// The answer that nothing needs to be said.
pub(crate) fn done() -> Answer {
    Ok(Reply::Done)
}

#[derive(Serialize)]
struct HttpRefusal<'a> {
    result: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<std::collections::BTreeMap<&'a str, u16>>,
}

#[derive(Serialize)]
struct Acknowledged<'a> {
    result: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<&'a str>,
}

impl Reply {
    /// Answers with the JSON form of something.
    pub(crate) fn json(what: &impl Serialize) -> Answer {
        // Nothing that is answered has a map with keys that are no texts.
        Ok(Self::Json(serde_json::to_string(what).unwrap_or_else(|_| "{}".to_owned())))
    }

    /// Returns the result code and the JSON text of an outcome; `None` for what is not JSON.
    ///
    /// `command_id` is echoed where the operation is a command that was sent one.
    pub(crate) fn text(answer: &Answer, command_id: Option<&str>) -> Option<String> {
        let text = match answer {
            Ok(Self::Json(text)) => return Some(text.clone()),
            Ok(Self::Done) => serde_json::to_string(&Acknowledged { result: 1000, command_id }),
            Ok(Self::Csv(_) | Self::Building | Self::Unknown | Self::File(_)) => return None,
            Err(refused) => {
                let field = refused.field.as_ref();
                serde_json::to_string(&HttpRefusal {
                    result: refused.code,
                    command_id,
                    message: words(refused.code),
                    fields: field.map(|(name, code)| [(name.as_str(), *code)].into()),
                })
            }
        };
        text.ok()
    }
}
