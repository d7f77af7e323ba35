//! Time: reading, setting, freezing, releasing, hurrying, jumping.

mod jump;

use std::sync::Arc;
use std::time::{Duration as RealTime, Instant};

use actix_web::web;
use ringback_engine::{Clock, ClockCommand, Duration, OffsetDateTime, Rate};
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, ask::value, ok};
use crate::{
    AccountId, ClockChange, Mount,
    bench::{Kind, Kinds},
    matching::Match,
    mount::Mark,
    shown::read_rfc3339,
    view::moment,
};
use jump::{Jump, Jumpers, Pace, Until, jump_account};

/// The longest jump: a hundred years.
const LONGEST: f64 = 3_155_760_000.0;

/// The longest that an advance takes, and that it waits for webhooks, in the computer's seconds.
const PATIENCE: f64 = 600.0;

/// How long a jump takes unless it is said, in the computer's seconds.
const JUMPS_FOR: f64 = 30.0;

/// Shows the clock of some instances; one for each where they do not go by the same.
pub(super) fn of(mounts: &[Arc<dyn Mount>]) -> Value {
    let Some(first) = mounts.first() else { return Value::Null };
    if mounts.iter().all(|mount| mount.clock().is(first.clock())) {
        return state(first.clock(), Duration::ZERO);
    }
    let clocks =
        mounts.iter().map(|mount| (mount.name().to_owned(), state(mount.clock(), Duration::ZERO)));
    json!({ "vendors": clocks.collect::<Map<_, _>>() })
}

/// Shows an account's own clock.
pub(super) fn of_account(mount: &dyn Mount, account: AccountId) -> Value {
    let clock = mount.clock();
    let Some(own) = mount.account_clock(account) else { return Value::Null };
    let mut shown = state(clock, own.offset);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("now".to_owned(), moment(own.now).into());
        shown.insert("frozen".to_owned(), (own.is_frozen || clock.state().frozen).into());
    }
    shown
}

fn state(clock: &Clock, offset: Duration) -> Value {
    let state = clock.state();
    json!({
        "now": moment(state.now),
        "rate": state.rate.as_f64(),
        "frozen": state.frozen,
        "offset": offset.as_seconds_f64(),
    })
}

/// What a clock request is about: an account's own time, or that of whole instances.
enum About<'a> {
    Account(&'a Arc<dyn Mount>, AccountId),
    All(&'a [Arc<dyn Mount>]),
}

impl About<'_> {
    fn shown(&self) -> Value {
        match self {
            Self::Account(mount, account) => of_account(mount.as_ref(), *account),
            Self::All(mounts) => of(mounts),
        }
    }

    fn now(&self) -> OffsetDateTime {
        match self {
            Self::Account(mount, account) => {
                mount.account_clock(*account).map_or(OffsetDateTime::UNIX_EPOCH, |own| own.now)
            }
            Self::All(mounts) => mounts
                .iter()
                .map(|mount| mount.clock().now())
                .max()
                .unwrap_or(OffsetDateTime::UNIX_EPOCH),
        }
    }
}

fn about(ask: &Ask) -> Result<About<'_>, Problem> {
    match ask.names_account() {
        true => ask.one().map(|(mount, account)| About::Account(mount, account)),
        false => Ok(About::All(&ask.mounts)),
    }
}

async fn change(ask: &Ask, all: ClockCommand, own: ClockChange) -> Answer {
    let about = about(ask)?;
    match about {
        About::All(mounts) => set_all(mounts, all).await?,
        About::Account(mount, account) => drop(mount.change_clock(account, own).await?),
    }
    ok(&about.shown())
}

/// Changes the clocks of whole instances, one after the other.
async fn set_all(mounts: &[Arc<dyn Mount>], command: ClockCommand) -> Result<(), Problem> {
    for mount in mounts {
        mount.set_clock(command).await?;
    }
    Ok(())
}

/// `GET clock`
pub(super) async fn show(ask: Ask) -> Answer {
    ok(&about(&ask)?.shown())
}

/// `POST clock/freeze`
pub(super) async fn freeze(ask: Ask) -> Answer {
    change(&ask, ClockCommand::Freeze, ClockChange::Freeze).await
}

