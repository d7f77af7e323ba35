use serde_json::json;

use super::*;

fn fields(query: &str) -> Fields {
    Fields::urlencoded(query.as_bytes())
}

#[test]
fn a_form_has_lists_and_objects_as_json_does() {
    let fields = fields("a=1&a=2&b[]=3&param[type]=inbound&param[auth]=x&c=&d=+4+");
    let wanted = json!({
        "a": ["1", "2"], "b": "3", "param": { "type": "inbound", "auth": "x" }, "c": "", "d": " 4 ",
    });
    assert_eq!(Value::Object(fields.0.clone()), wanted);
    assert_eq!(fields.list("a").unwrap(), ["1", "2"]);
    assert_eq!(fields.text("a").unwrap().as_deref(), Some("2"));
    assert_eq!(fields.text("c").unwrap(), None);
    assert_eq!(fields.within("param").unwrap().text("type").unwrap().as_deref(), Some("inbound"));
}

#[test]
fn a_moment_is_a_day_or_has_a_time_and_is_read_in_the_vendors_zone() {
    let read =
        |text: &str, is_end| moment(text, is_end).map(|at| at.unix_timestamp_nanos() / 1_000);
    let begin = 1_767_603_600_000_000_i128; // 2026-01-05 09:00:00 UTC, 16:00:00 there
    assert_eq!(read("2026-01-05 16:00:00", false), Some(begin));
    assert_eq!(read("2026-01-05T16:00:00", true), Some(begin + 999_999));
    assert_eq!(read(" 2026-01-05 ", false), Some(begin - 16 * 3_600_000_000));
    assert_eq!(read("2026-01-05", true), Some(begin + 8 * 3_600_000_000 - 1));
    for text in
        ["", "05/01/2026", "2026-1-5", "2026-02-30", "2026-01-05 25:00:00", "x", "-001-01-01"]
    {
        assert_eq!(read(text, false), None, "{text}");
    }
}
