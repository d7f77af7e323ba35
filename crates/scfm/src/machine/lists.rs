//! Lists: all records of a kind, or those of one parent.

use std::borrow::Cow;

use ringback_engine::OffsetDateTime;
use roaring::RoaringBitmap;

use super::{
    BatchKind, Platform,
    batches::Batch,
    faults::Refused,
    index::{Field, Key, Postings},
    kind::{Parent, Resource},
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
        kind: Resource,
        of: Parent,
        id: u32,
        params: &Object,
    ) -> Result<Selection<'_>, Refused> {
        self.parent(of, id)?;
        match kind {
            Resource::Contact => {
                let within = self.contacts_of(now, of, id)?;
                self.found(&self.contacts, within, params, Self::contact_conditions)
            }
            Resource::Callout => {
                let of_contact = (of == Parent::Contact).then(|| self.callouts_of_contact(id));
                let within = of_contact.into_iter().collect();
                self.found(&self.callouts, within, params, Self::callout_conditions)
            }
            Resource::Population => {
                let within =
                    if of == Parent::Callout { key(Field::Callout, id) } else { Vec::new() };
                self.found(&self.batches, within, params, Self::population_conditions)
            }
            Resource::Batch => {
                let within =
                    if of == Parent::Callout { key(Field::Callout, id) } else { Vec::new() };
                self.found(&self.batches, within, params, Self::batch_conditions)
            }
            Resource::Participation => {
                let within = self.participations_of(now, of, id)?;
                self.found(&self.participations, within, params, Self::participation_conditions)
            }
            Resource::PhoneCall => {
                let within = self.phone_calls_of(now, of, id)?;
                self.found(&self.phone_calls, within, params, Self::phone_call_conditions)
            }
            Resource::RemoteEvent => {
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
    pub(crate) fn parent(&self, of: Parent, id: u32) -> Result<(), Refused> {
        let exists = match of {
            Parent::All => true,
            Parent::Contact => self.contacts.get(id).is_some(),
            Parent::Callout => self.callouts.get(id).is_some(),
            Parent::Population | Parent::PopulationPreview => {
                self.batches.get(id).is_some_and(Batch::is_population)
            }
            Parent::Participation => self.participations.get(id).is_some(),
            Parent::PhoneCall => self.phone_calls.get(id).is_some(),
            Parent::RemoteEvent => self.events.get(id).is_some(),
            Parent::Batch | Parent::BatchPreview => self.batches.get(id).is_some(),
        };
        if exists { Ok(()) } else { Err(Refused::NotFound) }
    }

    fn batch(&self, of: Parent, id: u32, listed: Resource) -> Result<&Batch, Refused> {
        let preview = matches!(of, Parent::BatchPreview | Parent::PopulationPreview);
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
        of: Parent,
        id: u32,
    ) -> Result<Vec<Condition<R>>, Refused> {
        let ids = match of {
            Parent::Callout => self.set(Key::id(Field::ContactsOfCallout, id)).into_owned(),
            Parent::Population => self.set(Key::id(Field::ContactsOfPopulation, id)).into_owned(),
            Parent::PopulationPreview | Parent::BatchPreview => {
                let batch = self.batch(of, id, Resource::Contact)?;
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
            Parent::Batch => match self.batch(of, id, Resource::Contact)?.kind {
                BatchKind::CalloutPopulation => {
                    self.set(Key::id(Field::ContactsOfPopulation, id)).into_owned()
                }
                BatchKind::PhoneCallCreate
                | BatchKind::PhoneCallQueue
                | BatchKind::PhoneCallQueueRemoteFetch => {
                    self.of_calls(id, |call| Some(call.contact))
                }
            },
            Parent::All
            | Parent::Contact
            | Parent::Participation
            | Parent::PhoneCall
            | Parent::RemoteEvent => {
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
        of: Parent,
        id: u32,
    ) -> Result<Vec<Condition<Participation>>, Refused> {
        Ok(match of {
            Parent::Contact => key(Field::Contact, id),
            Parent::Callout => key(Field::Callout, id),
            Parent::Population => key(Field::Population, id),
            Parent::Batch => match self.batch(of, id, Resource::Participation)?.kind {
                BatchKind::CalloutPopulation => key(Field::Population, id),
                BatchKind::PhoneCallCreate
                | BatchKind::PhoneCallQueue
                | BatchKind::PhoneCallQueueRemoteFetch => {
                    vec![Condition::Among(self.of_calls(id, |call| call.participation))]
                }
            },
            Parent::BatchPreview => {
                let batch = self.batch(of, id, Resource::Participation)?;
                vec![Condition::Among(self.preview(now, batch))]
            }
            Parent::All
            | Parent::PopulationPreview
            | Parent::Participation
            | Parent::PhoneCall
            | Parent::RemoteEvent => Vec::new(),
        })
    }

    fn phone_calls_of(
        &self,
        now: OffsetDateTime,
        of: Parent,
        id: u32,
    ) -> Result<Vec<Condition<PhoneCall>>, Refused> {
        Ok(match of {
            Parent::Contact => key(Field::Contact, id),
            Parent::Callout => key(Field::Callout, id),
            Parent::Participation => key(Field::Participation, id),
            Parent::Batch => match self.batch(of, id, Resource::PhoneCall)?.kind {
                BatchKind::PhoneCallCreate => key(Field::CreateBatch, id),
                BatchKind::PhoneCallQueue => key(Field::QueueBatch, id),
                BatchKind::PhoneCallQueueRemoteFetch | BatchKind::CalloutPopulation => {
                    key(Field::FetchBatch, id)
                }
            },
            Parent::BatchPreview => {
                let batch = self.batch(of, id, Resource::PhoneCall)?;
                vec![Condition::Among(self.preview(now, batch))]
            }
            Parent::All
            | Parent::Population
            | Parent::PopulationPreview
            | Parent::PhoneCall
            | Parent::RemoteEvent => Vec::new(),
        })
    }

    fn events_of(&self, of: Parent, id: u32) -> Vec<Condition<RemoteEvent>> {
        let of_calls = |field: Field| {
            let calls = self.phone_calls.ids(Key::id(field, id));
            vec![Condition::Any(calls.map(|call| Key::id(Field::PhoneCall, call)).collect())]
        };
        match of {
            Parent::PhoneCall => key(Field::PhoneCall, id),
            Parent::Callout => key(Field::Callout, id),
            Parent::Participation => of_calls(Field::Participation),
            Parent::Contact => of_calls(Field::Contact),
            Parent::All
            | Parent::Population
            | Parent::PopulationPreview
            | Parent::RemoteEvent
            | Parent::Batch
            | Parent::BatchPreview => Vec::new(),
        }
    }
}
