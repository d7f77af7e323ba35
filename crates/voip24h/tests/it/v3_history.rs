//! The history of v3. vendors/voip24h-v3.md, 11, checks 5 to 11 and 27

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::v3::{call_in, dial_call, get, history, login, set, wait};

/// The last part of the exchange's ids of what a query asks for.
async fn sequences(api: &Api<Voip24h>, query: &str) -> Vec<u32> {
    let rows = history(api, query).await;
    let sequence =
        |row: &Value| row["callId"].as_str().unwrap().split_once('.').unwrap().1.parse().unwrap();
    rows.iter().map(sequence).collect()
}

#[actix_web::test]
async fn a_fresh_history_has_the_four_calls_of_the_documents_newest_first() {
    let api = Api::<Voip24h>::frozen();
    let reply = get(&api, &login(&api).await, "/v3/call/history").await;
    assert_eq!(reply.json["totalData"], 4);
    let rows = reply.json["data"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    // Those that the spec lists.
    assert_eq!(
        ids,
        [
            "5b880a03a17c3d5e090054b7",
            "5b5d8b21a17c3d5e0902003c",
            "5b5d3476a17c3d5e0901fee5",
            "5b4c07e5a17c3d5e09001178",
        ]
    );
    let sample = r#"{"id":"5b4c07e5a17c3d5e09001178","callId":"1531709393.4472","callDate":"2018-07-16 09:49:53","caller":"0948873483","callee":"101","did":"0899199799","extension":"101","type":"inbound","status":"ANSWERED","duration":20,"billsec":15,"note":"","recordingFile":"in-0899199799-0948873483-20180716-094953-1531709393.4472.gsm"}"#;
    assert!(reply.text().contains(sample), "{}", reply.text());
    for row in rows {
        assert!(row["did"].is_string() && row["duration"].is_u64() && row["billsec"].is_u64());
    }
}

#[actix_web::test]
async fn the_moments_in_a_row_and_in_its_ids_are_the_same() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().history(300));
    for row in history(&api, "limit=1000").await {
        let text = |name: &str| row[name].as_str().unwrap();
        let (seconds, _) = text("callId").split_once('.').unwrap();
        let date = ringback_mock::read_moment(text("callDate"), time::macros::offset!(+7));
        let seconds: i64 = seconds.parse().unwrap();
        assert_eq!(date.unwrap().unix_timestamp(), seconds);
        let stored = i64::from_str_radix(&text("id")[..8], 16).unwrap();
        assert_eq!(stored, seconds + row["duration"].as_i64().unwrap());
    }
}

#[actix_web::test]
async fn days_and_moments_are_included_on_both_ends() {
    let api = Api::<Voip24h>::frozen();
    for (query, wanted) in [
        ("dateStart=2018-07-16&dateEnd=2018-07-16", vec![4472]),
        ("dateStart=2018-07-16+09:49:53&dateEnd=2018-07-16%2009:49:53", vec![4472]),
        ("dateStart=2018-07-16+09:49:54&dateEnd=2018-07-17", vec![]),
        ("dateEnd=2018-07-16+09:49:52", vec![]),
        ("dateStart=2018-07-29", vec![21687, 131132, 130789]),
        ("dateStart=2018-07-29+16:37:32", vec![21687, 131132]),
        ("dateStart=2019-01-01&dateEnd=2018-01-01", vec![]),
    ] {
        assert_eq!(sequences(&api, query).await, wanted, "{query}");
    }
    let token = login(&api).await;
    for wrong in ["16/07/2018", "2018-02-30", "soon"] {
        let reply = get(&api, &token, &format!("/v3/call/history?dateEnd={wrong}")).await;
        assert_eq!((reply.status, &reply.json["message"]), (400, &json!("dateEnd is invalid")));
    }
}

