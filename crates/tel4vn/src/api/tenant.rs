//! What providers do: making tenants and extensions of theirs. Their token is a secret of its own.

use serde_json::{Value, json};

use super::{Answer, tables::edit};
use crate::{
    auth::Provider,
    error::{ErrorKind, NOT_FOUND},
    machine::Edit,
    wire::{
        body::{Body, Fields},
        reply,
    },
};

/// `POST /v1/tenant`
pub(crate) async fn create(Provider(caller): Provider, body: Body) -> Answer {
    let tenant_id = Fields::of(body)?.required("tenant_id")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if tenant_id.len() > 63 || !tenant_id.bytes().all(is_name) {
        return Err(ErrorKind::Invalid("tenant_id").into());
    }
    let base = caller.base();
    edit(&caller, Edit::CreateTenant { tenant_id, base }).await
}

/// `GET /v1/tenant/{id}`
pub(crate) async fn show(Provider(caller): Provider) -> Answer {
    let found = caller.read(|pbx| {
        let (name, tenant) = pbx.tables().tenant(caller.parameter("id"))?;
        let mut data = pbx.tenant_data(name, tenant.uuid, &caller.base());
        if let Some(data) = data.as_object_mut() {
            data.insert("enable".to_owned(), Value::from(tenant.enabled));
        }
        Some(reply::ok(&data))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `PUT /v1/tenant/{id}`
pub(crate) async fn change(Provider(caller): Provider, body: Body) -> Answer {
    let id = caller.parameter("id").to_owned();
    caller.read(|pbx| pbx.tables().tenant(&id).map(|_| ()))?.ok_or(NOT_FOUND)?;
    let enable = Fields::of(body)?.required_flag("enable")?;
    edit(&caller, Edit::ChangeTenant { id, enable }).await
}

/// `POST /v1/tenant/{id}/extension`
pub(crate) async fn create_extension(Provider(caller): Provider, body: Body) -> Answer {
    let tenant = caller.parameter("id").to_owned();
    caller.read(|pbx| pbx.tables().tenant(&tenant).map(|_| ()))?.ok_or(NOT_FOUND)?;
    let fields = Fields::of(body)?;
    let (ext, pwd) = (fields.required("ext")?, fields.required("pwd")?);
    if ext.len() > 20 || !ext.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ErrorKind::Invalid("ext").into());
    }
    edit(&caller, Edit::CreateTenantExtension { tenant, ext, pwd }).await
}

/// `GET /v1/tenant/{id}/extension/{ext}`
pub(crate) async fn extension(Provider(caller): Provider) -> Answer {
    let found = caller.read(|pbx| {
        let (_, tenant) = pbx.tables().tenant(caller.parameter("id"))?;
        let (ext, pwd) = tenant.extensions.get_key_value(caller.parameter("ext"))?;
        Some(reply::ok(&json!({ "ext": ext, "pwd": pwd, "enabled": "true" })))
    });
    found?.ok_or(ErrorKind::NotFound("Extension not found").into())
}
