use super::*;
use crate::CallStatus;

#[test]
fn every_cause_is_a_word_that_ends_a_call() {
    for cause in HangupCause::ALL {
        let word = provider_word(*cause);
        assert!(["busy", "no-answer", "canceled", "failed"].contains(&word), "{cause}");
        assert!(CallStatus::InProgress.after(word).is_final(), "{cause}");
    }
}
