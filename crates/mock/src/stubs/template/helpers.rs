//! The helpers of templates, and how handlebars calls them.

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult,
    JsonTruthy as _, Output, RenderContext, RenderError, RenderErrorReason, Renderable as _,
    ScopedJson, StringOutput,
};
use serde_json::Value;

use super::{
    functions::{self, Args, Function, text},
    spend,
};

/// Every helper, and what it gives.
pub(crate) const HELPERS: &[(&str, &str)] = &[
    ("if", "the block, if the value is true"),
    ("unless", "the block, if the value is not true"),
    ("each", "the block for each item: `@index`, `@key`, `@first`, `@last`, `as |item|`"),
    ("with", "the block with a value as `this`"),
    ("lookup", "a member of a value by its name"),
    ("raw", "the block as it is"),
    ("assign", "a variable with the block or the second value as its value"),
    ("val", "the value; `or` where it is empty; `assign` names a variable instead"),
    ("jsonPath", "what a JSONPath (RFC 9535) finds in JSON; `default`"),
    ("parseJson", "a text as JSON; as a block a variable"),
    ("toJson", "a value as a text of JSON"),
    ("randomValue", "`length`, `type`, `uppercase`; `UUID`, `ALPHANUMERIC`, …, drawn by the seed"),
    ("randomInt", "from `lower` to below `upper`"),
    ("randomDecimal", "from `lower` to below `upper`"),
    ("pickRandom", "one of the values, or of a list"),
    ("now", "the simulated moment; `offset`, `format`, `timezone`"),
    ("date", "a moment; `offset`, `format`, `timezone`"),
    ("parseDate", "a text as a moment; `format` is `unix` or `epoch`, or ISO 8601 without one"),
    ("trim", "without spaces around it"),
    ("lower", "in small letters"),
    ("upper", "in capitals"),
    ("capitalize", "each word with a capital"),
    ("capitalizeFirst", "the first word with a capital"),
    ("replace", "a text with another for one within it"),
    ("cut", "a text without another"),
    ("substring", "from one place to another"),
    ("defaultIfEmpty", "the second value where the first is empty"),
    ("join", "the items with a separator"),
    ("split", "a text as a list"),
    ("base64", "`decode`, `padding`"),
    ("urlEncode", "`decode`"),
    ("formData", "the fields of a form"),
    ("regexExtract", "what a regular expression finds; `groups`, `default`"),
    ("size", "the length of a text, list or object"),
    ("math", "`+`, `-`, `*`, `/`, `%` of two numbers"),
    ("range", "whole numbers from one to another"),
    ("array", "the values as a list"),
    ("eq", "whether two are equal; as a block the block if they are"),
    ("neq", "whether two differ; also as a block"),
    ("gt", "greater; also as a block"),
    ("gte", "greater or equal; also as a block"),
    ("lt", "less; also as a block"),
    ("lte", "less or equal; also as a block"),
    ("and", "all are true; also as a block"),
    ("or", "one is true; also as a block"),
    ("not", "it is not true; also as a block"),
    ("contains", "a text or list has another; also as a block"),
    ("matches", "a regular expression fits all of it; also as a block"),
    ("log", "nothing"),
];

