//! Which requests a mapping is about.

use actix_web::http::header::HeaderName;
use serde_json::{Map, Value};

use super::{
    StubRefused,
    asked::{Asked, variant},
    keys,
    refused::{list, object, plain, text},
    sieve::Place,
    text::{Looked, Matcher},
    url::{self, UrlPattern, Whole},
};
use crate::{Endpoint, Variant};

/// A vendor, as far as a pattern may name what is its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) name: &'a str,
    pub(crate) endpoints: &'static [Endpoint],
}

/// The operation that a pattern names.
#[derive(Debug, Clone)]
struct Operation {
    /// As it was given, without the vendor.
    name: String,
    /// The vendor, where one was given.
    vendor: Option<String>,
}

/// Which requests a mapping is about; everything given has to hold.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    method: Option<String>,
    url: UrlPattern,
    headers: Vec<(HeaderName, Matcher)>,
    query: Vec<(String, Matcher)>,
    form: Vec<(String, Matcher)>,
    path: Vec<(String, Matcher)>,
    cookies: Vec<(String, Matcher)>,
    credentials: Option<(String, String)>,
    body: Vec<Matcher>,
    scheme: Option<bool>,
    operation: Option<Operation>,
    number: Option<String>,
}

/// How one condition went for one request.
#[derive(Debug, Clone, Copy)]
struct Compared {
    weight: f64,
    /// From 0, which is right, to 1.
    distance: f64,
}