#[actix_web::test]
async fn filters_take_lists_and_both_spellings_of_a_number() {
    let api = Api::<Voip24h>::frozen();
    for (query, wanted) in [
        ("status=ANSWERED+,+MISSED", vec![21687, 131132, 130789, 4472]),
        ("status=answered", vec![21687, 4472]),
        ("status=no_answer", vec![]),
        ("status=NO+ANSWER,missed", vec![131132, 130789]),
        ("type=inbound,local", vec![131132, 130789, 4472]),
        ("type=outbound", vec![21687]),
        ("extension=101,516", vec![21687, 4472]),
        ("extension=101&extension=516", vec![21687, 4472]),
        ("extension=137", vec![131132, 130789]),
        ("extension=137&dateStart=2018-07-29+16:00:00", vec![131132]),
        ("caller=0948873483", vec![4472]),
        ("caller=0948+873+483", vec![4472]),
        ("caller=516&callee=0908598361", vec![21687]),
        ("callee=137", vec![131132, 130789]),
        ("did=0899199799", vec![21687, 131132, 130789, 4472]),
        ("did=84899199799&extension=101", vec![4472]),
        ("did=%2B84899199799&extension=101", vec![4472]),
        ("did=0899199798", vec![]),
        ("callid=1531709393.4472", vec![4472]),
        ("callId=1531709393.4472", vec![4472]),
        ("callid=1531709393.04472", vec![]),
        ("callid=1531709393.4472&status=missed", vec![]),
        ("id=5b4c07e5a17c3d5e09001178", vec![4472]),
        ("id=5b4c07e6a17c3d5e09001178", vec![]),
        ("id=5b4c07e5a17c3d5e09001178&callid=1532857052.131132", vec![]),
        ("type=inbound&status=answered", vec![4472]),
        ("sort=asc", vec![4472, 130789, 131132, 21687]),
        ("sort=asc&limit=2&offset=1", vec![130789, 131132]),
        ("sort=asc&limit=9&offset=3", vec![21687]),
        ("colour=red&status=", vec![21687, 131132, 130789, 4472]),
    ] {
        assert_eq!(sequences(&api, query).await, wanted, "{query}");
    }
    let token = login(&api).await;
    for (query, message) in
        [("status=anserwed", "status is invalid"), ("type=INNER", "type is invalid")]
    {
        let reply = get(&api, &token, &format!("/v3/call/history?{query}")).await;
        assert_eq!((reply.status, &reply.json["message"]), (400, &json!(message)));
    }
}

#[actix_web::test]
async fn pages_until_a_shorter_one_have_every_call_once() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().history(1_000));
    for query in ["", "type=inbound", "sort=asc", "dateStart=2018-01-01&sort=asc"] {
        let (mut seen, mut offset) = (BTreeSet::new(), 0);
        loop {
            let rows = history(&api, &format!("{query}&limit=100&offset={offset}")).await;
            let ids = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned());
            let (count, before) = (rows.len(), seen.len());
            seen.extend(ids);
            assert_eq!(seen.len(), before + count, "a call came twice: {query}");
            offset += 100;
            if count < 100 {
                break;
            }
        }
        let reply =
            get(&api, &login(&api).await, &format!("/v3/call/history?{query}&limit=1")).await;
        assert_eq!(reply.json["totalData"], seen.len());
        assert!(seen.len() > 300, "{query}");
    }
}

#[actix_web::test]
async fn what_is_no_count_counts_as_not_given_and_none_is_beyond_ten_thousand() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().history(40));
    let token = login(&api).await;
    for (limit, shown, count) in [
        ("0", 0, 0),
        ("-1", 25, 25),
        ("abc", 25, 25),
        ("", 25, 25),
        ("99999", 10_000, 44),
        ("1.5", 25, 25),
    ] {
        let reply = get(&api, &token, &format!("/v3/call/history?limit={limit}")).await;
        let found = (&reply.json["limit"], reply.json["data"].as_array().unwrap().len());
        assert_eq!(found, (&json!(shown), count), "{limit}");
        assert_eq!(reply.json["totalData"], 44);
    }
    let reply = get(&api, &token, "/v3/call/history?offset=-5&limit=1").await;
    assert_eq!(reply.json["offset"], 0);
    let reply = get(&api, &token, "/v3/call/history?offset=18446744073709551615").await;
    assert_eq!(reply.json["data"], json!([]));
}

