//! Lists: all records of a kind, or those of one parent.

use std::borrow::Cow;

use ringback_engine::OffsetDateTime;
use roaring::RoaringBitmap;

use super::{
    BatchKind, Platform,
    batches::Batch,
    faults::Refused,
    index::{Field, Key, Postings},
    kind::{Kind, Of},
    participations::Participation,
    phone_call::PhoneCall,
    remote_events::RemoteEvent,
    table::{Condition, Row, Selection, Table, column},
};
use crate::json::Object;

fn key<R>(field: Field, id: u32) -> Vec<Condition<R>> {
    vec![Condition::Has(Key::id(field, id))]
}

impl Platform {
    /// Returns the records of a list that meet the request's filters.
    pub(crate) fn list(
        &self,
        now: OffsetDateTime,
        kind: Kind,
        of: Of,
        id: u32,
        params: &Object,
    ) -> Result<Selection<'_>, Refused> {
        self.parent(of, id)?;
        match kind {
            Kind::Contact => {
                let within = self.contacts_of(now, of, id)?;
                self.found(&self.contacts, within, params, Self::contact_conditions)
            }
            Kind::Callout => {
                let of_contact = (of == Of::Contact).then(|| self.callouts_of_contact(id));
                let within = of_contact.into_iter().collect();
                self.found(&self.callouts, within, params, Self::callout_conditions)
            }
            Kind::Population => {
                let within = if of == Of::Callout { key(Field::Callout, id) } else { Vec::new() };
                self.found(&self.batches, within, params, Self::population_conditions)
            }
            Kind::Batch => {
                let within = if of == Of::Callout { key(Field::Callout, id) } else { Vec::new() };
                self.found(&self.batches, within, params, Self::batch_conditions)
            }
            Kind::Participation => {
                let within = self.participations_of(now, of, id)?;
                self.found(&self.participations, within, params, Self::participation_conditions)
            }
            Kind::PhoneCall => {
                let within = self.phone_calls_of(now, of, id)?;
                self.found(&self.phone_calls, within, params, Self::phone_call_conditions)
            }
            Kind::RemoteEvent => {
                let within = self.events_of(of, id);
                self.found(&self.events, within, params, Self::event_conditions)
            }
        }
    }

    fn found<'a, R: Row>(
        &self,
        table: &'a Table<R>,
        mut within: Vec<Condition<R>>,
        params: &Object,
        conditions: impl Fn(&Self, &Object, bool) -> Vec<Condition<R>>,
    ) -> Result<Selection<'a>, Refused> {
        within.extend(self.both(params, conditions));
        Ok(table.select(&within))
    }

    /// Refuses a parent that does not exist.
    pub(crate) fn parent(&self, of: Of, id: u32) -> Result<(), Refused> {
        let exists = match of {
            Of::All => true,
            Of::Contact => self.contacts.get(id).is_some(),
            Of::Callout => self.callouts.get(id).is_some(),
            Of::Population | Of::PopulationPreview => {
                self.batches.get(id).is_some_and(Batch::is_population)
            }
            Of::Participation => self.participations.get(id).is_some(),
            Of::PhoneCall => self.phone_calls.get(id).is_some(),
            Of::RemoteEvent => self.events.get(id).is_some(),
            Of::Batch | Of::BatchPreview => self.batches.get(id).is_some(),
        };
        if exists { Ok(()) } else { Err(Refused::NotFound) }
    }

    fn batch(&self, of: Of, id: u32, listed: Kind) -> Result<&Batch, Refused> {
        let preview = matches!(of, Of::BatchPreview | Of::PopulationPreview);
        let shows = |batch: &&Batch| Self::shows(batch.kind, listed, preview);
        self.batches.get(id).filter(shows).ok_or(Refused::NotFound)
    }

    fn set<'a>(&'a self, key: Key) -> Cow<'a, RoaringBitmap> {
        match self.participations.postings(key) {
            Some(Postings::Many(many)) => Cow::Borrowed(many.as_ref()),
            Some(few) => Cow::Owned(few.ids().collect()),
            None => Cow::Owned(RoaringBitmap::new()),
        }
    }

    fn contacts_of<R>(
        &self,
        now: OffsetDateTime,
        of: Of,
        id: u32,
    ) -> Result<Vec<Condition<R>>, Refused> {
        let ids = match of {
            Of::Callout => self.set(Key::id(Field::ContactsOfCallout, id)).into_owned(),
            Of::Population => self.set(Key::id(Field::ContactsOfPopulation, id)).into_owned(),
            Of::PopulationPreview | Of::BatchPreview => {
                let batch = self.batch(of, id, Kind::Contact)?;
                let preview = self.preview(now, batch);
                match batch.kind {
                    BatchKind::CalloutPopulation => preview,
                    BatchKind::PhoneCallCreate
                    | BatchKind::PhoneCallQueue
                    | BatchKind::PhoneCallQueueRemoteFetch => {
                        column(&self.participations, &preview, |row| row.contact)
                    }
                }
            }
            Of::Batch => match self.batch(of, id, Kind::Contact)?.kind {
                BatchKind::CalloutPopulation => {
                    self.set(Key::id(Field::ContactsOfPopulation, id)).into_owned()
                }
                BatchKind::PhoneCallCreate
                | BatchKind::PhoneCallQueue
                | BatchKind::PhoneCallQueueRemoteFetch => {
                    self.of_calls(id, |call| Some(call.contact))
                }
            },
            Of::All | Of::Contact | Of::Participation | Of::PhoneCall | Of::RemoteEvent => {
                return Ok(Vec::new());
            }
        };
        Ok(vec![Condition::Among(ids)])
    }

    fn callouts_of_contact<R>(&self, contact: u32) -> Condition<R> {
        let rows = self.participations.ids(Key::id(Field::Contact, contact));
        let callouts = rows.filter_map(|id| self.participations.get(id)).map(|row| row.callout);
        Condition::Among(callouts.collect())
    }

    fn participations_of(
        &self,
        now: OffsetDateTime,
        of: Of,
        id: u32,
    ) -> Result<Vec<Condition<Participation>>, Refused> {
        Ok(match of {
            Of::Contact => key(Field::Contact, id),
            Of::Callout => key(Field::Callout, id),
            Of::Population => key(Field::Population, id),
            Of::Batch => match self.batch(of, id, Kind::Participation)?.kind {
                BatchKind::CalloutPopulation => key(Field::Population, id),
                BatchKind::PhoneCallCreate
                | BatchKind::PhoneCallQueue
                | BatchKind::PhoneCallQueueRemoteFetch => {
                    vec![Condition::Among(self.of_calls(id, |call| call.participation))]
                }
            },
            Of::BatchPreview => {
                let batch = self.batch(of, id, Kind::Participation)?;
                vec![Condition::Among(self.preview(now, batch))]
            }
            Of::All
            | Of::PopulationPreview
            | Of::Participation
            | Of::PhoneCall
            | Of::RemoteEvent => Vec::new(),
        })
    }

    fn phone_calls_of(
        &self,
        now: OffsetDateTime,
        of: Of,
        id: u32,
    ) -> Result<Vec<Condition<PhoneCall>>, Refused> {
        Ok(match of {
            Of::Contact => key(Field::Contact, id),
            Of::Callout => key(Field::Callout, id),
            Of::Participation => key(Field::Participation, id),
            Of::Batch => match self.batch(of, id, Kind::PhoneCall)?.kind {
                BatchKind::PhoneCallCreate => key(Field::CreateBatch, id),
                BatchKind::PhoneCallQueue => key(Field::QueueBatch, id),
                BatchKind::PhoneCallQueueRemoteFetch | BatchKind::CalloutPopulation => {
                    key(Field::FetchBatch, id)
                }
            },
            Of::BatchPreview => {
                let batch = self.batch(of, id, Kind::PhoneCall)?;
                vec![Condition::Among(self.preview(now, batch))]
            }
            Of::All | Of::Population | Of::PopulationPreview | Of::PhoneCall | Of::RemoteEvent => {
                Vec::new()
            }
        })
    }

    fn events_of(&self, of: Of, id: u32) -> Vec<Condition<RemoteEvent>> {
        let of_calls = |field: Field| {
            let calls = self.phone_calls.ids(Key::id(field, id));
            vec![Condition::Any(calls.map(|call| Key::id(Field::PhoneCall, call)).collect())]
        };
        match of {
            Of::PhoneCall => key(Field::PhoneCall, id),
            Of::Callout => key(Field::Callout, id),
            Of::Participation => of_calls(Field::Participation),
            Of::Contact => of_calls(Field::Contact),
            Of::All
            | Of::Population
            | Of::PopulationPreview
            | Of::RemoteEvent
            | Of::Batch
            | Of::BatchPreview => Vec::new(),
        }
    }
}
