//! The line of curl that sends a request again.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::Entry;
use crate::shell_word;

/// Headers that curl makes itself, or that belong to the connection.
const OWN: [&str; 6] =
    ["host", "content-length", "connection", "transfer-encoding", "accept-encoding", "expect"];

impl Entry {
    /// Returns the line that sends the request again, or why there is none.
    pub(crate) fn curl(&self, secrets: bool) -> Result<String, &'static str> {
        if !self.body().is_whole() {
            return Err("the body is kept in part only");
        }
        let mask = self.mask();
        let mask = (!secrets).then_some(&mask);
        let mut line = String::from("curl -s");
        let method = self.method.as_str();
        match (method, self.packed.body().is_empty()) {
            ("GET", true) | ("POST", false) => {}
            ("HEAD", true) => line += " --head",
            ("HEAD", false) => return Err("curl sends no body with HEAD"),
            // A method is a token, in which a shell sees more than letters.
            _ if method.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                line.extend([" -X ", method]);
            }
            _ => line.extend([" -X ", &shell_word(method)]),
        }
        let url = self.whole_url(mask);
        if url.contains(['[', ']', '{', '}']) {
            // Else curl takes them for patterns of several addresses.
            line += " -g";
        }
        let path = url.split('?').next().unwrap_or_default();
        let plain = path.replace("%2e", ".").replace("%2E", ".");
        if plain.split('/').any(|segment| matches!(segment, "." | "..")) {
            // Else curl goes up by itself.
            line += " --path-as-is";
        }
        line.extend([" ", &shell_word(&url)]);
        let (mut typed, host) = (false, self.authority());
        for (name, value) in self.shown_headers(self.packed.headers(), mask) {
            typed |= name == "content-type";
            // Where the address does not say it, a header does.
            let is_told = name == "host" && host.is_none();
            if OWN.contains(&name.as_str()) && !is_told {
                continue;
            }
            // Behind a colon curl takes nothing for the wish to leave the header out.
            let header = match value.is_empty() {
                true => format!("{name};"),
                false => format!("{name}: {value}"),
            };
            line.extend([" -H ", &shell_word(&header)]);
        }
        if self.packed.body().is_empty() {
            return Ok(line);
        }
        if !typed {
            // Else curl says that it is a form.
            line += " -H 'content-type:'";
        }
        if std::str::from_utf8(self.packed.body()).is_ok_and(|text| !text.contains('\0')) {
            let body = self.shown_body(mask);
            line.extend([" --data-raw ", &shell_word(&body)]);
            return Ok(line);
        }
        let body = BASE64_STANDARD.encode(self.packed.body());
        Ok(format!("printf %s {body} | base64 -d | {line} --data-binary @-"))
    }
}
