//! Checkpoints and forks of an account with its tables, notifications and recordings.

use ringback_engine::Duration;
use ringback_mango::{Mango, RunOperation};
use ringback_mock::{Account, World as _};
use ringback_testkit::Api;
use serde_json::json;

use crate::desk::{KEY, SALT, ask, sign};

fn answered(account: &Account<Mango>) -> String {
    let call = json!({
        "do": "dial", "from": "79161234567", "to": "101",
        "behaviour": { "outcome": "answer", "ring": 1, "talk": 60 },
    });
    account.control(call).unwrap();
    account.advance(Duration::minutes(2)).unwrap();
    let told = account.read(|pbx| {
        let outbox = pbx.outbox().unwrap();
        outbox.deliveries().map(|told| (told.event.clone(), told.body.clone())).collect::<Vec<_>>()
    });
    told.unwrap().into_iter().map(|(event, body)| format!("{event} {body}\n")).collect()
}

#[actix_web::test]
async fn changes_of_the_vendors_own_tables_are_told_and_undone() {
    let api = Api::<Mango>::frozen();
    let saved = api.post("/__admin/checkpoints", &json!({ "name": "before" })).await;
    assert_eq!(saved.status, 201, "{}", saved.text());
    let add = json!({ "list_type": "black", "number": "79990001122", "number_type": "tel", "comment": "x" });
    let added = ask(&api, "bwlists/number/add", &add).await;
    assert_eq!(added.json["result"], 1000, "{}", added.text());
    let found = api.get("/__admin/changes?since=before").await.json;
    let black = &found["black_list"];
    assert_eq!(black["counts"], json!({ "added": 1, "changed": 0, "removed": 0 }), "{found}");
    assert_eq!(black["added"][0]["number"], "79990001122");
    assert_eq!(found.as_object().unwrap().len(), 1, "{found}");
    let back = api.post("/__admin/checkpoints/before/rewind", &json!({})).await;
    assert_eq!(back.status, 200);
    assert_eq!(api.get("/__admin/changes?since=before").await.json, json!({}));
    // The identifier of what was undone is given again: it never was.
    let again = ask(&api, "bwlists/number/add", &add).await;
    assert_eq!(again.json, added.json);
}

#[test]
fn a_fork_tells_of_what_happens_in_it_alone_and_signs_as_its_own_account() {
    let mango =
        Mango::builder().seed(7).frozen_clock().webhook("http://127.0.0.1:9").build().unwrap();
    let source = mango.open_account("source").unwrap();
    answered(&source);
    let waits =
        |account: &Account<Mango>| account.read(|pbx| pbx.outbox().unwrap().counts()).unwrap()[0];
    assert!(waits(&source) > 0, "nobody has delivered them");
    let [one, two] = ["one", "two"].map(|name| source.fork_to(name).unwrap());
    assert_eq!((waits(&one), waits(&two)), (0, 0));
    let told = answered(&one);
    let first = told.lines().next().unwrap();
    let form = first.split_once(' ').unwrap().1;
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap();
    let field = |name| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(field("vpbx_api_key"), Some("one"));
    let signed = sign(&["one", field("json").unwrap(), SALT]);
    assert_eq!(field("sign"), Some(signed.as_str()));
    // The same commands at the same moments: the same story, but for who tells it.
    let plain = |told: String| -> Vec<String> {
        let json = |line: &str| {
            let form = line.split_once(' ').unwrap().1;
            let fields: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap();
            fields.into_iter().find(|(name, _)| name == "json").unwrap().1
        };
        told.lines().map(json).collect()
    };
    assert_eq!(plain(told), plain(answered(&two)));
}

#[test]
fn an_address_of_a_recording_is_that_of_one_account() {
    let mango = Mango::builder().seed(7).frozen_clock().build().unwrap();
    let source = mango.demo();
    answered(&source);
    let recording = json!({ "recording_id": "MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==", "action": "play" });
    let [one, two] = ["one", "two"].map(|name| source.fork_to(name).unwrap());
    let [first, second, third] = [source, one, two].map(|account| {
        let post = RunOperation::new("queries/recording/post", recording.clone());
        format!("{:?}", account.execute(post).unwrap())
    });
    assert!(first.contains("/files/"), "{first}");
    assert!(first != second && second != third && first != third, "{first}");
}

#[actix_web::test]
async fn a_fork_answers_to_its_own_key() {
    let api = Api::<Mango>::frozen();
    let forked = api.post(&format!("/__admin/accounts/{KEY}/fork"), &json!({ "to": "copy" })).await;
    assert_eq!(
        forked.json["credentials"],
        json!({ "vpbx_api_key": "copy", "vpbx_api_salt": SALT })
    );
    let users = "{}";
    let form = [("vpbx_api_key", "copy"), ("sign", &sign(&["copy", users, SALT])), ("json", users)];
    let body = serde_urlencoded::to_string(form).unwrap();
    let reply = crate::desk::send(&api, "/vpbx/config/users/request", body).await;
    assert!(
        reply.json["users"].as_array().is_some_and(|users| !users.is_empty()),
        "{}",
        reply.text()
    );
}
