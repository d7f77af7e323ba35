//! Telephone numbers: what is taken for one, and how it is stored. vendors/scfm.md, 8 and A.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A plausible international number, without its `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Msisdn(u64);

/// Why a text is not taken for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotANumber {
    /// It has no digit.
    #[error("can't be blank")]
    Blank,
    /// No country has such a number.
    #[error("is an invalid number")]
    Invalid,
}

impl Msisdn {
    /// Reads a number in any common spelling: with `+`, `00` or neither, with blanks, dashes,
    /// parentheses and a national 0 after the country code.
    ///
    /// # Errors
    /// When there is no digit, or no country has such a number.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return Err(NotANumber::Blank);
        }
        if has_extension(text) {
            return Err(NotANumber::Invalid);
        }
        let digits = digits.strip_prefix("00").unwrap_or(&digits);
        let (code, national) = country(digits).ok_or(NotANumber::Invalid)?;
        let national = match national.strip_prefix('0') {
            Some(rest) if drops_zero(code) => rest,
            _ => national,
        };
        let length = code.to_string().len() + national.len();
        if !(4..=15).contains(&length) || !is_plausible(code, national) {
            return Err(NotANumber::Invalid);
        }
        format!("{code}{national}").parse().map(Self).map_err(|_| NotANumber::Invalid)
    }

    /// Returns the number as digits.
    pub fn digits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// Splits off the country code; the codes are such that at most one fits.
fn country(digits: &str) -> Option<(u16, &str)> {
    let [one, two, three] = [1, 2, 3].map(|length| {
        let code = digits.get(..length).and_then(|code| code.parse::<u16>().ok());
        code.zip(digits.get(length..))
    });
    if let Some((1 | 7, _)) = one {
        return one;
    }
    two.filter(|(code, _)| TWO.contains(code)).or(three.filter(|(code, _)| THREE.contains(code)))
}

/// Countries of the North American plan and Italy have no national 0; in a few African ones a
/// number may begin with it.
fn drops_zero(code: u16) -> bool {
    !matches!(code, 1 | 7 | 39 | 225 | 229 | 241 | 242)
}

const TWO: &[u16] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56,
    57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

const THREE: &[u16] = &[
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233,
    234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252,
    253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297,
    298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376,
    377, 378, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505,
    506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675,
    676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 850, 852, 853,
    855, 856, 880, 886, 960, 961, 962, 963, 964, 965, 966, 967, 968, 970, 971, 972, 973, 974, 975,
    976, 977, 992, 993, 994, 995, 996, 998,
];

fn is_plausible(code: u16, national: &str) -> bool {
    let length = national.len();
    match code {
        1 => length == 10 && is_area(national),
        84 => match national.as_bytes().first() {
            // Mobile numbers have nine digits; those of 2017 that begin with 1 have ten.
            Some(b'9') => length == 9,
            Some(b'1') => length == 10,
            _ => (7..=12).contains(&length),
        },
        855 => is_cambodian(national),
        252 => is_somali(national),
        7 | 30 | 58 | 90 | 91 | 98 => length == 10,
        27
        | 33
        | 34
        | 40
        | 41
        | 48
        | 93
        | 94
        | 211
        | 212
        | 213
        | 221
        | 233
        | 237
        | 240
        | 242..=245
        | 249
        | 251
        | 254..=256
        | 260
        | 262
        | 351
        | 359
        | 380
        | 388
        | 420
        | 590
        | 594
        | 596
        | 992
        | 994
        | 996
        | 998 => length == 9,
        45
        | 216
        | 222
        | 223
        | 225..=230
        | 232
        | 235
        | 236
        | 253
        | 257
        | 266
        | 356
        | 370
        | 371
        | 373
        | 374
        | 386
        | 387
        | 389
        | 503
        | 504
        | 509
        | 591
        | 598
        | 689
        | 852
        | 853
        | 968
        | 973
        | 993 => length == 8,
        220 | 238 | 239 | 241 | 246 | 248 | 291 | 297 | 354 | 423 | 501 | 673 | 674 | 679 | 680
        | 691 | 692 | 975 => length == 7,
        32 | 66 | 218 | 224 | 250 | 258 | 355 | 377 | 593 | 595 | 962 | 963 | 995 => {
            (8..=9).contains(&length)
        }
        20 | 53 | 64 | 234 | 856 | 886 | 970 | 972 => (8..=10).contains(&length),
        267 | 372 | 505 | 507 | 599 | 670 | 961 | 976 => (7..=8).contains(&length),
        44 | 51 | 56 | 81 | 82 | 92 | 966 => (9..=10).contains(&length),
        57 | 506 | 964 | 977 => matches!(length, 8 | 10),
        385 | 967 => (6..=9).contains(&length),
        39 | 63 => (8..=11).contains(&length),
        54 | 86 => (10..=11).contains(&length),
        60 => (9..=11).contains(&length),
        62 | 358 => (5..=11).contains(&length),
        49 => (6..=13).contains(&length),
        43 => (4..=13).contains(&length),
        31 => matches!(length, 7 | 9..=11),
        36 => matches!(length, 8 | 9 | 12),
        46 | 95 => matches!(length, 6..=10 | 13),
        47 => length == 8,
        52 => (10..=13).contains(&length),
        55 => matches!(length, 6 | 8 | 10 | 11),
        61 => matches!(length, 6 | 9 | 10),
        65 => matches!(length, 8 | 10 | 12),
        353 => (7..=9).contains(&length),
        375 => matches!(length, 6 | 9..=11),
        880 => (7..=10).contains(&length),
        960 => matches!(length, 7 | 10),
        965 => matches!(length, 6..=8 | 12),
        971 => matches!(length, 5 | 8 | 9 | 12),
        974 => matches!(length, 5 | 7 | 8 | 10),
        // Assigned, and not in the table: what small plans have.
        _ => (5..=10).contains(&length),
    }
}

