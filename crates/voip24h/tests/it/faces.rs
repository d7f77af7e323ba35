//! One exchange behind all faces. vendors/voip24h-v3.md, 11, checks 17, 28, 29, and one call as
//! everybody sees it.

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

use crate::v3::{
    KEY, SUBSCRIPTIONS, ask, dial_call, dial_path, field, get, history, login, login_as, messages,
    push_to, query_of, wait,
};

#[actix_web::test]
async fn one_call_has_one_id_and_one_set_of_times_wherever_it_is_seen() {
    let api = Api::<Voip24h>::frozen();
    let pushes = push_to(&api, "states");
    let token = login(&api).await;
    ask(&api, &token, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:log" })).await;
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;

    let row = history(&api, "extension=101&limit=1").await.remove(0);
    let id = row["callId"].as_str().unwrap();
    let (start, answer, end) =
        ("2026-01-05 16:00:00", "2026-01-05 16:00:03", "2026-01-05 16:00:08");
    assert_eq!(id, "1767603600.131134");
    assert_eq!(
        (&row["callDate"], &row["duration"], &row["billsec"]),
        (&json!(start), &json!(8), &json!(5))
    );

    let v1 = crate::ask(&api, "getUser", json!({ "user": "101" })).await.json["data"][0].clone();
    assert_eq!(
        (&v1["callId"], &v1["callDate"], &v1["duration"]),
        (&json!(id), &json!(start), &json!(8))
    );

    let searched = api.get(&dial_path("/searching", &format!("callid={id}"))).await.json;
    let searched = searched["result"]["data"][0].clone();
    let log = query_of(&messages(&api.inbox("log"), 1)[0]);
    for (name, value) in searched.as_object().unwrap() {
        let is_own = matches!(name.as_str(), "id");
        assert!(is_own || field(&log, name) == value, "{name}");
    }
    assert_eq!(field(&log, "id"), row["id"]);
    assert_eq!([&searched["callid"], &searched["calldate"]], [id, start]);
    assert_eq!([&searched["duration"], &searched["billsec"]], ["8", "5"]);

    let told = messages(&pushes, 4);
    let cdr = told[3].json();
    assert_eq!([&cdr["callid"], &cdr["cdr"]["starttime"]], [id, start]);
    assert_eq!([&cdr["cdr"]["answertime"], &cdr["cdr"]["endtime"]], [answer, end]);
    assert_eq!([&cdr["cdr"]["duration"], &cdr["cdr"]["billsec"]], ["8", "5"]);

    // Both recordings are as long as the talk, as is that of v1.
    let path = format!("/v3/call/recording?callId={id}");
    let wav = get(&api, &token, &path).await.json["data"]["media"]["wav"].clone();
    let wav = wav.as_str().unwrap().strip_prefix(&api.url()).unwrap().to_owned();
    assert_eq!(field(&log, "recording"), format!("{}{wav}", api.url()));
    assert_eq!(api.get(&wav).await.body.len(), 44 + 5 * 16_000);
    let download = field(&log, "download").strip_prefix(&api.url()).unwrap();
    let riff = api.get(download).await.body;
    let samples = u32::from_le_bytes(riff[48..52].try_into().unwrap());
    assert_eq!((samples, riff.len()), (5 * 8_000, 60 + 125 * 65 + 1));
    let link = crate::recording::link(&api, "recordingDownload", id).await;
    assert_eq!(api.get(&link).await.body.len(), 5 * 1_650);

    // And the control API finds nothing in which they differ.
    let doctor = api.get("/__admin/doctor").await;
    assert_eq!(doctor.status, 200, "{}", doctor.text());
    assert_eq!(doctor.json["findings"].as_array().map(Vec::len), Some(0), "{}", doctor.text());
}

#[actix_web::test]
async fn a_call_ordered_by_v1_is_in_the_history_of_v3_and_in_both_feeds() {
    let api = Api::<Voip24h>::frozen();
    let pushes = push_to(&api, "states");
    ask(&api, &login(&api).await, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:log" })).await;
    let dial = json!({ "extension": "102", "phone": "0987654321" });
    assert_eq!(crate::ask(&api, "makeDial", dial).await.json["respCode"], 0);
    wait(&api).await;
    let row = history(&api, "extension=102").await.remove(0);
    assert_eq!(field(&query_of(&messages(&api.inbox("log"), 1)[0]), "callid"), row["callId"]);
    assert_eq!(messages(&pushes, 4)[3].json()["callid"], row["callId"]);
}

#[actix_web::test]
async fn the_generation_before_v3_has_tokens_for_it_and_the_same_rows() {
    let api = Api::<Voip24h>::frozen();
    let keys = json!({ "api_key": KEY, "api_secert": crate::v3::API_SECRET });
    let reply = api.post("/api/token", &keys).await.json["data"]["response"].clone();
    assert_eq!(reply["status"], 1_000);
    assert_eq!(reply["data"]["Expried"], "2026-01-06 16:00:00");
    let token = reply["data"]["IsToken"].as_str().unwrap();
    let dial = json!({ "extension": "101", "phone": "0901234567" });
    assert_eq!(ask(&api, token, "POST", "/v3/call/dial", &dial).await.status, 200);
    wait(&api).await;

    let found = ask(&api, &login(&api).await, "POST", "/call/find", &json!({ "limit": 50 })).await;
    let found = found.json["data"]["response"].clone();
    assert_eq!(found["status"], 1_000);
    let rows = history(&api, "").await;
    for (old, new) in found["data"].as_array().unwrap().iter().zip(&rows) {
        for (name, value) in old.as_object().unwrap() {
            let ours = match name.as_str() {
                "calldate" => "callDate",
                "callid" => "callId",
                other => other,
            };
            assert_eq!(&new[ours], value, "{name}");
        }
        let one = json!({ "callid": old["callid"] });
        let one = ask(&api, token, "POST", "/call/findone", &one).await;
        assert_eq!(one.json["data"]["response"]["data"], *old);
    }
    assert_eq!(found["data"].as_array().unwrap().len(), 5);
    let filter =
        json!({ "date_start": "2018-07-16", "date_end": "2018-07-16", "status": "ANSWERED" });
    let filtered = ask(&api, token, "POST", "/call/find", &filter).await;
    assert_eq!(filtered.json["data"]["response"]["data"].as_array().unwrap().len(), 1);

    let wrong = api.post("/api/token", &json!({ "api_key": KEY, "api_secert": "x" })).await;
    let message = json!({ "status": 401, "message": "Account does not exist" });
    assert_eq!((wrong.status, &wrong.json["data"]["response"]), (401, &message));
    let wrong = api.post("/call/find", &json!({})).await;
    assert_eq!((wrong.status, &wrong.json["data"]["response"]["status"]), (401, &json!(401)));
}

#[actix_web::test]
async fn accounts_share_neither_history_nor_tokens_nor_links_nor_subscriptions() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().open_accounts());
    let mine = login_as(&api, "mine", "whatever").await;
    ask(&api, &mine, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:mine" })).await;
    dial_call(&api, "101", "0901234567").await;
    let dial = json!({ "extension": "101", "phone": "0901234567" });
    ask(&api, &mine, "POST", "/v3/call/dial", &dial).await;
    wait(&api).await;

    let rows = |reply: Value| reply["data"].as_array().unwrap().clone();
    let (theirs, own) =
        (history(&api, "").await, rows(get(&api, &mine, "/v3/call/history").await.json));
    assert_eq!((theirs.len(), own.len()), (5, 5));
    // The same calls at the same time: their records are told apart all the same.
    assert_eq!(theirs[0]["callId"], own[0]["callId"]);
    assert!(theirs.iter().zip(&own).all(|(one, other)| one["id"] != other["id"]));
    messages(&api.inbox("mine"), 1);
    let listed = get(&api, &login(&api).await, SUBSCRIPTIONS).await;
    assert_eq!(listed.json["data"], json!([]));

    // A record's id and a link of one account are worth nothing in another.
    let path = format!("/v3/call/recording?callId={}", own[0]["id"].as_str().unwrap());
    assert_eq!(get(&api, &login(&api).await, &path).await.status, 404);
    let link = async |token: &str, id: &Value| {
        let path = format!("/v3/call/recording?callId={}", id.as_str().unwrap());
        let reply = get(&api, token, &path).await;
        let link = reply.json["data"]["media"]["wav"].as_str().unwrap().to_owned();
        link.strip_prefix(&api.url()).unwrap().to_owned()
    };
    let (ours, demo) =
        (link(&mine, &own[0]["id"]).await, link(&login(&api).await, &theirs[0]["id"]).await);
    assert_eq!((api.get(&ours).await.status, api.get(&demo).await.status), (200, 200));
    let host =
        |link: &str| link.split_once("hostname=").unwrap().1.split_once('&').unwrap().0.to_owned();
    assert_ne!(host(&ours), host(&demo));
    let swapped = ours.replace(&host(&ours), &host(&demo));
    assert_eq!(api.get(&swapped).await.status, 403);

    // The dial service and v1 know the account by the same name, and any secret.
    let reply = api.get("/dial/history?voip=mine&secret=x").await;
    assert_eq!(reply.json["result"]["recordsTotalAll"], 5);
    let reply = crate::ask_as(&api, "mine", "getUser", json!({ "user": "101" })).await;
    assert_eq!(reply.json["data"].as_array().unwrap().len(), 2);

    // A copy has a name of its own for its links, and the records keep their ids.
    let fork = api.post("/__admin/accounts/mine/fork", &json!({ "to": "copy" })).await;
    assert_eq!(fork.status, 201, "{}", fork.text());
    assert_eq!(fork.json["credentials"]["apiKey"], "copy");
    let copy = login_as(&api, "copy", "x").await;
    let copied = rows(get(&api, &copy, "/v3/call/history").await.json);
    assert_eq!(copied, own);
    assert_ne!(host(&link(&copy, &own[0]["id"]).await), host(&ours));
}

#[actix_web::test]
async fn the_control_api_knows_the_account_by_each_of_its_names_and_tells_them() {
    let api = Api::<Voip24h>::frozen();
    for name in [crate::SECRET, KEY] {
        let calls = api.get(&format!("/__admin/calls?account={name}")).await;
        assert_eq!((calls.status, &calls.json["total"]), (200, &json!(4)), "{name}");
    }
    let account = api.get(&format!("/__admin/accounts/{KEY}")).await.json;
    let wanted = json!({
        "partnerSecret": crate::SECRET, "apiKey": KEY, "apiSecret": crate::v3::API_SECRET,
        "voip": KEY, "secret": crate::v3::DIAL_SECRET,
    });
    assert_eq!(account["credentials"], wanted);
}

#[actix_web::test]
async fn without_keys_in_fresh_nobody_logs_in_and_v1_works() {
    let fresh = json!({
        "partner_secrets": ["a"], "company_number": "1", "extensions": [{ "number": "101" }],
    });
    let api = Api::of(Voip24h::builder().frozen_clock().fresh(fresh.to_string()));
    let reply = api.post(crate::v3::LOGIN, &json!({ "apiKey": "a", "apiSecret": "a" })).await;
    assert_eq!(reply.status, 401);
    assert_eq!(api.get("/dial/history?voip=a&secret=a").await.status, 401);
    let reply = crate::ask_as(&api, "a", "getUser", json!({ "user": "101" })).await;
    assert_eq!(reply.json["data"], json!([]));
}

#[actix_web::test]
async fn subscriptions_are_among_the_changes_since_a_checkpoint() {
    let api = Api::<Voip24h>::frozen();
    let saved = json!({ "name": "empty" });
    assert_eq!(api.post("/__admin/checkpoints", &saved).await.status, 201);
    ask(&api, &login(&api).await, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:log" })).await;
    let changes = api.get("/__admin/changes?since=empty").await.json;
    assert_eq!(changes["subscriptions"]["counts"]["added"], 1, "{changes}");
    api.post("/__admin/checkpoints/empty/rewind", &json!({})).await;
    assert_eq!(get(&api, &login(&api).await, SUBSCRIPTIONS).await.json["data"], json!([]));
}
