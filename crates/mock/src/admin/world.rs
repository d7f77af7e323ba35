//! What surrounds the calls: extensions, services, rules of behaviour; and starting over.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use ringback_exchange::{Rule, Service};
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, answer, calls::execute, clock, ok, plain, read};
use crate::{
    Mount,
    mount::{AccountChange, View},
};

/// `POST reset`: makes worlds anew; that of one account, or all of the port.
pub(super) async fn reset(ask: Ask) -> Answer {
    match ask.query("only") {
        None | Some("world" | "bench") => {}
        Some(_) => return Err(Problem::at("only", "is world or bench")),
    }
    let worlds = ask.query("only") != Some("bench");
    let bench = ask.query("only") != Some("world");
    if ask.names_account() {
        let (mount, account) = ask.one()?;
        if bench {
            mount.delivery_bench().chaos.set(Some(account), None);
            mount.bench().clear(mount.origin(), Some(account));
        }
        if worlds {
            mount.change(AccountChange::Reset(account)).await?;
        }
        return ok(&json!({ "reset": true, "clock": clock::of_account(mount.as_ref(), account) }));
    }
    for mount in ask.mounts.iter().filter(|_| bench) {
        mount.bench().clear(mount.origin(), None);
    }
    for mount in ask.mounts.iter().filter(|_| bench) {
        mount.delivery_bench().clear();
        mount.stubs().reset_all(mount.clock().now());
        if mount.bench().instances() <= ask.mounts.len() {
            mount.bench().inboxes().clear();
        }
    }
    for mount in ask.mounts.iter().filter(|_| worlds) {
        mount.reset(!is_shared(mount, &ask.mounts)).await?;
    }
    ok(&json!({ "reset": true, "clock": clock::of(&ask.mounts) }))
}

/// Returns whether others than these go by the clock of an instance: then it does not go back.
pub(super) fn is_shared(mount: &Arc<dyn Mount>, among: &[Arc<dyn Mount>]) -> bool {
    let users = among.iter().filter(|other| other.clock().is(mount.clock())).count();
    mount.clock_users() > users
}

/// Lists something of each instance and account that is asked for.
pub(super) fn list(ask: &Ask, name: &str, view: View<'_>) -> Answer {
    let mut items = Vec::new();
    for (mount, accounts) in ask.several()? {
        for account in accounts {
            match mount.view(account, view) {
                Some(Value::Array(found)) => items.extend(found),
                Some(found) => items.push(found),
                None => {}
            }
        }
    }
    let total = items.len();
    ok(&json!({ name: items, "next": null, "total": total }))
}

pub(super) fn one(ask: &Ask, what: &str, view: View<'_>) -> Result<Value, Problem> {
    let (mount, account) = ask.one()?;
    mount.view(account, view).ok_or_else(|| Problem::no_such(what))
}

pub(super) fn only(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}

pub(super) async fn do_it(
    ask: &Ask,
    verb: &str,
    control: Map<String, Value>,
) -> Result<(), Problem> {
    let (mount, account) = ask.one()?;
    execute(mount, account, verb, control).await.map(drop)
}

pub(super) fn no_content() -> Answer {
    Ok(HttpResponse::NoContent().finish())
}

/// `GET extensions`
pub(super) async fn extensions(ask: Ask) -> Answer {
    list(&ask, "extensions", View::Extensions)
}

/// `GET extensions/{number}`
pub(super) async fn extension(ask: Ask) -> Answer {
    ok(&one(&ask, "extension", View::Extension(ask.param("number")))?)
}

const EXTENSION: [&str; 3] = ["registered", "do_not_disturb", "habit"];

/// `PUT extensions/{number}`: adds it, or changes what is given of it.
pub(super) async fn set_extension(mut ask: Ask) -> Answer {
    let control = ask.fields(&EXTENSION)?;
    let is_new = one(&ask, "extension", View::Extension(ask.param("number"))).is_err();
    set_fields(&ask, control).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let shown = one(&ask, "extension", View::Extension(ask.param("number")))?;
    Ok(answer(status, &shown))
}

/// `PATCH extensions/{number}` `{"registered": false}`: changes one that is there.
pub(super) async fn change_extension(mut ask: Ask) -> Answer {
    let control = ask.fields(&EXTENSION)?;
    one(&ask, "extension", View::Extension(ask.param("number")))?;
    set_fields(&ask, control).await?;
    ok(&one(&ask, "extension", View::Extension(ask.param("number")))?)
}

async fn set_fields(ask: &Ask, mut control: Map<String, Value>) -> Result<(), Problem> {
    if let Some(habit) = control.get("habit").filter(|habit| !habit.is_null()) {
        plain::lengths(&read::strictly(habit, "/habit")?, "/habit")?;
    }
    control.insert("number".to_owned(), ask.param("number").into());
    do_it(ask, "set_extension", control).await
}

/// `DELETE extensions/{number}`
pub(super) async fn remove_extension(ask: Ask) -> Answer {
    do_it(&ask, "remove_extension", only("number", ask.param("number").into())).await?;
    no_content()
}

