//! The audio of recordings, made while it is read.
//!
//! A recording is as long as its call and may be read from any place, so none is ever held whole:
//! every byte follows from the lengths of its parts alone, and is the same on every computer.

mod frames;
mod timeline;
mod wav;

#[cfg(test)]
mod tests;

use time::Duration;

use timeline::Timeline;

/// The longest sound there is; a longer one is cut here, well before a WAV header overflows.
const LONGEST: Duration = Duration::hours(24);

/// The sound of one recording: a stretch of ringing, then a conversation.
///
/// The ringing is a ringback tone of 400 Hz, one second on and two seconds off. The conversation is
/// two sides taking turns, the first in long beeps of 500 Hz, the second in short ones of 800 Hz;
/// when it lasts two seconds or more, half a second of ringback comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    ringing: Duration,
    talking: Duration,
}

/// A file format in which a sound is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Uncompressed samples of 16 bits at 8 kHz, mono, after a RIFF header.
    Wav,
    /// Frames of GSM 06.10 at full rate, 33 bytes each 20 ms, without a header.
    Gsm,
    /// Frames of MPEG-2 Layer III at 24 kbit/s and 24 kHz, mono, 72 bytes each 24 ms.
    Mp3,
}

impl Sound {
    /// Makes the sound of a call which rings, then is talked on.
    ///
    /// A negative length counts as zero, and whatever comes after 24 hours is left out.
    pub fn new(ringing: Duration, talking: Duration) -> Self {
        let ringing = ringing.clamp(Duration::ZERO, LONGEST);
        let talking = talking.clamp(Duration::ZERO, LONGEST.saturating_sub(ringing));
        Self { ringing, talking }
    }

    /// Returns how long the call is heard; a file is this long to the nearest sample,
    /// pair of GSM frames, or MP3 frame.
    pub fn length(&self) -> Duration {
        self.ringing.saturating_add(self.talking)
    }

    /// Returns the exact number of bytes of the whole file.
    pub fn size(&self, format: Format) -> u64 {
        let timeline = self.timeline(format);
        match format {
            Format::Wav => wav::size(&timeline),
            Format::Gsm => frames::GSM.size(&timeline),
            Format::Mp3 => frames::MP3.size(&timeline),
        }
    }

    /// Fills the buffer with the bytes of the file from `offset` on, and returns how many there are.
    ///
    /// They are fewer than the buffer holds only when the file ends first, and none at or past its
    /// end.
    pub fn read(&self, format: Format, offset: u64, buffer: &mut [u8]) -> usize {
        let timeline = self.timeline(format);
        match format {
            Format::Wav => wav::read(&timeline, offset, buffer),
            Format::Gsm => frames::GSM.read(&timeline, offset, buffer),
            Format::Mp3 => frames::MP3.read(&timeline, offset, buffer),
        }
    }

    fn timeline(&self, format: Format) -> Timeline {
        let (unit, several) = match format {
            Format::Wav => (wav::SAMPLE, 1),
            // Some decoders, sox among them, read frames in pairs and make up a missing one.
            Format::Gsm => (frames::GSM.frame, 2),
            Format::Mp3 => (frames::MP3.frame, 1),
        };
        Timeline::new(self, unit, several)
    }
}

impl Format {
    /// Returns the media type with which a file of this format is served.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Gsm => "audio/x-gsm",
            Self::Mp3 => "audio/mpeg",
        }
    }

    /// Returns the ending of a file name of this format, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Gsm => "gsm",
            Self::Mp3 => "mp3",
        }
    }
}

/// Copies units one after another into the buffer, leaving out the first `skip` bytes, and returns
/// how many bytes are copied.
fn pour<U: AsRef<[u8]>>(
    units: impl Iterator<Item = U>,
    mut skip: usize,
    buffer: &mut [u8],
) -> usize {
    let mut filled = 0;
    for unit in units {
        let unit = unit.as_ref().get(skip..).unwrap_or_default();
        skip = 0;
        let room = buffer.get_mut(filled..).unwrap_or_default();
        if room.is_empty() {
            break;
        }
        for (to, from) in room.iter_mut().zip(unit) {
            *to = *from;
            filled += 1;
        }
    }
    filled
}
