//! Feed A: who has subscribed is told of finished calls. vendors/voip24h-v3.md, 11, checks 21 to 23

use ringback_mock::inbox::InboxAnswer;
use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use time::Duration;

use crate::v3::{
    SUBSCRIPTIONS, ask, call_in, dial_call, field, get, history, login, messages, query_of, set,
    wait,
};

async fn subscribe(api: &Api<Voip24h>, body: Value) {
    let reply = ask(api, &login(api).await, "POST", SUBSCRIPTIONS, &body).await;
    let done = r#"{"status":200,"message":"Update webhook call log is success"}"#;
    assert_eq!((reply.status, reply.text()), (200, done), "{body}");
}

#[actix_web::test]
async fn one_call_is_one_delivery_behind_the_query_of_the_address() {
    let api = Api::<Voip24h>::frozen();
    subscribe(&api, json!({ "url": "inbox:crm/hook?k=1" })).await;
    dial_call(&api, "101", "0901234567").await;
    api.advance(Duration::seconds(7)).await;
    assert_eq!(api.inbox("crm").messages().len(), 0, "it is told of when it is over");
    wait(&api).await;
    let message = messages(&api.inbox("crm"), 1).remove(0);
    assert_eq!((message.method.as_str(), message.path.as_str()), ("GET", "/hook"));
    assert!(message.body.is_empty());
    assert!(message.query.starts_with("k=1&msgid="), "{}", message.query);
    let query = query_of(&message);
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "k",
            "msgid",
            "id",
            "calldate",
            "callid",
            "recording",
            "play",
            "eplay",
            "download",
            "did",
            "src",
            "dst",
            "status",
            "note",
            "disposition",
            "lastapp",
            "billsec",
            "duration",
            "type",
            "duration_minutes",
            "duration_seconds",
        ]
    );
    let calldate =
        "&calldate=2026-01-05+16%3A00%3A00&callid=1767603600.131134&recording=http%3A%2F%2F";
    assert!(message.query.contains(calldate), "{}", message.query);
    let end = "&did=0899199799&src=101&dst=0901234567&status=ANSWERED&note=&disposition=ANSWERED&\
               lastapp=Dial&billsec=5&duration=8&type=outbound&duration_minutes=0&duration_seconds=8";
    assert!(message.query.ends_with(end), "{}", message.query);
    // The history has it already, with the same moments.
    let row = history(&api, &format!("id={}", field(&query, "id"))).await.remove(0);
    for (name, ours) in [("callid", "callId"), ("calldate", "callDate"), ("status", "status")] {
        assert_eq!(field(&query, name), row[ours]);
    }
    for name in ["billsec", "duration"] {
        assert_eq!(field(&query, name), row[name].to_string());
    }
    let path = format!("/v3/call/recording?callId={}", field(&query, "id"));
    let media = get(&api, &login(&api).await, &path).await.json["data"]["media"]["wav"].clone();
    assert_eq!(field(&query, "recording"), media);
    let download = field(&query, "download").strip_prefix(&api.url()).unwrap();
    assert_eq!(api.get(download).await.status, 200);
}

