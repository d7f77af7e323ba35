//! Finding contacts, and one page of what was found.

use std::cmp::Ordering;

use super::{AddressBook, Contact};
use crate::machine::tables::number::{digits, is_telephone};

/// What is looked for, and in which order it is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// Part of a name, an organization's name, a number or a mail address, in any case of letters;
    /// empty for everybody.
    pub(crate) query: String,
    /// By what to sort, and whether downwards; the identifier decides in the end.
    pub(crate) order: Vec<(OrderBy, bool)>,
}

/// By what contacts are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderBy {
    /// By identifier.
    ContactId,
    /// By name, in any case of letters.
    Name,
    /// By what they do.
    Office,
    /// By the name of the organization.
    Organization,
    /// By importance.
    Importance,
    /// By birthday.
    Birthday,
    /// By when they were made.
    WhenCreated,
    /// By when they were last spoken to.
    LastCall,
}

impl OrderBy {
    /// Every order with its word on the wire.
    pub(crate) const ALL: [(Self, &'static str); 8] = [
        (Self::ContactId, "contact_id"),
        (Self::Name, "name"),
        (Self::Office, "office"),
        (Self::Organization, "org"),
        (Self::Importance, "importance"),
        (Self::Birthday, "birthday"),
        (Self::WhenCreated, "when_created"),
        (Self::LastCall, "last_call"),
    ];
}

/// One page of what was found.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) found: Vec<T>,
    /// Its number, from 1.
    pub(crate) page: usize,
    /// How many there may be on a page.
    pub(crate) limit: usize,
    /// How many were found in all.
    pub(crate) total: usize,
}

impl<T> Page<T> {
    /// Returns how many pages there are.
    pub(crate) fn pages(&self) -> usize {
        self.total.div_ceil(self.limit.max(1))
    }

    /// Returns how many come before this page.
    pub(crate) fn from(&self) -> usize {
        self.page.saturating_sub(1).saturating_mul(self.limit)
    }

    /// Turns to a page of `total`; beyond the ends it is the first or the last.
    fn turn(page: usize, limit: usize, total: usize) -> Self {
        let limit = limit.max(1);
        let page = page.clamp(1, total.div_ceil(limit).max(1));
        Self { found: Vec::new(), page, limit, total }
    }

    /// Makes something else of what is on the page.
    fn map<U>(self, make: impl FnMut(T) -> Option<U>) -> Page<U> {
        let Self { found, page, limit, total } = self;
        Page { found: found.into_iter().filter_map(make).collect(), page, limit, total }
    }

    /// Cuts a page out of a list.
    pub(crate) fn of(all: impl ExactSizeIterator<Item = T>, page: usize, limit: usize) -> Self {
        let mut page = Self::turn(page, limit, all.len());
        page.found = all.skip(page.from()).take(page.limit).collect();
        page
    }
}

impl Contact {
    /// Returns the name in small letters, with which the words begin.
    fn name_in_words(&self) -> &str {
        self.words.get(..self.name_length).unwrap_or_default()
    }

    /// Writes down what a search looks through, beginning with the name.
    pub(super) fn index(&mut self, organization: Option<&str>) {
        self.name_length = self.name.to_lowercase().len();
        self.words = words(self, organization);
    }
}

/// Writes down the name and more, a line each.
fn words(contact: &Contact, organization: Option<&str>) -> String {
    let mut words = contact.name.to_lowercase();
    let mut line = |text: &str| {
        words.push('\n');
        words.push_str(text);
    };
    if let Some(name) = organization {
        line(&name.to_lowercase());
    }
    for phone in &contact.phones {
        let number = digits(&phone.phone);
        if number != phone.phone {
            line(&phone.phone.to_lowercase());
        }
        line(&number);
    }
    for email in &contact.emails {
        line(&email.email.to_lowercase());
    }
    words
}

impl AddressBook {
    /// Returns a page of the contacts a question is about.
    pub(crate) fn find(&self, question: &Question, page: usize, limit: usize) -> Page<&Contact> {
        let query = question.query.trim().to_lowercase();
        let number = is_telephone(&query).then(|| digits(&query));
        let is_meant = |contact: &&Contact| {
            query.is_empty()
                || contact.words.contains(&query)
                || number.as_ref().is_some_and(|number| contact.words.contains(number))
        };
        let named = |(_, id): &(String, u64)| self.contacts.get(id);
        match *question.order.as_slice() {
            [] if query.is_empty() => Page::of(self.contacts(), page, limit),
            [] => {
                let found: Vec<&Contact> = self.contacts().filter(is_meant).collect();
                Page::of(found.into_iter(), page, limit)
            }
            // Nobody is looked up who is not on the page.
            [(OrderBy::Name, false)] if query.is_empty() => {
                Page::of(self.names.iter(), page, limit).map(named)
            }
            [(OrderBy::Name, true)] if query.is_empty() => {
                Page::of(self.names.iter().rev(), page, limit).map(named)
            }
            [(OrderBy::Name, down)] => {
                let ids = self.contacts().filter(is_meant).map(|contact| contact.contact_id);
                let ids: Vec<u64> = ids.collect();
                let is_found = |(_, id): &&(String, u64)| ids.binary_search(id).is_ok();
                let mut found: Vec<_> = self.names.iter().filter(is_found).collect();
                if down {
                    found.reverse();
                }
                Page::of(found.into_iter(), page, limit).map(named)
            }
            _ => {
                let found = self.contacts().filter(is_meant).collect();
                self.sorted(found, &question.order, page, limit)
            }
        }
    }

    /// Sorts no more than the page that is asked for, which makes a difference for a large book.
    fn sorted<'a>(
        &self,
        mut found: Vec<&'a Contact>,
        order: &[(OrderBy, bool)],
        page: usize,
        limit: usize,
    ) -> Page<&'a Contact> {
        let mut page = Page::turn(page, limit, found.len());
        let compare = |a: &&Contact, b: &&Contact| self.compare(a, b, order);
        let from = page.from();
        if from > 0 && from < found.len() {
            found.select_nth_unstable_by(from, compare);
            found.drain(..from);
        }
        if page.limit < found.len() {
            found.select_nth_unstable_by(page.limit, compare);
            found.truncate(page.limit);
        }
        found.sort_unstable_by(compare);
        page.found = found;
        page
    }

    fn compare(&self, a: &Contact, b: &Contact, order: &[(OrderBy, bool)]) -> Ordering {
        let name = |contact: &Contact| {
            contact.org.and_then(|org| self.organization(org)).map(|org| &org.org_name)
        };
        for (by, down) in order {
            let ordering = match by {
                OrderBy::ContactId => a.contact_id.cmp(&b.contact_id),
                OrderBy::Name => a.name_in_words().cmp(b.name_in_words()),
                OrderBy::Office => a.office.cmp(&b.office),
                OrderBy::Organization => name(a).cmp(&name(b)),
                OrderBy::Importance => a.importance.cmp(&b.importance),
                OrderBy::Birthday => a.birthday.cmp(&b.birthday),
                OrderBy::WhenCreated => a.when_created.cmp(&b.when_created),
                OrderBy::LastCall => a.last_call.cmp(&b.last_call),
            };
            let ordering = if *down { ordering.reverse() } else { ordering };
            if ordering.is_ne() {
                return ordering;
            }
        }
        // Backwards is backwards: among equals, too.
        let ordering = a.contact_id.cmp(&b.contact_id);
        if order.last().is_some_and(|(_, down)| *down) { ordering.reverse() } else { ordering }
    }
}
