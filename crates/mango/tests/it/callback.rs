//! The callback of vendors/mango.md, 17.1, to the byte: notifications, statistics and the recording
//! tell one story with one set of times.

use serde_json::json;

use crate::desk::{Desk, KEY, Redirect, SALT, Told, form, send, sign, unfollowed};

const ENTRY: &str = "NzAwMDAwMDAx";
const FIRST: &str = "MToxMDAwMTAwMTo4MTo5MDAwMDAwMQ==";
const SECOND: &str = "MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==";
const RECORDING: &str = "MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==";

/// A callback from 101 to 79991234567 that was answered, and everything after it.
async fn answered() -> Desk {
    let desk = Desk::new();
    let order = r#"{"command_id":"base","from":{"extension":"101"},"to_number":"79991234567"}"#;
    let reply = send(&desk.api, "/vpbx/commands/callback", form(order)).await;
    assert_eq!(reply.text(), r#"{"result":1000,"command_id":"base"}"#);
    desk.advance(60.0).await;
    desk
}

#[actix_web::test]
async fn an_answered_callback_tells_the_documented_notifications_to_the_byte() {
    let desk = answered().await;
    let leg = |leg: &str, at: u32, seq: u32, state: &str, reason: &str| {
        let ends = if leg == FIRST {
            r#""from":{"number":"79991234567"},"to":{"extension":"101","number":"sip:user101@demo.mangosip.ru"}"#.to_owned()
        } else {
            format!(
                r#""from":{{"extension":"101","number":"sip:user101@demo.mangosip.ru","taken_from_call_id":"{FIRST}"}},"to":{{"number":"79991234567"}}"#
            )
        };
        let json = format!(
            r#"{{"entry_id":"{ENTRY}","call_id":"{leg}","timestamp":17676036{at:02},"seq":{seq},"call_state":"{state}","location":"abonent",{ends}{reason},"dct":{{"type":0}},"command_id":"base","callback_initiator":"API"}}"#
        );
        ("events/call", json)
    };
    let recording = |at: u32, state: &str, seq: u32, rest: &str| {
        let json = format!(
            r#"{{"recording_id":"{RECORDING}","recording_state":"{state}","seq":{seq},"entry_id":"{ENTRY}","call_id":"{SECOND}","extension":"101","timestamp":17676036{at:02}{rest}}}"#
        );
        ("events/recording", json)
    };
    let wanted = [
        ("result/callback", r#"{"command_id":"base","result":1000}"#.to_owned()),
        leg(FIRST, 0, 1, "Appeared", ""),
        leg(FIRST, 1, 2, "Connected", ""),
        leg(FIRST, 1, 3, "Disconnected", r#","disconnect_reason":1000"#),
        leg(SECOND, 1, 1, "Appeared", ""),
        leg(SECOND, 3, 2, "Connected", ""),
        recording(3, "Started", 1, ""),
        leg(SECOND, 6, 3, "Disconnected", r#","disconnect_reason":1120"#),
        recording(6, "Completed", 2, r#","completion_code":1000,"recipient":"Cloud""#),
        (
            "events/record/added",
            format!(
                r#"{{"entry_id":"{ENTRY}","product_id":400000001,"user_id":400000101,"timestamp":1767603606,"recording_id":"{RECORDING}"}}"#
            ),
        ),
        (
            "events/summary",
            format!(
                r#"{{"entry_id":"{ENTRY}","call_direction":2,"from":{{"extension":"101","number":"sip:user101@demo.mangosip.ru"}},"to":{{"number":"79991234567"}},"line_number":"74950000001","create_time":1767603600,"forward_time":1767603600,"talk_time":1767603603,"end_time":1767603606,"entry_result":1,"disconnect_reason":1120}}"#
            ),
        ),
    ];
    let told: Vec<_> = desk.told().into_iter().map(|told| (told.path, told.text)).collect();
    let wanted = wanted.map(|(path, json)| (path.to_owned(), json));
    assert_eq!(told, wanted);

    // What arrived is what was told, each call's in its order, signed as a receiver checks it.
    let arrived = desk.receiver.wait_for(wanted.len());
    let arrived: Vec<_> = arrived.iter().map(Told::read).collect();
    let of_call = |told: &&(String, String)| told.0.starts_with("events/");
    let arrived: Vec<_> = arrived.into_iter().map(|told| (told.path, told.text)).collect();
    let in_order: Vec<_> = arrived.iter().filter(of_call).collect();
    assert_eq!(in_order, wanted.iter().filter(of_call).collect::<Vec<_>>());
    assert_eq!(arrived.len(), wanted.len());
}

#[actix_web::test]
async fn basic_statistics_have_both_legs_of_a_callback_to_the_byte() {
    let desk = answered().await;
    let fields = "records,start,finish,answer,from_extension,from_number,to_extension,to_number,\
                  disconnect_reason,line_number,location,entry_id,create";
    let request = json!({ "date_from": 1767603600, "date_to": "1767603699", "fields": fields });
    let key = desk.ask("stats/request", request).await.json["key"].clone();
    assert_eq!(key.as_str().unwrap().len(), 88);
    assert_eq!(desk.ask("stats/result", json!({ "key": key })).await.status, 204);
    desk.advance(0.5).await;
    for _ in 0..2 {
        let reply = desk.ask("stats/result", json!({ "key": key })).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/csv; charset=utf-8"));
        let wanted = format!(
            "[];1767603600;1767603601;1767603601;;79991234567;101;sip:user101@demo.mangosip.ru;1000;74950000001;abonent;{ENTRY};1767603600\r\n\
             [{RECORDING}];1767603601;1767603606;1767603603;101;sip:user101@demo.mangosip.ru;;79991234567;1120;74950000001;abonent;{ENTRY};1767603600\r\n"
        );
        assert_eq!(reply.text(), wanted);
    }
    let told = desk.told().pop().unwrap();
    assert_eq!((told.path.as_str(), &told.json["key"]), ("result/stat", &key));
}

#[actix_web::test]
async fn extended_statistics_have_the_callback_with_its_legs_to_the_byte() {
    let desk = answered().await;
    let request = json!({ "start_date": "05.01.2026", "end_date": "05.01.2026 23:59:59", "limit": "10", "offset": "0" });
    let key = desk.ask("stats/calls/request", request).await.json["key"].clone();
    let reply = desk.ask("stats/calls/result", json!({ "key": key })).await;
    assert_eq!(reply.text(), r#"{"result":1000,"status":"work","data":[]}"#);
    desk.advance(0.5).await;
    let reply = desk.ask("stats/calls/result", json!({ "key": key })).await;
    let flags = |talks: bool, records: bool| {
        format!(
            r#""DirectionInbound":false,"DirectionOutbound":true,"ModeConversation":{talks},"ModeListen":false,"ModePrompt":false,"ModeConference":false,"ModeGroup":false,"RecordInbound":false,"RecordOutbound":{records},"BlindTransfer":false,"ConsultTransfer":false,"OutboundDialing":false,"Intercepted":false,"IvrNotUsed":true,"members":[]"#
        )
    };
    let wanted = format!(
        r#"{{"result":1000,"status":"complete","data":[{{"list":[{{"entry_id":"{ENTRY}","context_type":2,"context_status":1,"caller_id":400000101,"caller_name":"Anna Orlova","caller_number":"101","called_number":"79991234567","context_start_time":1767603600,"duration":6,"talk_duration":3,"operator_call_duration":null,"context_init_type":6,"recall_status":null,"cost":0.0,"context_calls":[{{"call_type":"user","call_abonent_id":400000101,"call_abonent_info":"Anna Orlova","call_abonent_extension":"101","call_abonent_number":"sip:user101@demo.mangosip.ru","call_start_time":1767603600,"call_answer_time":1767603601,"call_end_time":1767603601,"call_duration":1,"talk_duration":0,"dial_duration":1,"operator_call_duration":null,"hold_duration":null,"call_end_reason":1000,"recording_id":[],"external_call_id":"{FIRST}",{}}},{{"call_type":"number","call_abonent_id":400000101,"call_abonent_info":"Anna Orlova","call_abonent_extension":"101","call_abonent_number":"79991234567","call_start_time":1767603601,"call_answer_time":1767603603,"call_end_time":1767603606,"call_duration":5,"talk_duration":3,"dial_duration":2,"operator_call_duration":null,"hold_duration":null,"call_end_reason":1120,"recording_id":["{RECORDING}"],"external_call_id":"{SECOND}",{}}}]}}],"period":"2026-01-05","total_talks_duration":3,"total_calls_duration":6,"total_calls_count":1}}]}}"#,
        flags(true, false),
        flags(true, true),
    );
    assert_eq!(reply.text(), wanted);
}

#[actix_web::test]
async fn the_recording_lasts_as_long_as_the_talk_and_its_address_works_once() {
    let desk = answered().await;
    let post = json!({ "recording_id": RECORDING, "action": "download" });
    let post = form(&post.to_string());
    let path = "/vpbx/queries/recording/post/";
    let Redirect { status, path: file, .. } = unfollowed(&desk.api, path, Some(post.clone())).await;
    assert_eq!(status, 302);
    assert!(file.starts_with("/files/"));
    let recording = desk.api.get(&file).await;
    assert_eq!((recording.status, recording.header("content-type")), (200, "audio/mp3"));
    let disposition = format!("attachment; filename=\"{RECORDING}.mp3\"");
    assert_eq!(recording.header("content-disposition"), disposition);
    // 3 s of frames of 24 ms and 72 bytes.
    assert_eq!(recording.body.len(), 3_000 / 24 * 72);
    assert_eq!(recording.header("content-length"), "9000");
    assert_eq!(desk.api.get(&file).await.status, 404);

    let late = unfollowed(&desk.api, path, Some(post)).await.path;
    desk.advance(300.0).await;
    assert_eq!(desk.api.get(&late).await.status, 404);
}

#[actix_web::test]
async fn a_signed_link_leads_to_the_recording_until_its_time_is_over() {
    let desk = answered().await;
    let link = |timestamp: &str, salt: &str, key: &str| {
        let sign = sign(&[key, timestamp, RECORDING, salt]);
        format!(
            "/vpbx/queries/recording/link/{}/play/{key}/{timestamp}/{sign}",
            RECORDING.replace('=', "%3D")
        )
    };
    // A thousand years ahead, as some clients sign them.
    let link_of = link("33082514105", SALT, KEY);
    let Redirect { status, path: file, text, .. } = unfollowed(&desk.api, &link_of, None).await;
    assert_eq!(status, 302, "{text}");
    let recording = desk.api.get(&file).await;
    assert_eq!((recording.status, recording.header("content-disposition")), (200, "inline"));

    for (link, code) in [
        (link("33082514105", "pepper", KEY), 3102),
        (link("33082514105", SALT, "nobody"), 3105),
        (link("1767603600", SALT, KEY), 3105),
        (link("soon", SALT, KEY), 3105),
    ] {
        let reply = desk.api.get(&link).await;
        assert_eq!((reply.status, &reply.json["result"]), (401, &json!(code)), "{link}");
    }
    let reply = desk.api.get(&link("1767603600", SALT, KEY)).await;
    assert_eq!(reply.json["message"], "the link has expired");
    let unknown = sign(&[KEY, "33082514105", "x", SALT]);
    let unknown = format!("/queries/recording/link/x/play/{KEY}/33082514105/{unknown}");
    let reply = desk.api.get(&unknown).await;
    assert_eq!((reply.status, &reply.json["result"]), (404, &json!(3320)));
    // What is wrong with the request is refused as everywhere else.
    let reply = desk.api.get(&link_of.replace("/play/", "/dance/")).await;
    assert_eq!((reply.status, &reply.json["result"]), (200, &json!(3104)));
    assert_eq!(reply.json["fields"], json!({ "action": 3104 }));
}

#[actix_web::test]
async fn times_are_shifted_out_and_in_where_that_is_set() {
    let desk = Desk::with(json!({ "time_shift_seconds": 10800, "stats_delay_ms": 0 }));
    let order = json!({ "from": { "extension": "101" }, "to_number": "79991234567" });
    desk.does("commands/callback", order).await;
    desk.advance(60.0).await;
    let summary = desk.told().pop().unwrap();
    assert_eq!(summary.json["create_time"], 1_767_603_600 + 10_800);
    let request = json!({ "date_from": 1767614400, "date_to": 1767614400, "fields": "start" });
    let key = desk.ask("stats/request", request).await.json["key"].clone();
    let reply = desk.ask("stats/result", json!({ "key": key })).await;
    assert_eq!(reply.text(), "1767614400\r\n");
}
