use serde_json::json;

use super::{ImpactPbxControl, TriggerAs, integer};
use crate::Stage;

#[test]
fn a_trigger_is_read_as_it_is_written() {
    let bare: ImpactPbxControl = serde_json::from_value(json!({ "do": "trigger" })).unwrap();
    assert_eq!(bare, ImpactPbxControl::Trigger(TriggerAs::default()));
    let written = serde_json::to_value(&bare).unwrap();
    assert_eq!(written, json!({ "do": "trigger", "stops_after": "HANGUP", "listed": false }));
    let ring: ImpactPbxControl =
        serde_json::from_value(json!({ "do": "trigger", "stops_after": "RING" })).unwrap();
    let wanted = TriggerAs { stops_after: Stage::Ring, ..TriggerAs::default() };
    assert_eq!(ring, ImpactPbxControl::Trigger(wanted));
}

#[test]
fn a_number_is_what_an_integer_can_hold() {
    assert_eq!(integer(&"35799123456".into()).unwrap(), 35_799_123_456);
    assert_eq!(integer(&"101".into()).unwrap(), 101);
    for text in ["", "0", "0101", "+357", "1 2", "anonymous", "1234567890123456"] {
        assert!(integer(&text.into()).is_err(), "{text}");
    }
}