/// `GET services`: ring groups, queues and menus.
pub(super) async fn services(ask: Ask) -> Answer {
    list(&ask, "services", View::Services)
}

/// `GET services/{number}`
pub(super) async fn service(ask: Ask) -> Answer {
    ok(&one(&ask, "service", View::Service(ask.param("number")))?)
}

/// `PUT services/{number}` `{"kind": {"queue": …}}`
pub(super) async fn set_service(mut ask: Ask) -> Answer {
    let mut service = ask.fields(&["kind"])?;
    let is_new = one(&ask, "service", View::Service(ask.param("number"))).is_err();
    service.insert("number".to_owned(), ask.param("number").into());
    let service = Value::Object(service);
    read::strictly::<Service>(&service, "")?;
    do_it(&ask, "set_service", only("service", service)).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let shown = one(&ask, "service", View::Service(ask.param("number")))?;
    Ok(answer(status, &shown))
}

/// `DELETE services/{number}`
pub(super) async fn remove_service(ask: Ask) -> Answer {
    do_it(&ask, "remove_service", only("number", ask.param("number").into())).await?;
    no_content()
}

/// `GET behaviours`: the rules that may still decide, first match wins.
pub(super) async fn behaviours(ask: Ask) -> Answer {
    list(&ask, "rules", View::Behaviours)
}

/// What the exchange gives a rule.
pub(super) const GIVEN: [&str; 4] = ["id", "hits", "expires_at", "expired"];

/// Takes a rule as it is shown.
fn shown_rule(mut rule: Map<String, Value>, at: &str) -> Result<Value, Problem> {
    for name in GIVEN {
        rule.remove(name);
    }
    new_rule(rule, at)
}

/// Refuses a rule that brings what the exchange gives it, or that is none.
fn new_rule(mut rule: Map<String, Value>, at: &str) -> Result<Value, Problem> {
    let given = GIVEN.into_iter().find(|name| rule.contains_key(*name));
    if let Some(name) = given {
        return Err(Problem::at(&format!("{at}/{name}"), "is given by the exchange"));
    }
    // Every rule that is shown says whose it is.
    rule.remove("vendor");
    rule.remove("account");
    let rule = Value::Object(rule);
    plain::lengths(&read::strictly::<Rule>(&rule, at)?.behaviour(), at)?;
    Ok(rule)
}

/// `POST behaviours` with one rule: it comes before all others.
pub(super) async fn add_rule(mut ask: Ask) -> Answer {
    let rule = new_rule(ask.object()?, "")?;
    do_it(&ask, "add_rule", only("rule", rule)).await?;
    let rules = one(&ask, "rule", View::Behaviours)?;
    let first = rules.as_array().and_then(|rules| rules.first()).cloned();
    Ok(answer(StatusCode::CREATED, &first.unwrap_or_default()))
}

/// `PUT behaviours` `{"rules": […]}`: replaces all rules.
pub(super) async fn set_rules(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&["rules"])?;
    let Some(Value::Array(rules)) = fields.remove("rules") else {
        return Err(Problem::at("/rules", "has to be a list of rules"));
    };
    let rules = rules.into_iter().enumerate().map(|(place, one)| match one.as_object() {
        Some(one) => shown_rule(one.clone(), &format!("/rules/{place}")),
        None => Err(Problem::at("/rules", "has to be a list of rules")),
    });
    let rules: Vec<Value> = rules.collect::<Result<_, _>>()?;
    do_it(&ask, "set_rules", only("rules", rules.into())).await?;
    list(&ask, "rules", View::Behaviours)
}

/// `DELETE behaviours`: from now on magic numbers and the vendor's own mix decide alone.
pub(super) async fn clear_rules(ask: Ask) -> Answer {
    do_it(&ask, "set_rules", only("rules", json!([]))).await?;
    no_content()
}

fn rule_id(ask: &Ask) -> Result<u64, Problem> {
    ask.param("id").parse().map_err(|_| Problem::no_such("rule"))
}

/// `GET behaviours/{id}`
pub(super) async fn behaviour(ask: Ask) -> Answer {
    ok(&one(&ask, "rule", View::Behaviour(rule_id(&ask)?))?)
}

/// `PUT behaviours/{id}`: replaces a rule in its place.
pub(super) async fn replace_rule(mut ask: Ask) -> Answer {
    let rule = shown_rule(ask.object()?, "")?;
    let id = rule_id(&ask)?;
    let control = Map::from_iter([("id".to_owned(), id.into()), ("rule".to_owned(), rule)]);
    do_it(&ask, "replace_rule", control).await?;
    ok(&one(&ask, "rule", View::Behaviour(id))?)
}

/// `DELETE behaviours/{id}`
pub(super) async fn remove_rule(ask: Ask) -> Answer {
    do_it(&ask, "remove_rule", only("id", rule_id(&ask)?.into())).await?;
    no_content()
}
