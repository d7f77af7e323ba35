//! The bench: webhooks, inboxes, chaos, the journal, verifying and watching.

use super::{About, Group, Operation};
use crate::admin::openapi::{
    bench_answers as answers, bodies,
    schema::{count, object, or_null, page, refer, text},
};

pub(super) fn all() -> Vec<Operation> {
    let mut all = webhooks();
    all.extend(inboxes());
    all.extend(journal());
    all
}

fn webhooks() -> Vec<Operation> {
    let mut group = Group::new("Webhooks");
    let target = || object([("url", or_null(text()), "Where they go; null for nowhere.")]);
    let one = || refer("Delivery");
    group
        .add("GET", "/__admin/webhook", "show_target", "Show where webhooks go")
        .ok("The address.", target());
    group
        .add("PUT", "/__admin/webhook", "set_target", "Send webhooks elsewhere")
        .reads(bodies::target())
        .ok("The address.", target())
        .refuses(&[409]);
    group
        .add(
            "POST",
            "/__admin/webhook/test",
            "test_webhook",
            "Send a webhook that tells of nothing",
        )
        .answers(201, "How that went.", one())
        .refuses(&[409]);
    group
        .add("GET", "/__admin/deliveries", "list_deliveries", "List deliveries")
        .about(About::Several)
        .text("Newest first.")
        .ok("A page of deliveries.", page("deliveries", one(), answers::delivery_counts()));
    group
        .add("GET", "/__admin/deliveries/{id}", "show_delivery", "Show a delivery")
        .ok("The delivery, with what went over the wire.", one());
    group
        .add("POST", "/__admin/deliveries/{id}/resend", "resend", "Resend a delivery")
        .text("The same bytes to the same address once more.")
        .answers(201, "The new delivery.", one())
        .refuses(&[409]);
    group
        .add("POST", "/__admin/deliveries/{id}/skip_wait", "skip_wait", "Try a delivery now")
        .text("What waits for its next attempt, or is held back.")
        .ok("The delivery.", one())
        .refuses(&[409]);
    let chaos = || refer("ChaosOfAll");
    group.add("GET", "/__admin/chaos", "show_chaos", "Show chaos").ok("What goes wrong.", chaos());
    group
        .add("PUT", "/__admin/chaos", "set_chaos", "Set chaos")
        .text("Anew: what is not given is calm.")
        .may_read(refer("NewChaos"))
        .ok("What goes wrong.", chaos());
    group
        .add("DELETE", "/__admin/chaos", "clear_chaos", "Let nothing go wrong")
        .gone("What is held back comes when it is due.");
    group.finish()
}

fn inboxes() -> Vec<Operation> {
    let mut group = Group::new("Inboxes");
    let one = || refer("Inbox");
    group
        .add("GET", "/__admin/inboxes", "list_inboxes", "List inboxes")
        .about(About::NoAccount)
        .ok("Each of them.", page("inboxes", one(), []));
    group
        .add("GET", "/__admin/inboxes/{name}", "show_inbox", "Show an inbox")
        .about(About::NoAccount)
        .ok("The inbox.", one())
        .refuses(&[404]);
    group
        .add("PUT", "/__admin/inboxes/{name}", "set_inbox", "Make an inbox, or begin another plan")
        .about(About::NoAccount)
        .may_read(bodies::inbox_plan())
        .ok("It was there; its messages stay.", one())
        .answers(201, "It was made.", one())
        .refuses(&[404, 409]);
    group
        .add("DELETE", "/__admin/inboxes/{name}", "remove_inbox", "Remove an inbox")
        .about(About::NoAccount)
        .gone("It is gone with its messages.")
        .refuses(&[404]);
    let missed = [("missed", count(), "How many made way for others.")];
    group
        .add("GET", "/__admin/inboxes/{name}/messages", "list_messages", "List messages")
        .about(About::NoAccount)
        .text("Newest first.")
        .ok("A page of messages.", page("messages", refer("Message"), missed))
        .refuses(&[404]);
    group
        .add("DELETE", "/__admin/inboxes/{name}/messages", "forget_messages", "Forget messages")
        .about(About::NoAccount)
        .gone("The plan stays.")
        .refuses(&[404]);
    group
        .add("GET", "/__admin/inboxes/{name}/messages/{id}", "show_message", "Show a message")
        .about(About::NoAccount)
        .ok("The message.", refer("Message"))
        .refuses(&[404]);
    group.finish()
}

fn journal() -> Vec<Operation> {
    let mut group = Group::new("Journal");
    let missed = || [("missed", count(), "How many were pushed out.")];
    let several = || page("requests", refer("Request"), missed());
    group
        .add("GET", "/__admin/journal", "list_requests", "List requests")
        .about(About::Several)
        .text("Of vendors' clients, newest first.")
        .ok("A page of requests.", several())
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/journal", "clear_journal", "Forget requests")
        .about(About::Several)
        .gone("They are gone.");
    group
        .add("POST", "/__admin/journal/query", "query_journal", "List requests that hold a match")
        .about(About::Several)
        .may_read(refer("RequestMatch"))
        .ok("A page of requests.", several())
        .refuses(&[409]);
    group
        .add("GET", "/__admin/journal/{id}", "show_request", "Show a request")
        .ok("The request with its answer.", refer("Request"))
        .refuses(&[409]);
    group
        .add("GET", "/__admin/journal/{id}/curl", "request_as_curl", "Show a request as curl")
        .sends(200, "The line that sends it again.", "text/plain")
        .refuses(&[409]);
    group
        .add("GET", "/__admin/journal.jsonl", "export_journal", "Export requests as lines of JSON")
        .about(About::Several)
        .text("All that hold the filters, oldest first; `limit`, `after` and `order` are refused.")
        .sends(200, "One a line.", "application/x-ndjson")
        .refuses(&[409]);
    group
        .add("GET", "/__admin/journal.har", "export_har", "Export requests as an HTTP archive")
        .about(About::Several)
        .text("All that hold the filters, oldest first; `limit`, `after` and `order` are refused.")
        .ok("HAR 1.2.", refer("Har"))
        .refuses(&[409]);
    let mut all = group.finish();
    let mut group = Group::new("Verify and watch");
    group
        .add("POST", "/__admin/verify", "verify", "Verify that something has happened")
        .about(About::Several)
        .reads(bodies::verify())
        .ok("It has.", answers::verified())
        .answers(422, "It has not; with what came nearest.", refer("Unverified"))
        .refuses(&[409]);
    group
        .add("POST", "/__admin/wait", "wait", "Wait until something happens")
        .about(About::Several)
        .reads(bodies::wait())
        .ok("It has happened.", answers::waited())
        .answers(408, "It has not in time; with what came nearest.", refer("Unverified"))
        .refuses(&[409]);
    group
        .add("GET", "/__admin/events", "watch", "Watch everything that happens")
        .about(About::Several)
        .text(
            "Server-sent events: `id` is the cursor, `event` the kind, `data` the item, a request \
             without bodies. `Last-Event-ID` goes on where a client was.",
        )
        .sends(200, "A stream that does not end.", "text/event-stream")
        .refuses(&[409]);
    all.extend(group.finish());
    all
}
