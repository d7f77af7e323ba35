//! Every key of WireMock's JSON, and what Ringback makes of it: what is read is what is documented.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{StubRefused, template};
use crate::fault::Fault;

/// Whether a key is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// As WireMock has it.
    Yes,
    /// Ringback's own.
    Own,
    /// Taken, for clients send back what they were shown, and without effect.
    Shown,
    /// Refused by name.
    No,
}

/// A key, and what there is to say of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    name: &'static str,
    support: Support,
    note: &'static str,
}

impl Key {
    /// Returns its name and what there is to say of it, if it is taken, and whether it has an effect.
    pub(crate) fn taken(&self) -> Option<(&'static str, &'static str, bool)> {
        let Self { name, support, note } = *self;
        (support != Support::No).then_some((name, note, support != Support::Shown))
    }
}

const fn yes(name: &'static str, note: &'static str) -> Key {
    Key { name, support: Support::Yes, note }
}

const fn own(name: &'static str, note: &'static str) -> Key {
    Key { name, support: Support::Own, note }
}

const fn shown(name: &'static str, note: &'static str) -> Key {
    Key { name, support: Support::Shown, note }
}

const fn no(name: &'static str, note: &'static str) -> Key {
    Key { name, support: Support::No, note }
}

/// The keys of a mapping.
pub(crate) const MAPPING: &[Key] = &[
    yes("id", "a UUID; made by the seed where none is given"),
    yes("uuid", "another name of `id`"),
    yes("name", ""),
    yes("priority", "1 is the first; 5 unless given; of equals the latest is the first"),
    yes("request", ""),
    yes("response", ""),
    yes("scenarioName", ""),
    yes("requiredScenarioState", ""),
    yes("newScenarioState", ""),
    yes("persistent", "saved at once, in memory: it is there again after a reset"),
    yes("metadata", ""),
    own("times", "how many requests it answers; afterwards it is as if it were not there"),
    own("ttl", "how many seconds of the simulated clock it is there"),
    own("probability", "which share of the requests that match it answers, from 0 to 1"),
    own("steps", "responses, one after the other, instead of `response`; the last one stays"),
    own("hold", "true or `{\"timeout\": seconds}`: a request waits until it is released"),
    shown("used", "how many requests it has answered"),
    shown("insertionIndex", "the order is that of coming"),
    no("postServeActions", "vendors send webhooks by themselves; see `PUT /__admin/webhook`"),
    no("serveEventListeners", "vendors send webhooks by themselves; see `PUT /__admin/webhook`"),
];

/// The keys of a request pattern.
pub(crate) const REQUEST: &[Key] = &[
    yes("method", "a method or `ANY`"),
    yes("url", "path and query, as they came"),
    yes("urlPattern", "a regular expression over all of path and query"),
    yes("urlPath", "the path, as it came"),
    yes("urlPathPattern", "a regular expression over all of the path"),
    yes("urlPathTemplate", "`/calls/{id}`"),
    yes("pathParameters", "with `urlPathTemplate`"),
    yes("headers", ""),
    yes("queryParameters", ""),
    yes("formParameters", ""),
    yes("cookies", ""),
    yes("basicAuth", "`{\"username\", \"password\"}`"),
    yes("basicAuthCredentials", "another name of `basicAuth`"),
    yes("bodyPatterns", "a list; all have to hold"),
    yes("scheme", "`http` or `https`"),
    own("operation", "the operation of the vendor, `callback` or `mango.callback`"),
    own("number", "a pattern with `*` and `?`; some value of the request is such a number"),
    no("methods", "make a mapping for each"),
    no("host", "a port is one vendor's"),
    no("port", "a port is one vendor's"),
    no("clientIp", ""),
    no("multipartPatterns", "match the body with `contains` or `matches`"),
    no("customMatcher", "nothing is loaded into the process"),
];

