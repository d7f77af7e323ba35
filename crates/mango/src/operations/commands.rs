//! The commands: each reads its parameters, does one thing to the world, and is done.

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx, Refused,
    machine::{Callback, GroupCallback, Method},
    wire::{Answer, done},
};

/// The most bytes of a `command_id`.
const COMMAND_ID: usize = 128;

/// Returns the `command_id` to copy into everything the command causes.
pub(crate) fn command_id(params: &Params) -> Result<Option<String>, Refused> {
    let id = params.text_or_none("command_id")?;
    match &id {
        Some(id) if id.len() > COMMAND_ID => Err(params.unusable("command_id", 3109)),
        _ => Ok(id),
    }
}

/// Returns a text that counts as absent when it is empty.
fn some_text(params: &Params, name: &str) -> Result<Option<String>, Refused> {
    Ok(params.text_or_none(name)?.filter(|text| !text.is_empty()))
}

/// Returns an extension, which both Python clients spell `extenstion`.
pub(crate) fn extension(party: &Params) -> Result<Option<String>, Refused> {
    let spelt = ["extension", "extenstion"].into_iter().find(|name| party.has(name));
    spelt.map_or(Ok(None), |name| some_text(party, name))
}

/// `commands/callback`. vendors/mango.md, 6.1
pub(crate) fn callback(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let command_id = command_id(params)?;
    let from = params.object_or_none("from")?.ok_or_else(|| params.missing("from"))?;
    let callback = Callback {
        extension: extension(&from)?.ok_or_else(|| from.missing("extension"))?,
        number: some_text(&from, "number")?,
        to: params.text("to_number")?,
        line: some_text(params, "line_number")?,
        command_id,
    };
    pbx.callback(now, callback)?;
    done()
}

/// `commands/callback_group`. vendors/mango.md, 6.2
pub(crate) fn callback_group(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let order = GroupCallback {
        command_id: command_id(params)?,
        from: params.text("from")?,
        to: params.text("to")?,
        line: some_text(params, "line_number")?,
    };
    pbx.group_callback(now, order)?;
    done()
}

/// `commands/sms`. vendors/mango.md, 6.3
pub(crate) fn sms(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let command_id = command_id(params)?;
    let [text, from, to] = ["text", "from_extension", "to_number"].map(|name| params.text(name));
    pbx.send_sms(now, &from?, &to?, &text?, command_id)?;
    done()
}

/// `commands/call/hangup`. vendors/mango.md, 6.4
pub(crate) fn hangup(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    command_id(params)?;
    pbx.hang_up(now, &params.text("call_id")?)?;
    done()
}

/// `commands/recording/start`. vendors/mango.md, 6.5
pub(crate) fn start_recording(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let command_id = command_id(params)?;
    let [call, party] = ["call_id", "call_party_number"].map(|name| params.text(name));
    pbx.start_recording(now, &call?, &party?, command_id)?;
    done()
}

/// `commands/play/start`. vendors/mango.md, 6.6
pub(crate) fn start_play(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    command_id(params)?;
    let call = params.text("call_id")?;
    let file = params.id_or_none("internal_id")?;
    let pause = params.id_or_none("after_play_time")?;
    if file.is_none() && pause.is_none() {
        return Err(params.missing("internal_id"));
    }
    if let Some(file) = file
        && !pbx.tables.audio_files.iter().any(|known| known.id == file)
    {
        return Err(Refused::field(3340, "internal_id", 3340));
    }
    pbx.start_play(&call)?;
    done()
}

/// `commands/route`. vendors/mango.md, 6.7
pub(crate) fn route(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let command_id = command_id(params)?;
    let [call, to] = ["call_id", "to_number"].map(|name| params.text(name));
    pbx.route(now, &call?, &to?, command_id)?;
    done()
}

/// `commands/transfer`. vendors/mango.md, 6.8
pub(crate) fn transfer(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let command_id = command_id(params)?;
    let call = params.text("call_id")?;
    let method = match params.text("method")?.as_str() {
        "blind" => Method::Blind,
        "hold" => Method::Hold,
        _ => return Err(params.malformed("method")),
    };
    let [to, initiator] = ["to_number", "initiator"].map(|name| params.text(name));
    pbx.transfer(now, &call, method, &initiator?, &to?, command_id)?;
    done()
}

/// `commands/calls_connect`. vendors/mango.md, 6.9
pub(crate) fn calls_connect(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    command_id(params)?;
    let [held, moved] = ["holded_call_id", "transferred_call_id"].map(|name| params.text(name));
    let initiator = some_text(params, "transfer_initiator_number")?;
    pbx.connect(now, &held?, &moved?, initiator.as_deref())?;
    done()
}

/// `commands/transfer_cancel`. vendors/mango.md, 6.9
pub(crate) fn transfer_cancel(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    command_id(params)?;
    pbx.cancel_transfer(now, &params.text("call_id")?)?;
    done()
}

/// `commands/call/hold/on`. vendors/mango.md, 6.9
pub(crate) fn hold_on(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    command_id(params)?;
    let [call, initiator] = ["call_id", "initiator"].map(|name| params.text(name));
    pbx.hold_on(now, &call?, &initiator?)?;
    done()
}
