//! A finished call as the vendor tells of it.

use ringback_exchange::{Cdr, Direction, Party, audio::Sound};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    CallStatus,
    cause::{Unanswered, disposition},
    disposition::{Ending, hangup_disposition},
};
use crate::{App, Settings, Tag};

/// A generation of the API, where they have words of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// `/v1`, and `/v2`.
    #[default]
    First,
    /// `/v3`.
    Third,
}

/// A finished call as the vendor tells of it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    cdr: &'a Cdr<Tag>,
    settings: &'a Settings,
}

impl<'a> Record<'a> {
    pub(crate) fn new(cdr: &'a Cdr<Tag>, settings: &'a Settings) -> Self {
        Self { cdr, settings }
    }

    /// Returns the record of the exchange.
    pub fn cdr(&self) -> &'a Cdr<Tag> {
        self.cdr
    }

    /// Returns the seconds from beginning to end, as the stamps show them.
    pub fn duration(&self) -> i64 {
        self.cdr.ended_at().unix_timestamp() - self.cdr.created_at().unix_timestamp()
    }

    /// Returns the seconds of talk, as the stamps show them.
    pub fn billsec(&self) -> i64 {
        let answered = self.cdr.answered_at();
        answered.map_or(0, |at| self.cdr.ended_at().unix_timestamp() - at.unix_timestamp())
    }

    /// Returns which way the call went.
    pub fn direction(&self) -> Direction {
        self.cdr.tag.direction
    }

    /// Returns the number of the direction: 3 is outbound, the others are chosen.
    pub fn direction_code(&self) -> u8 {
        match self.direction() {
            Direction::Inbound => 1,
            Direction::Local => 2,
            Direction::Outbound => 3,
        }
    }

    /// Returns how the call went.
    pub fn status(&self) -> &'static str {
        match self.unanswered() {
            None => "ANSWERED",
            Some(Unanswered::Busy) => "BUSY",
            Some(Unanswered::NoAnswer) => self.settings.no_answer.as_str(),
            Some(Unanswered::Failed) => "FAILED",
            Some(Unanswered::Unknown) => "UNKNOWN",
        }
    }

    /// Returns how the call went, as the third generation of the API says it: the words and their
    /// meaning are those of its status table.
    pub fn small_status(&self) -> &'static str {
        self.call_status().as_str()
    }

    pub(crate) fn unanswered(&self) -> Option<Unanswered> {
        match self.cdr.answered_at() {
            Some(_) => None,
            None => Some(disposition(self.cdr.cause)),
        }
    }

    /// Returns whether a word is the call's status, in any of its spellings. A word of the other
    /// generation counts where the asked one has no such word.
    pub(crate) fn has_status(&self, word: &str, face: Face) -> bool {
        let is = |other: &str| letters(word).eq(letters(other));
        let any = |words: &[&str]| words.iter().any(|other| is(other));
        let own = any(&["ANSWERED", "BUSY", "NO ANSWER", "NO-ANSWERED"])
            || match face {
                Face::First => any(&["FAILED", "UNKNOWN"]),
                Face::Third => CallStatus::ALL.iter().any(|known| is(known.as_str())),
            };
        let status = match (face, own) {
            (Face::First, true) | (Face::Third, false) => self.status(),
            (Face::First, false) | (Face::Third, true) => self.small_status(),
        };
        // `NO ANSWER` and `NO-ANSWERED` are one status, `ANSWERED` is another.
        is(status) || [word, status].iter().all(|word| is_no_answer(word))
    }

    /// Returns which side sent what ended the call, in FreeSWITCH's words for its own leg.
    pub(crate) fn hangup_disposition(&self) -> &'static str {
        let Cdr { cause, hung_up_by, ref tag, .. } = *self.cdr;
        let talked = self.cdr.answered_at().is_some();
        let answered = talked || (tag.app == App::ClickToCall && tag.picked_up);
        hangup_disposition(Ending { app: tag.app, answered, hung_up_by, cause })
    }

    /// Returns the number the call came from: the hotline if it went out.
    pub fn from_number(&self) -> &'a str {
        match (self.direction(), &self.cdr.line) {
            (Direction::Outbound, Some(line)) => line.as_str(),
            _ => self.cdr.from.as_str(),
        }
    }

    /// Returns the number that was dialled: the hotline if it came in.
    pub fn to_number(&self) -> &'a str {
        match (self.direction(), &self.cdr.line) {
            (Direction::Inbound, Some(line)) => line.as_str(),
            _ => self.cdr.to.as_str(),
        }
    }

    /// Returns the extension that placed or took the call.
    pub fn extension(&self) -> &'a str {
        self.cdr.extension.as_ref().map_or("", |extension| extension.as_str())
    }

    /// Returns the sound of the recording, if there is one: as long as the talk, unless it was
    /// stopped and started by hand.
    pub fn sound(&self) -> Option<Sound> {
        let recorded = self.cdr.recording_length()?;
        let talk = self.cdr.talk_time();
        let length = match recorded == talk {
            // The length that the stamps show.
            true => Duration::seconds(self.billsec()),
            false => recorded,
        };
        (length > Duration::ZERO).then(|| Sound::new(Duration::ZERO, length))
    }

    /// Returns whether a text names the call's recording.
    pub(crate) fn has_recording(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        let name = name.split_once('.').map_or(name, |(name, _)| name);
        self.sound().is_some() && name == self.cdr.tag.uuid.to_string()
    }

    /// Writes the record as it goes over the wire; recordings are found under `base`.
    pub fn to_json(&self, base: &str) -> String {
        // Every part of it has a JSON form.
        serde_json::to_string(&self.written(base)).unwrap_or_default()
    }
}

/// The letters of a status, which is written in several ways.
fn letters(word: &str) -> impl Iterator<Item = u8> {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic);
    letters.map(|letter| letter.to_ascii_uppercase())
}

fn is_no_answer(word: &str) -> bool {
    ["NO ANSWER", "NO-ANSWERED"].iter().any(|known| letters(word).eq(letters(known)))
}

/// Returns whether a party is a phone or a number of this exchange.
pub(crate) fn is_inside(party: &Party) -> bool {
    matches!(party, Party::Extension(_) | Party::Service(_))
}
