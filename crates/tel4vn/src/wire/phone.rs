//! Numbers to call, plain or disguised.

use aes::{
    Aes256,
    cipher::{Array, BlockCipherDecrypt as _, KeyInit as _},
};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use base64::{Engine as _, alphabet, engine::general_purpose::GeneralPurpose};

/// The most digits of a number.
const LONGEST: usize = 32;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Reads a number: digits with an optional `+` in front; blanks do not count.
pub(crate) fn plain(text: &str) -> Option<String> {
    let phone: String = text.chars().filter(|c| *c != ' ').collect();
    is_phone(&phone).then_some(phone)
}

/// Returns whether a text is digits with an optional `+` in front.
pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (1..=LONGEST).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a campaign can call a number: of 8 to 11 digits.
pub(crate) fn is_callable(text: &str) -> bool {
    (8..=11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a number is one of those that a single lead may have: the pattern
/// `^(84|0[3|5|7|8|9])+([0-9]{8})$`, kept as it is published, with its bars.
pub(crate) fn is_lead_number(text: &str) -> bool {
    let Some(cut) = text.len().checked_sub(8).filter(|cut| *cut >= 2 && cut % 2 == 0) else {
        return false;
    };
    let (prefixes, digits) = text.as_bytes().split_at(cut);
    let is_prefix =
        |pair: &[u8]| matches!(pair, b"84" | [b'0', b'3' | b'5' | b'7' | b'8' | b'9' | b'|']);
    prefixes.chunks(2).all(is_prefix) && digits.iter().all(u8::is_ascii_digit)
}

/// Reads a number in base64; a `+` that was not escaped arrives as a blank, and some clients use
/// the alphabet for addresses.
pub(crate) fn encoded(text: &str) -> Option<String> {
    let standard: String = text
        .trim()
        .chars()
        .map(|c| match c {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bytes = BASE64.decode(standard).ok()?;
    plain(std::str::from_utf8(&bytes).ok()?)
}

/// Reads a number encrypted with AES-256 in ECB mode, padded as PKCS#7 says, in hexadecimal.
pub(crate) fn encrypted(text: &str, key: &[u8; 32]) -> Option<String> {
    let mut bytes = unhex(text.trim())?;
    let cipher = Aes256::new(&Array::from(*key));
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut bytes);
    if blocks.is_empty() || !rest.is_empty() {
        return None;
    }
    for block in blocks {
        cipher.decrypt_block(block);
    }
    let padding = usize::from(*bytes.last()?);
    let length = bytes.len().checked_sub(padding)?;
    let (number, padded) = bytes.split_at_checked(length)?;
    let is_padded =
        (1..=16).contains(&padding) && padded.iter().all(|b| usize::from(*b) == padding);
    is_padded.then(|| plain(std::str::from_utf8(number).ok()?)).flatten()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = text.chars().map(digit).collect();
    let pairs = digits?;
    let (pairs, rest) = pairs.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}
