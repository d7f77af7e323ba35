//! Which instance, and which account of it, a control request is about.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Control, Refused};
use crate::{AccountId, Mount};

/// The instances a request is about: the one it names, or all of the port.
pub(super) struct Named {
    mounts: Vec<Arc<dyn Mount>>,
    query: Query,
    request: HttpRequest,
}

#[derive(Debug, Default, Deserialize)]
struct Query {
    account: Option<String>,
    limit: Option<usize>,
}

impl FromRequest for Named {
    type Error = Refused;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Named {
    fn of(request: &HttpRequest) -> Result<Self, Refused> {
        let query = serde_urlencoded::from_str(request.query_string())
            .map_err(|error| Refused::malformed(format!("query: {error}")))?;
        let Some(control) = request.app_data::<web::Data<Control>>() else {
            return Err(super::nowhere());
        };
        let mut mounts = control.mounts.clone();
        if let Some(vendor) = request.match_info().get("vendor") {
            mounts.retain(|mount| mount.name() == vendor);
            if mounts.is_empty() {
                return Err(Refused::no_such(&format!("vendor here: {vendor}")));
            }
        }
        Ok(Self { mounts, query, request: request.clone() })
    }

    /// Returns the instances.
    pub(super) fn mounts(&self) -> &[Arc<dyn Mount>] {
        &self.mounts
    }

    /// Asks every instance: one alone answers for itself, several by name.
    pub(super) fn each(
        &self,
        mut ask: impl FnMut(&Arc<dyn Mount>) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        if let [only] = self.mounts.as_slice() {
            return ask(only);
        }
        let mut answers = Map::new();
        for mount in &self.mounts {
            answers.insert(mount.name().to_owned(), ask(mount)?);
        }
        Ok(Value::from_iter([("vendors", Value::Object(answers))]))
    }

    /// Returns the one instance and account the request is about.
    pub(super) fn one(&self) -> Result<(&Arc<dyn Mount>, AccountId), Refused> {
        let [mount] = self.mounts.as_slice() else {
            let names: Vec<&str> = self.mounts.iter().map(|mount| mount.name()).collect();
            let names = names.join(", ");
            return Err(Refused::malformed(format!(
                "several vendors here: use /__admin/{{vendor}}/… with one of {names}"
            )));
        };
        let account = mount.account(self.query.account.as_deref());
        let account = account.ok_or_else(|| Refused::no_such("account"))?;
        Ok((mount, account))
    }

    /// Returns a parameter of the path.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    /// Returns how many items to show at most.
    pub(super) fn limit(&self) -> usize {
        self.query.limit.unwrap_or(100).min(10_000)
    }
}
