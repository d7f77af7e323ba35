//! Every route of SCFM: one table that is mounted, documented, covered and dispatched from.

use actix_web::web;
use ringback_mock::Endpoint;

use crate::{
    api::serve,
    machine::{Kind, Of},
};

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Lists records.
    Index(Kind, Of),
    Show(Kind),
    Create(Kind, Of),
    Update(Kind),
    Destroy(Kind),
    /// Does something to a record.
    Fire(Kind),
    Statistics,
    /// Creates or updates a contact by its number.
    ContactData,
    /// The provider tells something.
    Receive,
    Root,
}

/// One row of the table.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) action: Action,
}

macro_rules! routes {
    (
        overridden [$($member:literal)+]
        $($method:ident $operation:literal $path:literal $action:expr;)+
    ) => {
        /// The rows by which requests are dispatched.
        pub(crate) const ROWS: &[Row] = &[
            $(Row { method: stringify!($method), path: $path, action: $action },)+
        ];

        pub(crate) const ENDPOINTS: &[Endpoint] = &[
            $(Endpoint::new($operation, stringify!($method), $path, || web::route().to(serve)),)+
            $(Endpoint::post("method-override", $member, || web::route().to(serve)),)+
            Endpoint::new("other-spellings", "GET", SPELLING, || web::route().to(serve)),
            Endpoint::new("other-spellings", "HEAD", SPELLING, || web::route().to(serve)),
            Endpoint::new("other-spellings", "POST", SPELLING, || web::route().to(serve)),
            Endpoint::new("other-spellings", "PUT", SPELLING, || web::route().to(serve)),
            Endpoint::new("other-spellings", "PATCH", SPELLING, || web::route().to(serve)),
            Endpoint::new("other-spellings", "DELETE", SPELLING, || web::route().to(serve)),
        ];
    };
}

/// Paths as above in a spelling of their own: with a format, doubled slashes or one at the end.
const SPELLING: &str = concat!(
    "/{spelling:/*(?:twilio_webhooks|api)/+(?:contacts|contact_data|callouts|callout_populations|",
    "callout_participations|phone_calls|phone_call_events|remote_phone_call_events|",
    "batch_operations)(?:[./].*)?}"
);

/// Finds the row of a method and the segments of a path, and the id among them.
pub(crate) fn find<'a>(method: &str, segments: &[&'a str]) -> Option<(Action, &'a str)> {
    ROWS.iter().filter(|row| row.method == method).find_map(|row| {
        let mut id = "";
        let mut wanted = row.path.split('/').filter(|part| !part.is_empty());
        for segment in segments {
            match wanted.next()? {
                "{id}" => id = segment,
                name if name == *segment => {}
                _ => return None,
            }
        }
        wanted.next().is_none().then_some((row.action, id))
    })
}

use Action::{ContactData, Create, Destroy, Fire, Index, Receive, Root, Show, Statistics, Update};
use Kind::{Batch, Callout, Contact, Participation, PhoneCall, Population, RemoteEvent};

