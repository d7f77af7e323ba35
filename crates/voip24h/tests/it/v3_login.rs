//! Logging in to v3, and what a token is worth. vendors/voip24h-v3.md, 11, checks 1 to 4

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use time::Duration;

use crate::v3::{API_SECRET, KEY, LOGIN, get, login, set};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn body(long: &str) -> Value {
    let mut body = json!({ "apiKey": KEY, "apiSecret": API_SECRET });
    if let Some((name, value)) = long.split_once('=') {
        body[name] = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    }
    body
}

#[actix_web::test]
async fn a_login_is_json_or_a_form_and_says_how_long_the_token_is_worth_something() {
    let api = Api::<Voip24h>::frozen();
    for (long, is_long) in [
        ("", false),
        ("isLonglive=true", true),
        ("isLonglive=\"true\"", true),
        ("isLonglive=1", true),
        ("isLongLive=true", true),
        ("isLonglive=false", false),
        ("isLonglive=\"0\"", false),
    ] {
        let json = body(long);
        let form = serde_urlencoded::to_string(
            json.as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| {
                    (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })
                .collect::<Vec<_>>(),
        );
        let form = form.unwrap();
        for path in [LOGIN, "/v3/authentication/"] {
            let sent = [
                api.post(path, &json).await,
                api.request("POST", path, &[FORM], form.clone()).await,
                // Neither says what it is.
                api.request("POST", path, &[], form.clone()).await,
                api.request("POST", path, &[], json.to_string()).await,
            ];
            for reply in sent {
                assert_eq!(reply.status, 200, "{long} {path}: {}", reply.text());
                assert_eq!(reply.json["message"], "Success");
                assert_eq!(reply.json["status"], 200);
                let data = &reply.json["data"];
                let keys: Vec<&String> = data.as_object().unwrap().keys().collect();
                let mut wanted = ["token", "createAt", "expired", "isLongLive"];
                wanted.sort_unstable();
                let mut keys = keys;
                keys.sort_unstable();
                assert_eq!(keys, wanted);
                assert_eq!(data["createAt"], "2026-01-05 16:00:00");
                let day = if is_long { "12" } else { "06" };
                assert_eq!(data["expired"], format!("2026-01-{day} 16:00:00"), "{long}");
                assert_eq!(data["isLongLive"], is_long);
            }
        }
    }
}

#[actix_web::test]
async fn a_wrong_key_or_secret_is_refused_without_a_word_of_it() {
    let api = Api::<Voip24h>::frozen();
    for (key, secret) in [
        (KEY, "wrong-secret"),
        ("unknown-key", API_SECRET),
        // Those of the other faces are none here.
        (KEY, crate::v3::DIAL_SECRET),
        (crate::SECRET, API_SECRET),
        (&"x".repeat(3_000), API_SECRET),
    ] {
        let reply = api.post(LOGIN, &json!({ "apiKey": key, "apiSecret": secret })).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.text(), r#"{"status":401,"message":"Account does not exist"}"#);
    }
    // And the key of v3 is no partner secret.
    let reply = crate::ask_as(&api, KEY, "getUser", json!({ "user": "101" })).await;
    assert_eq!(reply.json["respMsg"], "Invalid partner secret");
    for (body, message) in [
        (json!({ "apiSecret": "x" }), "apiKey is required"),
        (json!({ "apiKey": KEY, "apiSecret": " " }), "apiSecret is required"),
        (
            json!({ "apiKey": KEY, "apiSecret": API_SECRET, "isLonglive": "soon" }),
            "isLonglive is invalid",
        ),
        (json!({ "apiKey": {}, "apiSecret": API_SECRET }), "apiKey is invalid"),
    ] {
        let reply = api.post(LOGIN, &body).await;
        assert_eq!((reply.status, &reply.json["message"]), (400, &json!(message)));
    }
    let reply = api.request("POST", LOGIN, &[], "[]").await;
    assert_eq!((reply.status, &reply.json["message"]), (400, &json!("body is invalid")));
}

