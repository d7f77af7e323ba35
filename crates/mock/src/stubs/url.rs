//! Which addresses a mapping is about.

use regex::{Regex, RegexBuilder};

use super::StubRefused;

/// How large a regular expression may become.
const REGEX: usize = 1 << 20;

/// Which addresses a mapping is about.
#[derive(Debug, Clone)]
pub(crate) enum UrlPattern {
    Any,
    /// Path and query.
    Url(String),
    UrlMatches(Regex),
    Path(String),
    PathMatches(Regex),
    /// The names of its parameters, in their order.
    Template(Regex, Vec<String>),
}

/// Compiles a regular expression that has to match all of a text.
pub(crate) fn whole(pattern: &str, at: &str) -> Result<Regex, StubRefused> {
    let built = RegexBuilder::new(&format!("^(?:{pattern})$"))
        .dot_matches_new_line(true)
        .size_limit(REGEX)
        .dfa_size_limit(REGEX)
        .nest_limit(64)
        .build();
    built.map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim();
        let look = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| pattern.contains(look));
        let hint = if look { "; patterns run in linear time, without look-around" } else { "" };
        StubRefused::new(at, format!("is no regular expression: {why}{hint}"))
    })
}

/// Compiles a template of a path.
pub(crate) fn template(text: &str, at: &str) -> Result<UrlPattern, StubRefused> {
    let (mut pattern, mut names, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else {
            return Err(StubRefused::new(at, "has a { without its }"));
        };
        pattern.push_str(&regex::escape(before));
        pattern.push_str("([^/]+)");
        names.push(name.to_owned());
        rest = behind;
    }
    pattern.push_str(&regex::escape(rest));
    Ok(UrlPattern::Template(whole(&pattern, at)?, names))
}

impl UrlPattern {
    pub(crate) fn matches(&self, url: &str) -> bool {
        let path = || url.split('?').next().unwrap_or_default();
        match self {
            Self::Any => true,
            Self::Url(wanted) => wanted == url,
            Self::UrlMatches(pattern) => pattern.is_match(url),
            Self::Path(wanted) => wanted == path(),
            Self::PathMatches(pattern) | Self::Template(pattern, _) => pattern.is_match(path()),
        }
    }

    /// Returns the parameters that a path gives to a template.
    pub(crate) fn params(&self, path: &str) -> Vec<(String, String)> {
        let Self::Template(pattern, names) = self else { return Vec::new() };
        let Some(found) = pattern.captures(path) else { return Vec::new() };
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let values = names.iter().zip(found.iter().skip(1));
        values.filter_map(|(name, value)| Some((name.clone(), decoded(value?.as_str())))).collect()
    }

    /// Returns the path that it is about alone.
    pub(super) fn literal(&self) -> Option<&str> {
        match self {
            Self::Url(url) => url.split('?').next(),
            Self::Path(path) => Some(path),
            Self::Any | Self::UrlMatches(_) | Self::PathMatches(_) | Self::Template(..) => None,
        }
    }

    /// Returns what every address begins with that it is about; perhaps nothing.
    pub(super) fn prefix(&self) -> String {
        match self {
            Self::Any => String::new(),
            Self::Url(text) | Self::Path(text) => text.clone(),
            Self::UrlMatches(pattern) | Self::PathMatches(pattern) | Self::Template(pattern, _) => {
                let inner = pattern.as_str();
                let inner = inner.strip_prefix("^(?:").and_then(|inner| inner.strip_suffix(")$"));
                literal_prefix(inner.unwrap_or_default())
            }
        }
    }

    /// Returns the text that it compares with, to tell how near an address comes.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Any => "",
            Self::Url(text) | Self::Path(text) => text,
            Self::UrlMatches(pattern) | Self::PathMatches(pattern) | Self::Template(pattern, _) => {
                let text = pattern.as_str();
                let text = text.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$"));
                text.unwrap_or_default()
            }
        }
    }
}

/// Returns the characters at the beginning of a regular expression that stand for themselves.
fn literal_prefix(pattern: &str) -> String {
    if pattern.contains(['|', '(']) {
        // An alternative may begin with something else, and a group may switch case off.
        let first = pattern.find(['|', '(']).unwrap_or(0);
        let has_bar = pattern.contains('|');
        let inner = if has_bar { "" } else { pattern.get(..first).unwrap_or_default() };
        return literal_prefix(inner);
    }
    let mut prefix = String::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        let c = match c {
            '\\' => match rest.next() {
                Some(c) if c.is_ascii_punctuation() => c,
                _ => break,
            },
            '.' | '*' | '+' | '?' | '[' | '{' | '^' | '$' | ')' | ']' | '}' => break,
            c => c,
        };
        if matches!(rest.peek(), Some('*' | '?' | '{')) {
            break;
        }
        prefix.push(c);
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_itself_at_the_beginning_is_found() {
        for (pattern, prefix) in [
            ("/a/b/.*", "/a/b/"),
            ("/a/bc*", "/a/b"),
            ("/a\\.b[0-9]", "/a.b"),
            ("/a/(b|c)", ""),
            ("/a/([0-9]+)/x", "/a/"),
            ("(?i)/a", ""),
            (".*", ""),
            ("/ab+", "/ab"),
            ("/a\\d", "/a"),
            ("/ab?c", "/a"),
        ] {
            assert_eq!(literal_prefix(pattern), prefix, "{pattern}");
        }
    }

    #[test]
    fn a_template_gives_its_parameters() {
        let template = template("/calls/{id}/legs/{leg}.json", "").unwrap();
        assert!(template.matches("/calls/7/legs/a.json?x=1"));
        assert!(!template.matches("/calls/7/8/legs/a.json"));
        let params = template.params("/calls/a%20b/legs/c.json");
        let wanted = [("id", "a b"), ("leg", "c")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(params, wanted);
        assert_eq!(template.prefix(), "/calls/");
    }

    #[test]
    fn patterns_match_all_of_it_and_look_around_is_refused_with_a_hint() {
        assert!(!whole("a", "").unwrap().is_match("ab"));
        let refused = whole("(?!a)b", "/url").unwrap_err();
        assert!(refused.detail.contains("look-around"), "{refused}");
        assert!(whole("(a{100}){100}{100}", "").is_err());
    }
}
