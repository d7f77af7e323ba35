//! Handlers by resource: parse, one command or one read, render.

pub(crate) mod auth;
pub(crate) mod autocall;
pub(crate) mod call;
pub(crate) mod call_report;
pub(crate) mod campaigns;
pub(crate) mod carriers;
pub(crate) mod cdr;
pub(crate) mod click2call;
pub(crate) mod event;
pub(crate) mod extension;
pub(crate) mod leads;
pub(crate) mod monitor;
pub(crate) mod order;
pub(crate) mod people;
pub(crate) mod recording;
pub(crate) mod report;
pub(crate) mod scripts;
pub(crate) mod tables;
pub(crate) mod tenant;
pub(crate) mod voicemail;

use actix_web::HttpResponse;

use crate::error::Error;

/// What every handler returns.
pub(crate) type Answer = Result<HttpResponse, Error>;
