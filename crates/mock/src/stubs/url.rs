//! Which addresses a mapping is about.

use regex::{Regex, RegexBuilder};

use super::{StubRefused, literal};

/// How large a regular expression may become.
const REGEX: usize = 1 << 20;

/// Which addresses a mapping is about.
#[derive(Debug, Clone)]
pub(crate) enum UrlPattern {
    Any,
    /// Path and query.
    Url(String),
    UrlMatches(Whole),
    Path(String),
    PathMatches(Whole),
    /// The names of its parameters, in their order.
    Template(Whole, Vec<String>),
}

/// A regular expression that has to match all of an address.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    regex: Regex,
    /// What every address holds that it matches.
    literals: Vec<Vec<u8>>,
}

impl Whole {
    /// Compiles one.
    pub(crate) fn read(pattern: &str, at: &str) -> Result<Self, StubRefused> {
        let regex = whole(pattern, at)?;
        let literals = literal::literals(regex.as_str());
        Ok(Self { regex, literals })
    }

    /// Returns it as it was given.
    fn text(&self) -> &str {
        let text = self.regex.as_str();
        let text = text.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$"));
        text.unwrap_or_default()
    }
}

/// Compiles a regular expression that has to match all of a text.
pub(crate) fn whole(pattern: &str, at: &str) -> Result<Regex, StubRefused> {
    let compile = |pattern: &str| {
        RegexBuilder::new(pattern)
            .dot_matches_new_line(true)
            .size_limit(REGEX)
            .dfa_size_limit(REGEX)
            .nest_limit(64)
            .build()
    };
    // By itself first: `a)|(b` would be one only between our brackets, and match more than all of it.
    let built = compile(pattern).and_then(|_| compile(&format!("^(?:{pattern})$")));
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
    Ok(UrlPattern::Template(Whole::read(&pattern, at)?, names))
}

impl UrlPattern {
    pub(crate) fn matches(&self, url: &str) -> bool {
        let path = || url.split('?').next().unwrap_or_default();
        match self {
            Self::Any => true,
            Self::Url(wanted) => wanted == url,
            Self::UrlMatches(pattern) => pattern.regex.is_match(url),
            Self::Path(wanted) => wanted == path(),
            Self::PathMatches(pattern) | Self::Template(pattern, _) => {
                pattern.regex.is_match(path())
            }
        }
    }

    /// Returns the parameters that a path gives to a template.
    pub(crate) fn params(&self, path: &str) -> Vec<(String, String)> {
        let Self::Template(pattern, names) = self else { return Vec::new() };
        let Some(found) = pattern.regex.captures(path) else { return Vec::new() };
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

    /// Returns texts that every address holds that it is about; perhaps none.
    pub(super) fn literals(&self) -> &[Vec<u8>] {
        match self {
            Self::Any | Self::Url(_) | Self::Path(_) => &[],
            Self::UrlMatches(pattern) | Self::PathMatches(pattern) | Self::Template(pattern, _) => {
                &pattern.literals
            }
        }
    }

    /// Returns the text that it compares with, to tell how near an address comes.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Any => "",
            Self::Url(text) | Self::Path(text) => text,
            Self::UrlMatches(pattern) | Self::PathMatches(pattern) | Self::Template(pattern, _) => {
                pattern.text()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_gives_its_parameters() {
        let template = template("/calls/{id}/legs/{leg}.json", "").unwrap();
        assert!(template.matches("/calls/7/legs/a.json?x=1"));
        assert!(!template.matches("/calls/7/8/legs/a.json"));
        let params = template.params("/calls/a%20b/legs/c.json");
        let wanted = [("id", "a b"), ("leg", "c")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(params, wanted);
        assert_eq!(template.literals(), [b"/calls/".to_vec(), b"/legs/".into(), b".json".into()]);
    }

    #[test]
    fn patterns_match_all_of_it_and_look_around_is_refused_with_a_hint() {
        assert!(!whole("a", "").unwrap().is_match("ab"));
        let refused = whole("(?!a)b", "/url").unwrap_err();
        assert!(refused.detail.contains("look-around"), "{refused}");
        assert!(whole("(a{100}){100}{100}", "").is_err());
        assert!(whole("a)|(b", "").is_err());
    }
}
