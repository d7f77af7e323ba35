//! How far a jump goes at a time, and for how long altogether.

use std::time::{Duration as RealTime, Instant};

use actix_web::http::StatusCode;
use ringback_engine::{Duration, OffsetDateTime};
use serde_json::json;

use super::Jump;
use crate::{admin::Problem, view::moment};

/// The first leg, and the shortest.
const FIRST: Duration = Duration::minutes(15);
const SHORTEST: Duration = Duration::SECOND;

/// A leg that takes less of the computer's time than this is followed by a longer one.
const QUICK: RealTime = RealTime::from_millis(50);

/// A leg that takes longer keeps others waiting.
const SLOW: RealTime = RealTime::from_millis(250);

/// By how much a leg is longer or shorter than the one before.
const STEP: i32 = 4;

/// The pace of one jump.
pub(in crate::admin::clock) struct Pace {
    /// How far it goes now.
    length: Duration,
    /// When this leg began.
    leg: Instant,
    began: Instant,
    patience: RealTime,
}

impl Pace {
    /// Begins now, and goes on for so much of the computer's time at most.
    pub(in crate::admin::clock) fn new(patience: RealTime) -> Self {
        let now = Instant::now();
        Self { length: FIRST, leg: now, began: now, patience }
    }

    /// Returns where a leg ends that begins now: at the last moment if nothing is due on the way there.
    pub(super) fn leg(
        &self,
        now: OffsetDateTime,
        due: Option<OffsetDateTime>,
        last: OffsetDateTime,
    ) -> OffsetDateTime {
        match due.filter(|due| *due <= last) {
            Some(due) => now.saturating_add(self.length).max(due).min(last),
            None => last,
        }
    }

    /// Returns whether others have waited long enough for this leg to end.
    pub(super) fn is_slow(&self) -> bool {
        self.leg.elapsed() >= SLOW
    }

    /// Begins the next leg, or gives up what takes too long: 408, and what has happened stays.
    pub(super) fn goes_on(&mut self, jump: &Jump) -> Result<(), Problem> {
        let took = self.leg.elapsed();
        if took < QUICK {
            self.length = self.length.checked_mul(STEP).unwrap_or(Duration::MAX);
        } else if took > SLOW {
            self.length = SHORTEST.max(self.length / STEP);
        }
        if self.began.elapsed() >= self.patience {
            let seconds = self.patience.as_secs_f64();
            let (from, to) = (moment(jump.from), moment(jump.to));
            let why = format!(
                "so much is due that the jump has come to {to} only in {seconds} s of the computer's time"
            );
            let hint = "what has happened stays; ask again to go on from there, or give timeout"
                .to_owned();
            let came = json!({ "from": from, "to": to, "event_count": jump.count });
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, why).hint(hint).with(came));
        }
        self.leg = Instant::now();
        Ok(())
    }
}
