//! Records: paging, scrolling, filters, and what a generated past looks like.

use std::collections::BTreeSet;

use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{TOKEN, get};

fn with_history(calls: usize) -> Api<Tel4vn> {
    let settings = json!({ "fixed_token": TOKEN });
    Api::of(Tel4vn::builder().seed(7).frozen_clock().settings(settings).history(calls))
}

fn ids(reply: &Value) -> Vec<String> {
    let records = reply["data"].as_array().unwrap().iter();
    records.map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// Reads a scroll to its end and returns the ids, asking with the last id it got each time.
async fn scroll(api: &Api<Tel4vn>, query: &str) -> Vec<String> {
    let mut reply = get(api, &format!("/v1/cdr?{query}")).await.json;
    let mut all = ids(&reply);
    loop {
        let id = reply["scroll_id"].as_str().unwrap().to_owned();
        reply = get(api, &format!("/v1/cdr?scroll_id={id}")).await.json;
        if reply["data"] == json!([]) {
            assert_eq!(reply["scroll_id"], id.as_str());
            return all;
        }
        all.extend(ids(&reply));
    }
}

#[actix_web::test]
async fn pages_and_scrolls_list_every_record_once_the_newest_first() {
    let api = with_history(537);
    let mut paged = Vec::new();
    for page in 1.. {
        let reply = get(&api, &format!("/v1/cdr?page={page}&limit=50")).await.json;
        assert_eq!((&reply["total"], &reply["page"]), (&json!(537), &json!(page)));
        if reply["data"] == json!([]) {
            break;
        }
        paged.extend(ids(&reply));
    }
    assert_eq!(paged.len(), 537);
    assert_eq!(paged.iter().collect::<BTreeSet<_>>().len(), 537);
    assert_eq!(scroll(&api, "limit=100").await, paged);
    assert_eq!(scroll(&api, "").await, paged);
    let all = get(&api, "/v1/cdr?page=1&limit=1000").await.json;
    let started = all["data"].as_array().unwrap().iter().map(|record| &record["time_started"]);
    assert!(started.map(|at| at.as_str().unwrap()).is_sorted_by(|a, b| a >= b));
}

#[actix_web::test]
async fn a_scroll_shows_the_records_that_there_were_when_it_began() {
    let api = with_history(30);
    let before = ids(&get(&api, "/v1/cdr?page=1&limit=1000").await.json);
    let begun = get(&api, "/v1/cdr?limit=7").await.json;
    let mut all = ids(&begun);
    let mut id = begun["scroll_id"].as_str().unwrap().to_owned();
    for round in 0.. {
        // New ones come while it goes on: the newest of all, and one in the middle of the past.
        get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
        api.advance(Duration::seconds(5)).await;
        let record = json!({ "from": "102", "to": "0899", "created_at": "2025-12-20T03:00:00Z" });
        let added = json!({ "do": "add_records", "records": [record] });
        assert_eq!(api.post("/__admin/control", &added).await.status, 200);
        let reply = get(&api, &format!("/v1/cdr?scroll_id={id}")).await.json;
        if reply["data"] == json!([]) {
            assert!(round >= 4);
            break;
        }
        all.extend(ids(&reply));
        id = reply["scroll_id"].as_str().unwrap().to_owned();
    }
    assert_eq!(all, before);
    assert!(get(&api, "/v1/cdr?page=1").await.json["total"].as_u64().unwrap() > 38);
}

#[actix_web::test]
async fn a_scroll_keeps_its_filters_and_can_be_read_again() {
    let api = with_history(400);
    let filtered = get(&api, "/v1/cdr?page=1&limit=1000&status=BUSY&direction=outbound").await.json;
    let wanted = ids(&filtered);
    assert!(wanted.len() > 10);
    assert_eq!(scroll(&api, "status=BUSY&direction=outbound&limit=3").await, wanted);
    let first = get(&api, "/v1/cdr?extension=101&limit=4").await.json;
    let id = first["scroll_id"].as_str().unwrap();
    let path = format!("/v1/cdr?scroll_id={id}");
    let once = get(&api, &path).await.json;
    assert_eq!(once, get(&api, &path).await.json);
    assert_eq!(ids(&once).len(), 4);
    let bigger = get(&api, &format!("{path}&limit=9")).await.json;
    assert_eq!(ids(&bigger).len(), 9);
}

#[actix_web::test]
async fn scrolls_are_not_remembered_and_no_other_text_is_one() {
    let api = with_history(20);
    let before = api.engine().snapshot().unwrap();
    let id = get(&api, "/v1/cdr?limit=3").await.json["scroll_id"].as_str().unwrap().to_owned();
    for _ in 0..50 {
        get(&api, "/v1/cdr?limit=3").await;
    }
    assert_eq!(api.engine().snapshot().unwrap(), before);
    let mut changed = id.clone();
    changed.replace_range(20..21, if &id[20..21] == "A" { "B" } else { "A" });
    for odd in [changed.as_str(), &id[1..], "x", "%00", "AAAAAAAAAAAAAAAAAAAAAAAA"] {
        let reply = get(&api, &format!("/v1/cdr?scroll_id={odd}")).await;
        let wanted = json!({ "error": "scroll_id is invalid" });
        assert_eq!((reply.status, reply.json), (400, wanted), "{odd}");
    }
    // A filter of any length leaves room for the id in an address.
    let long = "9".repeat(7_000);
    let reply = get(&api, &format!("/v1/cdr?phone={long}&extension={}", &long[..900])).await.json;
    assert_eq!(reply["data"], json!([]));
    let id = reply["scroll_id"].as_str().unwrap();
    assert_eq!(get(&api, &format!("/v1/cdr?scroll_id={id}")).await.json["scroll_id"], id);
}

#[actix_web::test]
async fn every_filter_agrees_with_the_records_themselves() {
    let api = with_history(800);
    let all = get(&api, "/v1/cdr?page=1&limit=1000").await.json["data"].clone();
    let all = all.as_array().unwrap();
    let number = |record: &Value, name: &str| record[name].as_i64().unwrap();
    type Passes<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let is = |name: &'static str, wanted: &'static str| -> Passes<'_> {
        Box::new(move |record| record[name] == wanted)
    };
    let day = "2025-12-22";
    let cases: Vec<(String, Passes<'_>)> = vec![
        ("extension=104".into(), is("extension", "104")),
        ("status=NO%20ANSWER".into(), is("status", "NO ANSWER")),
        ("direction=1".into(), Box::new(|record| number(record, "direction") == 1)),
        ("min_duration=60".into(), Box::new(|record| number(record, "duration") > 60)),
        ("duration=31".into(), Box::new(|record| number(record, "duration") == 31)),
        (
            "phone=19001919".into(),
            Box::new(|record| {
                ["from_number", "to_number"].map(|name| &record[name]).contains(&&json!("19001919"))
            }),
        ),
        ("direction=local".into(), Box::new(|record| number(record, "direction") == 2)),
        (
            format!("start_date={day}&end_date={day}"),
            Box::new(|record| record["time_started"].as_str().unwrap().starts_with(day)),
        ),
        (
            format!("start_date={day}%2010:00:00&extension=101&status=ANSWERED"),
            Box::new(|record| {
                record["time_started"].as_str().unwrap() >= "2025-12-22 10:00:00"
                    && record["extension"] == "101"
                    && record["status"] == "ANSWERED"
            }),
        ),
        (
            format!("end_date_ended={day}"),
            Box::new(|record| record["time_ended"].as_str().unwrap() <= "2025-12-22 23:59:59"),
        ),
    ];
    for (query, passes) in cases {
        let reply = get(&api, &format!("/v1/cdr?page=1&limit=1000&{query}")).await.json;
        let wanted: Vec<&Value> = all.iter().filter(|record| passes(record)).collect();
        assert!(!wanted.is_empty(), "{query} finds nothing to compare");
        assert_eq!(reply["total"], wanted.len(), "{query}");
        assert_eq!(reply["data"].as_array().unwrap().iter().collect::<Vec<_>>(), wanted, "{query}");
    }
}

