//! The framing of chunked bodies, as the HTTP library reads it.

/// Where in a chunked body the next byte stands.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    place: Place,
    size: u64,
}

#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    FirstDigit,
    Digit,
    Space,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    /// After the last chunk, or after a trailer.
    Last,
    Trailer,
    TrailerEnd,
    LastEnd,
}

/// What has become of a chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It goes on.
    More,
    /// It has ended.
    End,
    /// The library refuses it.
    Broken,
}

impl Chunks {
    /// Takes bytes up to the end of the body; returns how many.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Outcome) {
        let mut rest = bytes;
        let mut outcome = Outcome::More;
        while let ([first, after @ ..], Outcome::More) = (rest, outcome) {
            if let Place::Data = self.place {
                let here = usize::try_from(self.size).unwrap_or(usize::MAX).min(rest.len());
                self.size -= here as u64;
                rest = rest.get(here..).unwrap_or_default();
                if self.size == 0 {
                    self.place = Place::DataReturn;
                }
                continue;
            }
            rest = after;
            outcome = self.step(*first);
        }
        (bytes.len() - rest.len(), outcome)
    }

    fn step(&mut self, byte: u8) -> Outcome {
        let digit = char::from(byte).to_digit(16).map(u64::from);
        self.place = match (self.place, byte) {
            (Place::FirstDigit, _) => match digit {
                Some(digit) => {
                    self.size = digit;
                    Place::Digit
                }
                None => return Outcome::Broken,
            },
            (Place::Digit | Place::Space, b'\t' | b' ') => Place::Space,
            (Place::Digit | Place::Space, b';') => Place::Extension,
            (Place::Digit | Place::Space | Place::Extension, b'\r') => Place::SizeEnd,
            (Place::Digit, _) => match digit.zip(self.size.checked_mul(16)) {
                Some((digit, size)) => {
                    self.size = size + digit;
                    Place::Digit
                }
                None => return Outcome::Broken,
            },
            (Place::Extension, 0x00..=0x08 | 0x0a..=0x1f | 0x7f) | (Place::Space, _) => {
                return Outcome::Broken;
            }
            (Place::Extension, _) => Place::Extension,
            (Place::SizeEnd, b'\n') if self.size > 0 => Place::Data,
            (Place::SizeEnd, b'\n') => Place::Last,
            (Place::DataReturn, b'\r') => Place::DataEnd,
            (Place::DataEnd, b'\n') => Place::FirstDigit,
            (Place::Last, b'\r') => Place::LastEnd,
            (Place::Trailer, b'\r') => Place::TrailerEnd,
            (Place::Last | Place::Trailer, _) => Place::Trailer,
            (Place::TrailerEnd, b'\n') => Place::Last,
            (Place::LastEnd, b'\n') => return Outcome::End,
            (
                Place::SizeEnd
                | Place::Data
                | Place::DataReturn
                | Place::DataEnd
                | Place::TrailerEnd
                | Place::LastEnd,
                _,
            ) => return Outcome::Broken,
        };
        Outcome::More
    }
}
