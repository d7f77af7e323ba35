//! What is left of arrays, on every resource: no nulls, and no arrays in them. (field report, S5 to S7)

use serde_json::{Value, json};

use crate::{empty, form, made};

/// An array with everything in it that may and may not be in one, and what is kept of it.
fn tangle() -> (Value, Value) {
    let sent =
        json!({ "a": null, "l": ["x", null, [1, [2]], { "m": [null], "n": null }, 1.5, false] });
    (sent, json!({ "a": null, "l": ["x", { "m": [], "n": null }, 1.5, false] }))
}

#[actix_web::test]
async fn nulls_and_arrays_are_dropped_from_the_arrays_of_every_resource() {
    let api = empty();
    let (sent, kept) = tangle();
    let of = |field: &str| json!({ field: sent });
    let hash = json!({ "msisdn": "85512345678", "contact_id": 1, "metadata": sent,
        "contact_filter_params": { "metadata": sent }, "type": "BatchOperation::CalloutPopulation",
        "parameters": { "contact_filter_params": { "metadata": sent } },
        "remote_request_params": { "from": "1294", "status_callback_event": sent["l"] } });
    let filter = json!({ "metadata": kept });
    for (path, field, wanted) in [
        ("/api/contacts", "metadata", &kept),
        ("/api/callouts", "metadata", &kept),
        ("/api/callouts/1/callout_populations", "contact_filter_params", &filter),
        (
            "/api/callouts/1/batch_operations",
            "parameters",
            &json!({ "contact_filter_params": filter }),
        ),
        ("/api/callouts/1/callout_participations", "metadata", &kept),
        (
            "/api/callout_participations/1/phone_calls",
            "remote_request_params",
            &json!({ "from": "1294", "status_callback_event": kept["l"] }),
        ),
    ] {
        let reply = api.post(path, &hash).await;
        assert_eq!((reply.status, &reply.json[field]), (201, wanted), "{path}: {reply:?}");
        assert_eq!(reply.json["metadata"], kept, "{path}");
    }
    let event = "CallSid=abc&Direction=inbound&From=85512345678&x[]&x[]=1&x[][]=2";
    assert_eq!(form(&api, "POST", "/api/remote_phone_call_events", event).await.status, 201);
    for path in [
        "/api/contacts/1",
        "/api/callouts/1",
        "/api/callout_populations/1",
        "/api/batch_operations/2",
        "/api/callout_participations/1",
        "/api/phone_calls/1",
        "/api/remote_phone_call_events/1",
    ] {
        api.send("PUT", path, &json!({ "metadata": { "other": 1 } })).await;
        assert_eq!(api.send("PUT", path, &of("metadata")).await.status, 204, "{path}");
        assert_eq!(api.get(path).await.json["metadata"], kept, "{path}");
    }
    let details = &api.get("/api/remote_phone_call_events/1").await.json["details"];
    assert_eq!(details["x"], json!(["1"]));
    let data = json!({ "msisdn": "85512345679", "metadata": sent });
    assert_eq!(api.post("/api/contact_data", &data).await.json["metadata"], kept);
}

#[actix_web::test]
async fn a_multipart_form_is_read_by_the_same_rule() {
    let api = empty();
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("msisdn", "85512345678") + &part("metadata[a][][]", "1") + "--b--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let reply = api.request("POST", "/api/contacts", &headers, body).await;
    assert_eq!((reply.status, &reply.json["metadata"]), (201, &json!({ "a": [] })));
}

#[actix_web::test]
async fn an_array_of_which_nothing_is_left_finds_nothing() {
    let api = empty();
    made(&api, "/api/contacts", "msisdn=85512345678&metadata[a]=1").await;
    for (query, found) in
        [("metadata[a][]=1", 1), ("metadata[a][]", 0), ("q[metadata][a][][]=1", 0)]
    {
        let list = api.get(&format!("/api/contacts?{query}")).await;
        assert_eq!(list.json.as_array().map(Vec::len), Some(found), "{query}");
    }
}
