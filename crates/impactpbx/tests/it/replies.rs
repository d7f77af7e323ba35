//! Headers of every answer, and bodies too long or too odd for a golden case.

use std::io::Read as _;

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};

fn assert_headers(reply: &Reply, tenant: &str) {
    let tenants: Vec<_> = reply.headers.get_all("tenant-uuid").collect();
    assert_eq!(tenants, [tenant]);
    assert_eq!(reply.header("cache-control"), "no-cache");
    assert_eq!(reply.header("vary"), "accept-encoding");
}

#[actix_web::test]
async fn every_answer_carries_the_tenant_once() {
    let api = Api::<ImpactPbx>::frozen();
    let tenant = api.demo().read(|pbx| pbx.tenant().to_string()).unwrap();
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for path in
            ["/", "/get_cdr", "/trigger_webhooks", "/post", "/pb_directory.csv", "/x", "//", "/%00"]
        {
            let reply = api.request(method, path, &[], "").await;
            assert_headers(&reply, &tenant);
            assert!([200, 404].contains(&reply.status), "{method} {path}: {}", reply.status);
        }
    }
    for (content_type, body) in [("application/json", "{"), ("multipart/x", "a"), ("x", "a")] {
        let reply = api.request("POST", "/post", &[("content-type", content_type)], body).await;
        assert_headers(&reply, &tenant);
    }
    let long = format!("/get_cdr?{}", "a".repeat(9_000));
    let reply = api.get(&long).await;
    assert_headers(&reply, &tenant);
    assert_eq!(reply.status, 414);
    let later = api.demo().read(|pbx| pbx.tenant().to_string()).unwrap();
    assert_eq!(later, tenant);
}

#[actix_web::test]
async fn the_tenant_is_another_one_with_another_seed() {
    let tenant = |seed| {
        let pbx = ImpactPbx::builder().seed(seed).build().unwrap();
        pbx.demo().read(|pbx| pbx.tenant()).unwrap()
    };
    assert_ne!(tenant(1), tenant(2));
    assert_eq!(tenant(1), tenant(1));
    assert_eq!(tenant(1).get_version_num(), 4);
}

#[actix_web::test]
async fn an_echo_of_just_a_mebibyte_is_the_longest() {
    let api = Api::<ImpactPbx>::frozen();
    let text = [("content-type", "text/plain")];
    let reply = api.request("POST", "/post", &text, "x".repeat(1_048_576)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json["payload"].as_str().unwrap().len(), 1_048_576);

    let reply = api.request("POST", "/post", &text, "x".repeat(1_048_577)).await;
    assert_eq!(reply.status, 413);
    let message = "Payload content length greater than maximum allowed: 1048576";
    let wanted =
        json!({ "statusCode": 413, "error": "Request Entity Too Large", "message": message });
    assert_eq!(reply.json, wanted);
    assert_eq!(api.get("/").await.status, 200);
}

fn unzipped(reply: &Reply) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(reply.body.as_slice()).read_to_end(&mut plain).unwrap();
    plain
}

#[actix_web::test]
async fn long_answers_are_zipped_for_who_takes_them_so() {
    let history = ImpactPbx::builder().seed(7).frozen_clock().history(2_000);
    let api = Api::<ImpactPbx>::of(history.settings(json!({ "max_listed": 0 })));
    let plain = api.get("/get_cdr").await;
    assert!(plain.body.len() > 900_000);
    for accepted in
        ["gzip", "GZIP;q=0.5", "deflate, gzip;q=1.0, *;q=0.5", "*", "identity;q=0.5, gzip"]
    {
        let zipped = api.request("GET", "/get_cdr", &[("accept-encoding", accepted)], "").await;
        assert_eq!(zipped.header("content-encoding"), "gzip", "{accepted}");
        assert_eq!(zipped.header("content-length"), zipped.body.len().to_string());
        assert!(unzipped(&zipped) == plain.body);
    }
    for accepted in ["identity", "gzip;q=0", "br", "", "identity, gzip;q=0.1", "*;q=0"] {
        let reply = api.request("GET", "/get_cdr", &[("accept-encoding", accepted)], "").await;
        assert!(reply.headers.get("content-encoding").is_none(), "{accepted}");
        assert!(reply.body == plain.body);
    }
    let head = api.request("HEAD", "/get_cdr", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(head.header("content-encoding"), "gzip");
    let short = api.request("GET", "/", &[("accept-encoding", "gzip")], "").await;
    assert!(short.headers.get("content-encoding").is_none());
}

#[actix_web::test]
async fn zipping_begins_above_a_kibibyte() {
    let api = Api::<ImpactPbx>::frozen();
    let frame = r#"{"payload":""}"#.len();
    for (length, encoding) in [(1_024, ""), (1_025, "gzip")] {
        let headers = [("content-type", "text/plain"), ("accept-encoding", "gzip")];
        let reply = api.request("POST", "/post", &headers, "x".repeat(length - frame)).await;
        assert_eq!(reply.header("content-encoding"), encoding);
    }
}

#[actix_web::test]
async fn cors_is_there_for_who_asks_for_it() {
    let settings = json!({ "cors": true });
    let api = Api::<ImpactPbx>::of(ImpactPbx::builder().frozen_clock().settings(settings));
    for path in ["/", "/get_cdr", "/nowhere"] {
        let reply = api.get(path).await;
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert_eq!(reply.header("access-control-expose-headers"), "tenant-uuid");
    }
    assert_eq!(api.request("OPTIONS", "/nowhere", &[], "").await.status, 404);
    assert_eq!(api.request("OPTIONS", "/post", &[], "").await.status, 204);
}

#[actix_web::test]
async fn head_changes_nothing() {
    let api = Api::<ImpactPbx>::frozen();
    for path in ["/", "/get_cdr", "/trigger_webhooks", "/pb_directory.csv"] {
        let reply = api.request("HEAD", path, &[], "").await;
        assert_eq!(reply.body, b"", "{path}");
    }
    let (listed, calls) =
        api.demo().read(|pbx| (pbx.page().total(), pbx.exchange().calls().count())).unwrap();
    assert_eq!((listed, calls), (0, 0));
}

#[actix_web::test]
async fn nothing_posted_ends_in_a_5xx() {
    let api = Api::<ImpactPbx>::frozen();
    let deep = "[".repeat(100_000);
    let types =
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "/", ";", "a/b"];
    for content_type in types {
        for body in ["", "\u{0}", "%ff=%", "\"\\ud800\"", "1e999", "{\"a\":1,\"a\":2}", &deep] {
            let reply = api.request("POST", "/post", &[("content-type", content_type)], body).await;
            assert!([200, 400, 415].contains(&reply.status), "{content_type} {body}");
            assert_ne!(reply.json, Value::Null);
        }
    }
}
