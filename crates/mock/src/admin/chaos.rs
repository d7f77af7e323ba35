//! Chaos: what goes wrong between vendors and their receivers.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, ok};
use crate::{AccountId, Mount, webhook::Chaos};

/// The account that a request names; without one it is about all that have none of their own.
fn account(ask: &Ask) -> Result<Option<AccountId>, Problem> {
    ask.names_account().then(|| ask.one().map(|(_, account)| account)).transpose()
}

fn shown(mount: &dyn Mount, account: Option<AccountId>) -> Value {
    let mut shown = json!(mount.delivery_bench().chaos(account));
    let name = |account| {
        let known = mount.accounts().into_iter().find(|(id, _)| *id == account);
        known.and_then(|(_, credential)| credential)
    };
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("vendor".to_owned(), mount.name().into());
        fields.insert("account".to_owned(), json!(account.and_then(name)));
    }
    shown
}

/// Answers for one instance, or for each of several by its name.
fn answer(ask: &Ask, account: Option<AccountId>) -> Answer {
    match ask.mounts.as_slice() {
        [mount] => ok(&shown(mount.as_ref(), account)),
        mounts => {
            let each = mounts
                .iter()
                .map(|mount| (mount.name().to_owned(), shown(mount.as_ref(), account)));
            ok(&json!({ "vendors": Value::Object(each.collect::<Map<_, _>>()) }))
        }
    }
}

/// `GET chaos`
pub(super) async fn show(ask: Ask) -> Answer {
    answer(&ask, account(&ask)?)
}

/// `PUT chaos` `{"drop": 0.1, "duplicate": 0.1, …}`: what is not given is calm.
pub(super) async fn set(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&KEYS)?;
    let account = account(&ask)?;
    let mut chaos = Chaos::default();
    macro_rules! read {
        ($($name:ident)+) => { $(
            if let Some(given) = super::ask::value(&mut fields, stringify!($name))? {
                chaos.$name = given;
            }
        )+ };
    }
    read!(drop duplicate reorder delay corrupt_signature content_type order);
    chaos.seed = super::ask::value(&mut fields, "seed")?;
    chaos.check().map_err(|(name, why)| Problem::at(&format!("/{name}"), why))?;
    for mount in &ask.mounts {
        mount.delivery_bench().chaos.set(account, Some(chaos.clone()));
    }
    answer(&ask, account)
}

/// What may be said.
const KEYS: [&str; 8] =
    ["seed", "drop", "duplicate", "reorder", "delay", "corrupt_signature", "content_type", "order"];

/// `DELETE chaos`: nothing goes wrong any more; what was held back comes when it is due.
pub(super) async fn clear(ask: Ask) -> Answer {
    let account = account(&ask)?;
    for mount in &ask.mounts {
        mount.delivery_bench().chaos.set(account, None);
    }
    Ok(HttpResponse::NoContent().finish())
}