#[actix_web::test]
async fn a_generated_past_makes_statistics_worth_looking_at() {
    let api = with_history(1_000);
    let report = get(&api, "/v1/report/call_status").await.json;
    assert_eq!(report["total"], 1_000);
    let counts = report["data"].as_array().unwrap();
    assert_eq!(counts.len(), 5);
    for count in counts {
        let status = count["status"].as_str().unwrap().replace(' ', "%20");
        let listed = get(&api, &format!("/v1/cdr?page=1&status={status}")).await.json;
        assert_eq!(listed["total"], count["count"], "{status}");
    }
    let day = get(
        &api,
        "/v1/report/call_id?start_date=2025-12-22%2000:00:00&end_date=2025-12-22%2023:59:59",
    );
    let listed = get(&api, "/v1/cdr?page=1&start_date=2025-12-22&end_date=2025-12-22").await.json;
    assert_eq!(day.await.json["total"], listed["total"]);
    let groups = get(&api, "/v1/cdr?page=1&limit=1000&direction=inbound").await.json;
    let groups = groups["data"].as_array().unwrap().iter();
    assert!(groups.filter(|record| record["receive_dest"] == "600").count() > 50);
}

#[actix_web::test]
async fn every_recording_is_as_long_as_its_talk() {
    let api = with_history(60);
    let records = get(&api, "/v1/cdr?page=1&limit=1000").await.json["data"].clone();
    let mut heard = 0;
    for record in records.as_array().unwrap() {
        let talked = record["billsec"].as_u64().unwrap();
        let url = record["recording_url"].as_str().unwrap();
        assert_eq!(url.is_empty(), talked == 0, "{record}");
        if let Some(path) = url.strip_prefix(&api.url()) {
            let reply = api.request("HEAD", path, &[], "").await;
            let length = 44 + talked * 16_000;
            assert_eq!(reply.header("content-length"), length.to_string());
            heard += 1;
        }
    }
    assert!(heard > 20);
}

