//! A vendor of one bell: ringing it tells the webhook, and rings again after ten seconds.

use actix_web::{HttpRequest, HttpResponse, web};
use ringback_engine::{Command, Duration, OffsetDateTime};
use ringback_exchange::{CallId, CdrInput, Dial, Exchange, Extension, Profile};
use ringback_mock::{
    AccountId, Builder, ControlAnswer, ControlRefused, ControlVerbs, Endpoint, Genesis,
    HttpRefusal, Instance, Outbox, OwnControl, PhoneCall, Received, Vendor, World,
    webhook::{Policy, Post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) struct Bell;

impl Bell {
    pub(crate) fn builder() -> Builder<Self> {
        Builder::default().frozen_clock()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tower {
    pub(crate) rung: u64,
    again: Option<i64>,
    outbox: Outbox,
    exchange: Exchange<()>,
}

/// Rings the bell; `lane` is whose order the webhook keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ring {
    pub(crate) lane: u64,
    #[serde(default)]
    pub(crate) again: bool,
}

/// What only a tower can be told: `{"do": "ring", "lane": 1}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum BellControl {
    Ring(Ring),
}

impl ControlVerbs for BellControl {
    const VERBS: &'static [&'static str] = &["ring"];
}

impl OwnControl<Tower> for BellControl {
    fn execute(
        self,
        tower: &mut Tower,
        now: OffsetDateTime,
    ) -> Result<ControlAnswer, ControlRefused> {
        let Self::Ring(ring) = self;
        ring.execute(tower, now).map(ControlAnswer::Value)
    }
}

ringback_mock::world! {
    /// Every command of a tower.
    pub(crate) enum Logged of Tower {
        Ring(Ring),
    }
}

impl Command<Tower> for Ring {
    type Outcome = Result<Value, ControlRefused>;

    fn execute(self, tower: &mut Tower, now: OffsetDateTime) -> Self::Outcome {
        if self.lane == 13 {
            return Err(ControlRefused::Conflict("not on lane 13".into()));
        }
        tower.ring(now, self.lane);
        if self.again {
            tower.again = Some((now + Duration::seconds(10)).unix_timestamp());
        }
        Ok(json!({ "rung": tower.rung }))
    }
}

impl Tower {
    fn ring(&mut self, now: OffsetDateTime, lane: u64) {
        self.rung += 1;
        self.outbox.post(
            now,
            Post {
                lane,
                call: None,
                event: "rung".into(),
                url: None,
                headers: vec![("Content-Type".into(), "application/json".into())],
                body: json!({ "rung": self.rung, "lane": lane }).to_string(),
            },
        );
    }
}

impl World for Tower {
    type Tag = ();
    type Own = BellControl;

    fn exchange(&self) -> &Exchange<()> {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange<()> {
        &mut self.exchange
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    fn own_due(&self) -> Option<OffsetDateTime> {
        self.again.map(|at| OffsetDateTime::from_unix_timestamp(at).unwrap())
    }

    fn run_due(&mut self, to: OffsetDateTime) -> bool {
        let Some(due) = self.own_due().filter(|due| *due <= to) else { return false };
        self.again = None;
        self.ring(due, 0);
        true
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let [from, to] = [&call.from, &call.to].map(|number| self.exchange.party(number));
        let dial = Dial { behaviour: call.behaviour, ..Dial::phone(from, to, ()) };
        Ok(self.exchange.dial(now, dial))
    }

    fn check_record(&self, _record: &CdrInput) -> Result<(), ControlRefused> {
        Ok(())
    }

    fn add_record(&mut self, record: &CdrInput) {
        let draft = record.draft(&self.exchange, None);
        self.exchange.record(|id| draft.cdr(id, false, ()));
    }
}

/// How often a delivery is tried again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) retries: Vec<u32>,
    pub(crate) timeout_seconds: Option<u32>,
}

async fn ring(
    bell: web::Data<Instance<Bell>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let body = match received.body() {
        Ok(body) => body,
        Err(refusal) => return Bell::refuse(&bell, refusal, &request),
    };
    let Ok(ring) = serde_json::from_slice::<Ring>(body) else {
        return HttpResponse::BadRequest().body("bell: no ring");
    };
    match bell.execute(AccountId(0), ring).await {
        Ok(Ok(done)) => HttpResponse::Ok().json(done),
        Ok(Err(refused)) => HttpResponse::Conflict().body(refused.to_string()),
        Err(error) => HttpResponse::ServiceUnavailable().body(error.to_string()),
    }
}

async fn rung(bell: web::Data<Instance<Bell>>) -> HttpResponse {
    HttpResponse::Ok().json(bell.read(AccountId(0), |tower| tower.rung))
}

impl Vendor for Bell {
    const NAME: &'static str = "bell";
    const TITLE: &'static str = "A bell tower";
    const PORT: u16 = 0;
    const FRESH: &'static str = "{}";
    const ENDPOINTS: &'static [Endpoint] = &[
        Endpoint::post("ring", "/bell/ring", || web::post().to(ring)),
        Endpoint::get("rung", "/bell/rung", || web::get().to(rung)),
    ];
    const BODY_LIMIT: usize = 1_000;

    type World = Tower;
    type Fresh = Value;
    type Settings = Settings;
    type Scenario = Value;

    fn accounts(_fresh: &Value, _settings: &Settings) -> Vec<Vec<String>> {
        vec![vec!["keeper".into()]]
    }

    fn world(genesis: &Genesis<'_, Self>, _at: OffsetDateTime) -> Tower {
        let policy = Policy {
            timeout_seconds: genesis.settings.timeout_seconds.unwrap_or(10),
            retries: genesis.settings.retries.clone(),
        };
        let target = genesis.webhook.map(str::to_owned);
        let mut exchange = Exchange::new(genesis.seed, Profile::default());
        exchange.set_extension(Extension::new("1"));
        Tower { rung: 0, again: None, outbox: Outbox::new(policy, target), exchange }
    }

    fn refuse(_: &Instance<Self>, refusal: HttpRefusal, _: &HttpRequest) -> HttpResponse {
        match refusal {
            HttpRefusal::NotFound => HttpResponse::NotFound().body("bell: not found"),
            HttpRefusal::MethodNotAllowed { allow } => HttpResponse::MethodNotAllowed()
                .insert_header(("allow", allow))
                .body("bell: method"),
            HttpRefusal::BodyTooLarge => HttpResponse::PayloadTooLarge().body("bell: too large"),
            HttpRefusal::BodyBroken => HttpResponse::BadRequest().body("bell: broken"),
            HttpRefusal::BodyTooSlow => HttpResponse::RequestTimeout().body("bell: too slow"),
            HttpRefusal::UrlTooLong => HttpResponse::UriTooLong().body("bell: too long"),
            HttpRefusal::Unavailable => HttpResponse::ServiceUnavailable().body("bell: away"),
        }
    }

    fn notes(_: &Instance<Self>) -> String {
        "ring".into()
    }
}
