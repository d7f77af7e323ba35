//! The ladder as a sequence diagram of Mermaid.

use std::fmt::Write as _;

use ringback_engine::OffsetDateTime;

use super::{Ladder, Tone, since};

/// Behind the rows in which somebody hears somebody: fits light and dark pages.
const HEARD: &str = "rgba(46, 160, 67, 0.12)";

pub(super) fn write(ladder: &Ladder) -> String {
    let mut out = String::from("sequenceDiagram\n");
    // Memory takes every text.
    let _ = writeln!(out, "    title {}", text(&ladder.title));
    for (place, lane) in ladder.lanes.iter().enumerate() {
        let title = text(&lane.title);
        let _ = writeln!(out, "    participant L{place} as {title}<br/>{}", lane.kind.as_str());
    }
    let Some(from) = ladder.rows.first().map(|row| row.at) else { return out };
    let mut bands = ladder.media.iter().peekable();
    let mut open: Option<Option<OffsetDateTime>> = None;
    for row in &ladder.rows {
        // A band lies over what happens after its beginning and before its end.
        if open.is_some_and(|to| to.is_some_and(|to| to <= row.at)) {
            out.push_str("    end\n");
            open = None;
        }
        while let Some(band) = bands.next_if(|band| band.stretch.from < row.at) {
            if open.take().is_some() {
                out.push_str("    end\n");
            }
            let ((first, last), label) = (band.lanes, text(&band.label));
            let _ = writeln!(out, "    rect {HEARD}");
            let _ = writeln!(out, "    Note over L{first},L{last}: {label}");
            open = Some(band.stretch.to);
            if band.stretch.to.is_some_and(|to| to <= row.at) {
                out.push_str("    end\n");
                open = None;
            }
        }
        let (at, label) = (since(from, row.at), text(&row.label));
        let _ = match (row.from == row.to, row.tone) {
            (true, _) => writeln!(out, "    Note over L{}: {at} {label}", row.from),
            (false, Tone::Plain | Tone::Good) => {
                writeln!(out, "    L{}->>L{}: {at} {label}", row.from, row.to)
            }
            (false, Tone::Bad) => writeln!(out, "    L{}-xL{}: {at} {label}", row.from, row.to),
            (false, Tone::Faint) => {
                writeln!(out, "    L{}-->>L{}: {at} {label}", row.from, row.to)
            }
        };
    }
    if open.is_some() {
        out.push_str("    end\n");
    }
    for band in bands {
        let ((first, last), label) = (band.lanes, text(&band.label));
        let _ = writeln!(out, "    Note over L{first},L{last}: {label}");
    }
    if ladder.omitted > 0 {
        let _ = writeln!(out, "    Note over L0: {} more", ladder.omitted);
    }
    out
}

/// Writes a text that Mermaid takes for nothing else: callers choose their numbers.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z'
            | 'A'..='Z'
            | '0'..='9'
            | ' '
            | '+'
            | '-'
            | '_'
            | '.'
            | ','
            | '/'
            | '*'
            | '('
            | ')'
            | ':'
            | '\u{2192}'
            | '\u{21c4}'
            | '\u{b7}' => out.push(c),
            // Mermaid's entities.
            other => {
                let _ = write!(out, "#{};", u32::from(other));
            }
        }
    }
    // It takes these words for keywords wherever a text ends in them.
    if out == "end" { "#101;nd".to_owned() } else { out }
}
