//! The tables of an account, compared with what they were: what a checkpoint is asked.

use ringback_mock::Changes;
use serde_json::json;

use super::{Pbx, tables::bwlists::ListKind};

impl Pbx {
    pub(crate) fn compare_tables(&self, before: &Self, changes: &mut Changes) {
        let (old, new) = (&before.tables, &self.tables);
        changes.list("employees", &old.employees, &new.employees, |row| row.user_id);
        changes.list("groups", &old.groups, &new.groups, |row| row.id);
        changes.list("lines", &old.lines, &new.lines, |row| row.line_id);
        changes.list("trunk_numbers", &old.trunk_numbers, &new.trunk_numbers, |row| {
            row.trunk_number_id
        });
        changes.list("schemas", &old.schemas, &new.schemas, |row| row.schema_id);
        changes.list("roles", &old.roles, &new.roles, |row| row.role_id);
        changes.list("sips", &old.sips, &new.sips, |row| row.id);
        changes.list("audio_files", &old.audio_files, &new.audio_files, |row| row.id);
        changes.list("tags", &old.tags, &new.tags, |row| row.id);
        changes.list("visitors", &old.visitors, &new.visitors, |row| row.number.clone());
        changes.table("contacts", old.book.contacts_by_id(), new.book.contacts_by_id());
        changes.table(
            "organizations",
            old.book.organizations_by_id(),
            new.book.organizations_by_id(),
        );
        changes.table("contact_groups", old.book.groups_by_id(), new.book.groups_by_id());
        changes
            .list("funnels", old.sales.funnels(), new.sales.funnels(), |row| row.sales_funnel_id);
        let deals = |pbx: &'_ Self| -> std::collections::BTreeMap<u64, _> {
            pbx.tables.sales.deals().map(|deal| (deal.deal_id, deal.clone())).collect()
        };
        if old.sales != new.sales {
            changes.table("deals", &deals(before), &deals(self));
        }
        let lists = [("black_list", ListKind::Black), ("white_list", ListKind::White)];
        for (name, kind) in lists {
            changes.table(name, old.bwlists.by_id(kind), new.bwlists.by_id(kind));
        }
        let (were, are) = (&before.campaigns, &self.campaigns);
        changes.table("campaigns", were.campaigns_by_id(), are.campaigns_by_id());
        changes.table("campaign_tasks", were.tasks_by_id(), are.tasks_by_id());
        let by_place = |pbx: &'_ Self| -> Vec<_> { (0_u32..).zip(pbx.forced.clone()).collect() };
        let (were, are) = (by_place(before), by_place(self));
        fn rows<R>(rows: &[(u32, R)]) -> impl Iterator<Item = (u32, &R)> {
            rows.iter().map(|(place, row)| (*place, row))
        }
        changes.table("forced_results", rows(&were), rows(&are));
        let account = |pbx: &Self| {
            let tables = &pbx.tables;
            let list = tables.bwlists.active();
            json!({
                "balance": tables.balance, "domains": tables.domains, "bwlists": list,
                "vpbx_api_key": pbx.key(), "settings": pbx.settings,
            })
        };
        changes.single("account", &account(before), &account(self));
    }
}
