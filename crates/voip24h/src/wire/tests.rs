use super::*;

#[test]
fn a_day_is_read_with_or_without_leading_zeros() {
    let july = Date::from_calendar_date(2018, Month::July, 9).unwrap();
    for text in ["09/07/2018", "9/7/2018", "9/07/2018"] {
        assert_eq!(day(text), Some(july), "{text}");
    }
}

#[test]
fn what_is_not_a_day_of_the_calendar_is_refused() {
    for text in [
        "2018-07-09",
        "31/02/2018",
        "00/07/2018",
        "09/13/2018",
        "9/7/18",
        "09/07/2018/1",
        "",
        "+9/07/2018",
        "009/07/2018",
        "09/07",
        " 09/07/2018",
        "٠٩/07/2018",
    ] {
        assert_eq!(day(text), None, "{text:?}");
    }
}

#[test]
fn a_range_holds_the_last_microsecond_of_its_last_day() {
    let params =
        Params(serde_json::from_str(r#"{"fromDate":"31/12/9999","toDate":"31/12/9999"}"#).unwrap());
    let days = params.days().unwrap();
    assert!(days.contains(&time::macros::datetime!(9999-12-31 12:00 UTC)));
}
