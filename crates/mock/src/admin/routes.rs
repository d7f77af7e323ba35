//! Every route of the control API: one table.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, http::Method};
use futures_util::future::LocalBoxFuture;

use super::{
    Answer, Ask, Problem, about, accounts, background, calls, chaos, checkpoints, clock,
    deliveries, doctor, events, inboxes, index, journal, log, metrics, openapi, relay, shown,
    snapshots, verify, wiremock as wm, world,
};

use crate::nearest;

type Run = fn(Ask) -> LocalBoxFuture<'static, Answer>;

/// One request of the control API.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// The path behind `/__admin`.
    pub(super) path: &'static str,
    /// The query keys it takes, beside `account`.
    pub(super) query: &'static [&'static str],
    /// Whether it reads a body.
    pub(super) reads: bool,
    run: Run,
}

macro_rules! routes {
    ($($method:ident $path:literal $query:expr, $body:ident => $run:path;)+) => {
        &[$(Route {
            method: stringify!($method),
            path: $path,
            query: &$query,
            reads: routes!(@ $body),
            run: |ask| Box::pin($run(ask)),
        },)+]
    };
    (@ none) => { false };
    (@ json) => { true };
}

const CALLS: [&str; 10] =
    ["state", "from", "to", "direction", "cause", "vendor_id", "since", "limit", "after", "order"];
const MESSAGES: [&str; 7] = ["limit", "after", "order", "method", "path", "delivery", "call"];
const DELIVERIES: [&str; 6] = ["state", "event", "call", "url", "limit", "after"];

const JOURNAL: [&str; 12] = [
    "operation",
    "path",
    "status",
    "method",
    "call",
    "refused",
    "step",
    "since",
    "limit",
    "after",
    "order",
    "secrets",
];
const REQUESTS: [&str; 4] = ["limit", "since", "unmatched", "matchingStub"];
const JOURNAL_PAGE: [&str; 5] = ["limit", "after", "order", "secrets", "since"];