#[actix_web::test]
async fn behind_a_proxy_a_recording_has_the_address_by_which_the_client_came() {
    let api = with_history(20);
    let bearer = format!("Bearer {}", crate::TOKEN);
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "pbx.example"),
    ];
    let reply = api.request("GET", "/v1/cdr?page=1&limit=20", &headers, "").await;
    let urls = reply.json["data"].as_array().unwrap().iter();
    let mut urls = urls.filter_map(|record| record["recording_url"].as_str());
    assert!(urls.any(|url| url.starts_with("https://pbx.example/recording/")), "{}", reply.json);
}

#[actix_web::test]
async fn the_first_and_last_records_there_may_be_are_listed_and_sorted() {
    let api = with_history(0);
    let ends = ["8999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"];
    let records =
        ends.map(|at| json!({ "from": "101", "to": "0899", "created_at": at, "talk": 9 }));
    let added = json!({ "do": "add_records", "records": records });
    assert_eq!(api.post("/__admin/control", &added).await.status, 200);
    let reply = get(&api, "/v1/cdr?page=1").await;
    assert_eq!((reply.status, &reply.json["total"]), (200, &json!(3)));
    assert_eq!(scroll(&api, "limit=1").await.len(), 3);
    let reply = get(&api, "/v1/cdr?page=1&start_date=9000-01-01").await;
    assert_eq!(reply.json["data"][0]["time_started"], "9000-01-01 06:59:59");
    for at in ["1969-12-31T23:59:59Z", "9000-01-01T00:00:00Z"] {
        let record = json!({ "from": "101", "to": "0899", "created_at": at, "talk": 9 });
        let added = json!({ "do": "add_records", "records": [record] });
        assert_eq!(api.post("/__admin/control", &added).await.status, 409, "{at}");
    }
}

#[actix_web::test]
async fn huge_pages_and_offsets_cost_nothing_and_break_nothing() {
    let api = with_history(25);
    let huge = "18446744073709551615";
    for query in [
        format!("page={huge}&limit={huge}"),
        format!("offset={huge}&limit=7"),
        format!("page=2&limit={huge}9"),
        "page=-1&offset=-1".to_owned(),
    ] {
        let reply = get(&api, &format!("/v1/cdr?{query}")).await;
        assert_eq!((reply.status, &reply.json["total"]), (200, &json!(25)), "{query}");
    }
    let reply = get(&api, "/v1/cdr?page=1&limit=5000").await.json;
    assert_eq!((&reply["limit"], ids(&reply).len()), (&json!(1_000), 25));
}

