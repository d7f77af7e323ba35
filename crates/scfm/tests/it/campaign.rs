//! Callouts that really dial: limits, pauses, retries, figures.

use ringback_scfm::{CallStatus, Scfm, SeedContacts, Statistics};
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{form, ids, made, set};

/// A callout with so many contacts of its own, not started.
async fn callout(api: &Api<Scfm>, contacts: u32, metadata: Value) -> u64 {
    api.demo().execute(SeedContacts { count: contacts }).unwrap();
    let callout = api.post("/api/callouts", &json!({ "metadata": metadata })).await;
    let id = callout.json["id"].as_u64().unwrap();
    let path = format!("/api/callouts/{id}/callout_populations");
    let population = made(api, &path, "").await["id"].as_u64().unwrap();
    let events = format!("/api/callout_populations/{population}/callout_population_events");
    made(api, &events, "event=queue").await;
    api.advance(Duration::seconds(1)).await;
    id
}

pub(crate) async fn fire(api: &Api<Scfm>, callout: u64, event: &str) {
    made(api, &format!("/api/callouts/{callout}/callout_events"), &format!("event={event}")).await;
}

pub(crate) fn figures(api: &Api<Scfm>, callout: u64) -> Statistics {
    let id = u32::try_from(callout).unwrap();
    api.demo().read(|platform| platform.statistics(id)).flatten().expect("the callout")
}

fn open(figures: &Statistics) -> u64 {
    let open = CallStatus::ALL.iter().filter(|status| !status.is_final());
    open.map(|status| figures.of(*status)).sum()
}

#[actix_web::test]
async fn a_campaign_ends_with_the_shares_of_the_mix() {
    let api = set(json!({ "dialling": { "max_calls_to_enqueue": 500, "capacity": 100_000 } }));
    let id = callout(&api, 5_000, json!({})).await;
    assert_eq!(figures(&api, id).remaining, 5_000);
    fire(&api, id, "start").await;
    api.advance(Duration::hours(2)).await;

    let end = figures(&api, id);
    assert_eq!(open(&end), 0);
    let total: u64 = end.calls.iter().sum();
    // Of those the provider took, 60 % were answered, and so on; within five deviations.
    let taken = total - end.of(CallStatus::Errored);
    for (status, share) in [
        (CallStatus::Completed, 0.60),
        (CallStatus::NotAnswered, 0.20),
        (CallStatus::Busy, 0.12),
        (CallStatus::Failed, 0.06),
        (CallStatus::Canceled, 0.02),
    ] {
        let (found, of) = (end.of(status) as f64, taken as f64);
        let deviation = (of * share * (1.0 - share)).sqrt();
        assert!((found - of * share).abs() < 5.0 * deviation, "{status:?}: {found} of {of}");
    }
    let errored = end.of(CallStatus::Errored) as f64 / total as f64;
    assert!((0.005..0.02).contains(&errored), "{errored}");
    // The exchange carried every call that was not refused.
    let carried = api.demo().read(|platform| platform.exchange().history().len()).unwrap();
    assert_eq!(carried as u64, taken);
    api.demo().read(|platform| platform.verify()).unwrap().unwrap();
}

#[actix_web::test]
async fn the_same_seed_gives_the_same_campaign() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let api = Api::of(Scfm::builder().seed(seed).frozen_clock().fresh("{}"));
        let id = callout(&api, 60, json!({})).await;
        fire(&api, id, "start").await;
        // In one jump or in many: the same.
        let steps = if runs.len() == 1 { 600 } else { 1 };
        for _ in 0..steps {
            api.advance(Duration::seconds(600 / steps)).await;
        }
        runs.push(api.get("/api/phone_calls?per_page=1000").await.body);
    }
    assert!(runs[0] == runs[1]);
    assert!(runs[0] != runs[2]);
}

