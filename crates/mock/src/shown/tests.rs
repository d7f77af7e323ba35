use time::macros::{datetime, offset};

use super::*;

#[test]
fn a_moment_is_read_in_any_form_that_is_written() {
    let wanted = datetime!(2026-03-04 09:15:20 UTC);
    for text in [
        "2026-03-04T09:15:20Z",
        "2026-03-04T16:15:20.000+07:00",
        "2026-03-04 16:15:20",
        "2026-03-04T16:15:20",
        "2026-03-04 09:15:20 UTC",
        "2026-03-04 09:15:20 +0000",
        "04.03.2026 16:15:20",
        "04/03/2026 16:15:20",
        "1772615720",
        "1772615720000",
        "1772615720000000",
    ] {
        assert_eq!(read_moment(text, offset!(+7)), Some(wanted), "{text}");
    }
    for text in ["", "soon", "2026-13-04 09:15:20", "12", "2026-03-04 25:00:00", "1.2.3.4.5 00:00"]
    {
        assert_eq!(read_moment(text, offset!(+7)), None, "{text}");
    }
}

#[test]
fn the_last_hours_of_the_calendar_are_no_moments_where_they_are_over() {
    for text in ["9999-12-31T23:59:59-07:00", "9999-12-31 23:59:59"] {
        assert_eq!(read_moment(text, offset!(-7)), None, "{text}");
    }
    assert_eq!(read_rfc3339("9999-12-31T23:59:59-07:00"), None);
    let last = datetime!(9999-12-31 23:59:59 -7);
    assert_eq!(in_utc(last), datetime!(9999-12-31 23:59:59.999_999_999 UTC));
    assert_eq!(crate::view::moment(last), "9999-12-31T23:59:59.999999Z");
}

#[test]
fn an_offset_is_read_in_any_form_that_is_written() {
    for text in ["+07:00", "+0700", "+7", "+07"] {
        assert_eq!(read_offset(text), Some(offset!(+7)), "{text}");
    }
    assert_eq!(read_offset("-03:30"), Some(offset!(-3:30)));
    assert_eq!(read_offset("7"), None);
    assert_eq!(read_offset("+99:99"), None);
}