impl Pattern {
    /// Reads a pattern; vendors are those whose requests it may be about.
    pub(crate) fn read(
        value: &Value,
        at: &str,
        vendors: &[Named<'_>],
    ) -> Result<Self, StubRefused> {
        let given = object(value, at)?;
        keys::check(given, at, keys::REQUEST)?;
        let several = |name: &str| matchers(given, name, at);
        let operation = match given.get("operation") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let at = format!("{at}/operation");
                Some(Operation::read(&text(value, &at)?, &at, vendors)?)
            }
        };
        let body = match given.get("bodyPatterns") {
            None | Some(Value::Null) => Vec::new(),
            // One of the clients has an object for it.
            Some(one @ Value::Object(_)) => {
                vec![Matcher::read(one, &format!("{at}/bodyPatterns"))?]
            }
            Some(value) => {
                let at = format!("{at}/bodyPatterns");
                let each = list(value, &at)?.iter().enumerate();
                let each = each.map(|(place, one)| Matcher::read(one, &format!("{at}/{place}")));
                each.collect::<Result<_, _>>()?
            }
        };
        let scheme = match given.get("scheme").map(|scheme| (scheme, scheme.as_str())) {
            None | Some((Value::Null, _)) => None,
            Some((_, Some("https"))) => Some(true),
            Some((_, Some("http"))) => Some(false),
            Some(_) => {
                return Err(StubRefused::new(&format!("{at}/scheme"), "is http or https"));
            }
        };
        let method = match given.get("method") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let method = text(value, &format!("{at}/method"))?.to_ascii_uppercase();
                Some(method).filter(|method| method != "ANY")
            }
        };
        let number = given.get("number").filter(|value| !value.is_null());
        let number = number.map(|value| plain(value, &format!("{at}/number"))).transpose()?;
        Ok(Self {
            method,
            url: read_url(given, at)?,
            headers: header_names(several("headers")?, at)?,
            query: several("queryParameters")?,
            form: several("formParameters")?,
            path: several("pathParameters")?,
            cookies: several("cookies")?,
            credentials: credentials(given, at)?,
            body,
            scheme,
            operation,
            number,
        })
    }

    /// Returns whether it may be about requests of a vendor.
    pub(crate) fn is_about(&self, vendor: &Named<'_>) -> bool {
        self.operation.as_ref().is_none_or(|operation| operation.is_of(vendor))
    }

    /// Returns the method that it is about alone.
    pub(crate) fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// Returns the addresses that it is about.
    pub(crate) fn url(&self) -> &UrlPattern {
        &self.url
    }

    /// Returns the operation that it is about alone, or one of those that share an endpoint.
    pub(crate) fn operation(&self) -> Option<&str> {
        self.operation.as_ref().map(|operation| operation.name.as_str())
    }

    /// Returns the texts that it asks for in full, and where: a request without any one of them does not hold
    /// it.
    pub(super) fn exact_texts(&self) -> Vec<(Place, String)> {
        fn text(place: Place, matcher: &Matcher) -> Option<(Place, String)> {
            Some((place, matcher.exact_text()?.to_owned()))
        }
        let headers = self.headers.iter();
        let headers = headers.filter_map(|(name, is)| text(Place::Header(name.clone()), is));
        let query = self.query.iter();
        let query = query.filter_map(|(name, is)| text(Place::Query(name.clone()), is));
        let form = self.form.iter();
        let form = form.filter_map(|(name, is)| text(Place::Form(name.clone()), is));
        let body = self.body.iter().filter_map(|is| text(Place::Body, is));
        let members = self.body.iter().flat_map(Matcher::exact_members);
        let members = members.map(|(name, text)| (Place::Member(name), text));
        headers.chain(query).chain(form).chain(body).chain(members).collect()
    }

    /// Returns what it asks beside the body.
    pub(crate) fn without_body(&self) -> Self {
        let (body, form, number) = (Vec::new(), Vec::new(), None);
        Self { body, form, number, ..self.clone() }
    }

    /// Returns whether it asks for anything of the body.
    pub(crate) fn asks_for_body(&self) -> bool {
        !self.body.is_empty() || !self.form.is_empty() || self.number.is_some()
    }

    /// Returns whether a request of a vendor holds it.
    pub(crate) fn holds(&self, asked: &Asked<'_>, endpoint: Option<&'static Endpoint>) -> bool {
        self.method.as_deref().is_none_or(|method| method == asked.method)
            && self.url.matches(asked.url)
            && self.scheme.is_none_or(|is_secure| is_secure == asked.is_secure)
            && self.operation.as_ref().is_none_or(|operation| operation.holds(asked, endpoint))
            && self.headers.iter().all(|(name, matcher)| {
                asked.header_holds(name, |values| matcher.holds_values(values))
            })
            && self.query.iter().all(|one| holds_pair(asked.query(), one))
            && self.cookies.iter().all(|one| holds_pair(asked.cookies(), one))
            && self.holds_path(asked)
            && self
                .credentials
                .as_ref()
                .is_none_or(|wanted| asked.basic_auth().is_some_and(|given| given == *wanted))
            && self.form.iter().all(|one| holds_pair(asked.form(), one))
            && self.body.iter().all(|matcher| holds_body(asked, matcher))
            && self.number.as_deref().is_none_or(|pattern| asked.has_number(pattern))
    }

    fn holds_path(&self, asked: &Asked<'_>) -> bool {
        if self.path.is_empty() {
            return true;
        }
        let params = self.url.params(asked.path());
        self.path.iter().all(|one| holds_pair(&params, one))
    }

    /// Returns how far a request is from holding it: 0 is all right, 1 nothing at all. WireMock weighs the
    /// address and the method most.
    pub(crate) fn distance(&self, asked: &Asked<'_>, endpoint: Option<&'static Endpoint>) -> f64 {
        let is =
            |weight: f64, holds: bool| Compared { weight, distance: if holds { 0.0 } else { 1.0 } };
        let mut compared = vec![Compared {
            weight: 10.0,
            distance: match self.url.matches(asked.url) {
                true => 0.0,
                false => apart(self.url.text(), asked.url),
            },
        }];
        if let Some(method) = &self.method {
            compared.push(is(3.0, method == asked.method));
        }
        if let Some(scheme) = self.scheme {
            compared.push(is(1.0, scheme == asked.is_secure));
        }
        if let Some(operation) = &self.operation {
            compared.push(is(10.0, operation.holds(asked, endpoint)));
        }
        if let Some(number) = &self.number {
            compared.push(is(3.0, asked.has_number(number)));
        }
        if let Some(credentials) = &self.credentials {
            compared.push(is(1.0, asked.basic_auth().as_ref() == Some(credentials)));
        }
        for (name, matcher) in &self.headers {
            let values = asked.header(name.as_str());
            let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
            compared.push(Compared { weight: 1.0, distance: value_distance(matcher, &values) });
        }
        let params = self.url.params(asked.path());
        for (wanted, found) in [
            (&self.query, asked.query()),
            (&self.cookies, asked.cookies()),
            (&self.path, params.as_slice()),
            (&self.form, asked.form()),
        ] {
            for (name, matcher) in wanted {
                let values = values_of(found, name);
                compared.push(Compared { weight: 1.0, distance: value_distance(matcher, &values) });
            }
        }
        for matcher in &self.body {
            let distance = match holds_body(asked, matcher) {
                true => 0.0,
                false => matcher
                    .wanted()
                    .map_or(1.0, |wanted| apart(wanted, &String::from_utf8_lossy(asked.body))),
            };
            compared.push(Compared { weight: 1.0, distance });
        }
        let sum: f64 = compared.iter().map(|one| one.weight).sum();
        compared.iter().map(|one| one.weight * one.distance).sum::<f64>() / sum
    }
}

