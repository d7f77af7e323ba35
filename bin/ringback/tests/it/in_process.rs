//! Ringback inside a test: several vendors in one process, parties played by the test.

use ringback::{
    Duration, NotStarted, Ringback,
    impactpbx::ImpactPbx,
    mango::Mango,
    mock::{Account, Vendor, exchange::CallState},
    scfm::Scfm,
    tel4vn::Tel4vn,
    voip24h::Voip24h,
};

type Tested = Result<(), Box<dyn std::error::Error>>;

#[test]
fn several_vendors_share_a_clock_and_a_seed() -> Tested {
    let ringback =
        Ringback::builder().seed(7).frozen_clock().with::<Mango>().with::<Tel4vn>().start()?;
    let (mango, tel4vn) = (ringback.get::<Mango>()?, ringback.get::<Tel4vn>()?);
    assert!(mango.clock().is(tel4vn.clock()));
    assert_ne!(ringback.url_of::<Mango>()?, ringback.url_of::<Tel4vn>()?);
    assert_eq!(ringback.get::<Scfm>().err(), Some(NotStarted("scfm")));

    let calls = [mango.dial("101", "79991299200")?.id(), tel4vn.dial("101", "0912399200")?.id()];
    assert!(ringback.advance(Duration::minutes(1)) > 0);
    assert_eq!(
        calls.map(|id| id.split('-').next().map(str::to_owned)),
        [Some("mango".to_owned()), Some("tel4vn".to_owned()),]
    );
    assert!(mango.demo().live_calls().is_empty() && tel4vn.demo().live_calls().is_empty());
    Ok(())
}

/// An outside number of a vendor's country.
fn played_by_hand<V: Vendor>(account: &Account<V>, from: &str, to: &str) -> Tested {
    let rule = account.when(to).once().after_ringing_for(3).waits_for_the_test()?;
    let call = account.dial(from, to)?;
    let (caller, callee) = (call.caller(), call.callee());
    // Where a vendor rings the caller first, that one picks up by itself.
    account.advance(Duration::seconds(20))?;
    assert_eq!(call.state(), Some(CallState::Ringing), "{}", V::NAME);
    assert_eq!(rule.hits(), Some(1));
    callee.answer()?;
    assert_eq!(call.state(), Some(CallState::Answered));
    caller.press("12#")?;
    callee.hold()?;
    callee.resume()?;
    account.advance(Duration::seconds(7))?;
    callee.hang_up()?;
    assert!(call.is_over());
    assert!(callee.answer().is_err(), "it is over");
    let shown = call.show().ok_or("the call is kept")?;
    assert_eq!(shown["state"], "ended");
    assert_eq!(account.call(&call.id())?.number(), call.number());
    Ok(())
}

#[test]
fn a_test_plays_the_parties_of_a_call() -> Tested {
    let ringback = Ringback::builder()
        .frozen_clock()
        .with::<ImpactPbx>()
        .with::<Mango>()
        .with::<Tel4vn>()
        .with::<Voip24h>()
        .start()?;
    played_by_hand(&ringback.get::<ImpactPbx>()?.demo(), "101", "84912345678")?;
    played_by_hand(&ringback.get::<Mango>()?.demo(), "101", "79991234567")?;
    played_by_hand(&ringback.get::<Tel4vn>()?.demo(), "101", "0912345678")?;
    played_by_hand(&ringback.get::<Voip24h>()?.demo(), "101", "0912345678")
}

#[test]
fn what_a_test_says_of_a_number_counts_as_long_as_it_says_so() -> Tested {
    let ringback = Ringback::builder().frozen_clock().with::<Voip24h>().start()?;
    let voip = ringback.get::<Voip24h>()?;
    let outcome = || -> Result<String, Box<dyn std::error::Error>> {
        let call = voip.dial("101", "0912345678")?;
        voip.advance(Duration::minutes(5));
        Ok(call.show().ok_or("kept")?["cause"].as_str().unwrap_or_default().to_owned())
    };
    voip.when("0912*").answers_and_talks_for(5)?;
    {
        let busy = voip.when("0912*").from("101").is_busy()?.scoped();
        assert_eq!(outcome()?, "USER_BUSY");
        assert_eq!(busy.hits(), Some(1));
    }
    assert_eq!(outcome()?, "NORMAL_CLEARING");
    let call = voip.demo().live_calls();
    assert!(call.is_empty());
    let rejected = voip.when("0912*").rejects()?;
    assert_eq!(outcome()?, "CALL_REJECTED");
    rejected.forget()?;
    assert_eq!(voip.demo().rules().len(), 1);
    Ok(())
}

#[test]
fn a_recording_is_heard_when_the_call_is_over() -> Tested {
    let ringback = Ringback::builder().frozen_clock().with::<Mango>().start()?;
    let mango = ringback.get::<Mango>()?;
    mango.when("7999*").answers_and_talks_for(8)?;
    let call = mango.dial("101", "79991234567")?;
    assert!(call.recording().is_none());
    mango.advance(Duration::minutes(2));
    let wav = call.recording().ok_or("it is recorded")?;
    assert_eq!(wav.get(..4), Some(b"RIFF".as_slice()));
    // 8 s of 8,000 samples of 16 bits
    assert!(wav.len() > 100_000, "{}", wav.len());
    Ok(())
}

#[test]
fn instances_run_in_parallel_and_inside_a_runtime() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let several: Result<Vec<_>, _> =
            (0..8).map(|_| Ringback::builder().frozen_clock().with::<Voip24h>().start()).collect();
        let several = several?;
        for (number, ringback) in several.iter().enumerate() {
            let voip = ringback.get::<Voip24h>()?;
            for _ in 0..number {
                voip.dial("101", "0912399486")?;
            }
        }
        for (number, ringback) in several.iter().enumerate() {
            ringback.advance(Duration::minutes(1));
            let voip = ringback.get::<Voip24h>()?;
            let begun = voip.demo().read(|world| world.calls_of("101").count()).unwrap_or(0);
            assert_eq!(begun - number, 1, "one call came with the instance");
        }
        Ok::<(), Box<dyn std::error::Error>>(())
    })
}
