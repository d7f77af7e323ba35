//! A test made of what was done by hand: the steps of an agent, and what clients asked in between.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    args::{Language, Whose},
    literal::{Names, word},
};

/// Something that an agent did.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Whose world it was about; none for what is about all.
    pub(super) whose: Option<Whose>,
    pub(super) done: Done,
    /// Where what has happened ended after it.
    pub(super) cursor: u64,
}

#[derive(Debug, Clone)]
pub(super) enum Done {
    /// A rule was set.
    Rule(Map<String, Value>),
    /// A call was placed.
    Dial { call: String, from: String, to: String, behaviour: Option<Value> },
    /// Something was done in a call.
    Drive { call: String, verb: String, body: Map<String, Value> },
    /// The clock was moved.
    Move(Map<String, Value>),
    /// An inbox was made.
    Inbox { name: String, plan: Vec<Value>, then: Value },
    /// Something was verified.
    Verify(Map<String, Value>),
}

/// What there is beside the steps.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The requests of clients, the oldest first, as the journal has them.
    pub(super) requests: Vec<Value>,
    /// The calls, as the control API shows them, the oldest first.
    pub(super) calls: Vec<Value>,
    /// By inbox: the paths of what it received.
    pub(super) messages: Vec<(String, Vec<String>)>,
}

/// Writes a test.
pub(super) fn write(
    language: Language,
    whose: &Whose,
    name: &str,
    steps: &[Step],
    seen: &Seen,
) -> String {
    let mut script = Script {
        language,
        vendor: &whose.vendor,
        lines: Vec::new(),
        names: Names::new(),
        inboxes: Names::new(),
        seen,
        asked: Vec::new(),
    };
    let about = |step: &&Step| match &step.whose {
        Some(said) => said == whose,
        None => true,
    };
    let mut requests = seen.requests.iter().peekable();
    for step in steps.iter().filter(about) {
        while let Some(request) = requests.next_if(|request| cursor(request) <= step.cursor) {
            script.request(request);
        }
        script.step(&step.done);
    }
    requests.for_each(|request| script.request(request));
    script.outcome();
    script.finish(name)
}

fn cursor(request: &Value) -> u64 {
    request.get("cursor").and_then(Value::as_u64).unwrap_or_default()
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

struct Script<'a> {
    language: Language,
    vendor: &'a str,
    lines: Vec<String>,
    names: Names,
    /// By name: the variables of inboxes.
    inboxes: Names,
    seen: &'a Seen,
    /// The operations that clients asked for, and how often.
    asked: Vec<(String, u64)>,
}

