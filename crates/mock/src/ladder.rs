//! A call as a ladder: who told whom what, and who heard whom, on one line of simulated time.

mod mermaid;
mod story;
mod svg;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, LegId};
use serde_json::{Value, json};

use crate::{
    World,
    view::{Owner, moment},
};

/// The most rows of one ladder; of a longer call the first ones.
const ROWS: usize = 2_000;

/// The most lanes of one kind; further parties and receivers share the last one.
const LANES: usize = 16;

/// A call as a ladder.
#[derive(Debug, Clone)]
pub struct Ladder {
    id: String,
    vendor: String,
    /// What it is about, in one line.
    title: String,
    lanes: Vec<Lane>,
    rows: Vec<Row>,
    /// Who heard whom, and when.
    media: Vec<Band>,
    recorded: Vec<Stretch>,
    legs: Vec<Line>,
    /// How many rows are left out.
    omitted: usize,
    /// Whether the exchange still keeps all that happened.
    is_whole: bool,
}

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LaneKind {
    Client,
    Receiver,
    Exchange,
    Extension,
    Outside,
    Service,
}

impl LaneKind {
    const ALL: [Self; 6] = [
        Self::Client,
        Self::Receiver,
        Self::Exchange,
        Self::Extension,
        Self::Outside,
        Self::Service,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Receiver => "receiver",
            Self::Exchange => "exchange",
            Self::Extension => "extension",
            Self::Outside => "outside",
            Self::Service => "service",
        }
    }
}

/// The words for whose lines there are.
pub(crate) fn lane_words() -> [&'static str; 6] {
    LaneKind::ALL.map(LaneKind::as_str)
}

#[derive(Debug, Clone)]
struct Lane {
    kind: LaneKind,
    title: String,
}

/// How something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Good,
    Bad,
    /// It has not happened yet, or only prepares something.
    Faint,
}

/// Something that happened: from one lane to another, or at one.
#[derive(Debug, Clone)]
struct Row {
    at: OffsetDateTime,
    kind: &'static str,
    from: usize,
    to: usize,
    label: String,
    tone: Tone,
    leg: Option<LegId>,
    /// What else there is to it, for programs.
    more: Value,
}

impl Row {
    fn new(
        at: OffsetDateTime,
        kind: &'static str,
        (from, to): (usize, usize),
        label: impl Into<String>,
        tone: Tone,
    ) -> Self {
        let label = label.into();
        Self { at, kind, from, to, label, tone, leg: None, more: Value::Null }
    }
}

/// A stretch of time; without an end while it lasts.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: OffsetDateTime,
    to: Option<OffsetDateTime>,
}

/// Who heard whom for a while: lanes and legs of speaker and listener.
#[derive(Debug, Clone)]
struct Band {
    stretch: Stretch,
    voices: Vec<(LegId, LegId)>,
    label: String,
    /// The outermost lanes that have to do with it.
    lanes: (usize, usize),
}

/// A leg on its lane.
#[derive(Debug, Clone)]
struct Line {
    leg: LegId,
    lane: usize,
    whole: Stretch,
    answered_at: Option<OffsetDateTime>,
    held: Vec<Stretch>,
}

/// A request of the vendor's API that has to do with the call.
#[derive(Debug, Clone)]
pub struct LadderRequest {
    /// Its id in the journal.
    pub id: String,
    /// When it came, by the account's clock.
    pub at: OffsetDateTime,
    /// What it asked for.
    pub operation: String,
    /// The answer's status.
    pub status: u16,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
}

impl Ladder {
    /// Draws a call, live or over; `None` if there is none.
    pub(crate) fn of<W: World>(world: &W, owner: &Owner<'_>, id: CallId) -> Option<Self> {
        story::tell(world, owner, id)
    }

