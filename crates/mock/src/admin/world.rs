//! What surrounds the calls: extensions, behaviours, webhooks.

use serde_json::{Map, Value, json};

use super::{Answer, Body, Refused, answer, calls::execute, nowhere, object, target::Named};

/// `GET extensions`
pub(super) async fn extensions(named: Named) -> Answer {
    let (mount, account) = named.one()?;
    let extensions = mount.extensions(account).ok_or_else(nowhere)?;
    Ok(answer(&json!({ "extensions": extensions })))
}

/// `PATCH extensions/{number}` `{"registered": false}`
pub(super) async fn set_extension(named: Named, body: Body) -> Answer {
    let mut extension = object(body)?;
    extension.insert("number".to_owned(), named.parameter("number").into());
    execute(&named, "set_extension", extension).await
}

/// `DELETE extensions/{number}`
pub(super) async fn remove_extension(named: Named) -> Answer {
    execute(&named, "remove_extension", only("number", named.parameter("number").into())).await
}

/// `GET behaviours`
pub(super) async fn behaviours(named: Named) -> Answer {
    let (mount, account) = named.one()?;
    let rules = mount.behaviours(account).ok_or_else(nowhere)?;
    Ok(answer(&json!({ "rules": rules })))
}

/// `POST behaviours` with one rule: it comes before all others.
pub(super) async fn add_rule(named: Named, body: Body) -> Answer {
    execute(&named, "add_rule", only("rule", Value::Object(object(body)?))).await
}

/// `PUT behaviours` `{"rules": […]}`: replaces all rules.
pub(super) async fn set_rules(named: Named, body: Body) -> Answer {
    execute(&named, "set_rules", object(body)?).await
}

/// `DELETE behaviours`: from now on magic numbers and the vendor's own mix decide alone.
pub(super) async fn clear_rules(named: Named) -> Answer {
    execute(&named, "set_rules", only("rules", json!([]))).await
}

/// `GET deliveries?limit=100`: newest first.
pub(super) async fn deliveries(named: Named) -> Answer {
    let (mount, account) = named.one()?;
    let deliveries = mount.deliveries(account, named.limit()).ok_or_else(nowhere)?;
    Ok(answer(&deliveries))
}

/// `PUT webhook` `{"url": "http://localhost:9000/hook"}`; null sends them nowhere.
pub(super) async fn retarget(named: Named, body: Body) -> Answer {
    let url = match object(body)?.remove("url") {
        Some(Value::String(url)) => Some(url),
        Some(Value::Null) => None,
        _ => return Err(Refused::malformed("url has to be an address, or null")),
    };
    let (mount, account) = named.one()?;
    Ok(answer(&mount.retarget(account, url).await?))
}

fn only(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}