#[actix_web::test]
async fn a_subscription_by_post_gets_what_it_asks_for_and_nothing_once_it_is_over() {
    let api = Api::<Voip24h>::frozen();
    let filter = json!({ "auth": "t0ken", "type": "inbound", "disposition": "MISSED" });
    subscribe(
        &api,
        json!({ "url": "inbox:crm", "method": "POST", "active": true, "param": filter }),
    )
    .await;
    let answered = json!({ "outcome": "answer", "talk": 5 });
    let missed = json!({ "outcome": "no_answer", "ring": 5 });
    call_in(&api, "0912345678", "103", answered).await;
    wait(&api).await;
    call_in(&api, "0912345678", "103", missed.clone()).await;
    dial_call(&api, "101", "0987699480").await;
    wait(&api).await;
    let message = messages(&api.inbox("crm"), 1).remove(0);
    assert_eq!((message.method.as_str(), message.query.as_str()), ("POST", ""));
    assert_eq!(message.header("authorization"), "Bearer t0ken");
    assert_eq!(message.header("content-type"), "application/json");
    let told = message.json();
    assert_eq!([&told["status"], &told["type"], &told["src"]], ["MISSED", "inbound", "0912345678"]);
    assert!(told.as_object().unwrap().values().all(Value::is_string));

    // The same address again is the same subscription.
    subscribe(&api, json!({ "url": "inbox:crm", "active": "false" })).await;
    call_in(&api, "0912345678", "103", missed.clone()).await;
    wait(&api).await;
    let token = login(&api).await;
    let listed = get(&api, &token, SUBSCRIPTIONS).await.json;
    let param = json!({ "auth": "", "type": "", "disposition": "" });
    let wanted = json!([{ "url": "inbox:crm", "method": "GET", "active": false, "param": param }]);
    assert_eq!((&listed["totalData"], &listed["data"]), (&json!(1), &wanted));

    for param in [json!([]), json!({}), json!([{ "type": "inbound" }]), json!("")] {
        subscribe(&api, json!({ "url": "inbox:crm", "param": param })).await;
    }
    call_in(&api, "0912345678", "103", missed.clone()).await;
    wait(&api).await;
    messages(&api.inbox("crm"), 2);

    let url = json!({ "url": "inbox:crm" });
    let reply = ask(&api, &token, "DELETE", "/v3/webhook-call-log", &url).await;
    let done = r#"{"status":200,"message":"Delete webhook call log is success"}"#;
    assert_eq!((reply.status, reply.text()), (200, done));
    call_in(&api, "0912345678", "103", missed).await;
    wait(&api).await;
    messages(&api.inbox("crm"), 2);
    let reply = ask(&api, &token, "DELETE", SUBSCRIPTIONS, &url).await;
    assert_eq!((reply.status, &reply.json["message"]), (404, &json!("Webhook not found")));
}

#[actix_web::test]
async fn what_is_no_subscription_is_refused_and_there_are_twenty_at_the_most() {
    let api = Api::<Voip24h>::frozen();
    let token = login(&api).await;
    let before = api.engine().snapshot().unwrap();
    for (body, message) in [
        (json!({}), "url is required"),
        (json!({ "url": "crm.example/hook" }), "url is invalid"),
        (json!({ "url": "ftp://crm.example/hook" }), "url is invalid"),
        (json!({ "url": format!("http://crm.example/{}", "x".repeat(3_000)) }), "url is invalid"),
        (json!({ "url": "inbox:crm", "method": "PUT" }), "method is invalid"),
        (json!({ "url": "inbox:crm", "active": "perhaps" }), "active is invalid"),
        (json!({ "url": "inbox:crm", "param": "x" }), "param is invalid"),
        (json!({ "url": "inbox:crm", "param": { "type": "in" } }), "type is invalid"),
        (
            json!({ "url": "inbox:crm", "param": { "disposition": "LOST" } }),
            "disposition is invalid",
        ),
        (json!({ "url": "inbox:crm", "param": { "auth": "a\nb" } }), "auth is invalid"),
    ] {
        let reply = ask(&api, &token, "POST", SUBSCRIPTIONS, &body).await;
        assert_eq!((reply.status, &reply.json["message"]), (400, &json!(message)), "{body}");
    }
    let reply = ask(&api, "x", "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:crm" })).await;
    assert_eq!(reply.status, 401);
    assert_eq!(api.engine().snapshot().unwrap(), before);
    for place in 0..20 {
        subscribe(&api, json!({ "url": format!("inbox:crm-{place}") })).await;
    }
    subscribe(&api, json!({ "url": "inbox:crm-7", "method": "post" })).await;
    let reply = ask(&api, &token, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:one-more" })).await;
    assert_eq!((reply.status, &reply.json["message"]), (400, &json!("Too many webhooks")));
}

