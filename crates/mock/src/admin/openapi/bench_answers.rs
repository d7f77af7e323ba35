//! What is answered about the bench: webhooks, inboxes, the journal, verifying, the process itself.

use ringback_exchange::{ChangeKind, ChangedPart};
use serde_json::{Value, json};

use super::answers::of_call;
use super::bodies::owner;
use super::schema::{
    Components, Field, count, exactly, flag, list_of, map_of, moment, number, object, one_of,
    or_null, refer, seconds, text, with, words,
};
use crate::{
    bench::{DeliveryStage, Kind, STEPS},
    fault::Fault,
    webhook::Chaos,
};

/// Headers as they were sent: names and values, in their order.
pub(super) fn headers() -> Value {
    let pair = json!({ "type": "array", "items": text(), "minItems": 2, "maxItems": 2 });
    list_of(pair)
}

/// The status of an answer.
fn status() -> Value {
    json!({ "type": "integer", "minimum": 100, "maximum": 999 })
}

/// Adds webhooks and what receives them.
pub(super) fn add_webhooks(all: &mut Components) {
    let signature = object([
        ("scheme", text(), "How the vendor signs."),
        ("valid", flag(), "Whether it is signed as it has to be."),
        ("signed_string", text(), "What has to be signed of what arrived."),
        ("expected", text(), "The signature of that."),
        ("given", or_null(text()), "The one that was given."),
        (
            "differs_at",
            or_null(count()),
            "The first byte in which what was signed differs from what had to be.",
        ),
        ("why?", text(), "What is wrong, as far as that can be told."),
        ("signed_instead?", text(), "What was signed instead."),
    ]);
    all.add("Signature", "How a webhook is signed, and how it has to be.", signature);
    let wire = || {
        [
            ("at?", moment(), "When it was sent, in simulated time."),
            ("real_at?", moment(), "The same by the computer's clock."),
            ("request?", text(), "What went over the wire, byte for byte; 64 KiB of it."),
            ("request_base64?", text(), "The same, if it is no text."),
            ("response_headers?", headers(), "Headers of the answer."),
            ("signature?", refer("Signature"), "Where the vendor signs."),
            (
                "chaos?",
                list_of(words(["duplicate", "corrupt_signature", "content_type"])),
                "What went wrong on purpose.",
            ),
        ]
    };
    let attempt = || {
        [
            ("status", or_null(status()), "The receiver's status; null where it gave none."),
            ("error", or_null(text()), "Why there was no answer."),
            ("response", text(), "The beginning of the answer."),
            ("took_ms", count(), "How long it took, in real milliseconds."),
        ]
    };
    all.add(
        "Attempt",
        "How one attempt went; what went over the wire is told of one delivery alone.",
        object(attempt().into_iter().chain(wire())),
    );
    let copy = object(wire().into_iter().chain([
        ("status", or_null(status()), "The receiver's status."),
        ("took_ms", count(), "How long it took, in real milliseconds."),
    ]));
    let hold = object([
        ("until", moment(), "Until when."),
        ("overtaken_by", or_null(count()), "By how many others it is to be overtaken at most."),
    ]);
    let fields = [("id", text(), "Unique in the process: instance, account, number.")];
    let fields = fields.into_iter().chain(owner()).chain(of_call(true)).chain([
        ("event", text(), "What it tells, by the vendor's name for it."),
        ("method?", words(["POST", "GET"]), "By which method, where that is not `POST`."),
        ("cause?", text(), "The event of the call that it tells of."),
        ("url", text(), "Where it goes."),
        ("headers", headers(), "Its headers."),
        ("body", text(), "Its body."),
        ("created_at", moment(), "When what it tells of happened."),
        ("state", words(super::super::deliveries::STATES), "Where it stands."),
        ("attempts", list_of(refer("Attempt")), "How its attempts went."),
        (
            "next_attempt_at",
            or_null(moment()),
            "When it is tried again, where it waits for a moment.",
        ),
        ("hold?", hold, "What holds or has held it back."),
        ("reason?", text(), "Why it was dropped."),
        ("resend_of?", text(), "The delivery of which it is a copy, sent by hand."),
        (
            "command?",
            or_null(count()),
            "The command at which it was made; null where time passing made it.",
        ),
        ("signed_string?", text(), "What was signed, where the vendor signs."),
        ("copies?", list_of(copy), "Further ones that chaos sent."),
    ]);
    all.add("Delivery", "A webhook, waiting or past.", object(fields));
    let message = [
        ("kind", exactly("message"), ""),
        ("id", text(), "Its id."),
        ("inbox", text(), "The inbox that received it."),
        ("at", moment(), "When, in simulated time."),
        ("real_at", moment(), "The same by the computer's clock."),
        ("method", text(), "Its method."),
        ("url", text(), "The whole address that it came to."),
        ("path", text(), "The path behind the inbox's name."),
        ("query", text(), "The query, as it came."),
        ("headers", headers(), "Its headers, by name."),
        ("body?", text(), "Its body."),
        ("body_base64?", text(), "The same, if it is no text."),
        ("answered", one_of([status(), exactly("reset")]), "What was answered."),
        ("status", or_null(status()), "The same; null for a reset."),
        (
            "valid?",
            or_null(flag()),
            "Whether it is signed as it has to be, where the vendor signs.",
        ),
        ("signature?", refer("Signature"), "How it is signed, and how it has to be."),
    ];
    let origin = [
        ("vendor?", text(), "The instance that sent it."),
        ("account?", or_null(text()), "The account that it is of."),
        ("delivery?", text(), "The delivery, by its id."),
        ("event?", text(), "What it tells."),
        ("cursor?", count(), "Its place in the order of everything."),
        ("command?", count(), "The number of a command."),
    ];
    let message = message.into_iter().chain(origin).chain(of_call(false));
    all.add(
        "Message",
        "What an inbox received; a webhook of this process says whose it is.",
        object(message),
    );
    let answer = || refer("InboxAnswer");
    all.add(
        "Inbox",
        "A receiver of webhooks inside Ringback.",
        object([
            ("name", text(), "Its name."),
            ("url", text(), "As an address, wherever one is taken."),
            ("path", text(), "Where it is on every port."),
            ("plan", list_of(answer()), "The answers of its plan."),
            ("left", list_of(answer()), "Those that are still to come."),
            ("then", answer(), "The answer to everything after them."),
            ("messages", count(), "How many are kept."),
            ("received", count(), "How many there were."),
            ("missed", count(), "How many made way for others."),
        ]),
    );
    let chaos = with(all.copy::<Chaos>(), owner());
    all.add("Chaos", "What goes wrong between a vendor and its receivers.", chaos);
    let each = object([("vendors", map_of(refer("Chaos")), "That of each, by name.")]);
    all.add(
        "ChaosOfAll",
        "That of one vendor, or of each of several.",
        one_of([refer("Chaos"), each]),
    );
}

