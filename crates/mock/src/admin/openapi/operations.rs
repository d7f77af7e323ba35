//! Every operation: what it is called, what it reads, what it answers. The routes themselves, their
//! query keys among them, stand in the table that is served.

mod bench;
mod calls;
mod process;
mod wiremock;
mod worlds;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{OwnControls, schema::Components};

/// Of which account a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Of none: one that is named is refused.
    NoAccount,
    /// Of one.
    One,
    /// Of one, or with `*` of all.
    Several,
}

/// What an answer holds.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Nothing,
    Json(Value),
    /// Of a media type that is not JSON.
    Other(&'static str),
}

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// The whole path.
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) text: &'static str,
    pub(super) about: About,
    /// What it reads, by media types, and whether it has to be there.
    pub(super) body: Option<(Value, bool)>,
    /// Media types of the body beside JSON.
    pub(super) also: &'static [&'static str],
    pub(super) answers: Vec<(u16, &'static str, Content)>,
    /// What it may refuse with, beside what everything does.
    pub(super) refuses: Vec<u16>,
    /// Whether it refuses in WireMock's form too.
    pub(super) is_wiremock: bool,
    /// Whether it is part of the guarded API.
    pub(super) is_guarded: bool,
}

/// The operations about one thing, in their order.
pub(super) struct Group {
    tag: &'static str,
    all: BTreeMap<usize, Operation>,
}

impl Group {
    fn new(tag: &'static str) -> Self {
        Self { tag, all: BTreeMap::new() }
    }

    /// Begins an operation, to be filled by what follows.
    fn add(
        &mut self,
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> &mut Operation {
        self.all.entry(self.all.len()).or_insert(Operation {
            method,
            path,
            id,
            tag: self.tag,
            summary,
            text: "",
            about: About::One,
            body: None,
            also: &[],
            answers: Vec::new(),
            refuses: Vec::new(),
            is_wiremock: false,
            is_guarded: true,
        })
    }

    fn finish(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.all).into_values().collect()
    }
}

impl Operation {
    fn text(&mut self, text: &'static str) -> &mut Self {
        self.text = text;
        self
    }

    fn about(&mut self, about: About) -> &mut Self {
        self.about = about;
        self
    }

    /// Reads a body that may be left out.
    fn may_read(&mut self, body: Value) -> &mut Self {
        self.body = Some((body, false));
        self
    }

    fn reads(&mut self, body: Value) -> &mut Self {
        self.body = Some((body, true));
        self
    }

    fn also(&mut self, media_types: &'static [&'static str]) -> &mut Self {
        self.also = media_types;
        self
    }

    fn answers(&mut self, status: u16, what: &'static str, body: Value) -> &mut Self {
        self.answers.push((status, what, Content::Json(body)));
        self
    }

    fn ok(&mut self, what: &'static str, body: Value) -> &mut Self {
        self.answers(200, what, body)
    }

    fn sends(&mut self, status: u16, what: &'static str, media_type: &'static str) -> &mut Self {
        self.answers.push((status, what, Content::Other(media_type)));
        self
    }

    /// Answers without a body.
    fn gone(&mut self, what: &'static str) -> &mut Self {
        self.answers.push((204, what, Content::Nothing));
        self
    }

    fn refuses(&mut self, statuses: &[u16]) -> &mut Self {
        self.refuses.extend(statuses);
        self
    }

    fn wiremock(&mut self) -> &mut Self {
        self.is_wiremock = true;
        self
    }
}

/// Returns all of them, in the order in which they are read best.
pub(super) fn all(components: &mut Components, own: &[OwnControls]) -> Vec<Operation> {
    let mut all = process::all();
    all.extend(worlds::all(components));
    all.extend(calls::all(components, own));
    all.extend(bench::all());
    all.extend(wiremock::all());
    all
}