#[actix_web::test]
async fn a_missed_call_is_called_so_here_and_not_in_v1() {
    for (settings, word) in [(json!({}), "MISSED"), (json!({ "missed": "never" }), "NO ANSWER")] {
        let api = set(settings);
        let row = &history(&api, "callid=1532857052.131132").await[0];
        assert_eq!((&row["type"], &row["status"]), (&json!("inbound"), &json!(word)));
        let one = json!({ "uniqueId": "1532857052.131132" });
        let one = crate::ask(&api, "getCallData", one).await.json["data"].clone();
        assert_eq!([&one["callType"], &one["callStatus"]], ["EXTERNAL", "NO ANSWER"]);
        // An answered one is not touched.
        assert_eq!(history(&api, "callid=1531709393.4472").await[0]["status"], "ANSWERED");
    }
}

#[actix_web::test]
async fn whatever_way_nobody_took_a_call_from_outside_it_is_missed() {
    let api = Api::<Voip24h>::frozen();
    for (outcome, word) in [
        (json!({ "outcome": "busy" }), "MISSED"),
        (json!({ "outcome": "reject", "ring": 2 }), "MISSED"),
        (json!({ "outcome": "no_answer", "ring": 5 }), "MISSED"),
        (json!({ "outcome": "cancel", "ring": 5 }), "MISSED"),
        (json!({ "outcome": "answer", "talk": 5 }), "ANSWERED"),
    ] {
        call_in(&api, "0912345678", "103", outcome.clone()).await;
        wait(&api).await;
        let row = &history(&api, "extension=103&limit=1").await[0];
        assert_eq!(row["status"], word, "{outcome}");
        assert_eq!([&row["caller"], &row["callee"]], ["0912345678", "103"]);
    }
}

#[actix_web::test]
async fn a_call_between_extensions_is_local_without_a_company_number() {
    let api = Api::<Voip24h>::frozen();
    dial_call(&api, "101", "102").await;
    wait(&api).await;
    let row = &history(&api, "type=local").await[0];
    assert_eq!([&row["caller"], &row["callee"], &row["did"]], ["101", "102", ""]);
    assert_eq!(row["status"], "ANSWERED");
    let one = crate::ask(&api, "getCallData", json!({ "callId": row["callId"] })).await;
    assert_eq!(one.json["data"]["callType"], "OUTBOUND");
}

#[actix_web::test]
async fn a_live_call_has_no_row_and_extensions_say_who_is_in_it() {
    let api = Api::<Voip24h>::frozen();
    let token = login(&api).await;
    dial_call(&api, "101", "0901234567").await;
    api.post(
        "/__admin/control",
        &json!({ "do": "set_extension", "number": "102", "do_not_disturb": true }),
    )
    .await;
    assert_eq!(history(&api, "").await.len(), 4);
    let reply = get(&api, &token, "/v3/extension/list").await;
    assert_eq!(reply.json["totalData"], 8);
    let rows = reply.json["data"].as_array().unwrap();
    let word = |number: &str| {
        rows.iter().find(|row| row["extension"] == number).unwrap()["status"].clone()
    };
    assert_eq!(
        [word("101"), word("102"), word("103"), word("199")],
        ["busy", "busy", "online", "offline"]
    );
    let part = get(&api, &token, "/v3/extension/list?offset=2&limit=2").await;
    assert_eq!(part.json["data"][0]["extension"], "103");
    assert_eq!(part.json["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn late_and_doubled_records_are_so_in_v3_too() {
    let api = Api::<Voip24h>::frozen();
    let faults = json!({ "late": 300, "doubled": 300, "wrong_duration": { "by": 7, "for": 900 } });
    assert_eq!(api.send("PUT", "/__admin/record_faults", &faults).await.status, 200);
    dial_call(&api, "101", "0901234567").await;
    api.advance(time::Duration::seconds(60)).await;
    assert_eq!(history(&api, "").await.len(), 4);
    api.advance(time::Duration::seconds(300)).await;
    let rows = history(&api, "extension=101").await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[0]["duration"], 15);
    // The id is that of the true record, and stays.
    let id = rows[0]["id"].clone();
    api.advance(time::Duration::seconds(1_000)).await;
    let rows = history(&api, "extension=101").await;
    assert_eq!((rows.len(), &rows[0]["id"], &rows[0]["duration"]), (2, &id, &json!(8)));
}
