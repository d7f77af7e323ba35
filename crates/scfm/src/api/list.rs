//! Lists: filtered, paged, with `Per-Page`, `Total` and `Link`.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName},
};

use super::RequestContext;
use crate::{
    error::Error,
    machine::{Column, Order, Parent, Resource},
    render,
    wire::{Params, address, answer::Answer, pages::Page},
};

/// What a contact takes in a list, rounded up.
const RECORD: usize = 256;

pub(super) async fn index(
    asked: &RequestContext<'_>,
    kind: Resource,
    of: Parent,
) -> Result<Answer, Error> {
    asked.exists(of)?;
    let mut params = Params::of(asked.request, asked.body).await?;
    // The path has won over the query string.
    if let Some(name) = name(of) {
        params.all.shift_remove(name);
    }
    let page = Page::of(&params.all);
    let limit = usize::try_from(page.per_page).unwrap_or(usize::MAX);
    let sort = Sort::of(params.scalar("sort").as_deref());
    let (body, total) = asked
        .scfm
        .read_at(asked.account, |platform, now| {
            let found = match platform.list(now, kind, of, asked.id, &params.all) {
                Ok(found) => found,
                Err(refused) => return Err(Error::from(refused)),
            };
            let ids = match sort.by.as_slice() {
                [] | [(Column::Id, Order::Ascending), ..] => found.page(page.offset(), limit),
                [(Column::Id, Order::Descending), ..] => found.page_back(page.offset(), limit),
                by => platform.sorted(kind, &found, by, page.offset(), limit),
            };
            // Into one piece of memory: a record takes about as much as this.
            let mut out = String::with_capacity(RECORD * (ids.len() + 1));
            out.push('[');
            for (place, id) in ids.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                render::record(platform, kind, id, &mut out);
            }
            out.push(']');
            Ok((out, found.total()))
        })
        .ok_or(Error::Denied)??;
    let url = format!("{}{}", address(asked.scfm, asked.request), asked.request.path());
    let mut answer = Answer::json(StatusCode::OK, body)
        .with(HeaderName::from_static("per-page"), page.per_page.to_string())
        .with(HeaderName::from_static("total"), total.to_string());
    if let Some(links) = page.links(&url, &params.query, total) {
        answer = answer.with(header::LINK, links);
    }
    Ok(answer)
}

/// The name of the parameter that a nested path gives.
fn name(of: Parent) -> Option<&'static str> {
    match of {
        Parent::All | Parent::RemoteEvent => None,
        Parent::Contact => Some("contact_id"),
        Parent::Callout => Some("callout_id"),
        Parent::Population | Parent::PopulationPreview => Some("callout_population_id"),
        Parent::Participation => Some("callout_participation_id"),
        Parent::PhoneCall => Some("phone_call_id"),
        Parent::Batch | Parent::BatchPreview => Some("batch_operation_id"),
    }
}

/// Ascending ids, unless `sort` of 2018 says otherwise: keys in their order, `-` for descending.
struct Sort {
    by: Vec<(Column, Order)>,
}

impl Sort {
    fn of(sort: Option<&str>) -> Self {
        let keys = sort.unwrap_or_default().split(',').map(str::trim);
        let by = keys.filter_map(|key| {
            let (name, order) = match key.strip_prefix('-') {
                Some(name) => (name, Order::Descending),
                None => (key, Order::Ascending),
            };
            Some((Column::of(name)?, order))
        });
        Self { by: by.collect() }
    }
}
