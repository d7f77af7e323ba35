//! The exchange seen from outside, by topic; this file holds what the topics share.

mod consulting;
mod controls;
mod dialling;
mod faults;
mod generated;
mod heard;
mod lasting;
mod looking_up;
mod magic_numbers;
mod parking;
mod recording;
mod serving;
mod snapshots;
mod supervising;
mod times;
mod transferring;

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime, macros::datetime};

use super::{CallRefused, Dial, Exchange};
use crate::{
    Behaviour, CallId, CallView, Cdr, Control, Distribution, Event, EventKind, Extension, Group,
    LegId, LegName, Menu, Number, Origin, Party, Profile, Queue, RingStrategy, Service,
    ServiceKind, Side, Supervision, Unavailable,
};

const START: OffsetDateTime = datetime!(2026-03-04 09:15:20 UTC);
const MOBILE: &str = "0901234567";

/// An exchange with the clock in hand, checked after whatever happens to it.
///
/// Extensions 101 to 105 pick up after 1 s and talk for 5 s, outside numbers after 2 s and for 5 s.
struct Desk {
    exchange: Exchange<()>,
    now: OffsetDateTime,
    events: Vec<Event>,
}

impl Desk {
    fn new() -> Self {
        let mut exchange = Exchange::new(7, Profile::default());
        for number in ["101", "102", "103", "104", "105"] {
            exchange.set_extension(Extension::new(number));
        }
        Self { exchange, now: START, events: Vec::new() }
    }

    /// An exchange with a ring group 200 (101, 102), a queue 300 (103, 104), and a menu 400 in which 1
    /// leads to the group, 2 to the queue, and no key to 105; from there 106 asks the group in turn.
    fn with_services() -> Self {
        let mut desk = Self::new();
        let group = |members: [&str; 2]| Group::of(members.map(Number::from));
        let keys = BTreeMap::from([("1".to_owned(), "200".into()), ("2".to_owned(), "300".into())]);
        let menu = Menu { greeting: Distribution::Fixed(4.0), keys, otherwise: Some("105".into()) };
        let in_turn = Group { strategy: RingStrategy::InTurn, ..group(["101", "102"]) };
        for (number, kind) in [
            ("200", ServiceKind::RingGroup(group(["101", "102"]))),
            ("201", ServiceKind::RingGroup(in_turn)),
            ("300", ServiceKind::Queue(Queue::of(group(["103", "104"])))),
            ("400", ServiceKind::Menu(menu)),
        ] {
            desk.exchange.set_service(Service { number: number.into(), kind });
        }
        desk
    }

    /// Somebody dials on a phone.
    fn dial(&mut self, from: &str, to: &str) -> CallId {
        self.place(from, to, Origin::Phone, None)
    }

    /// Somebody orders a call by the API.
    fn click(&mut self, from: &str, to: &str) -> CallId {
        self.place(from, to, Origin::Click, None)
    }

    fn place(
        &mut self,
        from: &str,
        to: &str,
        origin: Origin,
        behaviour: Option<Behaviour>,
    ) -> CallId {
        let party = |number: &str| self.exchange.party(&number.into());
        let (from, to) = (party(from), party(to));
        let dial = Dial {
            from,
            to,
            origin,
            line: None,
            record: true,
            behaviour,
            keys: Vec::new(),
            tag: (),
        };
        let id = self.exchange.dial(self.now, dial);
        self.settle();
        id
    }

    /// A call whose two sides talk since this moment, until somebody ends it.
    fn talking(&mut self, from: &str, to: &str) -> CallId {
        let id = self.dial(from, to);
        self.exchange.take_over(id, LegId(1)).unwrap();
        self.settle();
        self.does(Control::Answer { call: id, leg: None });
        id
    }

    fn pass(&mut self, length: Duration) {
        self.now += length;
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(event) = self.exchange.step(self.now) {
            self.events.push(event);
        }
        self.exchange.verify().unwrap();
    }

    fn tries(&mut self, control: Control) -> Result<Option<CallId>, CallRefused> {
        let before = self.exchange.clone();
        let done = self.exchange.control(self.now, control);
        if done.is_err() {
            assert!(self.exchange == before, "a refusal changed something");
        }
        self.settle();
        done
    }

    fn does(&mut self, control: Control) {
        self.tries(control).unwrap();
    }

    fn transfer(&mut self, call: CallId, moved: Side, to: &str) -> Result<(), CallRefused> {
        self.tries(Control::Transfer { call, moved, to: to.into(), or_return: false }).map(|_| ())
    }

    fn park(&mut self, call: CallId, cut: Side) -> Result<(), CallRefused> {
        self.tries(Control::Park { call, cut, seconds: None }).map(|_| ())
    }

    fn supervise(
        &mut self,
        call: CallId,
        extension: &str,
        supervision: Supervision,
    ) -> Result<(), CallRefused> {
        let extension = extension.into();
        self.tries(Control::Supervise { call, extension, supervision }).map(|_| ())
    }

    fn view(&self, id: CallId) -> CallView {
        self.exchange.show(id).unwrap()
    }

    fn cdr(&self, id: CallId) -> &Cdr<()> {
        self.exchange.history().get(id).unwrap()
    }

    /// The numbers on side A and side B now.
    fn sides(&self, id: CallId) -> [Option<&str>; 2] {
        let call = self.exchange.call(id).unwrap();
        [Side::A, Side::B].map(|side| Some(call.side(side)?.1.party.number().as_str()))
    }

    fn happened(&self, id: CallId) -> Vec<(i64, &EventKind)> {
        let of_call = self.events.iter().filter(|event| event.call == id);
        of_call.map(|event| ((event.at - START).whole_seconds(), &event.kind)).collect()
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration::seconds(seconds)
}

fn bytes(exchange: &Exchange<()>) -> String {
    serde_json::to_string(exchange).unwrap()
}

fn off(number: &str, registered: bool, do_not_disturb: bool) -> Control {
    Control::SetExtension {
        number: number.into(),
        registered: Some(registered),
        do_not_disturb: Some(do_not_disturb),
        habit: None,
    }
}
