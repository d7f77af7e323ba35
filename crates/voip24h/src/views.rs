//! A call as each view of this vendor shows it. There is no list of live calls, and no webhook.

use ringback_exchange::CallId;
use ringback_mock::{CallShown, Says, ShownKind, read_moment};
use serde_json::Value;

use crate::{machine::Pbx, render::CallRecord, wire::ZONE};

pub(crate) fn of(pbx: &Pbx, id: CallId) -> Vec<CallShown> {
    let Some(cdr) = pbx.exchange().history().get(id) else { return Vec::new() };
    let record = CallRecord::from(cdr);
    let mut written = Vec::new();
    record.write(&mut written);
    // It is what answers are made of, so it is JSON.
    let shown: Value = serde_json::from_slice(&written).unwrap_or_default();
    let text = |name: &str| shown.get(name).and_then(Value::as_str);
    let says = Says {
        started_at: text("callDate").and_then(|date| read_moment(date, ZONE)),
        seconds: shown.get("duration").and_then(Value::as_f64),
        is_answered: text("callStatus").map(|status| status == "ANSWERED"),
        is_over: Some(true),
        words: text("callStatus").map(str::to_owned).into_iter().collect(),
        ..Says::default()
    };
    let file = record.recording_file();
    let sound = pbx.recording(&file);
    let mut views = vec![CallShown::new("getCallData", ShownKind::Record, shown, says)];
    views.extend(sound.map(|sound| CallShown::recording("recordingListen", file, sound.length())));
    views
}
