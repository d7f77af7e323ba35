//! The flat backend, as a FastAPI client sees it.

use awc::http::{Method, StatusCode};
use ringback_mango::Mango;
use ringback_mock::Builder;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::desk::{ask, form, send};

/// Every path as it is declared, and the one method it has.
const DECLARED: [(&str, &str); 35] = [
    ("POST", "/send_sms/"),
    ("POST", "/callback/"),
    ("POST", "/group_callback/"),
    ("POST", "/end_call/"),
    ("POST", "/start_record/"),
    ("POST", "/start_play/"),
    ("POST", "/route_call/"),
    ("POST", "/transfer_call/"),
    ("POST", "/get_stats_to/"),
    ("POST", "/get_stats_from/"),
    ("POST", "/get_stats_call_party/"),
    ("POST", "/get_dct_user_info/"),
    ("POST", "/get_dct_user_history/"),
    ("POST", "/user_list"),
    ("POST", "/group_list"),
    ("POST", "/balance"),
    ("POST", "/lines"),
    ("POST", "/audio"),
    ("POST", "/set_schema"),
    ("POST", "/get_ext_field"),
    ("POST", "/roles"),
    ("POST", "/sips_list"),
    ("POST", "/domains_list"),
    ("POST", "/trunk_num_list"),
    ("POST", "/bwlist_state"),
    ("POST", "/bwlist_nums"),
    ("POST", "/add_bwlist"),
    ("DELETE", "/delete_bwlist"),
    ("POST", "/campaign_info"),
    ("POST", "/ab_contact_init"),
    ("POST", "/cc_deal_list"),
    ("POST", "/cc_deal_funnels_list"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/redoc"),
];

#[actix_web::test]
async fn a_slash_too_many_or_too_few_leads_to_the_declared_path_whatever_the_method() {
    let api = Api::<Mango>::frozen();
    let client = awc::Client::builder().disable_redirects().finish();
    for (declared, path) in DECLARED {
        let twin = path.strip_suffix('/').map_or(format!("{path}/"), str::to_owned);
        for method in [declared, "GET", "POST", "DELETE", "PATCH"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let url = format!("{}{twin}?a=b%20c&d=%D1%8F&d", api.url());
            let mut response = client.request(method, url).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT, "{twin}");
            let location = response.headers().get("location").unwrap().to_str().unwrap();
            assert_eq!(location, format!("{}{path}?a=b%20c&d=%D1%8F&d", api.url()));
            assert!(response.body().await.unwrap().is_empty());
        }
        let url = format!("{}{twin}", api.url());
        let response = client.post(url).send().await.unwrap();
        let location = response.headers().get("location").unwrap().to_str().unwrap();
        assert_eq!(location, format!("{}{path}", api.url()), "no question mark without a query");
    }
}

#[actix_web::test]
async fn behind_a_proxy_a_slash_leads_to_the_scheme_it_names_as_uvicorn_has_it() {
    let api = Api::<Mango>::frozen();
    let proxy = [
        ("host", "pbx.example:8080"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "other.example"),
        ("x-forwarded-port", "1"),
    ];
    let twin = DECLARED[0].1.strip_suffix('/').unwrap();
    let reply = api.request("POST", twin, &proxy, "").await;
    assert_eq!(reply.status, 307);
    assert_eq!(reply.header("location"), format!("https://pbx.example:8080{twin}/"));
}

#[actix_web::test]
async fn a_client_that_follows_redirects_gets_its_answer_with_method_and_query_kept() {
    let api = Api::<Mango>::frozen();
    let client = awc::Client::default();
    for (method, path, answer) in [
        (
            "POST",
            "/callback?from_ext=101&to_num=79991234567",
            json!({ "result": 1000, "command_id": "base" }),
        ),
        ("POST", "/add_bwlist/?number=79990001122", json!({ "result": 1000 })),
        ("DELETE", "/delete_bwlist/?num_id=450000001", json!({ "result": 1000 })),
    ] {
        let url = format!("{}{path}", api.url());
        let mut reply = client.request(method.parse().unwrap(), url).send().await.unwrap();
        assert_eq!(reply.json::<serde_json::Value>().await.unwrap(), answer);
    }
}