/// Registers all that handlebars has not.
pub(super) fn register(registry: &mut Handlebars<'static>) {
    let computed: [(&str, Function); 29] = [
        ("jsonPath", functions::json_at),
        ("toJson", functions::to_json),
        ("randomValue", functions::random_value),
        ("randomInt", functions::random_int),
        ("randomDecimal", functions::random_decimal),
        ("pickRandom", functions::pick_random),
        ("now", functions::now_is),
        ("date", functions::date),
        ("parseDate", functions::parse_date),
        ("trim", functions::trim),
        ("lower", functions::lower),
        ("upper", functions::upper),
        ("capitalize", functions::capitalize),
        ("capitalizeFirst", functions::capitalize_first),
        ("replace", functions::replace),
        ("cut", functions::cut),
        ("substring", functions::substring),
        ("defaultIfEmpty", functions::default_if_empty),
        ("join", functions::join),
        ("split", functions::split),
        ("base64", functions::base64),
        ("urlEncode", functions::url_encode),
        ("formData", functions::form_data),
        ("regexExtract", functions::regex_extract),
        ("size", functions::size),
        ("math", functions::math),
        ("range", functions::range),
        ("array", functions::array),
        ("log", functions::nothing),
    ];
    for (name, function) in computed {
        registry.register_helper(name, Box::new(Computed(function)));
    }
    let tests: [(&str, Function); 11] = [
        ("eq", functions::eq),
        ("neq", functions::neq),
        ("gt", functions::gt),
        ("gte", functions::gte),
        ("lt", functions::lt),
        ("lte", functions::lte),
        ("and", functions::and),
        ("or", functions::or),
        ("not", functions::not),
        ("contains", functions::contains),
        ("matches", functions::matches),
    ];
    for (name, function) in tests {
        registry.register_helper(name, Box::new(Test(function)));
    }
    registry.register_helper("each", Box::new(Each));
    registry.register_helper("assign", Box::new(Variable::Assign));
    registry.register_helper("val", Box::new(Variable::Val));
    registry.register_helper("parseJson", Box::new(Variable::ParseJson));
}

fn failed(why: impl Into<String>) -> RenderError {
    RenderErrorReason::Other(why.into()).into()
}

/// Reads what a helper is given; of a block its content comes first.
fn args<'reg: 'rc, 'rc>(
    helper: &Helper<'rc>,
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    rendering: &mut RenderContext<'reg, 'rc>,
) -> Result<Args, RenderError> {
    spend(1).map_err(failed)?;
    let mut params = Vec::new();
    if let Some(block) = helper.template() {
        let mut made = StringOutput::new();
        block.render(registry, context, rendering, &mut made)?;
        params.push(Value::String(made.into_string().unwrap_or_default()));
    }
    params.extend(helper.params().iter().map(|param| param.value().clone()));
    let named = helper.hash().iter();
    let named = named.map(|(name, value)| ((*name).to_owned(), value.value().clone()));
    Ok(Args { params, named: named.collect() })
}

/// Computes a value; what goes wrong stands in the text, as it does with WireMock.
fn compute(function: Function, args: &Args) -> Result<Value, RenderError> {
    match function(args) {
        Ok(value) => Ok(value),
        Err(why) => {
            spend(1).map_err(failed)?;
            Ok(format!("[ERROR: {why}]").into())
        }
    }
}

/// A helper that computes a value.
struct Computed(Function);

impl HelperDef for Computed {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let args = args(helper, registry, context, rendering)?;
        compute(self.0, &args).map(ScopedJson::Derived)
    }

    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        output: &mut dyn Output,
    ) -> HelperResult {
        let args = args(helper, registry, context, rendering)?;
        output.write(&text(&compute(self.0, &args)?))?;
        Ok(())
    }
}

/// A helper that is true or not; as a block it has its content or not.
struct Test(Function);

impl Test {
    fn holds(&self, helper: &Helper<'_>) -> Result<Value, RenderError> {
        spend(1).map_err(failed)?;
        let params = helper.params().iter().map(|param| param.value().clone()).collect();
        compute(self.0, &Args { params, named: serde_json::Map::new() })
    }
}

impl HelperDef for Test {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        self.holds(helper).map(ScopedJson::Derived)
    }

    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        output: &mut dyn Output,
    ) -> HelperResult {
        let holds = self.holds(helper)?;
        if !helper.is_block() {
            output.write(&text(&holds))?;
            return Ok(());
        }
        let block = if holds.is_truthy(false) { helper.template() } else { helper.inverse() };
        block.map_or(Ok(()), |block| block.render(registry, context, rendering, output))
    }
}

