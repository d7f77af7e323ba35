//! WireMock's JSON, from the tables that it is read with.

use serde_json::{Map, Value, json};

use super::schema::{
    Components, any_object, count, exactly, flag, list_of, map_of, moment, number, object, one_of,
    or_null, refer, text, told, whole, words,
};
use crate::{
    fault::Fault,
    stubs::{
        WORDS,
        keys::{Key, MAPPING, MATCHERS, REQUEST, RESPONSE, SETTINGS},
    },
};

/// The longest delay, in real milliseconds.
fn milliseconds() -> Value {
    whole(0, 3_600_000)
}

/// An object of the keys of a table. Whatever a client has nothing for it may send as null.
fn of_table(table: &[Key], holds: impl Fn(&str) -> Value) -> Value {
    let mut properties = Map::new();
    for (name, note, has_effect) in table.iter().filter_map(Key::taken) {
        let mut schema = match has_effect {
            true => told(or_null(holds(name)), &sentence(note)),
            false => told(
                json!({}),
                &sentence(&format!("as it is shown; taken back without effect; {note}")),
            ),
        };
        if let (false, Some(fields)) = (has_effect, schema.as_object_mut()) {
            fields.insert("readOnly".to_owned(), true.into());
        }
        properties.insert(name.to_owned(), schema);
    }
    // What is refused may be there where a client has nothing for it.
    json!({ "type": "object", "properties": properties })
}

/// Makes a sentence of a note.
fn sentence(note: &str) -> String {
    let note = note.trim_end_matches("; ");
    let mut letters = note.chars();
    match letters.next() {
        None => String::new(),
        Some(first) => format!("{}{}.", first.to_ascii_uppercase(), letters.as_str()),
    }
}

/// A text, or what is as good as one.
fn plain() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn matcher(name: &str) -> Value {
    match name {
        "caseInsensitive" | "ignoreArrayOrder" | "ignoreExtraElements" | "absent" => flag(),
        "and" | "or" | "hasExactly" | "includes" => list_of(refer("Matcher")),
        "not" => refer("Matcher"),
        "equalTo" | "contains" | "doesNotContain" => plain(),
        "binaryEqualTo" => json!({ "type": "string", "contentEncoding": "base64" }),
        "matches" | "doesNotMatch" | "expression" => text(),
        "matchesJsonPath" => one_of([text(), any_object()]),
        "schemaVersion" => words(["V4", "V6", "V7", "V201909", "V202012"]),
        _ => json!({}),
    }
}

fn request(name: &str) -> Value {
    let credentials = || object([("username", text(), ""), ("password", text(), "")]);
    match name {
        "headers" | "queryParameters" | "formParameters" | "pathParameters" | "cookies" => {
            map_of(refer("Matcher"))
        }
        "basicAuth" | "basicAuthCredentials" => credentials(),
        "bodyPatterns" => one_of([list_of(refer("Matcher")), refer("Matcher")]),
        "scheme" => words(["http", "https"]),
        "number" => plain(),
        _ => text(),
    }
}

fn response(name: &str) -> Value {
    match name {
        "status" => whole(200, 599),
        "headers" => map_of(one_of([plain(), list_of(plain())])),
        "jsonBody" | "patch" => json!({}),
        "fixedDelayMilliseconds" => milliseconds(),
        "delayDistribution" => refer("DelayDistribution"),
        "chunkedDribbleDelay" => object([
            ("numberOfChunks", whole(1, 10_000), "In how many pieces the body comes."),
            ("totalDuration", milliseconds(), "Within how many real milliseconds."),
        ]),
        "fault" => words(Fault::ALL.map(Fault::word)),
        "transformers" => list_of(exactly("response-template")),
        "transformerParameters" => any_object(),
        "passthrough" => flag(),
        _ => text(),
    }
}

fn mapping(name: &str) -> Value {
    let timeout = object([("timeout?", whole(1, 600), "How many seconds; 60 unless given.")]);
    match name {
        "id" | "uuid" => json!({ "type": "string", "format": "uuid" }),
        "priority" => whole(0, u32::MAX.into()),
        "request" => refer("RequestPattern"),
        "response" => refer("Response"),
        "steps" => {
            json!({ "type": "array", "minItems": 1, "maxItems": 1_000, "items": refer("Response") })
        }
        "persistent" => flag(),
        "times" => json!({ "type": "integer", "minimum": 1 }),
        "ttl" => number(0.001, 315_360_000.0),
        "probability" => number(0.0, 1.0),
        "hold" => one_of([flag(), timeout]),
        "name" | "scenarioName" | "requiredScenarioState" | "newScenarioState" => plain(),
        _ => json!({}),
    }
}