    /// Adds the requests of clients, each with its answer.
    #[must_use]
    pub fn with_requests(mut self, requests: Vec<LadderRequest>) -> Self {
        if requests.is_empty() {
            return self;
        }
        self.lanes.insert(0, Lane { kind: LaneKind::Client, title: "client".to_owned() });
        self.shift();
        let exchange = self.exchange();
        let rows = requests.into_iter().map(|request| {
            let LadderRequest { id, at, operation, status, refused } = request;
            let is_fine = (200..400).contains(&status) && refused.is_none();
            let more = json!({ "request": id, "status": status, "refused": refused });
            let label = format!("{operation} \u{2192} {status}");
            let tone = if is_fine { Tone::Good } else { Tone::Bad };
            Row { more, ..Row::new(at, "request", (0, exchange), label, tone) }
        });
        let mut all: Vec<Row> = rows.collect();
        all.append(&mut self.rows);
        // What a request causes happens at its moment, behind it.
        all.sort_by_key(|row| row.at);
        self.rows = all;
        self.shorten();
        self
    }

    /// Makes room for a lane before all others.
    fn shift(&mut self) {
        for row in &mut self.rows {
            row.from += 1;
            row.to += 1;
        }
        for band in &mut self.media {
            band.lanes.0 += 1;
            band.lanes.1 += 1;
        }
        for line in &mut self.legs {
            line.lane += 1;
        }
    }

    fn shorten(&mut self) {
        self.omitted += self.rows.len().saturating_sub(ROWS);
        self.rows.truncate(ROWS);
    }

    /// Returns the lane of the exchange.
    fn exchange(&self) -> usize {
        self.lanes.iter().position(|lane| lane.kind == LaneKind::Exchange).unwrap_or_default()
    }

    /// Returns it as JSON: lanes, rows that name lanes by their place, and stretches of time.
    pub(crate) fn json(&self) -> Value {
        let lane = |lane: &Lane| json!({ "kind": lane.kind.as_str(), "title": lane.title });
        let row = |row: &Row| {
            let Row { at, kind, from, to, label, leg, more, .. } = row;
            let mut shown = json!({
                "at": moment(*at), "kind": kind, "from": from, "to": to, "label": label,
            });
            if let (Some(shown), Some(leg)) = (shown.as_object_mut(), leg) {
                shown.insert("leg".to_owned(), json!(leg));
            }
            if let (Some(shown), Some(more)) = (shown.as_object_mut(), more.as_object()) {
                let known = more.iter().filter(|(_, value)| !value.is_null());
                shown.extend(known.map(|(name, value)| (name.clone(), value.clone())));
            }
            shown
        };
        let stretch =
            |Stretch { from, to }: &Stretch| json!({ "from": moment(*from), "to": to.map(moment) });
        let band = |band: &Band| {
            let voices = band.voices.iter();
            let voice = |(speaker, listener): &(LegId, LegId)| json!({ "speaker": speaker, "listener": listener });
            let mut shown = stretch(&band.stretch);
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("voices".to_owned(), voices.map(voice).collect());
                fields.insert("label".to_owned(), band.label.as_str().into());
            }
            shown
        };
        let line = |line: &Line| {
            json!({
                "leg": line.leg,
                "lane": line.lane,
                "created_at": moment(line.whole.from),
                "answered_at": line.answered_at.map(moment),
                "ended_at": line.whole.to.map(moment),
                "held": line.held.iter().map(stretch).collect::<Value>(),
            })
        };
        json!({
            "call": self.id,
            "vendor": self.vendor,
            "title": self.title,
            "whole": self.is_whole,
            "lanes": self.lanes.iter().map(lane).collect::<Value>(),
            "legs": self.legs.iter().map(line).collect::<Value>(),
            "rows": self.rows.iter().map(row).collect::<Value>(),
            "rows_omitted": self.omitted,
            "media": self.media.iter().map(band).collect::<Value>(),
            "recorded": self.recorded.iter().map(stretch).collect::<Value>(),
        })
    }

    /// Returns it as an SVG image, for light and dark pages.
    pub(crate) fn svg(&self) -> String {
        svg::draw(self)
    }

    /// Returns it as a sequence diagram of Mermaid.
    pub(crate) fn mermaid(&self) -> String {
        mermaid::write(self)
    }
}

/// Returns the time since a beginning, as all forms have it.
fn since(from: OffsetDateTime, at: OffsetDateTime) -> String {
    let millis = (at - from).whole_milliseconds();
    format!("+{}.{:03}", millis / 1_000, millis % 1_000)
}
