//! Finds the endpoint of a request: one look-up, on which everything else about the request hangs.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::{
    dev::{RequestHead, Url},
    http::{Method, Uri, header::HeaderMap},
};
use percent_encoding::{percent_decode, percent_decode_str};

use crate::{Endpoint, URL_LIMIT, admin};

/// The endpoints of one vendor, to be found by path and method.
pub struct Table {
    endpoints: &'static [Endpoint],
    paths: matchit::Router<usize>,
    nodes: Vec<Node>,
    /// Every beginning of a path, in whole segments.
    beginnings: HashSet<&'static str>,
    /// Returns other spellings of a path that the table does not have, most likely first.
    respell: fn(&str) -> Vec<String>,
    /// Whether an account may stand in front of a path.
    names_accounts: bool,
}

/// What stands in front of an account's name in a path.
const ACCOUNT: &str = "/__account/";

/// One path of a table, with its methods.
struct Node {
    is_plain: bool,
    endpoints: Vec<usize>,
    allow: String,
}

/// How well a table fits a request: by method, and by plain path rather than pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    method: bool,
    plain: bool,
}

/// The parameters of a path, decoded.
pub(crate) type PathParams = Vec<(String, String)>;

/// What a look-up found, before the body of the request is read.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which of the vendors answers, by its place on the port.
    pub(crate) place: usize,
    pub(crate) target: Target,
}

/// What answers a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An endpoint, by its place in the vendor's table.
    Endpoint(usize, PathParams),
    /// None: the path is there for other methods. Holds an endpoint of that path, and the methods.
    Method(usize, String),
    /// None: no vendor of the port has this path.
    Path,
    /// None: path and query are too long.
    UrlTooLong,
}

impl Table {
    /// Makes a table of endpoints.
    ///
    /// Of two paths that no request could tell apart the later one is left out, with an error in
    /// the log; a test of each vendor finds every endpoint through this table.
    pub fn new(endpoints: &'static [Endpoint], respell: fn(&str) -> Vec<String>) -> Self {
        let mut paths = matchit::Router::new();
        let mut nodes: Vec<Node> = Vec::new();
        let mut known: HashMap<&'static str, usize> = HashMap::new();
        for (place, endpoint) in endpoints.iter().enumerate() {
            let node = match known.get(endpoint.path) {
                Some(node) => *node,
                None => {
                    if let Err(error) = paths.insert(endpoint.path, nodes.len()) {
                        log::error!("route {}: {error}", endpoint.path);
                        continue;
                    }
                    let is_plain = !endpoint.path.contains('{');
                    nodes.push(Node { is_plain, endpoints: Vec::new(), allow: String::new() });
                    known.insert(endpoint.path, nodes.len() - 1);
                    nodes.len() - 1
                }
            };
            let Some(node) = nodes.get_mut(node) else { continue };
            node.endpoints.push(place);
            // `OPTIONS` is left out: where a vendor has it, it is for browsers asking ahead.
            if endpoint.method != "OPTIONS" {
                let separator = if node.allow.is_empty() { "" } else { ", " };
                node.allow = format!("{}{separator}{}", node.allow, endpoint.method);
            }
        }
        let path = endpoints.iter().map(|endpoint| endpoint.path);
        let beginnings = path
            .flat_map(|path| ends_of_segments(path).map(|end| path.get(..end).unwrap_or_default()));
        let (beginnings, names_accounts) = (beginnings.collect(), false);
        Self { endpoints, paths, nodes, beginnings, respell, names_accounts }
    }

    /// Lets an account stand in front of every path, as in `/__account/crm-test/get_cdr`.
    pub(crate) fn naming_accounts(self, names_accounts: bool) -> Self {
        Self { names_accounts, ..self }
    }

    /// Counts the leading segments that a path shares with those of this table, less what another
    /// spelling adds.
    fn shared_segments(&self, path: &str) -> usize {
        let shared = |path: &str| {
            let ends = ends_of_segments(path);
            ends.take_while(|end| self.beginnings.contains(path.get(..*end).unwrap_or_default()))
                .count()
        };
        let length = ends_of_segments(path.trim_end_matches('/')).count();
        let respelled = (self.respell)(path).into_iter().map(|other| {
            shared(&other).saturating_sub(ends_of_segments(&other).count().saturating_sub(length))
        });
        respelled.chain([shared(path)]).max().unwrap_or(0)
    }

    /// Returns the place in the vendor's table of the endpoint that answers a request.
    pub fn endpoint(&self, method: &str, path: &str) -> Option<usize> {
        match self.find(method, path)? {
            (_, Target::Endpoint(place, _)) => Some(place),
            (_, Target::Method(..) | Target::Path | Target::UrlTooLong) => None,
        }
    }

