//! Paging: which page was asked for, and the links to the others. vendors/scfm.md, 6.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::json::{Json, Object};

/// The page of a list that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) number: u64,
    pub(crate) per_page: u64,
}

const PER_PAGE: u64 = 25;

impl Page {
    pub(crate) fn of(params: &Object) -> Self {
        let number =
            |name: &str| params.get(name).and_then(Json::text).and_then(|text| leading(&text));
        Self {
            number: number("page").unwrap_or(1),
            per_page: number("per_page").unwrap_or(PER_PAGE),
        }
    }

    /// Returns how many records come before the page.
    pub(crate) fn offset(self) -> u64 {
        (self.number - 1).saturating_mul(self.per_page)
    }

    /// Writes the `Link` header, if there are other pages.
    pub(crate) fn links(self, url: &str, query: &Object, total: u64) -> Option<String> {
        let last = total.div_ceil(self.per_page);
        let mut pages = Vec::new();
        if self.number > 1 {
            pages.push((1, "first"));
            pages.push((self.number - 1, "prev"));
        }
        if self.number < last {
            pages.push((last, "last"));
            pages.push((self.number + 1, "next"));
        }
        let link = |(page, name): &(u64, &str)| {
            let mut query = query.clone();
            query.insert("page".to_owned(), Json::Text(page.to_string()));
            format!("<{url}?{}>; rel=\"{name}\"", to_query(&query, None))
        };
        let links: Vec<String> = pages.iter().map(link).collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}

/// Reads the digits a text begins with; 0 and less is nothing.
fn leading(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end).filter(|digits| !digits.is_empty())?;
    // A number beyond counting is a page beyond the last.
    Some(digits.parse().unwrap_or(u64::MAX)).filter(|number| *number > 0)
}

/// Writes parameters as Rails does: sorted, brackets escaped, nothing as an empty value.
fn to_query(object: &Object, under: Option<&str>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (key, value) in object {
        let name = under.map_or_else(|| key.clone(), |under| format!("{under}[{key}]"));
        parts.push(value_to_query(&name, value));
    }
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.join("&")
}

fn value_to_query(name: &str, value: &Json) -> String {
    match value {
        Json::Object(object) => to_query(object, Some(name)),
        Json::Array(items) if items.is_empty() => String::new(),
        Json::Array(items) => {
            let name = format!("{name}[]");
            let parts: Vec<String> = items.iter().map(|item| value_to_query(&name, item)).collect();
            parts.join("&")
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {
            format!("{}={}", escape(name), escape(&value.text().unwrap_or_default()))
        }
    }
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string().replace("%20", "+")
}

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[cfg(test)]
mod tests;
