//! Deals of the contact centre, and the funnels they move through.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use time::Date;

use super::staff::{set, set_some};
use super::{in_order, take};

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// The first identifier of a deal.
const FIRST: u64 = 480_000_001;

/// How far a deal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DealStatus {
    InWork,
    Succeed,
    Failed,
    Delete,
}

impl DealStatus {
    /// Every status with its word on the wire.
    pub(crate) const WORDS: [(&'static str, Self); 4] = [
        ("in_work", Self::InWork),
        ("succeed", Self::Succeed),
        ("failed", Self::Failed),
        ("delete", Self::Delete),
    ];
}

/// Why a deal got its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    TooExpensive,
    BadCondition,
    Competitor,
    MissingDemand,
    Alternative,
}

impl Reason {
    /// Every reason with its word on the wire.
    pub(crate) const WORDS: [(&'static str, Self); 5] = [
        ("too_expensive", Self::TooExpensive),
        ("bad_condition", Self::BadCondition),
        ("competitor", Self::Competitor),
        ("missing_demand", Self::MissingDemand),
        ("alternative", Self::Alternative),
    ];
}

/// A deal. The day it was made on is not shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deal {
    pub(crate) deal_id: u64,
    pub(crate) name: String,
    pub(crate) abonent_id: Option<u64>,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) amount: Number,
    pub(crate) status: DealStatus,
    #[serde(default)]
    pub(crate) reason_comment: String,
    pub(crate) contact_id: Option<u64>,
    pub(crate) step_id: u64,
    pub(crate) funnel_id: u64,
    #[serde(default)]
    pub(crate) custom_fields: Option<Value>,
    #[serde(default)]
    pub(crate) status_change_reason: Option<Reason>,
    /// In Moscow.
    #[serde(with = "day")]
    pub(crate) created_on: Date,
}

/// A way of deals from the first step to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Funnel {
    pub(crate) sales_funnel_id: u64,
    pub(crate) name: String,
    pub(crate) deleted: bool,
    /// None of a deleted funnel.
    pub(crate) steps: Option<Vec<Step>>,
}

/// A step of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) step_id: u64,
    pub(crate) name: String,
}

/// What a request says about a deal. What is absent keeps its value.
#[derive(Debug, Default)]
pub(crate) struct DealFields {
    pub(crate) name: Option<String>,
    pub(crate) abonent_id: Option<u64>,
    pub(crate) description: Option<String>,
    pub(crate) amount: Option<Number>,
    pub(crate) status: Option<DealStatus>,
    pub(crate) reason_comment: Option<String>,
    pub(crate) contact_id: Option<u64>,
    pub(crate) step_id: Option<u64>,
    pub(crate) funnel_id: Option<u64>,
    pub(crate) custom_fields: Option<Value>,
    pub(crate) status_change_reason: Option<Reason>,
    pub(crate) created_on: Option<Date>,
}

impl DealFields {
    fn apply(self, deal: &mut Deal) {
        set(&mut deal.name, self.name);
        set_some(&mut deal.abonent_id, self.abonent_id);
        set(&mut deal.description, self.description);
        set(&mut deal.amount, self.amount);
        set(&mut deal.status, self.status);
        set(&mut deal.reason_comment, self.reason_comment);
        set_some(&mut deal.contact_id, self.contact_id);
        set(&mut deal.step_id, self.step_id);
        set(&mut deal.funnel_id, self.funnel_id);
        set_some(&mut deal.custom_fields, self.custom_fields);
        set_some(&mut deal.status_change_reason, self.status_change_reason);
        set(&mut deal.created_on, self.created_on);
    }
}

/// All deals and funnels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sales {
    funnels: Vec<Funnel>,
    #[serde(serialize_with = "in_order", deserialize_with = "by_id")]
    deals: BTreeMap<u64, Deal>,
    #[serde(default)]
    next: u64,
}

fn by_id<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<u64, Deal>, D::Error> {
    let deals = Vec::<Deal>::deserialize(from)?;
    Ok(deals.into_iter().map(|deal| (deal.deal_id, deal)).collect())
}

impl Sales {
    /// The most deals.
    pub(crate) const MOST: usize = 100_000;

    /// Returns the funnels.
    pub(crate) fn funnels(&self) -> &[Funnel] {
        &self.funnels
    }

    /// Returns an open funnel and one of its steps: those named, else the first of each.
    ///
    /// # Errors
    /// Which of the two does not exist: `funnel_id` or `step_id`.
    pub(crate) fn place(
        &self,
        funnel_id: Option<u64>,
        step_id: Option<u64>,
    ) -> Result<(u64, u64), &'static str> {
        let mut open = self.funnels.iter().filter(|funnel| !funnel.deleted);
        let steps = |funnel: &Funnel| funnel.steps.clone().unwrap_or_default();
        let has = |funnel: &Funnel, id| steps(funnel).iter().any(|step| step.step_id == id);
        let funnel = open.find(|funnel| match (funnel_id, step_id) {
            (Some(id), _) => funnel.sales_funnel_id == id,
            // A step says which funnel is meant.
            (None, Some(id)) => has(funnel, id),
            (None, None) => true,
        });
        let blamed = if funnel_id.is_none() && step_id.is_some() { "step_id" } else { "funnel_id" };
        let funnel = funnel.ok_or(blamed)?;
        let steps = steps(funnel);
        let mut steps = steps.iter().map(|step| step.step_id);
        let step = steps.find(|id| step_id.is_none_or(|wanted| wanted == *id)).ok_or("step_id")?;
        Ok((funnel.sales_funnel_id, step))
    }

    /// Returns the deals in the order of their identifiers.
    pub(crate) fn deals(&self) -> impl ExactSizeIterator<Item = &Deal> {
        self.deals.values()
    }

    /// Returns a deal.
    pub(crate) fn deal(&self, id: u64) -> Option<&Deal> {
        self.deals.get(&id)
    }

    /// Adds a deal in a place, and returns its identifier.
    pub(crate) fn open_deal(&mut self, place: (u64, u64), on: Date, fields: DealFields) -> u64 {
        let deal_id =
            take(&mut self.next, FIRST, self.deals.keys().next_back().copied().into_iter());
        let (funnel_id, step_id) = place;
        let mut deal = Deal {
            deal_id,
            name: String::new(),
            abonent_id: None,
            description: String::new(),
            amount: 0.into(),
            status: DealStatus::InWork,
            reason_comment: String::new(),
            contact_id: None,
            step_id,
            funnel_id,
            custom_fields: None,
            status_change_reason: None,
            created_on: on,
        };
        fields.apply(&mut deal);
        self.deals.insert(deal_id, deal);
        deal_id
    }

    /// Changes a deal.
    pub(crate) fn change_deal(&mut self, id: u64, fields: DealFields) {
        if let Some(deal) = self.deals.get_mut(&id) {
            fields.apply(deal);
        }
    }
}
