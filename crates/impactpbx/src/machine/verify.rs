//! What always holds in this world, for tests to ask after every step.

use std::collections::BTreeSet;

use super::{Pbx, Stage};
use crate::render::CallOrCdr;

impl Pbx {
    /// Checks everything that always holds between two commands, for tests.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        let over = || self.exchange.history().iter().map(CallOrCdr::from);
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
        for story in over().chain(self.exchange.calls().map(CallOrCdr::from)) {
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
