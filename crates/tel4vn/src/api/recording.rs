//! Recordings. They are public: whoever knows the address hears them.

use actix_web::{HttpRequest, HttpResponse, web};
use ringback_exchange::audio::{Format, Sound};
use ringback_mock::{Instance, Received, media::Media};

use super::Answer;
use crate::{Tel4vn, error::NOT_FOUND, wire::reply};

/// `GET|HEAD /recording/{id}`
pub(crate) async fn play(
    instance: web::Data<Instance<Tel4vn>>,
    request: HttpRequest,
    received: Received,
) -> Answer {
    let id = received.param("id");
    // The documents show the address with and without the ending.
    let id = id.strip_suffix(".wav").unwrap_or(id);
    let sound =
        instance.engine().read(|accounts| accounts.iter().find_map(|(_, pbx)| pbx.sound(id)));
    Ok(sound_file(sound.ok_or(NOT_FOUND)?, &request))
}

/// Answers with a sound, whole or in part.
pub(crate) fn sound_file(sound: Sound, request: &HttpRequest) -> HttpResponse {
    let format = Format::Wav;
    let size = sound.size(format);
    let read = move |offset, buffer: &mut [u8]| sound.read(format, offset, buffer);
    let media_type = format.media_type();
    let media = Media { media_type, disposition: "inline".to_owned(), size, read };
    reply::open(media.respond(request))
}