#[actix_web::test]
async fn the_headers_of_a_recording_of_hours_are_there_at_once() {
    let settings = json!({ "fixed_token": TOKEN, "demo_call": true });
    let api = Api::of(Tel4vn::builder().seed(7).frozen_clock().settings(settings));
    api.advance(Duration::hours(4)).await;
    api.post(&format!("/__admin/calls/{}/hang_up", crate::CALL), &json!({})).await;
    let path = format!("/recording/{}", crate::CALL);
    let began = std::time::Instant::now();
    let reply = api.request("HEAD", &path, &[], "").await;
    assert_eq!(reply.header("content-length"), (44_u64 + 4 * 3_600 * 16_000).to_string());
    let part = api.request("GET", &path, &[("range", "bytes=200000000-200000099")], "").await;
    assert_eq!((part.status, part.body.len()), (206, 100));
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

/// The ids of a full list that a test of their records lets through, newest first.
fn those(all: &Value, is: impl Fn(&Value) -> bool) -> Vec<String> {
    let records = all["data"].as_array().unwrap().iter().filter(|record| is(record));
    records.map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_filter_that_is_given_twice_lets_any_of_its_values_through() {
    let api = with_history(400);
    let first = get(&api, "/v1/cdr?page=1&limit=1000").await.json;
    let third = get(&api, "/v3/cdr?limit=1000&offset=0").await.json;
    let any = |name: &'static str, values: &[Value]| {
        let values = values.to_vec();
        move |record: &Value| values.contains(&record[name])
    };
    let numbers = |place: usize| third["data"][place]["to_number"].as_str().unwrap().to_owned();
    let (one, other) = (numbers(3), numbers(200));
    let phones = format!("phone={one}&phone=%20{other}&phone=0");
    let by_phone = |record: &Value| {
        let known = [one.as_str(), other.as_str()].map(Value::from);
        known.contains(&record["from_number"]) || known.contains(&record["to_number"])
    };
    for (query, wanted) in [
        (
            "extension=101&extension=103&extension=999&extension=",
            those(&first, any("extension", &["101".into(), "103".into()])),
        ),
        (
            "status=BUSY&status=FAILED",
            those(&first, any("status", &["BUSY".into(), "FAILED".into()])),
        ),
        ("direction=local&direction=3", those(&first, any("direction", &[2.into(), 3.into()]))),
        ("duration=31&duration=30", those(&first, any("duration", &[30.into(), 31.into()]))),
        (
            "min_duration=90&min_duration=60",
            those(&first, |record| record["duration"].as_i64() > Some(60)),
        ),
        (&phones, those(&first, by_phone)),
        (
            "extension=102&extension=101&status=busy&status=no-answered&direction=outbound",
            those(&first, |record| {
                any("extension", &["101".into(), "102".into()])(record)
                    && any("status", &["BUSY".into(), "NO ANSWER".into()])(record)
                    && record["direction"] == 3
            }),
        ),
    ] {
        assert!(wanted.len() > 1, "{query} shows too little");
        let page = get(&api, &format!("/v1/cdr?page=1&limit=1000&{query}")).await.json;
        assert_eq!((ids(&page), &page["total"]), (wanted.clone(), &json!(wanted.len())), "{query}");
        let part = get(&api, &format!("/v1/cdr?offset=1&limit=2&{query}")).await.json;
        assert_eq!(ids(&part), wanted.iter().skip(1).take(2).cloned().collect::<Vec<_>>());
        assert_eq!(scroll(&api, &format!("limit=3&{query}")).await, wanted, "{query}");
    }
    for words in [["busy", "not-available"], ["cancel", "answered"], ["invalid", "no-answered"]] {
        let query = format!("/v3/cdr?limit=1000&offset=0&status={}&status={}", words[0], words[1]);
        let wanted = those(&third, any("status", &words.map(Value::from)));
        assert_eq!(ids(&get(&api, &query).await.json), wanted, "{words:?}");
    }
}

#[actix_web::test]
async fn a_status_finds_the_records_that_show_it_and_no_others() {
    let api = with_history(400);
    let all = get(&api, "/v3/cdr?limit=1000&offset=0").await.json;
    for (word, shown) in [
        ("answered", "answered"),
        ("BUSY", "busy"),
        ("NO ANSWER", "no-answered"),
        ("no_answered", "no-answered"),
        ("cancel", "cancel"),
        ("Not-Available", "not-available"),
        ("invalid", "invalid"),
    ] {
        let path = format!("/v3/cdr?limit=1000&offset=0&status={}", word.replace(' ', "%20"));
        let wanted = those(&all, |record| record["status"] == shown);
        assert!(!wanted.is_empty(), "{word}");
        assert_eq!(ids(&get(&api, &path).await.json), wanted, "{word}");
    }
}

#[actix_web::test]
async fn a_scroll_that_could_not_be_asked_for_again_is_refused() {
    let api = with_history(10);
    let many: String = (0..70).map(|n| format!("&phone={n:0100}")).collect();
    let page = get(&api, &format!("/v1/cdr?page=1{many}")).await;
    assert_eq!((page.status, &page.json["total"]), (200, &json!(0)));
    let scroll = get(&api, &format!("/v1/cdr?limit=2{many}")).await;
    assert_eq!((scroll.status, scroll.text()), (400, r#"{"error":"too many filters"}"#));
}

#[actix_web::test]
async fn a_part_of_the_third_generation_s_list_begins_where_it_says_or_at_the_first() {
    let api = with_history(40);
    let all = ids(&get(&api, "/v3/cdr?limit=1000&offset=0").await.json);
    for (query, shown, [limit, offset]) in [
        ("limit=20&offset=-1", &all[..20], [20, -1]),
        ("limit=20", &all[..20], [20, -1]),
        ("limit=20&offset=0", &all[..20], [20, 0]),
        ("limit=20&offset=30", &all[30..], [20, 30]),
        ("limit=-1&offset=5", &all[5..15], [-1, 5]),
        ("offset=5", &all[5..15], [-1, 5]),
        ("limit=-1&offset=-1", &all[..0], [-1, -1]),
        ("", &all[..0], [-1, -1]),
    ] {
        let reply = get(&api, &format!("/v3/cdr?{query}")).await.json;
        assert_eq!(ids(&reply), shown, "{query}");
        let said = json!([reply["limit"], reply["offset"], reply["total"]]);
        assert_eq!(said, json!([limit, offset, 40]), "{query}");
    }
}