/// The keys of a response.
pub(crate) const RESPONSE: &[Key] = &[
    yes("status", "200 unless given"),
    yes("statusMessage", ""),
    yes("headers", "a text, or a list of them"),
    yes("body", ""),
    yes("jsonBody", ""),
    yes("base64Body", ""),
    yes("fixedDelayMilliseconds", "real milliseconds, 3,600,000 at most"),
    yes("delayDistribution", "`fixed`, `uniform`, `lognormal`"),
    yes("chunkedDribbleDelay", "`numberOfChunks` within `totalDuration` milliseconds"),
    yes("fault", ""),
    yes("transformers", "`response-template`"),
    yes("transformerParameters", "`parameters` of templates"),
    own("passthrough", "true: the simulator answers, and the rest changes its answer"),
    own("patch", "with `passthrough`: a JSON merge patch (RFC 7396) of the answer's body"),
    shown("fromConfiguredStub", ""),
    no("bodyFileName", "there are no files; give `body`, `jsonBody` or `base64Body`"),
    no("proxyBaseUrl", "`passthrough` is answered by the simulator"),
    no("additionalProxyRequestHeaders", "nothing is proxied"),
    no("removeProxyRequestHeaders", "nothing is proxied"),
    no("proxyUrlPrefixToRemove", "nothing is proxied"),
];

/// The matchers.
pub(crate) const MATCHERS: &[Key] = &[
    yes("equalTo", "with `caseInsensitive`"),
    yes("caseInsensitive", "with `equalTo`"),
    yes("binaryEqualTo", "base64"),
    yes("contains", ""),
    yes("doesNotContain", ""),
    yes("matches", "a regular expression over all of it, without look-around"),
    yes("doesNotMatch", "the opposite"),
    yes("equalToJson", "JSON or a text of it; placeholders such as `${json-unit.any-string}`"),
    yes("ignoreArrayOrder", "with `equalToJson`"),
    yes("ignoreExtraElements", "with `equalToJson`"),
    yes("matchesJsonPath", "RFC 9535; or `{\"expression\", MATCHER}`"),
    yes("expression", "in `matchesJsonPath`"),
    yes("matchesJsonSchema", "JSON or a text of it; no references to elsewhere"),
    yes("schemaVersion", "`V4`, `V6`, `V7`, `V201909`, `V202012`"),
    yes("absent", ""),
    yes("anything", ""),
    yes("and", ""),
    yes("or", ""),
    yes("not", ""),
    yes("hasExactly", "of headers, query and form"),
    yes("includes", "of headers, query and form"),
    no("equalToXml", "no vendor speaks XML"),
    no("matchesXPath", "no vendor speaks XML"),
    no("enablePlaceholders", "no vendor speaks XML"),
    no("before", "give `matches`"),
    no("after", "give `matches`"),
    no("equalToDateTime", "give `matches`"),
    no("equalToNumber", "give `equalTo`"),
    no("greaterThanNumber", "give `matches`"),
    no("greaterThanEqualNumber", "give `matches`"),
    no("lessThanNumber", "give `matches`"),
    no("lessThanEqualNumber", "give `matches`"),
];

/// The keys of the settings.
pub(crate) const SETTINGS: &[Key] = &[
    yes("fixedDelay", "real milliseconds, for every answer of the port"),
    yes("delayDistribution", "for every answer of the port"),
    shown("proxyPassThrough", ""),
    shown("extended", ""),
];

