//! Time: reading, freezing, releasing, hurrying, jumping; and starting over.

use ringback_engine::{Clock, Duration};
use serde_json::{Value, json};

use super::{Answer, Body, Refused, answer, object, target::Named};

/// The longest jump: a hundred years.
const LONGEST: f64 = 3_155_760_000.0;

fn states(named: &Named, change: impl Fn(&Clock)) -> Answer {
    let states = named.each(|mount| {
        change(mount.clock());
        Ok(json!(mount.clock().state()))
    })?;
    Ok(answer(&states))
}

/// `GET clock`
pub(super) async fn show(named: Named) -> Answer {
    states(&named, |_| {})
}

/// `POST clock/freeze`
pub(super) async fn freeze(named: Named) -> Answer {
    states(&named, Clock::freeze)
}

/// `POST clock/release`
pub(super) async fn release(named: Named) -> Answer {
    states(&named, Clock::release)
}

/// `POST clock/rate` `{"rate": 60}`
pub(super) async fn rate(named: Named, body: Body) -> Answer {
    let rate = object(body)?.get("rate").and_then(Value::as_f64);
    let rate = rate
        .filter(|rate| Clock::RATES.contains(rate))
        .ok_or_else(|| Refused::malformed("rate has to be a number from 0.000001 to 1000000"))?;
    states(&named, |clock| clock.set_rate(rate))
}

/// `POST clock/advance` `{"seconds": 30}`: answers when everything due has happened.
pub(super) async fn advance(named: Named, body: Body) -> Answer {
    let seconds = object(body)?.get("seconds").and_then(Value::as_f64);
    let seconds = seconds.filter(|seconds| (0.0..=LONGEST).contains(seconds)).ok_or_else(|| {
        Refused::malformed("seconds has to be a number from 0 to a hundred years")
    })?;
    let by = Duration::seconds_f64(seconds);
    let advanced = named.each(|mount| {
        let mut advanced = mount.advance(by).map_err(Refused::unavailable)?;
        let listed = advanced.get("events").and_then(Value::as_array).map_or(0, Vec::len);
        let count = advanced.get("event_count").and_then(Value::as_u64).unwrap_or_default();
        let omitted = count.saturating_sub(u64::try_from(listed).unwrap_or_default());
        if let Some(object) = advanced.as_object_mut() {
            object.insert("events_omitted".to_owned(), omitted.into());
        }
        Ok(advanced)
    })?;
    Ok(answer(&advanced))
}

/// `POST reset`
pub(super) async fn reset(named: Named) -> Answer {
    let mut clocks = Vec::new();
    for mount in named.mounts() {
        clocks.push(mount.reset().await.map_err(Refused::unavailable)?);
    }
    let mut clocks = clocks.into_iter();
    let reset = named.each(|_| Ok(json!({ "reset": true, "clock": clocks.next() })))?;
    Ok(answer(&reset))
}
