//! Checks: whether all views of a call agree, and whether a user's own export agrees with them.

mod compare;
mod export;
mod read;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CallState, HangupCause};
use serde_json::{Map, Value, json};

use crate::{
    CallShown, Says, ShownKind, World,
    view::{Owner, moment},
    webhook::{Delivery, DeliveryState},
};

pub(crate) use export::{Exported, Reading};
pub(crate) use read::{Row, Unread, read};

/// By how many seconds what is shown may differ: vendors show whole seconds, and count between them.
const SLACK: f64 = 1.0;

/// One call with everything that is shown of it.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Our id.
    pub(crate) id: String,
    /// What it belongs to, as every answer has it.
    pub(crate) fields: Map<String, Value>,
    /// What the exchange itself knows.
    pub(crate) truth: Says,
    pub(crate) cause: Option<HangupCause>,
    pub(crate) views: Vec<CallShown>,
    /// Webhooks of it that nobody has got: what they tell, their id, and why.
    pub(crate) undelivered: Vec<(String, String, String)>,
}

impl Examined {
    pub(crate) fn of<W: World>(world: &W, owner: &Owner<'_>, id: CallId) -> Option<Self> {
        let view = world.exchange().show(id)?;
        let is_over = view.state == CallState::Ended;
        let recorded = world.exchange().history().get(id).and_then(|cdr| cdr.recording_length());
        let seconds = |from: OffsetDateTime| view.ended_at.map(|to| (to - from).as_seconds_f64());
        let truth = Says {
            started_at: Some(view.created_at),
            answered_at: view.answered_at,
            ended_at: view.ended_at,
            seconds: seconds(view.created_at),
            talk_seconds: view
                .ended_at
                .and(Some(view.answered_at.and_then(seconds).unwrap_or(0.0))),
            recording_seconds: recorded.map(|length| length.as_seconds_f64()),
            is_answered: (is_over || view.answered_at.is_some())
                .then_some(view.answered_at.is_some()),
            is_over: Some(is_over),
            words: view.cause.map(|cause| cause.to_string()).into_iter().collect(),
        };
        let failed = |delivery: &&Delivery| delivery.state == DeliveryState::Failed;
        let told = world.outbox().into_iter().flat_map(|outbox| outbox.of_call(id));
        let undelivered = told.filter(failed);
        let undelivered = undelivered.map(|delivery| {
            let attempts = delivery.attempts.len();
            let last = delivery.attempts.last();
            let why = match last.map(|last| (last.status, last.error.as_deref())) {
                Some((Some(status), _)) => format!("the receiver answered {status}"),
                Some((None, Some(error))) => error.to_owned(),
                Some((None, None)) | None => "no answer".to_owned(),
            };
            let id = format!("{}-{}-d{}", owner.vendor, owner.account.0, delivery.id.0);
            let word = if attempts == 1 { "attempt" } else { "attempts" };
            (delivery.event.clone(), id, format!("{why}, {attempts} {word}"))
        });
        let mut fields = owner.fields();
        fields.insert("call".to_owned(), owner.call_id(id).into());
        fields.insert("vendor_ids".to_owned(), Value::Object(world.vendor_ids(id)));
        Some(Self {
            id: owner.call_id(id),
            fields,
            truth,
            cause: view.cause,
            views: world.views(id),
            undelivered: undelivered.collect(),
        })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.truth.is_over == Some(true)
    }

    /// Returns the views from which importers take finished calls.
    pub(crate) fn records(&self) -> impl Iterator<Item = &CallShown> + Clone {
        self.views.iter().filter(|view| view.kind == ShownKind::Record)
    }

    fn finding(&self, kind: &str, more: Value) -> Value {
        let mut found = self.fields.clone();
        found.insert("kind".to_owned(), kind.into());
        if let Value::Object(more) = more {
            found.extend(more);
        }
        Value::Object(found)
    }

