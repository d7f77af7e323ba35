//! Feed B: states are pushed as they come. vendors/voip24h-v3.md, 11, checks 24 to 26

use std::collections::BTreeSet;

use ringback_mock::inbox::{Inbox, InboxAnswer};
use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use time::Duration;

use crate::v3::{call_in, dial_call, field, history, messages, push_to, query_of, set, wait};

/// A ring group of three.
pub(crate) async fn ring_group(api: &Api<Voip24h>) {
    let service = json!({ "kind": { "ring_group": { "members": ["101", "102", "103"] } } });
    let reply = api.send("PUT", "/__admin/services/600", &service).await;
    assert!(reply.status < 300, "{}", reply.text());
}

fn states(inbox: &Inbox) -> Vec<Value> {
    inbox.messages().iter().map(|message| message.json()).collect()
}

fn words(told: &[Value]) -> Vec<&str> {
    told.iter().map(|one| one["state"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_click_that_is_answered_rings_talks_ends_and_is_recorded() {
    let api = Api::<Voip24h>::frozen();
    let inbox = push_to(&api, "crm");
    dial_call(&api, "101", "0901234567").await;
    api.advance(Duration::milliseconds(2_500)).await;
    // The extension has picked up, and the phone has not: that is nothing to tell of.
    assert_eq!(words(&states(&inbox)), ["Ring"]);
    api.advance(Duration::seconds(1)).await;
    assert_eq!(words(&states(&inbox)), ["Ring", "Up"]);
    wait(&api).await;
    let told = states(&inbox);
    assert_eq!(words(&told), ["Ring", "Up", "Hangup", "Cdr"]);
    let row = history(&api, "extension=101&limit=1").await.remove(0);
    for one in &told {
        let id = &row["callId"];
        assert_eq!([&one["uniqueid"], &one["linkedid"], &one["callid"]], [id, id, id]);
        assert_eq!(
            [&one["extend"], &one["phone"], &one["type"]],
            ["101", "0901234567", "outbound"]
        );
        assert!(one["channel"].as_str().unwrap().starts_with("SIP/101-"));
    }
    let cdr = json!({
        "source": "0899199799", "destination": "0901234567",
        "starttime": "2026-01-05 16:00:00", "answertime": "2026-01-05 16:00:03",
        "endtime": "2026-01-05 16:00:08", "duration": "8", "billsec": "5",
        "disposition": "ANSWERED",
    });
    assert_eq!(told[3]["cdr"], cdr);
    assert!(told[..3].iter().all(|one| one.get("cdr").is_none()));
    assert_eq!(inbox.messages()[0].header("content-type"), "application/json");
    // The sample of the spec to the byte, but for the number of the channel.
    let ring = r#"{"uniqueid":"1767603600.131134","linkedid":"1767603600.131134","callid":"1767603600.131134","channel":"SIP/101-0002003e","extend":"101","state":"Ring","phone":"0901234567","type":"outbound"}"#;
    assert_eq!(inbox.messages()[0].body, ring);
}

#[actix_web::test]
async fn a_phone_that_rings_out_is_no_up_and_the_raw_word_differs_from_the_history() {
    for (settings, word) in
        [(json!({}), "ANSWERED"), (json!({ "push_disposition": "computed" }), "NO ANSWER")]
    {
        let api = set(settings);
        let inbox = push_to(&api, "crm");
        dial_call(&api, "101", "0987699480").await;
        wait(&api).await;
        let told = states(&inbox);
        assert_eq!(words(&told), ["Ring", "Hangup", "Cdr"]);
        let cdr = &told[2]["cdr"];
        assert_eq!([&cdr["disposition"], &cdr["answertime"], &cdr["billsec"]], [word, "", "0"]);
        let row = &history(&api, "extension=101&limit=1").await[0];
        assert_eq!((&row["status"], &row["billsec"]), (&json!("NO ANSWER"), &json!(0)));
        assert_eq!(cdr["duration"], row["duration"].to_string());
        // Whose words differ, and whose times do not.
        let doctor = api.get("/__admin/doctor").await.json;
        assert_eq!(doctor["healthy"], true, "{doctor}");
    }
}

#[actix_web::test]
async fn an_extension_that_does_not_pick_up_has_not_answered_in_any_word() {
    let api = Api::<Voip24h>::frozen();
    let inbox = push_to(&api, "crm");
    let rule = json!({ "to": "101", "outcome": "no_answer", "ring": 10 });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;
    let told = states(&inbox);
    assert_eq!(words(&told), ["Ring", "Hangup", "Cdr"]);
    assert_eq!(told[2]["cdr"]["disposition"], "NO ANSWER");
}

#[actix_web::test]
async fn a_ring_group_of_three_rings_three_times_and_one_talks() {
    let api = Api::<Voip24h>::frozen();
    ring_group(&api).await;
    let inbox = push_to(&api, "crm");
    call_in(&api, "0912345678", "600", json!({ "outcome": "answer", "talk": 5 })).await;
    wait(&api).await;
    let told = states(&inbox);
    let count = |word: &str| words(&told).iter().filter(|found| **found == word).count();
    assert_eq!([count("Ring"), count("Up"), count("Hangup"), count("Cdr")], [3, 1, 3, 1]);
    let ids = |name: &str, word: &str| {
        let of = told.iter().filter(|one| one["state"] == word);
        of.map(|one| one[name].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    assert_eq!(ids("uniqueid", "Ring").len(), 3);
    assert_eq!(ids("uniqueid", "Ring"), ids("uniqueid", "Hangup"));
    assert!(ids("uniqueid", "Up").is_subset(&ids("uniqueid", "Ring")));
    let row = &history(&api, "limit=1").await[0];
    for word in ["Ring", "Up", "Hangup", "Cdr"] {
        let linked: Vec<String> = ids("linkedid", word).into_iter().collect();
        assert_eq!(linked, [row["callId"].as_str().unwrap()]);
    }
    let up = told.iter().find(|one| one["state"] == "Up").unwrap();
    let cdr = told.last().unwrap();
    assert_eq!([&cdr["state"], &cdr["extend"]], [&json!("Cdr"), &up["extend"]]);
    assert_eq!([&cdr["phone"], &cdr["cdr"]["source"]], ["0912345678", "0912345678"]);
    assert_eq!([&row["extension"], &row["callee"]], [&up["extend"], &up["extend"]]);
    // The next call has a number that none of those channels had.
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;
    let next = &history(&api, "extension=101&limit=1").await[0]["callId"];
    assert!(!ids("uniqueid", "Ring").contains(next.as_str().unwrap()));
}

#[actix_web::test]
async fn a_call_from_a_phone_and_one_between_extensions_are_told_of_on_every_extension() {
    let api = Api::<Voip24h>::frozen();
    let inbox = push_to(&api, "crm");
    let answer = json!({ "outcome": "answer", "ring": 2, "talk": 5 });
    call_in(&api, "104", "0912345678", answer.clone()).await;
    wait(&api).await;
    assert_eq!(words(&states(&inbox)), ["Ring", "Up", "Hangup", "Cdr"]);
    inbox.clear();
    call_in(&api, "104", "105", answer).await;
    wait(&api).await;
    let told = states(&inbox);
    assert_eq!(words(&told), ["Ring", "Ring", "Up", "Up", "Hangup", "Hangup", "Cdr"]);
    let pairs: Vec<[&Value; 3]> =
        told[..2].iter().map(|one| [&one["extend"], &one["phone"], &one["type"]]).collect();
    assert_eq!(pairs, [["104", "105", "local"], ["105", "104", "local"]]);
    assert_eq!([&told[6]["cdr"]["source"], &told[6]["cdr"]["destination"]], ["104", "105"]);
}

#[actix_web::test]
async fn who_is_transferred_to_rings_and_talks_with_an_id_of_its_own() {
    let api = Api::<Voip24h>::frozen();
    let inbox = push_to(&api, "crm");
    let call = call_in(&api, "0912345678", "103", json!({ "outcome": "manual" })).await;
    let id = call["id"].as_str().unwrap().to_owned();
    for (verb, body) in [("answer", json!({})), ("transfer", json!({ "moved": "b", "to": "104" }))]
    {
        let reply = api.post(&format!("/__admin/calls/{id}/{verb}"), &body).await;
        assert_eq!(reply.status, 200, "{verb}: {}", reply.text());
        api.advance(Duration::seconds(3)).await;
    }
    let reply = api.post(&format!("/__admin/calls/{id}/hang_up"), &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    wait(&api).await;
    let told = states(&inbox);
    let seen: Vec<[&str; 2]> = told
        .iter()
        .map(|one| [one["state"].as_str().unwrap(), one["extend"].as_str().unwrap()])
        .collect();
    assert_eq!(
        seen,
        [
            ["Ring", "103"],
            ["Up", "103"],
            ["Ring", "104"],
            ["Up", "104"],
            ["Hangup", "103"],
            ["Hangup", "104"],
            ["Cdr", "104"],
        ]
    );
    assert_ne!(told[0]["uniqueid"], told[3]["uniqueid"]);
    assert_eq!(told[0]["linkedid"], told[3]["linkedid"]);
}

#[actix_web::test]
async fn a_push_by_get_has_the_same_in_its_query() {
    let told = async |settings: Value| {
        let api = set(settings);
        api.demo().send_webhooks_to("inbox:crm/push?key=1").unwrap();
        dial_call(&api, "101", "0901234567").await;
        wait(&api).await;
        messages(&api.inbox("crm"), 4)
    };
    let posted = told(json!({})).await;
    let got = told(json!({ "push_method": "GET" })).await;
    for (post, get) in posted.iter().zip(&got) {
        assert_eq!((get.method.as_str(), get.body.len()), ("GET", 0));
        let query = query_of(get);
        assert_eq!(field(&query, "key"), "1");
        let json = post.json();
        let mut count = 1;
        for (name, value) in json.as_object().unwrap() {
            match value.as_object() {
                Some(cdr) => {
                    for (name, value) in cdr {
                        assert_eq!(field(&query, &format!("cdr[{name}]")), value);
                        count += 1;
                    }
                }
                None => {
                    assert_eq!(field(&query, name), value);
                    count += 1;
                }
            }
        }
        assert_eq!(query.len(), count);
    }
}

/// A receiver as a school's CRM has it: it looks at the body, and takes an `Up` of an outgoing call
/// for the phone's answer.
fn answered_by_phone(told: &[Value]) -> bool {
    let of =
        |state: &str| told.iter().any(|one| one["state"] == state && one["type"] == "outbound");
    of("Up") && of("Cdr")
}

#[actix_web::test]
async fn receivers_of_the_field_come_to_the_right_conclusions() {
    let api = Api::<Voip24h>::frozen();
    for (phone, is_answered) in [("0901234567", true), ("0987699480", false), ("0987699486", false)]
    {
        let inbox = push_to(&api, phone);
        dial_call(&api, "101", phone).await;
        wait(&api).await;
        assert_eq!(answered_by_phone(&states(&inbox)), is_answered, "{phone}");
    }
}

#[actix_web::test]
async fn a_receiver_that_fails_gets_states_again_and_still_in_order() {
    let api = Api::<Voip24h>::frozen();
    let inbox = push_to(&api, "crm");
    inbox.answer([503, 503].map(InboxAnswer::status), InboxAnswer::status(204)).unwrap();
    dial_call(&api, "101", "0901234567").await;
    wait(&api).await;
    let told = states(&inbox);
    assert_eq!(words(&told), ["Ring", "Ring", "Ring", "Up", "Hangup", "Cdr"]);
}
