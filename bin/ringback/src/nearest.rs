//! The nearest spelling of a name that is not known.

/// Returns the known name that is meant, if one is near enough.
pub(crate) fn nearest<'a>(said: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let said = said.to_lowercase().replace('-', "_");
    let distance =
        |name: &&str| strsim::damerau_levenshtein(&said, &name.to_lowercase().replace('-', "_"));
    let (best, distance) =
        known.into_iter().map(|name| (name, distance(&name))).min_by_key(|(_, far)| *far)?;
    // A third of the letters may be wrong; with more of them it would be a guess.
    (distance <= (said.len().max(best.len()) / 3).max(1)).then_some(best)
}

/// Ends a message about an unknown name: the one that is meant, or else all that are known.
pub(crate) fn hint(said: &str, known: &[&str]) -> String {
    match nearest(said, known.iter().copied()) {
        Some(name) => format!("; did you mean {name}?"),
        None if known.is_empty() => String::new(),
        None => format!("; known are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{hint, nearest};

    #[test]
    fn a_slip_finds_the_name_that_is_meant_and_another_word_finds_none() {
        let known = ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"];
        for (said, meant) in [
            ("mnago", Some("mango")),
            ("Mango", Some("mango")),
            ("voip25h", Some("voip24h")),
            ("impact-pbx", Some("impactpbx")),
            ("scmf", Some("scfm")),
            ("twilio", None),
            ("", None),
        ] {
            assert_eq!(nearest(said, known), meant, "{said}");
        }
        assert_eq!(hint("twilio", &["mango", "scfm"]), "; known are mango, scfm");
        assert_eq!(hint("x", &[]), "");
    }
}
