//! Objects: snapshots, and records that are too large for a message.

use std::time::Duration;

use async_nats::jetstream::object_store::{DeleteErrorKind, GetErrorKind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use ringback_engine::ordered::Stamp;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::link::Link;
use crate::{names, stream};

/// How long a server may be silent in the middle of an object.
const SILENCE: Duration = Duration::from_secs(5);

/// How much is read at once.
const CHUNK: usize = 128 * 1024;

/// Why an object cannot be had.
#[derive(Debug)]
pub(crate) enum NoObject {
    /// There is none of that name.
    Missing,
    /// It is not what was put there.
    Spoilt(String),
    /// Nobody answers.
    Silent(String),
}

/// Puts an object, in the place of one of the same name.
pub(crate) async fn put(link: &Link, name: &str, bytes: Bytes) -> Result<(), String> {
    let put = async { link.objects.put(name, &mut &bytes[..]).await };
    // Parts are acknowledged one by one, within the client's time limit; this one is for a client
    // that cannot even send.
    let parts = u32::try_from(bytes.len() / CHUNK).unwrap_or(u32::MAX);
    match timeout(SILENCE.saturating_mul(2 + parts / 8), put).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the object store does not answer".into()),
    }
}

/// Gets an object; its checksum is looked at.
pub(crate) async fn get(link: &Link, name: &str) -> Result<Bytes, NoObject> {
    let silent = |_| NoObject::Silent("the object store does not answer".into());
    let mut object = match timeout(SILENCE, link.objects.get(name)).await.map_err(silent)? {
        Ok(object) => object,
        Err(error) if error.kind() == GetErrorKind::NotFound => return Err(NoObject::Missing),
        Err(error) => return Err(NoObject::Silent(error.to_string())),
    };
    let size = object.info().size;
    let mut bytes = BytesMut::new();
    loop {
        bytes.reserve(CHUNK);
        let read = timeout(SILENCE, object.read_buf(&mut bytes)).await.map_err(silent)?;
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                return Err(NoObject::Spoilt(error.to_string()));
            }
            Err(error) => return Err(NoObject::Silent(error.to_string())),
        }
    }
    if bytes.len() != size {
        return Err(NoObject::Spoilt(format!("{} of {size} bytes", bytes.len())));
    }
    Ok(bytes.freeze())
}

/// Removes an object without leaving a trace. The store itself keeps a note of each removed one.
pub(crate) async fn remove(link: &Link, name: &str) -> Result<(), String> {
    match link.objects.delete(name).await {
        Ok(()) => {}
        Err(error) if error.kind() == DeleteErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.to_string()),
    }
    let stream = link
        .context
        .get_stream_no_info(format!("OBJ_{}", link_bucket(link)))
        .await
        .map_err(|error| error.to_string())?;
    stream.purge().filter(meta_subject(link, name)).await.map_err(|error| error.to_string())?;
    Ok(())
}

/// Returns the names of the objects that begin so.
pub(crate) async fn list(link: &Link, prefix: &str) -> Result<Vec<String>, String> {
    let listed = async {
        let list = link.objects.list().await.map_err(|error| error.to_string())?;
        list.try_filter_map(
            |info| async move { Ok(info.name.starts_with(prefix).then_some(info.name)) },
        )
        .try_collect()
        .await
        .map_err(|error| error.to_string())
    };
    timeout(4 * SILENCE, listed)
        .await
        .unwrap_or_else(|_| Err("the object store does not answer".into()))
}

/// Returns when an object was put, by the servers' clock.
pub(crate) async fn put_at(link: &Link, name: &str) -> Result<Option<Stamp>, String> {
    let stream = link
        .context
        .get_stream_no_info(format!("OBJ_{}", link_bucket(link)))
        .await
        .map_err(|error| error.to_string())?;
    let message = stream
        .get_last_raw_message_by_subject(&meta_subject(link, name))
        .await
        .map_err(|error| error.to_string())?;
    Ok(stream::stamp_of(message.time))
}

fn link_bucket(link: &Link) -> String {
    names::bucket(&link.options.deployment)
}

fn meta_subject(link: &Link, name: &str) -> String {
    format!("$O.{}.M.{}", link_bucket(link), URL_SAFE.encode(name))
}
