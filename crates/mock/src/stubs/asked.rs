//! A request as mappings look at it: a live one, or one of the journal.

use std::borrow::Cow;
use std::cell::OnceCell;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{Endpoint, Variant};

/// How many values of a request are looked at for a number.
const VALUES: usize = 1_000;

/// Where headers are.
#[derive(Debug)]
enum Headers<'a> {
    Live(&'a HeaderMap),
    Kept(Vec<(String, String)>),
}

/// A request as mappings look at it; what its parts mean is found out once they are asked for.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// Path and query, as they came.
    pub(crate) url: &'a str,
    pub(crate) is_secure: bool,
    pub(crate) body: &'a [u8],
    /// Whether the body is there as a whole.
    pub(crate) is_whole: bool,
    pub(crate) operation: Option<&'static str>,
    /// The parameters that the vendor's own path has.
    pub(crate) params: &'a [(String, String)],
    headers: Headers<'a>,
    query: OnceCell<Vec<(String, String)>>,
    form: OnceCell<Vec<(String, String)>>,
    cookies: OnceCell<Vec<(String, String)>>,
    json: OnceCell<Option<Value>>,
}

impl<'a> Asked<'a> {
    /// Takes a live request.
    pub(crate) fn live(
        method: &'a str,
        url: &'a str,
        headers: &'a HeaderMap,
        body: &'a [u8],
    ) -> Self {
        Self::of(method, url, Headers::Live(headers), body)
    }

    /// Takes a request that was kept, or that somebody describes.
    pub(crate) fn kept(
        method: &'a str,
        url: &'a str,
        headers: Vec<(String, String)>,
        body: &'a [u8],
    ) -> Self {
        Self::of(method, url, Headers::Kept(headers), body)
    }

    fn of(method: &'a str, url: &'a str, headers: Headers<'a>, body: &'a [u8]) -> Self {
        Self {
            method,
            url,
            is_secure: false,
            body,
            is_whole: true,
            operation: None,
            params: &[],
            headers,
            query: OnceCell::new(),
            form: OnceCell::new(),
            cookies: OnceCell::new(),
            json: OnceCell::new(),
        }
    }

