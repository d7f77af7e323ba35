//! The links to recordings. Their token is their only protection: no partner secret is needed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web,
};
use ringback_exchange::audio::{Format, Sound};
use ringback_mock::{Instance, media::Media};
use serde::Deserialize;

use crate::{
    Voip24h,
    error::Error,
    seal,
    wire::{ANY_ORIGIN, permitted},
};

type Voip = web::Data<Instance<Voip24h>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Query {
    host: String,
    recording_file: String,
}

/// `GET|HEAD /api/recording/download`
pub(crate) async fn download(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (sound, file) = recording(&voip, &request)?;
    let disposition = format!("attachment; filename=\"{}\"", plain_name(&file));
    Ok(respond(sound, Format::Gsm, disposition, &request))
}

/// Writes a file's name as a header takes it: a number injected by the control API may hold what no
/// header or file name can.
pub(crate) fn plain_name(file: &str) -> String {
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '/');
    file.chars().map(|c| if fits(c) { c } else { '_' }).collect()
}

/// `GET|HEAD /recording/listen`
pub(crate) async fn listen(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (sound, _) = recording(&voip, &request)?;
    Ok(respond(sound, Format::Wav, "inline".to_owned(), &request))
}

/// `OPTIONS` of both: a player on a page asks whether it may fetch a part. field report, V2
pub(crate) async fn preflight(request: HttpRequest) -> HttpResponse {
    permitted(&request, "GET, HEAD, OPTIONS", &["range"])
}

fn recording(voip: &Voip, request: &HttpRequest) -> Result<(Sound, String), Error> {
    // A parameter given twice or badly encoded is one that is not there.
    let query: Query = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    if query.host.is_empty() {
        return Err(Error::LinkWithout("host"));
    }
    if query.recording_file.is_empty() {
        return Err(Error::LinkWithout("recordingFile"));
    }
    // A `+` that was not escaped arrives as a blank, which no token holds and few names do.
    let host = query.host.replace(' ', "+");
    let account = seal::open(&voip.settings().application_key, &host).ok_or(Error::InvalidHost)?;
    let found = voip.read(account, |pbx| {
        let names = [query.recording_file.replace(' ', "+"), query.recording_file];
        names.into_iter().find_map(|file| Some((pbx.recording(&file)?, file)))
    });
    found.flatten().ok_or(Error::NoSuchRecording)
}

fn respond(
    sound: Sound,
    format: Format,
    disposition: String,
    request: &HttpRequest,
) -> HttpResponse {
    let size = sound.size(format);
    let read = move |offset, buffer: &mut [u8]| sound.read(format, offset, buffer);
    let media = Media { media_type: format.media_type(), disposition, size, read };
    for_any_page(media.respond(request))
}

/// Lets pages of any origin read an answer, and what is said of it.
pub(crate) fn for_any_page(mut response: HttpResponse) -> HttpResponse {
    // On a range behind the end as on a sound: a player that may not read the answer fails without
    // a reason (field report, V1).
    let (name, any) = ANY_ORIGIN;
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(any));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

/// What a page may read of the answer beside the few headers that it always may.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("accept-ranges, content-disposition, content-length, content-range");