#[actix_web::test]
async fn pausing_stops_new_dials_at_once_and_lets_live_calls_end() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    let id = callout(&api, 400, json!({})).await;
    fire(&api, id, "start").await;
    api.advance(Duration::seconds(5)).await;
    let live = |api: &Api<Scfm>| api.demo().read(|platform| platform.exchange().live()).unwrap();
    let carried = |api: &Api<Scfm>| {
        let over = api.demo().read(|platform| platform.exchange().history().len()).unwrap();
        over + live(api)
    };
    assert!(live(&api) > 0);

    fire(&api, id, "pause").await;
    let (before, calls) = (carried(&api), figures(&api, id).calls.iter().sum::<u64>());
    api.advance(Duration::hours(1)).await;
    assert_eq!(live(&api), 0);
    assert_eq!(carried(&api), before, "no call was dialled after the pause");
    let paused = figures(&api, id);
    assert_eq!(paused.calls.iter().sum::<u64>(), calls, "nor was one made");
    assert_eq!(paused.of(CallStatus::InProgress) + paused.of(CallStatus::RemotelyQueued), 0);
    assert!(paused.remaining > 0);

    fire(&api, id, "resume").await;
    api.advance(Duration::hours(1)).await;
    let end = figures(&api, id);
    assert_eq!(open(&end), 0, "calls that were held back went on");
    assert!(end.remaining <= end.of(CallStatus::Failed));
}

#[actix_web::test]
async fn a_stopped_callout_can_be_resumed_and_a_new_contact_is_called_while_it_runs() {
    let api = set(json!({}));
    let id = callout(&api, 20, json!({})).await;
    fire(&api, id, "start").await;
    fire(&api, id, "stop").await;
    api.advance(Duration::hours(1)).await;
    let stopped = figures(&api, id);
    let calls: u64 = stopped.calls.iter().sum();
    assert_eq!(stopped.of(CallStatus::Created), calls, "nobody was dialled");
    fire(&api, id, "resume").await;
    api.advance(Duration::hours(1)).await;
    assert!(figures(&api, id).of(CallStatus::Completed) > 0);

    let contact = made(&api, "/api/contacts", "msisdn=85512299200").await["id"].as_u64().unwrap();
    let path = format!("/api/callouts/{id}/callout_participations");
    let participation = made(&api, &path, &format!("contact_id={contact}")).await;
    api.advance(Duration::minutes(1)).await;
    let calls = format!("/api/callout_participations/{}/phone_calls", participation["id"]);
    assert_eq!(api.get(&calls).await.json[0]["status"], "completed");
}

#[actix_web::test]
async fn no_more_calls_are_under_way_than_the_capacity_allows() {
    let api = set(json!({ "dialling": { "capacity": 7 } }));
    let id = callout(&api, 400, json!({})).await;
    let small = callout(&api, 0, json!({ "sim": { "capacity": 2 } })).await;
    fire(&api, id, "start").await;
    fire(&api, small, "start").await;
    let mut most = 0;
    for _ in 0..300 {
        api.advance(Duration::seconds(1)).await;
        let both = [figures(&api, id), figures(&api, small)];
        let under_way: u64 = both.iter().map(open).sum();
        assert!(under_way <= 7, "{under_way} calls");
        assert!(open(&both[1]) <= 2);
        most = most.max(under_way);
    }
    assert_eq!(most, 7);
    // More room takes effect at once.
    api.demo().control(json!({ "do": "set_capacity", "calls": 30 })).unwrap();
    api.advance(Duration::seconds(2)).await;
    assert!(open(&figures(&api, id)) > 7);
}

#[actix_web::test]
async fn a_pessimistic_dialler_waits_for_completion_and_makes_one_call_all_the_same() {
    let dialling = json!({
        "strategy": "pessimistic",
        "max_calls_to_enqueue": 5,
        "pessimistic_min_calls_to_enqueue": 1,
    });
    // Everybody rings for ever: what was made waits for completion.
    let provider = json!({ "refused": 0.0, "setup": 1, "ring_timeout": 80_000,
        "mix": { "completed": 0, "not_answered": 1, "busy": 0, "failed": 0, "canceled": 0 } });
    let api = set(json!({ "dialling": dialling, "provider": provider }));
    let id = callout(&api, 200, json!({})).await;
    fire(&api, id, "start").await;
    api.advance(Duration::seconds(10)).await;
    let before: u64 = figures(&api, id).calls.iter().sum();
    api.advance(Duration::seconds(60)).await;
    let after: u64 = figures(&api, id).calls.iter().sum();
    assert_eq!(after - before, 60, "one a second");
}

