//! What changes something: parse, one command, and the record as it is then.

use std::marker::PhantomData;

use actix_web::http::{StatusCode, header};
use ringback_engine::{Command, OffsetDateTime};

use super::RequestContext;
use crate::{
    Logged,
    error::Error,
    machine::{
        CreateBatch, CreateCallout, CreateContact, CreateParticipation, CreatePhoneCall,
        DeleteBatch, DeleteCallout, DeleteContact, DeleteParticipation, DeletePhoneCall, FireBatch,
        FireCallout, FirePhoneCall, Parent, Platform, PutContactData, Refused, Resource,
        UpdateBatch, UpdateCallout, UpdateContact, UpdateParticipation, UpdatePhoneCall,
        UpdateRemoteEvent,
    },
    render,
    wire::{Params, answer::Answer},
};

/// What a record is, as a type: a command that comes out of the log has to know it as well.
trait Kind: Clone + Send + 'static {
    const RESOURCE: Resource;
}

macro_rules! kinds {
    ($($kind:ident)+) => {$(
        #[derive(Clone)]
        struct $kind;

        impl Kind for $kind {
            const RESOURCE: Resource = Resource::$kind;
        }
    )+};
}

kinds! { Contact Callout Population Batch Participation PhoneCall }

/// A command whose record is shown as it left it: by the next read, time may have passed.
#[derive(Clone)]
struct Shown<K, C>(C, PhantomData<K>);

impl<K, C> From<Shown<K, C>> for Logged
where
    Logged: From<C>,
{
    fn from(shown: Shown<K, C>) -> Self {
        shown.0.into()
    }
}

impl<K: Kind, C> Command<Platform> for Shown<K, C>
where
    C: Command<Platform, Outcome = Result<u32, Refused>>,
    Logged: From<C>,
{
    type Outcome = Result<(u32, String), Refused>;

    fn from_logged(logged: Logged) -> Option<Self> {
        Some(Self(C::from_logged(logged)?, PhantomData))
    }

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let id = self.0.execute(platform, now)?;
        let mut out = String::new();
        render::record(platform, K::RESOURCE, id, &mut out);
        Ok((id, out))
    }
}

impl RequestContext<'_> {
    async fn created<K: Kind, C>(&self, _: K, command: C) -> Result<Answer, Error>
    where
        C: Command<Platform, Outcome = Result<u32, Refused>>,
        Logged: From<C>,
    {
        let shown = Shown(command, PhantomData::<K>);
        let (id, body) = self.scfm.execute(self.account, shown).await??;
        let location = format!("/api/{}/{id}", path(K::RESOURCE));
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

fn path(kind: Resource) -> &'static str {
    match kind {
        Resource::Contact => "contacts",
        Resource::Callout => "callouts",
        Resource::Population => "callout_populations",
        Resource::Batch => "batch_operations",
        Resource::Participation => "callout_participations",
        Resource::PhoneCall => "phone_calls",
        Resource::RemoteEvent => "remote_phone_call_events",
    }
}

/// The record that a path names.
fn itself(kind: Resource) -> Parent {
    match kind {
        Resource::Contact => Parent::Contact,
        Resource::Callout => Parent::Callout,
        Resource::Population => Parent::Population,
        Resource::Batch => Parent::Batch,
        Resource::Participation => Parent::Participation,
        Resource::PhoneCall => Parent::PhoneCall,
        Resource::RemoteEvent => Parent::RemoteEvent,
    }
}