/// Adds all of it.
pub(super) fn add(all: &mut Components) {
    let mut of_one = of_table(MATCHERS, matcher);
    let one = WORDS.map(|word| json!({ "required": [word] }));
    if let Some(fields) = of_one.as_object_mut() {
        fields.insert("oneOf".to_owned(), one.as_slice().into());
    }
    let what = "What is asked of one value: one of the matchers, and what goes with it.";
    all.add("Matcher", what, of_one);
    all.add(
        "RequestPattern",
        "Which requests; everything given has to hold.",
        of_table(REQUEST, request),
    );
    all.add(
        "Response",
        "What is answered, or done to the answer of the simulator.",
        of_table(RESPONSE, response),
    );
    all.add(
        "NewMapping",
        "A mapping: which requests, and what they are answered.",
        of_table(MAPPING, mapping),
    );
    let mut settings = of_table(SETTINGS, |name| match name {
        "fixedDelay" => milliseconds(),
        _ => refer("DelayDistribution"),
    });
    settings = told(settings, "How long every answer of the port waits.");
    all.add("Settings", "", settings);
    let milli = |text: &str| told(milliseconds(), text);
    let distribution = object([
        ("type", words(["fixed", "uniform", "lognormal"]), "How it is distributed."),
        ("milliseconds?", or_null(milli("")), "Of a fixed one."),
        ("lower?", or_null(milli("")), "Of a uniform one."),
        ("upper?", or_null(milli("")), "Of a uniform one."),
        ("median?", or_null(number(0.0, 3_600_000.0)), "Of a lognormal one."),
        ("sigma?", or_null(number(0.0, 10.0)), "Of a lognormal one."),
        ("maxValue?", or_null(milli("")), "Of a lognormal one: the longest."),
    ]);
    all.add(
        "DelayDistribution",
        "A delay that is drawn anew each time, in real milliseconds.",
        distribution,
    );
    let id = || json!({ "type": "string", "format": "uuid" });
    let shown = super::schema::with(
        all.made("NewMapping"),
        [
            ("id", id(), "Its id."),
            ("uuid", id(), "The same."),
            ("used", count(), "How many requests it has answered."),
            ("request", refer("RequestPattern"), "Which requests it is about."),
        ],
    );
    all.add("Mapping", "A mapping, as it was given.", shown);
    add_requests(all);
    let source = object([("pointer", text(), "A pointer into the body.")]);
    let error = object([
        ("code", exactly(10), "WireMock's number for what cannot be read."),
        ("source", source, "Where it is wrong."),
        ("title", text(), "What kind of fault it is."),
        ("detail", text(), "What is wrong, and what is right."),
    ]);
    all.add(
        "WireMockErrors",
        "Why something was refused, in WireMock's form.",
        object([(
            "errors",
            json!({ "type": "array", "minItems": 1, "items": error }),
            "What is wrong.",
        )]),
    );
}

/// Adds requests as WireMock logs them.
fn add_requests(all: &mut Components) {
    let gathered = || map_of(one_of([text(), list_of(text())]));
    let parameter =
        object([("key", text(), "Its name."), ("values", list_of(text()), "Its values.")]);
    let parameters = || map_of(parameter.clone());
    let credentials = object([("username", text(), ""), ("password", text(), "")]);
    let logged = object([
        ("id?", json!({ "type": "string", "format": "uuid" }), "Its id."),
        ("url", text(), "Path and query, as they came."),
        ("absoluteUrl", text(), "The whole address."),
        ("method", text(), "The method."),
        ("clientIp", or_null(text()), "Where it came from."),
        ("headers", gathered(), "The headers: a text, or a list of them."),
        ("cookies", gathered(), "The cookies."),
        ("browserProxyRequest", exactly(false), "Nothing is proxied."),
        ("loggedDate", json!({ "type": "integer" }), "When it came: real milliseconds since 1970."),
        ("loggedDateString", moment(), "The same."),
        ("body", text(), "The body as text, as far as it is kept."),
        ("bodyAsBase64", text(), "The same in base64."),
        ("bodyIsCut?", exactly(true), "Where not all of it is kept."),
        ("scheme", words(["http", "https"]), ""),
        ("host", text(), ""),
        ("port", whole(0, 65_535), ""),
        ("queryParams", parameters(), "Those of the query."),
        ("formParams", parameters(), "Those of a form."),
        ("basicAuthCredentials?", credentials, "User and password, where they are given."),
    ]);
    all.add("LoggedRequest", "A request as WireMock logs it.", logged);
    let response = object([
        ("status", whole(100, 999), "The status."),
        ("headers", gathered(), "The headers."),
        ("body", text(), "The body as text, as far as it is kept."),
        ("bodyAsBase64", text(), "The same in base64."),
        ("fault", or_null(words(Fault::ALL.map(Fault::word))), "What broke the answer."),
    ]);
    let names = ["addedDelay", "processTime", "responseSendTime", "serveTime", "totalTime"];
    let timing = object(names.map(|name| (name, count(), "In real milliseconds.")));
    all.add(
        "ServeEvent",
        "A request of the journal in WireMock's form, with its answer.",
        object([
            ("id", json!({ "type": "string", "format": "uuid" }), "Its id."),
            ("request", refer("LoggedRequest"), "The request."),
            ("responseDefinition", any_object(), "The response of the mapping that answered."),
            ("response", response, "What was answered."),
            ("wasMatched", flag(), "Whether a mapping or an endpoint of the vendor answered."),
            ("timing", timing, "How long it took."),
            ("subEvents", json!({ "type": "array", "maxItems": 0 }), ""),
            ("stubMapping?", refer("Mapping"), "The mapping that had to do with it."),
            ("vendor", text(), "The instance it came to."),
            ("operation", or_null(text()), "The operation of the vendor."),
            ("journal", text(), "Its id in the journal."),
        ]),
    );
    let result = object([("distance", number(0.0, 1.0), "From 0, which is right, to 1.")]);
    all.add(
        "NearMiss",
        "A request beside what it nearly matched.",
        object([
            ("request", any_object(), "The request."),
            ("stubMapping?", refer("Mapping"), "The mapping."),
            ("requestPattern", any_object(), "Which requests are asked for."),
            ("matchResult", result, "How far they are from each other."),
        ]),
    );
    all.add(
        "Scenario",
        "A scenario of mappings.",
        object([
            ("id", json!({ "type": "string", "format": "uuid" }), "Its id."),
            ("name", text(), "Its name."),
            ("state", text(), "Its state; `Started` at first."),
            ("possibleStates", list_of(text()), "The states that mappings name."),
            ("mappings", list_of(refer("Mapping")), "Its mappings."),
        ]),
    );
    all.add(
        "Held",
        "A request that waits until it is released.",
        object([
            ("id", text(), "Its id."),
            ("vendor", text(), "The instance it came to."),
            ("mapping", text(), "The mapping that holds it."),
            ("at", moment(), "When it came, in simulated time."),
            ("real_at", moment(), "The same by the computer's clock."),
            ("request", refer("LoggedRequest"), "The request."),
        ]),
    );
}

