//! What a text has to hold so that a pattern can match it, and which of many patterns may match one.
//!
//! One automaton looks for what all patterns ask for, so that patterns of other addresses cost a request
//! next to nothing. A `RegexSet` would tell the same and more, but is made anew with each change of the
//! mappings, which takes it longer than a thousand requests.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::{Hir, HirKind};

/// Returns the parts of a regular expression that stand for themselves and are in every text that it
/// matches.
pub(super) fn literals(pattern: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    if let Ok(hir) = regex_syntax::parse(pattern) {
        collect(&hir, &mut found);
    }
    found
}

fn collect(hir: &Hir, found: &mut Vec<Vec<u8>>) {
    match hir.kind() {
        HirKind::Literal(literal) => found.push(literal.0.to_vec()),
        HirKind::Capture(group) => collect(&group.sub, found),
        HirKind::Repetition(repeated) if repeated.min > 0 => collect(&repeated.sub, found),
        HirKind::Concat(parts) => parts.iter().for_each(|part| collect(part, found)),
        HirKind::Repetition(_)
        | HirKind::Alternation(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Empty => {}
    }
}

/// Things of which each is told by something that a text has to hold.
#[derive(Debug)]
pub(super) struct ByLiteral<T> {
    /// `None` if there are none.
    automaton: Option<AhoCorasick>,
    /// The things of each literal.
    told: Vec<Vec<T>>,
}

impl<T> ByLiteral<T> {
    /// Makes one of things with what each asks for; those that ask for nothing are given back.
    pub(super) fn new(things: Vec<(T, &[Vec<u8>])>) -> (Self, Vec<T>) {
        let mut uses: BTreeMap<&[u8], usize> = BTreeMap::new();
        for literal in things.iter().flat_map(|(_, literals)| literals.iter()) {
            *uses.entry(literal).or_default() += 1;
        }
        let (mut by_literal, mut others) = (BTreeMap::<&[u8], Vec<T>>::new(), Vec::new());
        for (thing, literals) in things {
            // What the fewest ask for tells the most.
            let rarest = literals.iter().map(Vec::as_slice).min_by_key(|literal| {
                let uses = uses.get(literal).copied().unwrap_or_default();
                (uses, std::cmp::Reverse(literal.len()))
            });
            match rarest.filter(|literal| !literal.is_empty()) {
                Some(literal) => by_literal.entry(literal).or_default().push(thing),
                None => others.push(thing),
            }
        }
        let automaton = match by_literal.is_empty() {
            true => None,
            false => AhoCorasick::new(by_literal.keys()).ok(),
        };
        let told: Vec<Vec<T>> = by_literal.into_values().collect();
        match automaton {
            Some(_) => (Self { automaton, told }, others),
            // Too many for an automaton, if that can be: all of them are looked at.
            None => {
                others.extend(told.into_iter().flatten());
                (Self { automaton, told: Vec::new() }, others)
            }
        }
    }

    /// Returns the things whose literal a text holds, each once.
    pub(super) fn within(&self, text: &str) -> impl Iterator<Item = &T> {
        let found =
            self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
        let mut found: Vec<usize> = found.map(|found| found.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|place| self.told.get(place)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Vec<String> {
        let literals = literals(pattern).into_iter();
        literals.map(|literal| String::from_utf8(literal).unwrap()).collect()
    }

    #[test]
    fn what_every_match_holds_is_found() {
        for (pattern, wanted) in [
            ("^(?:/a/b/.*)$", &["/a/b/"] as &[&str]),
            ("/a/([0-9]+)/x", &["/a/", "/x"]),
            ("/ab?c", &["/a", "c"]),
            ("(?:/a|/b)", &[]),
            ("/(?:a|bc)/d", &["/", "/d"]),
            ("(?i)/ab", &["/"]),
            (r"/a/\<b\.c", &["/a/", "b.c"]),
            ("(?:ab){2,}", &["ab"]),
            ("(?:ab)*", &[]),
            (".*", &[]),
            ("(", &[]),
        ] {
            assert_eq!(of(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn the_literal_that_tells_the_most_is_looked_for() {
        let patterns: Vec<(usize, Vec<Vec<u8>>)> =
            (0..1_000).map(|n| (n, literals(&format!("/bell/[a-z]+/{n}/[0-9]+")))).collect();
        let things = patterns.iter().map(|(number, literals)| (*number, literals.as_slice()));
        let (by_literal, others) = ByLiteral::new(things.collect());
        assert!(others.is_empty());
        assert_eq!(by_literal.within("/bell/rung/17/5").collect::<Vec<_>>(), [&17]);
        assert_eq!(by_literal.within("/bell/rung").count(), 0);
    }
}
