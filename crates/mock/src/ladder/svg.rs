//! The ladder as an image: lanes from left to right, time from top to bottom, a row for each event.

mod marks;

use std::fmt::Write as _;

use ringback_engine::OffsetDateTime;

use super::{Ladder, LaneKind, Line, Row, Tone, since};
use crate::shown::in_utc;
use marks::{STYLE, Text};

/// Where the first lane is, and how far it is from each to the next.
const LEFT: usize = 212;
const LANE: usize = 178;
/// From the last lane to the edge.
const RIGHT: usize = 100;
/// Where the first row is, and how high each.
const TOP: usize = 104;
const ROW: usize = 28;

/// What stands in a row of the image.
enum Item<'a> {
    Row(&'a Row),
    /// The beginning of a band, by its place.
    Band(usize),
}

/// Where everything stands.
struct Sheet<'a> {
    ladder: &'a Ladder,
    items: Vec<(OffsetDateTime, Item<'a>)>,
    out: String,
}

pub(super) fn draw(ladder: &Ladder) -> String {
    let mut items: Vec<(OffsetDateTime, Item<'_>)> =
        ladder.rows.iter().map(|row| (row.at, Item::Row(row))).collect();
    let bands = ladder.media.iter().enumerate();
    items.extend(bands.map(|(place, band)| (band.stretch.from, Item::Band(place))));
    // A band begins behind what makes it begin.
    items.sort_by_key(|(at, _)| *at);
    let mut sheet = Sheet { ladder, items, out: String::new() };
    sheet.draw();
    sheet.out
}

fn x(lane: usize) -> usize {
    LEFT + lane * LANE
}

fn y(row: usize) -> usize {
    TOP + row * ROW
}

impl Sheet<'_> {
    fn height(&self) -> usize {
        y(self.items.len()) + 40
    }

    /// Returns the height at which a stretch ends: over the first row at its end.
    fn end(&self, to: Option<OffsetDateTime>) -> usize {
        let place = to.and_then(|to| self.items.iter().position(|(at, _)| *at >= to));
        place.map_or(self.height().saturating_sub(46), |place| y(place).saturating_sub(9))
    }

    fn draw(&mut self) {
        let (width, height) = (x(self.ladder.lanes.len().saturating_sub(1)) + RIGHT, self.height());
        let title = Text(&self.ladder.title);
        // Memory takes every text.
        let _ = writeln!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title\">\n\
             <title id=\"title\">{title}</title>\n<style>{STYLE}</style>\n\
             <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n\
             <text class=\"title\" x=\"16\" y=\"28\">{title}</text>"
        );
        if let Some((from, _)) = self.items.first() {
            let from = in_utc(*from);
            let day = format!("{} UTC", from.date());
            let _ = writeln!(self.out, "<text class=\"time\" x=\"16\" y=\"62\">{day}</text>");
        }
        for place in 0..self.ladder.media.len() {
            self.band(place);
        }
        self.lanes(height);
        self.lines();
        for place in 0..self.ladder.media.len() {
            self.voices(place);
        }
        self.rows();
        self.legend(height);
        if self.ladder.omitted > 0 {
            let (y, more) = (height - 26, self.ladder.omitted);
            let _ = writeln!(
                self.out,
                "<text class=\"time\" x=\"16\" y=\"{y}\">{more} more are left out</text>"
            );
        }
        self.out.push_str("</svg>\n");
    }

    fn lanes(&mut self, height: usize) {
        for (place, lane) in self.ladder.lanes.iter().enumerate() {
            let (x, kind) = (x(place), lane.kind.as_str());
            let name = if lane.kind == LaneKind::Exchange { &self.ladder.vendor } else { kind };
            let (title, name) = (Text(&lane.title), Text(name));
            let short = title.short(22);
            let (left, bottom) = (x - 80, height - 34);
            let _ = writeln!(
                self.out,
                "<line class=\"lane\" x1=\"{x}\" y1=\"84\" x2=\"{x}\" y2=\"{bottom}\"/>\n\
                 <rect class=\"head {kind}\" x=\"{left}\" y=\"44\" width=\"160\" height=\"40\" rx=\"6\"/>\n\
                 <text class=\"name\" x=\"{x}\" y=\"61\">{short}<title>{title}</title></text>\n\
                 <text class=\"kind\" x=\"{x}\" y=\"76\">{name}</text>"
            );
        }
    }

    /// Returns where a band begins and between which lanes it is.
    fn place_of(&self, place: usize) -> Option<(usize, usize, usize)> {
        let band = self.ladder.media.get(place)?;
        let is_it =
            |(_, item): &(OffsetDateTime, Item<'_>)| matches!(item, Item::Band(at) if *at == place);
        let row = self.items.iter().position(is_it)?;
        let (first, last) = band.lanes;
        Some((y(row) - 12, x(first) - 14, x(last) + 14))
    }

    fn band(&mut self, place: usize) {
        let Some(band) = self.ladder.media.get(place) else { return };
        let Some((top, left, right)) = self.place_of(place) else { return };
        let bottom = self.end(band.stretch.to);
        let height = bottom.saturating_sub(top).max(ROW - 6);
        let width = right - left;
        let _ = writeln!(
            self.out,
            "<rect class=\"heard\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        );
    }

    /// Who hears whom, over the lanes.
    fn voices(&mut self, place: usize) {
        let Some(band) = self.ladder.media.get(place) else { return };
        let Some((top, left, right)) = self.place_of(place) else { return };
        let label = Text(&band.label);
        let (middle, under) = (usize::midpoint(left, right), top + 16);
        let short = label.short((right - left) / 6);
        let _ = writeln!(
            self.out,
            "<text class=\"voices\" x=\"{middle}\" y=\"{under}\">{short}<title>{label}</title></text>"
        );
    }

    /// What the colours mean.
    fn legend(&mut self, height: usize) {
        let y = height - 12;
        let mut x = LEFT - 80;
        for (class, word) in
            [("rings", "rings"), ("up", "up"), ("held", "waits"), ("tape", "recorded")]
        {
            let (top, text) = (y - 8, x + 14);
            let _ = writeln!(
                self.out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"9\" height=\"9\"/>\
                 <text class=\"time\" x=\"{text}\" y=\"{y}\">{word}</text>"
            );
            x += 70;
        }
    }

    /// The legs on their lanes, and the recording on the exchange's.
    fn lines(&mut self) {
        for place in 0..self.ladder.legs.len() {
            let Some(Line { lane, whole, answered_at, held, .. }) =
                self.ladder.legs.get(place).cloned()
            else {
                continue;
            };
            let end = self.at_end(whole.to);
            let begin = self.first_at(whole.from);
            self.bar("rings", x(lane), begin, end, 3);
            if let Some(at) = answered_at {
                self.bar("up", x(lane), self.first_at(at), end, 7);
            }
            for stretch in held {
                let (from, to) = (self.first_at(stretch.from), self.at_end(stretch.to));
                self.bar("held", x(lane), from, to, 7);
            }
        }
        let exchange = x(self.ladder.exchange());
        for place in 0..self.ladder.recorded.len() {
            let Some(stretch) = self.ladder.recorded.get(place).copied() else { continue };
            let (from, to) = (self.first_at(stretch.from), self.at_end(stretch.to));
            self.bar("tape", exchange, from, to, 5);
        }
    }

    fn first_at(&self, moment: OffsetDateTime) -> usize {
        let place = self.items.iter().position(|(at, _)| *at >= moment);
        y(place.unwrap_or(self.items.len()))
    }

    fn at_end(&self, to: Option<OffsetDateTime>) -> usize {
        to.map_or(self.height().saturating_sub(46), |to| self.first_at(to))
    }

    fn bar(&mut self, class: &str, x: usize, from: usize, to: usize, width: usize) {
        let (left, height) = (x - width / 2, to.saturating_sub(from).max(3));
        let _ = writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{from}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    fn rows(&mut self) {
        let Some(from) = self.items.first().map(|(at, _)| *at) else { return };
        let items = std::mem::take(&mut self.items);
        let mut before = None;
        for (place, (at, item)) in items.iter().enumerate() {
            let y = y(place);
            if before != Some(*at) {
                let clock = in_utc(*at);
                let (hour, minute, second) = clock.to_hms();
                let (passed, text) = (since(from, *at), y + 4);
                let _ = writeln!(
                    self.out,
                    "<text class=\"time\" x=\"16\" y=\"{text}\">{hour:02}:{minute:02}:{second:02} \
                     <tspan class=\"passed\">{passed}</tspan></text>"
                );
                before = Some(*at);
            }
            if let Item::Row(row) = item {
                self.row(row, y);
            }
        }
        self.items = items;
    }

    fn row(&mut self, row: &Row, y: usize) {
        let tone = match row.tone {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Faint => "faint",
        };
        let label = Text(&row.label);
        if row.from == row.to {
            let (x, text) = (x(row.from), y + 4);
            let short = label.short(34);
            let width = (short.chars() * 7).max(60) + 16;
            let (left, top) = (x - width / 2, y - 10);
            let _ = writeln!(
                self.out,
                "<rect class=\"note {tone}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"20\" rx=\"10\"/>\n\
                 <text class=\"said {tone}\" x=\"{x}\" y=\"{text}\">{short}<title>{label}</title></text>"
            );
            return;
        }
        let (from, to) = (x(row.from), x(row.to));
        let goes_right = to > from;
        // A head of its own: markers of SVG do not take the colour of their line everywhere.
        let (tip, wing) = if goes_right { (to - 5, to - 13) } else { (to + 5, to + 13) };
        let (above, below, text) = (y - 4, y + 4, y - 5);
        // The label stands at the end that is not the exchange's, where a line has room.
        let middle = match (row.from.abs_diff(row.to), goes_right) {
            (1, _) => usize::midpoint(from, to),
            (_, true) if row.kind != "request" => to - LANE / 2,
            (_, false) if row.kind != "attempt" && row.kind != "delivery" => from - LANE / 2,
            (_, true) => from + LANE / 2,
            (_, false) => to + LANE / 2,
        };
        let short = label.short(27);
        let _ = writeln!(
            self.out,
            "<line class=\"arrow {tone}\" x1=\"{from}\" y1=\"{y}\" x2=\"{wing}\" y2=\"{y}\"/>\n\
             <path class=\"tip {tone}\" d=\"M{tip} {y}L{wing} {above}L{wing} {below}Z\"/>\n\
             <text class=\"said {tone}\" x=\"{middle}\" y=\"{text}\">{short}<title>{label}</title></text>"
        );
    }
}
