//! A request for statistics that are being built waits for them: published clients ask once.

use std::time::Duration;

use ringback_mock::{AccountId, Accounts, Instance};

use crate::{Mango, Params, Pbx};

/// The longest that a request is kept waiting, however long statistics are set to take.
const LONGEST: Duration = Duration::from_secs(10);

/// Waits until the statistics that an operation asks for are ready, for as long as they are set to
/// take, but in the computer's time. So they are ready where the clock runs, and where it stands
/// still somebody else may advance it meanwhile; what is not ready then is answered as it is.
pub(super) async fn for_statistics(
    mango: &Instance<Mango>,
    account: AccountId,
    operation: &str,
    params: &Params,
) {
    if !matches!(operation, "stats/result" | "stats/calls/result") {
        return;
    }
    // Without a key, or with one that is no text, there is nothing to wait for.
    let Ok(key) = params.text("key") else { return };
    let delay = mango.read(account, |pbx| pbx.settings().stats_delay_ms).unwrap_or_default();
    let patience = LONGEST.min(Duration::from_millis(delay.into()));
    until_ready(mango, account, operation, &key, patience).await;
}

/// Waits until the statistics of a key are ready, or for as long as patience lasts.
pub(crate) async fn until_ready(
    mango: &Instance<Mango>,
    account: AccountId,
    operation: &str,
    key: &str,
    patience: Duration,
) {
    // Either way the answer is looked up anew.
    let ready = |accounts: &Accounts<Pbx>, now| {
        let world = accounts.world_at(account, now);
        let builds = world.is_some_and(|(pbx, now)| pbx.builds_stats(now, operation, key));
        (!builds).then_some(())
    };
    mango.engine().wait_for(patience, ready).await;
}