#[actix_web::test]
async fn no_more_calls_are_made_in_a_period_than_allowed() {
    let api = set(json!({ "dialling": { "max_calls_per_period": 10, "period_hours": 1 } }));
    let id = callout(&api, 35, json!({})).await;
    fire(&api, id, "start").await;
    api.advance(Duration::minutes(30)).await;
    for hours in 1..=3 {
        let calls: u64 = figures(&api, id).calls.iter().sum();
        assert_eq!(calls, 10 * hours);
        api.advance(Duration::hours(1)).await;
    }
}

#[actix_web::test]
async fn a_participation_is_called_again_after_a_failure_and_not_for_ever() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299404").await;
    made(&api, "/api/contacts", "msisdn=85512299486").await;
    for contact in [1, 2] {
        made(&api, "/api/callouts/1/callout_participations", &format!("contact_id={contact}"))
            .await;
    }
    fire(&api, 1, "start").await;
    let mut counts = Vec::new();
    for _ in 0..5 {
        api.advance(Duration::minutes(10)).await;
        counts.push(figures(&api, 1).of(CallStatus::Failed));
    }
    // The first at once, the others a quarter of an hour after the one before.
    assert_eq!(counts, [1, 2, 2, 3, 3]);
    let end = figures(&api, 1);
    assert_eq!((end.of(CallStatus::Busy), end.remaining), (1, 0), "both are done");
    assert_eq!(
        ids(&api, "/api/callout_participations?q[last_phone_call_attempt]=failed").await,
        [1]
    );
}

#[actix_web::test]
async fn a_callout_may_say_how_often_it_calls_again() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    let sim = json!({ "metadata": { "sim": { "max_calls": 5, "retry_delay": 60 } } });
    api.post("/api/callouts", &sim).await;
    made(&api, "/api/contacts", "msisdn=85512299404").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(3)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::Failed), 3);
    api.advance(Duration::minutes(30)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::Failed), 5);
}

#[actix_web::test]
async fn a_call_has_its_provider_events_in_their_order() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299200").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(1)).await;
    let events = api.get("/api/callouts/1/remote_phone_call_events").await.json;
    let words: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["details"]["CallStatus"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["ringing", "in-progress", "completed"]);
    let call = api.get("/api/phone_calls/1").await.json;
    assert_eq!(call["status"], "completed");
    assert_eq!(call["duration"], 10);
    assert_eq!(events[2]["details"]["CallDuration"], "10");
    assert_eq!(events[0]["remote_call_id"], call["remote_call_id"]);
}

