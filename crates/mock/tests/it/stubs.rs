//! Mappings in WireMock's form: set, matched, answered, verified.

use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::bell::Bell;

async fn set(api: &Api<Bell>, mapping: Value) -> String {
    let made = api.post("/__admin/mappings", &mapping).await;
    assert_eq!(made.status, 201, "{mapping}: {}", made.text());
    made.json["id"].as_str().unwrap().to_owned()
}

fn get(path: &str, body: &str) -> Value {
    json!({ "request": { "method": "GET", "urlPath": path }, "response": { "body": body } })
}

#[actix_web::test]
async fn a_mapping_answers_instead_of_the_simulator_until_it_is_removed() {
    let api = Api::of(Bell::builder());
    let id = set(
        &api,
        json!({
            "request": { "method": "GET", "url": "/bell/rung?x=1" },
            "response": { "status": 503, "jsonBody": { "rung": "never" },
                "headers": { "Retry-After": "7", "X-Many": ["a", "b"] } },
        }),
    )
    .await;
    let stubbed = api.get("/bell/rung?x=1").await;
    assert_eq!((stubbed.status, &stubbed.json), (503, &json!({ "rung": "never" })));
    assert_eq!(stubbed.header("retry-after"), "7");
    assert_eq!(stubbed.headers.get_all("x-many").count(), 2);
    assert_eq!(api.get("/bell/rung").await.json, 0);
    let shown = api.get(&format!("/__admin/mappings/{id}")).await.json;
    assert_eq!((&shown["id"], &shown["used"]), (&json!(id), &json!(1)));
    assert_eq!(shown["response"]["status"], 503);
    let removed = api.request("DELETE", &format!("/__admin/mappings/{id}"), &[], "").await;
    assert_eq!((removed.status, removed.json), (200, json!({})));
    assert_eq!(api.get("/bell/rung?x=1").await.json, 0);
    assert_eq!(api.get(&format!("/__admin/mappings/{id}")).await.status, 404);
}

#[actix_web::test]
async fn a_path_that_the_vendor_does_not_have_is_answered_too() {
    let api = Api::of(Bell::builder());
    assert_eq!(api.get("/elsewhere").await.status, 404);
    set(&api, get("/elsewhere", "here")).await;
    assert_eq!(api.get("/elsewhere").await.text(), "here");
}

#[actix_web::test]
async fn the_first_by_priority_answers_and_of_equals_the_latest() {
    let api = Api::of(Bell::builder());
    set(&api, json!({ "request": {}, "response": { "body": "any" } })).await;
    set(&api, get("/a", "first")).await;
    let late = set(&api, get("/a", "second")).await;
    assert_eq!(api.get("/a").await.text(), "second");
    let mut urgent = get("/a", "urgent");
    urgent["priority"] = json!(1);
    set(&api, urgent).await;
    assert_eq!(api.get("/a").await.text(), "urgent");
    assert_eq!(api.get("/b").await.text(), "any");
    // One that is replaced keeps its place.
    let (path, other) = (format!("/__admin/mappings/{late}"), get("/c", "replaced").to_string());
    assert_eq!(api.request("PUT", &path, &[], other).await.status, 200);
    assert_eq!(api.get("/c").await.text(), "replaced");
}

