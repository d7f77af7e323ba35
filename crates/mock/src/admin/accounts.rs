//! Accounts: making one, and everything that a client needs to use it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, answer, clock, ok};
use crate::{
    AccountId, Mount,
    mount::{AccountChange, View},
};

/// `GET accounts`
pub(super) async fn list(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let mut accounts = Vec::new();
    for mount in &ask.mounts {
        accounts.extend(mount.accounts().into_iter().map(|(id, _)| shown(&ask, mount, id)));
    }
    ok(&json!({ "accounts": accounts, "total": accounts.len(), "next": null }))
}

/// `GET accounts/{credential}`
pub(super) async fn show(ask: Ask) -> Answer {
    let (mount, id) = named(&ask)?;
    ok(&shown(&ask, mount, id))
}

/// `PUT accounts/{credential}`: makes one, or returns the one there is.
pub(super) async fn create(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let mount = ask.mount()?;
    let credential = ask.param("credential");
    check_credential("credential", credential)?;
    let known = mount.account(Some(credential));
    let change = AccountChange::Open(credential.to_owned());
    let id = match known {
        Some(id) => id,
        None => mount.change(change).await?.ok_or_else(|| Problem::no_such("account"))?,
    };
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok(answer(status, &shown(&ask, mount, id)))
}

/// `DELETE accounts/{credential}`
pub(super) async fn remove(ask: Ask) -> Answer {
    let (mount, id) = named(&ask)?;
    mount.change(AccountChange::Remove(id)).await?;
    Ok(actix_web::HttpResponse::NoContent().finish())
}

/// Refuses what no client can send as its credential.
pub(super) fn check_credential(at: &str, credential: &str) -> Result<(), Problem> {
    let is_text = !credential.contains(char::is_control);
    if credential.is_empty() || credential == "*" || credential.len() > 8_192 || !is_text {
        return Err(Problem::at(at, "has to be a text that a client can send"));
    }
    Ok(())
}

pub(super) fn named(ask: &Ask) -> Result<(&Arc<dyn Mount>, AccountId), Problem> {
    ask.takes_no_account()?;
    let mount = ask.mount()?;
    let id = mount.account(Some(ask.param("credential")));
    Ok((mount, id.ok_or_else(|| Problem::no_such("account"))?))
}

pub(super) fn shown(ask: &Ask, mount: &Arc<dyn Mount>, id: AccountId) -> Value {
    let credential = mount.accounts().into_iter().find(|(known, _)| *known == id);
    json!({
        "vendor": mount.name(),
        "account": credential.and_then(|(_, credential)| credential),
        "base_url": ask.base_url(mount.as_ref()),
        "credentials": mount.view(id, View::Credentials),
        "clock": clock::of_account(mount.as_ref(), id),
    })
}
