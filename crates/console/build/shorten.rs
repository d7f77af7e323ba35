//! What the packer saves beyond comments and spaces, without knowing what the code means.

use std::collections::BTreeMap;

use minifier::js::{Keyword, ReservedChar, Token, Tokens, clean_tokens, tokenize};

/// Returns a script without comments, spaces and the semicolons at the ends of blocks. `const` is a `let` that
/// is longer: nothing that the sources may not write to is written to by them.
pub(crate) fn script(source: &str) -> Result<String, &'static str> {
    let mut short: Vec<Token<'_>> = Vec::new();
    for token in clean_tokens(tokenize(source)?).0 {
        let ends = token.eq_char(ReservedChar::CloseCurlyBrace) && !is_empty_statement(&short);
        if ends && short.last().is_some_and(|last| last.eq_char(ReservedChar::SemiColon)) {
            short.pop();
        }
        let is_const = matches!(token, Token::Keyword(Keyword::Const));
        short.push(if is_const { Token::Keyword(Keyword::Let) } else { token });
    }
    Ok(Tokens(short).to_string())
}

/// Returns whether the semicolon at the end is the whole body of a loop or of a condition.
fn is_empty_statement(tokens: &[Token<'_>]) -> bool {
    let mut open = 0_usize;
    let mut before = tokens.iter().rev().skip(1);
    for token in before.by_ref() {
        match token.get_char() {
            Some(ReservedChar::CloseParenthese) => open += 1,
            Some(ReservedChar::OpenParenthese) => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    let heads = [Keyword::For, Keyword::While, Keyword::If];
    before.next().and_then(Token::get_keyword).is_some_and(|word| heads.contains(&word))
}

/// Returns a style sheet without comments and spaces, whose own properties have short names; `others` are texts
/// that must not know them by the long ones.
pub(crate) fn style(source: &str, others: &[&str]) -> Result<String, String> {
    let style = minifier::css::minify(source)?.to_string().replace(";}", "}");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, _) in style.match_indices("--") {
        let text = style.get(place..).unwrap_or_default();
        let name = text.split(|c| !is_name(c)).next().unwrap_or_default();
        *uses.entry(name).or_default() += 1;
    }
    if let Some(name) = uses.keys().find(|name| others.iter().any(|text| text.contains(**name))) {
        return Err(format!("{name} is the style sheet's own, and a script has it"));
    }
    let mut names: Vec<&str> = uses.keys().copied().collect();
    names.sort_by_key(|name| std::cmp::Reverse(uses.get(name)));
    let letters = || 'a'..='z';
    let short = letters().map(String::from);
    let long = letters().flat_map(|one| letters().map(move |two| format!("{one}{two}")));
    let short: BTreeMap<&str, String> = names.into_iter().zip(short.chain(long)).collect();
    let mut shorter = String::with_capacity(style.len());
    let mut rest = style.as_str();
    while let Some((before, after)) = rest.split_once("--") {
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        let known = short.get(format!("--{name}").as_str()).ok_or("a name is lost")?;
        shorter.push_str(before);
        shorter.push_str("--");
        shorter.push_str(known);
        rest = behind;
    }
    shorter.push_str(rest);
    Ok(shorter)
}
