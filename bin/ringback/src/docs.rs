//! The documents that come with the binary, rendered for a browser.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use ringback_mock::serve::{Page, Pages};

macro_rules! documents {
    ($($path:literal)+) => { &[$(($path, include_str!(concat!("../../../", $path)))),+] };
}

/// Every document: its place in the sources, and its text.
const DOCUMENTS: &[(&str, &str)] = documents! {
    "README.md"
    "docs/control-api.md"
    "docs/vendors/impactpbx.md"
    "docs/vendors/mango.md"
    "docs/vendors/scfm.md"
    "docs/vendors/tel4vn.md"
    "docs/vendors/voip24h.md"
    "docs/parameters.md"
    "docs/coverage.md"
    "docs/GLOSSARY.md"
    "docs/performance.md"
    "docs/ARCHITECTURE.md"
    "docs/adding-a-vendor.md"
};

/// Renders them all.
pub(crate) fn pages() -> Pages {
    DOCUMENTS.iter().map(|(path, text)| page(path, text)).collect()
}

/// Returns the address of a document below that of all, if it is one that comes along.
fn address(path: &str) -> Option<String> {
    let (known, _) = DOCUMENTS.iter().find(|(known, _)| *known == path)?;
    let name = known.strip_prefix("docs/").unwrap_or(known);
    Some(name.strip_suffix(".md").unwrap_or(name).to_lowercase())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not named here stays as the parser says"
)]
fn page(path: &str, text: &str) -> Page {
    let address = address(path).unwrap_or_default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let title = name_headings(&mut events).unwrap_or_else(|| address.clone());
    // Of a link that leads nowhere from here its text is left.
    let mut kept = Vec::new();
    let shown = events.into_iter().filter_map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = link(path, &address, &dest_url);
            kept.push(dest_url.is_some());
            let dest_url = dest_url?.into();
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::End(TagEnd::Link) => kept.pop()?.then_some(Event::End(TagEnd::Link)),
        // Nothing is fetched from elsewhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        // What looks like a tag is meant to be read.
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        other => Some(other),
    });
    let scrolling = shown.flat_map(|event| match event {
        Event::Start(Tag::Table(_)) => {
            vec![Event::Html("<div class=\"table\">".into()), event]
        }
        Event::End(TagEnd::Table) => vec![event, Event::Html("</div>\n".into())],
        other => vec![other],
    });
    let mut rendered = String::with_capacity(text.len() * 2);
    html::push_html(&mut rendered, scrolling);
    Page { path: address, title, html: rendered }
}

/// Gives headings the names by which links find them, and returns the first.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not named here stays as the parser says"
)]
fn name_headings(events: &mut [Event<'_>]) -> Option<String> {
    let mut first = None;
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut rest = events;
    while let Some((event, behind)) = rest.split_first_mut() {
        if let Event::Start(Tag::Heading { id, .. }) = event {
            let ends = |event: &&Event<'_>| !matches!(event, Event::End(TagEnd::Heading(_)));
            let texts = behind.iter().take_while(ends).filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                _ => None,
            });
            let text: String = texts.collect();
            *id = Some(CowStr::from(anchor(&text, &mut taken)));
            first.get_or_insert(text);
        }
        rest = behind;
    }
    first
}

/// Returns the name of a heading as links in such documents have it.
fn anchor(text: &str, taken: &mut BTreeMap<String, u32>) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let name: String = text.to_lowercase().chars().filter(is_kept).collect();
    let name = name.replace(' ', "-");
    let count = taken.entry(name.clone()).or_default();
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
}

/// Returns where a link of a document leads; `None` if to something that does not come along.
fn link(path: &str, address: &str, to: &str) -> Option<String> {
    if to.starts_with("https://") || to.starts_with("http://") || to.starts_with('#') {
        return Some(to.to_owned());
    }
    let (to, anchor) = match to.split_once('#') {
        Some((to, anchor)) => (to, format!("#{anchor}")),
        None => (to, String::new()),
    };
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    for segment in to.split('/') {
        match segment {
            "." | "" => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let target = self::address(&segments.join("/"))?;
    let up = "../".repeat(address.matches('/').count());
    Some(format!("{up}{target}{anchor}"))
}

#[cfg(test)]
mod tests;
