//! The world on top of the machine: its commands, and what the control API needs of it.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Dial, Exchange, CdrInput};
use ringback_mock::{ControlRefused, NoControl, PhoneCall, World};

use crate::machine::Pbx;

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {}
}

impl World for Pbx {
    type Tag = ();
    type Own = NoControl;

    fn exchange(&self) -> &Exchange<()> {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange<()> {
        &mut self.exchange
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, to, line, keys, behaviour, .. } = call;
        let (from, to) = (self.exchange.party(&from), self.exchange.party(&to));
        Ok(self.exchange.dial(now, Dial { line, keys, behaviour, ..Dial::phone(from, to, ()) }))
    }

    fn check_record(&self, _record: &CdrInput) -> Result<(), ControlRefused> {
        Ok(())
    }

    fn add_record(&mut self, record: &CdrInput) {
        let draft = record.draft(&self.exchange, None);
        self.exchange.record(|id| draft.cdr(id, true, ()));
    }
}
