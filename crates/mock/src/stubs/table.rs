//! The mappings, to be found by what a request is at first sight: its path, its operation, what its address
//! holds, its method; and among those of one path or operation by a text that they ask for.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Asked, Pattern, Slot, literal::ByLiteral, sieve::Sieve};

/// The mappings in the order in which they answer, and which of them a request has to be compared with.
#[derive(Debug)]
pub(crate) struct Table {
    slots: Vec<Slot>,
    by_path: HashMap<String, Sieve>,
    by_operation: HashMap<String, Sieve>,
    /// Patterns of addresses.
    by_literal: ByLiteral<Other>,
    others: Vec<Other>,
}

/// A mapping that is about more than one path.
#[derive(Debug)]
struct Other {
    place: usize,
    method: Option<String>,
}

impl Table {
    /// Makes one of mappings with the numbers by which they came.
    pub(super) fn new(slots: impl Iterator<Item = (u64, Slot)>) -> Self {
        let mut slots: Vec<(u64, Slot)> = slots.collect();
        slots.sort_by_key(|(number, slot)| (slot.stub.priority, Reverse(*number)));
        let slots: Vec<Slot> = slots.into_iter().map(|(_, slot)| slot).collect();
        let mut by_path: HashMap<&str, Vec<(usize, &Pattern)>> = HashMap::new();
        let mut by_operation: HashMap<&str, Vec<(usize, &Pattern)>> = HashMap::new();
        let mut others = Vec::new();
        for (place, slot) in slots.iter().enumerate() {
            let request = &slot.stub.request;
            if let Some(path) = request.url().literal() {
                by_path.entry(path).or_default().push((place, request));
            } else if let Some(operation) = request.operation() {
                by_operation.entry(operation).or_default().push((place, request));
            } else {
                let method = request.method().map(str::to_owned);
                others.push((Other { place, method }, request.url().literals()));
            }
        }
        let (by_literal, others) = ByLiteral::new(others);
        let sieves = |groups: HashMap<&str, Vec<(usize, &Pattern)>>| {
            let sieve = |(name, patterns): (&str, Vec<_>)| (name.to_owned(), Sieve::new(&patterns));
            groups.into_iter().map(sieve).collect()
        };
        let (by_path, by_operation) = (sieves(by_path), sieves(by_operation));
        Self { slots, by_path, by_operation, by_literal, others }
    }

    /// Returns those mappings that a request has to be compared with, in their order.
    pub(super) fn candidates(&self, asked: &Asked<'_>, operations: &[&str]) -> Vec<&Slot> {
        let mut places: Vec<usize> = Vec::new();
        if !self.by_path.is_empty()
            && let Some(found) = self.by_path.get(asked.path())
        {
            found.find(asked, &mut places);
        }
        if !self.by_operation.is_empty() {
            let found = operations.iter().filter_map(|name| self.by_operation.get(*name));
            found.for_each(|sieve| sieve.find(asked, &mut places));
        }
        let may_hold =
            |other: &&Other| other.method.as_deref().is_none_or(|method| method == asked.method);
        let others = self.by_literal.within(asked.url).chain(&self.others);
        places.extend(others.filter(may_hold).map(|other| other.place));
        places.sort_unstable();
        places.dedup();
        places.iter().filter_map(|place| self.slots.get(*place)).collect()
    }
}