    /// Returns what contradicts what, each with the values of all views that have one.
    pub(crate) fn contradictions(&self) -> Vec<Value> {
        let mut found = Vec::new();
        if self.is_over() && self.records().next().is_none() {
            let detail = "it is over, and no list of finished calls has it";
            found.push(self.finding("missing", json!({ "detail": detail })));
        }
        for field in FIELDS {
            let own = (field.of)(&self.truth);
            let said = self.views.iter().filter_map(|view| Some((view, (field.of)(&view.says)?)));
            let said: Vec<(&CallShown, Said)> = said.collect();
            let mut wrong: Vec<&str> = Vec::new();
            for (view, value) in &said {
                let agrees = match &own {
                    Some(own) => own.is(value),
                    // Nobody has ever talked, and a view says when.
                    None => !self.is_over(),
                };
                // A live call goes on after a client was told of it.
                let may_differ = !self.is_over() && view.kind == ShownKind::Event;
                if !agrees && !may_differ {
                    wrong.push(&view.view);
                }
            }
            if wrong.is_empty() {
                continue;
            }
            let mut values = Map::new();
            values.insert("call".to_owned(), own.map_or(Value::Null, |own| own.json()));
            for (view, value) in &said {
                values.insert(view.view.clone(), value.json());
            }
            let detail = format!("{}: {} is not what the call has", wrong.join(", "), field.name);
            let more = json!({ "field": field.name, "values": values, "detail": detail });
            found.push(self.finding("contradiction", more));
        }
        found.extend(self.recordings());
        found
    }

    /// Several recordings of one call are as long together as what was recorded of it.
    fn recordings(&self) -> Option<Value> {
        let shown = self.views.iter().filter(|view| view.kind == ShownKind::Recording);
        let lengths: Vec<f64> = shown.filter_map(|view| view.says.recording_seconds).collect();
        let shown: f64 = lengths.iter().sum();
        let own = self.truth.recording_seconds.unwrap_or(0.0);
        let slack = SLACK * f64::from(u32::try_from(lengths.len().max(1)).unwrap_or(u32::MAX));
        if lengths.is_empty() || (shown - own).abs() <= slack {
            return None;
        }
        let detail = format!("recordings last {shown} s, and {own} s were recorded");
        let values = json!({ "call": own, "recording": shown });
        let more = json!({ "field": "recording_seconds", "values": values, "detail": detail });
        Some(self.finding("contradiction", more))
    }

    /// Returns the webhooks that nobody has got.
    pub(crate) fn undelivered(&self) -> impl Iterator<Item = Value> {
        self.undelivered.iter().map(|(event, delivery, detail)| {
            let more = json!({ "event": event, "delivery": delivery, "detail": detail });
            self.finding("undelivered", more)
        })
    }
}

/// Something that views say.
struct Field {
    name: &'static str,
    of: fn(&Says) -> Option<Said>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    At(OffsetDateTime),
    Seconds(f64),
    Is(bool),
}

impl Said {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::At(one), Self::At(other)) => (*one - *other).as_seconds_f64().abs() <= SLACK,
            (Self::Seconds(one), Self::Seconds(other)) => (one - other).abs() <= SLACK,
            (one, other) => one == other,
        }
    }

    fn json(self) -> Value {
        match self {
            Self::At(at) => moment(at).into(),
            Self::Seconds(seconds) => json!(seconds),
            Self::Is(is) => is.into(),
        }
    }
}

const FIELDS: [Field; 7] = [
    Field { name: "started_at", of: |says| says.started_at.map(Said::At) },
    Field { name: "answered_at", of: |says| says.answered_at.map(Said::At) },
    Field { name: "ended_at", of: |says| says.ended_at.map(Said::At) },
    Field { name: "seconds", of: |says| says.seconds.map(Said::Seconds) },
    Field { name: "talk_seconds", of: |says| says.talk_seconds.map(Said::Seconds) },
    Field { name: "answered", of: |says| says.is_answered.map(Said::Is) },
    Field { name: "over", of: |says| says.is_over.map(Said::Is) },
];

#[cfg(test)]
mod tests;
