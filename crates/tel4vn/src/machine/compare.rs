//! The tables of a tenant, compared with what they were: what a checkpoint is asked.

use std::collections::BTreeMap;

use ringback_mock::Changes;
use serde_json::{Value, json};

use super::Pbx;

impl Pbx {
    pub(crate) fn compare_tables(&self, before: &Self, changes: &mut Changes) {
        let (old, new) = (&before.tables, &self.tables);
        changes.table("phones", &before.phones, &self.phones);
        changes.list("hooks", &before.hooks, &self.hooks, |hook| hook.id);
        changes.list("templates", &old.templates, &new.templates, |row| row.template_uuid);
        changes.list("campaigns", &old.campaigns, &new.campaigns, |row| row.campaign_uuid);
        changes.list("audios", &old.audios, &new.audios, |row| row.audio_uuid);
        changes.list("blacklist", &old.blacklist, &new.blacklist, |row| row.id);
        changes.table("smartrouting", &old.smartrouting, &new.smartrouting);
        changes.list("mailboxes", &old.mailboxes, &new.mailboxes, |row| row.id);
        changes.list("messages", &old.messages, &new.messages, |row| row.id);
        changes.table("tenants", &old.tenants, &new.tenants);
        changes.table("dialler", &old.dialler, &new.dialler);
        let runs = |pbx: &Self| -> BTreeMap<_, Value> {
            let shown = |run: &super::tables::Run| json!({ "pending": run.pending.len(), "live": run.live, "most": run.most });
            pbx.tables.runs.iter().map(|(campaign, run)| (*campaign, shown(run))).collect()
        };
        changes.table("campaign_runs", &runs(before), &runs(self));
        let (was, is) = (&before.center, &self.center);
        changes.list("lists", &was.lists, &is.lists, |row| row.list_uuid);
        changes.table("leads", was.leads.rows(), is.leads.rows());
        changes.list("carriers", &was.carriers, &is.carriers, |row| row.carrier_uuid);
        changes.list("users", &was.users, &is.users, |row| row.user_uuid);
        changes.list("groups", &was.groups, &is.groups, |row| row.group_uuid);
        changes.table("agents", &was.agents, &is.agents);
        let account = |pbx: &Self| json!({ "settings": pbx.settings, "tokens": pbx.tokens.count(), "user": pbx.tenant.user });
        changes.single("account", &account(before), &account(self));
    }
}