/// The loop of handlebars, of which every turn is counted.
struct Each;

impl HelperDef for Each {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        output: &mut dyn Output,
    ) -> HelperResult {
        let given = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("each", 0))?;
        let items: Vec<(Value, &Value)> = match given.value() {
            Value::Array(items) => {
                items.iter().enumerate().map(|(place, item)| (place.into(), item)).collect()
            }
            Value::Object(fields) => {
                fields.iter().map(|(name, item)| (name.as_str().into(), item)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let (Some(block), false) = (helper.template(), items.is_empty()) else {
            let otherwise = helper.inverse().filter(|_| items.is_empty());
            return otherwise
                .map_or(Ok(()), |block| block.render(registry, context, rendering, output));
        };
        let is_named = given.value().is_object();
        let count = items.len();
        for (place, (key, item)) in items.into_iter().enumerate() {
            spend(1).map_err(failed)?;
            let mut inner = BlockContext::new();
            match given.context_path() {
                Some(path) => {
                    let mut path = path.clone();
                    path.push(text(&key));
                    *inner.base_path_mut() = path;
                }
                None => inner.set_base_value(item.clone()),
            }
            inner.set_local_var("first", (place == 0).into());
            inner.set_local_var("last", (place + 1 == count).into());
            inner.set_local_var("index", place.into());
            if is_named {
                inner.set_local_var("key", key.clone());
            }
            let mut params = BlockParams::new();
            if let Some(name) = helper.block_param() {
                params.add_value(name, item.clone())?;
            } else if let Some((name, of)) = helper.block_param_pair() {
                params.add_value(name, item.clone())?;
                params.add_value(of, key)?;
            }
            inner.set_block_params(params);
            rendering.push_block(inner);
            let rendered = block.render(registry, context, rendering, output);
            rendering.pop_block();
            rendered?;
        }
        Ok(())
    }
}

/// Helpers that keep a variable.
enum Variable {
    Assign,
    Val,
    ParseJson,
}

impl HelperDef for Variable {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let args = args(helper, registry, context, rendering)?;
        Ok(ScopedJson::Derived(match self {
            Self::ParseJson => compute(functions::parse_json, &args)?,
            Self::Assign | Self::Val => value_or(&args),
        }))
    }

    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        output: &mut dyn Output,
    ) -> HelperResult {
        let args = args(helper, registry, context, rendering)?;
        let is_block = helper.is_block();
        // Of a block the content is the first of the values, and the name the second.
        let (name, value) = match self {
            Self::Val => (args.named.get("assign").map(text), value_or(&args)),
            Self::Assign if is_block => (args.params.get(1).map(text), value_of(&args, 0)),
            Self::Assign => (args.params.first().map(text), value_of(&args, 1)),
            Self::ParseJson => {
                let place = usize::from(!is_block && args.params.len() > 1) + usize::from(is_block);
                let name = args.params.get(place).filter(|_| place > 0).map(text);
                (name, compute(functions::parse_json, &args)?)
            }
        };
        let Some(name) = name else {
            output.write(&text(&value))?;
            return Ok(());
        };
        let known = rendering.context();
        let mut changed = known.as_deref().unwrap_or(context).clone();
        spend(changed.data().as_object().map_or(1, serde_json::Map::len) * 64).map_err(failed)?;
        if let Some(fields) = changed.data_mut().as_object_mut() {
            fields.insert(name, value);
        }
        rendering.set_context(changed);
        Ok(())
    }
}

fn value_of(args: &Args, place: usize) -> Value {
    args.params.get(place).cloned().unwrap_or_default()
}

fn value_or(args: &Args) -> Value {
    let value = value_of(args, 0);
    match (text(&value).is_empty(), args.named.get("or")) {
        (true, Some(other)) => other.clone(),
        (true, None) | (false, _) => value,
    }
}
