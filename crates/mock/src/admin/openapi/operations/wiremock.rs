//! WireMock's paths.

use super::{About, Group, Operation};
use crate::admin::openapi::{
    schema::{any_object, page, refer},
    wiremock as json,
};

pub(super) fn all() -> Vec<Operation> {
    let mut all = mappings();
    all.extend(requests());
    all.extend(more());
    all
}

/// Begins an operation of WireMock's.
fn add<'a>(
    group: &'a mut Group,
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
) -> &'a mut Operation {
    group.add(method, path, id, summary).about(About::NoAccount).wiremock()
}

fn mappings() -> Vec<Operation> {
    let group = &mut Group::new("Mappings");
    let one = || refer("Mapping");
    add(group, "GET", "/__admin/mappings", "list_mappings", "List mappings")
        .ok("The latest first.", json::mappings());
    add(group, "POST", "/__admin/mappings", "add_mapping", "Add a mapping")
        .reads(refer("NewMapping"))
        .answers(201, "The mapping.", one())
        .refuses(&[422]);
    add(group, "DELETE", "/__admin/mappings", "clear_mappings", "Remove all mappings")
        .ok("They are gone.", json::nothing());
    add(group, "POST", "/__admin/mappings/reset", "reset_mappings", "Go back to what was saved")
        .ok("Done.", json::nothing());
    add(group, "POST", "/__admin/mappings/save", "save_mappings", "Remember all mappings")
        .text("In memory, for the next reset.")
        .ok("Done.", json::nothing());
    add(group, "POST", "/__admin/mappings/import", "import_mappings", "Import mappings")
        .text("All of them, or none.")
        .reads(json::import())
        .ok("Done.", json::nothing())
        .refuses(&[422]);
    let path = "/__admin/mappings/find-by-metadata";
    add(group, "POST", path, "find_mappings", "Find mappings by their metadata")
        .reads(refer("Matcher"))
        .ok("Those that hold it.", json::mappings())
        .refuses(&[422]);
    let path = "/__admin/mappings/remove-by-metadata";
    add(group, "POST", path, "remove_mappings", "Remove mappings by their metadata")
        .reads(refer("Matcher"))
        .ok("Those that are gone.", json::mappings())
        .refuses(&[422]);
    let path = "/__admin/mappings/unmatched";
    add(group, "GET", path, "list_unused_mappings", "List mappings that answered nothing")
        .ok("Those that no request of the journal was answered by.", json::mappings());
    add(group, "DELETE", path, "remove_unused_mappings", "Remove mappings that answered nothing")
        .ok("They are gone.", json::nothing());
    add(group, "GET", "/__admin/mappings/{id}", "show_mapping", "Show a mapping")
        .ok("The mapping.", one())
        .refuses(&[404]);
    add(group, "PUT", "/__admin/mappings/{id}", "replace_mapping", "Replace a mapping")
        .reads(refer("NewMapping"))
        .ok("The mapping.", one())
        .refuses(&[404, 422]);
    add(group, "DELETE", "/__admin/mappings/{id}", "remove_mapping", "Remove a mapping")
        .ok("It is gone.", json::nothing())
        .refuses(&[404]);
    group.finish()
}

