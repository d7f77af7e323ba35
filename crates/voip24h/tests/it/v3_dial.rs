//! Ordering calls by v3 and by the dial service. vendors/voip24h-v3.md, 11, checks 15, 16, 18 to 20

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use time::Duration;

use crate::v3::{DIAL_SECRET, KEY, ask, call_in, dial_call, dial_path, history, login, set, wait};

const DIAL: &str = "/v3/call/dial";

async fn legs(api: &Api<Voip24h>) -> Vec<Value> {
    let call = api.get("/__admin/calls").await.json["calls"][0].clone();
    call["legs"].as_array().unwrap().iter().map(|leg| leg["party"]["number"].clone()).collect()
}

#[actix_web::test]
async fn the_extension_rings_first_and_the_phone_when_it_has_picked_up() {
    let api = Api::<Voip24h>::frozen();
    let token = login(&api).await;
    let authorization = format!("Bearer {token}");
    let form =
        [("authorization", &*authorization), ("content-type", "application/x-www-form-urlencoded")];
    for is_form in [true, false] {
        let reply = match is_form {
            true => api.request("POST", DIAL, &form, "extension=101&phone=0901234567").await,
            false => {
                let body = json!({ "extension": 101, "phone": "0901234567" });
                ask(&api, &token, "POST", DIAL, &body).await
            }
        };
        let data = json!({ "extension": "101", "phone": "0901234567" });
        let wanted = json!({ "message": "Success", "status": 200, "data": data });
        assert_eq!((reply.status, &reply.json), (200, &wanted), "{}", reply.text());
        assert_eq!(legs(&api).await, ["101"]);
        api.advance(Duration::milliseconds(500)).await;
        assert_eq!(legs(&api).await, ["101"]);
        api.advance(Duration::seconds(1)).await;
        assert_eq!(legs(&api).await, ["101", "0901234567"]);
        wait(&api).await;
        let row = history(&api, "extension=101&limit=1").await[0].clone();
        let one = crate::ask(&api, "getCallData", json!({ "callId": row["callId"] })).await;
        let id = row["callId"].as_str().unwrap();
        assert_eq!(one.json["data"]["callId"], id);
        let found = api.get(&dial_path("/searching", &format!("callid={id}"))).await;
        assert_eq!(found.json["result"]["data"][0]["callid"], id);
    }
}

