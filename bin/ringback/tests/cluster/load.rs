//! Clients of three vendors, who remember what they were answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Stage;
use crate::http::Http;

/// How many clients each replica has with each vendor.
const CLIENTS: u64 = 2;

/// What became of what one client did.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Contacts with the ids that were answered.
    pub(crate) contacts: Vec<(String, u64)>,
    /// Contacts that may be there: no answer, or one that says so.
    pub(crate) unknown: Vec<String>,
    /// Calls that were answered.
    pub(crate) calls: u64,
    /// Calls that may have been made.
    pub(crate) unknown_calls: u64,
    /// The longest that anybody waited.
    pub(crate) longest: Duration,
}

pub(crate) struct Load {
    clients: Vec<JoinHandle<Outcome>>,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
}

/// Adds one contact of a number; the status of the answer, and its id.
pub(crate) fn add_contact(http: &mut Http, number: &str) -> Option<(u16, u64)> {
    let body = format!("msisdn={number}");
    let form = ("application/x-www-form-urlencoded", body.as_str());
    let reply = http.ask("POST", "/api/contacts", Some(form)).ok()?;
    Some((reply.status, reply.json()["id"].as_u64().unwrap_or_default()))
}

/// A number that nobody else has.
pub(crate) fn number(client: u64, n: u64) -> String {
    format!("8491{client}{n:06}")
}

impl Load {
    pub(crate) fn start(stage: &Stage) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicU64::new(0));
        let mut clients = Vec::new();
        for (index, replica) in stage.replicas.iter().enumerate() {
            for client in 0..CLIENTS {
                let client = index as u64 * CLIENTS + client;
                let urls = ["scfm", "voip24h", "mango"].map(|vendor| replica.url(vendor));
                for (vendor, url) in urls.into_iter().enumerate() {
                    let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
                    clients.push(std::thread::spawn(move || {
                        let mut http = Http::new(&url);
                        let mut outcome = Outcome::default();
                        let mut n = 0;
                        while !stop.load(Ordering::Relaxed) {
                            n += 1;
                            let began = Instant::now();
                            let done = match vendor {
                                0 => outcome.contact(&mut http, &number(client, n)),
                                1 => outcome.dial(&mut http),
                                _ => outcome.call(&mut http),
                            };
                            outcome.longest = outcome.longest.max(began.elapsed());
                            answered.fetch_add(u64::from(done), Ordering::Relaxed);
                            // What is wanted are faults, not figures.
                            std::thread::sleep(Duration::from_millis(5));
                        }
                        outcome
                    }));
                }
            }
        }
        Self { clients, stop, answered }
    }

    /// Waits until so many more are answered.
    pub(crate) fn goes_on(&self, more: u64) {
        let wanted = self.answered.load(Ordering::Relaxed) + more;
        let mut last = 0;
        crate::nodes::until(&format!("{more} more answers"), || {
            last = self.answered.load(Ordering::Relaxed);
            last >= wanted
        });
    }

    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    pub(crate) fn end(self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        let mut outcome = Outcome::default();
        for client in self.clients {
            let one = client.join().unwrap();
            outcome.contacts.extend(one.contacts);
            outcome.unknown.extend(one.unknown);
            outcome.calls += one.calls;
            outcome.unknown_calls += one.unknown_calls;
            outcome.longest = outcome.longest.max(one.longest);
        }
        outcome
    }
}

impl Outcome {
    fn contact(&mut self, http: &mut Http, number: &str) -> bool {
        match add_contact(http, number) {
            Some((201, id)) => {
                self.contacts.push((number.to_owned(), id));
                true
            }
            Some((status, _)) if status < 500 => panic!("a contact: {status}"),
            _ => {
                self.unknown.push(number.to_owned());
                false
            }
        }
    }

    fn dial(&mut self, http: &mut Http) -> bool {
        let body = json!({ "requestType": "makeDial", "partnerSecret": "rdn7mllWMqND7S5DnZF8",
            "data": { "extension": "101", "phone": "0987699486" } });
        self.note(http, "/api/v1/partner/voip24h", &body)
    }

    /// A call that webhooks tell of.
    fn call(&mut self, http: &mut Http) -> bool {
        self.note(http, "/__admin/calls", &json!({ "from": "79997654321", "to": "101" }))
    }

    fn note(&mut self, http: &mut Http, path: &str, body: &serde_json::Value) -> bool {
        let answered = matches!(http.json("POST", path, Some(body)), Ok((200..300, _)));
        *(if answered { &mut self.calls } else { &mut self.unknown_calls }) += 1;
        answered
    }
}
