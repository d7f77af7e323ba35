//! Recordings of v3. vendors/voip24h-v3.md, 11, checks 12 to 14

use ringback_testkit::{Api, Reply};
use ringback_voip24h::Voip24h;
use serde_json::json;

use crate::v3::{get, history, login};

const RECORD: &str = "5b4c07e5a17c3d5e09001178";
const CALL: &str = "1531709393.4472";
const FILE: &str = "in-0899199799-0948873483-20180716-094953-1531709393.4472.gsm";

async fn asked(api: &Api<Voip24h>, id: &str) -> Reply {
    get(api, &login(api).await, &format!("/v3/call/recording?callId={id}")).await
}

/// The path and query of a recording.
pub(crate) async fn link(api: &Api<Voip24h>, id: &str) -> String {
    let reply = asked(api, id).await;
    let link = reply.json["data"]["media"]["wav"].as_str().expect("a link").to_owned();
    link.strip_prefix(&api.url()).expect("the address the client came by").to_owned()
}

#[actix_web::test]
async fn a_recording_is_named_by_either_id_and_plays_without_a_token() {
    let api = Api::<Voip24h>::frozen();
    let (first, second) = (asked(&api, RECORD).await, asked(&api, CALL).await);
    assert_eq!((first.status, &first.body), (200, &second.body));
    let alias = get(&api, &login(&api).await, &format!("/v3/recording?callid={CALL}")).await;
    assert_eq!(alias.json, second.json);

    let link = link(&api, CALL).await;
    let whole = api.request("GET", &link, &[("origin", "http://crm.example")], "").await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/wav"));
    assert_eq!(whole.header("access-control-allow-origin"), "*");
    assert_eq!(&whole.body[..4], b"RIFF");
    assert_eq!(whole.body.len(), 44 + 15 * 16_000);
    let part = api.request("GET", &link, &[("range", "bytes=44-143")], "").await;
    assert_eq!((part.status, part.body.len()), (206, 100));
    assert_eq!(part.body, whole.body[44..144]);
    let played = api.get(&link.replace("/recording?", "/play?")).await;
    assert_eq!(played.body, whole.body);
    let page = api.get(&link.replace("/recording?", "/eplay?")).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(
        page.text().contains("<audio controls autoplay src=\"recording?hostname=10.0.0.1&amp;")
    );
    let ogg =
        first.json["data"]["media"]["ogg"].as_str().unwrap().strip_prefix(&api.url()).unwrap();
    let ogg = api.get(ogg).await;
    assert_eq!((ogg.header("content-type"), &ogg.body[..4]), ("audio/ogg", &b"OggS"[..]));
    for kind in ["recording", "play", "eplay", "downloadFile", "recording.ogg"] {
        let path = link.replace("/recording?", &format!("/{kind}?"));
        let asked =
            [("access-control-request-method", "GET"), ("access-control-request-headers", "range")];
        let reply = api.request("OPTIONS", &path, &asked, "").await;
        assert_eq!((reply.status, reply.header("access-control-allow-headers")), (204, "range"));
        let head = api.request("HEAD", &path, &[], "").await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{kind}");
    }

    for (id, message) in [
        ("1532857052.131132", "Recording not found"),
        ("1.1", "Call not found"),
        ("5b4c07e5a17c3d5e09001179", "Call not found"),
    ] {
        let reply = asked(&api, id).await;
        assert_eq!((reply.status, &reply.json["message"]), (404, &json!(message)));
    }
    assert_eq!(asked(&api, "").await.json["message"], "callId is required");
}

#[actix_web::test]
async fn a_download_is_riff_with_gsm_as_the_vendor_delivers_it() {
    let api = Api::<Voip24h>::frozen();
    let link = link(&api, CALL).await.replace("/recording?", "/downloadFile?");
    // As a client in the field cuts it out.
    let name = link.split_once("&pkeyID=").unwrap().1;
    assert_eq!(&name[..name.rfind(".gsm").unwrap() + 4], FILE);

    let reply = api.get(&link).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "audio/wav"));
    assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{FILE}\""));
    // But for its three lengths the head is the same in all files that the vendor delivered.
    let body = &reply.body;
    assert_eq!(body[..4], *b"RIFF");
    assert_eq!(
        body[8..40],
        *b"WAVEfmt \x14\0\0\0\x31\0\x01\0\x40\x1f\0\0\x59\x06\0\0\x41\0\0\0\x02\0\x40\x01"
    );
    assert_eq!(body[40..48], *b"fact\x04\0\0\0");
    assert_eq!(body[52..56], *b"data");
    let number = |at: usize| u32::from_le_bytes(body[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(number(4), body.len() - 8);
    assert_eq!(number(56), body.len() - 60);
    // 15 s are 375 blocks of 65 bytes, and a byte that makes them even.
    assert_eq!((number(48), body.len()), (375 * 320, 60 + 375 * 65 + 1));
    let part = api.request("GET", &link, &[("range", "bytes=50-200")], "").await;
    assert_eq!((part.status, &part.body[..]), (206, &body[50..201]));
}

#[actix_web::test]
async fn a_link_that_was_not_given_out_is_refused() {
    let api = Api::<Voip24h>::frozen();
    let link = link(&api, CALL).await;
    let (begin, key) = link.split_once("xKey=").unwrap();
    let other = if key.starts_with('0') { "1" } else { "0" };
    for (changed, status) in [
        (format!("{begin}xKey={other}{}", &key[1..]), 403),
        (format!("{begin}xKey=x"), 403),
        (link.replace("10.0.0.1", "10.0.0.2"), 403),
        (link.replace("-101-", "-102-").replace("4472.gsm", "4473.gsm"), 403),
        (link.replace("in-0899", "..%2F..%2Fin-0899"), 404),
        (link.replace("in-0899", "in-..0899"), 404),
        (link.replace(".gsm", ".wav"), 404),
        (begin.to_owned(), 400),
        (format!("{begin}xKey="), 400),
        (link.replace("pkeyID=", "pkey="), 400),
        (link.replace("hostname=", "host="), 400),
    ] {
        let reply = api.get(&changed).await;
        assert_eq!(reply.status, status, "{changed}");
        assert_eq!(reply.json["respCode"], -1);
        assert_eq!(reply.header("access-control-allow-origin"), "*");
    }
    assert_eq!(history(&api, "").await.len(), 4);
}

#[actix_web::test]
async fn a_recording_that_is_not_ready_is_nowhere_yet() {
    let api = Api::<Voip24h>::frozen();
    let faults = json!({ "recording": { "after": 120 } });
    assert_eq!(api.send("PUT", "/__admin/record_faults", &faults).await.status, 200);
    crate::v3::dial_call(&api, "101", "+84 901 234 567").await;
    api.advance(time::Duration::seconds(60)).await;
    let row = history(&api, "extension=101&limit=1").await[0].clone();
    assert_eq!((&row["recordingFile"], &row["callee"]), (&json!(""), &json!("+84901234567")));
    let id = row["id"].as_str().unwrap();
    assert_eq!(asked(&api, id).await.json["message"], "Recording not found");
    api.advance(time::Duration::seconds(120)).await;
    let link = link(&api, id).await;
    assert!(link.contains("pkeyID=out-%2B84901234567-101-"), "{link}");
    let reply = api.get(&link).await;
    assert_eq!((reply.status, reply.body.len()), (200, 44 + 5 * 16_000));
    assert_eq!(api.get(&link.replace("%2B", "+")).await.status, 200);
}
