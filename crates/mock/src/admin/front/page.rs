//! The HTML of the pages.

use std::fmt::Write as _;
use std::sync::Arc;

use ringback_engine::{Clock, Rate};
use serde_json::Value;

use super::Page;
use crate::{
    AccountId, Mount,
    admin::{Control, ask::Ask},
    mount::View,
    serve::{Forwarded, address},
};

pub(super) const STYLE: &str = include_str!("style.css");

/// Writes a text as HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Puts a page together. `up` leads from it to the documents, `trail` says where it is.
fn frame(title: &str, up: &str, trail: &str, main: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{up}style.css\">\n</head>\n<body>\n\
         <header><nav aria-label=\"Where this is\">{trail}</nav></header>\n\
         <main>\n{main}</main>\n</body>\n</html>\n"
    )
}

/// The way from the front page, which the hub alone has, to a document.
fn trail(control: &Control, up: &str, here: &str) -> String {
    let front = match control.is_hub {
        true => format!("<a href=\"{up}../\">Ringback</a>"),
        false => "<span>Ringback</span>".to_owned(),
    };
    match here {
        "" => format!("{front} <b>Documentation</b>"),
        here => format!("{front} <a href=\"{up}./\">Documentation</a> <b>{}</b>", escape(here)),
    }
}

/// A document.
pub(super) fn document(control: &Control, page: &Page) -> String {
    let up = "../".repeat(page.path.matches('/').count());
    let trail = trail(control, &up, &page.title);
    let main = format!("<article>\n{}</article>\n", page.html);
    frame(&format!("{} · Ringback", page.title), &up, &trail, &main)
}

/// The list of documents.
pub(super) fn contents(control: &Control) -> String {
    let main = format!("<h1>Documentation</h1>\n{}", list(control, ""));
    frame("Documentation · Ringback", "", &trail(control, "", ""), &main)
}

fn list(control: &Control, docs: &str) -> String {
    let mut list = String::from("<ul class=\"pages\">\n");
    for page in control.pages.all() {
        let (path, title) = (escape(&page.path), escape(&page.title));
        _ = writeln!(list, "<li><a href=\"{docs}{path}\">{title}</a></li>");
    }
    list + "</ul>\n"
}

/// What the hub shows: who answers where, and how to begin.
pub(super) fn front(control: &Control, ask: &Ask) -> String {
    let docs = "docs/";
    let mut main = format!("<h1>Ringback <small>{}</small></h1>\n", env!("CARGO_PKG_VERSION"));
    let shared = ask.mounts.split_first().and_then(|(first, others)| {
        others.iter().all(|other| other.clock().is(first.clock())).then(|| first.clock())
    });
    if let Some(clock) = shared {
        _ = writeln!(main, "<p>{}</p>", shown_clock(clock));
    }
    main.push_str("<div class=\"vendors\">\n");
    for mount in &ask.mounts {
        main.push_str(&vendor(control, ask, mount, shared.is_none()));
    }
    main.push_str("</div>\n<section class=\"vendor\">\n<h2>Control API</h2>\n");
    main.push_str("<p>Moves time, places calls, changes what happens, for all vendors.</p>\n");
    let url = address(&ask.request, Forwarded::All, &[]);
    main.push_str(&commands(&[
        format!("curl -s {url}/__admin"),
        format!("curl -s '{url}/__admin/calls?limit=5'"),
        format!("curl -s -X POST {url}/__admin/clock/advance -d '{{\"seconds\":30}}'"),
    ]));
    main.push_str("</section>\n");
    if !control.pages.all().is_empty() {
        let list = list(control, docs);
        _ = write!(main, "<section>\n<h2>Documentation</h2>\n{list}</section>\n");
    }
    frame("Ringback", docs, "<b>Ringback</b>", &main)
}

fn vendor(control: &Control, ask: &Ask, mount: &Arc<dyn Mount>, own_clock: bool) -> String {
    let (name, title) = (escape(mount.name()), escape(mount.title()));
    let url = ask.base_url(mount.as_ref());
    let mut card = format!("<section class=\"vendor\" id=\"{name}\">\n<h2>{name}</h2>\n");
    _ = writeln!(card, "<p>{title}</p>\n<dl>");
    let mut row = |name: &str, value: &str| {
        let (name, value) = (escape(name), escape(value));
        _ = writeln!(card, "<div><dt>{name}</dt><dd><code>{value}</code></dd></div>");
    };
    if let Some(url) = &url {
        row("address", url);
    }
    let mut credentials = Vec::new();
    let known = mount.view(AccountId::DEMO, View::Credentials).unwrap_or_default();
    flatten("", &known, &mut credentials);
    for (name, value) in &credentials {
        row(name, value);
    }
    card.push_str("</dl>\n");
    if credentials.is_empty() {
        card.push_str("<p>No credentials are asked for.</p>\n");
    }
    if own_clock {
        _ = writeln!(card, "<p>{}</p>", shown_clock(mount.clock()));
    }
    card.push_str(&commands(&mount.examples(url.as_deref().unwrap_or_default())));
    if let Some(link) = super::link(control, mount.vendor()) {
        _ = writeln!(card, "<p><a href=\"{link}\">What it imitates, and what it does not</a></p>");
    }
    card + "</section>\n"
}

fn commands(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("<pre><code>{}</code></pre>\n", escape(line)));
    lines.collect()
}

/// Reads names and values out of credentials; what is null is not needed.
fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                let is_first = name.is_empty();
                let name = if is_first { key.clone() } else { format!("{name} {key}") };
                flatten(&name, value, into);
            }
        }
        Value::String(text) => into.push((name.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            into.push((name.to_owned(), value.to_string()));
        }
    }
}

fn shown_clock(clock: &Clock) -> String {
    let state = clock.state();
    let moment = crate::view::moment(state.now);
    let shown = moment.get(..19).unwrap_or(&moment).replace('T', " ");
    let does = match (state.frozen, state.rate) {
        (true, _) => "stands still until it is moved".to_owned(),
        (false, Rate::ONE) => "runs".to_owned(),
        (false, rate) => format!("runs at {rate} times the speed of others"),
    };
    format!("The clock {does}: <time datetime=\"{moment}\">{shown} UTC</time>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{escape, flatten};

    #[test]
    fn what_is_shown_is_text_whatever_it_holds() {
        assert_eq!(escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
        let mut found = Vec::new();
        flatten("", &json!({ "a": { "b": "c", "d": null }, "e": 1 }), &mut found);
        let wanted = [("a b", "c"), ("e", "1")];
        assert_eq!(found, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
