//! What is answered about calls as others see them: views, ladders, checks.

use ringback_exchange::{HangupCause, Supervision};
use serde_json::{Value, json};

use super::answers::of_call;
use super::bodies::owner;
use super::schema::{
    Components, count, exactly, flag, list_of, map_of, moment, object, or_null, refer, seconds,
    text, words,
};
use crate::shown::ShownKind;

/// Adds a call as others see it.
pub(super) fn add(all: &mut Components) {
    let says = object([
        ("started_at?", moment(), "When it began."),
        ("answered_at?", moment(), "When both sides first talked."),
        ("ended_at?", moment(), "When it ended."),
        ("seconds?", seconds(), "How long it lasted, ringing included."),
        ("talk_seconds?", seconds(), "How long both sides talked."),
        ("recording_seconds?", seconds(), "How long its recording is."),
        ("answered?", flag(), "Whether both sides talked."),
        ("over?", flag(), "Whether it is over."),
        ("status?", list_of(text()), "Words for how it went."),
    ]);
    all.add(
        "Says",
        "What is said of a call, in words that all vendors share; what is not said is not there.",
        says,
    );
    let view = object([
        ("view", text(), "What the vendor calls it: an operation, or `webhook` and its event."),
        ("kind", words(ShownKind::ALL.map(ShownKind::as_str)), "What kind of view it is."),
        ("shown", json!({}), "What clients get, to the letter."),
        ("says", refer("Says"), "The same in words that all vendors share."),
    ]);
    let views = [("views", list_of(view), "Each of them.")];
    let views = object(of_call(true).into_iter().chain(owner()).chain(views));
    all.add("Views", "A call as each of the vendor's own views shows it.", views);
    let stretch = || {
        [
            ("from", moment(), "From when."),
            ("to", or_null(moment()), "Until when; null while it lasts."),
        ]
    };
    let lane = object([
        ("kind", words(crate::ladder::lane_words()), "Whose it is."),
        ("title", text(), "What stands above it."),
    ]);
    let line = object([
        ("leg", count(), "Its number in the call."),
        ("lane", count(), "On which lane it is."),
        ("created_at", moment(), "When it was dialled."),
        ("answered_at", or_null(moment()), "When it was picked up."),
        ("ended_at", or_null(moment()), "When it ended."),
        ("held", list_of(object(stretch())), "When it was on hold."),
    ]);
    let row = object([
        ("at", moment(), "When, in simulated time."),
        ("kind", text(), "What it is: `request`, `attempt`, `delivery`, or an event of the call."),
        ("from", count(), "From which lane."),
        ("to", count(), "To which lane; the same where it happens at one."),
        ("label", text(), "What is written at it."),
        ("leg?", count(), "The leg it is about."),
        ("request?", text(), "The id of the request in the journal."),
        ("status?", count(), "The status that was answered."),
        ("refused?", text(), "Why the request was refused."),
        ("delivery?", count(), "The number of the delivery in its account."),
        ("event?", text(), "What it tells."),
        ("state?", words(super::super::deliveries::STATES), "Where the delivery stands."),
        ("attempt?", count(), "Which attempt it is."),
        ("error?", text(), "Why there was no answer."),
        ("reason?", text(), "Why the delivery was dropped."),
        ("took_ms?", count(), "How long the receiver took, in real milliseconds."),
        ("digits?", text(), "The keys that were pressed."),
        ("cause?", all.of::<HangupCause>(), "Why something ended."),
        ("supervision?", all.of::<Supervision>(), "What a supervisor does."),
    ]);
    let voice = object([
        ("speaker", count(), "The leg that is heard."),
        ("listener", count(), "The leg that hears it."),
    ]);
    let band = object(stretch().into_iter().chain([
        ("voices", list_of(voice), "Which legs hear which."),
        ("label", text(), "The same in words."),
    ]));
    let ladder = object([
        ("call", text(), "The call, by our id."),
        ("vendor", text(), "The instance it is of."),
        ("title", text(), "What it is about, in one line."),
        ("whole", flag(), "Whether the exchange still keeps all that happened."),
        ("lanes", list_of(lane), "Whose lines there are, from left to right."),
        ("legs", list_of(line), "The legs on their lanes."),
        ("rows", list_of(row), "What happened, in the order of time; lanes by their places."),
        ("rows_omitted", count(), "How many more there are."),
        ("media", list_of(band), "Who heard whom."),
        ("recorded", list_of(object(stretch())), "When it was recorded."),
    ]);
    all.add("Ladder", "Who told whom what, on one line of simulated time.", ladder);
}