#[actix_web::test]
async fn the_documented_dialect_has_its_own_spelling_and_no_other() {
    let api = set(json!({ "auth_dialect": "documented" }));
    let reply = api.post(LOGIN, &body("isLonglive=true")).await;
    assert_eq!((reply.status, &reply.json["status"]), (200, &json!(1_000)));
    let data = reply.json["data"].as_object().unwrap();
    let mut keys: Vec<&String> = data.keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["createAt", "expried", "isLonglive", "token"]);
    assert_eq!(data["expried"], "2026-01-12 16:00:00");
}

#[actix_web::test]
async fn a_token_works_behind_any_spelling_of_bearer_or_alone_until_it_expires() {
    let api = Api::<Voip24h>::frozen();
    let token = login(&api).await;
    let long = api.post(LOGIN, &body("isLonglive=true")).await.json["data"]["token"].clone();
    let long = long.as_str().unwrap().to_owned();
    let status = async |authorization: &str| {
        let headers = [("authorization", authorization)];
        let headers = if authorization.is_empty() { &[][..] } else { &headers[..] };
        api.request("GET", "/v3/call/history", headers, "").await.status
    };
    for scheme in ["Bearer ", "bearer ", "BEARER  ", ""] {
        assert_eq!(status(&format!("{scheme}{token}")).await, 200, "{scheme:?}");
    }
    let changed = match token.strip_suffix('A') {
        Some(rest) => format!("{rest}E"),
        None => format!("{}A", &token[..token.len() - 1]),
    };
    for wrong in ["", "Bearer", "Bearer x", &format!("Basic {token}"), &format!("Bearer {changed}")]
    {
        assert_eq!(status(wrong).await, 401, "{wrong}");
    }
    let reply = api.get("/v3/call/history").await;
    assert_eq!(reply.text(), r#"{"status":401,"message":"Unauthorized"}"#);

    api.advance(Duration::seconds(86_399)).await;
    assert_eq!(status(&token).await, 200);
    api.advance(Duration::seconds(1)).await;
    assert_eq!(status(&token).await, 401);
    assert_eq!(status(&long).await, 200);
    assert_eq!(status(&login(&api).await).await, 200);
    api.advance(Duration::days(6)).await;
    assert_eq!(status(&long).await, 401);
}

#[actix_web::test]
async fn a_token_alone_is_refused_where_only_bearer_is_taken() {
    let api = set(json!({ "token_scheme": "bearer" }));
    let token = login(&api).await;
    let bare = api.request("GET", "/v3/call/history", &[("authorization", &token)], "").await;
    assert_eq!(bare.status, 401);
    assert_eq!(get(&api, &token, "/v3/call/history").await.status, 200);
}

#[actix_web::test]
async fn unknown_paths_and_methods_are_refused_in_the_form_of_their_face() {
    let api = Api::<Voip24h>::frozen();
    for (method, path, status, body) in [
        ("GET", "/v3/contact", 404, r#"{"status":404,"message":"Not Found"}"#),
        ("GET", "/v3/call/dial", 405, r#"{"status":405,"message":"Method Not Allowed"}"#),
        ("POST", "/dial", 405, r#"{"status":405,"message":"Method Not Allowed"}"#),
        (
            "GET",
            "/api/token",
            405,
            r#"{"data":{"response":{"status":405,"message":"Method Not Allowed"}}}"#,
        ),
        (
            "POST",
            "/fdownload/play",
            405,
            r#"{"respCode":-1,"respMsg":"Method Not Allowed","data":null}"#,
        ),
    ] {
        let reply = api.request(method, path, &[], "").await;
        assert_eq!((reply.status, reply.text()), (status, body), "{method} {path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert_eq!(reply.header("allow").is_empty(), status == 404);
    }
}
