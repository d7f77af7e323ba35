//! Background traffic: when the next call comes, and who calls whom.

use time::OffsetDateTime;

use super::Exchange;
use crate::{Number, Random, Traffic, TrafficSettings};

impl<T> Exchange<T> {
    /// The most live calls beside which another one comes by itself.
    pub const CROWD: usize = 2_000;

    /// Lets calls come by themselves from now on, or no more.
    pub fn set_traffic(&mut self, now: OffsetDateTime, settings: Option<TrafficSettings>) {
        // Apart from the calls' own draws: a world with traffic is else the same as one without.
        let random = self.random.apart(u64::MAX);
        self.traffic = settings.map(|settings| Box::new(Traffic::new(now, settings, random)));
    }

    /// Returns the calls that come by themselves, if any do.
    pub fn traffic(&self) -> Option<&Traffic> {
        self.traffic.as_deref()
    }

    /// Returns when the next call may come by itself.
    pub fn traffic_due(&self) -> Option<OffsetDateTime> {
        self.traffic.as_ref().map(|traffic| traffic.next_at)
    }

    /// Returns whether a call comes when one may, and if so, whether it comes in, and what to draw its
    /// parties from. The next one is due then.
    pub fn next_traffic(&mut self) -> Option<(bool, Random)> {
        let traffic = self.traffic.as_mut()?;
        let comes = traffic.draw(&self.behaviours.profile.home);
        let random = Random::new(traffic.random.seed());
        traffic.draw_next();
        Some((comes?, random)).filter(|_| {
            let has_room = self.calls.len() < Self::CROWD;
            traffic.dropped += u64::from(!has_room);
            has_room
        })
    }

    /// Notes whether a call that came by itself was placed.
    pub fn note_traffic(&mut self, placed: bool) {
        if let Some(traffic) = &mut self.traffic {
            match placed {
                true => traffic.placed += 1,
                false => traffic.dropped += 1,
            }
        }
    }

    /// Draws the parties of a call: a free extension and somebody outside. A call that comes in may
    /// come to a ring group, a queue or a menu as well. `None` if nobody is free.
    pub fn draw_parties(&self, random: &mut Random, is_inbound: bool) -> Option<(Number, Number)> {
        let home = &self.behaviours.profile.home;
        let pattern = random.pick(&home.outside).map_or("##########", String::as_str).to_owned();
        let outside = Number::from(random.number(&pattern));
        let is_free = |number: &Number| self.available(number.as_str(), None).is_ok();
        let mut inside: Vec<&Number> = self.extensions.keys().filter(|own| is_free(own)).collect();
        if is_inbound {
            inside.extend(self.services.keys());
        }
        let inside = random.pick(&inside).map(|number| (*number).clone())?;
        Some(if is_inbound { (outside, inside) } else { (inside, outside) })
    }
}
