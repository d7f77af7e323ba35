//! What answers a call: TwiML documents by the name of the call's flow.

use crate::Settings;

const DEFAULT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>\
    <Say>Thank you for listening. Goodbye.</Say>\
    <Play>http://demo.twilio.com/docs/classic.mp3</Play></Response>";

/// Returns the document of a flow: the one that was set for its name, or the default.
pub(crate) fn document(settings: &Settings, logic: &str) -> String {
    settings.twiml.get(logic).cloned().unwrap_or_else(|| DEFAULT.to_owned())
}

/// Writes the answer to a refused event.
pub(crate) fn errors(messages: &[String]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n");
    for message in messages {
        out.push_str(&format!("  <error>{message}</error>\n"));
    }
    out.push_str("</errors>\n");
    out
}