impl Operation {
    fn read(given: &str, at: &str, vendors: &[Named<'_>]) -> Result<Self, StubRefused> {
        let qualified = given
            .split_once('.')
            .filter(|(vendor, _)| vendors.iter().any(|known| known.name == *vendor));
        let operation = match qualified {
            Some((vendor, name)) => Self { name: name.to_owned(), vendor: Some(vendor.to_owned()) },
            None => Self { name: given.to_owned(), vendor: None },
        };
        if vendors.iter().any(|vendor| operation.is_of(vendor)) {
            return Ok(operation);
        }
        let about = vendors
            .iter()
            .filter(|vendor| operation.vendor.as_deref().is_none_or(|name| name == vendor.name));
        let mut known: Vec<&str> = about
            .flat_map(|vendor| vendor.endpoints.iter())
            .flat_map(|endpoint| {
                let variants = endpoint.variants.iter().map(|variant| variant.value);
                variants.chain([endpoint.operation])
            })
            .collect();
        known.sort_unstable();
        known.dedup();
        Err(StubRefused::unknown(at, "operation", given, &known))
    }

    fn is_of(&self, vendor: &Named<'_>) -> bool {
        let has = |endpoint: &Endpoint| {
            endpoint.operation == self.name || variant(endpoint, &self.name).is_some()
        };
        self.vendor.as_deref().is_none_or(|name| name == vendor.name)
            && vendor.endpoints.iter().any(has)
    }

    fn holds(&self, asked: &Asked<'_>, endpoint: Option<&'static Endpoint>) -> bool {
        let Some(endpoint) = endpoint else { return asked.operation == Some(self.name.as_str()) };
        let of: Option<&'static Variant> = variant(endpoint, &self.name);
        endpoint.operation == self.name || of.is_some_and(|variant| asked.is_variant(variant))
    }
}

fn read_url(given: &Map<String, Value>, at: &str) -> Result<UrlPattern, StubRefused> {
    const WORDS: [&str; 5] = ["url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate"];
    let is_given = |word: &&str| given.get(*word).is_some_and(|value| !value.is_null());
    let mut words = WORDS.into_iter().filter(is_given);
    let Some(word) = words.next() else { return Ok(UrlPattern::Any) };
    if let Some(other) = words.next() {
        let at = format!("{at}/{other}");
        return Err(StubRefused::new(&at, format!("there is already {word}; one is enough")));
    }
    let at = format!("{at}/{word}");
    let text = text(given.get(word).unwrap_or(&Value::Null), &at)?;
    Ok(match word {
        "url" => UrlPattern::Url(text),
        "urlPath" => UrlPattern::Path(text),
        "urlPattern" => UrlPattern::UrlMatches(Whole::read(&text, &at)?),
        "urlPathPattern" => UrlPattern::PathMatches(Whole::read(&text, &at)?),
        _ => url::template(&text, &at)?,
    })
}

fn matchers(
    given: &Map<String, Value>,
    name: &str,
    at: &str,
) -> Result<Vec<(String, Matcher)>, StubRefused> {
    let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let at = format!("{at}/{name}");
    let each = object(value, &at)?.iter();
    each.map(|(key, value)| Ok((key.clone(), Matcher::read(value, &format!("{at}/{key}"))?)))
        .collect()
}

fn credentials(
    given: &Map<String, Value>,
    at: &str,
) -> Result<Option<(String, String)>, StubRefused> {
    let word = ["basicAuth", "basicAuthCredentials"].into_iter();
    let given = word.filter_map(|word| Some((word, given.get(word)?)));
    let Some((word, value)) = given.into_iter().find(|(_, value)| !value.is_null()) else {
        return Ok(None);
    };
    let at = format!("{at}/{word}");
    let fields = object(value, &at)?;
    let field = |name: &str| {
        let at = format!("{at}/{name}");
        plain(fields.get(name).unwrap_or(&Value::Null), &at)
    };
    Ok(Some((field("username")?, field("password")?)))
}

fn header_names(
    given: Vec<(String, Matcher)>,
    at: &str,
) -> Result<Vec<(HeaderName, Matcher)>, StubRefused> {
    let each = given.into_iter();
    each.map(|(name, matcher)| match HeaderName::from_bytes(name.as_bytes()) {
        Ok(name) => Ok((name, matcher)),
        Err(_) => Err(StubRefused::new(&format!("{at}/headers/{name}"), "is no name of a header")),
    })
    .collect()
}

fn values_of<'a>(found: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let values = found.iter().filter(|(known, _)| known == name);
    values.map(|(_, value)| value.as_str()).collect()
}

fn holds_pair(found: &[(String, String)], (name, matcher): &(String, Matcher)) -> bool {
    matcher.holds_values(&values_of(found, name))
}

fn holds_body(asked: &Asked<'_>, matcher: &Matcher) -> bool {
    // An empty body is none where that is asked for, and an empty text otherwise.
    match asked.body.is_empty() && matcher.is_about_absence() {
        true => matcher.holds(None),
        false => matcher.holds(Some(Looked::new(asked.body, asked.json()))),
    }
}

fn value_distance(matcher: &Matcher, values: &[&str]) -> f64 {
    if matcher.holds_values(values) {
        return 0.0;
    }
    let Some(wanted) = matcher.wanted() else { return 1.0 };
    values.iter().map(|value| apart(wanted, value)).fold(1.0, f64::min)
}

/// Returns how far two texts are apart, by their beginnings: 0 is equal, 1 nothing alike.
fn apart(one: &str, other: &str) -> f64 {
    let beginning = |text: &str| text.chars().take(128).collect::<String>();
    1.0 - strsim::normalized_levenshtein(&beginning(one), &beginning(other))
}
