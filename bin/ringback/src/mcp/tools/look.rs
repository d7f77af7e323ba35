//! Tools that look at what has happened, make sure of it, and write it down.

use rmcp::{handler::server::wrapper::Parameters, tool, tool_router};
use serde_json::Value;

use super::{
    super::{
        args::{
            ListCalls, ListRequests, ListWebhooks, MakeTest, ReadDocs, ReadInbox, ShowCall, Verify,
            Whose,
        },
        script::{self, Done, Seen},
    },
    Told, Tools, given, list, only, path, text,
};
use crate::{docs, nearest::hint, wait::encoded};

#[tool_router(router = look, vis = "pub(super)")]
impl Tools {
    #[tool(
        description = "List calls, live ones first, then the newest: who called whom, the state, the hangup cause, the vendor's own ids.",
        annotations(read_only_hint = true)
    )]
    async fn list_calls(&self, Parameters(wanted): Parameters<ListCalls>) -> Told {
        let ListCalls { vendor, account, state, from, to, limit } = wanted;
        let limit = limit.unwrap_or(20).to_string();
        let query = [
            ("account", account.as_deref()),
            ("state", state.as_deref()),
            ("from", from.as_deref()),
            ("to", to.as_deref()),
            ("limit", Some(limit.as_str())),
        ];
        let mut found = self.read(path(vendor.as_deref(), "/calls", &query)).await?;
        let shown = [
            "id",
            "account",
            "state",
            "direction",
            "from",
            "to",
            "cause",
            "created_at",
            "answered_at",
            "ended_at",
            "vendor_ids",
        ];
        let calls: Vec<Value> =
            list(&found, "calls").iter().map(|call| only(call, &shown)).collect();
        if let Some(listed) = found.get_mut("calls") {
            *listed = calls.into();
        }
        Ok(found.to_string())
    }

    #[tool(
        description = "Show one call: its legs and timeline; or drawn, as a sequence diagram with requests and webhooks.",
        annotations(read_only_hint = true)
    )]
    async fn show_call(&self, Parameters(wanted): Parameters<ShowCall>) -> Told {
        let ShowCall { call, drawn } = wanted;
        let call = encoded(&call);
        if !drawn {
            return Ok(self.read(format!("/calls/{call}")).await?.to_string());
        }
        Ok(text(self.read(format!("/calls/{call}/ladder?format=mermaid")).await?))
    }

    #[tool(
        description = "List what clients asked of the vendors, the newest first, with the answers; a refused one says at which step and field, and what may be meant.",
        annotations(read_only_hint = true)
    )]
    async fn list_requests(&self, Parameters(wanted): Parameters<ListRequests>) -> Told {
        let ListRequests { vendor, account, operation, call, refused, limit } = wanted;
        let limit = limit.unwrap_or(20).to_string();
        let refused = refused.map(|refused| refused.to_string());
        let query = [
            ("account", account.as_deref()),
            ("operation", operation.as_deref()),
            ("call", call.as_deref()),
            ("refused", refused.as_deref()),
            ("limit", Some(limit.as_str())),
        ];
        Ok(self.read(path(vendor.as_deref(), "/journal", &query)).await?.to_string())
    }

    #[tool(
        description = "List the webhooks that vendors sent or are to send, the newest first, with their attempts; or one with what went over the wire.",
        annotations(read_only_hint = true)
    )]
    async fn list_webhooks(&self, Parameters(wanted): Parameters<ListWebhooks>) -> Told {
        let ListWebhooks { vendor, account, call, state, id, limit } = wanted;
        if let Some(id) = id {
            return Ok(self.read(format!("/deliveries/{}", encoded(&id))).await?.to_string());
        }
        let limit = limit.unwrap_or(20).to_string();
        let query = [
            ("account", account.as_deref()),
            ("call", call.as_deref()),
            ("state", state.as_deref()),
            ("limit", Some(limit.as_str())),
        ];
        Ok(self.read(path(vendor.as_deref(), "/deliveries", &query)).await?.to_string())
    }

    #[tool(
        description = "Read what an inbox received, the newest first: the webhooks as they came, whether their signatures are right, and what was answered.",
        annotations(read_only_hint = true)
    )]
    async fn read_inbox(&self, Parameters(wanted): Parameters<ReadInbox>) -> Told {
        let limit = wanted.limit.unwrap_or(20).to_string();
        let inbox = format!("/inboxes/{}/messages", encoded(&wanted.name));
        Ok(self.read(path(None, &inbox, &[("limit", Some(&limit))])).await?.to_string())
    }

    #[tool(
        description = "Make sure that something has happened: requests of clients, events of calls, webhooks, messages of inboxes, finished calls. If it has not, the error says what came nearest and which condition did not hold."
    )]
    async fn verify(&self, Parameters(wanted): Parameters<Verify>) -> Told {
        let Verify {
            vendor,
            account,
            wanted,
            order,
            strict,
            times,
            at_least,
            at_most,
            never,
            wait,
        } = wanted;
        let waits = wait.is_some();
        if waits
            && [at_least.is_some(), at_most.is_some(), never.is_some(), order.is_some()]
                .contains(&true)
        {
            return Err("with wait there are match and times alone".to_owned());
        }
        let order = order.map(|order| order.into_iter().map(Value::Object).collect::<Vec<_>>());
        let mut body = given([
            ("match", wanted.map(Value::Object)),
            ("order", order.map(Value::from)),
            ("strict", strict.map(Value::from)),
            ("times", times.map(Value::from)),
            ("at_least", at_least.map(Value::from)),
            ("at_most", at_most.map(Value::from)),
            ("never", never.map(Value::from)),
            ("timeout", wait.map(|wait| Value::from(wait.min(60.0)))),
        ]);
        let noted = body.clone();
        if waits {
            // What has happened already counts.
            body.insert("since".to_owned(), "0".into());
        }
        let verb = if waits { "/wait" } else { "/verify" };
        let path = path(vendor.as_deref(), verb, &[("account", account.as_deref())]);
        let whose = vendor.map(|vendor| Whose { vendor, account });
        let note = |_: &Value| Some((whose, Done::Verify(noted)));
        Ok(self.ask("POST", path, Some(Value::Object(body)), note).await?.to_string())
    }

    #[tool(
        description = "Write down what was done with a vendor's account as a test: rules, calls, clock, inboxes and verifications, places for the requests that clients sent, and checks of what came of it. Answers its source, for the client packages `ringback` of PyPI and npm.",
        annotations(read_only_hint = true)
    )]
    async fn make_test(&self, Parameters(wanted): Parameters<MakeTest>) -> Told {
        self.work(move |home| {
            let MakeTest { vendor, account, language, name } = wanted;
            let whose = Whose { vendor, account };
            let place = home.place()?;
            let steps = home.steps();
            let about = |rest: &str, query: &[(&str, Option<&str>)]| {
                let mut all = vec![("account", whose.account.as_deref())];
                all.extend(query);
                place.control("GET", &path(Some(&whose.vendor), rest, &all), None)
            };
            let mut seen = Seen::default();
            let journal = about("/journal", &[("order", Some("asc")), ("limit", Some("200"))])?;
            seen.requests = list(&journal, "requests").to_vec();
            let calls = about("/calls", &[("limit", Some("200"))])?;
            seen.calls = list(&calls, "calls").iter().rev().cloned().collect();
            for step in &steps {
                let Done::Inbox { name, .. } = &step.done else { continue };
                if step.whose.as_ref() != Some(&whose) {
                    continue;
                }
                let inbox = format!("/inboxes/{}/messages?order=asc&limit=1000", encoded(name));
                let received = place.control("GET", &inbox, None)?;
                let path = |message: &Value| message.get("path")?.as_str().map(str::to_owned);
                let paths = list(&received, "messages").iter().filter_map(path).collect();
                seen.messages.retain(|(known, _)| known != name);
                seen.messages.push((name.clone(), paths));
            }
            Ok(script::write(language, &whose, &name, &steps, &seen))
        })
        .await
    }

    #[tool(
        description = "Read the documents of Ringback: the vendors' pages, the control API, scenarios, … A whole page, or the part under a heading.",
        annotations(read_only_hint = true)
    )]
    async fn read_docs(&self, Parameters(wanted): Parameters<ReadDocs>) -> Told {
        let pages: Vec<(String, &str)> = docs::texts().collect();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        let Some(page) = wanted.page else { return Ok(names.join("\n")) };
        let found = pages.iter().find(|(name, _)| *name == page);
        let (_, text) = found.ok_or_else(|| format!("no page {page}{}", hint(&page, &names)))?;
        let Some(heading) = wanted.heading else { return Ok((*text).to_owned()) };
        docs::part(text, &heading).ok_or_else(|| {
            let headings: Vec<&str> = docs::headings(text).map(|(_, name)| name).collect();
            format!("no heading {heading} in {page}: there are {}", headings.join(", "))
        })
    }
}
