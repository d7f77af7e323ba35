//! What is answered about worlds and time: calls, rules, clocks, accounts.

use ringback_exchange::{
    CallState, Direction, Extension, HangupCause, LegState, Service, Supervision,
};
use serde_json::{Value, json};

use super::bodies::owner;
use super::schema::{
    Components, Field, any_object, count, exactly, flag, list_of, map_of, moment, number, object,
    one_of, or_null, page, refer, seconds, text, told, with, words,
};
use crate::{matching::names::EVENTS, snapshots::SnapshotScope};

/// Keys by which clients of a vendor know something: those of its own documents.
fn vendor_ids() -> Value {
    map_of(json!({}))
}

/// What belongs to a call says which, with the vendor's own ids.
pub(super) fn of_call(is_always: bool) -> [Field; 2] {
    let (call, ids) = if is_always { ("call", "vendor_ids") } else { ("call?", "vendor_ids?") };
    [
        (call, or_null(text()), "The call it belongs to, by our id."),
        (ids, vendor_ids(), "The same by the names of the vendor."),
    ]
}

/// What an event has beside its call.
fn happened(all: &mut Components) -> Vec<Field> {
    vec![
        ("event", words(EVENTS), "What happened."),
        ("at", moment(), "When, in simulated time."),
        ("leg?", count(), "The leg it is about, by its number in the call."),
        ("to_leg?", or_null(count()), "Of a transfer: the leg that is rung; null if a service is."),
        ("cause?", all.of::<HangupCause>(), "Of an end: why."),
        ("digits?", text(), "Of `dtmf`: the keys."),
        (
            "supervision?",
            all.of::<Supervision>(),
            "Of `supervision_changed`: what the leg does now.",
        ),
    ]
}

/// Adds everything about calls.
pub(super) fn add_calls(all: &mut Components) {
    let kinds = words(["extension", "outside", "service"]);
    let party = object([
        ("kind", kinds, "A phone of this exchange, one outside, or a service."),
        ("number", text(), "Its number."),
    ]);
    all.add("Party", "Who is at one end of a call.", party);
    let leg = object([
        ("leg", count(), "Its number in the call."),
        ("party", refer("Party"), "Who is at its end."),
        ("role", words(["talks", "serves", "consults", "supervises"]), "What it is for."),
        (
            "side?",
            words(["a", "b"]),
            "The side it talks for, serves or asks for; not of a supervisor.",
        ),
        ("supervision?", all.of::<Supervision>(), "What a supervisor does."),
        ("state", all.of::<LegState>(), "Where it stands."),
        ("cause", or_null(all.of::<HangupCause>()), "Why it ended; null while it is live."),
        ("hears", list_of(count()), "The legs whose voices reach it."),
        ("direction?", text(), "At TEL4VN: the vendor's word for the direction."),
        ("call_id?", text(), "At TEL4VN: the id of the leg."),
    ]);
    all.add("Leg", "One phone's part in a call.", leg);
    let happened_here = object(happened(all));
    all.add("TimelineEvent", "Something that happened in a call.", happened_here);
    let fault = object([
        ("fault", words(crate::view::RECORD_FAULTS), "What is or was wrong."),
        ("until", or_null(moment()), "Until when; null for ever."),
    ]);
    let record = object([
        ("faults", list_of(fault), "What is or was wrong."),
        ("over", flag(), "Whether nothing is wrong any more."),
        ("published", flag(), "Whether lists of finished calls have it."),
        ("copies", count(), "How often they do."),
        (
            "shown_ended_at",
            or_null(moment()),
            "The wrong end that is shown; null where the right one is.",
        ),
        ("recording_ready", flag(), "Whether its recording can be had."),
    ]);
    all.add("RecordState", "What is wrong with the record of a finished call, or was.", record);
    let mut fields = vec![("id", text(), "Unique in the process: instance, account, number.")];
    fields.extend(owner());
    fields.extend([
        ("state", all.of::<CallState>(), "Where it stands."),
        ("direction", all.of::<Direction>(), "Which way it goes, seen from the exchange."),
        ("from", refer("Party"), "Who called."),
        ("to", refer("Party"), "Who was called."),
        ("line", or_null(text()), "The exchange's own number, where one is known."),
        ("created_at", moment(), "When it began."),
        ("answered_at", or_null(moment()), "When both sides first talked."),
        ("ended_at", or_null(moment()), "When it ended."),
        ("cause", or_null(all.of::<HangupCause>()), "Why it ended; null while it is live."),
        (
            "recording_seconds",
            or_null(seconds()),
            "How long its recording is; null where there is none.",
        ),
        ("record?", refer("RecordState"), "What is wrong with its record, or was."),
        ("vendor_ids", vendor_ids(), "What the vendor's clients know it by."),
        ("legs", list_of(refer("Leg")), "Its legs; of older calls none are kept."),
        (
            "timeline",
            list_of(refer("TimelineEvent")),
            "What happened; of older calls nothing is kept.",
        ),
        ("campaign_uuid?", text(), "At TEL4VN: the campaign that placed it."),
        ("lead_uuid?", text(), "At TEL4VN: the lead it was placed to."),
    ]);
    all.add("Call", "A call, live or over.", object(fields));
    let mut fields = happened(all);
    fields.extend(owner());
    fields.extend(of_call(true));
    fields.extend([
        ("from?", text(), "Who called."),
        ("to?", text(), "Who was called."),
        ("direction?", all.of::<Direction>(), "Which way the call goes."),
    ]);
    all.add("Event", "Something that happened to a call.", object(fields));
}

