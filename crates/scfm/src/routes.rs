//! Every route of SCFM: one table that is mounted, documented, covered and dispatched from.

use actix_web::{Route, web};
use ringback_mock::{Endpoint, Received};

use crate::{
    api::{serve, split_format},
    machine::{Parent, Resource},
    params,
};

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Lists records.
    Index(Resource, Parent),
    Show(Resource),
    Create(Resource, Parent),
    Update(Resource),
    Destroy(Resource),
    /// Does something to a record.
    Fire(Resource),
    Statistics,
    /// Creates or updates a contact by its number.
    ContactData,
    /// The provider tells something.
    Receive,
    Root,
}

/// One row of the table.
pub(crate) struct Row {
    method: &'static str,
    operation: &'static str,
    path: &'static str,
    action: Action,
}

const fn row(
    method: &'static str,
    operation: &'static str,
    path: &'static str,
    action: Action,
) -> Row {
    Row { method, operation, path, action }
}

/// Paths at which a `POST` may stand for another method.
const OVERRIDDEN: [&str; 7] = [
    "/api/contacts/{id}",
    "/api/callouts/{id}",
    "/api/callout_populations/{id}",
    "/api/callout_participations/{id}",
    "/api/phone_calls/{id}",
    "/api/remote_phone_call_events/{id}",
    "/api/batch_operations/{id}",
];

/// How many endpoints the rows make: a `GET` is a `HEAD` as well, as in Rails.
#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and would refuse it")]
const COUNT: usize = {
    let (mut count, mut at) = (ROWS.len() + OVERRIDDEN.len(), 0);
    while at < ROWS.len() {
        count += is_get(&ROWS[at]) as usize;
        at += 1;
    }
    count
};

/// Every endpoint: the rows in their order first.
#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and would refuse it")]
pub(crate) const ENDPOINTS: &[Endpoint] = &{
    let mut endpoints = [Endpoint::new("", "", "", handler); COUNT];
    let (mut at, mut next) = (0, ROWS.len());
    while at < ROWS.len() {
        let Row { method, operation, path, action } = ROWS[at];
        let accepts = params::accepts(action);
        endpoints[at] = Endpoint::new(operation, method, path, handler).accepts(accepts);
        if is_get(&ROWS[at]) {
            endpoints[next] = Endpoint::head(operation, path, handler).accepts(accepts);
            next += 1;
        }
        at += 1;
    }
    at = 0;
    while at < OVERRIDDEN.len() {
        endpoints[next] =
            Endpoint::post("method-override", OVERRIDDEN[at], handler).accepts(params::OVERRIDDEN);
        next += 1;
        at += 1;
    }
    endpoints
};

const fn is_get(row: &Row) -> bool {
    matches!(row.method.as_bytes(), b"GET")
}

fn handler() -> Route {
    web::route().to(serve)
}

/// Returns what a request is to do: by its path, and its method or the one that it stands for.
pub(crate) fn action(received: &Received, method: &str) -> Option<Action> {
    let row = received.place().and_then(|place| ROWS.get(place));
    if let Some(row) = row.filter(|row| row.method == method) {
        return Some(row.action);
    }
    let path = received.endpoint()?.path;
    let method = if method == "HEAD" { "GET" } else { method };
    let row = ROWS.iter().find(|row| row.method == method && row.path == path);
    row.map(|row| row.action)
}

/// Returns a path without what Rails tolerates around it: a format, doubled slashes, one at the end.
pub(crate) fn respell(path: &str) -> Vec<String> {
    let Ok((path, _format)) = split_format(path) else { return Vec::new() };
    let mut plain = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        plain.push('/');
        plain.push_str(segment);
    }
    if plain.is_empty() { Vec::new() } else { vec![plain] }
}

