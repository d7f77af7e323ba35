//! Snapshots: taken, kept by a client, brought back, and refused where they are no good.

use ringback_engine::Duration;
use ringback_mock::{Snapshot, snapshots::SNAPSHOT_LIMIT};
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::bell::Bell;

const NINE: &str = "2026-01-05T09:00:00.000000Z";

async fn rung(api: &Api<Bell>, account: &str, times: u64) {
    for _ in 0..times {
        let ring = json!({ "do": "ring", "lane": 1 });
        let path = format!("/__admin/control?account={account}");
        assert_eq!(api.post(&path, &ring).await.status, 200);
    }
}

fn bells(api: &Api<Bell>) -> Vec<u64> {
    api.engine().read(|accounts| accounts.iter().map(|(_, tower)| tower.rung).collect())
}

#[actix_web::test]
async fn all_accounts_and_the_clock_come_back() {
    let api = Api::of(Bell::builder());
    api.send("PUT", "/__admin/accounts/one", &json!({})).await;
    rung(&api, "one", 1).await;
    let taken = api.post("/__admin/snapshots", &json!({ "name": "rung once" })).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let part = &taken.json["parts"][0];
    assert_eq!(
        (&part["vendor"], &part["scope"], &part["at"]),
        (&json!("bell"), &json!("instance"), &json!(NINE))
    );
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    rung(&api, "one", 1).await;
    api.send("PUT", "/__admin/accounts/two", &json!({})).await;
    assert_eq!(bells(&api), [0, 2, 0]);
    let restored = api.post("/__admin/snapshots/rung%20once/restore", &json!({})).await;
    assert_eq!((restored.status, &restored.json["clock"]["now"]), (200, &json!(NINE)));
    assert_eq!(bells(&api), [0, 1]);
}

#[actix_web::test]
async fn the_bytes_of_a_snapshot_may_be_kept_and_brought_to_another_process() {
    let first = Api::of(Bell::builder());
    rung(&first, "keeper", 3).await;
    let call = json!({ "from": "2", "to": "1" });
    first.post("/__admin/calls", &call).await;
    first.post("/__admin/snapshots", &json!({ "name": "three" })).await;
    let bytes = first.get("/__admin/snapshots/three").await;
    assert_eq!(bytes.status, 200);
    assert_eq!(bytes.header("content-disposition"), "attachment; filename=\"three.ringback.json\"");
    // The same world at the same moment has the same bytes.
    first.post("/__admin/snapshots", &json!({ "name": "again" })).await;
    assert_eq!(first.get("/__admin/snapshots/again").await.body, bytes.body);

    let second = Api::of(Bell::builder().seed(99));
    let kept =
        second.request("POST", "/__admin/snapshots?name=theirs", &[], bytes.body.clone()).await;
    assert_eq!(kept.status, 201, "{}", kept.text());
    assert_eq!(second.get("/__admin/snapshots/theirs").await.body, bytes.body);
    let restored = second.post("/__admin/snapshots/theirs/restore", &json!({})).await;
    assert_eq!(restored.status, 200, "{}", restored.text());
    assert_eq!(bells(&second), [3]);
    assert_eq!(second.get("/__admin/calls").await.json["calls"][0]["state"], "ringing");
    // An account can still be made: what makes a world is the instance's own.
    assert_eq!(second.send("PUT", "/__admin/accounts/new", &json!({})).await.status, 201);
}

#[actix_web::test]
async fn the_world_of_one_account_goes_into_another_at_its_own_time() {
    let api = Api::of(Bell::builder());
    for name in ["one", "two"] {
        api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
    }
    rung(&api, "one", 2).await;
    let taken = api.post("/__admin/snapshots?account=one", &json!({ "name": "two-rings" })).await;
    assert_eq!(taken.json["parts"][0]["account"], "one");
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    let into = api.post("/__admin/snapshots/two-rings/restore?account=two", &json!({})).await;
    assert_eq!(
        (into.status, &into.json["clock"]["offset"]),
        (200, &json!(-60.0)),
        "{}",
        into.text()
    );
    rung(&api, "one", 5).await;
    assert_eq!(bells(&api), [0, 7, 2]);
    // Without an account it is that of which it was taken.
    assert_eq!(api.post("/__admin/snapshots/two-rings/restore", &json!({})).await.status, 200);
    assert_eq!(bells(&api), [0, 2, 2]);
    assert_eq!(api.get("/__admin/clock").await.json["now"], "2026-01-05T09:01:00.000000Z");

    api.post("/__admin/snapshots", &json!({ "name": "all" })).await;
    let refused = api.post("/__admin/snapshots/all/restore?account=two", &json!({})).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
}

