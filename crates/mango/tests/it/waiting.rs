//! Statistics that are asked for while they are being built: clients ask once, and so wait for them.

use std::time::{Duration, Instant};

use ringback_mango::Mango;
use ringback_mock::Builder;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};

use crate::desk::ask;

const BASIC: &str = "stats";
const EXTENDED: &str = "stats/calls";

/// Orders statistics of one kind and returns their key.
async fn order(api: &Api<Mango>, kind: &str) -> Value {
    let period = match kind {
        BASIC => json!({ "date_from": 1767600000, "date_to": 1767700000, "fields": "to_number" }),
        _ => {
            json!({ "start_date": "05.01.2026", "end_date": "06.01.2026", "limit": 10, "offset": 0 })
        }
    };
    ask(api, &format!("{kind}/request"), &period).await.json["key"].clone()
}

async fn result(api: &Api<Mango>, kind: &str, key: &Value) -> Reply {
    ask(api, &format!("{kind}/result"), &json!({ "key": key })).await
}

/// Whether an answer says that they are still being built.
fn builds(reply: &Reply) -> bool {
    reply.status == 204 || reply.json["status"] == "work"
}

#[actix_web::test]
async fn while_the_clock_runs_whoever_asks_once_has_them() {
    let builder = Builder::<Mango>::default().seed(7);
    let api = Api::of(builder.settings(json!({ "stats_delay_ms": 300 })));
    for kind in [BASIC, EXTENDED] {
        let since = Instant::now();
        let key = order(&api, kind).await;
        let reply = result(&api, kind, &key).await;
        assert_eq!(reply.status, 200, "{kind}");
        assert!(!builds(&reply), "{kind}: {}", reply.text());
        assert!(since.elapsed() >= Duration::from_millis(300), "{kind} took no time");
    }
}

#[actix_web::test]
async fn while_the_clock_stands_still_advancing_it_brings_them_at_once() {
    let api = Api::<Mango>::frozen();
    // So long that the test would fail of waiting.
    let settings = json!({ "stats_delay_ms": 3_600_000 });
    api.demo().control(json!({ "do": "configure", "settings": settings })).unwrap();
    for kind in [BASIC, EXTENDED] {
        let key = order(&api, kind).await;
        let since = Instant::now();
        let (reply, ()) = tokio::join!(result(&api, kind, &key), async {
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
            api.advance(time::Duration::HOUR).await;
        });
        assert_eq!(reply.status, 200, "{kind}");
        assert!(!builds(&reply), "{kind}: {}", reply.text());
        assert!(since.elapsed() < Duration::from_secs(8), "{kind}");
    }
}

#[actix_web::test]
async fn what_is_not_ready_after_the_delay_is_still_being_built() {
    let api = Api::<Mango>::frozen();
    let settings = json!({ "stats_delay_ms": 200 });
    api.demo().control(json!({ "do": "configure", "settings": settings })).unwrap();
    for kind in [BASIC, EXTENDED] {
        let key = order(&api, kind).await;
        let since = Instant::now();
        assert!(builds(&result(&api, kind, &key).await), "{kind}");
        assert!(since.elapsed() >= Duration::from_millis(200), "{kind}");
    }
}

#[actix_web::test]
async fn nobody_waits_for_what_will_never_come() {
    let api = Api::<Mango>::frozen();
    let settings = json!({ "stats_delay_ms": 3_600_000 });
    api.demo().control(json!({ "do": "configure", "settings": settings })).unwrap();
    let (basic, extended) = (order(&api, BASIC).await, order(&api, EXTENDED).await);
    let since = Instant::now();
    // A key of the other kind, one that never was, and none.
    assert_eq!(result(&api, BASIC, &extended).await.status, 404);
    assert_eq!(result(&api, EXTENDED, &basic).await.json["status"], "not-found");
    assert_eq!(result(&api, BASIC, &json!("x")).await.status, 404);
    assert_eq!(result(&api, BASIC, &Value::Null).await.json["result"], 3103);
    // An answer that is forced, and a world that is made anew meanwhile.
    let force = json!({ "do": "force_result", "code": 5004, "operation": "stats/result" });
    api.demo().control(force).unwrap();
    assert_eq!(result(&api, BASIC, &basic).await.json["result"], 5004);
    let (reply, ()) = tokio::join!(result(&api, BASIC, &basic), async {
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        api.engine().reset().await.unwrap();
    });
    assert_eq!(reply.status, 404);
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
}
