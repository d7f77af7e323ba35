//! Deals of the contact centre, and the funnels they move through.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use time::Date;

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
    pub(crate) fn deals(&self) -> impl ExactSizeIterator<Item = &Deal> + Clone {
        self.deals.values()
    }

    /// Returns a deal.
    pub(crate) fn deal(&self, id: u64) -> Option<&Deal> {
        self.deals.get(&id)
    }

    /// Adds a deal, whose identifier is filled in, and returns that.
    pub(crate) fn open_deal(&mut self, mut deal: Deal) -> u64 {
        let taken = self.deals.keys().next_back().copied().into_iter();
        deal.deal_id = take(&mut self.next, FIRST, taken);
        let deal_id = deal.deal_id;
        self.deals.insert(deal_id, deal);
        deal_id
    }

    /// Replaces the deal of the same identifier.
    pub(crate) fn replace_deal(&mut self, deal: Deal) {
        self.deals.insert(deal.deal_id, deal);
    }
}
