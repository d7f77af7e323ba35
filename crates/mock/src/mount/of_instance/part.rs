//! Parts of an account's world, as the control API shows them.

use serde_json::{Value, json};

use super::owner;
use crate::{
    AccountEvent, AccountId, Accounts, Instance, Vendor, World,
    mount::{View, delivery},
    view,
    webhook::{DeliveryId, shorten},
};

/// Shows events, each with the call it is about.
pub(in crate::mount) fn show<W: World>(
    name: &str,
    accounts: &Accounts<W>,
    events: &[AccountEvent],
) -> Vec<Value> {
    let shown = |event: &AccountEvent| {
        let owner = owner(name, accounts, event.account);
        owner.event(accounts.world(event.account), &event.event)
    };
    events.iter().map(shown).collect()
}

/// Shows something of an account's world; `None` if that or the account is not there.
pub(super) fn part<V: Vendor>(
    instance: &Instance<V>,
    account: AccountId,
    part: View<'_>,
) -> Option<Value> {
    instance.engine().read_at(|accounts, now| {
        let (world, now) = accounts.world_at(account, now)?;
        let owner = owner(instance.name(), accounts, account);
        match part {
            View::Call(id) => owner.call(world, id),
            View::Extensions => Some(owner.owned(world.extensions())),
            View::Extension(number) => {
                world.exchange().extension(number).map(|found| owner.owned(json!(found)))
            }
            View::Services => {
                let services = world.exchange().services().map(|found| json!(found));
                Some(owner.owned(services.collect()))
            }
            View::Service(number) => {
                let mut services = world.exchange().services();
                let found = services.find(|found| found.number.as_str() == number);
                found.map(|found| owner.owned(json!(found)))
            }
            View::Behaviours => Some(owner.owned(world.behaviours(now))),
            View::Behaviour(id) => {
                let mut rules = world.exchange().rules().iter();
                let rule = rules.find(|rule| rule.id == id)?;
                let mut shown = view::rule(rule);
                if let Some(fields) = shown.as_object_mut().filter(|_| rule.has_expired(now)) {
                    fields.insert("expired".to_owned(), true.into());
                }
                Some(owner.owned(shown))
            }
            View::Traffic => Some(owner.owned(view::traffic(world.exchange()))),
            View::RecordFaults => Some(owner.owned(view::record_faults(world.exchange()))),
            View::Credentials => Some(world.credentials(accounts.credential(account))),
            View::Webhook => {
                world.outbox().map(|outbox| json!({ "url": outbox.target().map(shorten) }))
            }
            View::Delivery(id) => {
                let delivery = world.outbox()?.find(DeliveryId(id))?;
                let shown = owner.delivery(world, delivery);
                let bench = instance.delivery_bench();
                let mut shown = delivery::whole(shown, world, account, delivery, bench);
                let (bench, origin) = (instance.bench(), instance.origin());
                let stamp = accounts.stamp(account);
                let command = delivery::command(bench, origin, account, stamp, delivery.id);
                shown.as_object_mut().map(|fields| fields.insert("command".to_owned(), command));
                Some(shown)
            }
        }
    })
}
