//! Compressed sound, whose frames are prepared in advance and repeated.
//!
//! A frame stands alone, apart from what its decoder remembers of the frames just before; so parts
//! join in silence, where there is nothing to remember.

use time::Duration;

use super::pour;
use super::timeline::{Part, Timeline};

/// The prepared frames of GSM 06.10.
pub(super) const GSM: Frames = Frames {
    frame: Duration::milliseconds(20),
    bytes: 33,
    ringing: include_bytes!("../../../../fixtures/audio/ringing.gsm"),
    opening: include_bytes!("../../../../fixtures/audio/opening.gsm"),
    talk: include_bytes!("../../../../fixtures/audio/talk.gsm"),
};

/// The prepared frames of MPEG-2 Layer III.
pub(super) const MP3: Frames = Frames {
    frame: Duration::milliseconds(24),
    bytes: 72,
    ringing: include_bytes!("../../../../fixtures/audio/ringing.mp3"),
    opening: include_bytes!("../../../../fixtures/audio/opening.mp3"),
    talk: include_bytes!("../../../../fixtures/audio/talk.mp3"),
};

/// The frames of each part in one format.
pub(super) struct Frames {
    /// The length of one frame.
    pub(super) frame: Duration,
    bytes: usize,
    ringing: &'static [u8],
    opening: &'static [u8],
    talk: &'static [u8],
}

impl Frames {
    /// Returns the bytes of the whole file.
    pub(super) fn size(&self, timeline: &Timeline) -> u64 {
        timeline.units() * self.bytes as u64
    }

    /// Fills the buffer with the bytes of the file from `offset` on.
    pub(super) fn read(&self, timeline: &Timeline, offset: u64, buffer: &mut [u8]) -> usize {
        let bytes = self.bytes as u64;
        let frames = timeline.places(offset / bytes).map(|place| self.get(place.part, place.index));
        pour(frames, usize::try_from(offset % bytes).unwrap_or(0), buffer)
    }

    fn get(&self, part: Part, index: u64) -> &'static [u8] {
        let frames = match part {
            Part::Ringing => self.ringing,
            Part::Opening => self.opening,
            Part::Talk => self.talk,
        };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        frames.chunks_exact(self.bytes).nth(index).unwrap_or_default()
    }
}