/// `POST clock/release`
pub(super) async fn release(ask: Ask) -> Answer {
    change(&ask, ClockCommand::Release, ClockChange::Release).await
}

/// `POST clock/rate` `{"rate": 60}`
pub(super) async fn rate(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&["rate"])?;
    let rate = read_rate(&mut fields)?.ok_or_else(|| Problem::at("/rate", "is missing"))?;
    set_rate(&ask, rate).await?;
    ok(&about(&ask)?.shown())
}

async fn set_rate(ask: &Ask, rate: Rate) -> Result<(), Problem> {
    match about(ask)? {
        About::All(mounts) => set_all(mounts, ClockCommand::SetRate(rate)).await,
        About::Account(..) => {
            Err(Problem::at("/rate", "is that of all accounts: an account has none"))
        }
    }
}

fn read_rate(fields: &mut Map<String, Value>) -> Result<Option<Rate>, Problem> {
    let given = value::<f64>(fields, "rate")?.map(|rate| {
        let wrong = || Problem::at("/rate", "has to be a number from 0.000001 to 1000000");
        Rate::from_f64(rate).ok_or_else(wrong)
    });
    given.transpose()
}

/// `PUT clock` `{"at", "rate", "frozen"}`
pub(super) async fn set(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&["at", "rate", "frozen"])?;
    let at = read_moment(&mut fields, "at")?;
    let (rate, frozen) = (read_rate(&mut fields)?, value::<bool>(&mut fields, "frozen")?);
    let about = about(&ask)?;
    if at.is_some_and(|at| at < about.now()) {
        return Err(Problem::new(
            actix_web::http::StatusCode::CONFLICT,
            format!("time does not go back: it is {} already", moment(about.now())),
        ));
    }
    if rate.is_some() && matches!(about, About::Account(..)) {
        set_rate(&ask, Rate::ONE).await?;
    }
    match &about {
        About::All(mounts) => {
            // It shows the very moment that was asked for, if it is to stand there.
            let freeze = (frozen == Some(true)).then_some(ClockCommand::Freeze);
            let rate = rate.map(ClockCommand::SetRate);
            let release = (frozen == Some(false)).then_some(ClockCommand::Release);
            if let Some(freeze) = freeze {
                set_all(mounts, freeze).await?;
            }
            if let Some(at) = at {
                jump_all(&ask, mounts.to_vec(), Until::Moment(at), JUMPS_FOR).await?;
            }
            for command in [rate, release].into_iter().flatten() {
                set_all(mounts, command).await?;
            }
        }
        About::Account(mount, account) => {
            if frozen == Some(true) {
                mount.change_clock(*account, ClockChange::Freeze).await?;
            }
            if let Some(at) = at {
                let pace = Pace::new(RealTime::from_secs_f64(JUMPS_FOR));
                jump_account(mount, *account, &Until::Moment(at), pace).await?;
            }
            if frozen == Some(false) {
                mount.change_clock(*account, ClockChange::Release).await?;
            }
        }
    }
    ok(&about.shown())
}

