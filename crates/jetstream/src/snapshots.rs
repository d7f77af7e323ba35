//! Snapshots: an object each, and one pointer to the newest, which never goes back.

use bytes::Bytes;
use futures_util::future;
use ringback_engine::ordered::{LogError, Position, Saved};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::objects::{self, NoObject};
use crate::{clock, names};

/// The form of a pointer.
const FORM: u32 = 1;

/// How long after a record's object was put the record itself has surely been published, or never
/// will be: an hour is a hundred times the patience of a publisher.
const RECORD_FOLLOWS: i64 = 3_600 * 1_000_000;

/// Which snapshots there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    form: u32,
    newest: Kept,
    /// The one before, for the case that the newest cannot be read. The records behind it are kept.
    previous: Option<Kept>,
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    position: Position,
    object: String,
}

/// Reads the pointer, and its revision, 0 if there is none.
async fn pointer(instance: &Instance) -> Result<(Option<Pointer>, u64), LogError> {
    let entry = instance
        .patiently(|| async {
            instance.link.pointers.entry(&instance.name).await.map_err(|error| error.to_string())
        })
        .await?;
    let Some(entry) = entry else { return Ok((None, 0)) };
    if entry.value.is_empty() {
        // Removed by hand.
        return Ok((None, entry.revision));
    }
    Ok((Some(Pointer::read(&entry.value)?), entry.revision))
}

impl Pointer {
    /// Reads its stored form.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LogError> {
        let pointer: Self = serde_json::from_slice(bytes)
            .map_err(|error| LogError::Damaged(format!("the pointer to its snapshots: {error}")))?;
        if pointer.form != FORM {
            return Err(LogError::Damaged(format!(
                "the pointer to its snapshots has form {}; this version reads form {FORM}",
                pointer.form
            )));
        }
        Ok(pointer)
    }
}

