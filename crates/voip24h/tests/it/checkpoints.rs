//! Many continuations of one moment: forks of an account with a call mid-ring.

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::json;

use crate::{SECRET, ask_as};

#[actix_web::test]
async fn fifty_forks_of_a_call_that_rings_go_on_each_by_itself() {
    let api = Api::<Voip24h>::frozen();
    let call = json!({ "from": "0987654321", "to": "102", "behaviour": { "outcome": "manual" } });
    let placed = api.post("/__admin/calls", &call).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    for place in 0..50 {
        let to = format!("branch-{place}");
        let fork = format!("/__admin/accounts/{SECRET}/fork");
        let forked = api.post(&fork, &json!({ "to": to })).await;
        assert_eq!(forked.status, 201, "{}", forked.text());
        assert_eq!(forked.json["credentials"]["partnerSecret"], to);
    }
    let id = placed.json["vendor_ids"]["callId"].as_str().unwrap().to_owned();
    for place in 0..50 {
        let verb = if place % 2 == 0 { "answer" } else { "reject" };
        let path = format!("/__admin/calls/{id}/{verb}?account=branch-{place}");
        let driven = api.post(&path, &json!({})).await;
        assert_eq!(driven.status, 200, "{}", driven.text());
        if verb == "answer" {
            let path = format!("/__admin/clock/advance?account=branch-{place}");
            api.post(&path, &json!({ "seconds": 10 + place })).await;
            let path = format!("/__admin/calls/{id}/hang_up?account=branch-{place}");
            api.post(&path, &json!({})).await;
        }
    }
    let wanted = json!({ "user": "102" });
    for place in 0..50 {
        let reply = ask_as(&api, &format!("branch-{place}"), "getUser", wanted.clone()).await;
        let record = &reply.json["data"][0];
        let seconds = if place % 2 == 0 { 10 + place } else { 0 };
        let status = if place % 2 == 0 { "ANSWERED" } else { "BUSY" };
        assert_eq!((&record["callStatus"], &record["duration"]), (&json!(status), &json!(seconds)));
        assert_eq!(record["callId"], json!(id), "one id in all of them");
    }
    assert_eq!(api.get("/__admin/calls").await.json["calls"][0]["state"], "ringing");
}

#[actix_web::test]
async fn tests_in_parallel_go_back_each_in_an_account_of_its_own() {
    let api = Api::<Voip24h>::frozen();
    let run = |name: String, calls: u32| {
        let api = &api;
        async move {
            let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
            assert_eq!(made.status, 201);
            let saved = json!({ "name": "empty" });
            let path = format!("/__admin/checkpoints?account={name}");
            assert_eq!(api.post(&path, &saved).await.status, 201);
            for round in 0..3 {
                for _ in 0..calls {
                    let dial = json!({ "extension": "101", "phone": "0987699486" });
                    let reply = ask_as(api, &name, "makeDial", dial).await;
                    assert_eq!(reply.json["respMsg"], "Success");
                }
                let path = format!("/__admin/changes?since=empty&account={name}");
                let changes = api.get(&path).await.json;
                assert_eq!(changes["calls"]["counts"]["added"], calls, "{name}, round {round}");
                let path = format!("/__admin/checkpoints/empty/rewind?account={name}");
                assert_eq!(api.post(&path, &json!({})).await.status, 200);
                let path = format!("/__admin/changes?since=empty&account={name}");
                assert_eq!(api.get(&path).await.json, json!({}));
            }
        }
    };
    let all = (1..=20).map(|calls| run(format!("test-{calls}"), calls));
    futures_util::future::join_all(all).await;
}
