//! What the control API needs of this world.

use ringback_exchange::{CallId, Random};
use ringback_mock::{Outbox, World};
use serde_json::{Value, json};

use super::{Operate, Platform};

impl World for Platform {
    type Control = Operate;

    fn reseed(&mut self, seed: u64) {
        *self.exchange.random() = Random::new(seed);
        let drawn = self.exchange.random().uuid().to_string();
        self.account_sid = self.settings.provider.account_sid.clone().unwrap_or(drawn);
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    fn calls(&self, limit: usize) -> Value {
        self.exchange.show_all(limit).into_iter().map(|call| json!(call)).collect()
    }

    fn call(&self, id: &str) -> Option<Value> {
        let id = match id.parse() {
            Ok(number) => CallId(number),
            // The provider's own id of a call.
            Err(_) => {
                let phone_call = self.call_of_sid(id)?;
                let live = self.exchange.calls().rev();
                let live = live.map(|call| (call.id, call.tag));
                let over = self.exchange.history().iter().rev().map(|cdr| (cdr.id, cdr.tag));
                live.chain(over).find(|(_, tag)| tag.phone_call == phone_call)?.0
            }
        };
        self.exchange.show(id).map(|call| json!(call))
    }

    fn extensions(&self) -> Value {
        self.exchange.extensions().map(|extension| json!(extension)).collect()
    }

    fn behaviours(&self) -> Value {
        json!(self.exchange.rules())
    }
}
