//! What changes something: parse, one command, and the record as it is then.

use actix_web::http::{StatusCode, header};
use ringback_engine::{Command, OffsetDateTime};

use super::Asked;
use crate::{
    Logged,
    error::Error,
    machine::{
        CreateBatch, CreateCallout, CreateContact, CreateParticipation, CreatePhoneCall,
        DeleteBatch, DeleteCallout, DeleteContact, DeleteParticipation, DeletePhoneCall, FireBatch,
        FireCallout, FirePhoneCall, Kind, Of, Platform, PutContactData, Refused, UpdateBatch,
        UpdateCallout, UpdateContact, UpdateParticipation, UpdatePhoneCall, UpdateRemoteEvent,
    },
    render,
    wire::{Params, answer::Answer},
};

/// A command whose record is shown as it left it: by the next read, time may have passed.
#[derive(Clone)]
struct Shown<C> {
    command: C,
    kind: Kind,
}

impl<C> From<Shown<C>> for Logged
where
    Logged: From<C>,
{
    fn from(shown: Shown<C>) -> Self {
        shown.command.into()
    }
}

impl<C> Command<Platform> for Shown<C>
where
    C: Command<Platform, Outcome = Result<u32, Refused>>,
    Logged: From<C>,
{
    type Outcome = Result<(u32, String), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let id = self.command.execute(platform, now)?;
        let mut out = String::new();
        render::record(platform, self.kind, id, &mut out);
        Ok((id, out))
    }
}

impl Asked<'_> {
    async fn created<C>(&self, kind: Kind, command: C) -> Result<Answer, Error>
    where
        C: Command<Platform, Outcome = Result<u32, Refused>>,
        Logged: From<C>,
    {
        let (id, body) = self.scfm.execute(self.account, Shown { command, kind }).await??;
        let location = format!("/api/{}/{id}", path(kind));
        Ok(Answer::json(StatusCode::CREATED, body).with(header::LOCATION, location))
    }

    async fn done<C>(&self, command: C) -> Result<Answer, Error>
    where
        C: Command<Platform, Outcome = Result<(), Refused>>,
    {
        self.scfm.execute(self.account, command).await??;
        Ok(Answer::empty())
    }

    async fn params(&self) -> Result<Params, Error> {
        Ok(Params::of(self.request, self.body).await?)
    }
}

fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "contacts",
        Kind::Callout => "callouts",
        Kind::Population => "callout_populations",
        Kind::Batch => "batch_operations",
        Kind::Participation => "callout_participations",
        Kind::PhoneCall => "phone_calls",
        Kind::RemoteEvent => "remote_phone_call_events",
    }
}

/// The record that a path names.
fn itself(kind: Kind) -> Of {
    match kind {
        Kind::Contact => Of::Contact,
        Kind::Callout => Of::Callout,
        Kind::Population => Of::Population,
        Kind::Batch => Of::Batch,
        Kind::Participation => Of::Participation,
        Kind::PhoneCall => Of::PhoneCall,
        Kind::RemoteEvent => Of::RemoteEvent,
    }
}

pub(super) async fn create(asked: &Asked<'_>, kind: Kind, of: Of) -> Result<Answer, Error> {
    // Whether a batch operation of an unknown callout is invalid or unknown depends on what it does.
    if kind != Kind::Batch {
        asked.exists(of)?;
    }
    let params = asked.params().await?;
    let (metadata, call_flow_logic) = (params.metadata(), params.scalar("call_flow_logic"));
    let msisdn = params.scalar("msisdn");
    match kind {
        Kind::Contact => asked.created(kind, CreateContact { msisdn, metadata }).await,
        Kind::Callout => asked.created(kind, CreateCallout { metadata, call_flow_logic }).await,
        Kind::Population => {
            let filter = params.hash("contact_filter_params").unwrap_or_default();
            asked.created(kind, CreateBatch::population(asked.id, filter, metadata)).await
        }
        Kind::Batch => {
            let batch = CreateBatch {
                kind: params.scalar("type"),
                callout: (of == Of::Callout).then_some(asked.id),
                parameters: params.hash("parameters").unwrap_or_default(),
                metadata,
            };
            asked.created(kind, batch).await
        }
        Kind::Participation => {
            let participation = CreateParticipation {
                callout: asked.id,
                contact_id: params.scalar("contact_id"),
                msisdn,
                call_flow_logic,
                metadata,
            };
            asked.created(kind, participation).await
        }
        Kind::PhoneCall => {
            let call = CreatePhoneCall {
                participation: asked.id,
                remote_request_params: params.hash("remote_request_params"),
                msisdn,
                call_flow_logic,
                metadata,
            };
            asked.created(kind, call).await
        }
        Kind::RemoteEvent => Err(Error::NotFound),
    }
}

pub(super) async fn contact_data(asked: &Asked<'_>) -> Result<Answer, Error> {
    let params = asked.params().await?;
    // The original asks for it before it looks for a contact. (field report, S15)
    if !params.is_present("msisdn") {
        return Err(Error::Missing("msisdn"));
    }
    let data = PutContactData { msisdn: params.scalar("msisdn"), metadata: params.metadata() };
    asked.created(Kind::Contact, data).await
}

pub(super) async fn update(asked: &Asked<'_>, kind: Kind) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let params = asked.params().await?;
    let (id, metadata) = (asked.id, params.metadata());
    let (msisdn, call_flow_logic) = (params.scalar("msisdn"), params.scalar("call_flow_logic"));
    match kind {
        Kind::Contact => asked.done(UpdateContact { id, msisdn, metadata }).await,
        Kind::Callout => asked.done(UpdateCallout { id, metadata, call_flow_logic }).await,
        Kind::Population => {
            let contact_filter_params = params.hash("contact_filter_params");
            let parameters = None;
            asked.done(UpdateBatch { id, parameters, contact_filter_params, metadata }).await
        }
        Kind::Batch => {
            let parameters = params.hash("parameters");
            let contact_filter_params = None;
            asked.done(UpdateBatch { id, parameters, contact_filter_params, metadata }).await
        }
        Kind::Participation => {
            asked.done(UpdateParticipation { id, msisdn, call_flow_logic, metadata }).await
        }
        Kind::PhoneCall => {
            let remote_request_params = params.hash("remote_request_params");
            let update =
                UpdatePhoneCall { id, remote_request_params, msisdn, call_flow_logic, metadata };
            asked.done(update).await
        }
        Kind::RemoteEvent => asked.done(UpdateRemoteEvent { id, metadata }).await,
    }
}

pub(super) async fn destroy(asked: &Asked<'_>, kind: Kind) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let id = asked.id;
    match kind {
        Kind::Contact => asked.done(DeleteContact { id }).await,
        Kind::Callout => asked.done(DeleteCallout { id }).await,
        Kind::Population | Kind::Batch => asked.done(DeleteBatch { id }).await,
        Kind::Participation => asked.done(DeleteParticipation { id }).await,
        Kind::PhoneCall => asked.done(DeletePhoneCall { id }).await,
        Kind::RemoteEvent => Err(Error::NotFound),
    }
}

pub(super) async fn fire(asked: &Asked<'_>, kind: Kind) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let (id, event) = (asked.id, asked.params().await?.scalar("event"));
    match kind {
        Kind::Callout => asked.created(kind, FireCallout { id, event }).await,
        Kind::Population | Kind::Batch => asked.created(kind, FireBatch { id, event }).await,
        Kind::PhoneCall => asked.created(kind, FirePhoneCall { id, event }).await,
        Kind::Contact | Kind::Participation | Kind::RemoteEvent => Err(Error::NotFound),
    }
}
