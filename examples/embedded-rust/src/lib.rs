//! A service that calls customers by Voip24h, and its tests, in which the vendor runs in the same process.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// Calls customers and says how that went.
pub struct Crm {
    /// `host:port` of the vendor.
    vendor: String,
    secret: String,
}

/// How the latest call of a customer went.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They talked, for so many seconds.
    Talked(u64),
    /// Nobody was reached: the customer is to be called again.
    CallAgain,
    /// There is no call in the vendor's list yet.
    Unknown,
}

impl Crm {
    /// Takes the address of the vendor and the secret that it gave.
    pub fn new(vendor: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), secret: secret.into() }
    }

    /// Lets an extension call a customer.
    pub fn call(&self, extension: &str, phone: &str) -> io::Result<()> {
        let answer = self.ask("makeDial", &json!({ "extension": extension, "phone": phone }))?;
        match answer["respCode"].as_i64() {
            Some(0) => Ok(()),
            _ => Err(io::Error::other(answer["respMsg"].to_string())),
        }
    }

    /// Says how the latest call of an extension to a customer went.
    pub fn outcome(&self, extension: &str, phone: &str) -> io::Result<Outcome> {
        let answer = self.ask("getUser", &json!({ "user": extension }))?;
        let calls = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(call) = calls.iter().find(|call| call["phoneNumber"] == phone) else {
            return Ok(Outcome::Unknown);
        };
        Ok(match call["callStatus"].as_str() {
            Some("ANSWERED") => Outcome::Talked(call["duration"].as_u64().unwrap_or_default()),
            _ => Outcome::CallAgain,
        })
    }

    /// Asks the vendor. A service in earnest takes a client library for this.
    fn ask(&self, request: &str, data: &Value) -> io::Result<Value> {
        let body = json!({ "requestType": request, "partnerSecret": self.secret, "data": data });
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.vendor)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "POST /api/v1/partner/voip24h HTTP/1.0\r\nhost: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.vendor,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        serde_json::from_str(body).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use ringback_voip24h::Voip24h;
    use time::Duration;

    use super::{Crm, Outcome};

    #[test]
    fn a_customer_who_is_busy_is_called_again() {
        let voip = Voip24h::builder().seed(7).frozen_clock().start().unwrap();
        let account = voip.open_account("crm-busy").unwrap();
        let crm = Crm::new(voip.address().to_string(), "crm-busy");
        account.when("0912*").once().is_busy().unwrap();

        crm.call("101", "0912345678").unwrap();
        account.advance(Duration::seconds(30)).unwrap();
        assert_eq!(crm.outcome("101", "0912345678").unwrap(), Outcome::CallAgain);

        account.when("0912*").after_ringing_for(3.0).answers_and_talks_for(40.0).unwrap();
        crm.call("101", "0912345678").unwrap();
        account.advance(Duration::minutes(5)).unwrap();
        let Outcome::Talked(seconds) = crm.outcome("101", "0912345678").unwrap() else {
            panic!("nobody talked");
        };
        assert!((40..=45).contains(&seconds), "{seconds}");
    }

    #[test]
    fn a_call_that_still_rings_is_not_known_yet() {
        let voip = Voip24h::builder().seed(7).frozen_clock().start().unwrap();
        let account = voip.open_account("crm-rings").unwrap();
        let crm = Crm::new(voip.address().to_string(), "crm-rings");
        account.when("0912*").waits_for_the_test().unwrap();

        crm.call("101", "0912345678").unwrap();
        // The extension rings first, and the customer once it has picked up.
        account.advance(Duration::seconds(5)).unwrap();
        assert_eq!(crm.outcome("101", "0912345678").unwrap(), Outcome::Unknown);
        for call in account.live_calls() {
            call.callee().reject().unwrap();
        }
        account.advance(Duration::seconds(1)).unwrap();
        assert_eq!(crm.outcome("101", "0912345678").unwrap(), Outcome::CallAgain);
    }

    #[test]
    fn a_wrong_secret_is_told() {
        let voip = Voip24h::builder().frozen_clock().start().unwrap();
        let crm = Crm::new(voip.address().to_string(), "nobody's");
        assert!(crm.call("101", "0912345678").is_err());
    }
}
