//! A campaign watched from its beginning to its end: contacts are imported, a callout runs at 60x.
//!
//! `cargo run -p ringback-scfm --example scfm-campaign -- [N|FILE]` takes about half a minute. On a
//! terminal the figures are a table that is drawn anew in its place, elsewhere lines.

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, stdout};
use std::thread::sleep;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringback_scfm::{
    BatchStatus, CallStatus, CreateBatch, CreateCallout, FireBatch, FireCallout, Metadata, Scfm,
    Statistics, bulk,
};
use serde_json::json;

/// Simulated seconds per second.
const RATE: u32 = 60;

/// After how many simulated seconds a call that failed is tried again.
const RETRY: u32 = 120;

type Rows = [(&'static str, u64); 9];

fn rows(figures: &Statistics) -> Rows {
    let of = |status| figures.of(status);
    let waiting = [CallStatus::Created, CallStatus::Queued, CallStatus::RemotelyQueued];
    [
        ("to be called", figures.remaining),
        ("waiting", waiting.map(of).iter().sum()),
        ("in progress", of(CallStatus::InProgress) + of(CallStatus::RemoteFetchQueued)),
        ("completed", of(CallStatus::Completed)),
        ("not answered", of(CallStatus::NotAnswered)),
        ("busy", of(CallStatus::Busy)),
        ("failed", of(CallStatus::Failed)),
        ("canceled", of(CallStatus::Canceled)),
        ("errored", of(CallStatus::Errored)),
    ]
}

/// Where the figures go.
enum Board {
    Table { head: ProgressBar, rows: Vec<ProgressBar> },
    Lines,
}

impl Board {
    fn of(figures: &Statistics) -> Result<Self, Box<dyn Error>> {
        if !stdout().is_terminal() {
            return Ok(Self::Lines);
        }
        let table = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        let head = ProgressBar::new(0).with_style(ProgressStyle::with_template("{msg}")?);
        let head = table.add(head);
        let style = ProgressStyle::with_template("{prefix:>14} {human_pos:>9} {bar:50}")?;
        let row = |(name, _)| {
            let bar = ProgressBar::new(figures.participations).with_style(style.clone());
            table.add(bar.with_prefix(name))
        };
        Ok(Self::Table { head, rows: rows(figures).into_iter().map(row).collect() })
    }

    fn show(&self, minutes: f64, figures: &Statistics) -> std::fmt::Result {
        let head = format!("{minutes:>5.1} min  callout {}", figures.status.as_str());
        match self {
            Self::Table { head: top, rows: bars } => {
                top.set_message(head);
                for (bar, (_, count)) in bars.iter().zip(rows(figures)) {
                    bar.set_position(count);
                }
            }
            Self::Lines => {
                let mut line = head;
                for (name, count) in rows(figures) {
                    write!(line, "  {name} {count}")?;
                }
                println!("{line}");
            }
        }
        Ok(())
    }

    /// How often there is something new to see.
    fn pause(&self) -> Duration {
        Duration::from_millis(if matches!(self, Self::Table { .. }) { 200 } else { 2_000 })
    }

    /// Leaves the table as it stands.
    fn end(&self) {
        if let Self::Table { head, rows } = self {
            rows.iter().chain([head]).for_each(ProgressBar::abandon);
        }
    }
}

/// A list such as somebody would bring.
fn made_up(count: u32) -> String {
    let lines = (0..count).map(|place| {
        let district = ["Kampot", "Kandal", "Kep", "Takeo"].get(place as usize % 4);
        format!("+85510{},Contact {place},{}\n", 200_000 + place, district.unwrap_or(&""))
    });
    ["msisdn,name,district\n".to_owned()].into_iter().chain(lines).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let said = std::env::args().nth(1).unwrap_or_else(|| "2000".to_owned());
    let csv = match said.parse() {
        Ok(count) if count > 800_000 => return Err("800000 contacts are the most".into()),
        Ok(count) => made_up(count),
        Err(_) => std::fs::read_to_string(&said).map_err(|error| format!("{said}: {error}"))?,
    };
    // As many lines as let a campaign of any size take about as long.
    let capacity = (csv.lines().count() / 40).max(1);
    let dialling = json!({
        "capacity": capacity,
        "max_calls_to_enqueue": capacity,
        "retry": { "delay_seconds": RETRY },
    });
    let builder = Scfm::builder().seed(7).rate(RATE.into()).fresh("{}");
    let scfm = builder.settings(json!({ "dialling": dialling })).start()?;
    let demo = scfm.demo();
    let imported = bulk::import(&demo, &csv, &mut |_| {})?;
    println!("{imported} contacts imported; the campaign can be asked about at {}", scfm.url());

    let callout = demo.execute(CreateCallout::default())??;
    let everybody = CreateBatch::population(callout, Default::default(), Metadata::default());
    let population = demo.execute(everybody)??;
    demo.execute(FireBatch { id: population, event: Some("queue".to_owned()) })??;
    while demo.read(|platform| platform.batch_status(population)).flatten()
        != Some(BatchStatus::Finished)
    {
        sleep(Duration::from_millis(50));
    }
    demo.execute(FireCallout { id: callout, event: Some("start".to_owned()) })??;

    let now = || demo.read(|platform| platform.statistics(callout)).flatten();
    let mut before = now().ok_or("the callout is gone")?;
    let board = Board::of(&before)?;
    let begun = Instant::now();
    let mut changed = begun;
    // Somebody may still rest before a retry; those called often enough remain for good.
    let rest = Duration::from_secs((RETRY + 30).into()) / RATE;
    while changed.elapsed() < rest {
        let figures = now().ok_or("the callout is gone")?;
        board.show(begun.elapsed().as_secs_f64() * f64::from(RATE) / 60.0, &figures)?;
        if figures != before {
            (before, changed) = (figures, Instant::now());
        }
        sleep(board.pause());
    }
    board.end();
    let calls = demo.read(|platform| platform.exchange().history().len()).unwrap_or_default();
    println!("{calls} calls carried by the exchange in {:.0?}", begun.elapsed());
    Ok(())
}
