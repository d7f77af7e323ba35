use ringback_engine::Duration;
use ringback_mock::Builder;
use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use serde_json::{Value, json};

fn api() -> Api<Tel4vn> {
    let settings = json!({ "fixed_token": "t" });
    Api::of(Builder::default().seed(7).frozen_clock().settings(settings))
}

async fn get(api: &Api<Tel4vn>, path: &str) -> Value {
    api.request("GET", path, &[("authorization", "Bearer t")], "").await.json
}

/// Twelve calls of a customer each, one after the other, newest last.
async fn twelve(faults: Value) -> Api<Tel4vn> {
    let api = api();
    assert_eq!(api.send("PUT", "/__admin/record_faults", &faults).await.status, 200);
    for place in 0..12 {
        let behaviour = json!({ "outcome": "answer", "talk": 5 });
        let to = format!("09111111{place:02}");
        let call = json!({ "from": "101", "to": to, "behaviour": behaviour });
        assert_eq!(api.post("/__admin/calls", &call).await.status, 201);
        api.advance(Duration::seconds(10)).await;
    }
    api
}

/// The numbers that pages of five list, by their last two digits.
async fn pages(api: &Api<Tel4vn>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    for page in 1..=3 {
        let listed = get(api, &format!("/v1/cdr?extension=101&page={page}&limit=5")).await;
        let rows = listed["data"].as_array().unwrap().iter();
        let to = |row: &Value| row["to_number"].as_str().unwrap()[8..].to_owned();
        pages.push(rows.map(to).collect());
    }
    pages
}

#[actix_web::test]
async fn a_record_out_of_order_is_on_another_page_until_it_is_in_its_place() {
    let faults = json!({ "to": "0911111110", "out_of_order": { "places": 4, "for": 600 } });
    let api = twelve(faults).await;
    let wrong = pages(&api).await;
    assert_eq!(wrong[0], ["11", "09", "08", "07", "06"]);
    assert_eq!(wrong[1][0], "10");
    api.advance(Duration::seconds(600)).await;
    let right = pages(&api).await;
    assert_eq!(right[0], ["11", "10", "09", "08", "07"]);
}

#[actix_web::test]
async fn late_and_doubled_records_are_so_in_pages_scrolls_and_statistics_alike() {
    let faults = json!({ "rules": [
        { "to": "0911111103", "late": 600 },
        { "to": "0911111105", "doubled": 600 },
    ] });
    let api = twelve(faults).await;
    let count = |pages: &[Vec<String>], number: &str| {
        pages.iter().flatten().filter(|found| *found == number).count()
    };
    let listed = pages(&api).await;
    assert_eq!([count(&listed, "03"), count(&listed, "05")], [0, 2]);
    let scrolled = get(&api, "/v1/cdr?extension=101&limit=100").await;
    let rows = scrolled["data"].as_array().unwrap();
    let of = |number: &str| rows.iter().filter(|row| row["to_number"] == number).count();
    assert_eq!([of("0911111103"), of("0911111105"), of("0911111104")], [0, 2, 1]);
    let total = |report: &Value| report["total"].as_i64().unwrap();
    let before = total(&get(&api, "/v1/report/call_status").await);
    api.advance(Duration::seconds(900)).await;
    let listed = pages(&api).await;
    assert_eq!([count(&listed, "03"), count(&listed, "05")], [1, 1]);
    // One more has come, and one is there once.
    assert_eq!(total(&get(&api, "/v1/report/call_status").await), before);
}
