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
