//! Calls that somebody places on a phone: out of the tenant, into it, or within.

use ringback_exchange::{Behaviour, CallId, Dial, Direction, Number, Party, ServiceKind};
use ringback_mock::{ControlRefused, PhoneCall, World as _};
use time::OffsetDateTime;

use super::{App, Pbx, Tag};
use crate::render::is_inside;

impl Pbx {
    /// Returns where a call leads that is placed to a number: the hotline's calls go where the tenant
    /// wants them.
    pub(super) fn leads_to(&self, number: Number) -> Number {
        match number == self.tenant.hotline {
            true => self.tenant.hotline_to.clone(),
            false => number,
        }
    }

    /// Places a call. One from outside to the hotline goes to the extension that the caller is
    /// pinned to, if it is to any.
    pub(crate) fn place_call(
        &mut self,
        now: OffsetDateTime,
        call: PhoneCall,
    ) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, mut to, line, keys, direct, behaviour } = call;
        let from_party = self.exchange.party(&from);
        if to == self.tenant.hotline && !is_inside(&from_party) {
            let pinned = self.tables.routing(from.as_str()).map(|routing| &routing.agent);
            let pinned = pinned.filter(|agent| self.exchange.extension(agent).is_some());
            to = pinned.map_or(to, Number::from);
        }
        to = self.leads_to(to);
        let to_party = self.exchange.party(&to);
        let direction = match (is_inside(&from_party), is_inside(&to_party)) {
            (true, true) => Direction::Local,
            (true, false) => Direction::Outbound,
            (false, true) => Direction::Inbound,
            (false, false) => {
                let why = format!("neither {from} nor {to} is a number of this tenant");
                return Err(ControlRefused::Conflict(why));
            }
        };
        let usual = match direction {
            Direction::Local => None,
            Direction::Inbound if direct => None,
            Direction::Inbound | Direction::Outbound => Some(self.tenant.hotline.clone()),
        };
        let tag = Tag::new(self.draw_id(), direction, App::Dial);
        let line = line.or(usual);
        let dial = Dial::phone(from_party, to_party, tag);
        let id = self.dial(now, Dial { line, behaviour, keys, ..dial });
        if direction == Direction::Inbound {
            self.follow(now, id, &to);
        }
        Ok(id)
    }

    /// Sends an inbound call on where nobody is logged in, if the extension says where to.
    fn follow(&mut self, now: OffsetDateTime, id: CallId, to: &Number) {
        let is_offline =
            self.exchange.extension(to.as_str()).is_some_and(|extension| !extension.registered);
        let follow_me = self.phones.get(to).map(|phone| phone.follow_me.clone());
        let Some(follow_me) = follow_me.filter(|number| is_offline && !number.is_empty()) else {
            return;
        };
        let party = self.exchange.party(&follow_me.into());
        // Where it cannot go there either, it goes as it would have.
        let _ = self.exchange.route(now, id, party);
    }

    /// Returns whether a number is a ring group or a queue: what `receive_dest` tells.
    pub(super) fn receives(&self, number: &str) -> bool {
        let kind = self.exchange.service(number);
        kind.is_some_and(|kind| matches!(kind, ServiceKind::RingGroup(_) | ServiceKind::Queue(_)))
    }

    /// Begins the long call whose id the documents use.
    pub(super) fn begin_demo_call(&mut self, now: OffsetDateTime) {
        let mut tag = Tag::new(super::seed_history::DEMO_CALL, Direction::Outbound, App::Dial);
        tag.picked_up = true;
        let seconds = ringback_exchange::Distribution::Fixed;
        let (from, to) = (Party::Extension("101".into()), Party::Outside("0899123456".into()));
        let line = Some(self.tenant.hotline.clone());
        let behaviour = Some(Behaviour::answers(seconds(0.0), seconds(86_400.0)));
        self.dial(now, Dial { line, behaviour, ..Dial::phone(from, to, tag) });
        self.settle(now);
    }
}
