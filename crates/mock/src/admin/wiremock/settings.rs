//! Settings: how long every answer of a port waits.

use serde_json::{Value, json};

use super::{Answer, Ask, Done, answered, body, done};
use crate::stubs::{Delay, StubRefused, keys};

fn shown(ask: &Ask) -> Done {
    let shown = ask.mounts.first().map(|mount| mount.stubs().show_settings());
    done(&json!({ "settings": shown }))
}

/// `GET settings`
pub(in crate::admin) async fn show(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    answered(shown(&ask))
}

/// `POST settings`, `PUT settings` `{"fixedDelay": 500}`
pub(in crate::admin) async fn set(mut ask: Ask) -> Answer {
    answered(change(&mut ask))
}

fn change(ask: &mut Ask) -> Done {
    ask.takes_no_account()?;
    let value = body(ask)?;
    // Clients send them bare, or as they are shown.
    let (value, at) = match value.get("settings") {
        Some(inner @ Value::Object(_)) => (inner, "/settings"),
        Some(_) | None => (&value, ""),
    };
    let given = value.as_object().ok_or_else(|| StubRefused::new(at, "has to be an object"))?;
    keys::check(given, at, keys::SETTINGS)?;
    let delay = Delay::read(given, "fixedDelay", at)?;
    ask.mounts.iter().for_each(|mount| mount.stubs().set_delay(delay));
    shown(ask)
}
