//! What a telephone number is to this vendor, and when two of them are the same.

/// Returns how many digits a text has among the usual punctuation; `None` if there is more in it.
pub(crate) fn count_digits(text: &str) -> Option<usize> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let fits = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.');
    text.chars().all(fits).then(|| text.bytes().filter(u8::is_ascii_digit).count())
}

/// Returns whether a text reads as a telephone number: 3 to 20 digits among the usual punctuation.
pub(crate) fn is_telephone(text: &str) -> bool {
    count_digits(text).is_some_and(|count| (3..=20).contains(&count))
}

/// Returns a number's digits; a leading 8 of eleven is the country code 7 as it is dialled at home.
pub(crate) fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(rest) if rest.len() == 10 => format!("7{rest}"),
        _ => digits,
    }
}

/// Returns whether a text can be an extension: up to ten digits.
pub(crate) fn is_extension(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
