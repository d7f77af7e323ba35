//! Populations and batch operations at work.

use ringback_scfm::SeedContacts;
use serde_json::{Value, json};
use time::Duration;

use crate::{empty, form, ids, made, set};

#[actix_web::test]
async fn a_contact_that_takes_part_is_not_added_twice_and_newcomers_are_by_a_requeue() {
    let api = empty();
    api.demo().execute(SeedContacts { count: 5 }).unwrap();
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=2").await;
    // Another contact's number is used already by the participation of contact 2.
    let third = api.get("/api/contacts/3").await.json["msisdn"].as_str().unwrap().to_owned();
    let body = format!("msisdn={}", third.replace('+', "%2B"));
    assert_eq!(form(&api, "PUT", "/api/callout_participations/1", &body).await.status, 204);

    made(&api, "/api/callouts/1/callout_populations", "").await;
    let events = "/api/callout_populations/1/callout_population_events";
    made(&api, events, "event=queue").await;
    api.advance(Duration::seconds(1)).await;
    assert_eq!(ids(&api, "/api/callout_populations/1/contacts").await, [1, 4, 5]);
    assert_eq!(ids(&api, "/api/callouts/1/contacts").await, [1, 2, 4, 5]);

    // A newcomer is added, and one whose participation was deleted comes back.
    api.demo().execute(SeedContacts { count: 1 }).unwrap();
    assert_eq!(form(&api, "DELETE", "/api/callout_participations/2", "").await.status, 204);
    made(&api, events, "event=requeue").await;
    api.advance(Duration::seconds(1)).await;
    assert_eq!(ids(&api, "/api/callout_populations/1/contacts").await, [1, 4, 5, 6]);
    let participations = ids(&api, "/api/callouts/1/callout_participations").await;
    assert_eq!(participations, [1, 3, 4, 5, 6], "ids are never used again");
}

#[actix_web::test]
async fn a_population_is_seen_queued_then_populating_then_populated() {
    let api = empty();
    api.demo().execute(SeedContacts { count: 25_000 }).unwrap();
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/callouts/1/callout_populations", "").await;
    made(&api, "/api/callout_populations/1/callout_population_events", "event=queue").await;
    let mut seen = Vec::new();
    for _ in 0..20 {
        let status = api.get("/api/callout_populations/1").await.json["status"].clone();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        api.advance(Duration::milliseconds(10)).await;
    }
    assert_eq!(seen, ["queued", "populating", "populated"]);
    assert_eq!(api.get("/api/callouts/1/contacts").await.header("total"), "25000");
}

