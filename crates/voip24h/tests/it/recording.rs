use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::json;
use time::Duration;

use crate::ask;

/// The path and query of a link, for the server of this test.
pub(crate) async fn link(api: &Api<Voip24h>, request_type: &str, call_id: &str) -> String {
    let reply = ask(api, request_type, json!({ "callId": call_id })).await;
    let link = reply.json["data"]["link"].as_str().expect("a link").to_owned();
    link.strip_prefix(&api.url()).expect("the address the client came by").to_owned()
}

const ANSWERED: &str = "1531709393.4472";

#[actix_web::test]
async fn a_download_is_gsm_of_the_talk_time_under_its_documented_name() {
    let api = Api::<Voip24h>::frozen();
    let reply = api.get(&link(&api, "recordingDownload", ANSWERED).await).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "audio/x-gsm");
    assert_eq!(reply.header("content-length"), "24750"); // 15 s of 50 frames of 33 bytes
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"in-0899199799-0948873483-20180716-094953-1531709393.4472.gsm\""
    );
    assert_eq!(reply.body.len(), 24_750);
    assert!(reply.body.chunks(33).all(|frame| frame[0] >> 4 == 0xD));
}

#[actix_web::test]
async fn behind_a_proxy_a_link_has_the_address_by_which_the_client_came() {
    let api = Api::<Voip24h>::frozen();
    let body = json!({
        "requestType": "recordingListen",
        "partnerSecret": "rdn7mllWMqND7S5DnZF8",
        "data": { "callId": ANSWERED },
    });
    for (proxy, address) in [
        (("x-forwarded-proto", "https"), "https://pbx.example/recording/"),
        (("x-forwarded-host", "voip.example"), "http://voip.example/recording/"),
        (("x-forwarded-port", "8443"), "http://pbx.example:8443/recording/"),
        (("forwarded", "host=voip.example;proto=https"), "https://voip.example/recording/"),
    ] {
        let headers = [("host", "pbx.example"), proxy];
        let reply =
            api.request("POST", "/api/v1/partner/voip24h", &headers, body.to_string()).await;
        let link = reply.json["data"]["link"].as_str().unwrap();
        assert!(link.starts_with(address), "{proxy:?}: {link}");
    }
}

#[actix_web::test]
async fn a_listen_link_plays_wav_and_answers_single_ranges() {
    let api = Api::<Voip24h>::frozen();
    let link = link(&api, "recordingListen", ANSWERED).await;
    let whole = api.get(&link).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/wav"));
    assert_eq!(whole.header("content-disposition"), "inline");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.body.len(), 44 + 15 * 16_000);

    let range = async |range: &str| api.request("GET", &link, &[("range", range)], "").await;
    let part = range("bytes=40-1039").await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 40-1039/240044"));
    assert_eq!(part.body, whole.body[40..1_040]);
    assert_eq!(range("bytes=-4").await.body, whole.body[240_040..]);
    assert_eq!(range("bytes=240000-").await.body, whole.body[240_000..]);
    let beyond = range("bytes=240044-").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */240044"));
    assert_eq!(range("bytes=0-1,4-5").await.body.len(), 240_044);
    assert_eq!(range("lines=1-2").await.status, 200);
    let conditional = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
    assert_eq!(api.request("GET", &link, &conditional, "").await.status, 200);

    let head = api.request("HEAD", &link, &[], "").await;
    assert_eq!((head.status, head.header("content-length")), (200, "240044"));
    assert_eq!(head.body.len(), 0);
}

#[actix_web::test]
async fn two_links_of_one_call_differ_and_both_work() {
    let api = Api::<Voip24h>::frozen();
    let first = link(&api, "recordingListen", ANSWERED).await;
    let second = link(&api, "recordingListen", ANSWERED).await;
    assert_ne!(first, second);
    assert_eq!(api.get(&first).await.body, api.get(&second).await.body);
}

#[actix_web::test]
async fn plus_signs_may_be_escaped_or_not_and_any_other_change_is_refused() {
    let api = Api::<Voip24h>::frozen();
    let escaped = link(&api, "recordingListen", ANSWERED).await;
    let plain = escaped.replace("%2B", "+").replace("%2F", "/");
    assert_eq!(api.get(&plain).await.status, 200);
    assert_eq!(
        api.get(
            &escaped.replace('=', "%3D").replace("host%3D", "host=").replace("File%3D", "File=")
        )
        .await
        .status,
        200
    );
    for (changed, status) in [
        (escaped.replace("host=e", "host=f"), 403),
        (escaped.replace("4472.gsm", "4473.gsm"), 404),
        (escaped.replace("-0899199799-", "-0899199798-"), 404),
        (escaped.replace("in-0899", "..%2Fin-0899"), 404),
        (escaped.replace(".gsm", ".wav"), 404),
    ] {
        assert_eq!(api.get(&changed).await.status, status, "{changed}");
    }
}

#[actix_web::test]
async fn a_dialled_call_that_was_answered_can_be_heard_for_its_talk_time() {
    let api = Api::<Voip24h>::frozen();
    let dial = json!({ "extension": "101", "phone": "+84987654321" });
    ask(&api, "makeDial", dial).await;
    api.advance(Duration::minutes(1)).await;
    let record = ask(&api, "getUser", json!({ "user": "101" })).await.json["data"][0].clone();
    let link = link(&api, "recordingDownload", record["callId"].as_str().unwrap()).await;
    assert!(link.contains("recordingFile=out-%2B84987654321-101-20260105-160000-"), "{link}");
    assert_eq!(api.get(&link).await.body.len(), 5 * 1_650);
}
