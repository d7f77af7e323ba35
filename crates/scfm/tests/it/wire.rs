//! What a golden case cannot show: fresh ids, conditions, signatures, accounts, callbacks.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ringback_scfm::Scfm;
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::json;
use sha1::Sha1;
use time::Duration;

use crate::{empty, form, ids, made, set};

#[actix_web::test]
async fn every_answer_has_an_id_of_its_own_and_the_time_it_took() {
    let api = empty();
    let (one, other) = (api.get("/api/contacts").await, api.get("/api/nothing").await);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_eq!(one.header("x-request-id").len(), 36);
    assert!(one.header("x-runtime").parse::<f64>().is_ok());
    assert!(other.header("x-runtime").parse::<f64>().is_ok());
}

#[actix_web::test]
async fn a_known_tag_is_answered_without_a_body_until_the_record_changes() {
    let api = empty();
    made(&api, "/api/contacts", "msisdn=85510202101").await;
    let tag = api.get("/api/contacts/1").await.header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = api.request("GET", "/api/contacts/1", &known, "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    form(&api, "PUT", "/api/contacts/1", "metadata[a]=b").await;
    assert_eq!(api.request("GET", "/api/contacts/1", &known, "").await.status, 200);
}

/// Signs a text as Twilio does.
pub(crate) fn signed(token: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[actix_web::test]
async fn a_rightly_signed_event_is_taken() {
    let api = set(json!({ "twilio_request_auth_token": "secret" }));
    let path = "/api/remote_phone_call_events?a=b";
    let mut pairs = [("CallSid", "abc"), ("Direction", "inbound"), ("From", "+85510202101")];
    let body = "From=%2B85510202101&Direction=inbound&CallSid=abc";
    pairs.sort_unstable();
    let mut text = format!("{}{path}", api.url());
    pairs.iter().for_each(|(name, value)| text.push_str(&format!("{name}{value}")));
    let signature = signed("secret", &text);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-twilio-signature", signature.as_str()),
    ];
    assert_eq!(api.request("POST", path, &headers, body).await.status, 201);
    assert_eq!(api.request("POST", path, &headers, "CallSid=other").await.status, 403);
    let details = &api.get("/api/remote_phone_call_events").await.json[0]["details"];
    let wanted = r#"{"From":"+85510202101","Direction":"inbound","CallSid":"abc","a":"b"}"#;
    let kept: serde_json::Value = serde_json::from_str(wanted).unwrap();
    assert_eq!(*details, kept);
}

/// field report, S13 and S14
#[actix_web::test]
async fn a_proxy_on_this_computer_says_by_which_address_a_client_came() {
    let api = set(json!({ "twilio_request_auth_token": "secret" }));
    let host = ("host", "scfm.example.org");
    for (proxy, address) in [
        (&[host, ("x-forwarded-proto", "https")][..], "https://scfm.example.org"),
        (&[host, ("x-forwarded-ssl", "on")], "https://scfm.example.org"),
        (&[host, ("x-forwarded-scheme", "https")], "https://scfm.example.org"),
        (&[host, ("forwarded", "for=203.0.113.7;proto=https")], "https://scfm.example.org"),
        (
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "scfm.example.org:8443")],
            "https://scfm.example.org:8443",
        ),
        (
            &[("host", "scfm.example.org:443"), ("x-forwarded-proto", "https")],
            "https://scfm.example.org",
        ),
        (&[host, ("x-forwarded-proto", "http")], "http://scfm.example.org"),
        (&[host], "http://scfm.example.org"),
    ] {
        let path = "/api/remote_phone_call_events";
        let body = "CallSid=abc&Direction=inbound&From=%2B85510202101";
        let post = async |address: &str| {
            let text = format!("{address}{path}CallSidabcDirectioninboundFrom+85510202101");
            let signature = signed("secret", &text);
            let own = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("x-twilio-signature", signature.as_str()),
            ];
            api.request("POST", path, &[&own, proxy].concat(), body).await.status
        };
        assert_eq!(post(address).await, 201, "{proxy:?}");
        let other = address.replace("https:", "http:");
        if other != address {
            assert_eq!(post(&other).await, 403, "{proxy:?}");
        }
        let page = api.request("GET", "/api/remote_phone_call_events?per_page=1", proxy, "").await;
        let link = page.header("link");
        assert!(link.is_empty() || link.contains(&format!("<{address}/api/")), "{proxy:?}: {link}");
    }
    let page = api.request("GET", "/api/remote_phone_call_events?per_page=1", &[host], "").await;
    assert!(page.header("link").contains("<http://scfm.example.org/api/"), "there are pages");
}