#[actix_web::test]
async fn the_three_batch_operations_carry_a_campaign_by_hand() {
    let api = set(json!({ "provider": { "refused": 0.0 }, "dialling": { "enabled": false } }));
    api.demo().execute(SeedContacts { count: 4 }).unwrap();
    made(&api, "/api/callouts", "").await;
    for contact in 1..=4 {
        made(&api, "/api/callouts/1/callout_participations", &format!("contact_id={contact}"))
            .await;
    }
    let run = async |operation: Value| {
        let reply = api.post("/api/batch_operations", &operation).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let path = format!("/api/batch_operations/{}/batch_operation_events", reply.json["id"]);
        made(&api, &path, "event=queue").await;
        api.advance(Duration::seconds(1)).await;
        let path = format!("/api/batch_operations/{}", reply.json["id"]);
        assert_eq!(api.get(&path).await.json["status"], "finished");
    };
    let create = json!({
        "type": "BatchOperation::PhoneCallCreate",
        "parameters": {
            "remote_request_params": { "from": "1294" },
            "callout_participation_filter_params": { "no_phone_calls_or_last_attempt": "failed,errored" },
            "limit": 3,
        },
    });
    run(create).await;
    assert_eq!(ids(&api, "/api/batch_operations/1/phone_calls").await, [1, 2, 3]);
    let of = |kind: &str, status: &str| {
        json!({
            "type": format!("BatchOperation::{kind}"),
            "parameters": { "phone_call_filter_params": { "status": status } },
        })
    };
    run(of("PhoneCallQueue", "created")).await;
    assert_eq!(ids(&api, "/api/phone_calls?q[status]=created").await, [0; 0]);
    api.advance(Duration::milliseconds(1_100)).await;
    run(of("PhoneCallQueueRemoteFetch", "remotely_queued,in_progress")).await;
    api.advance(Duration::hours(1)).await;
    let calls = api.get("/api/phone_calls").await.json;
    for call in calls.as_array().unwrap() {
        let status = call["status"].as_str().unwrap();
        assert!(["completed", "busy", "failed", "not_answered", "canceled"].contains(&status));
        assert_eq!(call["create_batch_operation_id"], 1);
        assert_eq!(call["queue_batch_operation_id"], 2);
    }
    let unmade = api.post("/api/batch_operations", &of("PhoneCallQueue", "created")).await;
    assert_eq!(unmade.text(), r#"{"errors":{"phone_calls_preview":["can't be blank"]}}"#);
}

#[actix_web::test]
async fn contacts_of_a_csv_text_are_added_all_or_not_at_all() {
    let api = empty();
    let import = |csv: &str| {
        let mut lines = 0;
        let imported = ringback_scfm::bulk::import(&api.demo(), csv, &mut |read| lines = read);
        imported.map(|added| (added, lines)).map_err(|error| error.to_string())
    };
    let csv = "msisdn,name\n85510202101,Sokha\n85510202102,Dara\n";
    assert_eq!(import(csv), Ok((2, 2)));
    assert_eq!(ids(&api, "/api/contacts?metadata[name]=Dara").await, [2]);
    let cases = [
        ("85510202103\n85510202104\nx", "line 3: msisdn \"x\" can't be blank"),
        ("85510202103\n85510202102", "line 2: +85510202102 is a contact's number already"),
        (
            "85510202103\n85510202104\n0085510202103",
            "line 3: +85510202103 is the number of line 1 too",
        ),
    ];
    for (csv, why) in cases {
        assert_eq!(import(csv).unwrap_err(), why);
        assert_eq!(api.get("/api/contacts").await.header("total"), "2");
    }
    let control = json!({ "do": "import_contacts", "csv": "85510202105,{}\nx" });
    let refused = api.demo().control(control).unwrap_err().to_string();
    assert_eq!(refused, "line 2: msisdn \"x\" can't be blank");
}

#[actix_web::test]
async fn generated_contacts_are_plausible_and_differ() {
    let api = empty();
    let mut told = Vec::new();
    let added = ringback_scfm::bulk::seed(&api.demo(), 25_000, &mut |count| told.push(count));
    assert_eq!(added.unwrap(), 25_000);
    assert_eq!(told, [10_000, 20_000, 25_000]);
    assert_eq!(api.get("/api/contacts?per_page=1").await.header("total"), "25000");
    api.demo().read(|platform| platform.verify()).unwrap().unwrap();
}

#[actix_web::test]
async fn generated_contacts_are_called_the_same_with_the_same_seed_everywhere() {
    let api = empty();
    api.demo().execute(SeedContacts { count: 3 }).unwrap();
    let contacts = api.get("/api/contacts").await.json;
    let told = contacts.as_array().unwrap().iter().map(|contact| contact["metadata"].clone());
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!({ "name": "Nary Prak", "district": "Battambang" }),
            json!({ "name": "Makara Chan", "district": "Poipet" }),
            json!({ "name": "Ponleak Kim", "district": "Kampong Thom" }),
        ]
    );
}

#[actix_web::test]
async fn a_batch_operation_that_has_run_can_be_given_metadata() {
    let api = set(json!({ "provider": { "refused": 0.0 }, "dialling": { "enabled": false } }));
    api.demo().execute(SeedContacts { count: 1 }).unwrap();
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    let path = "/api/callout_participations/1/phone_calls";
    made(&api, path, "remote_request_params[from]=1294").await;
    let filter = "parameters[phone_call_filter_params][status]=created";
    let body = format!("type=BatchOperation::PhoneCallQueue&{filter}");
    made(&api, "/api/batch_operations", &body).await;
    made(&api, "/api/batch_operations/1/batch_operation_events", "event=queue").await;
    api.advance(Duration::seconds(1)).await;
    let path = "/api/batch_operations/1";
    assert_eq!(api.get(path).await.json["status"], "finished");
    let put = format!("{filter}&metadata[note]=done");
    assert_eq!(form(&api, "PUT", path, &put).await.status, 204);
    assert_eq!(api.get(path).await.json["metadata"]["note"], "done");
    let other = "parameters[phone_call_filter_params][status]=queued&parameters[limit]=0";
    assert_eq!(form(&api, "PUT", path, other).await.status, 422, "new ones are looked at");
}
