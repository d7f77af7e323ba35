//! The control API is closed to the pages of others and to names that are not this server's.

use ringback_testkit::Api;
use serde_json::json;

use crate::bell::Bell;

#[actix_web::test]
async fn pages_of_other_origins_and_other_names_are_refused_and_change_nothing() {
    let api = Api::of(Bell::builder());
    let own = api.url();
    let host = own.strip_prefix("http://").unwrap().to_owned();
    let port = host.rsplit(':').next().unwrap();
    let localhost = format!("localhost:{port}");
    let before = api.engine().snapshot().unwrap();
    let foreign: Vec<Vec<(&str, String)>> = vec![
        vec![("origin", "http://evil.example".into())],
        vec![("origin", "null".into())],
        vec![("origin", format!("http://127.0.0.1:{}", 1))],
        vec![("origin", format!("http://127.0.0.1.evil.example:{port}"))],
        vec![("origin", format!("http://localhost:{port}"))],
        vec![("host", "evil.example".into())],
        vec![("host", format!("evil.example:{port}"))],
        vec![("host", format!("localhost.evil.example:{port}"))],
        vec![("host", "evil.example".into()), ("origin", "http://evil.example".into())],
        vec![("sec-fetch-site", "cross-site".into())],
        vec![("sec-fetch-site", "same-site".into())],
    ];
    let requests = [
        ("POST", "/__admin/reset"),
        ("POST", "/__admin/clock/advance"),
        ("PUT", "/__admin/webhook"),
        ("GET", "/__admin/deliveries"),
        ("GET", "/__admin"),
    ];
    for headers in &foreign {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for (method, path) in requests {
            let reply = api.request(method, path, &headers, "").await;
            assert_eq!(reply.status, 403, "{method} {path} {headers:?}");
            assert_eq!(reply.json["title"], "Forbidden");
        }
        // The vendor's own paths are open to all of them, and so are the probes.
        assert_eq!(api.request("GET", "/bell/rung", &headers, "").await.status, 200, "{headers:?}");
        assert_eq!(api.request("GET", "/readyz", &headers, "").await.status, 200, "{headers:?}");
    }
    assert_eq!(api.engine().snapshot().unwrap(), before);
    let own: Vec<Vec<(&str, String)>> = vec![
        vec![("origin", own.clone())],
        vec![("host", localhost.clone()), ("origin", format!("http://{localhost}"))],
        vec![("host", format!("[::1]:{port}"))],
        vec![("sec-fetch-site", "same-origin".into())],
        vec![("sec-fetch-site", "none".into())],
    ];
    for headers in &own {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = api.request("GET", "/__admin/clock", &headers, "").await;
        assert_eq!(reply.status, 200, "{headers:?}");
    }
    let navigates = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    assert_eq!(api.request("GET", "/__admin", &navigates, "").await.status, 200, "a link");
    assert_eq!(api.request("POST", "/__admin/reset", &navigates, "").await.status, 403, "a form");
}

#[actix_web::test]
async fn the_index_says_where_everything_is() {
    let api = Api::of(Bell::builder());
    let index = api.get("/__admin").await.json;
    assert_eq!(index["name"], "ringback");
    let vendor = &index["vendors"][0];
    assert_eq!((&vendor["name"], &vendor["base_url"]), (&json!("bell"), &json!(api.url())));
    assert_eq!(vendor["credentials"], json!({ "credential": "keeper" }));
    assert_eq!(api.get("/__admin/bell/").await.json["vendors"][0]["name"], "bell");
    assert_eq!(api.get("/__admin/belle").await.status, 404);
}
