//! Secrets, taken out of what is logged: wherever a name is that of a secret, its value is not shown,
//! be it in JSON, in a form, in a query or in JSON within a text, whole or cut off.

/// What stands in the place of a secret.
pub(crate) const MASKED: &str = "***";

/// A name that contains one of these is a secret's.
const PARTS: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "authorization",
    "credential",
];

/// A name that is one of these is a secret's.
const NAMES: [&str; 9] =
    ["sign", "signature", "salt", "vpbxapisalt", "pwd", "pass", "pin", "cookie", "setcookie"];

/// Knows which names are secrets'.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mask {
    also: &'static [&'static str],
}

impl Mask {
    /// Also takes the values of a vendor's own names for secrets.
    pub(crate) fn new(also: &'static [&'static str]) -> Self {
        Self { also }
    }

    /// Returns whether a value of this name is not to be shown.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let plain = plain.to_ascii_lowercase();
        PARTS.iter().any(|part| plain.contains(part))
            || NAMES.contains(&plain.as_str())
            || self.also.contains(&name)
    }

    /// Returns a text without the values of secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let (name, after) = rest.split_at(word);
            if name.is_empty() {
                rest = user_of_url(after, &mut out);
                continue;
            }
            out += name;
            rest = after;
            let value = if self.is_secret(name) { value_after(rest) } else { None };
            let value = value.or_else(|| scheme_value(name, rest));
            if let Some((between, value)) = value {
                out += rest.get(..between).unwrap_or_default();
                out += MASKED;
                rest = rest.get(between + value..).unwrap_or_default();
            }
        }
        out
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Takes what is no word, up to the next one; a user and a password in a URL are not shown.
fn user_of_url<'a>(text: &'a str, out: &mut String) -> &'a str {
    if let Some(after) = text.strip_prefix("://") {
        *out += "://";
        let end =
            |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '\\' | '&') || c.is_whitespace();
        let authority = after.get(..after.find(end).unwrap_or(after.len())).unwrap_or_default();
        return match authority.rsplit_once('@') {
            Some((user, _)) => {
                *out += MASKED;
                after.get(user.len()..).unwrap_or_default()
            }
            None => after,
        };
    }
    let next = text.chars().next().map_or(0, char::len_utf8);
    let (c, rest) = text.split_at(next);
    *out += c;
    rest
}

/// Returns how far it is to the value of a name, and how long that is.
fn value_after(text: &str) -> Option<(usize, usize)> {
    let quoting = |c: char| matches!(c, '\\' | '"' | '\'' | ']') || c.is_whitespace();
    let sign = text.find(|c: char| !quoting(c))?;
    let after = text.get(sign..)?;
    let value = match after.strip_prefix('=') {
        // Of a form: what stands in the next line is another's, whose name is to be seen.
        Some(after) => after.trim_start_matches(' '),
        None => after.strip_prefix(':')?.trim_start(),
    };
    let between = text.len() - value.len();
    let escapes = value.len() - value.trim_start_matches('\\').len();
    let unescaped = value.get(escapes..)?;
    if let Some(quote) = unescaped.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let opening = value.get(..=escapes)?;
        let inside = unescaped.get(1..)?;
        let length = closing(inside, opening, quote);
        return Some((between + opening.len(), length));
    }
    let length = match value.chars().next() {
        Some(open @ ('[' | '{')) => nested(value, open),
        _ => plain(value),
    };
    // What is empty, null or a yes is no secret, but a number may be one.
    (length > 0 && value.get(..length) != Some("null")).then_some((between, length))
}

/// Returns where a quoted text ends that began with a quotation mark, perhaps escaped.
fn closing(inside: &str, opening: &str, quote: char) -> usize {
    let escapes = opening.len() - 1;
    let mut before = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '\\' => before += 1,
            c if c == quote && before == escapes => return at - escapes,
            _ => before = 0,
        }
    }
    inside.len()
}

/// Returns how long a list or an object is.
fn nested(value: &str, open: char) -> usize {
    let close = if open == '[' { ']' } else { '}' };
    let mut depth = 0_usize;
    for (at, c) in value.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    value.len()
}

/// Returns how long a value without quotation marks is; what follows `Bearer` belongs to it.
fn plain(value: &str) -> usize {
    let is_end = |c: char| {
        matches!(c, '&' | ',' | ';' | '}' | ']' | '"' | '\'' | '\\' | '<') || c.is_whitespace()
    };
    let length = value.find(is_end).unwrap_or(value.len());
    let word = value.get(..length).unwrap_or_default();
    if word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic") {
        let rest = value.get(length..).unwrap_or_default();
        let space = rest.len() - rest.trim_start_matches(' ').len();
        return length + space + plain(rest.get(space..).unwrap_or_default());
    }
    length
}

/// Returns how far it is to the credentials behind the name of their scheme, and how long they are.
fn scheme_value(name: &str, text: &str) -> Option<(usize, usize)> {
    let value = text.strip_prefix(' ')?.trim_start_matches(' ');
    let length = plain(value);
    let is_scheme =
        name.eq_ignore_ascii_case("bearer") || (name.eq_ignore_ascii_case("basic") && length >= 8);
    (is_scheme && length > 0).then_some((text.len() - value.len(), length))
}
