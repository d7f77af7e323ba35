//! What the control API needs of this world, and what always holds in it.

use std::collections::BTreeSet;

use ringback_exchange::{CallId, Random};
use ringback_mock::{Outbox, World};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Operate, Pbx, Stage};
use crate::render::Story;

impl World for Pbx {
    type Control = Operate;

    fn reseed(&mut self, seed: u64) {
        *self.exchange.random() = Random::new(seed);
        let drawn = self.exchange.random().uuid();
        self.tenant = self.settings.tenant.unwrap_or(drawn);
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    fn calls(&self, limit: usize) -> Value {
        shown(&self.exchange.show_all(limit))
    }

    fn call(&self, id: &str) -> Option<Value> {
        let id = id.parse().map(CallId).ok().or_else(|| self.find(id.parse().ok()?))?;
        self.exchange.show(id).as_ref().map(shown)
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
    fn find(&self, uuid: Uuid) -> Option<CallId> {
        let live = self.exchange.calls().rev().map(|call| (call.id, call.tag));
        let over = self.exchange.history().iter().rev().map(|cdr| (cdr.id, cdr.tag));
        live.chain(over).find(|(_, tag)| tag.uuid == uuid).map(|(id, _)| id)
    }

    /// Checks everything that always holds between two commands, for tests.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        let over = || self.exchange.history().iter().map(Story::from);
        if over().filter(|story| story.tag.listed).count() != self.listing.len() {
            return Err("the list is not the history's".to_owned());
        }
        if over().any(|story| story.tag.heard == Stage::Hangup && !story.tag.listed) {
            return Err("a call that was told to its end is not listed".to_owned());
        }
        let latest = over().filter(|story| story.tag.listed).map(|story| story.start).max();
        if latest != self.listing.latest() {
            return Err("the latest start is another one".to_owned());
        }
        let (mut starts, mut uuids) = (BTreeSet::new(), BTreeSet::new());
        for story in over().chain(self.exchange.calls().map(Story::from)) {
            if !starts.insert((story.caller, story.start)) {
                return Err(format!("two calls of {} begin at {}", story.caller, story.start));
            }
            if !uuids.insert(story.tag.uuid) || !uuids.insert(story.tag.recording) {
                return Err(format!("{} identifies two things", story.tag.uuid));
            }
            if !self.taken.is_taken(story.caller, story.start) {
                return Err(format!("the start of {} is free", story.tag.uuid));
            }
        }
        Ok(())
    }
}