#[actix_web::test]
async fn every_path_refuses_other_methods_and_names_its_own() {
    let api = Api::<Mango>::frozen();
    for (declared, path) in DECLARED {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if method == declared || (declared == "GET" && method == "HEAD") {
                continue;
            }
            let reply = api.request(method, path, &[], "").await;
            assert_eq!(reply.status, 405, "{method} {path}");
            let allow = if declared == "GET" { "GET, HEAD" } else { declared };
            assert_eq!(reply.header("allow"), allow, "{method} {path}");
            if method != "HEAD" {
                assert_eq!(reply.json, json!({ "detail": "Method Not Allowed" }));
            }
        }
    }
}

#[actix_web::test]
async fn the_document_describes_every_operation_and_nothing_else() {
    let api = Api::<Mango>::frozen();
    let document = api.get("/openapi.json").await.json;
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 32);
    for (method, path) in DECLARED.iter().take(32) {
        let operation = &paths[*path][method.to_lowercase()];
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        // What the document calls required is what is missed.
        let required = parameters.iter().filter(|parameter| parameter["required"] == true);
        let required: Vec<&Value> = required.map(|parameter| &parameter["name"]).collect();
        if required.is_empty() {
            continue;
        }
        let reply = api.request(method, path, &[], "").await;
        assert_eq!(reply.status, 422, "{path}");
        let faults = reply.json["detail"].as_array().unwrap();
        let missed: Vec<&Value> = faults.iter().map(|fault| &fault["loc"][1]).collect();
        assert_eq!(missed, required, "{path}");
    }
}

#[actix_web::test]
async fn roles_are_both_faces_and_the_body_decides() {
    let api = Api::<Mango>::frozen();
    let flat = api.request("POST", "/roles", &[], "").await;
    assert_eq!(flat.json["result"], 1000);
    assert_eq!(flat.header("x-uuid"), "", "the backend does not name its answers");
    for path in ["/roles", "/roles/"] {
        let signed = send(&api, path, form("{}")).await;
        assert_eq!(signed.json, flat.json);
        assert_ne!(signed.header("x-uuid"), "", "the VPBX API does");
        let reply = send(&api, path, form("{}").replace("sign=", "sign=0")).await;
        assert_eq!(reply.status, 401);
    }
}

const STATISTICS: &str =
    "/get_stats_from/?from_ext=101&date_from=1767600000&date_to=1767700000&fields=to_number";