/// Adds what is answered by the doctor.
pub(super) fn add_doctor(all: &mut Components) {
    let owned = || owner().into_iter().chain(of_call(true));
    let kinds = words(["contradiction", "missing"]);
    let finding = object(owned().chain([
        ("kind", kinds, "Views contradict each other, or no list of finished calls has it."),
        ("detail", text(), "The same in words."),
        ("field?", text(), "What they contradict each other about."),
        ("values?", map_of(json!({})), "What each view has."),
    ]));
    let undelivered = object(owned().chain([
        ("kind", exactly("undelivered"), ""),
        ("event", text(), "What it tells."),
        ("delivery", text(), "Its id."),
        ("detail", text(), "Why nobody has got it."),
    ]));
    all.add(
        "Checkup",
        "Whether all views of all calls agree.",
        object([
            ("healthy", flag(), "Whether nothing was found."),
            ("checked", count(), "How many calls were looked at."),
            ("omitted", count(), "How many more there are."),
            ("findings", list_of(finding), "What contradicts what; 1,000 at most."),
            ("findings_omitted", count(), "How many more were found."),
            (
                "undelivered",
                list_of(undelivered),
                "Webhooks that have failed for good; 1,000 at most.",
            ),
            ("undelivered_omitted", count(), "How many more there are."),
        ]),
    );
    let row = || ("row", count(), "The row of the export, counted from 1.");
    let rows = || ("rows", list_of(count()), "The rows of the export, counted from 1.");
    let lost = object(owned().chain([("ours", refer("Says"), "What the exchange knows of it.")]));
    let said = || {
        [
            ("field", text(), "What it is about."),
            ("theirs?", text(), "What the export has."),
            ("ours?", json!({}), "What the call has."),
            ("hint?", or_null(text()), "What may have happened."),
        ]
    };
    let wrong = object(owned().chain([row()]).chain(said()));
    let unclear = optional(wrong.clone(), &["vendor", "account", "call", "vendor_ids"]);
    let unknown = object([row(), ("id", text(), "The id that no call has.")]);
    let names = ["lost", "doubled", "wrong", "unknown", "unclear", "early"];
    let counts = object(names.map(|name| (name, count(), "")));
    let two = object(owned().chain([rows()]));
    all.add(
        "Comparison",
        "What a program made of the calls, by its own export.",
        object([
            ("healthy", flag(), "Whether nothing was found."),
            ("rows", count(), "How many rows the export has."),
            ("correct", count(), "How many of them are right."),
            ("calls", count(), "How many calls were looked at."),
            ("calls_omitted", count(), "How many more there are."),
            (
                "columns_ignored",
                list_of(text()),
                "Columns that say nothing that is known, or the same again.",
            ),
            ("counts", counts, "How many there are of each."),
            (
                "lost",
                list_of(lost),
                "Finished calls that the vendor lists and no row has; 1,000 at most, as of each.",
            ),
            ("doubled", list_of(two.clone()), "Calls that several rows have."),
            ("wrong", list_of(wrong), "Values that differ."),
            ("unknown", list_of(unknown), "Rows of no call."),
            ("unclear", list_of(unclear), "Values that cannot be read."),
            ("early", list_of(two), "Calls that are not over, and have rows."),
        ]),
    );
}

/// The same object; these fields may be missing.
fn optional(mut schema: Value, names: &[&str]) -> Value {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !name.as_str().is_some_and(|name| names.contains(&name)));
    }
    schema
}
