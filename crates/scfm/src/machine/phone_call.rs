//! The record of a phone call.

use ringback_exchange::CallId;
use serde::{Deserialize, Serialize};

use super::{
    CallStatus,
    index::{Field, Key, leaves},
    table::Row,
};
use crate::{Micros, Msisdn, json::Document};

/// A call to a participant, or one that came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PhoneCall {
    pub(crate) participation: Option<u32>,
    pub(crate) callout: Option<u32>,
    pub(crate) contact: u32,
    pub(crate) create_batch: Option<u32>,
    pub(crate) queue_batch: Option<u32>,
    pub(crate) fetch_batch: Option<u32>,
    pub(crate) status: CallStatus,
    pub(crate) msisdn: Msisdn,
    pub(crate) remote_call_id: Option<Box<str>>,
    pub(crate) remote_status: Option<Box<str>>,
    pub(crate) remote_direction: Option<Box<str>>,
    pub(crate) remote_error_message: Option<Box<str>>,
    pub(crate) metadata: Document,
    pub(crate) remote_request_params: Document,
    /// What the provider answered when it was asked about the call.
    pub(crate) remote_response: Document,
    /// The number on our side, once the provider has the call.
    pub(crate) line: Option<Box<str>>,
    /// The number on the other side then; what is called may be changed afterwards.
    pub(crate) dialled: Option<Msisdn>,
    pub(crate) call_flow_logic: Option<Box<str>>,
    pub(crate) remotely_queued_at: Option<Micros>,
    /// When its status became final.
    #[serde(default)]
    pub(crate) ended_at: Option<Micros>,
    /// The seconds of the talk.
    pub(crate) duration: Option<u32>,
    pub(crate) updated_at: Micros,
    /// Whether the dialler makes it, and so whether its callout has to run.
    pub(crate) by_dialler: bool,
    /// What the provider knows and its events did not tell: its word, and the seconds of the talk.
    pub(crate) lost: Option<(Box<str>, Option<u32>)>,
    /// How many callbacks the provider has made about it.
    #[serde(default)]
    pub(crate) callbacks: u32,
    /// The live call of the exchange.
    pub(crate) live: Option<CallId>,
}

impl PhoneCall {
    pub(crate) fn new(now: Micros, contact: u32, msisdn: Msisdn) -> Self {
        Self {
            participation: None,
            callout: None,
            contact,
            create_batch: None,
            queue_batch: None,
            fetch_batch: None,
            status: CallStatus::Created,
            msisdn,
            remote_call_id: None,
            remote_status: None,
            remote_direction: None,
            remote_error_message: None,
            metadata: Document::default(),
            remote_request_params: Document::default(),
            remote_response: Document::default(),
            line: None,
            dialled: None,
            call_flow_logic: None,
            remotely_queued_at: None,
            ended_at: None,
            duration: None,
            updated_at: now,
            by_dialler: false,
            lost: None,
            callbacks: 0,
            live: None,
        }
    }
}

impl Row for PhoneCall {
    fn quick_keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::Status, self.status.code()));
        if self.by_dialler && !self.status.is_final() {
            add(Key::number(Field::InFlight, 0));
            if let Some(callout) = self.callout {
                add(Key::number(Field::InFlight, u64::from(callout) + 1));
            }
        }
        if let Some(status) = &self.remote_status {
            add(Key::word(Field::RemoteStatus, status));
        }
    }

    fn keys(&self, add: &mut dyn FnMut(Key)) {
        let ids = [
            (Field::Participation, self.participation),
            (Field::Callout, self.callout),
            (Field::Contact, Some(self.contact)),
            (Field::CreateBatch, self.create_batch),
            (Field::QueueBatch, self.queue_batch),
            (Field::FetchBatch, self.fetch_batch),
        ];
        for (field, id) in ids {
            if let Some(id) = id {
                add(Key::id(field, id));
            }
        }
        add(Key::number(Field::Msisdn, self.msisdn.digits()));
        let words = [
            (Field::RemoteCallId, &self.remote_call_id),
            (Field::RemoteDirection, &self.remote_direction),
            (Field::RemoteErrorMessage, &self.remote_error_message),
            (Field::CallFlowLogic, &self.call_flow_logic),
        ];
        for (field, word) in words {
            if let Some(word) = word {
                add(Key::word(field, word));
            }
        }
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
        if !self.remote_request_params.is_empty() {
            leaves(Field::RequestParams, &self.remote_request_params.object(), add);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }

    fn marked_at(&self) -> Option<Micros> {
        self.remotely_queued_at
    }
}