/// An area code begins with 2 to 9 and is none of 311, 411 and so on to 911.
fn is_area(national: &str) -> bool {
    match national.as_bytes() {
        [b'3'..=b'9', b'1', b'1', ..] => false,
        [first, ..] => matches!(first, b'2'..=b'9'),
        [] => false,
    }
}

/// Whether a text ends in `x12`, `ext 5` and the like: up to five digits, and an x between them and
/// the digits before.
fn has_extension(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let text = text.trim_end_matches(|c| !is_digit(c));
    let before = text.trim_end_matches(is_digit);
    let length = text.len() - before.len();
    let between = before.rsplit(is_digit).next().unwrap_or_default();
    (1..=5).contains(&length) && between.contains(['x', 'X'])
}

fn is_cambodian(national: &str) -> bool {
    let Some((area, rest)) = national.split_at_checked(2) else { return false };
    let first = rest.as_bytes().first().copied().unwrap_or(b'0');
    match (area, rest.len()) {
        (
            "10" | "11" | "13" | "14" | "15" | "16" | "17" | "60" | "61" | "66" | "67" | "68"
            | "69" | "70" | "77" | "78" | "80" | "81" | "83" | "84" | "85" | "86" | "87" | "89"
            | "90" | "93" | "95" | "98" | "99",
            6,
        ) => matches!(first, b'2'..=b'9'),
        ("92", 6) => matches!(first, b'1'..=b'9'),
        ("31" | "38" | "39" | "71" | "76" | "88" | "96" | "97", 7) => {
            matches!(first, b'2'..=b'9')
        }
        ("12" | "18", 6) => matches!(first, b'2'..=b'8'),
        ("12", 7) => first == b'1',
        ("18", 7) => first == b'9',
        (
            "23" | "24" | "25" | "26" | "32" | "33" | "34" | "35" | "36" | "42" | "43" | "44"
            | "52" | "53" | "54" | "55" | "62" | "63" | "64" | "65" | "72" | "73" | "74" | "75",
            6,
        ) => {
            matches!(first, b'2' | b'3' | b'7' | b'8' | b'9')
                || matches!(rest.get(..2), Some("40" | "41" | "42" | "43" | "44"))
        }
        (
            "23" | "24" | "25" | "26" | "32" | "33" | "34" | "35" | "36" | "42" | "43" | "44"
            | "52" | "53" | "54" | "55" | "62" | "63" | "64" | "65" | "72" | "73" | "74" | "75",
            7,
        ) => {
            let tens = rest.get(..2).and_then(|tens| tens.parse::<u8>().ok()).unwrap_or(0);
            first == b'6' || (45..=56).contains(&tens)
        }
        _ => false,
    }
}

fn is_somali(national: &str) -> bool {
    let tens = national.get(..2).and_then(|tens| tens.parse::<u8>().ok()).unwrap_or(0);
    match national.len() {
        9 => (61..=69).contains(&tens) || tens == 90,
        7 => !national.starts_with('0'),
        // Older ranges.
        8 => (20..=89).contains(&tens),
        6 => (20..=99).contains(&tens),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
