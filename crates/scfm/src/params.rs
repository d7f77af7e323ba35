//! What the endpoints take: one table for each kind of record and each thing done to it.
//!
//! A parameter stands in the query string, a form or a JSON body alike; nested ones are written
//! `metadata[district]` in the first two. Whatever else is given is ignored, as Rails ignores what a
//! controller does not permit. vendors/scfm.md, 2, 6 to 8

use ringback_mock::{Kind, Param, joined};

use crate::{
    machine::Resource as Record,
    routes::Action::{
        self, ContactData, Create, Destroy, Fire, Index, Receive, Root, Show, Statistics, Update,
    },
};

/// Returns what a row of the table of routes takes.
pub(crate) const fn accepts(action: Action) -> &'static [Param] {
    match action {
        Index(Record::Contact, _) => CONTACTS,
        Index(Record::Callout, _) => CALLOUTS,
        Index(Record::Population, _) => POPULATIONS,
        Index(Record::Batch, _) => BATCHES,
        Index(Record::Participation, _) => PARTICIPATIONS,
        Index(Record::PhoneCall, _) => PHONE_CALLS,
        Index(Record::RemoteEvent, _) => EVENTS,
        Create(Record::Contact, _) => NEW_CONTACT,
        Create(Record::Callout, _) | Update(Record::Callout) => CALLOUT,
        Create(Record::Population, _) | Update(Record::Population) => POPULATION,
        Create(Record::Batch, _) => NEW_BATCH,
        Create(Record::Participation, _) => NEW_PARTICIPATION,
        Create(Record::PhoneCall, _) => NEW_PHONE_CALL,
        Update(Record::Contact) => CONTACT,
        Update(Record::Batch) => BATCH,
        Update(Record::Participation) => PARTICIPATION,
        Update(Record::PhoneCall) => PHONE_CALL,
        Update(Record::RemoteEvent) => EVENT,
        Fire(Record::Callout) => FIRE_CALLOUT,
        Fire(Record::Population | Record::Batch) => FIRE_BATCH,
        Fire(Record::PhoneCall) => FIRE_PHONE_CALL,
        ContactData => CONTACT_DATA,
        Receive => RECEIVED,
        Show(_) | Destroy(_) | Statistics => NOTHING,
        Create(Record::RemoteEvent, _)
        | Fire(Record::Contact | Record::Participation | Record::RemoteEvent)
        | Root => &[],
    }
}

const NOTHING: &[Param] = &[
    Param::header("authorization")
        .note("Basic or Bearer; nobody is asked without a configured user"),
    Param::header("x-request-id").note("comes back with every answer"),
];

// Lists

const LIST: &[Param] =
    joined!(NOTHING, &[
    Param::anywhere("page").integer().default("1"),
    Param::anywhere("per_page").integer().default("25"),
    Param::anywhere("sort").note(
        "`id`, `created_at`, `updated_at`, `msisdn`, several with commas, `-` for descending",
    ),
    Param::anywhere("q").object().note("the same filters; commas stand between alternatives"),
]);

/// Declares filters, each as it stands at the top of a request and within `q`.
macro_rules! filters {
    ($($name:literal $kind:expr, $note:literal;)*) => {
        &[
            $(Param::anywhere($name).of($kind).note($note),)*
            $(Param::anywhere(concat!("q.", $name)).of($kind).note($note),)*
        ]
    };
}

const TEXT: Kind = Kind::Text;
const ID: Kind = Kind::Integer;
const OBJECT: Kind = Kind::Object;

/// Ruby reads it: most forms of a date, with or without a time and a zone.
const TIME: Kind = Kind::Moment("");

const COMMON: &[Param] = filters! {
    "metadata" OBJECT, "all leaves have to be the same";
    "created_at_before" TIME, "";
    "created_at_or_before" TIME, "";
    "created_at_after" TIME, "";
    "created_at_or_after" TIME, "";
    "updated_at_before" TIME, "";
    "updated_at_or_before" TIME, "";
    "updated_at_after" TIME, "";
    "updated_at_or_after" TIME, "";
};

const OF_NUMBER: &[Param] = filters! { "msisdn" TEXT, "in any spelling"; };

const OF_STATUS: &[Param] = filters! { "status" TEXT, "a word of the kind of record"; };

const OF_LOGIC: &[Param] = filters! { "call_flow_logic" TEXT, ""; };

const CONTACTS: &[Param] = joined!(LIST, COMMON, OF_NUMBER);

const CALLOUTS: &[Param] = joined!(LIST, COMMON, OF_STATUS, OF_LOGIC);

const POPULATIONS: &[Param] =
    joined!(LIST, COMMON, OF_STATUS, filters! { "contact_filter_params" OBJECT, ""; });

const BATCHES: &[Param] =
    joined!(LIST, COMMON, OF_STATUS, filters! { "parameters" OBJECT, ""; "callout_id" ID, ""; });

const PARTICIPATIONS: &[Param] = joined!(
    LIST,
    COMMON,
    OF_NUMBER,
    OF_LOGIC,
    filters! {
        "callout_id" ID, "";
        "contact_id" ID, "";
        "callout_population_id" ID, "";
        "has_phone_calls" Kind::Flag, "";
        "having_max_phone_calls_count" Kind::Integer, "fewer calls than that";
        "last_phone_call_attempt" TEXT, "statuses of phone calls, with commas";
        "no_phone_calls_or_last_attempt" TEXT, "the same, or no call yet";
    }
);

