use super::*;

#[test]
fn every_spelling_of_the_spec_is_one_number() {
    let spellings = [
        "+85510202101",
        "85510202101",
        "0085510202101",
        "+855 (0) 10 202 101",
        "(855)10202101",
        "+855-10-202-101",
        "+855010202101",
        "+855x10202101",
        "fax +855 10 202 101",
        "+855 10 202 101 (Xenia)",
    ];
    for text in spellings {
        assert_eq!(
            Msisdn::parse(text).map(|number| number.to_string()).as_deref(),
            Ok("+85510202101"),
            "{text}"
        );
    }
    let somali = Msisdn::parse("+252 66-(2)-345-678").map(|number| number.to_string());
    assert_eq!(somali.as_deref(), Ok("+252662345678"));
}

#[test]
fn what_has_no_digit_is_blank() {
    for text in ["", " ", "abc", "+", "()"] {
        assert_eq!(Msisdn::parse(text), Err(NotANumber::Blank), "{text}");
    }
}

#[test]
fn what_no_country_has_is_invalid() {
    let texts = [
        "252123456",
        "+8551020210",
        "+855102021011",
        "+85510102101",
        "+855",
        "1234",
        "0",
        "0912345678",
        "010202101",
        "+999123456789",
        "1234567890123456",
        "+1 911 555 0123",
        "+1 012 555 0123",
        "+855 10 202 101 x12",
        "+855 10 202 101 ext 5",
        "+855 10 202 101 Extension: (512)",
        "+1 311 555 0123",
    ];
    for text in texts {
        assert_eq!(Msisdn::parse(text), Err(NotANumber::Invalid), "{text}");
    }
}

#[test]
fn numbers_of_other_countries_are_told_by_their_length() {
    for text in [
        "+12025550123",
        "+12115550123",
        "+79123456789",
        "+442079460123",
        "+84912345678",
        "+841234567890",
        "+4930123456",
    ] {
        assert!(Msisdn::parse(text).is_ok(), "{text}");
    }
    for text in ["+1202555012", "+7912345678", "+4420794601234", "+8491234567", "+3312345678"] {
        assert_eq!(Msisdn::parse(text), Err(NotANumber::Invalid), "{text}");
    }
}
