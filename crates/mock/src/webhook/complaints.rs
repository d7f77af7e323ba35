//! What the log says about receivers: once that one is in trouble, once that it is well again.

use std::collections::{BTreeMap, BTreeSet};

use super::Attempt;
use crate::AccountId;

pub(super) struct Complaints {
    name: &'static str,
    troubled: BTreeSet<String>,
    dropped: BTreeMap<AccountId, u64>,
}

impl Complaints {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, troubled: BTreeSet::new(), dropped: BTreeMap::new() }
    }

    pub(super) fn about(&mut self, url: &str, attempt: &Attempt) {
        let name = self.name;
        // A query may tell what a body would, so it is another one each time, and nobody else's.
        let url = url.split_once('?').map_or(url, |(address, _)| address);
        if attempt.acknowledged() {
            if self.troubled.remove(url) {
                log::info!("{name}: webhooks to {url} arrive again");
            }
            return;
        }
        let what = match (&attempt.error, attempt.status) {
            (Some(error), _) => error.clone(),
            (None, status) => format!("it answered {}", status.unwrap_or_default()),
        };
        // A bounded memory: a user who posts to a thousand dead receivers hears of it again.
        if self.troubled.len() >= 1_000 {
            self.troubled.clear();
        }
        if self.troubled.insert(url.to_owned()) {
            log::warn!(
                "{name}: webhook to {url} failed: {what} (said once; see /__admin/deliveries)"
            );
        } else {
            log::debug!("{name}: webhook to {url} failed: {what}");
        }
    }

    pub(super) fn about_dropped(&mut self, account: AccountId, dropped: u64) {
        if self.dropped.insert(account, dropped) < Some(dropped) {
            let name = self.name;
            log::warn!("{name}: {dropped} webhooks dropped so far: too many are waiting");
        }
    }
}
