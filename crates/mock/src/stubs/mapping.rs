//! One mapping: which requests, what is answered, how often, and in which state.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration as RealTime;

use ringback_engine::Duration;
use serde_json::{Map, Value, json};

use super::{
    StubRefused, keys,
    pattern::{Named, Pattern},
    refused::{flag, list, number, object, plain, text, whole},
    response::Reply,
};
use crate::received::spread;

/// The priority of a mapping that says none.
const PRIORITY: u64 = 5;

/// The most responses of `steps`.
const STEPS: usize = 1_000;

/// How long a request is held unless told otherwise, and the longest.
const HELD: u64 = 60;
const LONGEST_HELD: u64 = 600;

/// The most seconds of a `ttl`: ten years.
const LONGEST_TTL: f64 = 315_360_000.0;

/// One mapping.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) id: String,
    pub(crate) priority: u64,
    pub(crate) request: Pattern,
    /// One response, or several, one after the other.
    replies: Vec<Arc<Reply>>,
    pub(crate) scenario: Option<Scenario>,
    pub(crate) is_persistent: bool,
    pub(crate) metadata: Value,
    times: Option<u64>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) probability: Option<f64>,
    pub(crate) hold: Option<RealTime>,
    /// As it was given.
    shown: Map<String, Value>,
    /// How many requests it has answered.
    used: AtomicU64,
}

/// The scenario of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) required: Option<String>,
    pub(crate) next: Option<String>,
}

impl Stub {
    /// Reads a mapping; `id` is its id unless it says one.
    pub(crate) fn read(
        value: &Value,
        at: &str,
        id: &str,
        vendors: &[Named<'_>],
    ) -> Result<Self, StubRefused> {
        let given = object(value, at)?;
        keys::check(given, at, keys::MAPPING)?;
        let field = |name: &str| given.get(name).filter(|value| !value.is_null());
        let place = |name: &str| format!("{at}/{name}");
        let as_text = |name: &str| field(name).map(|value| text(value, &place(name))).transpose();
        let id = match as_text("id")?.or(as_text("uuid")?) {
            Some(given) => checked_id(&given, &place("id"))?,
            None => id.to_owned(),
        };
        let request = field("request").cloned().unwrap_or_else(|| json!({}));
        let request = Pattern::read(&request, &place("request"), vendors)?;
        let priority = match field("priority") {
            None => PRIORITY,
            Some(value) => whole(value, &place("priority"), 0, u32::MAX.into())?,
        };
        let times =
            field("times").map(|value| whole(value, &place("times"), 1, u64::MAX)).transpose()?;
        let seconds = field("ttl")
            .map(|value| number(value, &place("ttl"), 0.001, LONGEST_TTL))
            .transpose()?;
        let probability = field("probability");
        let probability =
            probability.map(|value| number(value, &place("probability"), 0.0, 1.0)).transpose()?;
        let is_persistent = match field("persistent") {
            Some(value) => flag(value, &place("persistent"))?,
            None => false,
        };
        let mut shown = given.clone();
        for name in ["id", "uuid", "used", "insertionIndex"] {
            shown.remove(name);
        }
        // What is not given says nothing.
        shown.retain(|_, value| !value.is_null());
        Ok(Self {
            id,
            priority,
            request,
            replies: replies(given, at)?,
            scenario: scenario(given, at)?,
            is_persistent,
            metadata: field("metadata").cloned().unwrap_or_default(),
            times,
            ttl: seconds.map(Duration::seconds_f64),
            probability,
            hold: hold(field("hold"), &place("hold"))?,
            shown,
            used: AtomicU64::new(0),
        })
    }

    /// Shows it as it was given.
    pub(crate) fn show(&self) -> Value {
        let mut shown = self.shown.clone();
        shown.insert("id".to_owned(), self.id.as_str().into());
        shown.insert("uuid".to_owned(), self.id.as_str().into());
        shown.insert("used".to_owned(), self.used().into());
        shown.entry("request").or_insert_with(|| json!({}));
        Value::Object(shown)
    }

    /// Returns the pattern of its requests as it was given.
    pub(crate) fn show_request(&self) -> Value {
        self.shown.get("request").cloned().unwrap_or_else(|| json!({}))
    }

    /// Returns its response as it was given; the first of several.
    pub(crate) fn show_response(&self) -> Value {
        let first = || self.shown.get("steps").and_then(|steps| steps.get(0)).cloned();
        let shown = self.shown.get("response").cloned();
        shown.or_else(first).unwrap_or_else(|| json!({ "status": 200 }))
    }

    /// Returns about how many bytes of memory it takes.
    pub(crate) fn size(&self) -> usize {
        // What was read takes about as much as what was given.
        size_of::<Self>() + 2 * Value::Object(self.shown.clone()).to_string().len()
    }

    /// Returns how many requests it has answered.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Begins counting anew.
    pub(crate) fn forget_uses(&self) {
        self.used.store(0, Ordering::Relaxed);
    }

    /// Takes one of its answers; `None` if it has no more.
    pub(crate) fn take(&self) -> Option<Arc<Reply>> {
        let take = |used: u64| match self.times {
            Some(times) if used >= times => None,
            Some(_) | None => Some(used + 1),
        };
        let used = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        let place = usize::try_from(used).unwrap_or(usize::MAX);
        self.replies.get(place).or_else(|| self.replies.last()).cloned()
    }
}

/// Checks that a text is a UUID, and writes it as one.
fn checked_id(text: &str, at: &str) -> Result<String, StubRefused> {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    let is_part = |(part, length): (&&str, usize)| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match parts.len() == 5 && parts.iter().zip(lengths).all(is_part) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(StubRefused::new(at, "has to be a UUID")),
    }
}

