//! Certificates of one's own, and accounts with credentials in a file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer};
use ringback_jetstream::{Cluster, Options};
use serde_json::{Value, json};

use crate::ONE;
use crate::nodes::Nodes;

#[test]
fn a_server_with_a_certificate_of_ones_own_is_trusted_by_its_authority() {
    let turn = ONE.lock();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(file("ca.pem"), ca.self_signed(&ca_key).unwrap().pem()).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".into()])
        .unwrap()
        .signed_by(&key, &Issuer::new(ca, &ca_key))
        .unwrap();
    std::fs::write(file("server.pem"), certificate.pem()).unwrap();
    std::fs::write(file("server.key"), key.serialize_pem()).unwrap();
    let more = format!(
        "tls {{ cert_file: {:?}, key_file: {:?} }}",
        file("server.pem"),
        file("server.key")
    );
    let Some(nodes) = Nodes::start(1, &more) else { return };

    let address = format!("tls://127.0.0.1:{}", nodes.0[0].port);
    let mut options = Options::new(&address, "test").unwrap();
    let Err(error) = Cluster::connect(&options) else { panic!("a stranger is trusted") };
    assert!(error.to_string().contains("no NATS server could be reached"), "{error}");
    options.ca = Some(file("ca.pem"));
    Cluster::connect(&options).unwrap().log("toy").unwrap();
    drop(turn);
}

/// Signs claims as NATS does.
fn token(by: &KeyPair, subject: &KeyPair, name: &str, nats: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "jti": name, "iat": 1_700_000_000, "iss": by.public_key(), "name": name,
        "sub": subject.public_key(), "nats": nats,
    });
    let text =
        format!("{}.{}", encode(&json!({ "typ": "JWT", "alg": "ed25519-nkey" })), encode(&claims));
    let signature = URL_SAFE_NO_PAD.encode(by.sign(text.as_bytes()).unwrap());
    format!("{text}.{signature}")
}

#[test]
fn an_account_is_entered_with_credentials_in_a_file() {
    let turn = ONE.lock();
    let (operator, system) = (KeyPair::new_operator(), KeyPair::new_account());
    let (account, user) = (KeyPair::new_account(), KeyPair::new_user());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1,
        "consumer": -1,
    });
    let plain = json!({ "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
        "wildcards": true, "conn": -1, "leaf": -1 });
    let of_account = |limits| json!({ "limits": limits, "type": "account", "version": 2 });
    let of_operator =
        json!({ "type": "operator", "version": 2, "system_account": system.public_key() });
    let of_user = json!({ "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
        "type": "user", "version": 2 });
    let more = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\n\
         resolver_preload: {{ {}: {}, {}: {} }}",
        token(&operator, &operator, "operator", &of_operator),
        system.public_key(),
        system.public_key(),
        token(&operator, &system, "system", &of_account(plain)),
        account.public_key(),
        token(&operator, &account, "account", &of_account(limits)),
    );
    let Some(nodes) = Nodes::start(1, &more) else { return };

    let mut options = Options::new(&nodes.addresses(), "test").unwrap();
    let Err(error) = Cluster::connect(&options) else { panic!("a stranger is let in") };
    assert!(error.to_string().contains("authorization violation"), "{error}");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ringback.creds");
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        token(&account, &user, "user", &of_user),
        user.seed().unwrap()
    );
    std::fs::write(&file, text).unwrap();
    options.credentials = Some(file);
    Cluster::connect(&options).unwrap().log("toy").unwrap();
    drop(turn);
}