const PHONE_CALLS: &[Param] = joined!(
    LIST,
    COMMON,
    OF_NUMBER,
    OF_STATUS,
    OF_LOGIC,
    filters! {
        "contact_id" ID, "";
        "callout_participation_id" ID, "";
        "remote_call_id" TEXT, "";
        "remote_status" TEXT, "";
        "remote_direction" TEXT, "";
        "remote_error_message" TEXT, "whole, commas and all";
        "remote_request_params" OBJECT, "";
        "remote_response" OBJECT, "";
        "remote_queue_response" OBJECT, "";
        "remotely_queued_at_before" TIME, "";
        "remotely_queued_at_or_before" TIME, "";
        "remotely_queued_at_after" TIME, "";
        "remotely_queued_at_or_after" TIME, "";
        "duration_gt" Kind::Integer, "seconds";
        "duration_gteq" Kind::Integer, "seconds";
        "duration_lt" Kind::Integer, "seconds";
        "duration_lteq" Kind::Integer, "seconds";
    }
);

const EVENTS: &[Param] = joined!(
    LIST,
    COMMON,
    OF_LOGIC,
    filters! {
        "phone_call_id" ID, "";
        "remote_call_id" TEXT, "";
        "remote_direction" TEXT, "";
        "details" OBJECT, "";
    }
);

// Records

const METADATA: &[Param] = joined!(
    NOTHING,
    &[
        Param::anywhere("metadata").object(),
        Param::anywhere("metadata_merge_mode")
            .one_of(&["replace", "merge", "deep_merge"])
            .note("the setting's unless given; another word is ignored"),
    ]
);

const MSISDN: Param = Param::anywhere("msisdn").note("a number that is plausible, in any spelling");
const LOGIC: Param = Param::anywhere("call_flow_logic").note("an unknown one is refused");
const FILTER: Param = Param::anywhere("contact_filter_params").object().note("filters of contacts");
const REQUEST: Param =
    Param::anywhere("remote_request_params").object().note("`from`, `url`, `method` and more");
const PARAMETERS: Param = Param::anywhere("parameters")
    .object()
    .note("filters by kind of record, `limit`, `max`, `remote_request_params` and more");

const CONTACT: &[Param] = joined!(METADATA, &[MSISDN]);
const NEW_CONTACT: &[Param] = joined!(METADATA, &[MSISDN.required()]);
const CONTACT_DATA: &[Param] = NEW_CONTACT;
const CALLOUT: &[Param] = joined!(METADATA, &[LOGIC]);
const POPULATION: &[Param] = joined!(METADATA, &[FILTER]);
const BATCH: &[Param] = joined!(METADATA, &[PARAMETERS]);
const NEW_BATCH: &[Param] =
    joined!(BATCH, &[Param::anywhere("type").one_of(BATCH_KINDS).required()]);
const PARTICIPATION: &[Param] = joined!(METADATA, &[MSISDN, LOGIC]);
const NEW_PARTICIPATION: &[Param] = joined!(
    METADATA,
    &[Param::anywhere("contact_id").integer().required(), MSISDN.default("the contact's"), LOGIC,]
);
const PHONE_CALL: &[Param] = joined!(METADATA, &[MSISDN, LOGIC, REQUEST]);
const NEW_PHONE_CALL: &[Param] =
    joined!(METADATA, &[MSISDN.default("the participation's"), LOGIC, REQUEST.required()]);
const EVENT: &[Param] = METADATA;

const BATCH_KINDS: &[&str] = &[
    "BatchOperation::CalloutPopulation",
    "BatchOperation::PhoneCallCreate",
    "BatchOperation::PhoneCallQueue",
    "BatchOperation::PhoneCallQueueRemoteFetch",
];

// Events

const FIRE_CALLOUT: &[Param] = joined!(
    NOTHING,
    &[Param::anywhere("event").one_of(&["start", "pause", "resume", "stop"]).required()]
);
const FIRE_BATCH: &[Param] =
    joined!(NOTHING, &[Param::anywhere("event").one_of(&["queue", "requeue"]).required()]);
const FIRE_PHONE_CALL: &[Param] = joined!(
    NOTHING,
    &[Param::anywhere("event").one_of(&["queue", "queue_remote_fetch"]).required()]
);

const RECEIVED: &[Param] = joined!(
    NOTHING,
    &[
        Param::header("x-twilio-signature").note("required where a token is set"),
        Param::anywhere("CallSid").required(),
        Param::anywhere("Direction")
            .required()
            .note("`inbound` makes a call of an unknown `CallSid`"),
        Param::anywhere("From").note("required of an inbound call"),
        Param::anywhere("To"),
        Param::anywhere("CallStatus"),
        Param::anywhere("CallDuration").integer(),
        Param::anywhere("AccountSid"),
        Param::anywhere("ApiVersion"),
        Param::anywhere("Digits").note("as everything else, kept"),
    ]
);

/// A `POST` that stands for another method, with what that takes.
pub(crate) const OVERRIDDEN: &[Param] = joined!(
    METADATA,
    &[
        Param::form("_method").note("`PUT`, `PATCH`, `DELETE`, `GET` or `HEAD`, in any case"),
        Param::header("x-http-method-override").note("the same; the form's wins"),
        MSISDN,
        LOGIC,
        FILTER,
        PARAMETERS,
        REQUEST,
    ]
);