#[actix_web::test]
async fn statistics_wait_for_the_simulated_clock_and_hold_up_nobody() {
    let api = Api::<Mango>::frozen();
    api.request("POST", "/callback/?from_ext=101&to_num=79991234567", &[], "").await;
    api.advance(Duration::minutes(1)).await;

    let waiting = (0..50).map(|_| {
        let url = format!("{}{STATISTICS}", api.url());
        actix_web::rt::spawn(async move {
            let mut response = awc::Client::default().post(url).send().await.unwrap();
            (response.status(), response.body().await.unwrap())
        })
    });
    let waiting: Vec<_> = waiting.collect();
    for _ in 0..100 {
        let reply = api.request("POST", "/balance", &[], "").await;
        assert_eq!(reply.status, 200);
    }
    assert!(waiting.iter().all(|request| !request.is_finished()), "the clock stands still");
    let mut waiting = waiting;
    while let Some(request) = waiting.pop() {
        // Whoever asks only now has to wait as long.
        while !request.is_finished() {
            api.advance(Duration::milliseconds(500)).await;
            actix_web::rt::task::yield_now().await;
        }
        let (status, body) = request.await.unwrap();
        assert_eq!((status, &body[..]), (StatusCode::OK, &br#""79991234567\r\n""#[..]));
    }
}

#[actix_web::test]
async fn statistics_are_finished_at_once_when_nobody_moves_the_clock() {
    let builder = Builder::<Mango>::default().seed(7).frozen_clock();
    let api = Api::of(builder.settings(json!({ "backend_wait_ms": 20 })));
    api.request("POST", "/callback/?from_ext=101&to_num=79991234567", &[], "").await;
    api.advance(Duration::minutes(1)).await;
    let reply = api.request("POST", STATISTICS, &[], "").await;
    assert_eq!(reply.json, json!("79991234567\r\n"));
}

#[actix_web::test]
async fn how_long_statistics_are_waited_for_can_be_changed_later() {
    let api = Api::<Mango>::frozen();
    let settings = json!({ "backend_wait_ms": 20 });
    api.demo().control(json!({ "do": "configure", "settings": settings })).unwrap();
    let since = std::time::Instant::now();
    let reply = api.request("POST", STATISTICS, &[], "").await;
    assert_eq!(reply.json, json!(""));
    assert!(since.elapsed().as_secs() < 5, "the default is 10 s");
}

#[actix_web::test]
async fn statistics_come_by_themselves_while_the_clock_runs() {
    let builder = Builder::<Mango>::default().seed(7);
    let api = Api::of(builder.settings(json!({ "stats_delay_ms": 50 })));
    let reply = api.request("POST", STATISTICS, &[], "").await;
    assert_eq!((reply.status, reply.json), (200, json!("")));
}

#[actix_web::test]
async fn what_one_face_does_the_other_shows_at_once() {
    let api = Api::<Mango>::frozen();

    // A call ordered here is in the statistics there.
    api.request("POST", "/callback/?from_ext=101&to_num=79991234567", &[], "").await;
    api.advance(Duration::minutes(1)).await;
    let period = json!({ "date_from": 1767600000, "date_to": "1767700000", "fields": "to_number" });
    let key = ask(&api, "stats/request", &period).await.json;
    api.advance(Duration::seconds(1)).await;
    let rows = ask(&api, "stats/result", &key).await;
    assert!(rows.text().contains("79991234567\r\n"), "{}", rows.text());

    // An entry added here is listed there, and deleted here by the identity shown there.
    api.request("POST", "/add_bwlist?number=79990001122&list_type=black", &[], "").await;
    let listed = ask(&api, "bwlists/numbers", &json!({})).await.json;
    let entry = &listed["data"]["black"]["numbers"][0];
    assert_eq!(entry["number"], "79990001122");
    let delete = format!("/delete_bwlist?num_id={}", entry["number_id"]);
    assert_eq!(api.request("DELETE", &delete, &[], "").await.json, json!({ "result": 1000 }));
    let listed = ask(&api, "bwlists/numbers", &json!({})).await.json;
    assert_eq!(listed["data"]["black"]["numbers"], json!([]));

    // A scheme set here is the line's there; a contact and a deal made there are found here.
    api.request("POST", "/set_schema?schema=430000002&line=420000001", &[], "").await;
    let lines = ask(&api, "incominglines", &json!({})).await.json;
    assert_eq!(lines["lines"][0]["schema_name"], "Night");
    let nora = json!({ "data": [{ "name": "Nora Field" }] });
    ask(&api, "ab/contacts/create", &nora).await;
    let found = api.request("POST", "/ab_contact_init?query=nora&limit_rows=5", &[], "").await;
    assert_eq!(found.json["data"][0]["name"], "Nora Field");
    ask(&api, "cc/deal/create", &json!({ "name": "Second order" })).await;
    let deals = "/cc_deal_list?product_id=400000001&status=in_work";
    let deals = api.request("POST", deals, &[], "").await.json;
    assert_eq!(deals["deals"][1]["name"], "Second order");

    // An employee made there is listed here.
    let zoe = json!({ "name": "Zoe", "access_role_id": 10451, "extension": "104" });
    ask(&api, "member/create", &zoe).await;
    let users = api.request("POST", "/user_list?extension=104", &[], "").await.json;
    assert_eq!(users["users"][0]["general"]["name"], "Zoe");
}
