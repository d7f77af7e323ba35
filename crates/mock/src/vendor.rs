//! What a vendor crate provides.

use actix_web::{HttpRequest, HttpResponse};
use ringback_engine::OffsetDateTime;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Endpoint, Forwarded, HttpRefusal, Instance, World, webhook::NaturalOrder};

/// One imitated vendor: its names, its table of endpoints, and how its world begins.
///
/// Implemented by an empty type; everything a running vendor holds is in its [`Instance`].
pub trait Vendor: Sized + Send + Sync + 'static {
    /// The name on the command line, such as `voip24h`.
    const NAME: &'static str;

    /// What it imitates, in a few words.
    const TITLE: &'static str;

    /// The port it listens on unless told otherwise.
    const PORT: u16;

    /// What a fresh instance contains, as JSON: the vendor's `fresh.json`.
    const FRESH: &'static str;

    /// The OpenAPI document of its API, as JSON; empty where there is none.
    const OPENAPI: &'static str = "";

    /// Every route of the vendor. What is mounted is what is documented and covered.
    const ENDPOINTS: &'static [Endpoint];

    /// Whether the vendor sends webhooks.
    const WEBHOOKS: bool = true;

    /// In which order receivers see the webhooks of a call where the vendor promises none.
    const NATURAL_ORDER: NaturalOrder = NaturalOrder::IN_ORDER;

    /// Whether clients name their account by the header `Ringback-Account` or by `/__account/NAME` in
    /// front of the path: for vendors that know no credentials.
    const NAMES_ACCOUNTS: bool = false;

    /// The most bytes of a request body.
    const BODY_LIMIT: usize = crate::BODY_LIMIT;

    /// Variables of the original's own environment, and the settings that take their values unless
    /// the user set them otherwise.
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[];

    /// Whether it can begin with finished calls of the past days.
    const HAS_HISTORY: bool = true;

    /// Names of parameters whose values are not logged, beside those that look like a secret's.
    const SECRETS: &'static [&'static str] = &[];

    /// Which headers of a proxy its links, redirects and signatures follow.
    const FORWARDED: Forwarded = Forwarded::All;

    /// The rules of its machine, counted: raised whenever a log that was written before gives another
    /// state now. A test replays recorded logs and says when that is so.
    const LOGIC: u32 = 1;

    /// One account's world: the machine behind the API.
    type World: World;

    /// What `fresh.json` holds.
    type Fresh: DeserializeOwned + Send + Sync + 'static;

    /// What a user may set in the vendor's section of the configuration.
    type Settings: DeserializeOwned + Serialize + Default + Clone + Send + Sync + 'static;

    /// What a user's scenario may say, the same for all vendors of one exchange.
    type Scenario: DeserializeOwned + Default + Clone + Send + Sync + 'static;

    /// Returns the credentials of each account that a fresh instance has, the first being the demo
    /// account. A vendor without credentials returns one account without any.
    fn accounts(fresh: &Self::Fresh, settings: &Self::Settings) -> Vec<Vec<String>>;

    /// Makes one account's world.
    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Self::World;

    /// Returns other spellings of a path that the table of endpoints does not have, most likely
    /// first: with a prefix, without a slash at the end. The first that the table has is taken.
    fn respell(_path: &str) -> Vec<String> {
        Vec::new()
    }

    /// Answers a request that reaches none of the vendor's handlers, in the vendor's form.
    fn refuse(
        instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse;

    /// Returns why an answer refuses what was asked, where its status does not tell; for the log.
    fn refused(_answer: &Value) -> Option<String> {
        None
    }

    /// Says in one line what a user of the demo account needs, for the table at start.
    fn notes(instance: &Instance<Self>) -> String;

    /// Returns a few lines of curl with which a user of the demo account begins, for an instance at
    /// this address. Each works as it stands, after those before it.
    fn examples(_instance: &Instance<Self>, _url: &str) -> Vec<String> {
        Vec::new()
    }
}

/// What a world is made from.
#[derive(Debug)]
pub struct Genesis<'a, V: Vendor> {
    /// What `fresh.json` says.
    pub fresh: &'a V::Fresh,
    /// What the user set.
    pub settings: &'a V::Settings,
    /// What the user's scenario says.
    pub scenario: &'a V::Scenario,
    /// The seed of this world.
    pub seed: u64,
    /// How many finished calls of the past days to begin with.
    pub history: usize,
    /// Where webhooks go, unless the API says otherwise.
    pub webhook: Option<&'a str>,
    /// The address for links in what no request asks for, if it is known: the public one, or else
    /// where the instance listens.
    pub address: Option<&'a str>,
}
