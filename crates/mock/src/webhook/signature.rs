//! How webhooks are signed, and what is wrong with a signature that does not match.

use serde_json::{Map, Value, json};

/// A webhook as it was sent, or as it has arrived.
#[derive(Debug, Clone, Copy)]
pub struct SentWebhook<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The whole address.
    pub url: &'a str,
    /// Its headers, in their order.
    pub headers: &'a [(String, String)],
    /// Its body.
    pub body: &'a [u8],
}

impl<'a> SentWebhook<'a> {
    /// Returns a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A signature beside the one it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// How it is made, in a few words: `sha256(key + json + salt), hex`.
    pub scheme: &'static str,
    /// What has to be signed, byte for byte.
    pub signed_string: String,
    /// The signature of that.
    pub expected: String,
    /// The signature that came, if one did.
    pub given: Option<String>,
    /// Whether it is the expected one.
    pub is_valid: bool,
    /// What people sign by mistake.
    pub mistakes: Vec<Mistake>,
}

/// A way of signing that is none, but common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, in a sentence without its end.
    pub what: &'static str,
    /// What is signed by it.
    pub signed_string: String,
    /// The signature of that.
    pub signature: String,
}

impl Signature {
    /// Shows it, with the reason where it does not match. `sent` is the signature as its sender made it,
    /// if that was Ringback.
    pub(crate) fn explain(&self, sent: Option<&Self>) -> Value {
        let (why, other) = self.why(sent);
        let differs_at = other.and_then(|other| differs_at(other, &self.signed_string));
        let mut shown = Map::from_iter([
            ("scheme".to_owned(), self.scheme.into()),
            ("valid".to_owned(), self.is_valid.into()),
            ("signed_string".to_owned(), self.signed_string.as_str().into()),
            ("expected".to_owned(), self.expected.as_str().into()),
            ("given".to_owned(), json!(self.given)),
            ("differs_at".to_owned(), json!(differs_at)),
        ]);
        if let Some(why) = why {
            shown.insert("why".to_owned(), why.into());
        }
        if let Some(other) = other.filter(|_| differs_at.is_some()) {
            shown.insert("signed_instead".to_owned(), other.into());
        }
        Value::Object(shown)
    }

    /// Returns what is wrong, and what was signed instead, if that is known.
    fn why<'a>(&'a self, sent: Option<&'a Self>) -> (Option<&'static str>, Option<&'a str>) {
        if self.is_valid {
            return (None, None);
        }
        let Some(given) = &self.given else { return (Some("there is no signature"), None) };
        let mistake = self.mistakes.iter().find(|one| one.signature.eq_ignore_ascii_case(given));
        if let Some(Mistake { what, signed_string, .. }) = mistake {
            return (Some(what), Some(signed_string));
        }
        match sent {
            Some(sent) if sent.signed_string != self.signed_string => {
                (Some("what arrived is not what was signed"), Some(&sent.signed_string))
            }
            Some(_) => (Some("the signature was changed on its way"), None),
            None => (Some("another secret, or something else was signed"), None),
        }
    }
}

/// Returns the first byte in which two texts differ.
fn differs_at(one: &str, other: &str) -> Option<usize> {
    let shared = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    (one != other).then_some(shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(given: Option<&str>) -> Signature {
        Signature {
            scheme: "sum",
            signed_string: "key{}salt".to_owned(),
            expected: "abc".to_owned(),
            given: given.map(str::to_owned),
            is_valid: given == Some("abc"),
            mistakes: vec![Mistake {
                what: "the salt is missing",
                signed_string: "key{}".to_owned(),
                signature: "def".to_owned(),
            }],
        }
    }

    #[test]
    fn a_signature_is_explained_by_where_the_signed_strings_diverge() {
        let valid = signature(Some("abc")).explain(None);
        assert_eq!((&valid["valid"], &valid["differs_at"]), (&json!(true), &Value::Null));
        assert_eq!(valid.get("why"), None);
        let mistaken = signature(Some("DEF")).explain(None);
        assert_eq!(mistaken["why"], "the salt is missing");
        assert_eq!(
            (&mistaken["differs_at"], &mistaken["signed_instead"]),
            (&json!(5), &json!("key{}"))
        );
        assert_eq!(signature(None).explain(None)["why"], "there is no signature");
        let sent = Signature { signed_string: "key{ }salt".to_owned(), ..signature(Some("abc")) };
        let changed = signature(Some("xyz")).explain(Some(&sent));
        assert_eq!(
            (&changed["differs_at"], &changed["why"]),
            (&json!(4), &json!("what arrived is not what was signed"))
        );
    }
}
