//! Carriers: by which number and how many at once a campaign calls.

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{PerNetwork, room};
use crate::machine::{Pbx, Rejected};

/// A gateway by which calls leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) gateway_uuid: Uuid,
    pub(crate) gateway: String,
    pub(crate) description: String,
}

/// What a client says of a carrier.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct CarrierColumns {
    pub carrier_name: String,
    pub gateway_uuid: String,
    pub caller_id: String,
    pub description: String,
    pub dial_type: String,
    pub network: PerNetwork,
    /// Numbers and prefixes, as the client gives them.
    pub data: Map<String, Value>,
    pub concurrent_call: u32,
}

/// A carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carrier {
    pub(crate) carrier_uuid: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) columns: CarrierColumns,
}

const NOT_EXISTS: Rejected = Rejected::NotFound("carrier_name is not exists");

impl Pbx {
    fn check_carrier(&self, columns: &CarrierColumns, own: Option<Uuid>) -> Result<(), Rejected> {
        let mut others =
            self.center.carriers.iter().filter(|carrier| Some(carrier.carrier_uuid) != own);
        if others.any(|carrier| carrier.columns.carrier_name == columns.carrier_name) {
            return Err(Rejected::Bad("carrier_name is exists"));
        }
        let gateway = columns.gateway_uuid.parse().ok();
        match self.center.gateways.iter().any(|row| Some(row.gateway_uuid) == gateway) {
            true => Ok(()),
            false => Err(Rejected::Bad("gateway_uuid is not exists")),
        }
    }

    pub(super) fn create_carrier(
        &mut self,
        now: OffsetDateTime,
        columns: CarrierColumns,
    ) -> Result<Value, Rejected> {
        room(self.center.carriers.len())?;
        self.check_carrier(&columns, None)?;
        let carrier_uuid = self.draw_id();
        self.center.carriers.push(Carrier {
            carrier_uuid,
            created_at: now,
            updated_at: now,
            columns,
        });
        Ok(json!({ "carrier_uuid": carrier_uuid, "created": true }))
    }

    pub(super) fn change_carrier(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        columns: CarrierColumns,
    ) -> Result<Value, Rejected> {
        if !self.center.carriers.iter().any(|carrier| carrier.carrier_uuid == id) {
            return Err(NOT_EXISTS);
        }
        self.check_carrier(&columns, Some(id))?;
        let found = self.center.carriers.iter_mut().find(|carrier| carrier.carrier_uuid == id);
        if let Some(carrier) = found {
            (carrier.columns, carrier.updated_at) = (columns, now);
        }
        for campaign in self.campaigns_by(id) {
            self.wake(campaign, now);
        }
        Ok(json!({ "carrier_uuid": id }))
    }

    pub(super) fn delete_carrier(&mut self, id: Uuid) -> Result<Value, Rejected> {
        let before = self.center.carriers.len();
        self.center.carriers.retain(|carrier| carrier.carrier_uuid != id);
        match self.center.carriers.len() < before {
            // So the published answer has it.
            true => Ok(json!({ "carrier_uuid": id, "created": true })),
            false => Err(NOT_EXISTS),
        }
    }

    /// Returns the campaigns that call by a carrier.
    pub(super) fn campaigns_by(&self, carrier: Uuid) -> Vec<Uuid> {
        let own = carrier.to_string();
        let rows = self.tables.campaigns.iter();
        let rows = rows.filter(|row| row.columns.carrier_uuid == own);
        rows.map(|row| row.campaign_uuid).collect()
    }

    /// Returns how many calls of a carrier's campaigns are under way.
    pub(crate) fn calls_by(&self, carrier: Uuid) -> u32 {
        let own = carrier.to_string();
        let live = self.tables.runs.iter().map(|(id, run)| {
            let campaign = self.tables.campaign_of(*id);
            let is_own = campaign.is_some_and(|campaign| campaign.columns.carrier_uuid == own);
            if is_own { run.live } else { 0 }
        });
        live.sum()
    }
}
