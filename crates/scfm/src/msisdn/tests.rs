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
        "0085510202101",
        "085510202101",
        "(0855)10202101",
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
fn of_two_trunk_prefixes_one_is_dropped() {
    let twice = Msisdn::parse("+81 00113810010").unwrap();
    assert_eq!((twice.to_string().as_str(), twice.begins_with_trunk()), ("+810113810010", true));
    let once = Msisdn::parse("+81 0 1 319 749 578").unwrap();
    assert_eq!((once.to_string().as_str(), once.begins_with_trunk()), ("+811319749578", false));
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
fn zeros_before_the_country_code_are_dropped_only_where_they_are_a_prefix() {
    let cases = [
        ("085512345678", Ok("+85512345678")),
        ("0085512345678", Ok("+85512345678")),
        ("00085512345678", Err(NotANumber::Invalid)),
        ("+085512345678", Err(NotANumber::Invalid)),
        ("+00855512345678", Err(NotANumber::Invalid)),
        ("015225550123", Ok("+15225550123")),
        ("tel 015225550123", Ok("+15225550123")),
        ("(00855)12345678", Err(NotANumber::Invalid)),
        ("+855 (012) 345 678", Ok("+85512345678")),
    ];
    for (text, wanted) in cases {
        let found = Msisdn::parse(text).map(|number| number.to_string());
        assert_eq!(found.as_deref().map_err(|error| *error), wanted, "{text}");
    }
}

#[test]
fn what_stands_before_an_extension_alone_counts_for_blankness() {
    for text in ["x12", "tel:+85510202101", "#5", "ext (7)"] {
        assert_eq!(Msisdn::parse(text), Err(NotANumber::Blank), "{text}");
    }
    for text in ["+85510202101 x12", "+85510202101#5", "+855x10202101", "85510202101 ext. (12)#"] {
        assert_eq!(Msisdn::parse(text), Err(NotANumber::Invalid), "{text}");
    }
}

/// What the original's library makes of numbers of every country, with every trunk prefix.
#[test]
fn every_sample_is_what_the_library_of_the_original_makes_of_it() {
    let mut samples = 0;
    for line in include_str!("samples.txt").lines().filter(|line| !line.starts_with('#')) {
        let (text, wanted) = line.split_once(' ').unwrap();
        let found = Msisdn::parse(text).map_or_else(|_| "-".to_owned(), |found| found.to_string());
        assert_eq!(found, wanted, "{text}");
        samples += 1;
    }
    assert!(samples > 1_000);
}
