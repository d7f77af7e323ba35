//! What an inbox answers, one request after the other.

use serde_json::{Map, Value, json};

/// One answer of an inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxAnswer {
    /// The status; `None` resets the connection instead.
    pub status: Option<u16>,
    /// How many of the computer's seconds pass before it.
    pub delay: f64,
    /// Headers beside `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl InboxAnswer {
    /// The longest delay, in seconds.
    const LONGEST: f64 = 600.0;

    /// An answer at once, without a body.
    ///
    /// ```
    /// use ringback_mock::inbox::InboxAnswer;
    ///
    /// assert_eq!(InboxAnswer::status(503).status, Some(503));
    /// ```
    pub const fn status(status: u16) -> Self {
        Self { status: Some(status), delay: 0.0, headers: Vec::new(), body: String::new() }
    }

    /// No answer: the connection is reset.
    ///
    /// ```
    /// use ringback_mock::inbox::InboxAnswer;
    ///
    /// assert_eq!(InboxAnswer::reset().status, None);
    /// ```
    pub fn reset() -> Self {
        Self { status: None, ..Self::status(0) }
    }

    /// The same answer, so many of the computer's seconds later; 600 at most.
    ///
    /// ```
    /// use ringback_mock::inbox::InboxAnswer;
    ///
    /// assert_eq!(InboxAnswer::status(200).after(0.5).delay, 0.5);
    /// ```
    #[must_use]
    pub fn after(mut self, seconds: f64) -> Self {
        self.delay = seconds.clamp(0.0, Self::LONGEST);
        self
    }

    /// The same answer with a body.
    ///
    /// ```
    /// use ringback_mock::inbox::InboxAnswer;
    ///
    /// assert_eq!(InboxAnswer::status(400).body("no such call").body, "no such call");
    /// ```
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Reads a status, `"reset"`, or an object; says where it is wrong, and how.
    fn read(value: &Value, at: &str) -> Result<Self, (String, String)> {
        match value {
            Value::Number(_) => read_status(value, at).map(Self::status),
            Value::String(word) if word == "reset" => Ok(Self::reset()),
            Value::Object(fields) => Self::read_object(fields, at),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {
                Err((at.to_owned(), "has to be a status, \"reset\", or an object".to_owned()))
            }
        }
    }

    fn read_object(fields: &Map<String, Value>, at: &str) -> Result<Self, (String, String)> {
        let mut answer = Self::status(200);
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            match name.as_str() {
                "status" => answer.status = Some(read_status(value, &at)?),
                "reset" if value == true => {
                    if fields.contains_key("status") {
                        return Err((at, "leaves no status".to_owned()));
                    }
                    answer.status = None;
                }
                "reset" if value == false => {}
                "reset" => return Err((at, "has to be true or false".to_owned())),
                "delay" => {
                    let seconds = value.as_f64();
                    let seconds = seconds.filter(|delay| (0.0..=Self::LONGEST).contains(delay));
                    let why = || "has to be seconds from 0 to 600".to_owned();
                    answer.delay = seconds.ok_or_else(|| (at, why()))?;
                }
                "body" => {
                    answer.body = match value {
                        Value::String(text) => text.clone(),
                        Value::Null
                        | Value::Bool(_)
                        | Value::Number(_)
                        | Value::Array(_)
                        | Value::Object(_) => value.to_string(),
                    };
                }
                "headers" => answer.headers = read_headers(value, &at)?,
                _ => {
                    let known = ["status", "delay", "headers", "body", "reset"];
                    let hint = match crate::nearest(name, &known) {
                        Some(near) => format!("did you mean {near}?"),
                        None => format!("known are {}", known.join(", ")),
                    };
                    return Err((at, format!("unknown key; {hint}")));
                }
            }
        }
        Ok(answer)
    }

    /// Shows it as it is written.
    pub(crate) fn show(&self) -> Value {
        let Self { status, delay, headers, body } = self;
        if *delay == 0.0 && headers.is_empty() && body.is_empty() {
            return status.map_or_else(|| json!("reset"), |status| json!(status));
        }
        let mut shown = Map::new();
        match status {
            Some(status) => shown.insert("status".to_owned(), json!(status)),
            None => shown.insert("reset".to_owned(), json!(true)),
        };
        if *delay > 0.0 {
            shown.insert("delay".to_owned(), json!(delay));
        }
        if !headers.is_empty() {
            let headers = headers.iter().map(|(name, value)| (name.clone(), json!(value)));
            shown.insert("headers".to_owned(), Value::Object(headers.collect()));
        }
        if !body.is_empty() {
            shown.insert("body".to_owned(), json!(body));
        }
        Value::Object(shown)
    }
}

fn read_status(value: &Value, at: &str) -> Result<u16, (String, String)> {
    let status = value.as_u64().and_then(|status| u16::try_from(status).ok());
    let why = || (at.to_owned(), "has to be a status from 200 to 599".to_owned());
    status.filter(|status| (200..=599).contains(status)).ok_or_else(why)
}

fn read_headers(value: &Value, at: &str) -> Result<Vec<(String, String)>, (String, String)> {
    let why = "has to be an object of texts, none of them content-length or transfer-encoding";
    let wrong = || (at.to_owned(), why.to_owned());
    let fields = value.as_object().ok_or_else(wrong)?;
    let header = |(name, value): (&String, &Value)| {
        let value = value.as_str().ok_or_else(wrong)?;
        let is_ours = ["content-length", "transfer-encoding", "connection"];
        let is_header = actix_web::http::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
            && actix_web::http::header::HeaderValue::from_str(value).is_ok()
            && !is_ours.iter().any(|own| name.eq_ignore_ascii_case(own));
        if is_header { Ok((name.clone(), value.to_owned())) } else { Err(wrong()) }
    };
    fields.iter().map(header).collect()
}

/// What an inbox answers: a plan, and something for whatever comes after it.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxPlan {
    /// The answers in their order, each given once.
    pub plan: Vec<InboxAnswer>,
    /// The answer to everything that comes after them.
    pub then: InboxAnswer,
}

impl Default for InboxPlan {
    fn default() -> Self {
        Self { plan: Vec::new(), then: InboxAnswer::status(200) }
    }
}

impl InboxPlan {
    /// The most answers of a plan.
    const MOST: usize = 1_000;

    /// Reads `{"plan": […], "then": …}`; says where it is wrong, and how.
    pub(crate) fn read(fields: &Map<String, Value>) -> Result<Self, (String, String)> {
        let mut read = Self::default();
        match fields.get("plan") {
            None => {}
            Some(Value::Array(answers)) if answers.len() <= Self::MOST => {
                let answers = answers.iter().enumerate();
                let answers = answers
                    .map(|(place, answer)| InboxAnswer::read(answer, &format!("/plan/{place}")));
                read.plan = answers.collect::<Result<_, _>>()?;
            }
            Some(_) => {
                let why = format!("has to be a list of at most {} answers", Self::MOST);
                return Err(("/plan".to_owned(), why));
            }
        }
        if let Some(then) = fields.get("then") {
            read.then = InboxAnswer::read(then, "/then")?;
        }
        Ok(read)
    }

    /// Returns the answer where so many have been given.
    pub(super) fn answer(&self, given: usize) -> &InboxAnswer {
        self.plan.get(given).unwrap_or(&self.then)
    }
}