#[actix_web::test]
async fn everything_that_is_asked_of_a_request_has_to_hold() {
    let api = Api::of(Bell::builder());
    let request = json!({
        "method": "POST",
        "urlPathTemplate": "/calls/{id}/legs",
        "pathParameters": { "id": { "matches": "[0-9]+" } },
        "queryParameters": { "from": { "equalTo": "101" }, "to": { "absent": true } },
        "headers": { "X-Kind": { "contains": "test", }, "Accept": { "equalTo": "*/*" } },
        "cookies": { "session": { "equalTo": "s1" } },
        "basicAuth": { "username": "u", "password": "p" },
        "bodyPatterns": [
            { "matchesJsonPath": { "expression": "$.to.number", "equalTo": "7999" } },
            { "matchesJsonSchema": { "required": ["to"] } },
        ],
    });
    set(&api, json!({ "request": request, "response": { "status": 202 } })).await;
    let headers = [
        ("x-kind", "a test"),
        ("accept", "*/*"),
        ("cookie", "a=b; session=s1"),
        ("authorization", "Basic dTpw"),
    ];
    let body = r#"{"to":{"number":"7999"}}"#;
    let path = "/calls/7/legs?from=101";
    assert_eq!(api.request("POST", path, &headers, body).await.status, 202);
    for missing in 0..headers.len() {
        let mut fewer = headers.to_vec();
        fewer.remove(missing);
        assert_eq!(api.request("POST", path, &fewer, body).await.status, 404, "{fewer:?}");
    }
    for (method, path, body) in [
        ("PUT", path, body),
        ("POST", "/calls/x/legs?from=101", body),
        ("POST", "/calls/7/legs?from=102", body),
        ("POST", "/calls/7/legs?from=101&to=1", body),
        ("POST", path, r#"{"to":{"number":"7998"}}"#),
        ("POST", path, "to"),
    ] {
        assert_eq!(api.request(method, path, &headers, body).await.status, 404, "{path} {body}");
    }
}

#[actix_web::test]
async fn an_operation_and_a_number_are_asked_for_by_name() {
    let api = Api::of(Bell::builder());
    set(
        &api,
        json!({ "request": { "operation": "bell.ring", "number": "7999*" },
            "response": { "status": 500 } }),
    )
    .await;
    let ring = |phone: &str| json!({ "lane": 1, "again": false, "phone": phone });
    assert_eq!(api.post("/bell/ring", &ring("+7 (999) 1")).await.status, 500);
    assert_eq!(api.post("/bell/ring", &ring("78881")).await.json, json!({ "rung": 1 }));
    assert_eq!(api.get("/bell/rung?phone=79991").await.json, 1);
    let wrong = api.post("/__admin/mappings", &json!({ "request": { "operation": "rign" } })).await;
    assert_eq!(wrong.status, 422);
    let error = &wrong.json["errors"][0];
    assert_eq!(error["source"]["pointer"], "/request/operation");
    assert!(error["detail"].as_str().unwrap().contains("did you mean ring?"), "{error}");
}

#[actix_web::test]
async fn what_passes_is_answered_by_the_simulator_and_changed() {
    let api = Api::of(Bell::builder());
    set(
        &api,
        json!({ "request": { "operation": "ring" },
            "response": { "passthrough": true, "status": 201, "headers": { "X-Changed": "yes" },
                "patch": { "rung": null, "more": { "a": 1 } } } }),
    )
    .await;
    let rung = api.post("/bell/ring", &json!({ "lane": 1 })).await;
    assert_eq!((rung.status, rung.json), (201, json!({ "more": { "a": 1 } })));
    assert_eq!(rung.headers.get("x-changed").unwrap(), "yes");
    // The change was made.
    assert_eq!(api.get("/bell/rung").await.json, 1);
    let entry = &api.get("/__admin/journal?operation=ring").await.json["requests"][0];
    assert_eq!((&entry["passthrough"], &entry["response"]["status"]), (&json!(true), &json!(201)));
    assert!(entry["mapping"].is_string());
}

#[actix_web::test]
async fn times_ttl_probability_and_steps_say_how_often() {
    let api = Api::of(Bell::builder().seed(7));
    let mut twice = get("/a", "stub");
    twice["times"] = json!(2);
    set(&api, twice).await;
    for status in [200, 200, 404] {
        assert_eq!(api.get("/a").await.status, status);
    }
    let mut short = get("/b", "stub");
    short["ttl"] = json!(10);
    let short = set(&api, short).await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 9.5 })).await;
    assert_eq!(api.get("/b").await.status, 200);
    api.post("/__admin/clock/advance", &json!({ "seconds": 1 })).await;
    assert_eq!(api.get("/b").await.status, 404);
    assert_eq!(api.get(&format!("/__admin/mappings/{short}")).await.status, 404);

    let mut sometimes = get("/c", "stub");
    sometimes["probability"] = json!(0.3);
    set(&api, sometimes).await;
    let mut stubbed = 0;
    for _ in 0..200 {
        stubbed += u32::from(api.get("/c").await.status == 200);
    }
    assert!((35..90).contains(&stubbed), "{stubbed}");

    set(
        &api,
        json!({ "request": { "urlPath": "/d" },
            "steps": [{ "status": 503 }, { "status": 429 }, { "body": "well" }] }),
    )
    .await;
    for status in [503, 429, 200, 200] {
        assert_eq!(api.get("/d").await.status, status);
    }
}