use Action::{ContactData, Create, Destroy, Fire, Index, Receive, Root, Show, Statistics, Update};
use Resource::{Batch, Callout, Contact, Participation, PhoneCall, Population, RemoteEvent};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("GET", "list-contacts", "/api/contacts", Index(Contact, Parent::All)),
    row("POST", "create-contact", "/api/contacts", Create(Contact, Parent::All)),
    row("POST", "put-contact-data", "/api/contact_data", ContactData),
    row("GET", "show-contact", "/api/contacts/{id}", Show(Contact)),
    row("PUT", "update-contact", "/api/contacts/{id}", Update(Contact)),
    row("PATCH", "update-contact", "/api/contacts/{id}", Update(Contact)),
    row("DELETE", "delete-contact", "/api/contacts/{id}", Destroy(Contact)),
    row("GET", "list-participations-of-contact", "/api/contacts/{id}/callout_participations", Index(Participation, Parent::Contact)),
    row("GET", "list-phone-calls-of-contact", "/api/contacts/{id}/phone_calls", Index(PhoneCall, Parent::Contact)),
    row("GET", "list-callouts-of-contact", "/api/contacts/{id}/callouts", Index(Callout, Parent::Contact)),
    row("GET", "list-events-of-contact", "/api/contacts/{id}/remote_phone_call_events", Index(RemoteEvent, Parent::Contact)),
    row("GET", "list-callouts", "/api/callouts", Index(Callout, Parent::All)),
    row("POST", "create-callout", "/api/callouts", Create(Callout, Parent::All)),
    row("GET", "show-callout", "/api/callouts/{id}", Show(Callout)),
    row("PUT", "update-callout", "/api/callouts/{id}", Update(Callout)),
    row("PATCH", "update-callout", "/api/callouts/{id}", Update(Callout)),
    row("DELETE", "delete-callout", "/api/callouts/{id}", Destroy(Callout)),
    row("POST", "fire-callout", "/api/callouts/{id}/callout_events", Fire(Callout)),
    row("GET", "callout-statistics", "/api/callouts/{id}/callout_statistics", Statistics),
    row("GET", "list-populations-of-callout", "/api/callouts/{id}/callout_populations", Index(Population, Parent::Callout)),
    row("POST", "create-population", "/api/callouts/{id}/callout_populations", Create(Population, Parent::Callout)),
    row("GET", "list-participations-of-callout", "/api/callouts/{id}/callout_participations", Index(Participation, Parent::Callout)),
    row("POST", "create-participation", "/api/callouts/{id}/callout_participations", Create(Participation, Parent::Callout)),
    row("GET", "list-batch-operations-of-callout", "/api/callouts/{id}/batch_operations", Index(Batch, Parent::Callout)),
    row("POST", "create-batch-operation-of-callout", "/api/callouts/{id}/batch_operations", Create(Batch, Parent::Callout)),
    row("GET", "list-contacts-of-callout", "/api/callouts/{id}/contacts", Index(Contact, Parent::Callout)),
    row("GET", "list-phone-calls-of-callout", "/api/callouts/{id}/phone_calls", Index(PhoneCall, Parent::Callout)),
    row("GET", "list-events-of-callout", "/api/callouts/{id}/remote_phone_call_events", Index(RemoteEvent, Parent::Callout)),
    row("GET", "list-populations", "/api/callout_populations", Index(Population, Parent::All)),
    row("GET", "show-population", "/api/callout_populations/{id}", Show(Population)),
    row("PUT", "update-population", "/api/callout_populations/{id}", Update(Population)),
    row("PATCH", "update-population", "/api/callout_populations/{id}", Update(Population)),
    row("DELETE", "delete-population", "/api/callout_populations/{id}", Destroy(Population)),
    row("POST", "fire-population", "/api/callout_populations/{id}/callout_population_events", Fire(Population)),
    row("GET", "preview-contacts-of-population", "/api/callout_populations/{id}/preview/contacts", Index(Contact, Parent::PopulationPreview)),
    row("GET", "list-contacts-of-population", "/api/callout_populations/{id}/contacts", Index(Contact, Parent::Population)),
    row("GET", "list-participations-of-population", "/api/callout_populations/{id}/callout_participations", Index(Participation, Parent::Population)),
    row("GET", "list-participations", "/api/callout_participations", Index(Participation, Parent::All)),
    row("GET", "show-participation", "/api/callout_participations/{id}", Show(Participation)),
    row("PUT", "update-participation", "/api/callout_participations/{id}", Update(Participation)),
    row("PATCH", "update-participation", "/api/callout_participations/{id}", Update(Participation)),
    row("DELETE", "delete-participation", "/api/callout_participations/{id}", Destroy(Participation)),
    row("GET", "list-phone-calls-of-participation", "/api/callout_participations/{id}/phone_calls", Index(PhoneCall, Parent::Participation)),
    row("POST", "create-phone-call", "/api/callout_participations/{id}/phone_calls", Create(PhoneCall, Parent::Participation)),
    row("GET", "list-events-of-participation", "/api/callout_participations/{id}/remote_phone_call_events", Index(RemoteEvent, Parent::Participation)),
    row("GET", "list-phone-calls", "/api/phone_calls", Index(PhoneCall, Parent::All)),
    row("GET", "show-phone-call", "/api/phone_calls/{id}", Show(PhoneCall)),
    row("PUT", "update-phone-call", "/api/phone_calls/{id}", Update(PhoneCall)),
    row("PATCH", "update-phone-call", "/api/phone_calls/{id}", Update(PhoneCall)),
    row("DELETE", "delete-phone-call", "/api/phone_calls/{id}", Destroy(PhoneCall)),
    row("POST", "fire-phone-call", "/api/phone_calls/{id}/phone_call_events", Fire(PhoneCall)),
    row("GET", "list-events-of-phone-call", "/api/phone_calls/{id}/remote_phone_call_events", Index(RemoteEvent, Parent::PhoneCall)),
    row("GET", "list-events", "/api/remote_phone_call_events", Index(RemoteEvent, Parent::All)),
    row("POST", "receive-event", "/api/remote_phone_call_events", Receive),
    row("POST", "receive-event-of-the-seed", "/api/phone_call_events", Receive),
    row("POST", "receive-event-of-later", "/twilio_webhooks/phone_call_events", Receive),
    row("GET", "show-event", "/api/remote_phone_call_events/{id}", Show(RemoteEvent)),
    row("PUT", "update-event", "/api/remote_phone_call_events/{id}", Update(RemoteEvent)),
    row("PATCH", "update-event", "/api/remote_phone_call_events/{id}", Update(RemoteEvent)),
    row("GET", "list-batch-operations", "/api/batch_operations", Index(Batch, Parent::All)),
    row("POST", "create-batch-operation", "/api/batch_operations", Create(Batch, Parent::All)),
    row("GET", "show-batch-operation", "/api/batch_operations/{id}", Show(Batch)),
    row("PUT", "update-batch-operation", "/api/batch_operations/{id}", Update(Batch)),
    row("PATCH", "update-batch-operation", "/api/batch_operations/{id}", Update(Batch)),
    row("DELETE", "delete-batch-operation", "/api/batch_operations/{id}", Destroy(Batch)),
    row("POST", "fire-batch-operation", "/api/batch_operations/{id}/batch_operation_events", Fire(Batch)),
    row("GET", "list-contacts-of-batch-operation", "/api/batch_operations/{id}/contacts", Index(Contact, Parent::Batch)),
    row("GET", "list-participations-of-batch-operation", "/api/batch_operations/{id}/callout_participations", Index(Participation, Parent::Batch)),
    row("GET", "list-phone-calls-of-batch-operation", "/api/batch_operations/{id}/phone_calls", Index(PhoneCall, Parent::Batch)),
    row("GET", "preview-contacts-of-batch-operation", "/api/batch_operations/{id}/preview/contacts", Index(Contact, Parent::BatchPreview)),
    row("GET", "preview-participations-of-batch-operation", "/api/batch_operations/{id}/preview/callout_participations", Index(Participation, Parent::BatchPreview)),
    row("GET", "preview-phone-calls-of-batch-operation", "/api/batch_operations/{id}/preview/phone_calls", Index(PhoneCall, Parent::BatchPreview)),
    row("GET", "root", "/", Root),
];
