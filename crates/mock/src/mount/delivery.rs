//! A delivery with everything that is known of it: what went over the wire, what was signed.

use ringback_engine::OffsetDateTime;
use serde_json::{Map, Value, json};

use crate::{
    AccountId, Accounts, World,
    bench::{Bench, DeliveryStage, Item, Kind, Origin, Source, What},
    inbox::show_bytes,
    view::moment,
    webhook::{Delivery, DeliveryBench, DeliveryId, SentAttempt, SentWebhook, Signature, as_sent},
};

/// Adds to a delivery what went over the wire.
pub(super) fn whole<W: World>(
    mut shown: Value,
    world: &W,
    account: AccountId,
    delivery: &Delivery,
    bench: &DeliveryBench,
) -> Value {
    let Some(fields) = shown.as_object_mut() else { return shown };
    let stamp = world.outbox().map_or(0, |outbox| outbox.stamp());
    let sent = bench.sent.of((account, stamp, delivery.id));
    let signed = world.signature(&as_sent(delivery));
    let (copies, sent): (Vec<SentAttempt>, Vec<SentAttempt>) =
        sent.into_iter().partition(|attempt| attempt.is_copy);
    // The oldest may be forgotten.
    let forgotten = delivery.attempts.len().saturating_sub(sent.len());
    let attempts = fields.get_mut("attempts").and_then(Value::as_array_mut);
    let attempts = attempts.into_iter().flatten().skip(forgotten).zip(&sent);
    for (attempt, sent) in attempts {
        let Some(attempt) = attempt.as_object_mut() else { continue };
        attempt.extend(wire(world, delivery, sent, signed.as_ref()));
    }
    if let Some(signed) = &signed {
        fields.insert("signed_string".to_owned(), signed.signed_string.as_str().into());
    }
    let copies = copies.iter().map(|sent| {
        let mut copy = wire(world, delivery, sent, signed.as_ref());
        copy.insert("status".to_owned(), json!(sent.status));
        copy.insert("took_ms".to_owned(), sent.took_ms.into());
        Value::Object(copy)
    });
    let copies: Vec<Value> = copies.collect();
    if !copies.is_empty() {
        fields.insert("copies".to_owned(), copies.into());
    }
    shown
}

/// Returns the number of the command at which a delivery was made, as far as the feed reaches back; null
/// where time passing made it.
pub(super) fn command(
    bench: &Bench,
    origin: Origin,
    account: AccountId,
    world: Option<u64>,
    id: DeliveryId,
) -> Value {
    let is_here = |item: &Item| {
        let Source { origin: of, account: whose, world: stamp } = item.source;
        of == Some(origin) && whose == Some(account) && Some(stamp) == world
    };
    let is_made = |item: &Item| match &item.what {
        What::Delivery(note) => {
            note.id == Some(id) && note.stage == DeliveryStage::Pending && is_here(item)
        }
        What::Request(_) | What::Event(_) | What::Message(_) | What::Clock(_) | What::World(_) => {
            false
        }
    };
    let made = bench.feed().latest(Kind::Delivery, 1, is_made).0.pop();
    json!(made.and_then(|made| made.command))
}

/// Shows what went over the wire in one attempt.
fn wire<W: World>(
    world: &W,
    delivery: &Delivery,
    sent: &SentAttempt,
    signed: Option<&Signature>,
) -> Map<String, Value> {
    let show = |at: OffsetDateTime| Value::from(moment(at));
    let headers = sent
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]));
    let (name, request) = show_bytes("request", &sent.request);
    let mut fields = Map::from_iter([
        ("at".to_owned(), show(sent.at)),
        ("real_at".to_owned(), show(sent.real_at)),
        (name, request),
        ("response_headers".to_owned(), headers.collect()),
    ]);
    if !sent.chaos.is_empty() {
        fields.insert("chaos".to_owned(), json!(sent.chaos));
    }
    if signed.is_some()
        && let Some((headers, body)) = apart(&sent.request)
        && let Some(signature) =
            world.signature(&SentWebhook { headers: &headers, body, ..as_sent(delivery) })
    {
        fields.insert("signature".to_owned(), signature.explain(signed));
    }
    fields
}

/// Headers and body.
type Parts<'a> = (Vec<(String, String)>, &'a [u8]);

/// Takes a request apart that went over the wire whole.
fn apart(request: &[u8]) -> Option<Parts<'_>> {
    let end = memchr::memmem::find(request, b"\r\n\r\n")?;
    let (head, body) = (request.get(..end)?, request.get(end + 4..)?);
    let head = std::str::from_utf8(head).ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    Some((head.split("\r\n").skip(1).filter_map(header).collect(), body))
}

/// How many accounts are asked whether a webhook is theirs.
const ASKED: usize = 1_000;

/// Says how a webhook is signed for an account, or for the one of all for which it is signed well; for
/// the demo account if there is none.
pub(super) fn signature<W: World>(
    accounts: &Accounts<W>,
    account: Option<AccountId>,
    webhook: &SentWebhook<'_>,
) -> Option<Signature> {
    if let Some(account) = account {
        return accounts.world(account)?.signature(webhook);
    }
    let each = accounts.iter().take(ASKED).filter_map(|(_, world)| world.signature(webhook));
    let well = each.into_iter().find(|signature| signature.is_valid);
    well.or_else(|| accounts.world(AccountId::DEMO)?.signature(webhook))
}
