//! Calls: looking at them, placing them, and being the other party.

use serde_json::{Map, Value, json};

use super::{Answer, Body, Refused, answer, nowhere, object, target::Named};

/// `GET calls?limit=100`: live ones first.
pub(super) async fn list(named: Named) -> Answer {
    let (mount, account) = named.one()?;
    let calls = mount.calls(account, named.limit()).ok_or_else(nowhere)?;
    Ok(answer(&json!({ "calls": calls })))
}

/// `GET calls/{id}`
pub(super) async fn show(named: Named) -> Answer {
    Ok(answer(&call(&named)?))
}

/// `POST calls` `{"from": "0987654321", "to": "101"}`: somebody picks up a phone and dials.
pub(super) async fn dial(named: Named, body: Body) -> Answer {
    execute(&named, "dial", object(body)?).await
}

/// `POST calls/{id}/{verb}`, the verb being `answer`, `reject`, `hangup` and so on.
pub(super) async fn drive(named: Named, body: Body) -> Answer {
    let mut control = object(body)?;
    let call = call(&named)?;
    control.insert("call".to_owned(), call.get("id").cloned().unwrap_or_default());
    let verb = match named.parameter("verb") {
        "hangup" => "hang_up".to_owned(),
        "dtmf" => "press".to_owned(),
        verb => verb.replace('-', "_"),
    };
    execute(&named, &verb, control).await
}

/// `POST control` `{"do": …}`: any control in its own form.
pub(super) async fn control(named: Named, body: Body) -> Answer {
    let mut control = object(body)?;
    match control.remove("do") {
        Some(Value::String(verb)) => execute(&named, &verb, control).await,
        _ => Err(Refused::malformed("\"do\" has to say what to do")),
    }
}

fn call(named: &Named) -> Result<Value, Refused> {
    let (mount, account) = named.one()?;
    mount.call(account, named.parameter("id")).ok_or_else(|| Refused::no_such("call"))
}

/// Does one thing to the world the request is about.
pub(super) async fn execute(named: &Named, verb: &str, mut control: Map<String, Value>) -> Answer {
    let (mount, account) = named.one()?;
    control.insert("do".to_owned(), verb.into());
    Ok(answer(&mount.control(account, Value::Object(control)).await?))
}
