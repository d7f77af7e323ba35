//! Live calls: the list, and what is done to them.

use ringback_exchange::{Side, Supervision};
use serde::Serialize;

use super::Answer;
use crate::{
    Code,
    auth::Caller,
    error::{ErrorFormat, ErrorKind, InFormat as _},
    machine::{Park, Supervise, Transfer},
    wire::{
        body::{Body, Fields},
        reply::{self, ListReply},
    },
};

/// `GET /v1/call`
pub(crate) async fn list(caller: Caller) -> Answer {
    let rows: Vec<_> = caller.read(|pbx| pbx.rows().collect())?;
    Ok(reply::ok(&ListReply::from(rows)))
}

#[derive(Serialize)]
struct Success<'a> {
    status: &'a str,
    call_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ext: Option<&'a str>,
}

fn success(caller: &Caller, ext: Option<&str>) -> Answer {
    let call_id = caller.parameter("id");
    Ok(reply::ok(&Success { status: "success", call_id, ext }))
}

/// Reads the body of an order, once its call is known to be live.
fn fields(caller: &Caller, body: Body) -> Result<Fields, ErrorKind> {
    let live = caller.read(|pbx| match pbx.live(caller.parameter("id")) {
        Some(_) => Ok(()),
        None => Err(pbx.refused(Code::CallNotFound)),
    });
    live??;
    Fields::of(body)
}

fn leg(fields: &Fields) -> Result<Option<Side>, ErrorKind> {
    match fields.value("legs").map(|legs| legs.as_str()) {
        None | Some(Some("")) => Ok(None),
        Some(Some("aleg")) => Ok(Some(Side::A)),
        Some(Some("bleg")) => Ok(Some(Side::B)),
        Some(_) => Err(ErrorKind::Invalid("legs")),
    }
}

async fn move_leg(caller: &Caller, body: Body, usual: Option<Side>) -> Result<String, ErrorKind> {
    let fields = fields(caller, body)?;
    let ext = fields.required("ext")?;
    let moved = leg(&fields)?.or(usual).ok_or(ErrorKind::Missing("legs"))?;
    let call = caller.parameter("id").to_owned();
    caller.execute(Transfer { call, ext: ext.clone(), moved }).await??;
    Ok(ext)
}

/// `POST /v1/call/{id}/transfer`
pub(crate) async fn transfer(caller: Caller, body: Body) -> Answer {
    let ext = move_leg(&caller, body, None).await.in_format(ErrorFormat::Control)?;
    success(&caller, Some(&ext))
}

/// `POST /v2/call/{id}/transfer`: the b-leg is moved unless another is named.
pub(crate) async fn transfer_v2(caller: Caller, body: Body) -> Answer {
    let ext = move_leg(&caller, body, Some(Side::B)).await.in_format(ErrorFormat::Control)?;
    success(&caller, Some(&ext))
}

async fn supervise(caller: Caller, body: Body, supervision: Supervision) -> Answer {
    let join = async {
        let ext = fields(&caller, body)?.required("ext")?;
        let call = caller.parameter("id").to_owned();
        caller.execute(Supervise { call, ext: ext.clone(), supervision }).await??;
        Ok::<_, ErrorKind>(ext)
    };
    let ext = join.await.in_format(ErrorFormat::Control)?;
    success(&caller, Some(&ext))
}

/// `POST /v1/call/{id}/listen`
pub(crate) async fn listen(caller: Caller, body: Body) -> Answer {
    supervise(caller, body, Supervision::Listen).await
}

/// `POST /v1/call/{id}/whisper`
pub(crate) async fn whisper(caller: Caller, body: Body) -> Answer {
    supervise(caller, body, Supervision::Whisper).await
}

/// `POST /v1/call/{id}/barge`
pub(crate) async fn barge(caller: Caller, body: Body) -> Answer {
    supervise(caller, body, Supervision::Barge).await
}

/// `POST /v1/call/{id}/park`
pub(crate) async fn park(caller: Caller, body: Body) -> Answer {
    let cut = async {
        let cut = leg(&fields(&caller, body)?)?.ok_or(ErrorKind::Missing("legs"))?;
        let call = caller.parameter("id").to_owned();
        caller.execute(Park { call, cut }).await??;
        Ok::<_, ErrorKind>(())
    };
    cut.await.in_format(ErrorFormat::Park)?;
    success(&caller, None)
}