fn read_moment(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<OffsetDateTime>, Problem> {
    let wrong = || Problem::at(&format!("/{name}"), "has to be a moment of RFC 3339");
    let text = value::<String>(fields, name)?;
    text.map(|text| read_rfc3339(&text).ok_or_else(wrong)).transpose()
}

fn read_seconds(
    fields: &mut Map<String, Value>,
    name: &str,
    most: f64,
) -> Result<Option<f64>, Problem> {
    match value::<f64>(fields, name)? {
        Some(seconds) if !(0.0..=most).contains(&seconds) => {
            let why = format!("has to be a number of seconds from 0 to {most}");
            Err(Problem::at(&format!("/{name}"), why))
        }
        seconds => Ok(seconds),
    }
}

/// Jumps whole instances, for so much of the computer's time at most.
async fn jump_all(
    ask: &Ask,
    mounts: Vec<Arc<dyn Mount>>,
    until: Until,
    seconds: f64,
) -> Result<Jump, Problem> {
    let jumpers = Jumpers::new(mounts, &ask.control.all);
    let pace = Pace::new(RealTime::from_secs_f64(seconds));
    // It may take seconds, in which this worker has others to serve.
    let jump = web::block(move || jumpers.jump(&until, pace)).await;
    jump.map_err(|error| Problem::malformed(error.to_string()))?
}

/// `POST clock/advance`: answers when everything due has happened, and every webhook that became due
/// has had its attempts.
pub(super) async fn advance(mut ask: Ask) -> Answer {
    let mut fields =
        ask.fields(&["seconds", "to", "until", "max", "timeout", "settle", "settle_timeout"])?;
    let about = about(&ask)?;
    let now = about.now();
    let after = |seconds: f64| now.saturating_add(Duration::seconds_f64(seconds));
    let max = read_seconds(&mut fields, "max", LONGEST)?;
    let until = match (
        read_seconds(&mut fields, "seconds", LONGEST)?,
        read_moment(&mut fields, "to")?,
        fields.remove("until"),
    ) {
        (Some(seconds), None, None) => Until::Moment(after(seconds)),
        (None, Some(to), None) if to < now => {
            return Err(Problem::at("/to", format!("is in the past: it is {}", moment(now))));
        }
        (None, Some(to), None) if to > after(LONGEST) => {
            return Err(Problem::at("/to", "is more than a hundred years ahead"));
        }
        (None, Some(to), None) => Until::Moment(to),
        (None, None, Some(Value::String(word))) if word == "idle" => {
            Until::Idle(after(max.unwrap_or(86_400.0)))
        }
        (None, None, Some(matched @ Value::Object(_))) => {
            let matched = Match::read(&matched, "/until", Some(Kind::Event))?;
            if matched.kinds() != Kinds::from(Kind::Event) {
                return Err(Problem::at("/until/kind", "has to be \"event\" here"));
            }
            Until::Event(Box::new(matched), after(max.unwrap_or(3_600.0)))
        }
        (None, None, Some(_)) => {
            return Err(Problem::at("/until", "has to be a match of events, or \"idle\""));
        }
        _ => return Err(Problem::malformed("one of seconds, to and until has to be given")),
    };
    if max.is_some() && matches!(until, Until::Moment(_)) {
        return Err(Problem::at("/max", "goes with until alone"));
    }
    let settle = value::<bool>(&mut fields, "settle")?.unwrap_or(true);
    let patience = read_seconds(&mut fields, "settle_timeout", PATIENCE)?.unwrap_or(5.0);
    let jumps_for = read_seconds(&mut fields, "timeout", PATIENCE)?.unwrap_or(JUMPS_FOR);

    let (mounts, account) = match about {
        About::All(mounts) => (mounts.to_vec(), None),
        About::Account(mount, account) => (vec![Arc::clone(mount)], Some(account)),
    };
    let marks: Vec<Mark> = mounts.iter().map(|mount| mount.mark(account)).collect();
    let jump = match account {
        None => jump_all(&ask, mounts.clone(), until, jumps_for).await?,
        Some(account) => {
            let mount = mounts.first().ok_or_else(Problem::nowhere)?;
            let pace = Pace::new(RealTime::from_secs_f64(jumps_for));
            jump_account(mount, account, &until, pace).await?
        }
    };
    let mut unsettled = Vec::new();
    if settle {
        let until = Instant::now() + RealTime::from_secs_f64(patience);
        for mount in &mounts {
            let left = until.saturating_duration_since(Instant::now());
            if !mount.settled(account, left).await {
                unsettled.extend(mount.unsettled(account));
            }
        }
    }
    let mut deliveries = Vec::new();
    for (mount, mark) in mounts.iter().zip(&marks) {
        deliveries.extend(mount.deliveries_since(mark));
    }
    let mut shown = json!({
        "from": moment(jump.from),
        "to": moment(jump.to),
        "event_count": jump.count,
        "events_omitted": jump.count.saturating_sub(u64::try_from(jump.events.len()).unwrap_or(0)),
        "events": jump.events,
        "deliveries": deliveries,
        "unsettled": unsettled,
    });
    if let (Some(shown), Some(matched)) = (shown.as_object_mut(), jump.matched) {
        shown.insert("matched".to_owned(), matched.into());
    }
    ok(&shown)
}
