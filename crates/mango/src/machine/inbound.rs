//! Calls that somebody dials on a phone: from outside to a line, and by employees.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    Behaviour, CallId, Cdr, Dial, Direction, Facts, HangupCause, LegId, Number, Party, ServiceKind,
    Side, Times,
};

use super::{
    Pbx, Tag,
    live_call::{Initiator, Leg, LiveCall, State, Way},
    orders::Placement,
    tables::{Protocol, Routing},
};
use crate::identity::Location;

/// A call as somebody dials it on a phone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dialled {
    pub(crate) from: Number,
    pub(crate) to: Number,
    pub(crate) line: Option<Number>,
    /// What the caller presses in menus.
    pub(crate) keys: Vec<String>,
    pub(crate) behaviour: Option<Behaviour>,
}

impl Pbx {
    /// Somebody picks up a phone and dials.
    pub(crate) fn somebody_dials(&mut self, now: OffsetDateTime, dialled: Dialled) -> CallId {
        let Dialled { from, to, line, keys, behaviour } = dialled;
        let (from, to) = (self.exchange.party(&from), self.exchange.party(&to));
        let is_line = |number: &Number| self.tables.line_named(number.as_str()).is_some();
        let way = match (from.is_extension(), &to) {
            (false, Party::Outside(number)) if !is_line(number) => Way::Out,
            (false, _) => Way::In,
            (true, to) if !self.is_inside(to) => Way::Out,
            (true, _) => Way::Internal,
        };
        let line = line.or_else(|| match way {
            Way::In if is_line(to.number()) => Some(to.number().clone()),
            // Directly to somebody: by the first line there is.
            Way::In => self.tables.lines.first().map(|line| Number::from(&line.number)),
            Way::Out => {
                let employee = self.tables.employee(from.number().as_str());
                let line = employee.and_then(|employee| self.tables.line(employee.line_id?));
                line.map(|line| Number::from(&line.number))
            }
            Way::Internal => None,
        });
        if way == Way::In
            && let Some(reason) = self.refuses(from.number(), to.number(), line.as_ref())
        {
            return self.refuse(now, from, to, line, reason);
        }
        let from_softphone = self.is_softphone(&from) && !self.is_menu(&to);
        let entry = LiveCall { way, line: line.clone(), from_softphone, ..LiveCall::default() };
        let tag = Tag { way, initiator: Initiator::Nobody };
        let record = self.settings.auto_record;
        let dial = Dial { line, record, behaviour, keys, ..Dial::phone(from, to, tag) };
        self.place(now, Placement { dial, entry })
    }

    /// Returns whether a party is an employee who calls by SIP rather than by a telephone number.
    fn is_softphone(&self, party: &Party) -> bool {
        let employee = self.tables.employee(party.number().as_str());
        let number = employee.and_then(|employee| employee.numbers.iter().find(|number| number.on));
        party.is_extension() && number.is_some_and(|number| number.protocol == Protocol::Sip)
    }

    fn is_menu(&self, party: &Party) -> bool {
        let service = self.exchange.service(party.number().as_str());
        matches!(service, Some(ServiceKind::Menu(_)))
    }

    /// Returns why a call from outside is not let in, if it is not. vendors/mango.md, 17.9
    fn refuses(&self, caller: &Number, to: &Number, line: Option<&Number>) -> Option<u16> {
        let caller = caller.as_str();
        let line = line.map_or("", Number::as_str);
        let on_list = self.tables.refuses_caller(caller, line);
        let digits = caller.trim_start_matches('+');
        let from_there = |region: &String| digits.starts_with(region.trim_start_matches('+'));
        let forbidden = || self.settings.forbidden_regions.iter().any(from_there).then_some(1140);
        let closed = || {
            let line = self.tables.line_named(to.as_str())?;
            match self.tables.schema(line.schema_id)?.routing {
                Routing::Refuse(reason) => Some(reason),
                Routing::Ivr { .. } => None,
            }
        };
        on_list.or_else(forbidden).or_else(closed)
    }

    /// A call that is not let in: it is over as it appears.
    fn refuse(
        &mut self,
        now: OffsetDateTime,
        from: Party,
        to: Party,
        line: Option<Number>,
        reason: u16,
    ) -> CallId {
        let way = Way::In;
        let facts = Facts {
            direction: Direction::Inbound,
            cause: HangupCause::CallRejected,
            hung_up_by: None,
            from: from.number().clone(),
            to: to.number().clone(),
            extension: None,
            line: line.clone(),
        };
        let times = Times { created_at: now, ringing_at: None, answered_at: None, ended_at: now };
        let tag = Tag { way, initiator: Initiator::Nobody };
        let id = self.exchange.record(|id| Cdr::new(id, facts, times, &[], tag));
        let no = self.next_leg;
        self.next_leg = no.next();
        let leg = Leg {
            no,
            of: LegId(0),
            from_side: Side::A,
            location: Location::Ivr,
            state: State::Appeared,
            seq: 0,
            from: self.end_of(&from),
            to: self.end_of(&to),
            taken_from: None,
            acd_group: None,
            transfer: None,
            consulted: false,
            joined: None,
            command_id: None,
            is_first_half: false,
            by_command: false,
            start: now,
            answer: None,
            finish: None,
            held_since: None,
            held_seconds: 0,
            reason: 0,
            recordings: Vec::new(),
            packets: 0,
        };
        let mut entry = LiveCall { way, line, legs: vec![leg], ..LiveCall::default() };
        self.notify_leg(now, id, &mut entry, 0, State::Appeared);
        self.disconnect(now, id, &mut entry, 0, reason);
        self.keep(id, &entry);
        self.summarise(now, id, &entry);
        id
    }
}
