//! What is expected: how often, or in which order.

use serde_json::Value;

use crate::matching::{Match, MatchError};

/// What is expected of what happened.
#[derive(Debug, Clone)]
pub enum Expected {
    /// So many that hold a match.
    Times(Match, Times),
    /// One after the other.
    Order(Order),
}

/// One after the other.
#[derive(Debug, Clone)]
pub struct Order {
    /// What each has to hold.
    pub matches: Vec<Match>,
    /// Whether nothing may stand between them.
    pub strict: bool,
}

/// How many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// So many at least.
    pub at_least: usize,
    /// So many at most.
    pub at_most: usize,
}

impl Times {
    /// Expects so many, and no more.
    pub fn exactly(times: usize) -> Self {
        Self { at_least: times, at_most: times }
    }

    /// Expects so many, or more.
    pub fn at_least(times: usize) -> Self {
        Self { at_least: times, at_most: usize::MAX }
    }

    pub(super) fn holds(self, count: usize) -> bool {
        (self.at_least..=self.at_most).contains(&count)
    }

    pub(super) fn words(self) -> String {
        match (self.at_least, self.at_most) {
            (0, 0) => "none".to_owned(),
            (least, usize::MAX) => format!("at least {least}"),
            (least, most) if least == most => format!("exactly {least}"),
            (0, most) => format!("at most {most}"),
            (least, most) => format!("{least} to {most}"),
        }
    }
}

/// The keys of what is expected.
pub(crate) const KEYS: [&str; 7] =
    ["match", "times", "at_least", "at_most", "never", "order", "strict"];

impl Expected {
    /// Reads what is expected, in the form of the control API; what is neither counted nor in an order
    /// is to be there once at least.
    ///
    /// # Errors
    /// Where it is wrong.
    pub fn read(value: &Value) -> Result<Self, MatchError> {
        let object = crate::matching::object(value, "")?;
        if let Some(key) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(MatchError::unknown(&format!("/{key}"), "key", key, &KEYS));
        }
        let bad = |at: &str, why: &str| Err(MatchError::new(at, why));
        let count = |name: &str| match object.get(name) {
            None => Ok(None),
            Some(value) => match value.as_u64().and_then(|count| usize::try_from(count).ok()) {
                Some(count) => Ok(Some(count)),
                None => Err(MatchError::new(&format!("/{name}"), "has to be a number from 0 on")),
            },
        };
        let flag = |name: &str| match object.get(name) {
            None => Ok(false),
            Some(Value::Bool(is)) => Ok(*is),
            Some(_) => Err(MatchError::new(&format!("/{name}"), "has to be true or false")),
        };
        let counted = ["times", "at_least", "at_most", "never"];
        match (object.get("match"), object.get("order")) {
            (Some(_), Some(_)) => bad("/order", "goes without match"),
            (None, None) => bad("/match", "is missing; or an order"),
            (None, Some(order)) => {
                if let Some(name) = counted.into_iter().find(|name| object.contains_key(*name)) {
                    return bad(&format!("/{name}"), "goes with match alone");
                }
                let several = order.as_array().filter(|several| !several.is_empty());
                let Some(several) = several else {
                    return bad("/order", "has to be a list of matches, one at least");
                };
                let each = several.iter().enumerate().map(|(place, one)| {
                    let at = format!("/order/{place}");
                    let read = Match::read(one, &at, None)?;
                    match read.is_of_records() {
                        true => Err(MatchError::new(&at, "records have no place in an order")),
                        false => Ok(read),
                    }
                });
                let matches = each.collect::<Result<Vec<Match>, _>>()?;
                Ok(Self::Order(Order { matches, strict: flag("strict")? }))
            }
            (Some(wanted), None) => {
                if object.contains_key("strict") {
                    return bad("/strict", "goes with order alone");
                }
                let wanted = Match::read(wanted, "/match", None)?;
                let (times, never) = (count("times")?, flag("never")?);
                let (least, most) = (count("at_least")?, count("at_most")?);
                let times = match (times, least.or(most), never) {
                    (None, None, true) => Times::exactly(0),
                    (Some(times), None, false) => Times::exactly(times),
                    (None, None, false) => Times::at_least(1),
                    (None, Some(_), false) => {
                        let (at_least, at_most) = (least.unwrap_or(0), most.unwrap_or(usize::MAX));
                        Times { at_least, at_most }
                    }
                    _ => return bad("/times", "goes without at_least, at_most and never"),
                };
                if times.at_least > times.at_most {
                    return bad("/at_least", "is more than at_most");
                }
                Ok(Self::Times(wanted, times))
            }
        }
    }

    /// Returns all matches in it.
    pub fn matches(&self) -> &[Match] {
        match self {
            Self::Times(one, _) => std::slice::from_ref(one),
            Self::Order(order) => &order.matches,
        }
    }
}
