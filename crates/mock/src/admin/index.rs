//! What is here: for people who open it, and for scripts that wait for it.

use serde_json::{Value, json};

use super::{Answer, Ask, front, ok, routes::ROUTES};
use crate::{AccountId, Mount, mount::View};

/// `GET /__admin`
pub(super) async fn index(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let vendors: Value = ask.mounts.iter().map(|mount| vendor(&ask, mount.as_ref())).collect();
    let routes = ROUTES.iter().map(|route| format!("{} /__admin{}", route.method, route.path));
    ok(&json!({
        "name": "ringback",
        "version": env!("CARGO_PKG_VERSION"),
        "clock": super::clock::of(&ask.mounts),
        "vendors": vendors,
        "routes": routes.collect::<Vec<_>>(),
    }))
}

fn vendor(ask: &Ask, mount: &dyn Mount) -> Value {
    let name = mount.name();
    let url = ask.base_url(mount);
    let examples = mount.examples(url.as_deref().unwrap_or_default());
    json!({
        "name": name,
        "title": mount.title(),
        "seed": mount.seed(),
        "base_url": url,
        "credentials": mount.view(AccountId::DEMO, View::Credentials),
        "notes": mount.notes(),
        "examples": examples,
        "links": {
            "admin": format!("/__admin/{name}"),
            "calls": format!("/__admin/{name}/calls"),
            "deliveries": format!("/__admin/{name}/deliveries"),
            "docs": front::link(&ask.control, mount.vendor()),
        },
    })
}

/// `GET /__admin/health`
pub(super) async fn health(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let (mut vendors, mut is_ready) = (Vec::new(), true);
    for mount in &ask.mounts {
        let clock = super::clock::of(std::slice::from_ref(mount));
        let mut shown = json!({ "name": mount.name(), "title": mount.title(), "clock": clock });
        let unready = super::log::unready(mount.as_ref()).await;
        is_ready &= unready.is_none();
        if let (Some(why), Some(shown)) = (unready, shown.as_object_mut()) {
            shown.insert("unready".to_owned(), why.into());
        }
        vendors.push(shown);
    }
    ok(&json!({
        "status": if is_ready { "ok" } else { "unready" },
        "version": env!("CARGO_PKG_VERSION"),
        "vendors": vendors,
    }))
}