#[actix_web::test]
async fn what_is_no_snapshot_or_a_foreign_or_a_newer_one_is_refused_by_one_line() {
    let api = Api::of(Bell::builder());
    api.post("/__admin/snapshots", &json!({ "name": "good" })).await;
    let good = api.get("/__admin/snapshots/good").await.json;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.to_string()
    };
    let bad: [(&str, String); 7] = [
        ("form 2", with(&|it| it["ringback_snapshot"] = json!(2))),
        ("not a snapshot", with(&|it| it["parts"] = json!(3))),
        ("a snapshot of mango", with(&|it| it["parts"][0]["vendor"] = json!("mango"))),
        ("not a state", with(&|it| it["parts"][0]["state"] = json!({ "worlds": 3 }))),
        ("no demo account", with(&|it| it["parts"][0]["state"]["worlds"] = json!([]))),
        ("names no account", with(&|it| it["parts"][0]["state"]["credentials"]["x"] = json!(9))),
        ("of nothing", with(&|it| it["parts"] = json!([]))),
    ];
    for (why, body) in bad {
        let refused = api.request("POST", "/__admin/snapshots?name=bad", &[], body).await;
        assert_eq!(refused.status, 400, "{why}: {}", refused.text());
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(why) && !detail.contains('\n'), "{why}: {detail}");
    }
    let nameless = api.request("POST", "/__admin/snapshots", &[], good.to_string()).await;
    assert_eq!(nameless.status, 400);
    let taken = api.request("POST", "/__admin/snapshots?name=good", &[], good.to_string()).await;
    assert_eq!(taken.status, 409);
    assert_eq!(api.get("/__admin/snapshots").await.json["total"], 1, "nothing was kept");
    assert_eq!(api.get("/__admin/snapshots/goof").await.json["hint"], "did you mean good?");
}

#[actix_web::test]
async fn a_body_is_bounded_here_as_elsewhere_and_so_is_what_is_kept() {
    let api = Api::of(Bell::builder());
    let mut large = api.snapshot().unwrap().to_bytes().unwrap();
    large.resize(2 << 20, b' ');
    let kept = api.request("POST", "/__admin/snapshots?name=large", &[], large.clone()).await;
    assert_eq!(kept.status, 201, "larger than any other body: {}", kept.text());
    large.resize(SNAPSHOT_LIMIT + 1, b' ');
    let refused = api.request("POST", "/__admin/snapshots?name=huge", &[], large).await;
    assert_eq!(refused.status, 413, "{}", refused.text());
    for place in 1..32 {
        let name = json!({ "name": place.to_string() });
        assert_eq!(api.post("/__admin/snapshots", &name).await.status, 201);
    }
    assert_eq!(api.post("/__admin/snapshots", &json!({ "name": "33" })).await.status, 409);
    assert_eq!(api.request("DELETE", "/__admin/snapshots/1", &[], "").await.status, 204);
    assert_eq!(api.post("/__admin/snapshots", &json!({ "name": "33" })).await.status, 201);
}

#[actix_web::test]
async fn a_clock_that_others_go_by_is_not_turned_back() {
    let clock = ringback_engine::Start::Frozen(ringback_mock::FROZEN_AT).clock();
    let options = |label: &str| ringback_mock::Options {
        label: Some(label.into()),
        clock: Some(clock.clone()),
        clock_users: 2,
        ..ringback_mock::Options::default()
    };
    let other = ringback_mock::Builder::<Bell>::from(options("other")).build().unwrap();
    let api = Api::of(options("here").into());
    rung(&api, "keeper", 1).await;
    api.post("/__admin/snapshots", &json!({ "name": "one" })).await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    rung(&api, "keeper", 1).await;
    api.post("/__admin/snapshots/one/restore", &json!({})).await;
    assert_eq!(bells(&api), [1]);
    assert_eq!(other.clock().now(), ringback_mock::FROZEN_AT + Duration::MINUTE);
    let own = api.get("/__admin/clock?account=keeper").await.json;
    assert_eq!((&own["now"], &own["offset"]), (&json!(NINE), &json!(-60.0)));
}

#[actix_web::test]
async fn what_is_due_in_a_world_of_a_later_moment_happens_by_its_own_time() {
    let later = Api::of(Bell::builder());
    later.post("/__admin/clock/advance", &json!({ "seconds": 3_600 })).await;
    let again = json!({ "do": "ring", "lane": 1, "again": true });
    later.post("/__admin/control", &again).await;
    let bytes = later.snapshot().unwrap().to_bytes().unwrap();

    let clock = ringback_engine::Start::Frozen(ringback_mock::FROZEN_AT).clock();
    let options = ringback_mock::Options {
        clock: Some(clock),
        clock_users: 2,
        ..ringback_mock::Options::default()
    };
    let earlier = Api::<Bell>::of(options.into());
    earlier.request("POST", "/__admin/snapshots?name=later", &[], bytes).await;
    let restored = earlier.post("/__admin/snapshots/later/restore", &json!({})).await;
    assert_eq!(restored.status, 200, "{}", restored.text());
    assert_eq!(bells(&earlier), [1]);
    earlier.post("/__admin/clock/advance", &json!({ "seconds": 10 })).await;
    assert_eq!(bells(&earlier), [2], "it rings again ten seconds later");
}

#[test]
fn in_process_an_instance_and_an_account_come_back() {
    let bell = Bell::builder().build().unwrap();
    let demo = bell.demo();
    let ring = || demo.control(json!({ "do": "ring", "lane": 1 })).unwrap();
    ring();
    let (all, one) = (bell.snapshot().unwrap(), demo.snapshot().unwrap());
    let bytes = one.to_bytes().unwrap();
    ring();
    bell.advance(Duration::HOUR);
    demo.restore(&Snapshot::from_bytes(&bytes).unwrap()).unwrap();
    assert_eq!(demo.read(|tower| tower.rung), Some(1));
    assert_eq!(demo.now(), Some(ringback_mock::FROZEN_AT));
    assert_eq!(bell.clock().now(), ringback_mock::FROZEN_AT + Duration::HOUR);
    ring();
    bell.restore(&all).unwrap();
    assert_eq!(demo.read(|tower| tower.rung), Some(1));
    assert_eq!(bell.clock().now(), ringback_mock::FROZEN_AT);
    assert!(bell.restore(&one).is_err() && demo.restore(&all).is_err());
}