    /// Returns the path as it came.
    pub(crate) fn path(&self) -> &'a str {
        self.url.split('?').next().unwrap_or_default()
    }

    /// Returns the values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<Cow<'_, str>> {
        match &self.headers {
            Headers::Live(headers) => headers
                .get_all(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect(),
            Headers::Kept(headers) => headers
                .iter()
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| Cow::Borrowed(value.as_str()))
                .collect(),
        }
    }

    /// Looks at the values of a header; one that is there once, as most are, costs no memory.
    pub(crate) fn header_holds(&self, name: &HeaderName, holds: impl Fn(&[&str]) -> bool) -> bool {
        if let Headers::Live(headers) = &self.headers {
            let mut values = headers.get_all(name);
            match (values.next().map(HeaderValue::to_str), values.next()) {
                (None, _) => return holds(&[]),
                (Some(Ok(one)), None) => return holds(&[one]),
                (Some(_), _) => {}
            }
        }
        let values = self.header(name.as_str());
        holds(&values.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
    }

    /// Returns all headers.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        match &self.headers {
            Headers::Live(headers) => {
                let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
                let each = headers.iter();
                each.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
            }
            Headers::Kept(headers) => headers.clone(),
        }
    }

    /// Returns the parameters of the query, decoded.
    pub(crate) fn query(&self) -> &[(String, String)] {
        self.query.get_or_init(|| {
            let query = self.url.split_once('?').map_or("", |(_, query)| query);
            serde_urlencoded::from_str(query).unwrap_or_default()
        })
    }

    /// Returns the fields of a form, decoded.
    pub(crate) fn form(&self) -> &[(String, String)] {
        self.form.get_or_init(|| {
            let kind = self.header("content-type");
            let is_form = kind.iter().any(|kind| {
                kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
            });
            match is_form {
                true => serde_urlencoded::from_bytes(self.body).unwrap_or_default(),
                false => Vec::new(),
            }
        })
    }

    /// Returns the cookies.
    pub(crate) fn cookies(&self) -> &[(String, String)] {
        self.cookies.get_or_init(|| {
            let lines = self.header("cookie");
            let pairs = lines.iter().flat_map(|line| line.split(';'));
            let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
            pairs
                .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
                .collect()
        })
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> &OnceCell<Option<Value>> {
        &self.json
    }

    /// Returns the user and the password of basic authentication.
    pub(crate) fn basic_auth(&self) -> Option<(String, String)> {
        let shown = self.header("authorization");
        let shown = shown.first()?;
        let (scheme, shown) = shown.split_once(' ')?;
        let shown = scheme.eq_ignore_ascii_case("basic").then(|| shown.trim())?;
        let shown = String::from_utf8(BASE64_STANDARD.decode(shown).ok()?).ok()?;
        let (user, password) = shown.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// Returns the body as it is read once.
    pub(crate) fn body_json(&self) -> Option<&Value> {
        let read = || serde_json::from_slice(self.body).ok();
        self.json.get_or_init(read).as_ref()
    }

    /// Returns whether the request is of one of the operations that share an endpoint.
    pub(crate) fn is_variant(&self, variant: &Variant) -> bool {
        let is_it =
            |(name, value): &(String, String)| name == variant.param && value == variant.value;
        let in_body = self.body_json().and_then(|body| body.get(variant.param)?.as_str());
        in_body == Some(variant.value)
            || self.query().iter().any(is_it)
            || self.form().iter().any(is_it)
    }

    /// Returns whether some value of the request is a number that is like a pattern.
    pub(crate) fn has_number(&self, pattern: &str) -> bool {
        let mut left = VALUES;
        let mut is_like = |text: &str| {
            left = left.saturating_sub(1);
            left > 0 && number_is_like(pattern, text)
        };
        if self.params.iter().any(|(_, value)| is_like(value))
            || self.query().iter().any(|(_, value)| is_like(value))
        {
            return true;
        }
        for (_, value) in self.form() {
            // MANGO OFFICE has its JSON in a field of a form. vendors/mango.md, 5.1
            let inner = value.starts_with(['{', '[']).then(|| serde_json::from_str(value).ok());
            let found = match inner.flatten() {
                Some(inner) => any(&inner, &mut is_like),
                None => is_like(value),
            };
            if found {
                return true;
            }
        }
        self.body_json().is_some_and(|body| any(body, &mut is_like))
    }
}

/// Returns whether an operation is one of an endpoint, or one of those that share it.
pub(crate) fn variant(endpoint: &Endpoint, name: &str) -> Option<&'static Variant> {
    endpoint.variants.iter().find(|variant| variant.value == name)
}

fn any(value: &Value, is_it: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_it(text),
        Value::Number(number) => is_it(&number.to_string()),
        Value::Array(list) => list.iter().any(|value| any(value, is_it)),
        Value::Object(fields) => fields.values().any(|value| any(value, is_it)),
        Value::Null | Value::Bool(_) => false,
    }
}

/// Compares a number as people write it, with and without what is no digit.
fn number_is_like(pattern: &str, text: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || "+-() .#*".contains(c);
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_number) {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let bare = pattern.trim_start_matches('+');
    ringback_exchange::is_like(pattern, text)
        || !digits.is_empty() && ringback_exchange::is_like(bare, &digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(body: &[u8], kind: &str) -> bool {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Asked::kept("POST", "/call?line=7", headers, body).has_number("7999*")
    }

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        let form = "application/x-www-form-urlencoded";
        assert!(post(br#"{"to":{"number":"+7 (999) 123-45-67"}}"#, "application/json"));
        assert!(post(b"phone=%2B79991234567", form));
        assert!(post(b"json=%7B%22to_number%22%3A%2279991234567%22%7D", form));
        assert!(!post(b"phone=78881234567", form));
        assert!(!post(br#"{"note":"call 79991234567"}"#, "application/json"));
        assert!(Asked::kept("GET", "/call?line=79990", Vec::new(), b"").has_number("7999?"));
    }

    #[test]
    fn credentials_and_cookies_are_read() {
        let headers = vec![
            ("authorization".to_owned(), "Basic dXNlcjpwYTpzcw==".to_owned()),
            ("cookie".to_owned(), "a=1; b=\"2\"".to_owned()),
        ];
        let asked = Asked::kept("GET", "/", headers, b"");
        assert_eq!(asked.basic_auth(), Some(("user".to_owned(), "pa:ss".to_owned())));
        assert_eq!(asked.cookies().len(), 2);
        assert_eq!(asked.cookies()[1], ("b".to_owned(), "2".to_owned()));
    }
}
