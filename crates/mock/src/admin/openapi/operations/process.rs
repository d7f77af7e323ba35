//! The process: what is here, how it does, its accounts and its documents.

use serde_json::{Value, json};

use super::{About, Content, Group, Operation};
use crate::admin::openapi::{
    bodies, process_answers as answers,
    schema::{any_object, page, refer},
};

pub(super) fn all() -> Vec<Operation> {
    let mut group = Group::new("Process");
    group
        .add("GET", "/__admin", "index", "List what is here")
        .about(About::NoAccount)
        .ok("Vendors, routes and the clock.", answers::index());
    group
        .add("GET", "/__admin/health", "health", "Say how everything does")
        .about(About::NoAccount)
        .text("Needs no control token.")
        .ok("How it does.", answers::health());
    group
        .add("GET", "/__admin/readyz", "readiness", "Say whether it may be asked now")
        .about(About::NoAccount)
        .ok("It may.", answers::ready())
        .answers(503, "It may not, and why.", answers::ready());
    group
        .add("GET", "/__admin/log", "logs", "Say how the logs do")
        .about(About::NoAccount)
        .ok("Each log.", answers::logs());
    group
        .add("GET", "/__admin/log.jsonl", "export_log", "Export a log")
        .about(About::NoAccount)
        .text("All that the log of one instance keeps, as `ringback replay` reads it.")
        .sends(200, "One record a line.", "application/jsonl")
        .refuses(&[409]);
    group
        .add("GET", "/__admin/config.toml", "config", "Show the configuration in effect")
        .about(About::NoAccount)
        .sends(200, "As a file that could be read again.", "application/toml")
        .refuses(&[404]);
    group
        .add("GET", "/__admin/output", "output", "Show the latest lines of the program's log")
        .about(About::NoAccount)
        .sends(200, "At most 500 lines.", "text/plain")
        .refuses(&[404]);
    group
        .add("GET", "/__admin/metrics", "metrics", "Count")
        .about(About::NoAccount)
        .text("Counters and gauges in the text form of OpenMetrics, for Prometheus.")
        .sends(200, "Everything that is counted.", METRICS);
    group
        .add("GET", "/__admin/openapi.json", "openapi", "Show this document")
        .about(About::NoAccount)
        .ok("The OpenAPI document of this API.", any_object());
    group
        .add("GET", "/__admin/openapi/{vendor}", "vendor_openapi", "Show a vendor's document")
        .about(About::NoAccount)
        .ok("The OpenAPI document of the vendor's API.", any_object());
    group
        .add("POST", "/__admin/request", "send_request", "Ask the vendor as its client would")
        .about(About::NoAccount)
        .text("For a page, to which another port is another origin.")
        .reads(bodies::relay())
        .ok("What the vendor answered.", answers::relayed())
        .refuses(&[408, 409]);
    let mut all = group.finish();
    all.extend(accounts());
    all.extend(open());
    all
}

/// The media type of metrics.
const METRICS: &str = "application/openmetrics-text";

fn accounts() -> Vec<Operation> {
    let mut group = Group::new("Accounts");
    let one = || refer("Account");
    group
        .add("GET", "/__admin/accounts", "list_accounts", "List accounts")
        .about(About::NoAccount)
        .ok("Those there are, the demo account first.", page("accounts", one(), []));
    group
        .add("GET", "/__admin/accounts/{credential}", "show_account", "Show an account")
        .about(About::NoAccount)
        .ok("Everything a client needs to use it.", one())
        .refuses(&[404]);
    group
        .add("PUT", "/__admin/accounts/{credential}", "make_account", "Make an account")
        .about(About::NoAccount)
        .ok("It was there.", one())
        .answers(201, "It was made.", one())
        .refuses(&[404, 409]);
    group
        .add("DELETE", "/__admin/accounts/{credential}", "remove_account", "Remove an account")
        .about(About::NoAccount)
        .text("The demo account stays.")
        .gone("It is gone.")
        .refuses(&[404, 409]);
    let to = json!({
        "type": "object",
        "properties": { "to": { "type": "string", "minLength": 1, "description": "The credential of the copy." } },
        "required": ["to"],
        "additionalProperties": false,
    });
    group
        .add("POST", "/__admin/accounts/{credential}/fork", "fork_account", "Copy an account")
        .about(About::NoAccount)
        .text("Its world, live calls and all, under another credential.")
        .reads(to)
        .answers(201, "The copy.", one())
        .refuses(&[404, 409]);
    group.finish()
}

/// What stands beside the guarded API.
fn open() -> Vec<Operation> {
    let mut group = Group::new("Beside");
    let probe = |operation: &mut Operation| operation.is_guarded = false;
    probe(
        group
            .add("GET", "/livez", "livez", "Say that the process lives")
            .about(About::NoAccount)
            .sends(200, "`ok`", "text/plain"),
    );
    probe(
        group
            .add("GET", "/readyz", "readyz", "Say whether it may be asked now")
            .about(About::NoAccount)
            .sends(200, "`ok`", "text/plain")
            .sends(503, "A line for each instance that may not, and why.", "text/plain"),
    );
    for (method, id) in [("GET", "get_inbox"), ("POST", "post_to_inbox"), ("PUT", "put_to_inbox")] {
        let summary = "Send a message to an inbox";
        let operation = group.add(method, "/__inbox/{name}", id, summary).about(About::NoAccount);
        operation.text(
            "The receiver itself: it answers every method, here and at every path below, by the plan \
             of the inbox; 200 unless one is set.",
        );
        if method != "GET" {
            operation.may_read(json!({})).also(&["*/*"]);
        }
        // Of whatever media type the plan says, and mostly without a body.
        operation.answers.push((200, "Received.", Content::Nothing));
        operation.answers.push((0, "Whatever the plan says.", Content::Nothing));
        probe(operation);
    }
    group.finish()
}

/// The answer of a reset.
pub(super) fn reset() -> Value {
    json!({
        "type": "object",
        "properties": {
            "reset": { "const": true },
            "clock": { "$ref": "#/components/schemas/Clocks", "description": "The clock now." },
        },
        "required": ["reset", "clock"],
        "additionalProperties": false,
    })
}
