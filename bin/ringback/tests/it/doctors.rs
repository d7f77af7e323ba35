//! The doctor and the views of a call, for every vendor.

use ringback_engine::Duration;
use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{Builder, Vendor};
use ringback_scfm::Scfm;
use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Receiver, Temper};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

use crate::started::{Started, failure, folder, ringback, success};

/// An instance in which a few calls have been, and one goes on.
async fn busy<V: Vendor>(builder: Builder<V>, from: &str, to: [&str; 3]) -> Api<V> {
    let api = Api::of(builder.seed(7).frozen_clock());
    for to in to {
        let call = json!({ "from": from, "to": to });
        let made = api.post("/__admin/calls", &call).await;
        assert_eq!(made.status, 201, "{}", made.text());
        api.advance(Duration::seconds(600)).await;
    }
    let call = json!({ "from": from, "to": to[0] });
    assert_eq!(api.post("/__admin/calls", &call).await.status, 201);
    api
}

/// The ids of the finished calls that a list of the vendor has, newest first.
async fn finished<V: Vendor>(api: &Api<V>) -> Vec<Value> {
    let calls = api.get("/__admin/calls?state=ended&limit=1000").await;
    calls.json["calls"].as_array().unwrap().clone()
}

/// All views of every call agree, and show it under these names.
async fn is_healthy<V: Vendor>(api: &Api<V>, views: &[&str]) {
    let report = api.get("/__admin/doctor").await;
    assert_eq!(report.json["healthy"], true, "{}", report.text());
    assert!(report.json["checked"].as_u64().unwrap() >= 4, "{}", report.text());
    let mut seen: Vec<String> = Vec::new();
    for call in finished(api).await {
        let shown =
            api.get(&format!("/__admin/calls/{}/views", call["id"].as_str().unwrap())).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        assert_eq!(shown.json["call"], call["id"]);
        for view in shown.json["views"].as_array().unwrap() {
            assert!(!view["shown"].is_null(), "{view}");
            seen.push(view["view"].as_str().unwrap().to_owned());
        }
    }
    for wanted in views {
        assert!(seen.iter().any(|view| view == wanted), "no {wanted} in {seen:?}");
    }
}