#[actix_web::test]
async fn where_accounts_are_open_each_user_has_a_world_of_its_own() {
    let api = Api::of(Scfm::builder().seed(7).frozen_clock().fresh("{}").open_accounts());
    let user = |name: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:")));
    let (one, other) = (user("one"), user("other"));
    let post = async |credentials: &str| {
        let headers =
            [("authorization", credentials), ("content-type", "application/x-www-form-urlencoded")];
        api.request("POST", "/api/contacts", &headers, "msisdn=85510202101").await.status
    };
    assert_eq!(post(&one).await, 201);
    assert_eq!(post(&one).await, 422);
    assert_eq!(post(&other).await, 201);
    assert_eq!(post("Bearer token").await, 201);
    assert_eq!(ids(&api, "/api/contacts").await, [0; 0], "nobody's world is untouched");
}

#[actix_web::test]
async fn a_user_for_whom_there_is_no_world_left_is_denied_and_sees_nobody_elses() {
    let builder = Scfm::builder().seed(7).frozen_clock().fresh("{}").open_accounts();
    let api = Api::of(builder);
    for number in 0.. {
        if api.admit(&format!("u{number}")).await.expect("a log").is_none() {
            break;
        }
    }
    let late = format!("Basic {}", BASE64_STANDARD.encode("late:"));
    for (credentials, method, path, body) in [
        (late.as_str(), "POST", "/api/contacts", "msisdn=85510202101"),
        (late.as_str(), "GET", "/api/contacts", ""),
        ("Bearer late", "GET", "/api/contacts/1", ""),
        (
            late.as_str(),
            "POST",
            "/api/remote_phone_call_events",
            "CallSid=a&Direction=inbound&From=85510202101",
        ),
    ] {
        let headers =
            [("authorization", credentials), ("content-type", "application/x-www-form-urlencoded")];
        let reply = api.request(method, path, &headers, body).await;
        assert_eq!((reply.status, reply.text()), (401, "HTTP Basic: Access denied.\n"), "{path}");
        assert_eq!(reply.header("www-authenticate"), "Basic realm=\"Application\"");
    }
    assert_eq!(ids(&api, "/api/contacts").await, [0; 0]);
    assert_eq!(ids(&api, "/api/remote_phone_call_events").await, [0; 0]);
    let known = format!("Basic {}", BASE64_STANDARD.encode("u5:"));
    let headers = [("authorization", known.as_str())];
    assert_eq!(api.request("GET", "/api/contacts", &headers, "").await.status, 200);
}

#[actix_web::test]
async fn status_callbacks_go_where_the_call_asks_for_them() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = set(json!({
        "provider": { "refused": 0.0 },
        "dialling": { "enabled": false },
        "twilio_request_auth_token": "secret",
    }));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299200").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    let params = json!({ "remote_request_params": {
        "from": "1294",
        "status_callback": receiver.url(),
        "status_callback_event": "initiated ringing answered completed",
    } });
    api.post("/api/callout_participations/1/phone_calls", &params).await;
    made(&api, "/api/phone_calls/1/phone_call_events", "event=queue").await;
    api.advance(Duration::minutes(1)).await;
    let received = receiver.wait_for(4);
    let words: Vec<&str> = received
        .iter()
        .map(|request| request.body.split("CallStatus=").nth(1).unwrap().split('&').next().unwrap())
        .collect();
    assert_eq!(words, ["initiated", "ringing", "in-progress", "completed"]);
    assert!(received[3].body.contains("&CallDuration=10&"), "{}", received[3].body);
    assert!(received[0].body.contains("&From=1294&To=%2B85512299200&Direction=outbound-api&"));
    assert_eq!(received[0].header("x-twilio-signature").len(), 28);
}