#[actix_web::test]
async fn nobody_is_called_twice_at_once_even_if_a_call_by_hand_fails_meanwhile() {
    let api = set(json!({
        "provider": { "refused": 0.0, "setup": 1, "ring_timeout": 3_600 },
        "dialling": { "retry": { "delay_seconds": 0, "max_calls": 0 } },
    }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299480").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    fire(&api, 1, "start").await;
    api.advance(Duration::seconds(10)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::InProgress), 1);
    let params = "remote_request_params[from]=1294&msisdn=85512299404";
    made(&api, "/api/callout_participations/1/phone_calls", params).await;
    made(&api, "/api/phone_calls/2/phone_call_events", "event=queue").await;
    api.advance(Duration::minutes(30)).await;
    let meanwhile = figures(&api, 1);
    assert_eq!((meanwhile.of(CallStatus::Failed), meanwhile.remaining), (1, 1));
    assert_eq!(meanwhile.calls.iter().sum::<u64>(), 2);
    api.advance(Duration::minutes(31)).await;
    assert_eq!(
        figures(&api, 1).calls.iter().sum::<u64>(),
        3,
        "called again when the first is over"
    );
}

#[actix_web::test]
async fn a_call_whose_events_are_lost_is_asked_about_after_ten_minutes() {
    let api = set(json!({ "provider": { "refused": 0.0, "lost_events": 1.0 } }));
    let id = callout(&api, 20, json!({})).await;
    fire(&api, id, "start").await;
    api.advance(Duration::minutes(5)).await;
    let missing = figures(&api, id);
    assert_eq!(missing.of(CallStatus::RemotelyQueued), 20);
    assert_eq!(missing.remaining, 0);
    api.advance(Duration::minutes(10)).await;
    let found = figures(&api, id);
    assert_eq!(found.of(CallStatus::RemotelyQueued), 0);
    assert!(found.of(CallStatus::Completed) > 5);
    let path = format!("/api/callouts/{id}/remote_phone_call_events");
    assert_eq!(api.get(&path).await.header("total"), "0");
    let path = "/api/phone_calls?q[status]=completed&q[remote_response][status]=completed";
    let total = api.get(path).await.header("total").to_owned();
    assert_eq!(total, found.of(CallStatus::Completed).to_string());
    api.demo().read(|platform| platform.verify()).unwrap().unwrap();
}

#[actix_web::test]
async fn a_ringing_phone_rings_no_longer_than_the_timeout_given() {
    let api = set(json!({ "provider": { "refused": 0.0, "setup": 1 } }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299480").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    let params = "remote_request_params[from]=1294&remote_request_params[timeout]=5";
    made(&api, "/api/callout_participations/1/phone_calls", params).await;
    made(&api, "/api/phone_calls/1/phone_call_events", "event=queue").await;
    api.advance(Duration::seconds(9)).await;
    assert_eq!(api.get("/api/phone_calls/1").await.json["status"], "not_answered");
}

#[actix_web::test]
async fn an_event_from_outside_ends_the_call_of_the_exchange() {
    let api = set(json!({ "provider": { "refused": 0.0, "setup": 1, "ring": 60 } }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512220000").await;
    made(
        &api,
        "/api/callouts/1/callout_participations",
        "contact_id=1&metadata[sim][outcome]=completed",
    )
    .await;
    made(&api, "/api/callout_participations/1/phone_calls", "remote_request_params[from]=1294")
        .await;
    made(&api, "/api/phone_calls/1/phone_call_events", "event=queue").await;
    api.advance(Duration::seconds(10)).await;
    let sid =
        api.get("/api/phone_calls/1").await.json["remote_call_id"].as_str().unwrap().to_owned();
    let event = format!("CallSid={sid}&Direction=outbound-api&CallStatus=busy");
    assert_eq!(form(&api, "POST", "/api/remote_phone_call_events", &event).await.status, 201);
    let live = api.demo().read(|platform| platform.exchange().live()).unwrap();
    assert_eq!(live, 0);
    api.advance(Duration::minutes(5)).await;
    let call = api.get("/api/phone_calls/1").await.json;
    assert_eq!(
        (call["status"].as_str(), call["remote_status"].as_str()),
        (Some("busy"), Some("busy"))
    );
}

#[actix_web::test]
async fn somebody_who_calls_in_becomes_a_phone_call_and_a_contact() {
    let api = set(json!({}));
    let call = api.demo().control(json!({ "do": "dial", "from": "+85512220000", "to": "1294" }));
    assert_eq!(call.unwrap()["call"]["from"], "+85512220000");
    api.advance(Duration::minutes(10)).await;
    let call = api.get("/api/phone_calls/1").await.json;
    assert_eq!(call["status"], "completed");
    assert_eq!(call["remote_direction"], "inbound");
    assert_eq!(call["callout_participation_id"], Value::Null);
    assert_eq!(ids(&api, "/api/contacts?msisdn=85512220000").await, [1]);
    let events = api.get("/api/phone_calls/1/remote_phone_call_events").await.json;
    assert_eq!(events[0]["details"]["From"], "+85512220000");
    assert_eq!(events[0]["details"]["To"], "1294");
}
