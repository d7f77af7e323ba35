//! Three replicas behind a round-robin: what one has answered, and what follows from an hour.

use serde_json::{Value, json};

use crate::Stage;
use crate::http::Http;
use crate::load::{add_contact, number};
use crate::nodes::until;
use crate::receiver::Receiver;

const PAIRS: u64 = 1_000;

#[test]
fn what_one_replica_answers_all_show_and_an_hour_passes_for_all() {
    let receiver = Receiver::start();
    let webhook = format!("mango={}", receiver.url);
    let vendors = "scfm=0,voip24h=0,mango=0";
    let flags = ["--vendor", vendors, "--freeze", "--webhook", &webhook];
    let Some(stage) = Stage::start(&flags) else { return };

    // A client behind a round-robin: each request goes to the next.
    let mut contacts: Vec<_> =
        stage.replicas.iter().map(|replica| Http::new(&replica.url("scfm"))).collect();
    let mut misses = 0;
    for pair in 0..PAIRS {
        let [one, next] = [pair as usize % 3, (pair as usize + 1) % 3];
        let number = number(0, pair);
        let (status, id) = add_contact(&mut contacts[one], &number).unwrap();
        assert_eq!(status, 201);
        let reply = contacts[next].ask("GET", &format!("/api/contacts/{id}"), None).unwrap();
        misses += u64::from(reply.json()["msisdn"] != format!("+{number}"));
    }
    println!("{PAIRS} written at one replica and read at the next: {misses} misses");
    assert_eq!(misses, 0);

    // Calls of two vendors, made here and there, that last for minutes.
    for replica in 0..3 {
        for to in ["101", "102"] {
            let call = json!({ "from": format!("7999000000{replica}"), "to": to });
            stage.hub(replica, "POST", "/__admin/mango/calls", Some(&call));
        }
        let call = json!({ "from": format!("10{}", replica + 1), "to": "0912000001" });
        stage.hub(replica, "POST", "/__admin/voip24h/calls", Some(&call));
    }
    stage.same_everywhere("mango", "/__admin/calls");
    stage.hub(1, "POST", "/__admin/clock/advance", Some(&json!({ "seconds": 3600 })));

    stage.same_everywhere("hub", "/__admin/clock");
    stage.same_everywhere("scfm", "/api/contacts");
    for vendor in ["mango", "voip24h"] {
        let calls = stage.same_everywhere(vendor, "/__admin/calls?limit=1000");
        let calls: Value = serde_json::from_slice(&calls).unwrap();
        let calls = calls["calls"].as_array().unwrap();
        assert!(calls.iter().all(|call| call["ended_at"].is_string()), "{calls:?}");
        let mut recorded = 0;
        for call in calls {
            let path = format!("/__admin/calls/{}/recording.wav", call["id"].as_str().unwrap());
            let first = Http::new(&stage.replicas[0].url(vendor)).ask("GET", &path, None).unwrap();
            if first.status == 200 {
                assert_eq!(stage.same_everywhere(vendor, &path), first.body);
                recorded += 1;
            }
        }
        println!("{vendor}: {} calls, {recorded} recordings, the same at all", calls.len());
    }

    until("all webhooks are delivered", || {
        let deliveries = stage.hub(0, "GET", "/__admin/mango/deliveries?limit=1", None);
        deliveries["pending"] == 0 && deliveries["delivered"].as_u64() > Some(0)
    });
    let told = stage.same_everywhere("mango", "/__admin/deliveries?limit=1000");
    let told: Value = serde_json::from_slice(&told).unwrap();
    let counts = receiver.counts();
    println!("{} webhooks, {} received", told["delivered"], counts.len());
    assert_eq!(told["failed"], 0);
    assert_eq!(told["delivered"], counts.len());
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}