    fn find(&self, method: &str, path: &str) -> Option<(Fit, Target)> {
        if let Ok(at) = self.paths.at(path) {
            return self.target(method, *at.value, at.params);
        }
        if self.names_accounts
            && let Some((_, path)) = account_in(path)
        {
            let at = self.paths.at(path).ok()?;
            return self.target(method, *at.value, at.params);
        }
        let spellings = (self.respell)(path);
        let mut found = spellings.iter().filter_map(|path| {
            let at = self.paths.at(path).ok()?;
            let (fit, target) = self.target(method, *at.value, at.params)?;
            Some((Fit { plain: false, ..fit }, target))
        });
        found.next()
    }

    fn target(
        &self,
        method: &str,
        node: usize,
        params: matchit::Params<'_, '_>,
    ) -> Option<(Fit, Target)> {
        let node = self.nodes.get(node)?;
        let of = |place: &&usize| {
            self.endpoints.get(**place).is_some_and(|endpoint| endpoint.method == method)
        };
        let fit = |method| Fit { method, plain: node.is_plain };
        match node.endpoints.iter().find(of) {
            Some(place) => {
                let params = params.iter().map(|(name, value)| {
                    (name.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned())
                });
                Some((fit(true), Target::Endpoint(*place, params.collect())))
            }
            None => {
                let first = node.endpoints.first().copied()?;
                Some((fit(false), Target::Method(first, node.allow.clone())))
            }
        }
    }
}

/// Which vendor of a port, and which of its endpoints, answers a request.
pub struct Router {
    tables: Vec<Table>,
    /// Whether paths that no vendor has are answered too, by the vendor they resemble most.
    answers_all: bool,
}

impl Router {
    /// Makes the router of a port. With `answers_all` no request is left to anyone else, but for
    /// those of the control API.
    pub fn new(tables: Vec<Table>, answers_all: bool) -> Arc<Self> {
        Arc::new(Self { tables, answers_all })
    }

    /// Returns which vendor of a port answers a request, by the place of its table; `None` if none
    /// does.
    pub fn place(&self, method: &Method, uri: &Uri) -> Option<usize> {
        let mut head = RequestHead::default();
        (head.method, head.uri) = (method.clone(), uri.clone());
        self.find(&head).map(|found| found.place)
    }

    /// Finds what answers a request; `None` if it is left to others.
    pub(crate) fn find(&self, head: &RequestHead) -> Option<Found> {
        let path = path_of(&head.uri);
        let is_too_long = head.uri.path().len() + head.uri.query().map_or(0, str::len) > URL_LIMIT;
        let mut best: Option<(Fit, Found)> = None;
        for (place, table) in self.tables.iter().enumerate() {
            let Some((fit, target)) = table.find(head.method.as_str(), &path) else { continue };
            if best.as_ref().is_none_or(|(other, _)| fit > *other) {
                best = Some((fit, Found { place, target }));
            }
        }
        match best {
            Some((_, Found { place, .. })) if is_too_long => {
                Some(Found { place, target: Target::UrlTooLong })
            }
            Some((_, found)) => Some(found),
            None if !self.answers_all || self.tables.is_empty() || admin::is_about(&path) => None,
            None => {
                let target = if is_too_long { Target::UrlTooLong } else { Target::Path };
                Some(Found { place: self.nearest(&path), target })
            }
        }
    }

    /// Returns the vendor one of whose paths shares the most leading segments with this one; the
    /// first in doubt.
    fn nearest(&self, path: &str) -> usize {
        if self.tables.len() < 2 {
            return 0;
        }
        let shared = |table: &Table| table.shared_segments(path);
        // `max_by_key` returns the last of equals; the first mounted is to win.
        let tables = self.tables.iter().enumerate().rev();
        tables.max_by_key(|(_, table)| shared(table)).map_or(0, |(place, _)| place)
    }
}

/// Splits an account's name off the front of a path.
pub(crate) fn account_in(path: &str) -> Option<(&str, &str)> {
    let named = path.strip_prefix(ACCOUNT)?;
    let (name, rest) = named.split_at_checked(named.find('/').unwrap_or(named.len()))?;
    Some((name, if rest.is_empty() { "/" } else { rest })).filter(|(name, _)| !name.is_empty())
}

/// Returns the account that a header names. It may be percent-encoded, and holds whatever it holds: one
/// that cannot be read is some account that is not there, and never the demo account.
pub(crate) fn account_header(headers: &HeaderMap) -> Option<String> {
    let name = headers.get("ringback-account")?;
    Some(percent_decode(name.as_bytes()).decode_utf8_lossy().into_owned())
}

/// Returns where each segment of a path ends.
fn ends_of_segments(path: &str) -> impl Iterator<Item = usize> {
    path.match_indices('/').map(|(at, _)| at).chain([path.len()])
}

/// Returns the path by which a request is routed: as actix-web routes it, with harmless escapes
/// resolved.
fn path_of(uri: &Uri) -> Cow<'_, str> {
    match uri.path() {
        path if path.contains('%') => Cow::Owned(Url::new(uri.clone()).path().to_owned()),
        path => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests;
