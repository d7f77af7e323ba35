//! Requests that wait until they are released.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Ask, Problem, Refused, answered, done};
use crate::{
    Mount,
    admin::ok,
    stubs::{Held, Release, Reply},
    view::moment,
};

fn shown(mount: &dyn Mount, number: u64, held: &Held) -> Value {
    json!({
        "id": format!("{}-h{number}", mount.name()),
        "vendor": mount.name(),
        "mapping": held.stub,
        "at": moment(held.at),
        "real_at": moment(held.real_at),
        "request": held.request,
    })
}

/// `GET holds`: the longest first.
pub(in crate::admin) async fn list(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let mut held = Vec::new();
    for mount in &ask.mounts {
        let waiting = mount.stubs().holds.list();
        held.extend(waiting.iter().map(|(number, one)| shown(mount.as_ref(), *number, one)));
    }
    let total = held.len();
    ok(&json!({ "holds": held, "next": null, "total": total }))
}

/// Finds the request that the path names.
fn find(ask: &Ask) -> Result<(Arc<dyn Mount>, u64), Problem> {
    let id = ask.param("id");
    let found = ask.mounts.iter().find_map(|mount| {
        let number = id.strip_prefix(mount.name())?.strip_prefix("-h")?.parse().ok()?;
        Some((Arc::clone(mount), number))
    });
    let hint = "GET /__admin/holds lists those that wait".to_owned();
    found.ok_or_else(|| Problem::no_such("request").hint(hint))
}

/// Reads with what a request is released: a response, or the mapping's own.
fn release(ask: &mut Ask) -> Result<Release, Refused> {
    let fields = ask.fields(&["response"])?;
    match fields.get("response") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(Arc::new(Reply::read(value, "/response")?))),
    }
}

/// `POST holds/{id}/release` `{"response": {…}}`
pub(in crate::admin) async fn release_one(mut ask: Ask) -> Answer {
    let released = release(&mut ask).and_then(|with| {
        let (mount, number) = find(&ask)?;
        match mount.stubs().holds.release(number, with) {
            true => done(&json!({ "released": 1 })),
            false => Err(Problem::no_such("request").hint("it waits no more".to_owned()).into()),
        }
    });
    answered(released)
}

/// `POST holds/release` `{"response": {…}}`: all that wait.
pub(in crate::admin) async fn release_all(mut ask: Ask) -> Answer {
    let released = release(&mut ask).and_then(|with| {
        let mut released = 0;
        for mount in &ask.mounts {
            let waiting = mount.stubs().holds.list();
            let numbers = waiting.iter().map(|(number, _)| *number);
            let holds = &mount.stubs().holds;
            released += numbers.filter(|number| holds.release(*number, with.clone())).count();
        }
        done(&json!({ "released": released }))
    });
    answered(released)
}