/// Adds clocks, accounts and what is set of worlds.
pub(super) fn add_worlds(all: &mut Components) {
    all.add(
        "Clock",
        "What a clock shows.",
        object([
            ("now", moment(), "The simulated moment."),
            ("rate", number(0.0, 1_000_000.0), "Simulated seconds per second."),
            ("frozen", flag(), "Whether it stands."),
            (
                "offset",
                seconds(),
                "How many seconds an account's own time is ahead of that of the process.",
            ),
        ]),
    );
    let each = object([("vendors", map_of(refer("Clock")), "The clock of each, by name.")]);
    let clocks = one_of([refer("Clock"), each]);
    all.add(
        "Clocks",
        "The one clock, or where vendors do not go by the same the clock of each.",
        clocks,
    );
    let url = || {
        ("base_url", or_null(text()), "Where its clients reach it; null where it listens nowhere.")
    };
    all.add(
        "Account",
        "Everything a client needs to use an account.",
        object([
            ("vendor", text(), "The instance it is of."),
            ("account", or_null(text()), "What names it; null where nothing does."),
            url(),
            (
                "credentials",
                any_object(),
                "What a client needs, by the names that the vendor's documents have for it.",
            ),
            ("clock", or_null(refer("Clock")), "Its own time."),
        ]),
    );
    let links = object([
        ("admin", text(), "This API, about it alone."),
        ("calls", text(), "Its calls."),
        ("deliveries", text(), "Its webhooks."),
        ("docs", or_null(text()), "Its page of the documents, if there is one."),
    ]);
    all.add(
        "Vendor",
        "One vendor of the process.",
        object([
            ("name", text(), "What it is called here."),
            ("title", text(), "What it imitates."),
            ("seed", count(), "What everything in it is drawn from."),
            url(),
            ("credentials", or_null(any_object()), "Those of the demo account."),
            ("notes", text(), "What is worth knowing."),
            ("examples", list_of(text()), "Lines of curl to begin with."),
            ("links", links, "Where to go on."),
        ]),
    );
    let own = [("vendor", text(), "The instance it is of."), owner()[1].clone()];
    let extension = with(all.copy::<Extension>(), own.clone());
    all.add("ShownExtension", "A phone of the exchange.", extension);
    let service = with(all.copy::<Service>(), own.clone());
    all.add("ShownService", "A ring group, a queue or a menu.", service);
    let rule = with(all.copy::<ringback_exchange::Rule>(), own.clone());
    let given = [
        ("id", count(), "Its number in the exchange."),
        ("hits", count(), "How many calls it has decided."),
        ("expired?", json!({ "const": true }), "That it has: only asked for by its number."),
    ];
    let rule = with(rule, given);
    all.add("ShownRule", "A rule as it stands in the exchange.", rule);
    let traffic = with(all.copy::<ringback_exchange::TrafficSettings>(), own.clone());
    let traffic = with(
        traffic,
        [
            (
                "calls_per_hour",
                number(0.0, 36_000.0),
                "How many in the busiest hour of the day; 0 where none come.",
            ),
            ("placed", count(), "How many have been placed."),
            (
                "dropped",
                count(),
                "How many were not: nobody was free, or too many calls were live.",
            ),
        ],
    );
    all.add("Traffic", "The calls that come by themselves.", traffic);
    let fault = all.of::<ringback_exchange::RecordFault>();
    let faults = own.into_iter().chain([
        ("rules", list_of(fault), "The first that is about a call decides."),
        ("faulty_records", count(), "How many records something is wrong with now."),
    ]);
    all.add("RecordFaults", "What is wrong with the records of calls.", object(faults));
    add_moments(all);
}

