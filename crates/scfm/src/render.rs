//! Records as the wire shows them, field by field.

use crate::{
    Micros, Msisdn,
    json::{Document, write_text},
    machine::{
        Batch, CONTACT_FILTER, Callout, Contact, Found, Participation, PhoneCall, Platform,
        RemoteEvent, Resource, Statistics, details, queue_response,
    },
    settings::APPLICATION,
};

/// An object being written.
struct Fields<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Fields<'a> {
    fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    fn name(&mut self, name: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    fn number(&mut self, name: &str, number: impl Into<Option<u32>>) {
        let number = number.into();
        let out = self.name(name);
        match number {
            Some(number) => out.push_str(itoa::Buffer::new().format(number)),
            None => out.push_str("null"),
        }
    }

    fn msisdn(&mut self, msisdn: Msisdn) {
        let out = self.name("msisdn");
        out.push_str("\"+");
        out.push_str(itoa::Buffer::new().format(msisdn.digits()));
        out.push('"');
    }

    fn text(&mut self, name: &str, text: Option<&str>) {
        let out = self.name(name);
        match text {
            Some(text) => write_text(text, out),
            None => out.push_str("null"),
        }
    }

    fn raw(&mut self, name: &str, document: &Document) {
        self.name(name).push_str(document.as_str());
    }

    fn time(&mut self, name: &str, at: Option<Micros>) {
        let out = self.name(name);
        match at {
            Some(at) => {
                out.push('"');
                at.write(out);
                out.push('"');
            }
            None => out.push_str("null"),
        }
    }

    fn times(&mut self, created_at: Micros, updated_at: Micros) {
        self.time("created_at", Some(created_at));
        self.time("updated_at", Some(updated_at));
    }

    fn end(self) {
        self.out.push('}');
    }
}

/// Writes one record; returns whether there is one.
pub(crate) fn record(platform: &Platform, kind: Resource, id: u32, out: &mut String) -> bool {
    match kind {
        Resource::Contact => platform.contacts.find(id).map(|found| contact(&found, out)),
        Resource::Callout => platform.callouts.find(id).map(|found| callout(&found, out)),
        Resource::Population => {
            let found = platform.batches.find(id).filter(|found| found.row.is_population());
            found.map(|found| population(&found, out))
        }
        Resource::Batch => platform.batches.find(id).map(|found| batch(&found, out)),
        Resource::Participation => {
            platform.participations.find(id).map(|found| participation(platform, &found, out))
        }
        Resource::PhoneCall => {
            platform.phone_calls.find(id).map(|found| phone_call(platform, &found, out))
        }
        Resource::RemoteEvent => platform.events.find(id).map(|found| event(platform, &found, out)),
    }
    .is_some()
}

fn contact(found: &Found<'_, Contact>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.msisdn(row.msisdn);
    fields.raw("metadata", &row.metadata);
    fields.times(created_at, row.updated_at);
    fields.end();
}

fn callout(found: &Found<'_, Callout>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.text("status", Some(row.status.as_str()));
    // The seed's callouts have no such field.
    if let Some(logic) = &row.call_flow_logic {
        fields.text("call_flow_logic", Some(logic));
    }
    fields.raw("metadata", &row.metadata);
    fields.times(created_at, row.updated_at);
    fields.end();
}

fn population(found: &Found<'_, Batch>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.number("callout_id", row.callout);
    fields.raw("contact_filter_params", &Document::from(&row.object(CONTACT_FILTER)));
    fields.raw("metadata", &row.metadata);
    fields.text("status", Some(row.status.of_population()));
    fields.times(created_at, row.updated_at);
    fields.end();
}

fn batch(found: &Found<'_, Batch>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.number("callout_id", row.callout);
    fields.raw("parameters", &row.parameters);
    fields.raw("metadata", &row.metadata);
    fields.text("status", Some(row.status.as_str()));
    fields.times(created_at, row.updated_at);
    fields.text("type", Some(row.kind.as_str()));
    fields.end();
}

fn participation(platform: &Platform, found: &Found<'_, Participation>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.number("callout_id", row.callout);
    fields.number("contact_id", row.contact);
    fields.number("callout_population_id", row.population);
    fields.msisdn(row.msisdn);
    fields.text("call_flow_logic", platform.logic_of_participation(row));
    fields.raw("metadata", &row.metadata);
    fields.times(created_at, row.updated_at);
    fields.end();
}

fn phone_call(platform: &Platform, found: &Found<'_, PhoneCall>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.number("callout_participation_id", row.participation);
    fields.number("contact_id", row.contact);
    fields.number("create_batch_operation_id", row.create_batch);
    fields.number("queue_batch_operation_id", row.queue_batch);
    fields.number("queue_remote_fetch_batch_operation_id", row.fetch_batch);
    fields.text("status", Some(row.status.as_str()));
    fields.msisdn(row.msisdn);
    fields.text("remote_call_id", row.remote_call_id.as_deref());
    fields.text("remote_status", row.remote_status.as_deref());
    fields.text("remote_direction", row.remote_direction.as_deref());
    fields.text("remote_error_message", row.remote_error_message.as_deref());
    fields.raw("metadata", &row.metadata);
    fields.raw("remote_response", &row.remote_response);
    fields.raw("remote_request_params", &row.remote_request_params);
    fields.raw("remote_queue_response", &queue_response(platform.account_sid(), row));
    fields.text("call_flow_logic", platform.logic_of_call(row));
    fields.time("remotely_queued_at", row.remotely_queued_at);
    // Of 2018; the samples before have no such field.
    if let Some(seconds) = row.duration {
        fields.number("duration", seconds);
    }
    fields.times(created_at, row.updated_at);
    fields.end();
}

fn event(platform: &Platform, found: &Found<'_, RemoteEvent>, out: &mut String) {
    let Found { id, created_at, row } = *found;
    let call = platform.phone_calls.get(row.phone_call);
    let sid =
        row.remote_call_id.as_deref().or(call.and_then(|call| call.remote_call_id.as_deref()));
    let direction = call.and_then(|call| call.remote_direction.as_deref());
    let mut fields = Fields::begin(out);
    fields.number("id", id);
    fields.number("phone_call_id", row.phone_call);
    fields.raw("details", &Document::from(&details(platform, row)));
    fields.raw("metadata", &row.metadata);
    fields.text("remote_call_id", sid);
    fields.text("remote_direction", row.remote_direction.as_deref().or(direction));
    fields.text("call_flow_logic", Some(row.call_flow_logic.as_deref().unwrap_or(APPLICATION)));
    fields.times(created_at, row.updated_at);
    fields.end();
}

/// Writes the figures of a callout.
pub(crate) fn statistics(figures: &Statistics) -> String {
    let mut out = String::new();
    let mut fields = Fields::begin(&mut out);
    fields.text("callout_status", Some(figures.status.as_str()));
    for (name, figure) in figures.figures() {
        fields.name(name).push_str(&figure.to_string());
    }
    fields.end();
    out
}