// `HEAD` is `GET` without the body, as in Rails.
routes! {
    overridden [
        "/api/contacts/{id}"
        "/api/callouts/{id}"
        "/api/callout_populations/{id}"
        "/api/callout_participations/{id}"
        "/api/phone_calls/{id}"
        "/api/remote_phone_call_events/{id}"
        "/api/batch_operations/{id}"
    ]
    GET "list-contacts" "/api/contacts" Index(Contact, Of::All);
    POST "create-contact" "/api/contacts" Create(Contact, Of::All);
    POST "put-contact-data" "/api/contact_data" ContactData;
    GET "show-contact" "/api/contacts/{id}" Show(Contact);
    PUT "update-contact" "/api/contacts/{id}" Update(Contact);
    PATCH "update-contact" "/api/contacts/{id}" Update(Contact);
    DELETE "delete-contact" "/api/contacts/{id}" Destroy(Contact);
    GET "list-participations-of-contact" "/api/contacts/{id}/callout_participations" Index(Participation, Of::Contact);
    GET "list-phone-calls-of-contact" "/api/contacts/{id}/phone_calls" Index(PhoneCall, Of::Contact);
    GET "list-callouts-of-contact" "/api/contacts/{id}/callouts" Index(Callout, Of::Contact);
    GET "list-events-of-contact" "/api/contacts/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Contact);
    GET "list-callouts" "/api/callouts" Index(Callout, Of::All);
    POST "create-callout" "/api/callouts" Create(Callout, Of::All);
    GET "show-callout" "/api/callouts/{id}" Show(Callout);
    PUT "update-callout" "/api/callouts/{id}" Update(Callout);
    PATCH "update-callout" "/api/callouts/{id}" Update(Callout);
    DELETE "delete-callout" "/api/callouts/{id}" Destroy(Callout);
    POST "fire-callout" "/api/callouts/{id}/callout_events" Fire(Callout);
    GET "callout-statistics" "/api/callouts/{id}/callout_statistics" Statistics;
    GET "list-populations-of-callout" "/api/callouts/{id}/callout_populations" Index(Population, Of::Callout);
    POST "create-population" "/api/callouts/{id}/callout_populations" Create(Population, Of::Callout);
    GET "list-participations-of-callout" "/api/callouts/{id}/callout_participations" Index(Participation, Of::Callout);
    POST "create-participation" "/api/callouts/{id}/callout_participations" Create(Participation, Of::Callout);
    GET "list-batch-operations-of-callout" "/api/callouts/{id}/batch_operations" Index(Batch, Of::Callout);
    POST "create-batch-operation-of-callout" "/api/callouts/{id}/batch_operations" Create(Batch, Of::Callout);
    GET "list-contacts-of-callout" "/api/callouts/{id}/contacts" Index(Contact, Of::Callout);
    GET "list-phone-calls-of-callout" "/api/callouts/{id}/phone_calls" Index(PhoneCall, Of::Callout);
    GET "list-events-of-callout" "/api/callouts/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Callout);
    GET "list-populations" "/api/callout_populations" Index(Population, Of::All);
    GET "show-population" "/api/callout_populations/{id}" Show(Population);
    PUT "update-population" "/api/callout_populations/{id}" Update(Population);
    PATCH "update-population" "/api/callout_populations/{id}" Update(Population);
    DELETE "delete-population" "/api/callout_populations/{id}" Destroy(Population);
    POST "fire-population" "/api/callout_populations/{id}/callout_population_events" Fire(Population);
    GET "preview-contacts-of-population" "/api/callout_populations/{id}/preview/contacts" Index(Contact, Of::PopulationPreview);
    GET "list-contacts-of-population" "/api/callout_populations/{id}/contacts" Index(Contact, Of::Population);
    GET "list-participations-of-population" "/api/callout_populations/{id}/callout_participations" Index(Participation, Of::Population);
    GET "list-participations" "/api/callout_participations" Index(Participation, Of::All);
    GET "show-participation" "/api/callout_participations/{id}" Show(Participation);
    PUT "update-participation" "/api/callout_participations/{id}" Update(Participation);
    PATCH "update-participation" "/api/callout_participations/{id}" Update(Participation);
    DELETE "delete-participation" "/api/callout_participations/{id}" Destroy(Participation);
    GET "list-phone-calls-of-participation" "/api/callout_participations/{id}/phone_calls" Index(PhoneCall, Of::Participation);
    POST "create-phone-call" "/api/callout_participations/{id}/phone_calls" Create(PhoneCall, Of::Participation);
    GET "list-events-of-participation" "/api/callout_participations/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Participation);
    GET "list-phone-calls" "/api/phone_calls" Index(PhoneCall, Of::All);
    GET "show-phone-call" "/api/phone_calls/{id}" Show(PhoneCall);
    PUT "update-phone-call" "/api/phone_calls/{id}" Update(PhoneCall);
    PATCH "update-phone-call" "/api/phone_calls/{id}" Update(PhoneCall);
    DELETE "delete-phone-call" "/api/phone_calls/{id}" Destroy(PhoneCall);
    POST "fire-phone-call" "/api/phone_calls/{id}/phone_call_events" Fire(PhoneCall);
    GET "list-events-of-phone-call" "/api/phone_calls/{id}/remote_phone_call_events" Index(RemoteEvent, Of::PhoneCall);
    GET "list-events" "/api/remote_phone_call_events" Index(RemoteEvent, Of::All);
    POST "receive-event" "/api/remote_phone_call_events" Receive;
    POST "receive-event-of-the-seed" "/api/phone_call_events" Receive;
    POST "receive-event-of-later" "/twilio_webhooks/phone_call_events" Receive;
    GET "show-event" "/api/remote_phone_call_events/{id}" Show(RemoteEvent);
    PUT "update-event" "/api/remote_phone_call_events/{id}" Update(RemoteEvent);
    PATCH "update-event" "/api/remote_phone_call_events/{id}" Update(RemoteEvent);
    GET "list-batch-operations" "/api/batch_operations" Index(Batch, Of::All);
    POST "create-batch-operation" "/api/batch_operations" Create(Batch, Of::All);
    GET "show-batch-operation" "/api/batch_operations/{id}" Show(Batch);
    PUT "update-batch-operation" "/api/batch_operations/{id}" Update(Batch);
    PATCH "update-batch-operation" "/api/batch_operations/{id}" Update(Batch);
    DELETE "delete-batch-operation" "/api/batch_operations/{id}" Destroy(Batch);
    POST "fire-batch-operation" "/api/batch_operations/{id}/batch_operation_events" Fire(Batch);
    GET "list-contacts-of-batch-operation" "/api/batch_operations/{id}/contacts" Index(Contact, Of::Batch);
    GET "list-participations-of-batch-operation" "/api/batch_operations/{id}/callout_participations" Index(Participation, Of::Batch);
    GET "list-phone-calls-of-batch-operation" "/api/batch_operations/{id}/phone_calls" Index(PhoneCall, Of::Batch);
    GET "preview-contacts-of-batch-operation" "/api/batch_operations/{id}/preview/contacts" Index(Contact, Of::BatchPreview);
    GET "preview-participations-of-batch-operation" "/api/batch_operations/{id}/preview/callout_participations" Index(Participation, Of::BatchPreview);
    GET "preview-phone-calls-of-batch-operation" "/api/batch_operations/{id}/preview/phone_calls" Index(PhoneCall, Of::BatchPreview);
    GET "root" "/" Root;
    HEAD "list-contacts" "/api/contacts" Index(Contact, Of::All);
    HEAD "show-contact" "/api/contacts/{id}" Show(Contact);
    HEAD "list-participations-of-contact" "/api/contacts/{id}/callout_participations" Index(Participation, Of::Contact);
    HEAD "list-phone-calls-of-contact" "/api/contacts/{id}/phone_calls" Index(PhoneCall, Of::Contact);
    HEAD "list-callouts-of-contact" "/api/contacts/{id}/callouts" Index(Callout, Of::Contact);
    HEAD "list-events-of-contact" "/api/contacts/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Contact);
    HEAD "list-callouts" "/api/callouts" Index(Callout, Of::All);
    HEAD "show-callout" "/api/callouts/{id}" Show(Callout);
    HEAD "callout-statistics" "/api/callouts/{id}/callout_statistics" Statistics;
    HEAD "list-populations-of-callout" "/api/callouts/{id}/callout_populations" Index(Population, Of::Callout);
    HEAD "list-participations-of-callout" "/api/callouts/{id}/callout_participations" Index(Participation, Of::Callout);
    HEAD "list-batch-operations-of-callout" "/api/callouts/{id}/batch_operations" Index(Batch, Of::Callout);
    HEAD "list-contacts-of-callout" "/api/callouts/{id}/contacts" Index(Contact, Of::Callout);
    HEAD "list-phone-calls-of-callout" "/api/callouts/{id}/phone_calls" Index(PhoneCall, Of::Callout);
    HEAD "list-events-of-callout" "/api/callouts/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Callout);
    HEAD "list-populations" "/api/callout_populations" Index(Population, Of::All);
    HEAD "show-population" "/api/callout_populations/{id}" Show(Population);
    HEAD "preview-contacts-of-population" "/api/callout_populations/{id}/preview/contacts" Index(Contact, Of::PopulationPreview);
    HEAD "list-contacts-of-population" "/api/callout_populations/{id}/contacts" Index(Contact, Of::Population);
    HEAD "list-participations-of-population" "/api/callout_populations/{id}/callout_participations" Index(Participation, Of::Population);
    HEAD "list-participations" "/api/callout_participations" Index(Participation, Of::All);
    HEAD "show-participation" "/api/callout_participations/{id}" Show(Participation);
    HEAD "list-phone-calls-of-participation" "/api/callout_participations/{id}/phone_calls" Index(PhoneCall, Of::Participation);
    HEAD "list-events-of-participation" "/api/callout_participations/{id}/remote_phone_call_events" Index(RemoteEvent, Of::Participation);
    HEAD "list-phone-calls" "/api/phone_calls" Index(PhoneCall, Of::All);
    HEAD "show-phone-call" "/api/phone_calls/{id}" Show(PhoneCall);
    HEAD "list-events-of-phone-call" "/api/phone_calls/{id}/remote_phone_call_events" Index(RemoteEvent, Of::PhoneCall);
    HEAD "list-events" "/api/remote_phone_call_events" Index(RemoteEvent, Of::All);
    HEAD "show-event" "/api/remote_phone_call_events/{id}" Show(RemoteEvent);
    HEAD "list-batch-operations" "/api/batch_operations" Index(Batch, Of::All);
    HEAD "show-batch-operation" "/api/batch_operations/{id}" Show(Batch);
    HEAD "list-contacts-of-batch-operation" "/api/batch_operations/{id}/contacts" Index(Contact, Of::Batch);
    HEAD "list-participations-of-batch-operation" "/api/batch_operations/{id}/callout_participations" Index(Participation, Of::Batch);
    HEAD "list-phone-calls-of-batch-operation" "/api/batch_operations/{id}/phone_calls" Index(PhoneCall, Of::Batch);
    HEAD "preview-contacts-of-batch-operation" "/api/batch_operations/{id}/preview/contacts" Index(Contact, Of::BatchPreview);
    HEAD "preview-participations-of-batch-operation" "/api/batch_operations/{id}/preview/callout_participations" Index(Participation, Of::BatchPreview);
    HEAD "preview-phone-calls-of-batch-operation" "/api/batch_operations/{id}/preview/phone_calls" Index(PhoneCall, Of::BatchPreview);
    HEAD "root" "/" Root;

}
