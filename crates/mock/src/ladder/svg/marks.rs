//! Colours, and texts that stay texts.

use std::fmt;

/// Colours for light pages and dark ones, without anything fetched.
pub(super) const STYLE: &str = "\
svg{--page:#fff;--ink:#1f2328;--dim:#656d76;--lane:#d0d7de;--head:#f6f8fa;--good:#1a7f37;\
--bad:#cf222e;--up:#4ac26b;--rings:#d4a72c;--held:#8250df;--heard:#1a7f37}\
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--ink:#e6edf3;--dim:#8d96a0;--lane:#30363d;\
--head:#161b22;--good:#3fb950;--bad:#f85149;--up:#2ea043;--rings:#bb8009;--held:#a371f7;\
--heard:#3fb950}}\
text{font:11.5px ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:var(--ink)}\
.page{fill:var(--page)}\
.title{font-size:15px;font-weight:600}\
.time{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--dim)}\
.passed{fill:var(--ink)}\
.name,.kind,.said,.voices{text-anchor:middle}\
.name{font-size:13px;font-weight:600}\
.kind{font-size:10.5px;fill:var(--dim)}\
.lane{stroke:var(--lane);stroke-dasharray:2 4}\
.head{fill:var(--head);stroke:var(--lane)}\
.head.exchange{stroke:var(--ink)}\
.heard{fill:var(--heard);fill-opacity:.1}\
.voices{fill:var(--good);font-weight:600}\
.rings{fill:var(--rings)}.up{fill:var(--up)}.held{fill:var(--held)}.tape{fill:var(--bad)}\
.arrow{stroke:var(--ink);stroke-width:1.2}.tip{fill:var(--ink)}\
.note{fill:var(--head);stroke:var(--lane)}\
.said,.voices{paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}\
.note+.said{stroke:none}\
.arrow.good{stroke:var(--good)}.tip.good{fill:var(--good)}\
.arrow.bad{stroke:var(--bad)}.tip.bad,.said.bad{fill:var(--bad)}.note.bad{stroke:var(--bad)}\
.arrow.faint{stroke:var(--dim);stroke-dasharray:5 3}.tip.faint,.said.faint{fill:var(--dim)}";

/// A text, written so that XML takes it for nothing else: callers choose their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

/// A text, shortened to fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short<'a>(&'a str, bool);

impl<'a> Text<'a> {
    /// Returns as much of it as so many letters, the last of them an ellipsis if there is more.
    pub(super) fn short(self, letters: usize) -> Short<'a> {
        match self.0.char_indices().nth(letters) {
            None => Short(self.0, false),
            Some(_) => {
                let end = self.0.char_indices().nth(letters.saturating_sub(1));
                let end = end.map_or(0, |(at, _)| at);
                Short(self.0.get(..end).unwrap_or_default(), true)
            }
        }
    }
}

impl Short<'_> {
    /// Returns how many letters it has.
    pub(super) fn chars(self) -> usize {
        self.0.chars().count() + usize::from(self.1)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // XML has no way to write them at all.
                '\0'..='\u{8}'
                | '\u{b}'
                | '\u{c}'
                | '\u{e}'..='\u{1f}'
                | '\u{fffe}'
                | '\u{ffff}' => {
                    f.write_str("\u{fffd}")?;
                }
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Text(self.0))?;
        if self.1 { f.write_str("\u{2026}") } else { Ok(()) }
    }
}
