//! Calls whose times are invented in advance: generated records, and all calls of 2020. And people.

use fake::{Fake as _, faker::name::en::Name};
use ringback_exchange::{
    CallId, Cdr, Direction, Facts, HangupCause, Number, Random, Side, Times, magic,
};
use time::{Duration, OffsetDateTime};

use super::{Contact, Pbx, Person, Tag};
use crate::{render::CallOrCdr, settings::Generation};

/// The number all calls of the original of 2020 came from.
const CALLER: u64 = 35_725_262_136;

/// What numbers outside the directory look like.
const STRANGER: &str = "3579#######";

/// Makes a directory. Names come from a copy of the generator, so that what is drawn from it later is
/// the same whoever has a name already.
pub(super) fn directory(people: &[Person], random: &Random) -> Vec<Contact> {
    let mut random = random.clone();
    let contact = |person: &Person| {
        // Drawn even if it is not needed, so that naming one changes no other.
        let drawn: String = Name().fake_with_rng(random.generator());
        let Person { name, email, number } = person.clone();
        let name = name.unwrap_or(drawn);
        let email = email.unwrap_or_else(|| address(&name));
        Contact { name, email, number }
    };
    people.iter().map(contact).collect()
}

/// Makes a mail address of a name.
fn address(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let letters = word.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    });
    format!("{}@example.com", words.collect::<Vec<_>>().join("."))
}

/// Who is in an invented call, and when.
pub(super) struct Invented {
    pub(super) direction: Direction,
    pub(super) caller: u64,
    pub(super) destination: u64,
    pub(super) times: Times,
    pub(super) cause: HangupCause,
}

/// Draws the times of an answered call, by the original's arithmetic without its fault: the call
/// ends on the second-of-minute at which it began to ring.
pub(super) fn answered(random: &mut Random, start: OffsetDateTime) -> Times {
    let later = |at: OffsetDateTime, seconds| at.saturating_add(Duration::seconds(seconds));
    let rings_at = later(start, random.between(1, 4));
    let answered_at = later(rings_at, random.between(1, 6));
    // Counted from the minute of the answer, whichever hour that is in.
    let carry = i64::from(answered_at.minute() != rings_at.minute());
    let ended_at = later(rings_at, 60 * (random.between(1, 8) + carry));
    Times {
        created_at: start,
        ringing_at: Some(rings_at),
        answered_at: Some(answered_at),
        ended_at,
    }
}

/// The same call, had nobody answered it.
pub(super) fn unanswered(Times { answered_at, ended_at, .. }: &mut Times) {
    *ended_at = answered_at.take().unwrap_or(*ended_at);
}

/// Cuts a moment to the second.
pub(super) fn second(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_millisecond(0).unwrap_or(at)
}

impl Pbx {
    /// Draws who calls whom; never the same number.
    pub(super) fn draw_numbers(&mut self) -> (u64, u64) {
        let caller = match self.settings.generation {
            Generation::Ringback | Generation::Of2020 => CALLER,
            Generation::Of2021 => {
                let random = self.exchange.random();
                random.pick(&self.contacts).map_or(CALLER, |contact| contact.number)
            }
        };
        let random = self.exchange.random();
        if !random.chance(self.settings.outside_directory.into()) {
            // Eight draws fail only in a directory of one.
            for _ in 0..8 {
                if let Some(contact) = random.pick(&self.contacts)
                    && contact.number != caller
                {
                    return (caller, contact.number);
                }
            }
        }
        (caller, self.stranger(caller))
    }

    /// Draws a number that is not in the directory, and not a magic one.
    fn stranger(&mut self, caller: u64) -> u64 {
        loop {
            let drawn = self.exchange.random().number(STRANGER);
            let number = drawn.parse().unwrap_or_default();
            let is_known = self.contacts.iter().any(|contact| contact.number == number);
            if !is_known && number != caller && magic(&Number::from(drawn)).is_none() {
                return number;
            }
        }
    }

    /// Records an invented call, and lists it if it is to be.
    pub(super) fn record(&mut self, invented: Invented, tag: Tag) -> CallId {
        let Invented { direction, caller, destination, times, cause } = invented;
        let [from, to] = [caller, destination].map(|number| Number::from(number.to_string()));
        let hung_up_by = times.answered_at.map(|_| Side::A);
        let (extension, line) = (None, None);
        let facts = Facts { direction, cause, hung_up_by, from, to, extension, line };
        let id = self.exchange.record(|id| Cdr::new(id, facts, times, &[], tag));
        let story = self.exchange.history().get(id).map(CallOrCdr::from);
        if let Some(story) = story {
            self.list(&story);
        }
        id
    }
}