#[actix_web::test]
async fn no_event_is_missed_by_the_webhook_of_the_instance() {
    let receiver = Receiver::start(Temper::Answers(200));
    let settings = json!({ "provider": { "refused": 0.0 } });
    let builder = Scfm::builder().seed(7).frozen_clock().fresh("{}").settings(settings);
    let api = Api::of(builder.webhook(receiver.url()));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299486").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    made(&api, "/api/callouts/1/callout_events", "event=start").await;
    api.advance(Duration::minutes(1)).await;
    let received = receiver.wait_for(2);
    assert!(received[0].body.contains("CallStatus=initiated"));
    assert!(received[1].body.contains("CallStatus=busy"));
}

#[actix_web::test]
async fn a_long_url_and_a_large_body_are_answered_as_the_others() {
    let api = empty();
    let long = format!("/api/contacts?metadata[a]={}", "x".repeat(9_000));
    assert_eq!(api.get(&long).await.text(), r#"{"status":414,"error":"URI Too Long"}"#);
    let large = format!("msisdn=85510202101&metadata[a]={}", "x".repeat(1_100_000));
    let reply = form(&api, "POST", "/api/contacts", &large).await;
    assert_eq!(reply.text(), r#"{"status":413,"error":"Payload Too Large"}"#);
}

#[actix_web::test]
async fn steps_of_a_callback_may_be_an_array_and_an_empty_address_is_none() {
    let (own, instance) =
        (Receiver::start(Temper::Answers(200)), Receiver::start(Temper::Answers(200)));
    let settings = json!({ "provider": { "refused": 0.0 }, "dialling": { "enabled": false } });
    let builder = Scfm::builder().seed(7).frozen_clock().fresh("{}").settings(settings);
    let api = Api::of(builder.webhook(instance.url()));
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299486").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    let callbacks = [
        json!({ "status_callback": own.url(), "status_callback_event": ["initiated", "completed"] }),
        json!({ "status_callback": "" }),
    ];
    for (place, params) in callbacks.into_iter().enumerate() {
        let body = json!({ "remote_request_params": params });
        api.post("/api/callout_participations/1/phone_calls", &body).await;
        let path = format!("/api/phone_calls/{}/phone_call_events", place + 1);
        made(&api, &path, "event=queue").await;
        api.advance(Duration::minutes(1)).await;
    }
    for receiver in [own, instance] {
        let received = receiver.wait_for(2);
        assert_eq!(received.len(), 2, "the other call's are not told here");
        assert!(received[0].body.contains("CallStatus=initiated"));
        assert!(received[1].body.contains("CallStatus=busy"));
    }
}

#[actix_web::test]
async fn an_account_whose_name_has_a_colon_is_used_by_a_bearer_token() {
    let api = empty();
    let made = api.send("PUT", "/__admin/accounts/a%3Ab", &json!({})).await.json;
    assert_eq!(made["credentials"], json!({ "http_basic_auth": null, "bearer_token": "a:b" }));
    let headers = [("authorization", "Bearer a:b")];
    let contact = api.request("POST", "/api/contacts?msisdn=85517654321", &headers, "").await;
    assert_eq!(contact.status, 201);
    assert_eq!(api.get("/api/contacts").await.json, json!([]), "the demo account is let alone");
}

#[test]
fn settings_out_of_range_are_refused_at_the_start() {
    let cases = [
        (json!({ "provider": { "refused": 1.5 } }), "1.5 is not a share from 0 to 1"),
        (json!({ "provider": { "lost_events": f64::NAN } }), "NaN is not a share from 0 to 1"),
        (json!({ "dialling": { "interval_seconds": -1 } }), "-1 is not seconds from 0 to 30000000"),
        (
            json!({ "dialling": { "retry": { "delay_seconds": 1e300 } } }),
            "is not seconds from 0 to 30000000",
        ),
    ];
    for (settings, why) in cases {
        let refused = Scfm::builder().fresh("{}").settings(settings).start().unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
}