/// An export that leaves out the newest call, has the one before twice, and the third wrong.
async fn an_importer_s_mistakes_are_found<V: Vendor>(api: &Api<V>, id_name: &str) {
    let calls = finished(api).await;
    let id = |call: &Value| match &call["vendor_ids"][id_name] {
        Value::String(id) => id.clone(),
        id => id.to_string(),
    };
    let right: String = calls.iter().map(|call| format!("{}\n", id(call))).collect();
    let whole = format!("call_id\n{right}");
    let report = api.request("POST", "/__admin/doctor", &[], whole).await;
    assert_eq!(report.json["healthy"], true, "{}", report.text());
    assert_eq!(report.json["correct"], calls.len());

    let [lost, doubled, wrong, ..] = calls.as_slice() else { panic!("{calls:?}") };
    let mut csv = format!("call_id,start,duration\n{0},,\n{0},,\n", id(doubled));
    csv += &format!("{},2001-02-03T04:05:06Z,98765\n", id(wrong));
    for call in calls.iter().skip(3) {
        csv += &format!("{},{},\n", id(call), call["created_at"].as_str().unwrap());
    }
    csv += "nobody,,\n";
    let report = api.request("POST", "/__admin/doctor", &[], csv).await;
    let found = &report.json;
    assert_eq!(found["healthy"], false);
    assert_eq!(found["lost"][0]["call"], lost["id"], "{found}");
    assert_eq!(
        (&found["doubled"][0]["call"], &found["doubled"][0]["rows"]),
        (&doubled["id"], &json!([1, 2]))
    );
    let fields: Vec<_> = found["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["call"], one["field"].as_str().unwrap()))
        .collect();
    assert_eq!(fields, [(&wrong["id"], "start"), (&wrong["id"], "duration")], "{found}");
    assert_eq!(found["unknown"], json!([{ "row": calls.len() + 1, "id": "nobody" }]));
    assert_eq!(found["counts"]["lost"], 1);
}

#[actix_web::test]
async fn all_views_of_voip24h_agree_and_an_importer_s_mistakes_are_found() {
    let api =
        busy::<Voip24h>(Builder::default(), "101", ["0912399200", "0912399486", "0912399480"])
            .await;
    is_healthy(&api, &["getCallData", "recordingListen"]).await;
    an_importer_s_mistakes_are_found(&api, "callId").await;
}

#[actix_web::test]
async fn all_views_of_tel4vn_agree_and_an_importer_s_mistakes_are_found() {
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = Builder::default().webhook(receiver.url());
    let api = busy::<Tel4vn>(builder, "101", ["0912399200", "0912399486", "0912399480"]).await;
    is_healthy(&api, &["v1/cdr", "v3/cdr", "recording", "webhook cdr"]).await;
    an_importer_s_mistakes_are_found(&api, "call_id").await;
    let live = api.get("/__admin/calls?limit=1").await.json["calls"][0]["id"].clone();
    let shown = api.get(&format!("/__admin/calls/{}/views", live.as_str().unwrap())).await;
    assert_eq!(shown.json["views"][0]["kind"], "live", "{}", shown.text());
}

#[actix_web::test]
async fn all_views_of_mango_agree_and_an_importer_s_mistakes_are_found() {
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = Builder::default().webhook(receiver.url());
    let api = busy::<Mango>(builder, "101", ["79991299200", "79991299486", "79991299480"]).await;
    let views =
        ["stats/calls/result", "stats/result", "webhook events/call", "webhook events/summary"];
    is_healthy(&api, &views).await;
    an_importer_s_mistakes_are_found(&api, "entry_id").await;
}

#[actix_web::test]
async fn all_views_of_impactpbx_agree_and_an_importer_s_mistakes_are_found() {
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = Builder::default().webhook(receiver.url());
    let api =
        busy::<ImpactPbx>(builder, "33123456789", ["33612399200", "33612399486", "33612399480"])
            .await;
    is_healthy(&api, &["get_cdr", "webhook HANGUP"]).await;
    an_importer_s_mistakes_are_found(&api, "uuid").await;
}

#[actix_web::test]
async fn all_views_of_scfm_agree() {
    let api = busy::<Scfm>(Builder::default(), "85512345678", ["1294", "1294", "1294"]).await;
    is_healthy(&api, &["phone_calls", "remote_phone_call_events"]).await;
    let report = api.request("POST", "/__admin/doctor", &[], "phone_call_id\n").await;
    assert_eq!(report.json["counts"]["lost"], finished(&api).await.len(), "{}", report.text());
}

#[actix_web::test]
async fn a_webhook_that_nobody_got_is_told_of_and_is_no_contradiction() {
    let builder = Builder::default().webhook(Receiver::nobody());
    let api = busy::<Tel4vn>(builder, "101", ["0912399200", "0912399486", "0912399480"]).await;
    let report = api.get("/__admin/doctor").await;
    assert_eq!(report.json["healthy"], true, "{}", report.text());
    let first = &report.json["undelivered"][0];
    assert_eq!(first["kind"], "undelivered");
    assert!(first["detail"].as_str().unwrap().ends_with("3 attempts"), "{first}");
}

#[actix_web::test]
async fn a_shell_learns_by_the_exit_status_what_its_export_lost() {
    let running = Started::with(&["--hub", "0", "--freeze", "--vendor", "voip24h=0"]);
    let (folder, url) = (folder("doctor"), running.url("hub"));
    let run = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap().to_owned();
        ringback(&folder, &["doctor", &file, "--url", &url])
    };
    // What a fresh instance has had.
    let ids = ["1532857052.131132", "1532834934.130789", "1531709393.4472", "1535642103.21687"];
    let whole = format!("callId\n{}\n", ids.join("\n"));
    assert_eq!(success(run("whole.csv", &whole)), "4 rows, 4 calls, 4 right\n");
    let part = "callId,duration\n1532857052.131132,69\n1535642103.21687,8\nnobody,1\n";
    let output = run("part.csv", part).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in [
        "3 rows, 4 calls, 1 right",
        "wrong    voip24h-0-4, row 2: duration 8, ours 12.0 (that is the talk alone)",
        "unknown  row 3: nobody",
    ] {
        assert!(said.lines().any(|found| found == line), "{said}");
    }
    assert_eq!(said.lines().filter(|line| line.starts_with("lost ")).count(), 2, "{said}");
    assert!(failure(run("part.csv", part), 1).contains("4 faults"));
    assert!(failure(run("none.csv", "a,b\n1,2\n"), 2).contains("name a column id"));
}

#[actix_web::test]
async fn what_is_no_export_or_no_choice_is_refused() {
    let api = Api::<Voip24h>::frozen();
    for (path, body, hint) in [
        ("/__admin/doctor", "a,b\n1,2", "name a column id"),
        ("/__admin/doctor?offset=east", "id\n1", "offset"),
        ("/__admin/doctor?duration=both", "id\n1", "total or talk"),
        ("/__admin/doctor?since=yesterday", "id\n1", "RFC 3339"),
        ("/__admin/doctor?offsett=%2B07:00", "id\n1", "did you mean offset?"),
    ] {
        let refused = api.request("POST", path, &[], body).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text());
        assert!(refused.text().contains(hint), "{path}: {}", refused.text());
    }
    let refused = api.get("/__admin/doctor?limit=0").await;
    assert_eq!(refused.status, 400, "{}", refused.text());
}