/// The paths behind `/__admin`.
const PATHS: &[Key] = &[
    yes("mappings", "`GET`, `POST`, `DELETE`"),
    yes("mappings/{id}", "`GET`, `PUT`, `DELETE`"),
    yes("mappings/reset", "back to what was saved"),
    yes("mappings/save", "remembers all mappings, in memory, for the next reset"),
    yes("mappings/import", "`importOptions` with `duplicatePolicy` and `deleteAllNotInImport`"),
    yes("mappings/find-by-metadata", ""),
    yes("mappings/remove-by-metadata", ""),
    yes("mappings/unmatched", "`GET`, `DELETE`"),
    yes("requests", "`GET` with `limit`, `since`, `unmatched`, `matchingStub`; `DELETE`"),
    yes("requests/{id}", "`GET`, `DELETE`"),
    yes("requests/count", ""),
    yes("requests/find", ""),
    yes("requests/remove", ""),
    yes("requests/remove-by-metadata", "by the metadata of the mapping that answered"),
    yes("requests/reset", ""),
    yes("requests/unmatched", "what neither a mapping nor an endpoint of the vendor has answered"),
    yes(
        "requests/unmatched/near-misses",
        "of the latest 20 requests among the latest 1,000 mappings",
    ),
    yes("near-misses/request", ""),
    yes("near-misses/request-pattern", ""),
    yes("scenarios", ""),
    yes("scenarios/reset", ""),
    yes("scenarios/{name}/state", ""),
    yes("settings", "`GET`, `POST`, `PUT`"),
    yes("reset", "all there is: worlds, journal, inboxes; mappings go back to what was saved"),
    yes("version", ""),
    own("holds", "the requests that wait; `holds/{id}/release`, `holds/release`"),
    no("recordings/…", "the journal has every request; `GET /__admin/journal.har`"),
    no("files/…", "there are no files"),
    no("shutdown", "end the process"),
];

/// Refuses keys that a table does not have, or has as not supported.
pub(crate) fn check(
    given: &Map<String, Value>,
    at: &str,
    table: &[Key],
) -> Result<(), StubRefused> {
    for (name, value) in given {
        let at = format!("{at}/{name}");
        match table.iter().find(|key| key.name == name) {
            // Clients with a type for everything send what they have nothing for.
            Some(Key { support: Support::No, .. }) if is_empty(value) => {}
            Some(Key { support: Support::No, note, .. }) => {
                let separator = if note.is_empty() { "" } else { ": " };
                return Err(StubRefused::unsupported(&at, format!("{name}{separator}{note}")));
            }
            Some(_) => {}
            None => {
                let known = table.iter().filter(|key| key.support != Support::No);
                let known: Vec<&str> = known.map(|key| key.name).collect();
                return Err(StubRefused::unknown(&at, "key", name, &known));
            }
        }
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Returns the page that tells which keys are supported.
pub fn page() -> String {
    let mut page = String::from(
        "# WireMock's keys\n\n\
         Made by a test from the tables that mappings are read with. What is refused is answered with \
         422 and named; so is what is unknown. *Own* is what WireMock does not have. What is only shown \
         is taken back without effect.\n",
    );
    let tables: [(&str, &[Key]); 6] = [
        ("Paths behind `/__admin`", PATHS),
        ("A mapping", MAPPING),
        ("`request`", REQUEST),
        ("Matchers", MATCHERS),
        ("`response`", RESPONSE),
        ("`settings`", SETTINGS),
    ];
    for (title, table) in tables {
        // Writing to a text does not fail.
        let _ = write!(page, "\n## {title}\n\n| key | | note |\n| --- | --- | --- |\n");
        for Key { name, support, note } in table {
            let word = match support {
                Support::Yes => "yes",
                Support::Own => "own",
                Support::Shown => "shown",
                Support::No => "refused",
            };
            let _ = writeln!(page, "| `{name}` | {word} | {} |", note.replace('|', "\\|"));
        }
    }
    page.push_str("\n## Faults\n\n| `fault` | what happens |\n| --- | --- |\n");
    for fault in Fault::ALL {
        let _ = writeln!(page, "| `{}` | {} |", fault.word(), fault.note());
    }
    page.push_str("\n## Helpers of templates\n\n| helper | what it gives |\n| --- | --- |\n");
    for (name, note) in template::HELPERS {
        let _ = writeln!(page, "| `{name}` | {note} |");
    }
    page
}