fn requests() -> Vec<Operation> {
    let group = &mut Group::new("Requests of mappings");
    add(
        group,
        "GET",
        "/__admin/requests",
        "list_serve_events",
        "List requests, in WireMock's form",
    )
    .ok("Newest first.", json::requests());
    add(group, "DELETE", "/__admin/requests", "clear_serve_events", "Forget requests")
        .ok("They are gone.", json::nothing());
    add(group, "POST", "/__admin/requests/reset", "reset_serve_events", "Forget requests")
        .ok("They are gone.", json::nothing());
    add(group, "POST", "/__admin/requests/count", "count_requests", "Count requests")
        .reads(refer("RequestPattern"))
        .ok("How many hold the pattern.", json::counted())
        .refuses(&[422]);
    add(group, "POST", "/__admin/requests/find", "find_requests", "Find requests")
        .reads(refer("RequestPattern"))
        .ok("Those that hold the pattern.", json::found())
        .refuses(&[422]);
    add(group, "POST", "/__admin/requests/remove", "remove_requests", "Remove requests")
        .reads(refer("RequestPattern"))
        .ok("Those that are gone.", json::removed())
        .refuses(&[422]);
    let path = "/__admin/requests/remove-by-metadata";
    add(group, "POST", path, "remove_requests_by_metadata", "Remove requests by metadata")
        .text("By the metadata of the mapping that answered.")
        .reads(refer("Matcher"))
        .ok("Those that are gone.", json::removed())
        .refuses(&[422]);
    add(
        group,
        "GET",
        "/__admin/requests/unmatched",
        "list_unmatched",
        "List requests nobody answered",
    )
    .ok("Neither a mapping nor an endpoint of the vendor.", json::found());
    let path = "/__admin/requests/unmatched/near-misses";
    add(group, "GET", path, "list_near_misses", "List what unanswered requests nearly matched")
        .ok("The nearest first.", json::near_misses());
    add(
        group,
        "GET",
        "/__admin/requests/{id}",
        "show_serve_event",
        "Show a request, in WireMock's form",
    )
    .ok("The request.", refer("ServeEvent"))
    .refuses(&[404]);
    add(group, "DELETE", "/__admin/requests/{id}", "remove_serve_event", "Forget a request")
        .ok("It is gone.", json::nothing())
        .refuses(&[404]);
    add(
        group,
        "POST",
        "/__admin/near-misses/request",
        "near_request",
        "Find mappings near a request",
    )
    .reads(json::near_request())
    .ok("The nearest first.", json::near_misses())
    .refuses(&[422]);
    let path = "/__admin/near-misses/request-pattern";
    add(group, "POST", path, "near_pattern", "Find requests near a pattern")
        .reads(refer("RequestPattern"))
        .ok("The nearest first.", json::near_misses())
        .refuses(&[422]);
    // Those that look into the journal may be about one account of it.
    for operation in group.all.values_mut() {
        if operation.path.starts_with("/__admin/requests") {
            operation.about = About::Several;
        }
    }
    group.finish()
}

fn more() -> Vec<Operation> {
    let group = &mut Group::new("Stubbing");
    add(group, "GET", "/__admin/scenarios", "list_scenarios", "List scenarios")
        .ok("Each of them.", json::scenarios());
    add(group, "POST", "/__admin/scenarios/reset", "reset_scenarios", "Begin scenarios anew")
        .ok("Done.", json::nothing());
    add(
        group,
        "PUT",
        "/__admin/scenarios/{name}/state",
        "set_scenario",
        "Set the state of a scenario",
    )
    .may_read(json::state())
    .ok("Done.", json::nothing())
    .refuses(&[404, 422]);
    add(group, "GET", "/__admin/settings", "show_settings", "Show settings")
        .ok("How long every answer waits.", json::settings());
    for (method, id) in [("POST", "post_settings"), ("PUT", "put_settings")] {
        add(group, method, "/__admin/settings", id, "Set settings")
            .reads(json::set_settings())
            .ok("How long every answer waits.", json::settings())
            .refuses(&[422]);
    }
    add(group, "GET", "/__admin/holds", "list_holds", "List requests that wait")
        .ok("The longest first.", page("holds", refer("Held"), []));
    add(group, "POST", "/__admin/holds/release", "release_all", "Release all requests that wait")
        .may_read(json::release())
        .ok("How many.", json::released())
        .refuses(&[422]);
    add(
        group,
        "POST",
        "/__admin/holds/{id}/release",
        "release_one",
        "Release a request that waits",
    )
    .may_read(json::release())
    .ok("One.", json::released())
    .refuses(&[404, 422]);
    add(group, "GET", "/__admin/version", "version", "Show the version")
        .ok("The release.", json::version());
    let none = [
        ("GET", "/__admin/recordings/{what}", "no_recordings"),
        ("POST", "/__admin/recordings/{what}", "no_recording"),
        ("POST", "/__admin/shutdown", "no_shutdown"),
        ("GET", "/__admin/files", "no_files"),
    ];
    for (method, path, id) in none {
        let operation = add(group, method, path, id, "Refused: Ringback does not have it");
        operation
            .text("A path of WireMock's, refused by name with what to do instead.")
            .refuses(&[422]);
        if method == "POST" {
            operation.may_read(any_object());
        }
    }
    group.finish()
}
