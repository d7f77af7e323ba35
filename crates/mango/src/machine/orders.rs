//! Calls ordered by the API: one party is rung first, then the other.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Dial, Number, Party};

use super::{
    Pbx, Tag,
    live_call::{Initiator, LiveCall, Way},
    tables::number,
};
use crate::Refused;

/// An order to connect an employee with somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) extension: String,
    /// The one of the employee's numbers to ring; the first that is on when absent.
    pub(crate) number: Option<String>,
    pub(crate) to: String,
    pub(crate) line: Option<String>,
    pub(crate) command_id: Option<String>,
}

/// An order to connect a group with somebody; either is rung first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupCallback {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) line: Option<String>,
    pub(crate) command_id: Option<String>,
}

/// What is known of a call besides who is in it.
pub(super) struct Placement {
    pub(super) dial: Dial<Tag>,
    pub(super) entry: LiveCall,
}

impl Pbx {
    /// Rings the employee, then the other party.
    pub(crate) fn callback(
        &mut self,
        now: OffsetDateTime,
        order: Callback,
    ) -> Result<CallId, Refused> {
        let Callback { extension, number, to, line, command_id } = order;
        if self.exchange.extension(&extension).is_none() {
            return Err(Refused::unusable("from.extension", 3330));
        }
        if let Some(number) = &number
            && self.exchange.extension(number).is_some()
        {
            // It may be SIP, FMC or PSTN, but no extension. vendors/mango.md, 6.1
            return Err(Refused::unusable("from.number", 3200));
        }
        if to == extension {
            return Err(Refused::unusable("to_number", 3200));
        }
        let own_line = self.tables.employee(&extension).and_then(|employee| employee.line_id);
        let line = self.line(line.as_deref(), own_line)?;
        let from = Party::Extension(extension.into());
        let to = self.dialled("to_number", &to)?;
        let way = if self.is_inside(&to) { Way::Internal } else { Way::Out };
        let entry =
            LiveCall { first_number: number, ..LiveCall::ordered(way, command_id, line.clone()) };
        Ok(self.place(now, self.click(from, to, line, entry)))
    }

    /// Rings a group and somebody, in the order given.
    pub(crate) fn group_callback(
        &mut self,
        now: OffsetDateTime,
        order: GroupCallback,
    ) -> Result<CallId, Refused> {
        let GroupCallback { from, to, line, command_id } = order;
        let group = [&from, &to].into_iter().find_map(|number| self.tables.group(number));
        let group = group.ok_or_else(|| Refused::unusable("from", 3330))?;
        if from == to {
            return Err(Refused::unusable("to", 3200));
        }
        // The manual requires a line, and clients leave it out. vendors/mango.md, 6.2
        let own_line = group.line_id;
        let line = self.line(line.as_deref(), own_line)?;
        let (from, to) = (self.dialled("from", &from)?, self.dialled("to", &to)?);
        let inside = [&from, &to].into_iter().all(|party| self.is_inside(party));
        let way = if inside { Way::Internal } else { Way::Out };
        let entry = LiveCall::ordered(way, command_id, line.clone());
        Ok(self.place(now, self.click(from, to, line, entry)))
    }

    /// Returns whether a party is an employee, a group or a line of this exchange.
    pub(super) fn is_inside(&self, party: &Party) -> bool {
        match party {
            Party::Extension(_) | Party::Service(_) => true,
            // A line whose scheme refuses calls is no service.
            Party::Outside(number) => self.tables.line_named(number.as_str()).is_some(),
        }
    }

    /// Takes a dialled number for who it is; one outside has to be a telephone number or a SIP
    /// address.
    pub(super) fn dialled(&self, name: &str, number: &str) -> Result<Party, Refused> {
        match self.exchange.party(&number.into()) {
            Party::Outside(_) if number::is_telephone(number) => {
                Ok(Party::Outside(number::digits(number).into()))
            }
            Party::Outside(number) if !number.as_str().starts_with("sip:") => {
                Err(Refused::field(3136, name, 3136))
            }
            party @ (Party::Extension(_) | Party::Outside(_) | Party::Service(_)) => Ok(party),
        }
    }

    /// Returns the line that was named, or else one's own.
    fn line(&self, named: Option<&str>, own: Option<u64>) -> Result<Option<Number>, Refused> {
        let line = match named {
            Some(name) => {
                let line = self.tables.line_named(name);
                Some(line.ok_or_else(|| Refused::unusable("line_number", 3300))?)
            }
            None => own.and_then(|own| self.tables.line(own)),
        };
        Ok(line.map(|line| Number::from(&line.number)))
    }

    fn click(&self, from: Party, to: Party, line: Option<Number>, entry: LiveCall) -> Placement {
        let tag = Tag { way: entry.way, initiator: entry.initiator };
        let record = self.settings.auto_record;
        Placement { dial: Dial { line, record, ..Dial::click(from, to, tag) }, entry }
    }

    /// Places a call of which clients hear.
    pub(super) fn place(&mut self, now: OffsetDateTime, placement: Placement) -> CallId {
        let Placement { dial, entry } = placement;
        let id = self.exchange.dial(now, dial);
        self.entries.insert(id, entry);
        id
    }
}

impl LiveCall {
    fn ordered(way: Way, command_id: Option<String>, line: Option<Number>) -> Self {
        Self { way, command_id, line, initiator: Initiator::Api, ..Self::default() }
    }
}
