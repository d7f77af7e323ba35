//! Fuzz targets: what clients of MANGO OFFICE send to either face.

use ringback_testkit::{fuzzed, generated::Request};
use serde_json::json;

use crate::{
    Mango, Pbx, auth,
    wire::{Form, Params},
};

const KEY: &str = "mangomockkey0000000000000000000k";
const SALT: &str = "mangomocksalt000000000000000000s";

/// Signs a body that is the JSON alone.
fn sign(request: &mut Request) {
    if !request.path.starts_with("/vpbx/") || !request.body.starts_with(b"{") {
        return;
    }
    let sign = auth::sign(&[KEY.as_bytes(), &request.body, SALT.as_bytes()]);
    let json: String = request.body.iter().map(|byte| format!("%{byte:02x}")).collect();
    request.body = format!("vpbx_api_key={KEY}&sign={sign}&json={json}").into_bytes();
    request.set("content-type", "application/x-www-form-urlencoded");
}

#[test]
fn requests() {
    ringback_fuzz::target!(|input| {
        let settings = || json!({ "backend_wait_ms": 0 });
        fuzzed::ask::<Mango>(input, settings, sign, Pbx::verify);
    });
}

/// A content type and a body: what was signed comes out of a form as it went in.
#[test]
fn forms() {
    ringback_fuzz::target!(|input| {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (kind, body) = input.split_at(end);
        let Ok(kind) = str::from_utf8(kind) else { return };
        let form = Form::read(kind, body.get(1..).unwrap_or_default());
        let Some(json) = &form.json else { return };
        let escape =
            |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let mut written = format!("json={}", escape(json));
        for (name, value) in [("vpbx_api_key", &form.key), ("sign", &form.sign)] {
            if let Some(value) = value {
                written += &format!("&{name}={}", escape(value.as_bytes()));
            }
        }
        assert_eq!(Form::read("", written.as_bytes()), form);
    });
}

/// JSON of a request: every way in which a parameter is read.
#[test]
fn parameters() {
    ringback_fuzz::target!(|input| {
        let Some(params) = Params::read(input) else { return };
        for name in ["a", "limit", "data"] {
            if let Ok(Some(id)) = params.id_or_none(name) {
                assert_eq!(params.id(name).ok(), Some(id));
            }
            let integer = params.integer_or_none(name);
            assert!(params.id(name).is_err() || integer.is_ok());
            let _ = (params.text(name), params.flag_or_none(name), params.list(name));
            let _ = (params.texts(name), params.ids(name), params.object_or_none(name));
            for inner in params.objects(name).into_iter().flatten() {
                let _ = (inner.text("a"), inner.objects("a"), inner.has("a"));
            }
        }
    });
}
