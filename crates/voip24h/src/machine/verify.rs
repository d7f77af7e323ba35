//! What always holds in this world, for tests to ask after every step.

use std::collections::BTreeSet;

use super::Pbx;
use crate::render::{CallRecord, Row};

impl Pbx {
    /// Checks everything that always holds between two commands, for tests: of the exchange, and
    /// that the faces tell of the same calls.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        let live = |id| self.exchange.call(id).is_some();
        if let Some(id) = self.channels.keys().find(|id| !live(**id)) {
            return Err(format!("the channels of call {id} are kept, and it is over"));
        }
        if self.unannounced.iter().any(|id| self.row_of(*id).is_some()) {
            return Err("a record is shown of which nobody was told".to_owned());
        }
        let mut ids = BTreeSet::new();
        for cdr in self.exchange.history().iter() {
            let record = CallRecord::from(cdr);
            if self.by_sequence.get(&cdr.tag.sequence) != Some(&cdr.id) {
                return Err(format!("call {} is not found by its number", cdr.id));
            }
            let Some(row) = self.row_of(cdr.id) else { continue };
            let (id, call_id) = (row.id(), row.call_id());
            if !ids.insert(id.clone()) {
                return Err(format!("two records have the id {id}"));
            }
            if call_id != record.call_id() {
                return Err(format!("call {} has two ids", cdr.id));
            }
            let found = [&id, &call_id].map(|id| self.row(id).map(|row| row.cdr().id));
            if found != [Some(cdr.id); 2] {
                return Err(format!("call {} is not found by {id} and {call_id}", cdr.id));
            }
            self.verify_row(&row)?;
        }
        Ok(())
    }

    /// Checks that v3 says of a record what v1 does.
    fn verify_row(&self, row: &Row<'_>) -> Result<(), String> {
        let record = CallRecord::from(row.cdr());
        let same = [
            ("duration", row.duration() == record.duration()),
            ("date", row.call_date() == record.call_date()),
            ("extension", row.extension() == record.user()),
            ("answer", (row.status().as_str() == "ANSWERED") == (record.status() == "ANSWERED")),
            ("failure", (row.status().as_str() == "FAILED") == (record.status() == "FAILED")),
            ("talk", row.billsec() <= row.duration()),
        ];
        match same.into_iter().find(|(_, is_same)| !is_same) {
            Some((what, _)) => Err(format!("the faces differ in the {what} of {}", row.call_id())),
            None => Ok(()),
        }
    }
}
