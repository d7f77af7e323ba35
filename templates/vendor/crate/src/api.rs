//! Handlers: parse, one command or one read, render.

use actix_web::{HttpResponse, web};
use ringback_mock::{AccountId, Instance};

use crate::{NewVendor, error::Error, wire::CallRecord};

/// `GET /calls`: finished calls, oldest first.
pub(crate) async fn list_calls(
    vendor: web::Data<Instance<NewVendor>>,
) -> Result<HttpResponse, Error> {
    let answer = vendor.read(AccountId::DEMO, |pbx| {
        let calls: Vec<CallRecord<'_>> = pbx.history().iter().map(CallRecord::from).collect();
        HttpResponse::Ok().json(calls)
    });
    answer.ok_or(Error::NotFound)
}
