use super::*;

#[test]
fn every_cause_has_one_of_the_four_documented_words() {
    for cause in HangupCause::ALL {
        assert!(["BUSY", "NO ANSWER", "FAILED"].contains(&status(*cause)), "{cause}");
        assert_eq!(status(*cause), cause.disposition().as_str(), "{cause}");
    }
}

#[test]
fn a_link_escapes_plus_and_slash_and_leaves_the_equals_sign() {
    assert_eq!(
        link("http://h", "/l", "a+b/c==", "out-+84-1.gsm"),
        "http://h/l?host=a%2Bb%2Fc==&recordingFile=out-%2B84-1.gsm"
    );
}

#[test]
fn moments_are_written_as_formatting_writes_them() {
    let written = |at, between| {
        let mut text = Vec::new();
        push_local(&mut text, at, between);
        String::from_utf8(text).expect("digits and signs")
    };
    let spaced = DATE;
    let at = time::macros::datetime!(2026-01-05 18:04:09 UTC);
    assert_eq!(written(at, spaced), "2026-01-06 01:04:09");
    assert_eq!(written(at, [b"", b"", b"-", b"", b""]), "20260106-010409");
    let first = time::macros::datetime!(0001-01-01 00:00:00 UTC);
    assert_eq!(written(first, spaced), "0001-01-01 07:00:00");
    // The local day would be in the year 10000, which the calendar does not have.
    let last = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    assert_eq!(written(last, spaced), "9999-12-31 23:59:59");
}

#[test]
fn a_number_with_signs_of_json_in_it_is_escaped() {
    let written = |text| {
        let mut out = Vec::new();
        push_text(&mut out, text);
        String::from_utf8(out).expect("a text")
    };
    assert_eq!(written("+84987"), r#""+84987""#);
    assert_eq!(written(r#"1"0\9"#), r#""1\"0\\9""#);
    assert_eq!(written(""), r#""""#);
}
