use serde_json::json;

use super::{Generation, Settings};

#[test]
fn the_default_address_of_the_original_works() {
    let set: Settings =
        serde_json::from_value(json!({ "webhook_url": "localhost:8080/webhook" })).unwrap();
    assert_eq!(set, Settings::default());
    assert_eq!(String::from(set.webhook_url), "http://localhost:8080/webhook");
}

#[test]
fn a_preset_gives_way_to_what_is_set() {
    let set = json!({ "generation": "2020", "answered": 0.5, "unfinished": { "ring": 0.1 } });
    let set: Settings = serde_json::from_value(set).unwrap();
    assert_eq!(set.generation, Generation::Of2020);
    assert_eq!(f64::from(set.answered()), 0.5);
    assert_eq!(f64::from(set.unfinished().ring), 0.1);
    assert_eq!(f64::from(set.unfinished().originate), 0.0);
    assert_eq!(f64::from(set.unfinished_listed()), 0.0);
}

#[test]
fn settings_survive_their_own_form() {
    let text = serde_json::to_string(&Settings::default()).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), Settings::default());
}
