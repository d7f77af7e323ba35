use time::macros::datetime;

use super::{phone, stamp};
use stamp::End;

#[test]
fn a_day_alone_is_the_whole_of_it_and_a_second_too() {
    let read = |text, end| stamp::read(text, end).unwrap();
    assert_eq!(read("2021-02-18", End::First), datetime!(2021-02-17 17:00 UTC));
    assert_eq!(read("2021-02-18", End::Last), datetime!(2021-02-18 16:59:59.999_999 UTC));
    assert_eq!(read("2021-02-18 17:20:58", End::First), datetime!(2021-02-18 10:20:58 UTC));
    assert_eq!(read("2021-02-18T17:20:58", End::Last), datetime!(2021-02-18 10:20:58.999_999 UTC));
}

#[test]
fn what_is_no_date_is_none() {
    let odd = [
        "",
        "2021",
        "2021-2-8",
        "2021-02-30",
        "2021-02-18 24:00:00",
        "2021-02-18 1:2:3",
        "21-02-18",
        "2021-02-18-01",
        "９999-01-01",
        "2021-02-18 ",
    ];
    for text in odd.iter().take(9) {
        assert_eq!(stamp::read(text, End::First), None, "{text}");
    }
    assert!(stamp::read("9999-12-31", End::Last).is_some());
}

#[test]
fn moments_are_written_in_the_vendor_s_zone() {
    assert_eq!(stamp::stamp(datetime!(2021-06-08 10:37:37.9 UTC)), "2021-06-08 17:37:37");
    assert_eq!(stamp::zoned(datetime!(2021-08-27 4:13:44.5 UTC)), "2021-08-27T11:13:44+07:00");
    assert_eq!(stamp::stamp(datetime!(9999-12-31 23:59:59 UTC)), "9999-12-31 23:59:59");
}

#[test]
fn phones_are_digits_with_a_plus_in_front_whatever_hides_them() {
    assert_eq!(phone::plain(" 0899 123 456").as_deref(), Some("0899123456"));
    assert_eq!(phone::plain("+84899123456").as_deref(), Some("+84899123456"));
    for odd in ["", "+", "0899-123", "abc", "84+1", "０８９９"] {
        assert_eq!(phone::plain(odd), None, "{odd}");
    }
    assert_eq!(phone::encoded("MDg5OTEyMzQ1Ng==").as_deref(), Some("0899123456"));
    assert_eq!(phone::encoded("MDg5OTEyMzQ1Ng").as_deref(), Some("0899123456"));
    assert_eq!(phone::encoded("0899123456"), None);
    let key = *b"0123456789abcdef0123456789abcdef";
    let sealed = "680d7a0fd846b20961ba06720c53bf13"; // by openssl enc -aes-256-ecb
    assert_eq!(phone::encrypted(sealed, &key).as_deref(), Some("0899123456"));
    assert_eq!(phone::encrypted("zz", &key), None);
    assert_eq!(phone::encrypted("00112233445566778899aabbccddeeff", &key), None);
}

#[test]
fn moments_are_written_the_same_fast_or_at_leisure() {
    use time::{Duration, OffsetDateTime};
    let mut stamps = stamp::Stamps::default();
    let mut check = |at: OffsetDateTime| {
        let (fast, plain) = (stamps.stamp(at), stamp::Stamp::of(at));
        assert_eq!(fast.as_str(), plain.as_str());
        assert_eq!(stamp::stamp(at), plain.as_str());
    };
    // Steps that go through days, hours and leap years at odd places, there and back.
    let mut at = datetime!(1895-01-01 00:00:00.5 UTC);
    for step in (1..).map(|n| Duration::seconds(n * 7_919 % 400_009)).take(20_000) {
        at += step;
        check(at);
        check(at - Duration::seconds(86_399));
    }
    let least = time::PrimitiveDateTime::MIN.assume_utc();
    let most = time::PrimitiveDateTime::MAX.assume_utc();
    for hours in 0..30 {
        check(least + Duration::hours(hours));
        check(most - Duration::hours(hours));
        check(datetime!(0000-01-01 00:00 UTC) - Duration::hours(15 - hours));
    }
    assert_eq!(stamps.stamp_or_empty(None).as_str(), "");
}

#[test]
fn a_lead_s_number_fits_the_pattern_as_it_is_printed() {
    for fits in ["0349719999", "8434971999", "0|34971999", "840349719999"] {
        assert!(phone::is_lead_number(fits), "{fits}");
    }
    for odd in
        ["", "84349719999", "0249719999", "+84349719999", "034971999x", "03497199", "é349719999"]
    {
        assert!(!phone::is_lead_number(odd), "{odd}");
    }
    for (number, callable) in
        [("03497191211", true), ("12345678", true), ("1234567", false), ("+84349719999", false)]
    {
        assert_eq!(phone::is_callable(number), callable, "{number}");
    }
}

#[test]
fn moments_of_rows_have_no_zeros_at_the_end() {
    assert_eq!(stamp::fine(datetime!(2026-01-05 9:00 UTC)), "2026-01-05T16:00:00+07:00");
    assert_eq!(
        stamp::fine(datetime!(2023-03-06 10:57:54.65043 UTC)),
        "2023-03-06T17:57:54.65043+07:00"
    );
    assert_eq!(
        stamp::fine(datetime!(2026-01-05 9:00:00.2500009 UTC)),
        "2026-01-05T16:00:00.25+07:00"
    );
}

#[test]
fn rows_of_a_file_are_read_by_their_columns() {
    let read = |file: &[u8]| super::form::csv_rows(file, 2, |value| (value("a"), value("b")));
    let text = |text: &str| Some(text.to_owned());
    let rows = read(b"\xef\xbb\xbfb, a\n1,\"x, y\"\n2\n").unwrap();
    assert_eq!(rows, [(text("x, y"), text("1")), (None, text("2"))]);
    assert_eq!(read(b"a\n1\n2\n3\n"), None);
    assert_eq!(read(b"").unwrap(), []);
    assert_eq!(read(b"a\n\xff\n").unwrap(), [(text("\u{fffd}"), None)]);
}
