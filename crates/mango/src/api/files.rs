//! The temporary addresses of recordings: each works once.

use actix_web::{HttpRequest, HttpResponse, web};
use ringback_exchange::audio::Format;
use ringback_mock::{AccountId, Instance, Received, media::Media};

use super::vpbx::identified;
use crate::{FetchFile, Fetched, Mango, error::Rejected, error::Unreached};

/// `GET /files/{token}`
pub(crate) async fn get(
    mango: web::Data<Instance<Mango>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let response = fetch(&mango, &request, received.param("token")).await;
    identified(response, &request)
}

async fn fetch(mango: &Instance<Mango>, request: &HttpRequest, token: &str) -> HttpResponse {
    // The token is the address's only protection, and says whose recording it is.
    let holder = mango.engine().read_at(|accounts, now| {
        let mut holders = accounts.iter_at(now).filter(|(_, pbx, at)| pbx.has_link(*at, token));
        holders.next().map(|(account, ..)| account)
    });
    let fetched = match holder {
        Some(account) => take(mango, account, token).await,
        None => Ok(None),
    };
    match fetched {
        Ok(Some(fetched)) => play(&fetched, request),
        Ok(None) => Rejected::from(Unreached::NotFound).respond(Default::default()),
        Err(rejected) => rejected.respond(Default::default()),
    }
}

async fn take(
    mango: &Instance<Mango>,
    account: AccountId,
    token: &str,
) -> Result<Option<Fetched>, Rejected> {
    Ok(mango.execute(account, FetchFile { token: token.to_owned() }).await?)
}

fn play(fetched: &Fetched, request: &HttpRequest) -> HttpResponse {
    let Fetched { recording_id, downloads, sound } = fetched.clone();
    let size = sound.size(Format::Mp3);
    let read = move |offset, buffer: &mut [u8]| sound.read(Format::Mp3, offset, buffer);
    let disposition = match downloads {
        true => format!("attachment; filename=\"{recording_id}.mp3\""),
        false => "inline".to_owned(),
    };
    // The vendor's own name for the type. vendors/mango.md, 8
    Media { media_type: "audio/mp3", disposition, size, read }.respond(request)
}
