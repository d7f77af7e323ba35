//! Lists that are read page by page, each answer carrying the cursor for the next request.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Params, Refused,
    machine::tables::book::{OrderBy, Page, Question},
    wire::{Answer, Reply},
};

/// The most and the usual number of rows on a page.
const ROWS: (i64, i64) = (500, 10);

/// What a request asks for, and which page of it.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) question: Question,
    pub(super) page: usize,
    pub(super) limit: usize,
    /// Whether fields of the customer's own are wanted.
    pub(super) ext_fields: bool,
}

/// The state of paging, all of which travels with the client.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    /// The query.
    q: String,
    /// The page.
    p: usize,
    /// The rows on a page, if not the usual number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<usize>,
    /// The order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    o: Vec<Value>,
    /// Whether fields of the customer's own are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<u8>,
}

impl Request {
    /// Reads the request that begins a list.
    pub(super) fn init(params: &Params) -> Result<Self, Refused> {
        // An empty query is one; a missing one is not.
        let query = params.bounded("query", 255)?;
        let query = params.required("query", query)?;
        let limit = params.integer_or_none("limit_rows")?.unwrap_or(ROWS.1);
        let limit = rows(limit).map_err(|code| params.blame(code, "limit_rows"))?;
        let order = order(&params.list("order")?).ok_or_else(|| params.malformed("order"))?;
        let ext_fields = ext_fields(params).unwrap_or(false);
        Ok(Self { question: Question { query, order }, page: 1, limit, ext_fields })
    }

    /// Reads the request that goes on with a list.
    pub(super) fn cursor(params: &Params) -> Result<Self, Refused> {
        let (cursor, mode) = (params.text("cursor")?, params.text("mode")?);
        let turn = turn(&mode).ok_or_else(|| params.malformed("mode"))?;
        let mut request = Self::decode(&cursor).ok_or_else(|| params.unusable("cursor", 3100))?;
        request.page = turn(request.page);
        request.ext_fields = ext_fields(params).unwrap_or(request.ext_fields);
        Ok(request)
    }

    fn decode(text: &str) -> Option<Self> {
        let cursor: Cursor = serde_json::from_slice(&STANDARD.decode(text.trim()).ok()?).ok()?;
        let limit = cursor.l.map_or(Some(ROWS.1), |limit| i64::try_from(limit).ok())?;
        let limit = rows(limit).ok()?;
        let question = Question { query: cursor.q, order: order(&cursor.o)? };
        let page = (cursor.p > 0).then_some(cursor.p)?;
        Some(Self { question, page, limit, ext_fields: cursor.x == Some(1) })
    }

    fn encode(&self, page: usize) -> String {
        let order = self.question.order.iter().map(|(by, down)| {
            let word =
                OrderBy::ALL.iter().find(|(known, _)| known == by).map_or("", |(_, word)| word);
            let way = if *down { "desc" } else { "asc" };
            Value::Object(Map::from_iter([(word.to_owned(), way.into())]))
        });
        let cursor = Cursor {
            q: self.question.query.clone(),
            p: page,
            l: (i64::try_from(self.limit) != Ok(ROWS.1)).then_some(self.limit),
            o: order.collect(),
            x: self.ext_fields.then_some(1),
        };
        STANDARD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// Picks what has the query in its name, in any case of letters, in the order wanted.
    pub(super) fn named<'a, T>(
        &self,
        all: impl Iterator<Item = &'a T>,
        name: impl Fn(&'a T) -> &'a str,
    ) -> Vec<&'a T> {
        let query = self.question.query.trim().to_lowercase();
        let mut found: Vec<&T> =
            all.filter(|one| name(one).to_lowercase().contains(&query)).collect();
        let by_name = self.question.order.iter().find(|(by, _)| *by == OrderBy::Name);
        if let Some((_, down)) = by_name {
            found.sort_by_cached_key(|one| name(one).to_lowercase());
            if *down {
                found.reverse();
            }
        }
        found
    }

    /// Answers with a page.
    pub(super) fn answer<T, S: Serialize>(&self, page: &Page<T>, show: impl Fn(&T) -> S) -> Answer {
        let nothing = page.total == 0;
        Reply::json(&Listed {
            result: 1000,
            data: page.found.iter().map(show).collect(),
            state: State {
                info: Info {
                    page: page.page,
                    from: page.from(),
                    size: page.found.len(),
                    limit: page.limit,
                    total_rows: page.total,
                    pages: page.pages(),
                },
                cursor: (!nothing).then(|| self.encode(page.page)),
            },
        })
    }
}

fn rows(limit: i64) -> Result<usize, u16> {
    match limit {
        ..1 => Err(3108),
        limit if limit > ROWS.0 => Err(3109),
        limit => usize::try_from(limit).map_err(|_| 3109),
    }
}

/// Reads whether fields of the customer's own are wanted: anything truthy says so.
pub(super) fn ext_fields(params: &Params) -> Option<bool> {
    let value = params.value("contact_ext_fields")?;
    Some(match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "false"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    })
}

/// Reads `[{"name":"asc"}]`, the order of the objects being that of importance.
/// An object may be the text of one.
fn order(items: &[Value]) -> Option<Vec<(OrderBy, bool)>> {
    let mut order = Vec::new();
    for item in items {
        let text: Option<Value> = item.as_str().and_then(|text| serde_json::from_str(text).ok());
        for (field, way) in text.as_ref().unwrap_or(item).as_object()? {
            let (by, _) = OrderBy::ALL.iter().find(|(_, word)| word == field)?;
            let way = way.as_str()?;
            let down = way.eq_ignore_ascii_case("desc");
            if !down && !way.eq_ignore_ascii_case("asc") {
                return None;
            }
            if order.iter().all(|(known, _)| known != by) {
                order.push((*by, down));
            }
        }
    }
    Some(order)
}

/// Reads how to turn the pages.
fn turn(mode: &str) -> Option<impl Fn(usize) -> usize + use<>> {
    enum Turn {
        To(Option<usize>),
        By(usize, bool),
    }
    let steps = |text: &str| match text.as_bytes() {
        [digit @ b'1'..=b'9'] => Some(usize::from(digit - b'0')),
        _ => None,
    };
    let turn = match mode {
        "first-page" => Turn::To(Some(1)),
        "last-page" => Turn::To(Some(usize::MAX)),
        "current-page" => Turn::To(None),
        mode => {
            if let Some(by) = mode.strip_prefix("next-page-") {
                Turn::By(steps(by)?, true)
            } else {
                Turn::By(steps(mode.strip_prefix("prev-page-")?)?, false)
            }
        }
    };
    Some(move |page: usize| match turn {
        Turn::To(to) => to.unwrap_or(page),
        Turn::By(steps, true) => page.saturating_add(steps),
        Turn::By(steps, false) => page.saturating_sub(steps).max(1),
    })
}

#[derive(Serialize)]
struct Listed<S> {
    result: u16,
    data: Vec<S>,
    state: State,
}

#[derive(Serialize)]
struct State {
    info: Info,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

#[derive(Serialize)]
struct Info {
    page: usize,
    from: usize,
    size: usize,
    limit: usize,
    total_rows: usize,
    pages: usize,
}
