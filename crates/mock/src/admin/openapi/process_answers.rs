//! What is answered about the process itself: how it does, its logs, what was asked of it.

use serde_json::{Value, json};

use super::schema::{
    Components, any_object, count, exactly, flag, list_of, map_of, moment, object, one_of, or_null,
    refer, text, told, whole, words,
};

/// Adds what the process tells of itself.
pub(super) fn add(all: &mut Components) {
    let error = object([
        ("at", text(), "A pointer into the body, or the name of a query key."),
        ("detail", text(), "What is wrong there."),
    ]);
    all.add(
        "Problem",
        "Why something was refused (RFC 9457). Nothing has changed then.",
        object([
            ("title", text(), "The status in words."),
            ("status", json!({ "type": "integer", "minimum": 400, "maximum": 599 }), "The status."),
            ("detail", text(), "What is wrong."),
            ("hint?", text(), "What may have been meant, or how to go on."),
            ("errors?", list_of(error), "Where the request is wrong."),
        ]),
    );
    let snapshots = object([
        ("newest", or_null(count()), "The position of the newest."),
        ("saved", count(), "How many this process has saved."),
        ("failed", or_null(text()), "Why the last one failed."),
    ]);
    let none = object([("kind", exactly("none"), "Nothing is kept.")]);
    let kept = object([
        ("kind", text(), "Where it keeps what happens."),
        ("shared", flag(), "Whether other processes write it too."),
        ("position", or_null(count()), "The position of its last record."),
        ("applied", count(), "How far it is applied here."),
        ("lag", or_null(count()), "How many records that is behind."),
        ("on_the_way", count(), "How many of this process are on the way to it."),
        ("snapshots", snapshots, "What is kept of it."),
        ("lease", or_null(flag()), "Whether this process sends the webhooks."),
        ("refused", or_null(text()), "Why the last change that was not taken was not."),
        ("stopped", or_null(text()), "Why nothing is executed any more."),
    ]);
    all.add("LogState", "How the log of an instance is doing.", one_of([none, kept]));
    let pairs = || list_of(object([("name", text(), ""), ("value", text(), "")]));
    let content = || {
        vec![
            ("mimeType", text(), "Its media type."),
            ("text?", text(), "The body."),
            ("encoding?", exactly("base64"), "Where it is no text."),
            ("comment?", text(), "Where it is not whole."),
        ]
    };
    let mut post = content();
    post.push((
        "params",
        json!({ "type": "array", "maxItems": 0 }),
        "Parts of a form are not taken apart.",
    ));
    let mut answer = content();
    answer.push(("size", count(), "How many bytes it had."));
    let length = || json!({ "type": "integer", "minimum": -1 });
    let shared = || {
        vec![
            ("httpVersion", text(), ""),
            ("cookies", json!({ "type": "array", "maxItems": 0 }), "They are among the headers."),
            ("headers", pairs(), ""),
            ("headersSize", length(), "-1: not known."),
            ("bodySize", length(), "How many bytes the body had; -1 of a stream."),
        ]
    };
    let request = object(shared().into_iter().chain([
        ("method", text(), ""),
        ("url", text(), ""),
        ("queryString", pairs(), ""),
        ("postData?", object(post), "The body."),
    ]));
    let response = object(shared().into_iter().chain([
        ("status", whole(100, 999), ""),
        ("statusText", text(), ""),
        ("content", object(answer), "The body."),
        ("redirectURL", text(), "Where it leads; empty where it does not."),
    ]));
    let timings =
        object(["send", "wait", "receive"].map(|name| (name, json!({ "type": "number" }), "")));
    let entry = object([
        ("startedDateTime", moment(), "When it came, by the computer's clock."),
        ("time", json!({ "type": "number" }), "How long it took, in milliseconds."),
        ("request", request, ""),
        ("response", response, ""),
        ("cache", any_object(), "Nothing is cached."),
        ("timings", timings, ""),
    ]);
    let creator = object([("name", text(), ""), ("version", text(), "")]);
    let log = object([
        ("version", exactly("1.2"), ""),
        ("creator", creator, ""),
        ("entries", list_of(entry), "The requests, oldest first."),
    ]);
    let har = object([("log", log, "The archive.")]);
    all.add("Har", "An HTTP archive: HAR 1.2.", told(har, ""));
}

/// What `log` answers.
pub(super) fn logs() -> Value {
    object([("logs", map_of(refer("LogState")), "That of each instance, by name.")])
}

pub(super) fn ready() -> Value {
    object([
        ("ready", flag(), "Whether it may be asked now."),
        ("unready", map_of(text()), "Why not, by the name of the instance."),
    ])
}

pub(super) fn health() -> Value {
    let vendor = object([
        ("name", text(), "What it is called here."),
        ("title", text(), "What it imitates."),
        ("clock", refer("Clock"), "Its clock."),
        ("unready?", text(), "Why it is not to be asked now."),
    ]);
    object([
        ("status", words(["ok", "unready"]), "Whether all may be asked now."),
        ("version", text(), "The release."),
        ("vendors", list_of(vendor), "Each of them."),
    ])
}

pub(super) fn index() -> Value {
    object([
        ("name", exactly("ringback"), ""),
        ("version", text(), "The release."),
        ("clock", refer("Clocks"), "The clock."),
        ("vendors", list_of(refer("Vendor")), "What is imitated here."),
        ("routes", list_of(text()), "What can be asked."),
    ])
}

pub(super) fn relayed() -> Value {
    object([
        ("status", whole(100, 999), "The vendor's status."),
        ("headers", super::bench_answers::headers(), "Its headers."),
        ("body?", text(), "Its body."),
        ("body_base64?", text(), "The same, if it is no text."),
    ])
}