/// What everything in the feed has.
fn item(kind: Kind) -> Vec<Field> {
    let mut fields = vec![
        ("kind", exactly(kind.word()), "Of which kind it is."),
        ("id", text(), "Its id."),
        ("cursor", count(), "Its place in the order of everything in the process."),
        ("at", moment(), "When, in simulated time."),
        ("real_at", moment(), "The same by the computer's clock."),
        ("command?", count(), "The number of the command that caused it at once."),
    ];
    let [vendor, account] = owner();
    fields.extend([("vendor?", vendor.1, vendor.2), ("account?", account.1, account.2)]);
    fields
}

/// Adds the journal and everything else that happens.
pub(super) fn add_feed(all: &mut Components) {
    let body = || {
        [
            ("body?", text(), "The body, as far as it is kept."),
            ("body_encoding?", exactly("base64"), "Where the body is no text."),
            ("body_length?", count(), "How many bytes there were, where not all are kept."),
            (
                "streamed?",
                flag(),
                "True where the answer was a stream, of which the head alone is kept.",
            ),
        ]
    };
    let response = object(
        body()
            .into_iter()
            .chain([("status", status(), "The status."), ("headers", headers(), "The headers.")]),
    );
    let refused = object([
        ("step", words(STEPS), "Which step refused it."),
        ("field", or_null(text()), "What is to blame."),
        ("detail", text(), "What is wrong."),
        ("nearest", or_null(text()), "The nearest right value."),
    ]);
    let request = item(Kind::Request).into_iter().chain(of_call(false)).chain(body()).chain([
        ("operation", or_null(text()), "The operation; null where the vendor has none such."),
        ("method", text(), "The method."),
        ("url", text(), "Path and query."),
        ("headers", headers(), "The headers."),
        ("response", response, "What was answered."),
        ("took_ms", number(0.0, f64::from(u32::MAX)), "How long it took, in real milliseconds."),
        ("refused?", refused, "Why it was refused, if it was."),
        ("mapping?", text(), "The mapping that had to do with it."),
        ("passthrough?", flag(), "Whether the simulator answered all the same."),
        ("fault?", words(Fault::ALL.map(Fault::word)), "What broke the answer."),
        ("delay_ms?", number(0.0, f64::from(u32::MAX)), "How long the answer was made to wait."),
        ("commands?", list_of(count()), "The numbers of its commands, where there were several."),
    ]);
    all.add(
        "Request",
        "A request of a vendor's client, with its answer: an entry of the journal.",
        object(request),
    );
    let attempt = object([
        ("at?", moment(), "When it was made, where that was not when it was due."),
        ("status", or_null(status()), "The receiver's status."),
        ("error", or_null(text()), "Why there was no answer."),
        ("response", text(), "The beginning of the answer."),
        ("took_ms", count(), "How long it took, in real milliseconds."),
    ]);
    let delivery = item(Kind::Delivery).into_iter().chain(of_call(false)).chain([
        ("state", words(DeliveryStage::ALL.map(DeliveryStage::word)), "What happened to it."),
        ("event", text(), "What it tells."),
        ("method", words(["POST", "GET"]), "By which method."),
        ("url", text(), "Where it goes."),
        ("headers", headers(), "Its headers."),
        ("body", text(), "Its body."),
        ("created_at", moment(), "When what it tells of happened."),
        ("attempts", count(), "How many attempts there were."),
        ("attempt", or_null(attempt), "How the last of them went."),
    ]);
    all.add("DeliveryItem", "Something that happened to a webhook.", object(delivery));
    let clock = item(Kind::Clock).into_iter().chain([
        ("now", moment(), "What it shows."),
        ("rate", seconds(), "Simulated seconds per second."),
        ("frozen", flag(), "Whether it stands."),
    ]);
    all.add("ClockItem", "A clock was changed by hand.", object(clock));
    let world = item(Kind::World).into_iter().chain([
        ("what", all.of::<ChangedPart>(), "Of what."),
        ("change", all.of::<ChangeKind>(), "What became of it."),
        ("key", text(), "What names it."),
    ]);
    all.add("WorldItem", "What surrounds the calls changed.", object(world));
    let event = with(all.made("Event"), item(Kind::Event));
    all.add("EventItem", "Something that happened to a call.", event);
    let gone =
        object([("id", text(), "All that is left to tell of what was pushed out meanwhile.")]);
    let items =
        ["Request", "EventItem", "DeliveryItem", "Message", "ClockItem", "WorldItem", "Call"];
    all.add(
        "Item",
        "Something that happened, or a finished call.",
        one_of(items.map(refer).into_iter().chain([gone])),
    );
    let condition = object([
        ("at", text(), "Where the condition stands."),
        ("expected", json!({}), "What it asks for."),
        ("found", json!({}), "What was there; null where nothing was."),
        ("holds", flag(), "Whether it holds."),
    ]);
    let candidate = object([
        ("id", or_null(text()), "Its id."),
        ("what", text(), "What it is, in one line."),
        ("conditions", list_of(condition), "How each condition went."),
    ]);
    let failed = [
        ("passed", exactly(false), ""),
        ("expected", text(), "What was expected, in words."),
        ("count", count(), "How many held the match."),
        ("found", list_of(or_null(text())), "Their ids."),
        ("nearest", list_of(candidate), "What came nearest."),
    ];
    let problem = with(all.made("Problem"), failed);
    all.add("Unverified", "What was expected has not happened; with what came nearest.", problem);
    let came = [
        ("from", moment(), "Where it began."),
        ("to", moment(), "Where it has come to."),
        ("event_count", count(), "How much happened."),
    ];
    let problem = with(all.made("Problem"), came);
    let what = "A jump took too long. What has happened stays; asked again it goes on from there.";
    all.add("Unfinished", what, problem);
}

pub(super) fn verified() -> Value {
    object([
        ("passed", exactly(true), ""),
        ("count", count(), "How many held the match."),
        ("found", list_of(or_null(text())), "Their ids."),
        ("next", text(), "The cursor behind everything there is."),
    ])
}

pub(super) fn waited() -> Value {
    object([
        ("found", list_of(refer("Item")), "What was waited for."),
        ("next", text(), "The cursor behind it."),
    ])
}

/// How many there ever were, beside a list of deliveries.
pub(super) fn delivery_counts() -> Vec<Field> {
    super::super::deliveries::STATES
        .into_iter()
        .map(|state| (state, count(), "How many there ever were."))
        .collect()
}