/// Returns what a query key takes, and what it is for.
pub(super) fn query(path: &str, key: &str) -> (Value, &'static str) {
    let text = || json!({ "type": "string" });
    let moment = || json!({ "type": "string", "format": "date-time" });
    let whole = |most: u64| json!({ "type": "integer", "minimum": 1, "maximum": most });
    let any_count = || json!({ "type": "integer", "minimum": 0 });
    let words = |words: &[&str]| json!({ "type": "string", "enum": words });
    let is = |part: &str| path.starts_with(part);
    match key {
        "only" => (words(&["world", "bench"]), "Worlds alone, or alone what is no part of them."),
        "state" if is("/deliveries") => {
            (words(&super::super::deliveries::STATES), "Where it stands.")
        }
        "state" => (words(&super::super::calls::STATES), "Where it stands."),
        "from" => (text(), "Who called: a number, or a pattern with `*` and `?`."),
        "to" => (text(), "Who was called: a number, or a pattern with `*` and `?`."),
        "direction" => (words(&["inbound", "outbound", "local"]), "Which way it goes."),
        "cause" => (json!({ "$ref": "#/components/schemas/HangupCause" }), "Why it ended."),
        "vendor_id" => (text(), "An id that the vendor has for it."),
        "event" => (text(), "What it tells: a name, or a pattern with `*` and `?`."),
        "url" => (text(), "Where it goes: an address, or a pattern with `*` and `?`."),
        "call" => (text(), "The call, by our id."),
        "delivery" => (text(), "The delivery, by its id."),
        "method" => (text(), "The method."),
        "path" => (text(), "The path: a pattern with `*` and `?`."),
        "operation" => (text(), "The operation of the vendor."),
        "status" => (json!({ "type": "integer", "minimum": 0, "maximum": 65_535 }), "The status."),
        "refused" => (json!({ "type": "boolean" }), "Whether it was refused."),
        "step" => (words(&crate::bench::STEPS), "Which step refused it."),
        "secrets" => (words(&["show"]), "Shows what is masked otherwise."),
        "format" => (words(&["json", "svg", "mermaid"]), "In which form; `json` unless given."),
        "order" => (words(&["asc", "desc"]), "Oldest or newest first; `desc` unless given."),
        "kind" => (
            text(),
            "Kinds, with commas between them: `request`, `event`, `delivery`, `message`, `clock`, `world`.",
        ),
        "vendor" => (text(), "Vendors, with commas between them."),
        "name" => (text(), "Keeps the bytes that are the body under this name."),
        "offset" if is("/doctor") => {
            (text(), "Where moments without a zone are, such as `+07:00`.")
        }
        "duration" => (
            words(&["total", "talk"]),
            "What `duration` means in the export; `total` unless given.",
        ),
        "until" => (moment(), "Calls that began before."),
        "since" if is("/events") => {
            (text(), "Behind what it begins: a cursor, the name of a checkpoint, or `now`.")
        }
        "since" if is("/journal") => {
            (text(), "After what: a moment, a cursor, or the name of a checkpoint.")
        }
        "since" if is("/changes") => (text(), "The name of a checkpoint."),
        "since" if is("/requests") => (moment(), "Came then or later, by the computer's clock."),
        "since" => (moment(), "Then or later, in simulated time."),
        "unmatched" => (json!({ "type": "boolean" }), "Those alone that nobody answered."),
        "matchingStub" => (text(), "Those alone that a mapping answered."),
        "limit" if is("/doctor") => {
            (whole(100_000), "How many calls to look at; 10,000 unless given.")
        }
        "limit" if is("/mappings") || is("/requests") => {
            (any_count(), "How many at most; all unless given.")
        }
        "limit" => (whole(1_000), "How many at most; 100 unless given."),
        "offset" => (any_count(), "How many to leave out."),
        _ => (text(), "Where the list goes on: `next` of the page before."),
    }
}

/// Whether a request cannot go without a query key.
pub(super) fn is_needed(path: &str, key: &str) -> bool {
    path == "/changes" && key == "since"
}
