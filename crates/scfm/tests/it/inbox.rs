//! Callbacks to inboxes, and how they are signed.

use ringback_scfm::Scfm;
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::callbacks::{EVERY_STEP, called};

async fn messages(api: &Api<Scfm>) -> Vec<Value> {
    let listed = api.get("/__admin/inboxes/crm/messages?order=asc").await.json;
    listed["messages"].as_array().unwrap().clone()
}

fn params(url: &str) -> Value {
    json!({ "from": "1294", "status_callback": url, "status_callback_event": EVERY_STEP })
}

#[actix_web::test]
async fn callbacks_go_to_an_inbox_that_verifies_them() {
    for method in ["POST", "GET"] {
        let mut params = params("inbox:crm/status?a=b");
        params["status_callback_method"] = method.into();
        let api = called(json!({ "twilio_request_auth_token": "secret" }), params).await;
        let messages = messages(&api).await;
        assert_eq!(messages.len(), 4, "{method}");
        for message in &messages {
            assert_eq!((&message["method"], &message["path"]), (&json!(method), &json!("/status")));
            let signature = &message["signature"];
            assert_eq!(signature["valid"], true, "{signature}");
            let signed = signature["signed_string"].as_str().unwrap();
            let url = "http://inbox.localhost/__inbox/crm/status?a=b";
            assert!(signed.starts_with(url), "{signed}");
            assert_eq!(
                signed.contains("CallStatuscompleted"),
                method == "POST" && message["event"] == "completed"
            );
        }
    }
}

#[actix_web::test]
async fn a_signature_that_chaos_changed_is_told() {
    let api = called(json!({ "twilio_request_auth_token": "secret" }), params("inbox:crm")).await;
    assert_eq!(
        api.send("PUT", "/__admin/chaos", &json!({ "corrupt_signature": 1 })).await.status,
        200
    );
    api.send("PUT", "/__admin/webhook", &json!({ "url": "inbox:crm" })).await;
    let tried = api.post("/__admin/webhook/test", &json!({})).await;
    assert_eq!(tried.json["attempts"][0]["chaos"], json!(["corrupt_signature"]), "{}", tried.json);
    let signature = &messages(&api).await.pop().unwrap()["signature"];
    assert_eq!(
        (&signature["valid"], &signature["why"]),
        (&json!(false), &json!("the signature was changed on its way"))
    );
}

#[actix_web::test]
async fn without_a_token_nothing_is_signed() {
    let api = called(json!({}), params("inbox:crm")).await;
    let messages = messages(&api).await;
    assert_eq!(messages.len(), 4);
    assert!(messages.iter().all(|message| message.get("signature").is_none()));
    let id = messages[3]["delivery"].as_str().unwrap();
    let delivery = api.get(&format!("/__admin/deliveries/{id}")).await.json;
    assert_eq!((delivery.get("signed_string"), &delivery["state"]), (None, &json!("delivered")));
    let again = api.post(&format!("/__admin/deliveries/{id}/resend"), &json!({})).await;
    assert_eq!(again.status, 201);
    api.settle().await;
    let last = crate::inbox::messages(&api).await.pop().unwrap();
    assert_eq!((&last["body"], &last["event"]), (&messages[3]["body"], &json!("completed")));
}