/// Keeps a snapshot, unless there is a newer one.
pub(crate) async fn save(
    instance: &Instance,
    position: Position,
    snapshot: Bytes,
) -> Result<(), LogError> {
    if pointer(instance).await?.0.is_some_and(|pointer| pointer.newest.position >= position) {
        return Ok(());
    }
    // A name of its own: two replicas may save the same position at the same time, and an object
    // that is replaced while somebody reads it is none.
    let mark = instance.link.client.new_inbox();
    let mark = mark.rsplit('.').next().unwrap_or_default();
    let object = format!("{}{position:020}-{mark}", names::snapshot_objects(&instance.name));
    instance.patiently(|| objects::put(&instance.link, &object, snapshot.clone())).await?;

    let kept = Kept { position, object };
    match point_to(instance, &kept).await {
        Ok(Some(dropped)) => remove(instance, &dropped).await,
        Ok(None) => {}
        // It may have been done all the same, so the object stays; the next sweep finds it.
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Moves the pointer forward. Returns the object that nobody needs any more: one that has fallen
/// off the end, or the new one if there is a newer.
async fn point_to(instance: &Instance, kept: &Kept) -> Result<Option<String>, LogError> {
    let give_up = clock::now() + instance.link.options.patience;
    loop {
        let (old, revision) = pointer(instance).await?;
        if let Some(old) = &old {
            if old.newest.object == kept.object {
                // An update whose acknowledgement was lost.
                return Ok(None);
            }
            if old.newest.position >= kept.position {
                return Ok(Some(kept.object.clone()));
            }
        }
        let dropped = old.as_ref().and_then(|old| old.previous.clone());
        let new = Pointer { form: FORM, newest: kept.clone(), previous: old.map(|old| old.newest) };
        let value =
            serde_json::to_vec(&new).map_err(|error| LogError::Stopped(error.to_string()))?;
        match instance.link.pointers.update(&instance.name, value.into(), revision).await {
            Ok(_) => return Ok(dropped.map(|dropped| dropped.object)),
            Err(error) if clock::now() >= give_up => {
                return Err(LogError::Unknown(error.to_string()));
            }
            // Somebody else was quicker, or nobody answered: what is there now decides.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

/// Returns the newest snapshot that can be read.
pub(crate) async fn newest(instance: &Instance) -> Result<Option<Saved>, LogError> {
    loop {
        let (Some(Pointer { newest, previous, .. }), revision) = pointer(instance).await? else {
            return Ok(None);
        };
        let mut reasons = Vec::new();
        for kept in [Some(newest), previous].into_iter().flatten() {
            match read(instance, &kept).await? {
                Ok(bytes) => return Ok(Some(Saved { position: kept.position, bytes })),
                Err(reason) => {
                    log::warn!("the snapshot {} cannot be read: {reason}", kept.object);
                    reasons.push(format!("{}: {reason}", kept.object));
                }
            }
        }
        // Two newer ones may have been made since the pointer was read.
        if pointer(instance).await?.1 == revision {
            return Err(LogError::Damaged(format!(
                "no snapshot can be read ({})",
                reasons.join("; ")
            )));
        }
    }
}

async fn read(instance: &Instance, kept: &Kept) -> Result<Result<Bytes, String>, LogError> {
    instance
        .patiently(|| async {
            match objects::get(&instance.link, &kept.object).await {
                Ok(bytes) => Ok(Ok(bytes)),
                Err(NoObject::Missing) => Ok(Err("it is missing".into())),
                Err(NoObject::Spoilt(reason)) => Ok(Err(reason)),
                Err(NoObject::Silent(reason)) => Err(reason),
            }
        })
        .await
}

/// Forgets the records that both snapshots hold, and no others: a replica that finds the newest
/// snapshot spoilt begins at the one before.
pub(crate) async fn compact(instance: &Instance, through: Position) -> Result<(), LogError> {
    let (pointer, _) = pointer(instance).await?;
    let Some(Pointer { newest, previous: Some(previous), .. }) = pointer else { return Ok(()) };
    let through = through.min(previous.position);
    if through == 0 {
        return Ok(());
    }
    instance
        .patiently(|| async {
            let stream = instance
                .link
                .context
                .get_stream_no_info(&instance.stream)
                .await
                .map_err(|error| error.to_string())?;
            // Up to, and not including.
            stream.purge().sequence(through + 1).await.map_err(|error| error.to_string())
        })
        .await?;
    if let Err(reason) = sweep(instance, [&newest, &previous]).await {
        // The next compaction finds what this one has left.
        log::warn!("objects of {} are not swept yet: {reason}", instance.stream);
    }
    Ok(())
}

/// Removes the objects that nothing refers to any more.
async fn sweep(instance: &Instance, kept: [&Kept; 2]) -> Result<(), String> {
    let extent = instance.extent().await.map_err(|error| format!("{error:?}"))?;

    // Snapshots that were never pointed to: their process ended before. One that is being made now
    // is newer than those that are kept.
    let oldest = kept.iter().map(|kept| kept.position).min().unwrap_or_default();
    let prefix = names::snapshot_objects(&instance.name);
    for name in objects::list(&instance.link, &prefix).await? {
        let position = name.get(prefix.len()..).and_then(|rest| rest.split('-').next());
        let position = position.and_then(|digits| digits.parse::<Position>().ok());
        let is_old = position.is_none_or(|position| position <= oldest);
        if is_old && kept.iter().all(|kept| kept.object != name) {
            remove(instance, &name).await;
        }
    }

    // Objects of records that are gone. Those which came round here are known by position.
    let gone = {
        let mut objects = instance.objects.lock();
        let kept = objects.split_off(&extent.first);
        std::mem::replace(&mut *objects, kept)
    };
    future::join_all(gone.values().map(|name| remove(instance, name))).await;
    // Of the others the time says it, the servers' time: a record comes after its object.
    let Some(first_at) = extent.first_at else { return Ok(()) };
    for name in objects::list(&instance.link, &names::record_objects(&instance.name)).await? {
        if instance.objects.lock().values().any(|known| *known == name) {
            continue;
        }
        let put_at = objects::put_at(&instance.link, &name).await?;
        if put_at.is_some_and(|at| at.saturating_add(RECORD_FOLLOWS) < first_at) {
            remove(instance, &name).await;
        }
    }
    Ok(())
}

async fn remove(instance: &Instance, name: &str) {
    if let Err(reason) = objects::remove(&instance.link, name).await {
        // The next sweep finds it.
        log::debug!("the object {name} is not removed yet: {reason}");
    }
}
