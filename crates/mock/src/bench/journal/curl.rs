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
            ("HEAD", _) => line += " --head",
            _ => line.extend([" -X ", method]),
        }
        line.extend([" ", &shell_word(&self.whole_url(mask))]);
        let mut typed = false;
        for (name, value) in self.shown_headers(self.packed.headers(), mask) {
            typed |= name == "content-type";
            if !OWN.contains(&name.as_str()) {
                line.extend([" -H ", &shell_word(&format!("{name}: {value}"))]);
            }
        }
        if self.packed.body().is_empty() {
            return Ok(line);
        }
        if !typed {
            // Else curl says that it is a form.
            line += " -H 'content-type;'";
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