/// Returns a UUID that follows from a seed and a number.
pub(crate) fn id(seed: u64, number: u64) -> String {
    let high = spread(seed ^ spread(number));
    let low = spread(high ^ number);
    let (one, two, three) = (high >> 32, (high >> 16) & 0xffff, high & 0x0fff);
    let (four, five) = (((low >> 48) & 0x3fff) | 0x8000, low & 0xffff_ffff_ffff);
    format!("{one:08x}-{two:04x}-4{three:03x}-{four:04x}-{five:012x}")
}

fn replies(given: &Map<String, Value>, at: &str) -> Result<Vec<Arc<Reply>>, StubRefused> {
    let field = |name: &str| given.get(name).filter(|value| !value.is_null());
    match (field("response"), field("steps")) {
        (Some(_), Some(_)) => {
            Err(StubRefused::new(&format!("{at}/steps"), "stand instead of response"))
        }
        (Some(response), None) => {
            Ok(vec![Arc::new(Reply::read(response, &format!("{at}/response"))?)])
        }
        (None, None) => Ok(vec![Arc::new(Reply::read(&json!({}), &format!("{at}/response"))?)]),
        (None, Some(steps)) => {
            let at = format!("{at}/steps");
            let steps = list(steps, &at)?;
            if steps.is_empty() || steps.len() > STEPS {
                return Err(StubRefused::new(&at, format!("have to be from 1 to {STEPS}")));
            }
            let each = steps.iter().enumerate();
            let read = |(place, step)| Reply::read(step, &format!("{at}/{place}")).map(Arc::new);
            each.map(read).collect()
        }
    }
}

fn scenario(given: &Map<String, Value>, at: &str) -> Result<Option<Scenario>, StubRefused> {
    let field = |name: &str| {
        let value = given.get(name).filter(|value| !value.is_null());
        value.map(|value| plain(value, &format!("{at}/{name}"))).transpose()
    };
    let (required, next) = (field("requiredScenarioState")?, field("newScenarioState")?);
    match field("scenarioName")? {
        Some(name) => Ok(Some(Scenario { name, required, next })),
        None if required.is_some() || next.is_some() => {
            Err(StubRefused::new(&format!("{at}/scenarioName"), "is needed for a state"))
        }
        None => Ok(None),
    }
}

fn hold(value: Option<&Value>, at: &str) -> Result<Option<RealTime>, StubRefused> {
    Ok(match value {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(RealTime::from_secs(HELD)),
        Some(value) => {
            let fields = object(value, at)?;
            if let Some(name) = fields.keys().find(|name| *name != "timeout") {
                let at = format!("{at}/{name}");
                return Err(StubRefused::unknown(&at, "key", name, &["timeout"]));
            }
            let seconds = match fields.get("timeout") {
                Some(value) => whole(value, &format!("{at}/timeout"), 1, LONGEST_HELD)?,
                None => HELD,
            };
            Some(RealTime::from_secs(seconds))
        }
    })
}
