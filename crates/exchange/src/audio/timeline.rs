//! What is heard when, counted in the units of a format: its samples, or its frames.

use time::Duration;

use super::Sound;

/// The shortest conversation which begins with ringback of its own.
///
/// A recording may begin only when the call is answered; this makes it recognisable all the same.
const OPENED: Duration = Duration::seconds(2);

/// A stretch of sound prepared in advance.
///
/// Each begins and ends in silence, so that any may follow any other, and even one which is cut
/// short, without a click; each is a whole number of the units of every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// One cycle of the ringback tone.
    Ringing,
    /// The short ringback before a conversation.
    Opening,
    /// One turn of each side.
    Talk,
}

impl Part {
    fn length(self) -> Duration {
        Duration::milliseconds(match self {
            Self::Ringing | Self::Talk => 3000,
            Self::Opening => 960,
        })
    }
}

/// A unit's place within a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) part: Part,
    /// How many units of the part come before this one.
    pub(super) index: u64,
    /// How many units are left, this one among them, until the part is cut short if it is.
    pub(super) left: u64,
}

/// The order of the parts of one sound, in units of one length.
#[derive(Debug)]
pub(super) struct Timeline {
    ringing: Stretch,
    opening: Stretch,
    talk: Stretch,
}

/// A stretch of the timeline in which one part repeats.
#[derive(Debug)]
struct Stretch {
    part: Part,
    cycle: u64,
    start: u64,
    end: u64,
}

impl Timeline {
    /// Lays out a sound in units, a whole number of times `several` of them.
    pub(super) fn new(sound: &Sound, unit: Duration, several: u32) -> Self {
        let end = rounded(sound.length(), unit * several) * u64::from(several);
        let answered = rounded(sound.ringing, unit).min(end);
        let opening = if sound.talking < OPENED { Duration::ZERO } else { Part::Opening.length() };
        let opened = (answered + rounded(opening, unit)).min(end);
        let stretch = |part: Part, start, end| {
            let cycle = rounded(part.length(), unit).max(1);
            Stretch { part, cycle, start, end }
        };
        Self {
            ringing: stretch(Part::Ringing, 0, answered),
            opening: stretch(Part::Opening, answered, opened),
            talk: stretch(Part::Talk, opened, end),
        }
    }

    /// Returns how many units the whole sound is.
    pub(super) fn units(&self) -> u64 {
        self.talk.end
    }

    /// Returns the places of all units from the given one on.
    pub(super) fn places(&self, from: u64) -> impl Iterator<Item = Place> {
        [&self.ringing, &self.opening, &self.talk].into_iter().flat_map(move |stretch| {
            (from.max(stretch.start)..stretch.end).map(|unit| Place {
                part: stretch.part,
                index: (unit - stretch.start) % stretch.cycle,
                left: stretch.end - unit,
            })
        })
    }
}

/// Returns the number of units nearest to a length.
fn rounded(length: Duration, unit: Duration) -> u64 {
    let unit = unit.whole_nanoseconds().max(1);
    u64::try_from((length.whole_nanoseconds() + unit / 2) / unit).unwrap_or(0)
}
