//! Links to recordings as v3, the dial service and call logs give them out.
//! vendors/voip24h-v3.md, 5

use actix_web::{HttpRequest, HttpResponse};
use ringback_exchange::audio::{Format, Sound};
use ringback_mock::{AccountId, media::Media};
use serde::Deserialize;

use super::{
    recording::{for_any_page, plain_name},
    v3::Voip,
};
use crate::{error::Error, machine::Pbx, ogg, riff, seal};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    hostname: String,
    #[serde(rename = "pkeyID")]
    file: String,
    #[serde(rename = "xKey")]
    key: String,
}

/// `GET|HEAD /fdownload/recording`, and `play`, which is the same.
pub(crate) async fn recording(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (sound, _) = sound(&voip, &request)?;
    let read = move |offset, buffer: &mut [u8]| sound.read(Format::Wav, offset, buffer);
    let (media_type, size) = (Format::Wav.media_type(), sound.size(Format::Wav));
    let disposition = "inline".to_owned();
    Ok(for_any_page(Media { media_type, disposition, size, read }.respond(&request)))
}

/// `GET|HEAD /fdownload/recording.ogg`
pub(crate) async fn stream(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (sound, _) = sound(&voip, &request)?;
    let read = move |offset, buffer: &mut [u8]| ogg::read(&sound, offset, buffer);
    let (media_type, size) = (ogg::MEDIA_TYPE, ogg::size(&sound));
    let disposition = "inline".to_owned();
    Ok(for_any_page(Media { media_type, disposition, size, read }.respond(&request)))
}

/// `GET|HEAD /fdownload/downloadFile`
pub(crate) async fn download(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (sound, file) = sound(&voip, &request)?;
    let read = move |offset, buffer: &mut [u8]| riff::read(&sound, offset, buffer);
    let (media_type, size) = (Format::Wav.media_type(), riff::size(&sound));
    let disposition = format!("attachment; filename=\"{}\"", plain_name(&file));
    Ok(for_any_page(Media { media_type, disposition, size, read }.respond(&request)))
}

/// `GET|HEAD /fdownload/eplay`: a page that plays it.
pub(crate) async fn page(voip: Voip, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, file) = sound(&voip, &request)?;
    let escape = |text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;")
    };
    let (name, query) = (escape(&file), escape(request.query_string()));
    let page = format!(
        "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>{name}</title></head>\n\
         <body><audio controls autoplay src=\"recording?{query}\"></audio></body>\n</html>\n"
    );
    Ok(for_any_page(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)))
}

fn sound(voip: &Voip, request: &HttpRequest) -> Result<(Sound, String), Error> {
    // A parameter given twice or badly encoded is one that is not there.
    let query: Query = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let Query { hostname, file, key } = query;
    let given = [("hostname", &hostname), ("pkeyID", &file), ("xKey", &key)];
    if let Some((name, _)) = given.into_iter().find(|(_, value)| value.is_empty()) {
        return Err(Error::LinkWithout(name));
    }
    let is_name = file.ends_with(".gsm") && !file.contains("..") && !file.contains('/');
    if !is_name {
        return Err(Error::NoSuchRecording);
    }
    // A `+` that was not escaped arrives as a blank.
    let names = [file.replace(' ', "+"), file];
    let application_key = &voip.settings().application_key;
    let opened = voip.engine().read(|accounts| {
        let mut worlds = accounts.iter().filter(|(_, pbx)| pbx.keys().hostname() == hostname);
        worlds.find_map(|(id, pbx): (AccountId, &Pbx)| {
            let salt = pbx.keys().salt();
            let is_it = |file: &&String| seal::opens(application_key, salt, file, &key);
            Some((id, pbx.recording(names.iter().find(is_it)?), names.iter().find(is_it)?.clone()))
        })
    });
    let (account, sound, file) = opened.ok_or(Error::InvalidLinkKey)?;
    voip.admitted(account);
    Ok((sound.ok_or(Error::NoSuchRecording)?, file))
}
