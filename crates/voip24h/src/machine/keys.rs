//! By which names an account is known to each face of the API, and where its recordings are.

use ringback_mock::stable_hash;
use serde::{Deserialize, Serialize};

/// The key and the secret of one face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaceKey {
    /// What names the account.
    #[serde(alias = "voip")]
    pub key: String,
    /// What proves it.
    pub secret: String,
}

/// How an account is named, by clients and in what they get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// `apiKey` and `apiSecret` of v3; nobody logs in without.
    v3: Option<FaceKey>,
    /// `voip` and `secret` of the dial service.
    dial: Option<FaceKey>,
    /// The credential that opened the account: it is known by it to all faces, and no secret is
    /// compared.
    opened_by: Option<String>,
    /// The part of a record's id that is the account's: ten hex digits.
    account: u64,
    /// Where its recordings are, as links say.
    hostname: String,
}

/// That of the demo account. vendors/voip24h-v3.md, 4.2
const ACCOUNT: u64 = 0x00a1_7c3d_5e09;

/// That of the demo account. vendors/voip24h-v3.md, 4.3
const HOSTNAME: &str = "10.0.0.1";

impl Keys {
    pub(super) fn demo(v3: Option<FaceKey>, dial: Option<FaceKey>) -> Self {
        let hostname = HOSTNAME.to_owned();
        Self { v3, dial, opened_by: None, account: ACCOUNT, hostname }
    }

    /// Becomes those of an account that was opened by a credential.
    pub(crate) fn open(&mut self, credential: &str) {
        self.copy(credential);
        self.account = stable_hash(1, credential.as_bytes()) & 0x00ff_ffff_ffff;
    }

    /// Becomes those of a copy, whose records keep their ids.
    pub(crate) fn copy(&mut self, credential: &str) {
        let [.., a, b, c] = stable_hash(2, credential.as_bytes()).to_be_bytes();
        // The demo account's is no other's.
        let hostname = format!("10.{a}.{b}.{c}");
        self.hostname = if hostname == HOSTNAME { "10.0.1.0".to_owned() } else { hostname };
        self.opened_by = Some(credential.to_owned());
    }

    /// Returns whether a credential of the account is a partner secret of v1.
    pub(crate) fn is_partner(&self, secret: &str) -> bool {
        let is_key = |face: &Option<FaceKey>| face.as_ref().is_some_and(|face| face.key == secret);
        self.opened_by.is_some() || !is_key(&self.v3) && !is_key(&self.dial)
    }

    /// Returns whether these log in to v3.
    pub(crate) fn admits_v3(&self, key: &str, secret: &str) -> bool {
        self.admits(self.v3.as_ref(), key, secret)
    }

    /// Returns whether a key is the account's at v3, as a token names it.
    pub(crate) fn is_v3(&self, key: &str) -> bool {
        match &self.opened_by {
            Some(opened_by) => opened_by == key,
            None => self.v3.as_ref().is_some_and(|face| face.key == key),
        }
    }

    /// Returns whether these may use the dial service.
    pub(crate) fn admits_dial(&self, key: &str, secret: &str) -> bool {
        self.admits(self.dial.as_ref(), key, secret)
    }

    fn admits(&self, face: Option<&FaceKey>, key: &str, secret: &str) -> bool {
        match (&self.opened_by, face) {
            (Some(opened_by), _) => opened_by == key,
            (None, Some(face)) => face.key == key && face.secret == secret,
            (None, None) => false,
        }
    }

    /// Returns key and secret of v3, then those of the dial service, as a client is to use them.
    pub(crate) fn shown(&self) -> [Option<FaceKey>; 2] {
        match &self.opened_by {
            Some(opened_by) => {
                let face = FaceKey { key: opened_by.clone(), secret: opened_by.clone() };
                [Some(face.clone()), Some(face)]
            }
            None => [self.v3.clone(), self.dial.clone()],
        }
    }

    /// Returns the account's part of a record's id.
    pub(crate) fn account(&self) -> u64 {
        self.account
    }

    /// Returns where links say that the account's recordings are.
    pub(crate) fn hostname(&self) -> &str {
        &self.hostname
    }

    /// Returns what tells the keys of its links from those of other accounts, where recordings of
    /// the same name may be; nothing for the demo account.
    pub(crate) fn salt(&self) -> &str {
        self.opened_by.as_deref().unwrap_or_default()
    }
}