#[actix_web::test]
async fn a_dial_ends_as_the_number_says_or_is_refused() {
    let api = Api::<Voip24h>::frozen();
    for (phone, word) in [
        ("0987699486", "BUSY"),
        ("0987699480", "NO ANSWER"),
        ("0987699404", "FAILED"),
        ("0901 234 567", "ANSWERED"),
    ] {
        dial_call(&api, "102", phone).await;
        wait(&api).await;
        let row = history(&api, "extension=102&limit=1").await[0].clone();
        assert_eq!((&row["status"], &row["type"]), (&json!(word), &json!("outbound")), "{phone}");
        assert_eq!([&row["caller"], &row["did"]], ["102", "0899199799"]);
        assert_eq!(row["callee"], phone.replace(' ', ""));
    }
    let token = login(&api).await;
    let before = api.engine().snapshot().unwrap();
    for (body, message) in [
        (json!({ "extension": "999", "phone": "0901234567" }), "Extension not found"),
        (json!({ "extension": "199", "phone": "0901234567" }), "Extension not registered"),
        (json!({ "extension": "101", "phone": "12" }), "Invalid phone"),
        (json!({ "extension": "101", "phone": "x" }), "Invalid phone"),
        (json!({ "phone": "0901234567" }), "extension is required"),
        (json!({ "extension": "101" }), "phone is required"),
    ] {
        let reply = ask(&api, &token, "POST", DIAL, &body).await;
        assert_eq!((reply.status, &reply.json["message"]), (400, &json!(message)));
        assert_eq!(reply.json["status"], 400);
    }
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn a_busy_extension_is_accepted_and_its_record_says_so() {
    let api = Api::<Voip24h>::frozen();
    dial_call(&api, "101", "0901234567").await;
    dial_call(&api, "101", "0907654321").await;
    wait(&api).await;
    let rows = history(&api, "extension=101&limit=2").await;
    assert_eq!([&rows[0]["status"], &rows[1]["status"]], ["BUSY", "ANSWERED"]);
}

#[actix_web::test]
async fn a_trial_account_cuts_every_call() {
    let api = set(json!({ "trial_seconds": 31 }));
    let long = json!({ "outcome": "answer", "ring": 2, "talk": 600 });
    call_in(&api, "0912345678", "103", long.clone()).await;
    call_in(&api, "104", "0912345678", long).await;
    dial_call(&api, "101", "0901234567").await;
    api.advance(Duration::minutes(20)).await;
    let durations = ["103", "104", "101"].map(|extension| format!("extension={extension}&limit=1"));
    for (query, seconds) in durations.iter().zip([31, 31, 8]) {
        let row = &history(&api, query).await[0];
        assert_eq!((&row["duration"], &row["status"]), (&json!(seconds), &json!("ANSWERED")));
    }
}

#[actix_web::test]
async fn the_dial_service_tells_of_the_channel_it_has_made() {
    let api = Api::<Voip24h>::frozen();
    let reply = api.get(&dial_path("", "sip=101&phone=0901+234+567")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let events = reply.json["events"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!([&event["state"], &event["type"], &event["extend"]], ["Ring", "outbound", "101"]);
    assert_eq!([&event["phone"], &event["exten"]], ["0901234567", "0901234567"]);
    assert!(event.get("id").is_none());
    let id = event["callid"].as_str().unwrap();
    let found = api.get(&dial_path("/searching", &format!("callid={id}"))).await.json;
    assert_eq!(found, json!({ "status": 200, "message": "Success", "result": { "data": [] } }));
    wait(&api).await;
    assert_eq!(history(&api, "extension=101&limit=1").await[0]["callId"], id);
    let found = api.get(&dial_path("/searching", &format!("callid={id}"))).await.json;
    assert_eq!(found["result"]["data"][0]["callid"], id);

    for (query, status, message) in [
        (
            format!("voip={KEY}&secret=wrong&sip=101&phone=0901234567"),
            401,
            "Account does not exist",
        ),
        (
            format!("voip=x&secret={DIAL_SECRET}&sip=101&phone=0901234567"),
            401,
            "Account does not exist",
        ),
        ("sip=101&phone=0901234567".to_owned(), 401, "Account does not exist"),
        (format!("voip={KEY}&secret={DIAL_SECRET}&phone=0901234567"), 400, "sip is required"),
        (format!("voip={KEY}&secret={DIAL_SECRET}&sip=101"), 400, "phone is required"),
        (
            format!("voip={KEY}&secret={DIAL_SECRET}&sip=999&phone=0901234567"),
            400,
            "Extension not found",
        ),
    ] {
        let reply = api.get(&format!("/dial?{query}")).await;
        let wanted = json!({ "status": status, "message": message });
        assert_eq!((reply.status, reply.json), (status, wanted), "{query}");
        assert_eq!(api.get("/__admin/calls?state=created").await.json["total"], 0, "nothing rings");
    }
}

#[actix_web::test]
async fn the_search_of_the_dial_service_walks_all_pages() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().history(90));
    let end = 1_767_603_600;
    let mut ids = Vec::new();
    let mut start = String::new();
    loop {
        let query = format!("date_start=0&date_end={end}{start}");
        let result = api.get(&dial_path("/search", &query)).await.json["result"].clone();
        assert_eq!(
            (&result["recordsTotalAll"], &result["recordsDisplay"]),
            (&json!(94), &json!(25))
        );
        assert_eq!(result.get("prev").is_none(), start.is_empty());
        let rows = result["data"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["callid"].as_str().unwrap().to_owned()));
        match result.get("next") {
            Some(next) => start = format!("&start={next}"),
            None => break,
        }
    }
    let all = history(&api, "limit=1000").await;
    let all: Vec<String> =
        all.iter().map(|row| row["callId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, all);

    for (query, count) in [
        ("date_start=1531709393&date_end=1531709393", 1),
        ("date_start=1531709394&date_end=1531709394", 0),
        ("search=094887", 1),
        ("search=9488&status=ANSWERED", 1),
        ("status=MISSED&date_end=1600000000", 2),
    ] {
        let reply = api.get(&dial_path("/search", query)).await;
        assert_eq!(reply.json["result"]["data"].as_array().unwrap().len(), count, "{query}");
    }
    let reply = api.get(&dial_path("/search", "date_start=soon")).await;
    assert_eq!((reply.status, &reply.json["message"]), (400, &json!("date_start is invalid")));
}

#[actix_web::test]
async fn the_rows_of_the_dial_service_are_texts_that_a_strict_client_reads() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().history(150));
    dial_call(&api, "101", "102").await;
    wait(&api).await;
    let result = api.get(&dial_path("/history", "")).await.json["result"].clone();
    let rows = result["data"].as_array().unwrap();
    assert_eq!(rows.len(), 100);
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_else(|| panic!("{name} in {row}"));
        for name in ["id", "billsec", "duration", "duration_minutes", "duration_seconds"] {
            text(name).parse::<u32>().unwrap();
        }
        let [minutes, seconds] =
            ["duration_minutes", "duration_seconds"].map(|name| text(name).parse::<u32>().unwrap());
        assert_eq!((60 * minutes + seconds).to_string(), text("duration"));
        for name in ["recording", "play", "eplay", "download"] {
            let link = text(name);
            assert!(link.is_empty() || link.starts_with(&format!("{}/fdownload/", api.url())));
            assert_eq!(link.is_empty(), text("status") != "ANSWERED", "{row}");
        }
        assert_eq!([text("disposition"), text("lastapp")], [text("status"), "Dial"]);
        assert_eq!(text("did").is_empty(), text("type") == "local");
    }
    let link =
        rows.iter().map(|row| row["download"].as_str().unwrap()).find(|link| !link.is_empty());
    let reply = api.get(link.unwrap().strip_prefix(&api.url()).unwrap()).await;
    assert_eq!((reply.status, &reply.body[..4]), (200, &b"RIFF"[..]));
}