/// The table: what is served is what the index lists.
pub(super) static ROUTES: &[Route] = routes! {
    GET "" [], none => index::index;
    GET "/health" [], none => index::health;
    GET "/readyz" [], none => log::ready;
    GET "/log" [], none => log::show;
    GET "/log.jsonl" [], none => log::export;
    GET "/accounts" [], none => accounts::list;
    GET "/accounts/{credential}" [], none => accounts::show;
    PUT "/accounts/{credential}" [], none => accounts::create;
    DELETE "/accounts/{credential}" [], none => accounts::remove;
    GET "/clock" [], none => clock::show;
    PUT "/clock" [], json => clock::set;
    POST "/clock/freeze" [], none => clock::freeze;
    POST "/clock/release" [], none => clock::release;
    POST "/clock/rate" [], json => clock::rate;
    POST "/clock/advance" [], json => clock::advance;
    POST "/reset" ["only"], none => world::reset;
    GET "/calls" CALLS, none => calls::list;
    POST "/calls" [], json => calls::dial;
    GET "/calls/{id}" [], none => calls::show;
    GET "/calls/{id}/events" [], none => calls::events;
    GET "/calls/{id}/recording.wav" [], none => calls::recording;
    GET "/calls/{id}/views" [], none => shown::views;
    GET "/calls/{id}/ladder" ["format"], none => shown::ladder;
    POST "/calls/{id}/{verb}" [], json => calls::drive;
    POST "/control" [], json => calls::control;
    GET "/extensions" [], none => world::extensions;
    GET "/extensions/{number}" [], none => world::extension;
    PUT "/extensions/{number}" [], json => world::set_extension;
    PATCH "/extensions/{number}" [], json => world::change_extension;
    DELETE "/extensions/{number}" [], none => world::remove_extension;
    GET "/services" [], none => world::services;
    GET "/services/{number}" [], none => world::service;
    PUT "/services/{number}" [], json => world::set_service;
    DELETE "/services/{number}" [], none => world::remove_service;
    GET "/behaviours" [], none => world::behaviours;
    POST "/behaviours" [], json => world::add_rule;
    PUT "/behaviours" [], json => world::set_rules;
    DELETE "/behaviours" [], none => world::clear_rules;
    GET "/behaviours/{id}" [], none => world::behaviour;
    PUT "/behaviours/{id}" [], json => world::replace_rule;
    DELETE "/behaviours/{id}" [], none => world::remove_rule;
    GET "/traffic" [], none => background::traffic;
    PUT "/traffic" [], json => background::set_traffic;
    DELETE "/traffic" [], none => background::stop_traffic;
    GET "/record_faults" [], none => background::record_faults;
    PUT "/record_faults" [], json => background::set_record_faults;
    DELETE "/record_faults" [], none => background::heal_records;
    GET "/events" ["since", "kind", "vendor"], none => events::stream;
    GET "/metrics" [], none => metrics::metrics;
    GET "/openapi.json" [], none => openapi::control;
    GET "/openapi/{vendor}" [], none => openapi::vendor;
    GET "/doctor" ["since", "until", "limit"], none => doctor::check;
    POST "/doctor" ["since", "until", "limit", "offset", "duration"], json => doctor::compare;
    GET "/deliveries" DELIVERIES, none => deliveries::list;
    GET "/deliveries/{id}" [], none => deliveries::show;
    POST "/deliveries/{id}/resend" [], none => deliveries::resend;
    POST "/deliveries/{id}/skip_wait" [], none => deliveries::skip_wait;
    POST "/calls/{id}/resend" [], json => deliveries::resend_call;
    POST "/webhook/test" [], none => deliveries::test;
    GET "/inboxes" [], none => inboxes::list;
    GET "/inboxes/{name}" [], none => inboxes::show;
    PUT "/inboxes/{name}" [], json => inboxes::set;
    DELETE "/inboxes/{name}" [], none => inboxes::remove;
    GET "/inboxes/{name}/messages" MESSAGES, none => inboxes::messages;
    DELETE "/inboxes/{name}/messages" [], none => inboxes::forget;
    GET "/inboxes/{name}/messages/{id}" [], none => inboxes::message;
    GET "/chaos" [], none => chaos::show;
    PUT "/chaos" [], json => chaos::set;
    DELETE "/chaos" [], none => chaos::clear;
    GET "/webhook" [], none => deliveries::target;
    PUT "/webhook" [], json => deliveries::retarget;
    GET "/journal" JOURNAL, none => journal::list;
    DELETE "/journal" [], none => journal::clear;
    POST "/journal/query" JOURNAL_PAGE, json => journal::query;
    GET "/journal/{id}" ["secrets"], none => journal::show;
    GET "/journal/{id}/curl" ["secrets"], none => journal::curl;
    GET "/journal.jsonl" JOURNAL, none => journal::lines;
    GET "/journal.har" JOURNAL, none => journal::archive;
    POST "/verify" [], json => verify::verify;
    POST "/wait" [], json => verify::wait;
    POST "/accounts/{credential}/fork" [], json => snapshots::fork;
    GET "/snapshots" [], none => snapshots::list;
    POST "/snapshots" ["name"], json => snapshots::take;
    GET "/snapshots/{name}" [], none => snapshots::show;
    DELETE "/snapshots/{name}" [], none => snapshots::remove;
    POST "/snapshots/{name}/restore" [], none => snapshots::restore;
    GET "/checkpoints" [], none => checkpoints::list;
    POST "/checkpoints" [], json => checkpoints::save;
    GET "/checkpoints/{name}" [], none => checkpoints::show;
    DELETE "/checkpoints/{name}" [], none => checkpoints::remove;
    POST "/checkpoints/{name}/rewind" [], none => checkpoints::rewind;
    GET "/changes" ["since", "limit"], none => checkpoints::changes;
    POST "/request" [], json => relay::request;
    GET "/config.toml" [], none => about::config;
    GET "/output" [], none => about::output;
    GET "/mappings" ["limit", "offset"], none => wm::mappings::list;
    POST "/mappings" [], json => wm::mappings::create;
    DELETE "/mappings" [], none => wm::mappings::clear;
    POST "/mappings/reset" [], none => wm::mappings::reset;
    POST "/mappings/save" [], none => wm::mappings::save;
    POST "/mappings/import" [], json => wm::mappings::import;
    POST "/mappings/find-by-metadata" [], json => wm::mappings::find_by_metadata;
    POST "/mappings/remove-by-metadata" [], json => wm::mappings::remove_by_metadata;
    GET "/mappings/unmatched" [], none => wm::mappings::unmatched;
    DELETE "/mappings/unmatched" [], none => wm::mappings::remove_unmatched;
    GET "/mappings/{id}" [], none => wm::mappings::show;
    PUT "/mappings/{id}" [], json => wm::mappings::replace;
    DELETE "/mappings/{id}" [], none => wm::mappings::remove_one;
    GET "/requests" REQUESTS, none => wm::requests::list;
    DELETE "/requests" [], none => wm::requests::clear;
    POST "/requests/reset" [], none => wm::requests::clear;
    POST "/requests/count" [], json => wm::requests::count;
    POST "/requests/find" [], json => wm::requests::find;
    POST "/requests/remove" [], json => wm::requests::remove_matching;
    POST "/requests/remove-by-metadata" [], json => wm::requests::remove_by_metadata;
    GET "/requests/unmatched" [], none => wm::requests::unmatched;
    GET "/requests/unmatched/near-misses" [], none => wm::near_misses::unmatched;
    GET "/requests/{id}" [], none => wm::requests::show;
    DELETE "/requests/{id}" [], none => wm::requests::remove_one;
    POST "/near-misses/request" [], json => wm::near_misses::of;
    POST "/near-misses/request-pattern" [], json => wm::near_misses::of_pattern;
    GET "/scenarios" [], none => wm::scenarios::list;
    POST "/scenarios/reset" [], none => wm::scenarios::reset;
    PUT "/scenarios/{name}/state" [], json => wm::scenarios::set;
    GET "/settings" [], none => wm::settings::show;
    POST "/settings" [], json => wm::settings::set;
    PUT "/settings" [], json => wm::settings::set;
    GET "/holds" [], none => wm::holds::list;
    POST "/holds/release" [], json => wm::holds::release_all;
    POST "/holds/{id}/release" [], json => wm::holds::release_one;
    GET "/version" [], none => wm::version;
    GET "/recordings/{what}" [], json => wm::unsupported;
    POST "/recordings/{what}" [], json => wm::unsupported;
    POST "/shutdown" [], json => wm::unsupported;
    GET "/files" [], json => wm::unsupported;
};

