//! Calls: looking at them, placing them, being one of their parties, and as others see them.

use super::{About, Group, Operation};
use crate::admin::{
    calls::VERBS,
    openapi::{
        OwnControls, answers, bodies,
        schema::{Components, page, refer},
    },
};

/// What each verb does.
const DONE: [(&str, &str, &str, &str); 16] = [
    (
        "take_over",
        "take_over_call",
        "/__admin/calls/{id}/take_over",
        "Keep a ringing phone from doing anything by itself",
    ),
    ("answer", "answer_call", "/__admin/calls/{id}/answer", "Pick up at the phone that rings"),
    ("reject", "reject_call", "/__admin/calls/{id}/reject", "Decline at the phone that rings"),
    (
        "hang_up",
        "hang_up_call",
        "/__admin/calls/{id}/hang_up",
        "Hang up at one leg, or end the whole call",
    ),
    ("dtmf", "press_keys", "/__admin/calls/{id}/dtmf", "Press keys"),
    ("hold", "hold_leg", "/__admin/calls/{id}/hold", "Put a leg on hold"),
    ("resume", "resume_leg", "/__admin/calls/{id}/resume", "Take a leg back from hold"),
    ("transfer", "transfer_call", "/__admin/calls/{id}/transfer", "Transfer one side blindly"),
    (
        "route",
        "route_call",
        "/__admin/calls/{id}/route",
        "Redirect a call that nobody has picked up",
    ),
    (
        "consult",
        "consult",
        "/__admin/calls/{id}/consult",
        "Let one side ask a third party while the other is held",
    ),
    (
        "complete",
        "complete_consultation",
        "/__admin/calls/{id}/complete",
        "Let who is asked take the place of who asked",
    ),
    (
        "cancel_consultation",
        "cancel_consultation",
        "/__admin/calls/{id}/cancel_consultation",
        "Let the two sides talk on",
    ),
    ("park", "park_call", "/__admin/calls/{id}/park", "Cut one side; the other waits"),
    (
        "supervise",
        "supervise_call",
        "/__admin/calls/{id}/supervise",
        "Ring an extension that joins as a supervisor",
    ),
    (
        "start_recording",
        "start_recording",
        "/__admin/calls/{id}/start_recording",
        "Start recording",
    ),
    ("stop_recording", "stop_recording", "/__admin/calls/{id}/stop_recording", "Stop recording"),
];

pub(super) fn all(components: &mut Components, own: &[OwnControls]) -> Vec<Operation> {
    let mut group = Group::new("Calls");
    let call = || refer("Call");
    group
        .add("GET", "/__admin/calls", "list_calls", "List calls")
        .about(About::Several)
        .text("Live ones before those that are over, newest first.")
        .ok("A page of calls.", page("calls", call(), []));
    group
        .add("POST", "/__admin/calls", "place_call", "Place a call")
        .text("Somebody picks up a phone and dials; who is an extension here is taken for it.")
        .reads(bodies::control(components, "dial", &[]))
        .answers(201, "The call as it stands.", call())
        .refuses(&[409]);
    group.add("GET", "/__admin/calls/{id}", "show_call", "Show a call").ok("The call.", call());
    let events = page("events", refer("TimelineEvent"), []);
    group
        .add(
            "GET",
            "/__admin/calls/{id}/events",
            "list_call_events",
            "List what happened in a call",
        )
        .ok("Its timeline, oldest first.", events);
    group
        .add("GET", "/__admin/calls/{id}/recording.wav", "recording", "Hear a call")
        .text("What the two sides said, once it is over. `Range` works.")
        .sends(200, "The recording.", "audio/wav")
        .sends(206, "The part that was asked for.", "audio/wav")
        .refuses(&[416]);
    group
        .add(
            "GET",
            "/__admin/calls/{id}/views",
            "show_views",
            "Show a call as the vendor's views do",
        )
        .ok("Each view.", refer("Views"));
    group
        .add("GET", "/__admin/calls/{id}/ladder", "show_ladder", "Draw a call as a ladder")
        .ok("As JSON, or in the form that was asked for.", refer("Ladder"))
        .sends(200, "", "image/svg+xml")
        .sends(200, "", "text/plain");
    group
        .add("POST", "/__admin/calls/{id}/resend", "resend_call", "Resend the webhooks of a call")
        .text("Everything that was told of it once more, in its order.")
        .may_read(bodies::speed())
        .answers(201, "The new deliveries.", page("deliveries", refer("Delivery"), []))
        .refuses(&[409]);
    let mut driving = Group::new("Driving a call");
    for verb in VERBS {
        let Some((_, id, path, summary)) = DONE.into_iter().find(|(word, ..)| *word == verb) else {
            continue;
        };
        let body = bodies::verb(components, verb);
        let needs = body.get("required").is_some();
        let operation = driving.add("POST", path, id, summary);
        operation.text(
            "The answer is the call as it stands then, with everything due at that moment done.",
        );
        if needs {
            operation.reads(body)
        } else {
            operation.may_read(body)
        };
        operation.ok("The call as it stands.", call()).refuses(&[409]);
    }
    driving
        .add("POST", "/__admin/control", "control", "Do anything that can be done")
        .text(
            "In the form in which scenarios, the Rust handle and the log have it; `do` says what.",
        )
        .reads(bodies::controls(components, own))
        .ok("The call it was about, or what it has to tell.", answers::controlled())
        .refuses(&[409]);
    let mut all = group.finish();
    all.extend(driving.finish());
    all.extend(checks());
    all
}

fn checks() -> Vec<Operation> {
    let mut group = Group::new("Doctor");
    group
        .add("GET", "/__admin/doctor", "check", "Check whether all views of all calls agree")
        .about(About::Several)
        .ok("What was found.", refer("Checkup"));
    group
        .add("POST", "/__admin/doctor", "compare", "Compare a program's export with the calls")
        .about(About::Several)
        .text("As CSV with a header line, as a list of JSON objects, or as lines of JSON.")
        .reads(bodies::export())
        .also(&["text/csv"])
        .ok("What was lost, doubled, or got wrong.", refer("Comparison"));
    group.finish()
}
