use time::macros::datetime;

use super::*;

#[test]
fn common_forms_are_read() {
    let at = datetime!(2024-03-05 09:07:01 UTC);
    let forms = [
        "2024-03-05 09:07:01",
        "2024-03-05T09:07:01Z",
        "2024-03-05T09:07:01.000Z",
        "2024-03-05T16:07:01+07:00",
        "2024-03-05T16:07:01 07:00",
        "2024-03-05 16:07:01 +0700",
        "2024-03-05 09:07:01 UTC",
        "2024/03/05 09:07:01",
        "20240305T09:07:01",
        "Tue, 05 Mar 2024 09:07:01 GMT",
        "05 Mar 2024 09:07:01",
        "5-Mar-2024 09:07:01",
        "March 5th, 2024 9:07:01 AM",
        "Tue Mar  5 09:07:01 2024",
        "Tue Mar 5 09:07:01 UTC 2024",
        "Tue Mar 5 16:07:01 +0700 2024",
        "2024-03-05 9:07:01 am",
        "2024-03-05 09:07:01PM +1200",
        "20240305T090701Z",
        "20240305T160701+0700",
        "2024-03-05 04:07:01 EST",
        "2024-03-05 05:07:01 edt",
        "2024-03-05 10:07:01 CET",
    ];
    for form in forms {
        assert_eq!(read(form), Some(at), "{form}");
    }
    for form in [
        "",
        "x",
        "2024",
        "2024-13-01",
        "2024-03-05 25:00",
        "2024-03-05T09:07:01 Mars",
        "Mar 2024",
        "5 Foo 2024",
        "31 Feb 2024",
        "2024-03-05 13:00 pm",
    ] {
        assert_eq!(read(form), None, "{form}");
    }
}

#[test]
fn days_and_hours_are_read_in_words_too() {
    let day = datetime!(2026-01-05 0:00 UTC);
    for form in ["January 5 2026", "5 january 2026", "Jan. 5, 2026", "Monday, 5 Jan 2026"] {
        assert_eq!(read(form), Some(day), "{form}");
    }
    let hours = [("12:30 AM", 0), ("12:30 PM", 12), ("1:30 p.m.", 13), ("11:30pm", 23)];
    for (text, hour) in hours {
        let at = day + time::Duration::hours(hour) + time::Duration::minutes(30);
        assert_eq!(read(&format!("2026-01-05 {text}")), Some(at), "{text}");
    }
    assert_eq!(read("2026-01-05 9pm"), Some(day + time::Duration::hours(21)));
}

#[test]
fn a_bare_day_is_compared_as_a_day() {
    let (begins, ends) = (datetime!(2024-03-05 0:00 UTC), datetime!(2024-03-06 0:00 UTC));
    let range = |bound: Bound| bound.range("2024-03-05").unwrap();
    assert_eq!(range(Bound::Before).end, begins.into());
    assert_eq!(range(Bound::OrBefore).end, ends.into());
    assert_eq!(range(Bound::After).start, ends.into());
    assert_eq!(range(Bound::OrAfter).start, begins.into());
    let at = datetime!(2024-03-05 9:07 UTC);
    assert_eq!(Bound::Before.range("2024-03-05 9:07").unwrap().end, at.into());
    assert_eq!(Bound::After.range("2024-03-05 9:07").unwrap().start, Micros::from(at).next());
}