#[actix_web::test]
async fn a_receiver_that_fails_is_asked_again_after_two_and_six_seconds_with_one_msgid() {
    let api = Api::<Voip24h>::frozen();
    for method in ["GET", "POST"] {
        let inbox = api.inbox(method);
        inbox.answer([500, 500].map(InboxAnswer::status), InboxAnswer::status(200)).unwrap();
        subscribe(&api, json!({ "url": inbox.url(), "method": method })).await;
    }
    let gone = api.inbox("gone");
    gone.answer([], InboxAnswer::status(404)).unwrap();
    subscribe(&api, json!({ "url": gone.url() })).await;
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;
    let mut ids = std::collections::BTreeSet::new();
    for method in ["GET", "POST"] {
        let tried = messages(&api.inbox(method), 3);
        let pauses = tried.windows(2).map(|two| (two[1].at - two[0].at).whole_seconds());
        assert_eq!(pauses.collect::<Vec<_>>(), [2, 6]);
        let msgid = |message: &ringback_mock::inbox::InboxMessage| match method {
            "GET" => field(&query_of(message), "msgid").to_owned(),
            _ => message.json()["msgid"].as_str().unwrap().to_owned(),
        };
        let of_each: std::collections::BTreeSet<String> =
            tried.iter().map(|one| msgid(one)).collect();
        assert_eq!(of_each.len(), 1);
        ids.extend(of_each);
    }
    assert_eq!(ids.len(), 2, "each delivery has its own");
    // A receiver that says no is not asked again.
    messages(&gone, 1);
}

#[actix_web::test]
async fn settings_say_where_the_token_travels_and_what_a_post_is() {
    for (auth, header, query) in
        [("header", "Bearer a b", ""), ("query", "", "auth=a+b"), ("none", "", "")]
    {
        let api = set(json!({ "call_log_auth": auth, "call_log_post": "form" }));
        let param = json!({ "auth": "a b" });
        subscribe(&api, json!({ "url": "inbox:crm", "method": "POST", "param": param })).await;
        dial_call(&api, "101", "0901234567").await;
        wait(&api).await;
        let message = messages(&api.inbox("crm"), 1).remove(0);
        assert_eq!(message.header("authorization"), header, "{auth}");
        assert_eq!(message.query, query);
        assert_eq!(message.header("content-type"), "application/x-www-form-urlencoded");
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&message.body).unwrap();
        assert_eq!([field(&form, "dst"), field(&form, "status")], ["0901234567", "ANSWERED"]);
    }
}

#[actix_web::test]
async fn a_record_that_comes_late_is_told_of_when_it_is_there() {
    let api = Api::<Voip24h>::frozen();
    subscribe(&api, json!({ "url": "inbox:crm" })).await;
    let pushes = crate::v3::push_to(&api, "states");
    assert_eq!(
        api.send("PUT", "/__admin/record_faults", &json!({ "late": 300 })).await.status,
        200
    );
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;
    assert_eq!(api.inbox("crm").messages().len(), 0);
    assert_eq!(messages(&pushes, 3)[2].json()["state"], "Hangup");
    api.advance(Duration::seconds(300)).await;
    messages(&api.inbox("crm"), 1);
    assert_eq!(messages(&pushes, 4)[3].json()["state"], "Cdr");
    // Whatever else becomes of the record, it is told of once; and at once where all is put right.
    dial_call(&api, "102", "0901234567").await;
    wait(&api).await;
    assert_eq!(api.request("DELETE", "/__admin/record_faults", &[], "").await.status, 204);
    api.settle().await;
    messages(&api.inbox("crm"), 2);
}

#[actix_web::test]
async fn a_ring_group_is_one_delivery() {
    let api = Api::<Voip24h>::frozen();
    crate::push::ring_group(&api).await;
    subscribe(&api, json!({ "url": "inbox:crm" })).await;
    call_in(&api, "0912345678", "600", json!({ "outcome": "answer", "talk": 5 })).await;
    wait(&api).await;
    let query = query_of(&messages(&api.inbox("crm"), 1)[0]);
    assert_eq!([field(&query, "type"), field(&query, "status")], ["inbound", "ANSWERED"]);
}