#[actix_web::test]
async fn a_scenario_goes_from_state_to_state() {
    let api = Api::of(Bell::builder());
    for (required, next, body) in [
        ("Started", Some("rung"), "first"),
        ("rung", Some("over"), "second"),
        ("over", None, "last"),
    ] {
        let mut mapping = get("/s", body);
        mapping["scenarioName"] = json!("bells");
        mapping["requiredScenarioState"] = json!(required);
        mapping["newScenarioState"] = json!(next);
        set(&api, mapping).await;
    }
    for body in ["first", "second", "last", "last"] {
        assert_eq!(api.get("/s").await.text(), body);
    }
    let shown = api.get("/__admin/scenarios").await.json;
    let scenario = &shown["scenarios"][0];
    assert_eq!((&scenario["name"], &scenario["state"]), (&json!("bells"), &json!("over")));
    assert_eq!(scenario["possibleStates"], json!(["Started", "over", "rung"]));
    api.post("/__admin/scenarios/reset", &json!({})).await;
    assert_eq!(api.get("/s").await.text(), "first");
    let put = async |state: Value| {
        api.request("PUT", "/__admin/scenarios/bells/state", &[], state.to_string()).await
    };
    assert_eq!(put(json!({ "state": "over" })).await.status, 200);
    assert_eq!(api.get("/s").await.text(), "last");
    assert_eq!(put(json!({ "state": "ovr" })).await.status, 422);
    let none = api.request("PUT", "/__admin/scenarios/none/state", &[], r#"{"state":"x"}"#).await;
    assert_eq!(none.status, 404);
}

#[actix_web::test]
async fn a_template_is_rendered_with_the_request_the_clock_and_the_seed() {
    let mapping = || {
        json!({
            "request": { "urlPathTemplate": "/calls/{id}" },
            "response": {
                "jsonBody": { "id": "{{request.path.id}}", "at": "{{now}}",
                    "to": "{{jsonPath request.body '$.to'}}", "key": "{{request.headers.X-Key}}",
                    "token": "{{randomValue length=12 type='ALPHANUMERIC'}}" },
                "headers": { "Location": "{{request.baseUrl}}/made/{{request.query.n}}" },
                "transformers": ["response-template"],
            },
        })
    };
    let ask = async |api: &Api<Bell>| {
        set(api, mapping()).await;
        let headers = [("x-key", "k"), ("host", "bell.localhost")];
        api.request("POST", "/calls/7?n=3", &headers, r#"{"to":"101"}"#).await
    };
    let api = Api::of(Bell::builder().seed(7));
    let made = ask(&api).await;
    assert_eq!(made.header("location"), "http://bell.localhost/made/3");
    assert_eq!(made.json["id"], "7");
    assert_eq!(made.json["at"], "2026-01-05T09:00:00Z");
    assert_eq!((&made.json["to"], &made.json["key"]), (&json!("101"), &json!("k")));
    let again = ask(&Api::of(Bell::builder().seed(7))).await;
    assert_eq!(made.json, again.json);
    let other = ask(&Api::of(Bell::builder().seed(8))).await;
    assert_ne!(made.json["token"], other.json["token"]);
    // Without the transformer it is a text.
    let plain = json!({ "request": { "urlPath": "/plain" }, "response": { "body": "{{now}}" } });
    set(&api, plain).await;
    assert_eq!(api.get("/plain").await.text(), "{{now}}");
}

#[actix_web::test]
async fn a_request_that_is_held_waits_until_it_is_released() {
    let api = Api::of(Bell::builder());
    set(
        &api,
        json!({ "request": { "operation": "ring" }, "response": { "passthrough": true },
            "hold": true }),
    )
    .await;
    let ring = json!({ "lane": 1 });
    let held = async || {
        loop {
            let list = api.get("/__admin/holds").await.json;
            if list["total"] == 1 {
                return list["holds"][0].clone();
            }
        }
    };
    let (rung, ()) = tokio::join!(api.post("/bell/ring", &ring), async {
        let held = held().await;
        assert_eq!(held["request"]["url"], "/bell/ring");
        assert_eq!(api.get("/bell/rung").await.json, 0);
        let path = format!("/__admin/holds/{}/release", held["id"].as_str().unwrap());
        assert_eq!(api.post(&path, &json!({})).await.json, json!({ "released": 1 }));
        assert_eq!(api.post(&path, &json!({})).await.status, 404);
    });
    assert_eq!(rung.json, json!({ "rung": 1 }));
    let (rung, ()) = tokio::join!(api.post("/bell/ring", &ring), async {
        held().await;
        let with = json!({ "response": { "status": 418, "body": "by hand" } });
        let released = api.post("/__admin/holds/release", &with).await;
        assert_eq!(released.json, json!({ "released": 1 }));
    });
    assert_eq!((rung.status, rung.text()), (418, "by hand"));
    assert_eq!(api.get("/bell/rung").await.json, 1);
    // Whoever removes the mapping lets the request go.
    let (rung, ()) = tokio::join!(api.post("/bell/ring", &ring), async {
        held().await;
        api.request("DELETE", "/__admin/mappings", &[], "").await;
    });
    assert_eq!(rung.json, json!({ "rung": 2 }));
}

#[actix_web::test]
async fn mappings_are_imported_saved_reset_and_found_by_metadata() {
    let api = Api::of(Bell::builder());
    let first = "11111111-2222-3333-4444-555555555555";
    let mut one = get("/one", "one");
    (one["id"], one["metadata"]) = (json!(first), json!({ "suite": "a" }));
    let import = json!({ "mappings": [one, get("/two", "two")] });
    assert_eq!(api.post("/__admin/mappings/import", &import).await.status, 200);
    let listed = api.get("/__admin/mappings?limit=1").await.json;
    assert_eq!(
        (&listed["mappings"][0]["id"], &listed["meta"]["total"]),
        (&json!(first), &json!(2))
    );
    assert_eq!(api.post("/__admin/mappings/save", &json!({})).await.status, 200);
    set(&api, get("/three", "three")).await;
    assert_eq!(api.post("/__admin/mappings/reset", &json!({})).await.status, 200);
    assert_eq!(api.get("/one").await.text(), "one");
    assert_eq!(api.get("/three").await.status, 404);
    // A reset of everything goes back to what was saved as well.
    set(&api, get("/three", "three")).await;
    api.post("/__admin/reset", &json!({})).await;
    assert_eq!(api.get("/__admin/mappings").await.json["meta"]["total"], 2);

    let suite = json!({ "matchesJsonPath": { "expression": "$.suite", "equalTo": "a" } });
    let found = api.post("/__admin/mappings/find-by-metadata", &suite).await.json;
    assert_eq!((&found["mappings"][0]["id"], &found["meta"]["total"]), (&json!(first), &json!(1)));
    api.get("/two").await;
    let unused = api.get("/__admin/mappings/unmatched").await.json;
    assert_eq!(unused["mappings"][0]["id"], first);
    api.post("/__admin/mappings/remove-by-metadata", &suite).await;
    assert_eq!(api.get("/__admin/mappings").await.json["meta"]["total"], 1);
    let bad = json!({ "mappings": [get("/four", "four"), { "request": { "urll": "/" } }] });
    let refused = api.post("/__admin/mappings/import", &bad).await;
    assert_eq!(refused.json["errors"][0]["source"]["pointer"], "/mappings/1/request/urll");
    assert_eq!(api.get("/__admin/mappings").await.json["meta"]["total"], 1);
    let only = json!({ "mappings": [get("/five", "five")],
        "importOptions": { "deleteAllNotInImport": true } });
    api.post("/__admin/mappings/import", &only).await;
    assert_eq!(api.get("/__admin/mappings").await.json["meta"]["total"], 1);
    assert_eq!(api.get("/five").await.text(), "five");
}

#[actix_web::test]
async fn the_journal_says_in_wiremocks_form_what_happened_whoever_answered() {
    let api = Api::of(Bell::builder());
    let id = set(&api, get("/stubbed", "stub")).await;
    api.get("/stubbed").await;
    api.post("/bell/ring", &json!({ "lane": 1, "note": "x".repeat(20) })).await;
    api.get("/nowhere").await;
    let all = api.get("/__admin/requests").await.json;
    assert_eq!((&all["meta"]["total"], &all["requestJournalDisabled"]), (&json!(3), &json!(false)));
    let [nowhere, ring, stubbed] = &all["requests"].as_array().unwrap()[..] else {
        panic!("{all}")
    };
    assert_eq!(
        (&nowhere["wasMatched"], &nowhere["response"]["status"]),
        (&json!(false), &json!(404))
    );
    assert_eq!((&ring["wasMatched"], &ring["operation"]), (&json!(true), &json!("ring")));
    assert_eq!(ring["responseDefinition"]["fromConfiguredStub"], false);
    assert_eq!(ring["response"]["body"], r#"{"rung":1}"#);
    assert_eq!(stubbed["stubMapping"]["id"], json!(id));
    assert_eq!(stubbed["responseDefinition"]["fromConfiguredStub"], true);
    assert_eq!(stubbed["request"]["clientIp"], "127.0.0.1");
    assert_eq!(stubbed["request"]["absoluteUrl"], format!("{}/stubbed", api.url()));

    let one = format!("/__admin/requests/{}", ring["id"].as_str().unwrap());
    assert_eq!(api.get(&one).await.json["request"]["method"], "POST");
    let count = async |pattern: Value| {
        api.post("/__admin/requests/count", &pattern).await.json["count"].as_u64()
    };
    assert_eq!(count(json!({})).await, Some(3));
    assert_eq!(
        count(json!({ "method": "POST", "urlPath": "/bell/ring",
        "bodyPatterns": [{ "matchesJsonPath": "$[?@.lane == 1]" }] }))
        .await,
        Some(0)
    );
    assert_eq!(
        count(json!({ "bodyPatterns": [{ "equalToJson": { "lane": 1 },
        "ignoreExtraElements": true }] }))
        .await,
        Some(1)
    );
    assert_eq!(count(json!({ "operation": "ring" })).await, Some(1));
    let found = api.post("/__admin/requests/find", &json!({ "urlPattern": "/n.*" })).await.json;
    assert_eq!(found["requests"][0]["url"], "/nowhere");
    let unmatched = api.get("/__admin/requests/unmatched").await.json;
    assert_eq!(unmatched["requests"][0]["url"], "/nowhere");
    assert_eq!(unmatched["requests"].as_array().unwrap().len(), 1);
    let by = api.get(&format!("/__admin/requests?matchingStub={id}&limit=5")).await.json;
    assert_eq!(by["meta"]["total"], 1);

    let removed = api.post("/__admin/requests/remove", &json!({ "urlPath": "/nowhere" })).await;
    assert_eq!(removed.json["serveEvents"].as_array().unwrap().len(), 1);
    assert_eq!(api.request("DELETE", &one, &[], "").await.status, 200);
    assert_eq!(api.get(&one).await.status, 404);
    assert_eq!(count(json!({})).await, Some(1));
    api.request("DELETE", "/__admin/requests", &[], "").await;
    assert_eq!(count(json!({})).await, Some(0));
}

#[actix_web::test]
async fn what_nearly_matched_is_found() {
    let api = Api::of(Bell::builder());
    let near = set(&api, get("/calls/seven", "near")).await;
    set(&api, get("/something/else/entirely", "far")).await;
    api.get("/calls/sevn").await;
    let misses = api.get("/__admin/requests/unmatched/near-misses").await.json;
    assert_eq!(misses["nearMisses"][0]["stubMapping"]["id"], json!(near));
    let distance = misses["nearMisses"][0]["matchResult"]["distance"].as_f64().unwrap();
    assert!(distance > 0.0 && distance < 0.2, "{distance}");
    let request = json!({ "method": "GET", "url": "/calls/sevem" });
    let misses = api.post("/__admin/near-misses/request", &request).await.json;
    assert_eq!(misses["nearMisses"][0]["stubMapping"]["id"], json!(near));
    let pattern = json!({ "method": "GET", "url": "/calls/sevne" });
    let misses = api.post("/__admin/near-misses/request-pattern", &pattern).await.json;
    assert_eq!(misses["nearMisses"][0]["request"]["url"], "/calls/sevn");
}

#[actix_web::test]
async fn what_is_not_supported_is_refused_by_name_and_nothing_is_set() {
    let api = Api::of(Bell::builder());
    for (mapping, at, word) in [
        (
            json!({ "response": { "proxyBaseUrl": "http://x" } }),
            "/response/proxyBaseUrl",
            "passthrough",
        ),
        (json!({ "response": { "bodyFileName": "x" } }), "/response/bodyFileName", "files"),
        (
            json!({ "response": { "transformers": ["x"] } }),
            "/response/transformers/0",
            "transformer",
        ),
        (json!({ "response": { "fault": "RESET" } }), "/response/fault", "fault"),
        (json!({ "response": { "status": 99 } }), "/response/status", "whole number"),
        (json!({ "response": { "body": "a", "jsonBody": 1 } }), "/response/jsonBody", "already"),
        (json!({ "response": { "passthrough": true, "body": "a" } }), "/response/body", "patch"),
        (json!({ "response": { "patch": {} } }), "/response/patch", "passthrough"),
        (
            json!({ "response": { "headers": { "Content-Length": "1" } } }),
            "/response/headers/Content-Length",
            "fault",
        ),
        (json!({ "response": {}, "steps": [{}] }), "/steps", "instead"),
        (json!({ "request": { "url": "/a", "urlPath": "/b" } }), "/request/urlPath", "already"),
        (json!({ "request": { "clientIp": { "equalTo": "1" } } }), "/request/clientIp", "clientIp"),
        (json!({ "request": { "host": { "equalTo": "1" } } }), "/request/host", "vendor"),
        (json!({ "postServeActions": [{ "name": "webhook" }] }), "/postServeActions", "webhook"),
        (json!({ "requiredScenarioState": "x" }), "/scenarioName", "needed"),
        (json!({ "id": "7" }), "/id", "UUID"),
        (json!({ "colour": "red" }), "/colour", "unknown"),
        (json!({ "probability": 1.5 }), "/probability", "from 0 to 1"),
        (json!({ "hold": { "timeout": 0 } }), "/hold/timeout", "from 1 to 600"),
        (json!([]), "", "object"),
    ] {
        let refused = api.post("/__admin/mappings", &mapping).await;
        assert_eq!(refused.status, 422, "{mapping}: {}", refused.text());
        let error = &refused.json["errors"][0];
        assert_eq!(error["source"]["pointer"], at, "{mapping}: {error}");
        assert!(error["detail"].as_str().unwrap().contains(word), "{mapping}: {error}");
    }
    let refused = api.request("POST", "/__admin/mappings", &[], "{").await;
    assert_eq!(refused.status, 422);
    for path in ["/__admin/recordings/start", "/__admin/shutdown"] {
        let refused = api.post(path, &json!({ "targetBaseUrl": "http://x" })).await;
        assert_eq!(
            (refused.status, &refused.json["errors"][0]["code"]),
            (422, &json!(10)),
            "{path}"
        );
    }
    assert_eq!(api.get("/__admin/mappings").await.json["meta"]["total"], 0);
    assert_eq!(api.post("/__admin/mappings?account=keeper", &json!({})).await.status, 400);
}

#[actix_web::test]
async fn settings_delay_every_answer_and_mappings_their_own() {
    let api = Api::of(Bell::builder());
    let took = async |path: &str| {
        let begun = std::time::Instant::now();
        api.get(path).await;
        begun.elapsed().as_millis()
    };
    let set_settings = api.post("/__admin/settings", &json!({ "fixedDelay": 150 })).await;
    assert_eq!(set_settings.json["settings"]["fixedDelay"], 150);
    assert!(took("/bell/rung").await >= 150);
    let mut own = get("/own", "x");
    own["response"]["fixedDelayMilliseconds"] = json!(1);
    set(&api, own).await;
    assert!(took("/own").await < 150);
    let entry = &api.get("/__admin/journal?path=/bell/rung").await.json["requests"][0];
    assert_eq!(entry["delay_ms"], 150.0);
    api.post("/__admin/settings", &json!({ "fixedDelay": null })).await;
    assert!(took("/bell/rung").await < 150);
    assert_eq!(api.post("/__admin/settings", &json!({ "fixed": 1 })).await.status, 422);
    let mut dribbled = get("/slow", "0123456789");
    dribbled["response"]["chunkedDribbleDelay"] =
        json!({ "numberOfChunks": 5, "totalDuration": 200 });
    set(&api, dribbled).await;
    let begun = std::time::Instant::now();
    assert_eq!(api.get("/slow").await.text(), "0123456789");
    assert!(begun.elapsed().as_millis() >= 200);
}

/// What a client asked before it gave up is in the journal.
#[actix_web::test]
async fn a_client_that_gives_up_is_in_the_journal() {
    let api = Api::of(Bell::builder());
    let mut slow = get("/slow", "late");
    slow["response"]["fixedDelayMilliseconds"] = json!(60_000);
    set(&api, slow).await;
    let gives_up = tokio::time::timeout(std::time::Duration::from_millis(200), api.get("/slow"));
    assert!(gives_up.await.is_err());
    let count = api.post("/__admin/requests/count", &json!({ "urlPath": "/slow" })).await;
    assert_eq!(count.json["count"], 1);
}

#[actix_web::test]
async fn mappings_are_set_from_rust_as_well() {
    let api = Api::of(Bell::builder());
    let mut mapping = get("/rust", "set");
    mapping["times"] = json!(2);
    let id = api.set_mapping(&mapping).unwrap();
    assert_eq!(api.get("/rust").await.text(), "set");
    assert_eq!(api.get(&format!("/__admin/mappings/{id}")).await.json["used"], 1);
    assert!(api.remove_mapping(&id) && !api.remove_mapping(&id));
    assert_eq!(api.get("/rust").await.status, 404);
    let refused = api.set_mapping(&json!({ "request": { "operation": "rign" } })).unwrap_err();
    assert_eq!((refused.at.as_str(), refused.title), ("/request/operation", "Unknown"));
    api.set_mapping(&get("/rust", "again")).unwrap();
    api.remove_mappings();
    assert_eq!(api.get("/rust").await.status, 404);
}