pub(super) async fn create(
    asked: &RequestContext<'_>,
    kind: Resource,
    of: Parent,
) -> Result<Answer, Error> {
    // Whether a batch operation of an unknown callout is invalid or unknown depends on what it does.
    if kind != Resource::Batch {
        asked.exists(of)?;
    }
    let params = asked.params().await?;
    let (metadata, call_flow_logic) = (params.metadata(), params.scalar("call_flow_logic"));
    let msisdn = params.scalar("msisdn");
    match kind {
        Resource::Contact => asked.created(Contact, CreateContact { msisdn, metadata }).await,
        Resource::Callout => {
            asked.created(Callout, CreateCallout { metadata, call_flow_logic }).await
        }
        Resource::Population => {
            let filter = params.hash("contact_filter_params").unwrap_or_default();
            asked.created(Population, CreateBatch::population(asked.id, filter, metadata)).await
        }
        Resource::Batch => {
            let batch = CreateBatch {
                kind: params.scalar("type"),
                callout: (of == Parent::Callout).then_some(asked.id),
                parameters: params.hash("parameters").unwrap_or_default(),
                metadata,
            };
            asked.created(Batch, batch).await
        }
        Resource::Participation => {
            let participation = CreateParticipation {
                callout: asked.id,
                contact_id: params.scalar("contact_id"),
                msisdn,
                call_flow_logic,
                metadata,
            };
            asked.created(Participation, participation).await
        }
        Resource::PhoneCall => {
            let call = CreatePhoneCall {
                participation: asked.id,
                remote_request_params: params.hash("remote_request_params"),
                msisdn,
                call_flow_logic,
                metadata,
            };
            asked.created(PhoneCall, call).await
        }
        Resource::RemoteEvent => Err(Error::NotFound),
    }
}

pub(super) async fn contact_data(asked: &RequestContext<'_>) -> Result<Answer, Error> {
    let params = asked.params().await?;
    // The original asks for it before it looks for a contact. (field report, S15)
    if !params.is_present("msisdn") {
        return Err(Error::Missing("msisdn"));
    }
    let data = PutContactData { msisdn: params.scalar("msisdn"), metadata: params.metadata() };
    asked.created(Contact, data).await
}

pub(super) async fn update(asked: &RequestContext<'_>, kind: Resource) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let params = asked.params().await?;
    let (id, metadata) = (asked.id, params.metadata());
    let (msisdn, call_flow_logic) = (params.scalar("msisdn"), params.scalar("call_flow_logic"));
    match kind {
        Resource::Contact => asked.done(UpdateContact { id, msisdn, metadata }).await,
        Resource::Callout => asked.done(UpdateCallout { id, metadata, call_flow_logic }).await,
        Resource::Population => {
            let contact_filter_params = params.hash("contact_filter_params");
            let parameters = None;
            asked.done(UpdateBatch { id, parameters, contact_filter_params, metadata }).await
        }
        Resource::Batch => {
            let parameters = params.hash("parameters");
            let contact_filter_params = None;
            asked.done(UpdateBatch { id, parameters, contact_filter_params, metadata }).await
        }
        Resource::Participation => {
            asked.done(UpdateParticipation { id, msisdn, call_flow_logic, metadata }).await
        }
        Resource::PhoneCall => {
            let remote_request_params = params.hash("remote_request_params");
            let update =
                UpdatePhoneCall { id, remote_request_params, msisdn, call_flow_logic, metadata };
            asked.done(update).await
        }
        Resource::RemoteEvent => asked.done(UpdateRemoteEvent { id, metadata }).await,
    }
}

pub(super) async fn destroy(asked: &RequestContext<'_>, kind: Resource) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let id = asked.id;
    match kind {
        Resource::Contact => asked.done(DeleteContact { id }).await,
        Resource::Callout => asked.done(DeleteCallout { id }).await,
        Resource::Population | Resource::Batch => asked.done(DeleteBatch { id }).await,
        Resource::Participation => asked.done(DeleteParticipation { id }).await,
        Resource::PhoneCall => asked.done(DeletePhoneCall { id }).await,
        Resource::RemoteEvent => Err(Error::NotFound),
    }
}

pub(super) async fn fire(asked: &RequestContext<'_>, kind: Resource) -> Result<Answer, Error> {
    asked.exists(itself(kind))?;
    let (id, event) = (asked.id, asked.params().await?.scalar("event"));
    match kind {
        Resource::Callout => asked.created(Callout, FireCallout { id, event }).await,
        Resource::Population => asked.created(Population, FireBatch { id, event }).await,
        Resource::Batch => asked.created(Batch, FireBatch { id, event }).await,
        Resource::PhoneCall => asked.created(PhoneCall, FirePhoneCall { id, event }).await,
        Resource::Contact | Resource::Participation | Resource::RemoteEvent => Err(Error::NotFound),
    }
}
