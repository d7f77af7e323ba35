//! The order of a list that a request asks for. vendors/scfm.md, 6.

use std::cmp::Ordering;

use super::{
    Platform, Resource,
    table::{Row, Selection, Table},
};

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Id,
    CreatedAt,
    UpdatedAt,
    Msisdn,
}

/// In which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl Column {
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            "id" => Some(Self::Id),
            "created_at" => Some(Self::CreatedAt),
            "updated_at" => Some(Self::UpdatedAt),
            "msisdn" => Some(Self::Msisdn),
            _ => None,
        }
    }
}

impl Platform {
    /// Returns a page of a selection in another order than that of the ids.
    pub(crate) fn sorted(
        &self,
        kind: Resource,
        found: &Selection<'_>,
        by: &[(Column, Order)],
        offset: u64,
        limit: usize,
    ) -> Vec<u32> {
        match kind {
            Resource::Contact => {
                page(&self.contacts, found, by, |row| row.msisdn.digits(), offset, limit)
            }
            Resource::Participation => {
                page(&self.participations, found, by, |row| row.msisdn.digits(), offset, limit)
            }
            Resource::PhoneCall => {
                page(&self.phone_calls, found, by, |row| row.msisdn.digits(), offset, limit)
            }
            // These have no number, so to sort by it leaves them as they are.
            Resource::Callout => page(&self.callouts, found, by, |_| 0, offset, limit),
            Resource::Population | Resource::Batch => {
                page(&self.batches, found, by, |_| 0, offset, limit)
            }
            Resource::RemoteEvent => page(&self.events, found, by, |_| 0, offset, limit),
        }
    }
}

fn page<R: Row>(
    table: &Table<R>,
    found: &Selection<'_>,
    by: &[(Column, Order)],
    msisdn: impl Fn(&R) -> u64,
    offset: u64,
    limit: usize,
) -> Vec<u32> {
    let compare = |one: &u32, other: &u32| {
        let of = |column: Column, id: u32| -> i128 {
            match column {
                Column::Id => id.into(),
                Column::CreatedAt => table.created_at(id).0.into(),
                Column::UpdatedAt => table.get(id).map_or(0, |row| row.updated_at().0.into()),
                Column::Msisdn => table.get(id).map_or(0, |row| msisdn(row).into()),
            }
        };
        let orders = by.iter().map(|(column, order)| {
            let ascending = of(*column, *one).cmp(&of(*column, *other));
            if *order == Order::Descending { ascending.reverse() } else { ascending }
        });
        // Where all keys are the same, the order of the ids remains.
        orders.fold(Ordering::Equal, Ordering::then)
    };
    let mut ids = found.page(0, usize::MAX);
    ids.sort_by(compare);
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    ids.into_iter().skip(offset).take(limit).collect()
}