/// Adds checkpoints, changes and snapshots.
fn add_moments(all: &mut Components) {
    let checkpoint = || {
        let of =
            [("name", text(), "Its name."), ("at", moment(), "The moment, in simulated time.")];
        of.into_iter().chain(owner())
    };
    all.add("Checkpoint", "A named moment of an account.", object(checkpoint()));
    let rewound =
        object(checkpoint().chain([("clock", refer("Clock"), "The account's time now.")]));
    all.add("Rewound", "A checkpoint that was gone back to.", rewound);
    let changed = object([
        ("id", json!({}), "What names the row."),
        (
            "fields",
            map_of(json!({ "type": "array", "minItems": 2, "maxItems": 2 })),
            "What each was, and what it is; null where it is missing.",
        ),
    ]);
    let counts = object(["added", "changed", "removed"].map(|name| (name, count(), "")));
    let table = object([
        ("added", list_of(any_object()), "Rows that came; the first of them."),
        ("changed", list_of(changed), "Rows that are others than they were; the first of them."),
        ("removed", list_of(any_object()), "Rows that went, as they were; the first of them."),
        ("counts", counts, "How many there are, listed or not."),
    ]);
    all.add(
        "Changes",
        "What came, went and changed, by table; a table in which nothing happened is not there.",
        map_of(table),
    );
    let scopes = || words(SnapshotScope::ALL.map(SnapshotScope::as_str));
    let part = object([
        ("vendor", text(), "The instance it is of."),
        ("scope", scopes(), "Whether it is one account or all of them."),
        ("account", or_null(text()), "Which account."),
        ("at", moment(), "What its clock showed."),
        ("bytes", count(), "How many bytes its state has."),
    ]);
    all.add(
        "Snapshot",
        "Worlds that are kept as bytes.",
        object([
            ("name", text(), "Its name."),
            ("parts", list_of(part), "What of each instance it holds."),
        ]),
    );
    let part = object([
        ("instance", text(), "What the instance is called."),
        ("vendor", text(), "The name of its vendor."),
        ("scope", scopes(), "Whether it is one account or all of them."),
        ("account?", text(), "The credential of that account."),
        ("at", moment(), "What its clock showed."),
        ("frozen?", flag(), "Whether that clock stood still by itself."),
        ("state", json!({}), "The world or the accounts, as the machine has it."),
    ]);
    all.add(
        "SnapshotBytes",
        "The bytes of a snapshot, for a client to keep.",
        object([
            ("ringback_snapshot", exactly(1), "The form of these bytes."),
            ("release", text(), "The release that wrote them."),
            ("parts", list_of(part), "What of each instance it holds."),
        ]),
    );
}

/// What `advance` answers.
pub(super) fn advanced() -> Value {
    object([
        ("from", moment(), "Where it began."),
        ("to", moment(), "Where it came to."),
        ("event_count", count(), "How much happened."),
        ("events", list_of(refer("Event")), "What happened, in the order of time; 10,000 at most."),
        ("events_omitted", count(), "How many more there are."),
        (
            "deliveries",
            list_of(refer("Delivery")),
            "Every webhook that waited before or came meanwhile.",
        ),
        ("unsettled", list_of(refer("Delivery")), "Webhooks that are still under way."),
        ("matched?", flag(), "With `until`: whether it came to what was waited for."),
    ])
}

/// What a control answers.
pub(super) fn controlled() -> Value {
    let call = object([("call", refer("Call"), "The call it was about, as it stands now.")]);
    one_of([call, told(any_object(), "What a control that is about no call has to tell.")])
}

/// One page, or one object where it is about one account.
pub(super) fn one_or_list(name: &'static str, item: &'static str) -> Value {
    one_of([refer(item), page(name, refer(item), [])])
}
