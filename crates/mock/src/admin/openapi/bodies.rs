//! What requests bring: from the types they are read with, or beside the tables that read them.

use ringback_exchange::{Control, HangupCause, RecordFault, Rule, ServiceKind, TrafficSettings};
use serde_json::{Map, Value, json};

use super::schema::{
    Components, Field, any_object, count, exactly, flag, list_of, map_of, moment, name, number,
    object, one_of, or_null, page, refer, text, told, whole, with, without, words,
};
use crate::{
    bench::Kind,
    matching::{condition, names},
    webhook::Chaos,
};

/// Whose something is, as every object has it.
pub(super) fn owner() -> [Field; 2] {
    [
        ("vendor", text(), "The instance it is of."),
        (
            "account",
            or_null(text()),
            "What names its account to a client; null where nothing does.",
        ),
    ]
}

/// The same, where it is left alone in what comes back.
fn shown_owner() -> [Field; 2] {
    [
        ("vendor?", text(), "As it is shown; left alone."),
        ("account?", or_null(text()), "As it is shown; left alone."),
    ]
}

/// Adds what several requests bring.
pub(super) fn add(all: &mut Components) {
    let rule = all.copy::<Rule>();
    all.add(
        "Rule",
        "A rule: which calls it is about, and what the rung party does. The first that is about a call decides.",
        with(rule.clone(), shown_owner()),
    );
    let new = with(without(rule, &super::super::world::GIVEN), shown_owner());
    all.add("NewRule", "A rule to be set; its `id` is given by the exchange.", new);
    let kind = all.of::<ServiceKind>();
    let service = object([("kind", kind, "A ring group, a queue or a menu.")]);
    all.add("NewService", "A service to be set.", service);
    let traffic = with(all.copy::<TrafficSettings>(), shown_owner());
    let counted = "As it is shown; left alone.";
    let traffic = with(traffic, [("placed?", count(), counted), ("dropped?", count(), counted)]);
    all.add("NewTraffic", "How many calls come by themselves, and when.", traffic);
    let fault = with(all.copy::<RecordFault>(), shown_owner());
    all.add(
        "RecordFaultRule",
        "Which finished calls it is about, and what is wrong with their records.",
        fault,
    );
    let several = object([
        (
            "rules",
            json!({ "type": "array", "maxItems": 100, "items": refer("RecordFaultRule") }),
            "The first that is about a call decides.",
        ),
        ("faulty_records?", count(), "As it is shown; left alone."),
        ("vendor?", text(), "As it is shown; left alone."),
        ("account?", or_null(text()), "As it is shown; left alone."),
    ]);
    let one = one_of([refer("RecordFaultRule"), several]);
    all.add("NewRecordFaults", "One rule, or several.", one);
    let chaos = all.copy::<Chaos>();
    all.add(
        "NewChaos",
        "What goes wrong between a vendor and its receivers; what is not given is calm.",
        chaos,
    );
    matcher(all);
    inbox(all);
}

/// The language of matches.
fn matcher(all: &mut Components) {
    let any = json!({});
    let test = |word: &&'static str| -> Field {
        match *word {
            "eq" => ("eq?", any.clone(), "Equal; a number is as good as its digits."),
            "ne" => ("ne?", any.clone(), "Not equal."),
            "gt" => ("gt?", any.clone(), "Greater, by number or as texts."),
            "gte" => ("gte?", any.clone(), "Greater or equal."),
            "lt" => ("lt?", any.clone(), "Less."),
            "lte" => ("lte?", any.clone(), "Less or equal."),
            "in" => ("in?", list_of(any.clone()), "One of a list."),
            "like" => ("like?", text(), "A pattern with `*` and `?` for the whole."),
            "match" => ("match?", text(), "A regular expression for a part."),
            "exists" => ("exists?", flag(), "Whether it is there."),
            _ => ("not?", refer("Condition"), "A condition that must not hold."),
        }
    };
    let tests = object(condition::WORDS.iter().map(test));
    let plain = json!({ "type": ["string", "number", "boolean", "null", "array"] });
    all.add(
        "Condition",
        "A value that has to be equal, or tests that all have to hold.",
        one_of([plain, tests]),
    );
    let what = "Conditions on something that happened; all of them have to hold. Which names there are \
                depends on the `kind`.";
    all.add("Match", what, of_names(&names::all(), "Match"));
    let asked = names::about(Kind::Request.into(), false, true);
    let what = "Conditions on a request; all of them have to hold.";
    all.add("RequestMatch", what, of_names(&asked, "RequestMatch"));
}

