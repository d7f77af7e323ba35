//! What always holds in this world, for tests to ask after every step.

use ringback_engine::Duration;
use ringback_exchange::{CallId, Cdr};
use serde_json::{Map, Value};

use super::{Pbx, Tag, Way, stats::basic::Field};

impl Pbx {
    /// Returns the legs that are not over, oldest first: each one's `call_id`, and the extensions at
    /// its calling and its called end.
    pub fn live_legs(&self) -> impl Iterator<Item = (String, [Option<&str>; 2])> {
        self.legs.iter().filter_map(|(no, call)| {
            let entry = self.entries.get(call)?;
            let leg = entry.live(*no).and_then(|place| entry.legs.get(place))?;
            let ends = [&leg.from, &leg.to].map(|end| end.extension.as_deref());
            Some((self.identity.call_id(leg.no, leg.location), ends))
        })
    }

    /// Checks everything that always holds between two commands, for tests.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        if !self.entries.keys().eq(self.exchange.calls().map(|call| &call.id)) {
            return Err("clients hear of other calls than live ones".to_owned());
        }
        for (id, entry) in &self.entries {
            for leg in entry.legs.iter().filter(|leg| !leg.is_over()) {
                if self.legs.get(&leg.no) != Some(id) {
                    return Err(format!("a live leg of call {id} cannot be found"));
                }
                let phone = self.exchange.call(*id).and_then(|call| call.leg(leg.of));
                if entry.leaving.is_none() && phone.is_none_or(|phone| !phone.is_live()) {
                    return Err(format!("a leg of call {id} outlives its phone"));
                }
            }
        }
        let live = self.entries.values().flat_map(|entry| &entry.legs);
        if live.filter(|leg| !leg.is_over()).count() != self.legs.len() {
            return Err("a leg that is over can be found".to_owned());
        }
        let kept: usize = self.exchange.history().iter().map(|cdr| self.legs_of(cdr).len()).sum();
        if kept != self.stored_legs() {
            return Err("a finished leg belongs to no call".to_owned());
        }
        Ok(())
    }

    /// Returns the lines of a finished call in the basic statistics, and the second in which its last
    /// leg was over.
    pub(crate) fn shown_legs(&self, cdr: &Cdr<Tag>) -> (Vec<String>, Option<i64>) {
        let legs = self.legs_of(cdr);
        let fields = Field::USUAL.into_iter().chain([Field::EntryId]).collect::<Vec<_>>();
        let line = |leg| {
            let mut line = String::new();
            self.write_line(&mut line, leg, &fields);
            line
        };
        (legs.iter().map(line).collect(), legs.iter().map(|leg| leg.finish).max())
    }

    /// Returns the recordings of a finished call that are stored: their names and lengths.
    pub(crate) fn shown_recordings(&self, cdr: &Cdr<Tag>) -> Vec<(String, Duration)> {
        let named = (0..).zip(cdr.recorded()).map(|(index, _)| {
            let name = self.identity.recording_id(cdr.id, index);
            let sound = self.recording(&name)?;
            Some((name, sound.length()))
        });
        named.flatten().collect()
    }

    /// Returns the names of a call and of its legs, as clients know them.
    pub(crate) fn names_of(&self, id: CallId) -> Map<String, Value> {
        let live = self.exchange.call(id).map(|call| call.tag.way);
        let cdr = self.exchange.history().get(id);
        let Some(way) = live.or(cdr.map(|cdr| cdr.tag.way)) else { return Map::new() };
        let legs: Vec<String> = match (self.entries.get(&id), cdr) {
            (Some(entry), _) => {
                let legs = entry.legs.iter();
                legs.map(|leg| self.identity.call_id(leg.no, leg.location)).collect()
            }
            (None, Some(cdr)) => {
                let legs = self.legs_of(cdr).into_iter();
                legs.map(|leg| self.identity.call_id(leg.no, leg.location)).collect()
            }
            (None, None) => Vec::new(),
        };
        Map::from_iter([
            ("entry_id".to_owned(), self.identity.entry_id(id, way == Way::In).into()),
            ("call_ids".to_owned(), legs.into()),
        ])
    }

    /// Finds a call, live or over, by its entry id or by the id of one of its legs.
    pub(crate) fn call_known_as(&self, id: &str) -> Option<CallId> {
        self.identity.entry(id).or_else(|| self.call_of_leg(id))
    }

    /// Returns the live call of a leg's name.
    pub(super) fn call_of_leg(&self, id: &str) -> Option<CallId> {
        self.legs.get(&self.identity.leg(id)?).copied()
    }
}
