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
    "docs/console.md"
    "docs/control-api.md"
    "docs/clients.md"
    "docs/durability.md"
    "docs/fuzzing.md"
    "docs/scenarios.md"
    "docs/wiremock.md"
    "docs/wiremock-keys.md"
    "docs/vendors/impactpbx.md"
    "docs/vendors/mango.md"
    "docs/vendors/scfm.md"
    "docs/vendors/tel4vn.md"
    "docs/vendors/voip24h.md"
    "docs/parameters.md"
    "docs/coverage.md"
    "docs/GLOSSARY.md"
    "docs/cluster.md"
    "docs/performance.md"
    "docs/ARCHITECTURE.md"
    "docs/adding-a-vendor.md"
};

/// Tells programs which documents there are.
const INDEX: &str = include_str!("../../../docs/llms.txt");

/// Renders them all.
pub(crate) fn pages() -> Pages {
    let pages: Pages = DOCUMENTS.iter().map(|(path, text)| page(path, text)).collect();
    pages.with_index(INDEX)
}

/// Returns the names of all documents with their texts, as they are.
pub(crate) fn texts() -> impl Iterator<Item = (String, &'static str)> {
    DOCUMENTS.iter().map(|(path, text)| (address(path).unwrap_or_default(), *text))
}

/// Returns the headings of a document with how deep they are, leaving out what looks like one in a sample.
pub(crate) fn headings(text: &str) -> impl Iterator<Item = (usize, &str)> {
    lines(text).filter_map(|(_, heading)| heading)
}

/// Returns the part of a document under a heading, with the parts below that.
pub(crate) fn part(text: &str, heading: &str) -> Option<String> {
    let mut part = String::new();
    let mut depth = None;
    for (line, found) in lines(text) {
        match (depth, found) {
            (None, Some((level, name))) if name.eq_ignore_ascii_case(heading) => {
                depth = Some(level)
            }
            (None, _) => continue,
            (Some(depth), Some((level, _))) if level <= depth => break,
            (Some(_), _) => {}
        }
        part.push_str(line);
        part.push('\n');
    }
    depth.map(|_| part)
}

/// Returns the lines of a document, and of those that are headings the depth and the text.
fn lines(text: &str) -> impl Iterator<Item = (&str, Option<(usize, &str)>)> {
    let mut inside = false;
    text.lines().map(move |line| {
        inside ^= line.starts_with("```");
        let name = line.trim_start_matches('#');
        let depth = line.len() - name.len();
        let is_heading = !inside && depth > 0 && name.starts_with(' ');
        (line, is_heading.then(|| (depth, name.trim())))
    })
}

/// Returns the address of a document below that of all, if it is one that comes along.
fn address(path: &str) -> Option<String> {
    let (known, _) = DOCUMENTS.iter().find(|(known, _)| *known == path)?;
    let name = known.strip_prefix("docs/").unwrap_or(known);
    Some(name.strip_suffix(".md").unwrap_or(name).to_lowercase())
}

fn page(path: &str, text: &str) -> Page {
    let address = address(path).unwrap_or_default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let title = name_headings(&mut events).unwrap_or_else(|| address.clone());
    // Of a link that leads nowhere from here its text is left.
    let mut kept = Vec::new();
    events.retain_mut(|event| {
        if let Event::Start(Tag::Link { dest_url, .. }) = event {
            let to = link(path, &address, dest_url);
            kept.push(to.is_some());
            *dest_url = to.unwrap_or_default().into();
            return kept.last().is_some_and(|kept| *kept);
        }
        if matches!(event, Event::End(TagEnd::Link)) {
            return kept.pop().unwrap_or_default();
        }
        // Nothing is fetched from elsewhere.
        !matches!(event, Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image))
    });
    let mut shown = Vec::with_capacity(events.len());
    for event in events {
        let begins = matches!(event, Event::Start(Tag::Table(_)));
        let ends = matches!(event, Event::End(TagEnd::Table));
        // A wide table scrolls by itself.
        shown.extend(begins.then(|| Event::Html("<div class=\"table\">".into())));
        // What looks like a tag is meant to be read.
        let is_tag = matches!(event, Event::Html(_) | Event::InlineHtml(_));
        shown.push(if is_tag { Event::Text(text_of(&event).to_owned().into()) } else { event });
        shown.extend(ends.then(|| Event::Html("</div>\n".into())));
    }
    let mut rendered = String::with_capacity(text.len() * 2);
    html::push_html(&mut rendered, shown.into_iter());
    Page { path: address, title, html: rendered, text: text.to_owned() }
}

/// Returns what an event shows, if that is text.
fn text_of<'a>(event: &'a Event<'_>) -> &'a str {
    if let Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) =
        event
    {
        return text;
    }
    ""
}

/// Gives headings the names by which links find them, and returns the first.
fn name_headings(events: &mut [Event<'_>]) -> Option<String> {
    let mut first = None;
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut rest = events;
    while let Some((event, behind)) = rest.split_first_mut() {
        if let Event::Start(Tag::Heading { id, .. }) = event {
            let ends = |event: &&Event<'_>| !matches!(event, Event::End(TagEnd::Heading(_)));
            let text: String = behind.iter().take_while(ends).map(text_of).collect();
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