/// The table, to be found by path.
pub(super) struct Routes(matchit::Router<Vec<&'static Route>>);

impl Routes {
    pub(super) fn new() -> Self {
        let mut router = matchit::Router::new();
        let mut paths: BTreeMap<&'static str, Vec<&'static Route>> = BTreeMap::new();
        for route in ROUTES {
            // The router does not take an empty path.
            let path = if route.path.is_empty() { "/" } else { route.path };
            paths.entry(path).or_default().push(route);
        }
        for (path, routes) in paths {
            if let Err(error) = router.insert(path, routes) {
                ::log::error!("control API: {path}: {error}");
            }
        }
        Self(router)
    }

    /// Finds what a request asks for, and begins it.
    pub(super) fn find(
        &self,
        request: &HttpRequest,
        mut ask: Ask,
    ) -> Result<LocalBoxFuture<'static, Answer>, Problem> {
        let path = if ask.path.is_empty() { "/" } else { ask.path.as_str() };
        let Ok(at) = self.0.at(path) else { return Err(Problem::nowhere_near(near(&ask))) };
        let method = match *request.method() {
            Method::HEAD => "GET",
            ref method => method.as_str(),
        };
        let Some(route) = at.value.iter().find(|route| route.method == method) else {
            // Everything behind a call may be a verb, and few things are.
            if let Some(verb) = at.params.get("verb")
                && !calls::VERBS.contains(&verb)
            {
                return Err(Problem::nowhere_near(near(&ask)));
            }
            let allow: Vec<&str> = at.value.iter().map(|route| route.method).collect();
            return Err(Problem::method(allow.join(", ")));
        };
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let params = at.params.iter().map(|(name, value)| (name.to_owned(), decoded(value)));
        ask.params = params.collect();
        ask.takes(route.query)?;
        if !route.reads {
            ask.takes_no_body()?;
        }
        Ok((route.run)(ask))
    }
}

/// Returns the path that a misspelt one was most likely meant for: one that differs in one part.
fn near(ask: &Ask) -> Option<String> {
    let asked: Vec<&str> = ask.path.split('/').collect();
    let is_param = |part: &str| part.starts_with('{');
    let mut found: Vec<(usize, &str)> = Vec::new();
    for route in ROUTES {
        let parts: Vec<&str> = route.path.split('/').collect();
        let both = || asked.iter().copied().zip(parts.iter().copied()).enumerate();
        let mut others = both().filter(|(_, (asked, part))| asked != part && !is_param(part));
        match (asked.len() == parts.len(), others.next(), others.next()) {
            (true, Some((place, (_, part))), None) => found.push((place, part)),
            (true, None, None) if parts.last() == Some(&"{verb}") => {
                found.extend(calls::VERBS.map(|verb| (asked.len() - 1, verb)));
            }
            _ => {}
        }
    }
    // A vendor's name that is misspelt stands for a part of its own.
    let vendors: Vec<&str> = match ask.control.mounts.as_slice() {
        [_] => Vec::new(),
        mounts => mounts.iter().map(|mount| mount.name()).collect(),
    };
    found.extend(vendors.into_iter().map(|name| (1, name)));
    let mut places: Vec<usize> = found.iter().map(|(place, _)| *place).collect();
    places.sort_unstable();
    places.dedup();
    let name = ask.request.path().strip_prefix("/__admin").unwrap_or_default();
    places.into_iter().rev().find_map(|place| {
        let known: Vec<&str> =
            found.iter().filter(|(at, _)| *at == place).map(|(_, part)| *part).collect();
        let near = nearest(asked.get(place)?, &known)?;
        let mut parts = asked.clone();
        *parts.get_mut(place)? = near;
        let before = name.strip_suffix(ask.path.as_str()).unwrap_or_default();
        Some(format!("{before}{}", parts.join("/")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_under_its_path() {
        let routes = Routes::new();
        for route in ROUTES {
            let path = if route.path.is_empty() { "/" } else { route.path };
            let at = routes.0.at(path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(at.value.iter().any(|found| std::ptr::eq(*found, route)), "{path}");
        }
    }
}
