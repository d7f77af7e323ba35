//! The query of a request, read by name.

use actix_web::HttpRequest;

use crate::error::ErrorKind;
use crate::wire::stamp::{self, End};
use time::OffsetDateTime;

/// The parameters of a request. An empty one is not there. Where a filter is given twice, any of its
/// values counts; of everything else the first one does.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(serde_urlencoded::from_str(request.query_string()).unwrap_or_default())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Returns every value of a filter, each once.
    pub(crate) fn values<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let mut values = Vec::new();
        for (key, value) in &self.0 {
            if key == name && !value.is_empty() && !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        values
    }

    /// Returns every value of a filter, as [`Query::values`].
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.values(name).into_iter().map(str::to_owned).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// Reads `true`; anything else is false.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Reads a whole number; one that is none is not there.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.trim().parse().ok()
    }

    /// Reads the whole numbers of a filter, and says so if one is none.
    pub(crate) fn exact(&self, name: &'static str) -> Result<Vec<i64>, ErrorKind> {
        let numbers = self.values(name).into_iter().map(|value| value.trim().parse());
        numbers.collect::<Result<_, _>>().map_err(|_| ErrorKind::Invalid(name))
    }

    /// Reads a date or a moment.
    pub(crate) fn moment(
        &self,
        name: &'static str,
        end: End,
    ) -> Result<Option<OffsetDateTime>, ErrorKind> {
        let Some(text) = self.get(name) else { return Ok(None) };
        stamp::read(text, end).map(Some).ok_or(ErrorKind::Invalid(name))
    }

    /// Reads how many rows are wanted, and how many of them to leave out.
    pub(crate) fn page(&self, default: usize) -> (usize, usize) {
        let limit = self.number("limit").filter(|limit| *limit > 0).unwrap_or(default);
        (limit.min(1_000), self.number("offset").unwrap_or(0))
    }
}
