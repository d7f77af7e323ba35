//! What always holds in this world, for tests to ask after every step.

use std::collections::BTreeSet;

use super::{Pbx, ledger};

impl Pbx {
    /// Checks everything that always holds between two commands.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        let history = self.exchange.history();
        if self.ledger.known() != history.len() {
            return Err("records are not listed".to_owned());
        }
        let all = self.ledger.list(None);
        if all.len() != history.len() {
            return Err("the list is not the history's".to_owned());
        }
        if !all.is_sorted_by_key(|place| ledger::at(history, *place).map(ledger::key)) {
            return Err("the list is out of order".to_owned());
        }
        let mut uuids = BTreeSet::new();
        let tags = history.iter().map(|cdr| (cdr.id, &cdr.tag));
        for (id, tag) in tags.chain(self.exchange.calls().map(|call| (call.id, &call.tag))) {
            if !uuids.insert(tag.uuid) {
                return Err(format!("{} identifies two calls", tag.uuid));
            }
            if self.ledger.find(tag.uuid) != Some(id) {
                return Err(format!("{} leads to another call", tag.uuid));
            }
        }
        for cdr in history.iter() {
            let Some(extension) = &cdr.extension else { continue };
            let own = self.ledger.list(Some(extension.as_str()));
            let found = own.iter().filter_map(|place| ledger::at(history, *place));
            if found.filter(|own| own.id == cdr.id).count() != 1 {
                return Err(format!("{extension} does not have its call once"));
            }
        }
        for extension in self.exchange.extensions() {
            let Some(phone) = self.phones.get(&extension.number) else {
                return Err(format!("{} has no entry", extension.number));
            };
            if extension.registered && !phone.enabled {
                return Err(format!("{} is disabled and logged in", extension.number));
            }
        }
        if self.phones.len() != self.exchange.extensions().count() {
            return Err("an entry has no extension".to_owned());
        }
        if let Some(script) =
            self.scripts.iter().find(|script| self.exchange.call(script.call).is_none())
        {
            return Err(format!("a script is played in call {}, which is over", script.call));
        }
        self.verify_center()?;
        let live: u32 = self.tables.runs.values().map(|run| run.live).sum();
        let campaign = |call: &&ringback_exchange::Call<super::Tag>| {
            call.tag.more.as_ref().is_some_and(|more| more.campaign.is_some())
        };
        if usize::try_from(live) != Ok(self.exchange.calls().filter(campaign).count()) {
            return Err("campaigns have lost calls".to_owned());
        }
        Ok(())
    }
}
