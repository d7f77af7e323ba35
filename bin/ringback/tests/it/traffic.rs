//! Calls that come by themselves from the start on: `--traffic`, its variable and its key.

use awc::Client;
use serde_json::{Value, json};

use crate::started::{Started, failure, folder, mistake, ringback, success};

const QUIET: [&str; 5] = ["--log-format", "json", "--no-hub", "--seed", "7"];

async fn get(url: &str) -> Value {
    Client::default().get(url).send().await.expect("an answer").json().await.unwrap()
}

async fn post(url: &str, body: &Value) -> Value {
    let request = Client::default().post(url).timeout(std::time::Duration::from_secs(30));
    request.send_json(body).await.expect("an answer").json().limit(10 << 20).await.unwrap()
}

#[actix_web::test]
async fn calls_come_by_themselves_where_a_flag_says_so_and_again_after_a_reset() {
    let flags = ["--vendor", "mango=0,voip24h=0", "--freeze", "--traffic", "mango=120"];
    let started = Started::of(ringback(&std::env::temp_dir(), &[&QUIET[..], &flags].concat()));
    let (mango, voip) = (started.url("mango"), started.url("voip24h"));
    for _ in ["at the start", "after a reset"] {
        let set = get(&format!("{mango}/__admin/traffic")).await;
        assert_eq!((&set["calls_per_hour"], &set["curve"]), (&json!(120.0), &json!("flat")));
        post(&format!("{mango}/__admin/clock/advance"), &json!({ "seconds": 3600 })).await;
        let placed = get(&format!("{mango}/__admin/traffic")).await["placed"].as_u64().unwrap();
        assert!((60..180).contains(&placed), "{placed}");
        let none = get(&format!("{voip}/__admin/traffic")).await;
        assert_eq!(none["placed"], json!(null), "{none}");
        post(&format!("{mango}/__admin/reset"), &json!({})).await;
    }
}

#[actix_web::test]
async fn a_file_may_say_it_by_table_and_a_scenario_says_at_which_hours() {
    let folder = folder("traffic");
    std::fs::write(folder.join("ringback.toml"), "[traffic]\nmango = 60\nvoip24h = 12.5\n")
        .unwrap();
    let scenario = "[traffic]\ncalls_per_hour = 5\ncurve = \"office\"\ninbound = 1.0\n";
    std::fs::write(folder.join("s.toml"), scenario).unwrap();
    let flags = ["--vendor", "mango=0,voip24h=0,tel4vn=0", "--freeze", "--scenario", "s.toml"];
    let started = Started::of(ringback(&folder, &[&QUIET[..], &flags].concat()));
    for (vendor, calls) in [("mango", 60.0), ("voip24h", 12.5), ("tel4vn", 5.0)] {
        let set = get(&format!("{}/__admin/traffic", started.url(vendor))).await;
        let found = (&set["calls_per_hour"], &set["curve"], &set["inbound"]);
        assert_eq!(found, (&json!(calls), &json!("office"), &json!(1.0)), "{vendor}");
    }
    let page = success(ringback(&folder, &["config", "show"]));
    assert!(page.contains("traffic = [\"mango=60\", \"voip24h=12.5\"]  # ringback.toml"), "{page}");
    let mut by_variable = ringback(&folder, &["config", "show"]);
    by_variable.env("RINGBACK_TRAFFIC", "mango=1,scfm=2");
    let page = success(by_variable);
    assert!(page.contains("traffic = [\"mango=1\", \"scfm=2\"]"), "{page}");
    assert!(page.contains("# RINGBACK_TRAFFIC"), "{page}");
}

#[test]
fn what_is_wrong_with_it_is_said_before_anything_starts() {
    let most = "is no number of calls above 0, 36000 at most";
    for (said, what) in [
        ("mango", "--traffic mango: write NAME=N, calls an hour".to_owned()),
        ("mnago=5", "--traffic mnago=5: unknown vendor \"mnago\", did you mean mango?".to_owned()),
        ("mango=0", format!("--traffic mango=0: \"0\" {most}")),
        ("mango=-1", format!("--traffic mango=-1: \"-1\" {most}")),
        ("mango=NaN", format!("--traffic mango=NaN: \"NaN\" {most}")),
        ("mango=36001", format!("--traffic mango=36001: \"36001\" {most}")),
        ("mango=many", format!("--traffic mango=many: \"many\" {most}")),
        ("mango=1,mango=2", "--traffic mango=2: mango is there twice".to_owned()),
        ("scfm=2", "--traffic: scfm is not started".to_owned()),
    ] {
        let told = mistake(&["--vendor", "mango=0", "--no-hub", "--traffic", said]);
        assert!(told.contains(&what), "{said}: {told}");
    }
    let folder = folder("traffic-wrong");
    std::fs::write(folder.join("ringback.toml"), "traffic = 5\n").unwrap();
    let told = failure(ringback(&folder, &["--no-hub"]), 2);
    assert!(told.contains("a table of numbers, \"NAME=N\" or a list of such"), "{told}");
}
