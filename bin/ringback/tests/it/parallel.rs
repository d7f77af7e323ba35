//! Twenty tests at once in one process, each in an account of its own, a day ahead of all others.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::time::Duration as RealTime;

use ringback_mango::{Mango, RunOperation};
use ringback_mock::{Account, FROZEN_AT, Running, Vendor, World as _};
use ringback_testkit::{Receiver, Temper};
use ringback_voip24h::{MakeDial, Voip24h};
use serde_json::json;
use time::Duration;

const TESTS: usize = 20;
const DAY: Duration = Duration::days(1);

/// Runs a test in twenty threads, each with an account of its own; all jump together.
fn twenty<V: Vendor>(vendor: &Running<V>, test: impl Fn(usize, Account<V>, &Barrier) + Sync) {
    let together = Barrier::new(TESTS);
    let before = vendor.demo().read(|world| world.exchange().history().len());
    std::thread::scope(|scope| {
        for number in 0..TESTS {
            let account = vendor.open_account(format!("test{number}")).unwrap();
            let (test, together) = (&test, &together);
            scope.spawn(move || test(number, account, together));
        }
    });
    assert_eq!(vendor.clock().now(), FROZEN_AT, "the clock of the instance");
    assert_eq!(vendor.demo().now(), Some(FROZEN_AT));
    assert_eq!(vendor.demo().read(|world| world.exchange().history().len()), before);
}

/// The numbers that one test calls: how many differs from test to test.
fn numbers(test: usize) -> BTreeSet<String> {
    (0..=test % 3).map(|call| format!("7999{test:03}{call:04}")).collect()
}

#[test]
fn tests_of_mango_see_their_own_calls_and_notifications_alone() {
    let retries = json!({ "webhook_retries": [5, 30] });
    let mango = Mango::builder().seed(7).frozen_clock().settings(retries).start().unwrap();
    twenty(&mango, |number, account, together| {
        let receiver = Receiver::start(Temper::AnswersInTurn(&[503, 200]));
        account.send_webhooks_to(&receiver.url()).unwrap();
        let numbers = numbers(number);
        for to in &numbers {
            account.advance(Duration::minutes(1)).unwrap();
            let order = json!({ "from": { "extension": "101" }, "to_number": to });
            account.execute(RunOperation::new("commands/callback", order)).unwrap().unwrap();
        }
        together.wait();
        let advanced = account.advance(DAY).unwrap();
        assert!(advanced.events.iter().all(|event| event.account == account.id()));
        let minutes = i32::try_from(numbers.len()).unwrap();
        assert_eq!(account.now(), Some(FROZEN_AT + DAY + Duration::MINUTE * minutes));
        // Not only the first attempts: the retry that falls inside the day has been made too.
        assert!(account.wait_for_webhooks(RealTime::from_secs(30)));

        let received = receiver.received();
        let key = format!("vpbx_api_key=test{number}&");
        assert!(received.iter().all(|request| request.body.starts_with(&key)));
        let bodies: String = received.iter().map(|request| request.body.as_str()).collect();
        let told = bodies.match_indices("7999").map(|(at, _)| bodies[at..at + 11].to_owned());
        assert_eq!(told.collect::<BTreeSet<_>>(), numbers);
        let counts = account.read(|pbx| pbx.outbox().unwrap().counts()).unwrap();
        let [waiting, delivered, failed, dropped] = counts;
        assert_eq!((waiting, failed, dropped), (0, 0, 0));
        assert_eq!(received.len() as u64, delivered + 1, "one was refused at first");
        let calls = account.read(|pbx| pbx.exchange().history().len());
        assert_eq!(calls, Some(numbers.len()));
    });
}

#[test]
fn tests_of_voip24h_see_their_own_calls_alone() {
    let voip = Voip24h::builder().seed(7).frozen_clock().start().unwrap();
    twenty(&voip, |number, account, together| {
        let dialled = |account: &Account<Voip24h>| -> BTreeSet<String> {
            let calls = account.read(|pbx| {
                pbx.exchange().history().iter().map(|cdr| cdr.to.to_string()).collect::<Vec<_>>()
            });
            calls.unwrap().into_iter().filter(|to| to.starts_with("7999")).collect()
        };
        let numbers = numbers(number);
        for phone in &numbers {
            let dial = MakeDial { extension: "101".into(), phone: phone.clone() };
            account.execute(dial).unwrap().unwrap();
            account.advance(Duration::minutes(1)).unwrap();
        }
        together.wait();
        account.advance(DAY).unwrap();
        assert_eq!(dialled(&account), numbers);
        together.wait();
        assert_eq!(dialled(&account), numbers, "while the others go on");
        if number % 2 == 1 {
            account.reset().unwrap();
            assert_eq!((dialled(&account).len(), account.now()), (0, Some(FROZEN_AT)));
        }
    });
}
