//! A request of the control API, read: which instances and account it is about, its query, its body.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpRequest, http::StatusCode, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Control, Problem};
use crate::{
    AccountId, Mount,
    bench::{Bench, verify::Scope},
    router::account_header,
};

/// An instance with those of its accounts that a list covers.
type Covered<'a> = (&'a Arc<dyn Mount>, Vec<AccountId>);

/// A request of the control API.
pub(super) struct Ask {
    /// The instances it is about: the one it names, or all of the port.
    pub(super) mounts: Vec<Arc<dyn Mount>>,
    pub(super) control: web::Data<Control>,
    /// The path behind `/__admin`, and behind the vendor if it names one.
    pub(super) path: String,
    pub(super) params: Vec<(String, String)>,
    query: BTreeMap<String, String>,
    account: Option<String>,
    body: Result<web::Bytes, Problem>,
    pub(super) request: HttpRequest,
}

impl Ask {
    pub(super) fn read(
        control: &web::Data<Control>,
        request: &HttpRequest,
        body: Result<web::Bytes, actix_web::Error>,
    ) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string())
            .map_err(|error| Problem::malformed(format!("query: {error}")))?;
        let mut query = BTreeMap::new();
        for (name, value) in pairs {
            if query.contains_key(&name) {
                return Err(Problem::at(&name, "given twice"));
            }
            query.insert(name, value);
        }
        let account = query.remove("account").or_else(|| account_header(request.headers()));
        let body = body.map_err(|error| {
            let status = error.as_response_error().status_code();
            Problem::new(status, "the body cannot be read")
        });
        let path = request.path().strip_prefix("/__admin").unwrap_or_default();
        let mut mounts = control.mounts.clone();
        let mut path = path.trim_end_matches('/').to_owned();
        let named = path.get(1..).unwrap_or_default();
        let (first, rest) = named.split_once('/').unwrap_or((named, ""));
        if let Some(mount) = control.mounts.iter().find(|mount| mount.name() == first) {
            mounts = vec![Arc::clone(mount)];
            path = if rest.is_empty() { String::new() } else { format!("/{rest}") };
        }
        let (params, request, control) = (Vec::new(), request.clone(), control.clone());
        Ok(Self { mounts, control, path, params, query, account, body, request })
    }

    /// Waits until what other processes have written is seen here, but for what is asked about this
    /// process alone.
    pub(super) async fn catch_up(&self) -> Result<(), Problem> {
        if matches!(self.path.as_str(), "/health" | "/readyz" | "/log") {
            return Ok(());
        }
        for mount in &self.mounts {
            mount.catch_up().await?;
        }
        Ok(())
    }

    /// Refuses query keys other than those that the request takes.
    pub(super) fn takes(&self, keys: &[&str]) -> Result<(), Problem> {
        match self.query.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) if key == "vendor" => {
                let hint = format!("the path says which: /__admin/{{vendor}}{}", self.path);
                Err(Problem::at(key, "unknown query key").hint(hint))
            }
            Some(key) => {
                let known: Vec<&str> = keys.iter().copied().chain(["account"]).collect();
                Err(Problem::unknown("query key", key, &known))
            }
            None => Ok(()),
        }
    }

    /// Refuses a body where none is read.
    pub(super) fn takes_no_body(&self) -> Result<(), Problem> {
        match &self.body {
            Ok(body) if body.iter().all(u8::is_ascii_whitespace) => Ok(()),
            Ok(body) if body.as_ref() == b"{}" => Ok(()),
            Ok(_) | Err(_) => Err(Problem::malformed("no body is read here")),
        }
    }

    pub(super) fn param(&self, name: &str) -> &str {
        let param = self.params.iter().find(|(known, _)| known == name);
        param.map_or("", |(_, value)| value)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// Reads how many items are wanted: 100 unless said, at most 1,000.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        match self.query("limit").map(str::parse::<usize>) {
            None => Ok(100),
            Some(Ok(limit)) if (1..=1_000).contains(&limit) => Ok(limit),
            Some(_) => Err(Problem::at("limit", "has to be a number from 1 to 1000")),
        }
    }

    /// Returns the body as it came.
    pub(super) fn bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// Returns the body as it came, and refuses one that could not be read.
    pub(super) fn raw(&mut self) -> Result<web::Bytes, Problem> {
        std::mem::replace(&mut self.body, Ok(web::Bytes::new()))
    }

    /// Reads a JSON object from the body; an empty body is an empty object.
    pub(super) fn object(&mut self) -> Result<Map<String, Value>, Problem> {
        let body = std::mem::replace(&mut self.body, Ok(web::Bytes::new()))?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Map::new());
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Problem::malformed("the body has to be a JSON object")),
            Err(error) => Err(Problem::malformed(format!("the body is not JSON: {error}"))),
        }
    }

    /// Reads the body as an object with these keys alone.
    pub(super) fn fields(&mut self, keys: &[&str]) -> Result<Map<String, Value>, Problem> {
        let object = self.object()?;
        match object.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(Problem::unknown("key", key, keys).pointing(&format!("/{key}"))),
            None => Ok(object),
        }
    }

    /// Returns whether the request names an account, or all of them.
    pub(super) fn names_account(&self) -> bool {
        self.account.is_some()
    }

    /// Returns whether the request names all accounts.
    pub(super) fn names_all_accounts(&self) -> bool {
        self.account.as_deref() == Some("*")
    }

    /// Refuses an account where a request is about none of them.
    pub(super) fn takes_no_account(&self) -> Result<(), Problem> {
        match self.names_account() {
            true => Err(Problem::at("account", "this is not about the world of one account")),
            false => Ok(()),
        }
    }

    /// Returns whether something of an account may be what is asked for: an id says whose it is, and
    /// an account beside it must not say otherwise.
    pub(super) fn is_about(&self, mount: &Arc<dyn Mount>, account: AccountId) -> bool {
        match self.account.as_deref() {
            None | Some("*") => true,
            Some(named) => mount.account(Some(named)) == Some(account),
        }
    }

    /// Returns where clients reach an instance. On the hub it listens elsewhere; on its own port it is
    /// reached as this was.
    pub(super) fn base_url(&self, mount: &dyn Mount) -> Option<String> {
        let here = (!self.control.is_hub).then(|| mount.came_by(&self.request));
        here.or_else(|| mount.address())
    }

    /// Returns the one instance the request is about.
    pub(super) fn mount(&self) -> Result<&Arc<dyn Mount>, Problem> {
        match self.mounts.as_slice() {
            [mount] => Ok(mount),
            mounts => {
                let names: Vec<&str> = mounts.iter().map(|mount| mount.name()).collect();
                let why = format!("several vendors here: {}", names.join(", "));
                let hint = "name one: /__admin/{vendor}/…".to_owned();
                Err(Problem::malformed(why).hint(hint))
            }
        }
    }

    /// Returns the one instance and account the request is about.
    pub(super) fn one(&self) -> Result<(&Arc<dyn Mount>, AccountId), Problem> {
        let mount = self.mount()?;
        if self.account.as_deref() == Some("*") {
            return Err(Problem::at("account", "only lists cover all accounts"));
        }
        let account = mount.account(self.account.as_deref());
        Ok((mount, account.ok_or_else(|| self.no_account())?))
    }

    /// Returns the bench of the instances that the request is about.
    pub(super) fn bench(&self) -> Result<&Arc<Bench>, Problem> {
        let mut benches = self.mounts.iter().map(|mount| mount.bench());
        let first = benches.next().ok_or_else(Problem::nowhere)?;
        match benches.all(|bench| Arc::ptr_eq(bench, first)) {
            true => Ok(first),
            // Instances of a Rust test that were not given the same.
            false => self.mount().map(|mount| mount.bench()),
        }
    }

    /// Returns whose happenings the request is about: the demo account's and nobody's, those of the
    /// account it names, or all.
    pub(super) fn scope(&self) -> Result<Scope, Problem> {
        if self.account.as_deref() == Some("*") {
            return Ok(Scope::all(self.mounts.clone()));
        }
        let covered = self.several()?;
        let one_each = covered.into_iter().filter_map(|(mount, accounts)| {
            accounts.first().map(|account| (Arc::clone(mount), *account))
        });
        Ok(Scope::accounts(one_each.collect(), !self.names_account()))
    }

    /// Returns the instances with those of their accounts that a list covers.
    pub(super) fn several(&self) -> Result<Vec<Covered<'_>>, Problem> {
        let accounts = |mount: &Arc<dyn Mount>| match self.account.as_deref() {
            Some("*") => mount.accounts().into_iter().map(|(id, _)| id).collect(),
            named => mount.account(named).into_iter().collect(),
        };
        let found: Vec<Covered<'_>> =
            self.mounts.iter().map(|mount| (mount, accounts(mount))).collect();
        match found.iter().all(|(_, accounts)| accounts.is_empty()) && !found.is_empty() {
            true => Err(self.no_account()),
            false => Ok(found),
        }
    }

    fn no_account(&self) -> Problem {
        let named = self.account.as_deref().unwrap_or_default();
        let hint = "PUT /__admin/accounts/{credential} makes one".to_owned();
        Problem::new(StatusCode::NOT_FOUND, format!("no such account: {named:?}")).hint(hint)
    }
}

/// Reads a value of the body by serde, saying where it is wrong.
pub(super) fn value<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Problem> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match serde_json::from_value(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(Problem::misread(&error.to_string(), &format!("/{name}"))),
        },
    }
}
