//! Response templates: handlebars with WireMock's model of a request and the helpers that are common,
//! within bounds of size and work.

mod functions;
mod helpers;
mod moments;
mod rewrite;

use std::cell::RefCell;
use std::sync::LazyLock;

use handlebars::{
    Context, Handlebars, Output, RenderContext, Renderable as _,
    template::{HelperTemplate, Parameter, Template as Compiled, TemplateElement},
};
use ringback_engine::OffsetDateTime;
use serde_json::Value;

use super::StubRefused;
use crate::received::spread;
pub(crate) use helpers::HELPERS;

/// The longest template, in bytes.
const LENGTH: usize = 256 << 10;

/// How deep brackets and blocks may be nested, and how often `else` may be said.
const DEPTH: usize = 64;
const BLOCKS: usize = 16;
const ELSES: usize = 100;

/// The longest text that a template makes, in bytes.
const MADE: usize = 1 << 20;

/// How much work one rendering may be: calls of helpers, turns of loops, and bytes looked at.
const WORK: u64 = 2_000_000;

/// A template that can be rendered.
#[derive(Debug, Clone)]
pub(crate) struct Template(Compiled);

/// What a rendering goes by.
struct Scope {
    now: OffsetDateTime,
    draw: u64,
    work: u64,
}

thread_local! {
    static SCOPE: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

static REGISTRY: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut registry = Handlebars::new();
    registry.register_escape_fn(handlebars::no_escape);
    helpers::register(&mut registry);
    registry
});

/// Takes so much of the work that a rendering may be.
fn spend(work: usize) -> Result<(), String> {
    SCOPE.with_borrow_mut(|scope| {
        let Some(scope) = scope else { return Err("nothing is rendered".to_owned()) };
        let work = u64::try_from(work).unwrap_or(u64::MAX);
        match scope.work.checked_sub(work) {
            Some(left) => {
                scope.work = left;
                Ok(())
            }
            None => {
                scope.work = 0;
                Err("the template is too much work".to_owned())
            }
        }
    })
}

/// Draws a number: the same for the same request in every run.
fn draw() -> u64 {
    SCOPE.with_borrow_mut(|scope| {
        scope.as_mut().map_or(0, |scope| {
            scope.draw = scope.draw.wrapping_add(1);
            spread(scope.draw)
        })
    })
}

/// Returns what the simulated clock shows.
fn now() -> OffsetDateTime {
    SCOPE.with_borrow(|scope| scope.as_ref().map_or(OffsetDateTime::UNIX_EPOCH, |scope| scope.now))
}

/// A text that does not grow beyond a limit.
struct Bounded(String);

impl Output for Bounded {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        if self.0.len() + text.len() > MADE {
            return Err(std::io::Error::other("the template makes too much text"));
        }
        self.0.push_str(text);
        Ok(())
    }
}

impl Template {
    /// Reads a template.
    pub(crate) fn read(text: &str, at: &str) -> Result<Self, StubRefused> {
        let refused = |why: String| StubRefused::new(at, why);
        bounds(text).map_err(refused)?;
        let text = rewrite::rewrite(text);
        let compiled = Compiled::compile(&text)
            .map_err(|error| StubRefused::new(at, format!("is no template: {}", error.reason())))?;
        check(&compiled, at)?;
        Ok(Self(compiled))
    }

    /// Renders it with a model of the request.
    pub(crate) fn render(
        &self,
        model: &Context,
        now: OffsetDateTime,
        draw: u64,
    ) -> Result<String, String> {
        SCOPE.set(Some(Scope { now, draw, work: WORK }));
        let mut made = Bounded(String::new());
        let mut context = RenderContext::new(None);
        let rendered = self.0.render(&REGISTRY, model, &mut context, &mut made);
        SCOPE.set(None);
        rendered.map(|()| made.0).map_err(|error| error.reason().to_string())
    }
}

/// Refuses what would take the parser or the renderer too deep.
fn bounds(text: &str) -> Result<(), String> {
    if text.len() > LENGTH {
        return Err(format!("is longer than {LENGTH} bytes"));
    }
    let mut depths = [0_usize; 3];
    for c in text.chars() {
        let (place, opens) = match c {
            '(' => (0, true),
            ')' => (0, false),
            '[' => (1, true),
            ']' => (1, false),
            '{' => (2, true),
            '}' => (2, false),
            _ => continue,
        };
        let Some(depth) = depths.get_mut(place) else { continue };
        *depth = if opens { *depth + 1 } else { depth.saturating_sub(1) };
        if *depth > DEPTH {
            return Err(format!("nests brackets deeper than {DEPTH}"));
        }
    }
    let mut blocks = 0_usize;
    for (place, _) in text.match_indices("{{") {
        let behind = text.get(place + 2..).unwrap_or_default();
        let behind = behind.trim_start_matches(['{', '~']).trim_start();
        if behind.starts_with(['#', '^']) {
            blocks += 1;
        } else if behind.starts_with('/') {
            blocks = blocks.saturating_sub(1);
        }
        if blocks > BLOCKS {
            return Err(format!("nests blocks deeper than {BLOCKS}"));
        }
    }
    match text.matches("else").count() > ELSES {
        true => Err(format!("says else more than {ELSES} times")),
        false => Ok(()),
    }
}

/// Refuses partials, and helpers that there are not.
fn check(template: &Compiled, at: &str) -> Result<(), StubRefused> {
    template.elements.iter().try_for_each(|element| match element {
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(()),
        TemplateElement::HtmlExpression(call) | TemplateElement::Expression(call) => {
            check_call(call, false, at)
        }
        TemplateElement::HelperBlock(call) => check_call(call, true, at),
        TemplateElement::DecoratorExpression(_)
        | TemplateElement::DecoratorBlock(_)
        | TemplateElement::PartialExpression(_)
        | TemplateElement::PartialBlock(_)
        | _ => Err(StubRefused::unsupported(at, "templates have no partials and no decorators")),
    })
}

fn check_call(call: &HelperTemplate, is_block: bool, at: &str) -> Result<(), StubRefused> {
    let name = call.name.as_name().unwrap_or_default();
    let is_call = is_block || !call.params.is_empty() || !call.hash.is_empty();
    if is_call && !HELPERS.iter().any(|(known, _)| *known == name) {
        let known: Vec<&str> = HELPERS.iter().map(|(known, _)| *known).collect();
        return Err(StubRefused::unknown(at, "helper", name, &known));
    }
    for parameter in call.params.iter().chain(call.hash.values()) {
        if let Parameter::Subexpression(inner) = parameter
            && let TemplateElement::Expression(inner) = inner.as_element()
        {
            check_call(inner, false, at)?;
        }
    }
    call.template.iter().chain(&call.inverse).try_for_each(|inner| check(inner, at))
}

/// Makes the model of a request from its JSON.
pub(crate) fn model(request: Value, parameters: &Value) -> Context {
    let model = serde_json::json!({ "request": request, "parameters": parameters });
    Context::from(model)
}

#[cfg(test)]
mod tests;