impl Script<'_> {
    /// Adds a statement; in JavaScript what it does is waited for.
    fn does(&mut self, statement: &str) {
        let line = match self.language.is_python() {
            true => statement.to_owned(),
            false => format!("await {statement};"),
        };
        self.lines.push(line);
    }

    /// Adds a statement whose value has a name from then on.
    fn gives(&mut self, name: &str, statement: &str) {
        let line = match self.language.is_python() {
            true => format!("{name} = {statement}"),
            false => format!("const {name} = await {statement};"),
        };
        self.lines.push(line);
    }

    fn remark(&mut self, remark: &str) {
        let sign = if self.language.is_python() { "#" } else { "//" };
        self.lines.push(format!("{sign} {remark}"));
    }

    fn literal(&self, value: impl Into<Value>) -> String {
        self.language.literal(&value.into(), &self.names)
    }

    fn named(&self, fields: &Map<String, Value>) -> String {
        self.language.named(fields, &self.names)
    }

    fn method(&self, name: &str) -> String {
        format!("{}.{}", self.vendor, self.language.method(name))
    }

    /// Names a call that a client placed, which has to be looked for.
    fn named_call(&mut self, id: &str) -> String {
        if let Some(name) = self.names.get(id) {
            return name.clone();
        }
        let shown = self.seen.calls.iter().find(|call| text(call, "/id") == id);
        let (from, to) =
            shown.map_or(("", ""), |call| (text(call, "/from/number"), text(call, "/to/number")));
        let like =
            |call: &&Value| (text(call, "/from/number"), text(call, "/to/number")) == (from, to);
        // They are listed the newest first, and the live ones before the others.
        let newer = self.seen.calls.iter().rev().filter(like);
        let place = newer.take_while(|call| text(call, "/id") != id).count();
        let name = format!("call_{}", self.names.len() + 1);
        let (from, to) = (self.literal(from), self.literal(to));
        let found = match self.language.is_python() {
            true => format!("{}.calls(from_={from}, to={to})[{place}]", self.vendor),
            false => format!("{}.calls({{ from: {from}, to: {to} }})", self.vendor),
        };
        match self.language.is_python() {
            true => self.gives(&name, &found),
            false => self.lines.push(format!("const {name} = (await {found})[{place}];")),
        }
        self.names.insert(id.to_owned(), name.clone());
        name
    }

    /// Returns the variable of an inbox: one for each, whatever they are called.
    fn inbox(&mut self, name: &str) -> String {
        if let Some(variable) = self.inboxes.get(name) {
            return variable.clone();
        }
        let plain = format!("inbox_{}", word(name).trim_start_matches('_'));
        let (mut variable, mut number) = (plain.clone(), 1);
        while self.inboxes.values().any(|other| *other == variable) {
            number += 1;
            variable = format!("{plain}_{number}");
        }
        self.inboxes.insert(name.to_owned(), variable.clone());
        variable
    }

    fn request(&mut self, request: &Value) {
        let (method, url) = (text(request, "/method"), text(request, "/url"));
        let operation = text(request, "/operation").to_owned();
        self.remark(&format!("here your code sends {method} {url} ({operation})"));
        match self.asked.iter_mut().find(|(known, _)| *known == operation) {
            Some((_, times)) => *times += 1,
            None => self.asked.push((operation, 1)),
        }
    }

    fn step(&mut self, done: &Done) {
        match done {
            Done::Rule(rule) => self.rule(rule),
            Done::Dial { call, from, to, behaviour } => {
                let more = behaviour.iter().map(|said| ("behaviour".to_owned(), said.clone()));
                let more = self.named(&more.collect());
                let (from, to) = (self.literal(from.as_str()), self.literal(to.as_str()));
                let name = format!("call_{}", self.names.len() + 1);
                self.gives(&name, &format!("{}.dial({from}, {to}{more})", self.vendor));
                self.names.insert(call.clone(), name);
            }
            Done::Drive { call, verb, body } => self.drive(call, verb, body),
            Done::Move(body) => self.moves(body),
            Done::Inbox { name, plan, then } => {
                let mut said = Map::new();
                if !plan.is_empty() {
                    said.insert("plan".to_owned(), plan.clone().into());
                }
                if *then != json!(200) {
                    said.insert("then".to_owned(), then.clone());
                }
                let (shown, more) = (self.literal(name.as_str()), self.named(&said));
                let statement = format!("{}.inbox({shown}{more})", self.vendor);
                if self.inboxes.contains_key(name) {
                    // Another plan for one that has its variable.
                    self.does(&statement);
                } else {
                    let variable = self.inbox(name);
                    self.gives(&variable, &statement);
                }
            }
            Done::Verify(body) => self.verify(body),
        }
    }

    fn rule(&mut self, rule: &Map<String, Value>) {
        let said = |name: &str| rule.get(name).cloned();
        let mut about = Map::new();
        about.extend(said("from").map(|from| ("from".to_owned(), from)));
        let to = said("to").unwrap_or_else(|| "*".into());
        let mut line = format!("{}.when({}{})", self.vendor, self.literal(to), self.named(&about));
        for (name, method) in [("times", "times"), ("ring", "after_ringing_for")] {
            if let Some(value) = said(name) {
                let method = self.language.method(method);
                let _ = write!(line, ".{method}({})", self.literal(value));
            }
        }
        let outcome = said("outcome").unwrap_or_default();
        let method = match outcome.as_str().unwrap_or("fail") {
            "answer" => "answers",
            "busy" => "is_busy",
            "no_answer" => "does_not_answer",
            "reject" => "rejects",
            "cancel" => "is_given_up",
            "manual" => "waits_for_the_test",
            _ => "fails_with",
        };
        let value = match (method, said("talk")) {
            ("answers", Some(talk)) => {
                let talk = self.named(&Map::from_iter([("talk".to_owned(), talk)]));
                talk.trim_start_matches(", ").to_owned()
            }
            ("fails_with", _) => self.literal(outcome.get("fail").cloned().unwrap_or_default()),
            _ => String::new(),
        };
        let method = self.language.method(method);
        self.does(&format!("{line}.{method}({value})"));
    }

    fn drive(&mut self, call: &str, verb: &str, body: &Map<String, Value>) {
        let call = self.named_call(call);
        let party = match body.get("leg") {
            Some(Value::String(side)) if side == "a" => Some("caller".to_owned()),
            Some(Value::String(side)) if side == "b" => Some("callee".to_owned()),
            Some(leg @ Value::Number(_)) => Some(format!("leg({leg})")),
            _ => None,
        };
        let method = if verb == "dtmf" { "press" } else { verb };
        let statement = match party {
            Some(party) => {
                let digits = body.get("digits").map(|digits| self.literal(digits.clone()));
                let method = self.language.method(method);
                format!("{call}.{party}.{method}({})", digits.unwrap_or_default())
            }
            None => {
                let more = match self.language.is_python() {
                    true => self.named(body),
                    // The words of the control API, as they are.
                    false if body.is_empty() => String::new(),
                    false => format!(", {}", self.language.object(body, &self.names)),
                };
                format!("{call}.do({}{more})", self.literal(verb))
            }
        };
        self.does(&statement);
    }

    fn moves(&mut self, body: &Map<String, Value>) {
        let max = body.get("max").map(|max| ("max".to_owned(), max.clone()));
        let max: Map<String, Value> = max.into_iter().collect();
        let statement = match (body.get("until"), body.get("seconds"), body.get("to")) {
            (Some(Value::Object(until)), _, _) => {
                let (until, max) = (self.matching(until), self.named(&max));
                format!("{}({until}{max})", self.method("advance_until"))
            }
            (Some(_), _, _) => {
                let max = self.named(&max);
                format!("{}({})", self.method("advance_until_idle"), max.trim_start_matches(", "))
            }
            (None, Some(seconds), _) if !self.language.is_python() => {
                format!("{}.advance({})", self.vendor, self.literal(seconds.clone()))
            }
            _ => {
                let named = self.named(body);
                format!("{}.advance({})", self.vendor, named.trim_start_matches(", "))
            }
        };
        self.does(&statement);
    }

    /// Writes a match; the account is another one in another run.
    fn matching(&self, wanted: &Map<String, Value>) -> String {
        let mut wanted = wanted.clone();
        wanted.remove("account");
        self.literal(wanted)
    }

    fn verify(&mut self, body: &Map<String, Value>) {
        let mut counts = body.clone();
        let (wanted, order) = (counts.remove("match"), counts.remove("order"));
        let statement = match (wanted, order, counts.contains_key("timeout")) {
            (Some(Value::Object(wanted)), _, waits) => {
                let method = if waits { "wait" } else { "verify" };
                format!(
                    "{}.{method}({}{})",
                    self.vendor,
                    self.matching(&wanted),
                    self.named(&counts)
                )
            }
            (_, Some(Value::Array(order)), _) => {
                let order = order.iter().filter_map(Value::as_object);
                let order: Vec<String> = order.map(|wanted| self.matching(wanted)).collect();
                let order = match self.language.is_python() {
                    true => order.join(", "),
                    false => format!("[{}]", order.join(", ")),
                };
                format!("{}({order}{})", self.method("verify_order"), self.named(&counts))
            }
            _ => return,
        };
        self.does(&statement);
    }

    /// Says what came of it.
    fn outcome(&mut self) {
        let known = |call: &&Value| {
            // What was there before anybody did anything is of no interest.
            let is_named = self.names.contains_key(text(call, "/id"));
            let is_caused =
                self.seen.requests.iter().any(|request| request.get("call") == call.get("id"));
            is_named || is_caused
        };
        let calls: Vec<&Value> = self.seen.calls.iter().filter(known).collect();
        let mut checks = Vec::new();
        for call in calls {
            let name = self.named_call(text(call, "/id"));
            let (what, value) = match call.get("cause").filter(|cause| !cause.is_null()) {
                Some(cause) => ("cause", cause),
                None => ("state", call.get("state").unwrap_or(&Value::Null)),
            };
            checks.push((format!("{name}.{what}"), self.literal(value.clone())));
        }
        self.lines.push(String::new());
        for (found, wanted) in checks {
            self.check(&found, &wanted);
        }
        for (operation, times) in std::mem::take(&mut self.asked) {
            let wanted = Map::from_iter([
                ("kind".to_owned(), "request".into()),
                ("operation".to_owned(), operation.into()),
            ]);
            let times = Map::from_iter([("times".to_owned(), times.into())]);
            let (wanted, times) = (self.literal(wanted), self.named(&times));
            self.does(&format!("{}.verify({wanted}{times})", self.vendor));
        }
        for (name, paths) in &self.seen.messages {
            // Those of different calls arrive in no order.
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            paths.iter().for_each(|path| *counts.entry(path).or_default() += 1);
            for (path, times) in counts {
                let times = self.named(&Map::from_iter([("times".to_owned(), times.into())]));
                let wanted = self.literal(json!({ "path": path }));
                let variable = self.inbox(name);
                self.does(&format!("{variable}.verify({wanted}{times})"));
            }
        }
    }

    /// Compares what a call says of itself.
    fn check(&mut self, found: &str, wanted: &str) {
        self.lines.push(match self.language {
            Language::Python => format!("assert {found} == {wanted}"),
            Language::Typescript => format!("expect(await {found}()).toBe({wanted});"),
            Language::Javascript => format!("assert.equal(await {found}(), {wanted});"),
        });
    }

    fn finish(self, name: &str) -> String {
        let Self { language, vendor, lines, .. } = self;
        let (indent, mut text) = match language {
            Language::Python => ("    ", format!("def test_{}({vendor}):\n", word(name))),
            Language::Typescript => (
                "  ",
                format!(
                    "import {{ expect }} from \"vitest\";\nimport {{ test }} from \
                     \"ringback/vitest\";\n\ntest({}, async ({{ {vendor} }}) => {{\n",
                    Value::from(name)
                ),
            ),
            Language::Javascript => (
                "  ",
                format!(
                    "import assert from \"node:assert/strict\";\nimport {{ test }} from \
                     \"node:test\";\n\nimport {{ withAccounts }} from \
                     \"ringback/node-test\";\n\ntest({}, withAccounts([\"{vendor}\"], async \
                     ({{ {vendor} }}) => {{\n",
                    Value::from(name)
                ),
            ),
        };
        for line in &lines {
            match line.is_empty() {
                true => text.push('\n'),
                false => {
                    let _ = writeln!(text, "{indent}{line}");
                }
            }
        }
        text.push_str(match language {
            Language::Python => "",
            Language::Typescript => "});\n",
            Language::Javascript => "}));\n",
        });
        text
    }
}

#[cfg(test)]
mod tests;