/// A match in which these names may be asked for.
fn of_names(names: &[&'static str], own: &str) -> Value {
    let kinds = || words(Kind::ALL.into_iter().map(Kind::word).chain(["record"]));
    let several = object([("in", list_of(kinds()), "Any of them.")]);
    let asked = |name: &str| match name {
        "kind" => one_of([kinds(), several.clone()]),
        "any" => list_of(refer(own)),
        "not" => refer(own),
        "body" | "answer" | "header" | "query" => map_of(refer("Condition")),
        _ => refer("Condition"),
    };
    let what = |name: &str| match name {
        "kind" => "Of which kind it is; of any unless given.",
        "any" => "One of these has to hold.",
        "not" => "This must not hold.",
        "body" => "Conditions by JSONPath, on the body of a request.",
        "answer" => "Conditions by JSONPath, on the body of its answer.",
        "header" => "Conditions by the names of headers.",
        "query" => "Conditions by the names of query keys.",
        _ => "",
    };
    let property = |name: &&str| ((*name).to_owned(), told(asked(name), what(name)));
    let properties: Map<String, Value> = names.iter().map(property).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn inbox(all: &mut Components) {
    let headers = map_of(text());
    let object = object([
        ("status?", whole(200, 599), "The status; 200 unless given."),
        ("delay?", number(0.0, 600.0), "How many of the computer's seconds pass before it."),
        ("headers?", headers, "Headers beside `Content-Length`."),
        ("body?", json!({}), "The body: a text, or what is sent as JSON."),
        ("reset?", flag(), "True resets the connection instead of answering."),
    ]);
    let answer = one_of([whole(200, 599), exactly("reset"), object]);
    all.add("InboxAnswer", "An answer of an inbox: a status, `\"reset\"`, or an object.", answer);
}

/// The control of any exchange as a request has it: calls are named by any of their ids.
fn named(mut schema: Value) -> Value {
    if let Some(call) = schema.pointer_mut("/properties/call") {
        let any = json!({ "type": ["string", "integer"] });
        *call = told(any, "The call: our id, the vendor's own, or its number in the account.");
    }
    schema
}

/// Everything that can be done by `POST control`, with what only some vendors can be told.
pub(super) fn controls(all: &mut Components, own: &[super::OwnControls]) -> Value {
    let mut several: Vec<Value> =
        all.variants::<Control>().into_iter().map(|(_, it)| named(it)).collect();
    for controls in own {
        let schema = (controls.schema)(all.types()).to_value();
        // A vendor's own kinds of control stand in its own schema.
        let note = format!("What only `{}` can be told.", controls.vendor);
        several.push(told(schema, &note));
    }
    one_of(several)
}

/// The body of one verb at a call.
pub(super) fn verb(all: &mut Components, verb: &str) -> Value {
    let found = all.variants::<Control>().into_iter().find(|(word, _)| word == verb);
    found.map(|(_, schema)| without(schema, &["do", "call"])).unwrap_or_else(any_object)
}

/// The fields of one control, without those that the path has.
pub(super) fn control(all: &mut Components, word: &str, but: &[&str]) -> Value {
    let found = all.variants::<Control>().into_iter().find(|(known, _)| known == word);
    found.map(|(_, schema)| without(without(schema, &["do"]), but)).unwrap_or_else(any_object)
}

pub(super) fn clock() -> Value {
    object([
        ("at?", or_null(moment()), "The moment to jump to; not before now."),
        (
            "rate?",
            or_null(number(0.000_001, 1_000_000.0)),
            "Simulated seconds per second; of the process, never of one account.",
        ),
        ("frozen?", or_null(flag()), "Whether it stands."),
    ])
}

pub(super) fn advance() -> Value {
    let length = || or_null(number(0.0, 3_155_760_000.0));
    let mut schema = object([
        ("seconds?", length(), "How far."),
        ("to?", or_null(moment()), "To which moment."),
        (
            "until?",
            one_of([refer("Match"), exactly("idle")]),
            "To the first event like this, or until nothing is due any more.",
        ),
        (
            "max?",
            length(),
            "With `until`: how far at most; 3,600 seconds unless given, and 86,400 until idle.",
        ),
        (
            "timeout?",
            or_null(number(0.0, 600.0)),
            "How many of the computer's seconds it may take at most; 30 unless given.",
        ),
        (
            "settle?",
            or_null(flag()),
            "Whether to wait for the webhooks that became due; true unless given.",
        ),
        (
            "settle_timeout?",
            or_null(number(0.0, 600.0)),
            "How many of the computer's seconds to wait for them at most; 5 unless given.",
        ),
    ]);
    if let Some(fields) = schema.as_object_mut() {
        let one = ["seconds", "to", "until"].map(|name| json!({ "required": [name] }));
        fields.insert("oneOf".to_owned(), one.as_slice().into());
    }
    schema
}

pub(super) fn verify() -> Value {
    let since = one_of([text(), count(), json!({ "type": "null" })]);
    let mut schema = object([
        ("match?", refer("Match"), "What is counted."),
        ("times?", count(), "So many, and no others; one at least unless anything is said."),
        ("at_least?", count(), "So many or more."),
        ("at_most?", count(), "So many or fewer."),
        ("never?", flag(), "None at all."),
        (
            "order?",
            json!({ "type": "array", "minItems": 1, "items": refer("Match") }),
            "One after the other.",
        ),
        ("strict?", flag(), "With `order`: with nothing of their kinds in between."),
        ("since?", since, "The cursor up to which nothing counts, or `now`."),
    ]);
    if let Some(fields) = schema.as_object_mut() {
        let one = ["match", "order"].map(|name| json!({ "required": [name] }));
        fields.insert("oneOf".to_owned(), one.as_slice().into());
    }
    schema
}

pub(super) fn wait() -> Value {
    object([
        ("match", refer("Match"), "What is waited for."),
        ("times?", whole(1, 10_000), "How many; 1 unless given."),
        (
            "since?",
            one_of([text(), count(), json!({ "type": "null" })]),
            "The cursor after which they count; `now` unless given.",
        ),
        (
            "timeout?",
            number(0.0, 600.0),
            "How many of the computer's seconds to wait at most; 5 unless given.",
        ),
    ])
}

pub(super) fn inbox_plan() -> Value {
    let plan = json!({ "type": "array", "maxItems": 1_000, "items": refer("InboxAnswer") });
    object([
        ("plan?", plan, "The answers to the next requests, one each."),
        (
            "then?",
            refer("InboxAnswer"),
            "The answer to all that come after them; 200 unless given.",
        ),
    ])
}

pub(super) fn relay() -> Value {
    let headers = json!({ "type": "object", "maxProperties": 100, "additionalProperties": text() });
    object([
        ("method?", or_null(text()), "The method; `GET` unless given."),
        (
            "path",
            json!({ "type": "string", "pattern": "^/" }),
            "A path of the vendor, with its query.",
        ),
        ("headers?", or_null(headers), "Headers by name."),
        ("body?", or_null(text()), "The body."),
        (
            "journal?",
            or_null(json!({ "type": "boolean" })),
            "False for what is no request of a client's: it is in no journal and no metrics, and no mapping answers it.",
        ),
    ])
}

pub(super) fn rules() -> Value {
    object([(
        "rules",
        list_of(refer("Rule")),
        "All of them, the first match wins; 10,000 at most.",
    )])
}

pub(super) fn named_body(of: &'static str) -> Value {
    object([("name", name(), of)])
}

/// What has no type of its own.
pub(super) fn target() -> Value {
    object([("url", or_null(text()), "An address, `inbox:NAME`, or null for nowhere.")])
}

pub(super) fn speed() -> Value {
    let speed = json!({ "type": "number", "minimum": 0, "maximum": 1_000_000 });
    object([(
        "speed?",
        speed,
        "How many times as quickly as at first; 1 unless given, 0 for all of it at once.",
    )])
}

pub(super) fn export() -> Value {
    let row = map_of(json!({}));
    let rows = told(
        list_of(row),
        "One object for each call, or lines of JSON, or CSV with a header line.",
    );
    one_of([rows, text()])
}

/// Names that stand in documents elsewhere.
pub(super) fn causes(all: &mut Components) -> Value {
    all.of::<HangupCause>()
}

/// A page of rules.
pub(super) fn rule_list() -> Value {
    page("rules", refer("ShownRule"), [])
}