pub(super) fn mappings() -> Value {
    let meta = object([("total", count(), "How many there are.")]);
    object([("mappings", list_of(refer("Mapping")), "The latest first."), ("meta", meta, "")])
}

pub(super) fn nothing() -> Value {
    object([])
}

pub(super) fn import() -> Value {
    let options = object([
        (
            "duplicatePolicy?",
            words(["OVERWRITE", "IGNORE"]),
            "What becomes of mappings whose id is known; `OVERWRITE` unless given.",
        ),
        ("deleteAllNotInImport?", flag(), "Whether all others go."),
    ]);
    object([
        (
            "mappings",
            json!({ "type": "array", "maxItems": 10_000, "items": refer("NewMapping") }),
            "The first is the first that answers.",
        ),
        ("importOptions?", options, "How they are imported."),
        ("meta?", json!({}), "As it is shown; left alone."),
    ])
}

/// What nobody can tell of requests that were pushed out, or are kept in part.
fn untold() -> [(&'static str, Value, &'static str); 3] {
    [
        ("requestJournalDisabled", flag(), "Whether no journal is kept."),
        ("undecided?", count(), "Of how many it is not known: their bodies are not kept whole."),
        ("missed?", count(), "How many were pushed out."),
    ]
}

pub(super) fn counted() -> Value {
    object([("count", count(), "How many hold the pattern.")].into_iter().chain(untold()))
}

pub(super) fn found() -> Value {
    let found = ("requests", list_of(refer("LoggedRequest")), "The requests.");
    object([found].into_iter().chain(untold()))
}

pub(super) fn requests() -> Value {
    let meta = object([
        ("total", count(), "How many hold the filters."),
        ("missed", count(), "How many were pushed out."),
    ]);
    object([
        ("requests", list_of(refer("ServeEvent")), "Newest first."),
        ("meta", meta, ""),
        ("requestJournalDisabled", flag(), "Whether no journal is kept."),
    ])
}

pub(super) fn removed() -> Value {
    object([("serveEvents", list_of(refer("ServeEvent")), "What was removed.")])
}

pub(super) fn near_misses() -> Value {
    object([("nearMisses", list_of(refer("NearMiss")), "The nearest first.")])
}

pub(super) fn scenarios() -> Value {
    object([("scenarios", list_of(refer("Scenario")), "Each of them.")])
}

pub(super) fn state() -> Value {
    object([("state?", or_null(text()), "The state; where it began unless given.")])
}

pub(super) fn settings() -> Value {
    object([("settings", refer("Settings"), "")])
}

pub(super) fn set_settings() -> Value {
    one_of([refer("Settings"), object([("settings", refer("Settings"), "")])])
}

pub(super) fn release() -> Value {
    let response = or_null(refer("Response"));
    object([("response?", response, "What they are answered; what the mapping says unless given.")])
}

pub(super) fn released() -> Value {
    object([("released", count(), "How many.")])
}

pub(super) fn version() -> Value {
    object([("version", text(), "The release."), ("product", exactly("ringback"), "")])
}

/// A request as it is logged; what is not given is a `GET /`.
pub(super) fn near_request() -> Value {
    json!({
        "type": "object",
        "properties": {
            "method": told(text(), "`GET` unless given."),
            "url": told(text(), "Path and query; `/` unless given."),
            "headers": told(map_of(one_of([text(), list_of(text())])), "Headers by name."),
            "body": told(text(), "The body."),
        },
    })
}
