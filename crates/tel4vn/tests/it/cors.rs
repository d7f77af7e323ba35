//! Pages of any origin call the API directly: every answer says that they may.

use ringback_mock::Vendor as _;
use ringback_tel4vn::Tel4vn;
use serde_json::json;

use crate::{CALL, TOKEN, api, api_with, ask};

const PREFLIGHT: [(&str, &str); 3] = [
    ("origin", "https://crm.example"),
    ("access-control-request-method", "POST"),
    ("access-control-request-headers", "authorization,content-type"),
];

fn path_of(path: &str) -> String {
    path.replace("{id}", CALL).replace("{ext}", "101")
}

#[actix_web::test]
async fn a_preflight_without_a_token_is_answered_on_every_route_and_elsewhere() {
    let api = api();
    let paths = Tel4vn::ENDPOINTS.iter().map(|endpoint| path_of(endpoint.path));
    for path in paths.chain(["/v1/nowhere".to_owned(), "/v1/call/x/y/z".to_owned()]) {
        let reply = api.request("OPTIONS", &path, &PREFLIGHT, "").await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
        let headers = reply.header("access-control-allow-headers");
        assert!(headers.contains("Authorization") && headers.contains("Content-Type"), "{headers}");
        assert!(reply.header("access-control-allow-methods").contains("OPTIONS"), "{path}");
        assert_eq!(reply.body.len(), 0);
    }
}

#[actix_web::test]
async fn a_preflight_names_the_methods_of_its_route() {
    let api = api();
    let reply = api.request("OPTIONS", "/v3/extension/101", &PREFLIGHT, "").await;
    assert_eq!(reply.header("access-control-allow-methods"), "GET, PUT, DELETE, OPTIONS");
    let mut asked = PREFLIGHT.to_vec();
    asked.push(("access-control-request-private-network", "true"));
    asked[2].1 = "x-app, authorization, x app";
    let reply = api.request("OPTIONS", "/v1/call", &asked, "").await;
    assert_eq!(reply.header("access-control-allow-private-network"), "true");
    let wanted = "Authorization, Content-Type, Accept, x-app";
    assert_eq!(reply.header("access-control-allow-headers"), wanted);
}

#[actix_web::test]
async fn every_answer_of_every_route_can_be_read_by_a_page() {
    let api = api_with(json!({ "demo_call": true }));
    for endpoint in Tel4vn::ENDPOINTS {
        let path = path_of(endpoint.path);
        if path == "/v1/click2call" {
            continue; // with parameters it waits, and it has a test of its own
        }
        for bearer in
            [format!("Bearer {TOKEN}"), "Bearer provider-secret".to_owned(), String::new()]
        {
            let headers = [("authorization", bearer.as_str()), ("origin", "https://crm.example")];
            for body in ["", "{}", "[", r#"{"ext":"109","legs":"aleg"}"#] {
                let reply = api.request(endpoint.method, &path, &headers, body).await;
                let origin = reply.header("access-control-allow-origin");
                assert_eq!(origin, "*", "{} {path} {}", endpoint.method, reply.status);
            }
        }
    }
}

#[actix_web::test]
async fn what_reaches_no_handler_can_be_read_by_a_page_too() {
    let api = api();
    let long = format!("/v1/cdr?phone={}", "9".repeat(9_000));
    let odd = [("GET", "/nowhere", 404), ("PATCH", "/v1/call", 405), ("GET", long.as_str(), 414)];
    for (method, path, status) in odd {
        let reply = ask(&api, method, path, None).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
        assert!(reply.json["error"].is_string(), "{path}: {}", reply.text());
    }
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let reply = api.request("POST", "/v1/event", &headers, vec![b' '; 5 << 20]).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (413, "*"));
    assert_eq!(reply.json, json!({ "error": "Payload Too Large" }));
    let reply = api.request("GET", "/v1/click2call", &headers, "").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (400, "*"));
    // Not a browser asking ahead.
    assert_eq!(api.request("OPTIONS", "/nowhere", &[], "").await.status, 404);
}
