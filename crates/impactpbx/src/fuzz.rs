//! Fuzz targets: what clients of the Impact PBX send.

use serde_json::Value;

use crate::{ImpactPbx, Pbx, wire::echo::Echo};

#[test]
fn requests() {
    ringback_fuzz::target!(|input| {
        ringback_testkit::fuzzed::ask::<ImpactPbx>(input, || Value::Null, |_| {}, Pbx::verify);
    });
}

/// A content type and a body: what is echoed is JSON that is echoed as it is.
#[test]
fn echoes() {
    ringback_fuzz::target!(|input| {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (kind, body) = input.split_at(end);
        let Ok(kind) = str::from_utf8(kind) else { return };
        let kind = Some(kind).filter(|kind| !kind.is_empty());
        let Ok(echo) = Echo::read(kind, body.get(1..).unwrap_or_default()) else { return };
        let written = serde_json::to_vec(&echo).unwrap();
        let again = Echo::read(None, &written).unwrap();
        assert_eq!(serde_json::to_vec(&again).unwrap(), written);
    });
}
