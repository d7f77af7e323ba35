//! What the control API needs of this world.

use ringback_exchange::{CallId, Random};
use ringback_mock::{Outbox, World};
use serde::Serialize;
use serde_json::Value;

use super::{Operate, Pbx, tag};

impl World for Pbx {
    type Control = Operate;

    fn reseed(&mut self, seed: u64) {
        *self.exchange.random() = Random::new(seed);
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    fn calls(&self, limit: usize) -> Value {
        let live = self.exchange.calls().map(|call| call.id);
        let over = self.exchange.history().iter().rev().map(|cdr| cdr.id);
        live.chain(over).take(limit).filter_map(|id| self.view_call(id)).collect()
    }

    fn call(&self, id: &str) -> Option<Value> {
        let by_uuid = || {
            let over = || self.record(id).map(|record| record.cdr().id);
            self.live(id).map(|call| call.id).or_else(over)
        };
        self.view_call(id.parse().map(CallId).ok().or_else(by_uuid)?)
    }

    fn extensions(&self) -> Value {
        shown(&self.exchange.extensions().collect::<Vec<_>>())
    }

    fn behaviours(&self) -> Value {
        shown(&self.exchange.rules())
    }
}

/// Everything the control API shows has a JSON form.
fn shown(what: &impl Serialize) -> Value {
    serde_json::to_value(what).unwrap_or_default()
}

impl Pbx {
    /// Shows a call with the ids that the vendor's clients know it by.
    pub(super) fn view_call(&self, id: CallId) -> Option<Value> {
        let mut view = shown(&self.exchange.show(id)?);
        let live = self.exchange.call(id).map(|call| &call.tag);
        let tag = live.or_else(|| self.exchange.history().get(id).map(|cdr| &cdr.tag))?;
        if let Some(fields) = view.as_object_mut() {
            // A ring group, a queue or a menu is inside for this vendor.
            fields.insert("direction".to_owned(), shown(&tag.direction));
            fields.insert("call_id".to_owned(), shown(&tag.uuid));
            fields.insert("sip_call_id".to_owned(), shown(&tag.sip_call_id()));
            let legs = fields.get_mut("legs").and_then(Value::as_array_mut);
            for (leg, shown_leg) in
                (0..).map(ringback_exchange::LegId).zip(legs.into_iter().flatten())
            {
                if let Some(fields) = shown_leg.as_object_mut() {
                    // A ring group, a queue or a menu is inside for this vendor.
                    fields.insert("direction".to_owned(), shown(&tag.direction));
                    fields.insert("call_id".to_owned(), shown(&tag::of_leg(tag.uuid, leg)));
                }
            }
        }
        Some(view)
    }
}
