//! Twenty thousand generated requests: nothing of it is the server's fault.

use ringback_mango::Mango;
use ringback_mock::Vendor as _;
use serde_json::{Map, Value, json};

use crate::{
    desk::{Desk, form},
    errors,
};

/// A generator that gives the same requests on every computer.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let place = self.below(items.len());
        &items[place]
    }

    fn value(&mut self, depth: usize) -> Value {
        const TEXTS: [&str; 24] = [
            "",
            " ",
            "101",
            "102",
            "200",
            "999",
            "79991234567",
            "+7 (999) 123-45-67",
            "blind",
            "hold",
            "play",
            "download",
            "main",
            "[]",
            "[1,2]",
            "{}",
            "05.01.2026",
            "2026-01-05 09:00:00",
            "MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==",
            "MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==",
            "\u{0}",
            "\u{1F600}ж",
            "99999999999999999999",
            "black",
        ];
        match self.below(12) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(10)),
            3 => json!(
                [400_000_101_u64, 410_000_200, 420_000_001, 430_000_002, 460_000_001, 461_000_001]
                    [self.below(6)]
            ),
            4 => json!([-1.5, 1e300, -9.3e18, 1.8e19, 0.0][self.below(5)]),
            5 => json!([i64::MIN, i64::MAX, 1_767_603_600, -1][self.below(4)]),
            6 if depth > 0 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            7 if depth > 0 => self.object(depth - 1),
            8 => Value::String("x".repeat(self.below(3_000))),
            _ => json!(self.pick(&TEXTS)),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        const KEYS: [&str; 64] = [
            "command_id",
            "from",
            "to",
            "to_number",
            "line_number",
            "extension",
            "extenstion",
            "number",
            "call_id",
            "call_party_number",
            "internal_id",
            "after_play_time",
            "method",
            "initiator",
            "holded_call_id",
            "transferred_call_id",
            "text",
            "from_extension",
            "date_from",
            "date_to",
            "fields",
            "call_party",
            "request_id",
            "key",
            "start_date",
            "end_date",
            "limit",
            "offset",
            "user_ids",
            "group_ids",
            "context_type",
            "search_string",
            "recording_id",
            "action",
            "with_terms",
            "user_id",
            "name",
            "access_role_id",
            "group_id",
            "operators",
            "id",
            "schema_id",
            "line_id",
            "sip_id",
            "password",
            "login",
            "domain",
            "list_type",
            "number_type",
            "comment",
            "number_id",
            "query",
            "limit_rows",
            "cursor",
            "mode",
            "contact_id",
            "data",
            "status",
            "deal_id",
            "campaign_id",
            "schedule",
            "weekday",
            "tasks",
            "task_id",
        ];
        let count = self.below(9);
        let mut object = Map::new();
        for _ in 0..count {
            let key = (*self.pick(&KEYS)).to_owned();
            object.insert(key, self.value(depth));
        }
        Value::Object(object)
    }
}

#[actix_web::test]
async fn no_request_is_answered_with_a_5xx_or_logged_as_an_error() {
    errors::listen();
    let desk = Desk::new();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let paths: Vec<&str> = Mango::ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
    let mut answered = 0;
    for round in 0..20_000 {
        let path = (*dice.pick(&paths)).replace(['{', '}'], "");
        let path = if dice.below(20) == 0 { format!("{path}/%00/..%2f?a=%ff") } else { path };
        let method = if dice.below(12) == 0 {
            *dice.pick(&["GET", "PUT", "DELETE", "HEAD", "PATCH"])
        } else {
            "POST"
        };
        let object = dice.object(3).to_string();
        let body = match dice.below(10) {
            0 => object.clone().into_bytes(),
            1 => (0..dice.below(200)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect(),
            2 => format!("vpbx_api_key=k&sign=%ff&json={object}").into_bytes(),
            3 => {
                let length = dice.below(object.len());
                form(&object.chars().take(length).collect::<String>()).into_bytes()
            }
            _ => form(&object).into_bytes(),
        };
        let kind = match dice.below(15) {
            0 => "multipart/form-data; boundary=x",
            1 => "text/plain",
            _ => "application/x-www-form-urlencoded",
        };
        let reply = desk.api.request(method, &path, &[("content-type", kind)], body).await;
        // What follows a redirection of the backend face is answered too.
        assert!(reply.status < 500, "{method} {path} {object:?}: {}", reply.status);
        answered += usize::from(reply.status == 200);
        if round % 97 == 0 {
            let millis = i64::try_from(dice.below(5_000)).unwrap();
            // Of the instance: what is delivered meanwhile is no matter here.
            ringback_mock::Instance::advance(&desk.api, time::Duration::milliseconds(millis));
        }
        if round % 1_009 == 0 {
            desk.control(json!({ "do": "inbound", "caller": "79997654321", "keys": ["2"] }));
        }
    }
    assert!(answered > 5_000, "only {answered} were understood");
    desk.api.demo().read(|pbx| pbx.verify()).unwrap().unwrap();
    assert_eq!(errors::logged(), [""; 0]);
}
