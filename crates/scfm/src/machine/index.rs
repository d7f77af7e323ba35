//! What records are found by: keys, and the sets of ids that have them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};

use roaring::RoaringBitmap;

use crate::json::{Json, Object};

/// A column that records are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Metadata = 1,
    Parameters,
    RequestParams,
    Msisdn,
    Status,
    CallFlowLogic,
    RemoteCallId,
    RemoteStatus,
    RemoteDirection,
    RemoteErrorMessage,
    Callout,
    Contact,
    Population,
    Participation,
    PhoneCall,
    CreateBatch,
    QueueBatch,
    FetchBatch,
    /// The status of a participation's newest call; 0 without a call.
    LastAttempt,
    /// A participation that is not to be called now.
    Resting,
    /// A participation that was called often enough.
    Exhausted,
    /// A call of the dialler that is not over.
    InFlight,
    Resource,
    /// Under a callout: the contacts that take part.
    ContactsOfCallout,
    /// Under a population: the contacts it added.
    ContactsOfPopulation,
}

/// One value of one column, or one path of a document with its value.
///
/// Small numbers are keys as they are, so that neighbours stay neighbours; texts are hashed to 127
/// bits. The index is never stored, so the hash may change from one build to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u64, u64);

impl Key {
    pub(crate) fn number(field: Field, number: u64) -> Self {
        Self(field as u64, number)
    }

    pub(crate) fn id(field: Field, id: u32) -> Self {
        Self::number(field, id.into())
    }

    pub(crate) fn word(field: Field, word: &str) -> Self {
        let mut hash = Hash::of(field);
        hash.end(Some(word))
    }

    /// A leaf of a document.
    pub(crate) fn leaf(field: Field, path: &[&str], value: &str) -> Self {
        Hash::at(field, path).end(Some(value))
    }

    /// A path of a document at which there is anything but null.
    pub(crate) fn present(field: Field, path: &[&str]) -> Self {
        Hash::at(field, path).end(None)
    }
}

#[derive(Clone)]
struct Hash([DefaultHasher; 2]);

impl Hash {
    fn of(field: Field) -> Self {
        let mut hash = Self([DefaultHasher::new(), DefaultHasher::new()]);
        for (hasher, salt) in hash.0.iter_mut().zip([0x5c, 0xf3]) {
            hasher.write_u8(salt);
            hasher.write_u8(field as u8);
        }
        hash
    }

    fn at(field: Field, path: &[&str]) -> Self {
        let mut hash = Self::of(field);
        path.iter().for_each(|name| hash.down(name));
        hash
    }

    fn down(&mut self, name: &str) {
        for hasher in &mut self.0 {
            hasher.write_u8(1);
            hasher.write_usize(name.len());
            hasher.write(name.as_bytes());
        }
    }

    fn end(&mut self, value: Option<&str>) -> Key {
        let [high, low] = &mut self.0;
        for hasher in [&mut *high, &mut *low] {
            match value {
                Some(value) => {
                    hasher.write_u8(2);
                    hasher.write(value.as_bytes());
                }
                None => hasher.write_u8(3),
            }
        }
        // Numbers have small first halves; a hash never has.
        Key(high.finish() | 1 << 63, low.finish())
    }
}

/// Tells the keys of a document: every path that is not null, and every scalar with its text.
pub(crate) fn leaves(field: Field, object: &Object, add: &mut dyn FnMut(Key)) {
    below(&Hash::of(field), object, add);
}

fn below(hash: &Hash, object: &Object, add: &mut dyn FnMut(Key)) {
    for (name, value) in object {
        let mut here = hash.clone();
        here.down(name);
        match value {
            Json::Null => continue,
            Json::Object(deeper) => below(&here, deeper, add),
            Json::Bool(_) | Json::Number(_) | Json::Text(_) => {
                add(here.clone().end(value.text().as_deref()));
            }
            Json::Array(_) => {}
        }
        add(here.end(None));
    }
}

/// The ids that have a key: most keys have few, some have almost all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Postings {
    One(u32),
    Few(Box<Few>),
    Many(Box<RoaringBitmap>),
}

/// A handful of ids in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Few(Vec<u32>);

/// From how many ids on a bitmap is smaller.
const FEW: usize = 16;

impl Postings {
    fn add(&mut self, id: u32) {
        match self {
            Self::One(only) if *only == id => {}
            Self::One(only) => {
                let pair = if *only < id { vec![*only, id] } else { vec![id, *only] };
                *self = Self::Few(Box::new(Few(pair)));
            }
            Self::Few(few) => {
                if let Err(place) = few.0.binary_search(&id) {
                    few.0.insert(place, id);
                    if few.0.len() > FEW {
                        *self = Self::Many(Box::new(few.0.iter().copied().collect()));
                    }
                }
            }
            Self::Many(many) => {
                many.insert(id);
            }
        }
    }

    /// Takes an id out; returns whether none is left.
    fn remove(&mut self, id: u32) -> bool {
        match self {
            Self::One(only) => *only == id,
            Self::Few(few) => {
                if let Ok(place) = few.0.binary_search(&id) {
                    few.0.remove(place);
                }
                if let [only] = few.0.as_slice() {
                    *self = Self::One(*only);
                }
                false
            }
            Self::Many(many) => {
                many.remove(id);
                // Back to few well below the limit, so that it does not go to and fro.
                if many.len() <= 4 {
                    *self = Self::Few(Box::new(Few(many.iter().collect())));
                }
                false
            }
        }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Few(few) => u64::try_from(few.0.len()).unwrap_or(0),
            Self::Many(many) => many.len(),
        }
    }

    /// Returns the first of them, in ascending order.
    pub(crate) fn first(&self, most: usize) -> Vec<u32> {
        match self {
            Self::One(only) => vec![*only],
            Self::Few(few) => few.0.iter().copied().take(most).collect(),
            Self::Many(many) => many.iter().take(most).collect(),
        }
    }

    pub(crate) fn contains(&self, id: u32) -> bool {
        match self {
            Self::One(only) => *only == id,
            Self::Few(few) => few.0.binary_search(&id).is_ok(),
            Self::Many(many) => many.contains(id),
        }
    }

    /// Returns the ids in ascending order.
    pub(crate) fn ids(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::One(only) => Box::new(std::iter::once(*only)),
            Self::Few(few) => Box::new(few.0.iter().copied()),
            Self::Many(many) => Box::new(many.iter()),
        }
    }

    pub(crate) fn max(&self) -> Option<u32> {
        match self {
            Self::One(only) => Some(*only),
            Self::Few(few) => few.0.last().copied(),
            Self::Many(many) => many.max(),
        }
    }
}

/// All keys of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facets(BTreeMap<Key, Postings>);

impl Facets {
    pub(crate) fn get(&self, key: Key) -> Option<&Postings> {
        self.0.get(&key)
    }

    pub(crate) fn add(&mut self, key: Key, id: u32) {
        self.0.entry(key).and_modify(|postings| postings.add(id)).or_insert(Postings::One(id));
    }

    pub(crate) fn remove(&mut self, key: Key, id: u32) {
        if let Some(postings) = self.0.get_mut(&key)
            && postings.remove(id)
        {
            self.0.remove(&key);
        }
    }

    /// Compares the sets, however they are held.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|((a, ours), (b, theirs))| {
                a == b && ours.len() == theirs.len() && ours.ids().eq(theirs.ids())
            })
    }
}
