//! Statistics of the backend: ordered, waited for, and answered as one JSON string.

use std::time::Duration;

use ringback_mock::{AccountId, ExecuteError, Instance};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{operations::Upstream, params::Arguments};
use crate::{
    Mango, Params, Reply,
    api::vpbx::{perform, waiting::until_ready},
    wire::Answer,
};

#[derive(Deserialize)]
struct Ordered {
    key: String,
}

/// Orders statistics and waits until they are ready by the simulated clock, but not for ever: what
/// is not ready after a while, as with a clock that stands still, is finished at once.
pub(super) async fn ask(
    mango: &Instance<Mango>,
    filter: &Upstream,
    given: &mut Arguments,
) -> Result<Answer, ExecuteError> {
    let account = AccountId::default();
    let order = object(order(filter, given));
    let (answer, _) = perform(mango, account, "stats/request", order).await?;
    let key = match &answer {
        Ok(Reply::Json(text)) => serde_json::from_str::<Ordered>(text).map(|ordered| ordered.key),
        _ => return Ok(answer),
    };
    let Ok(key) = key else { return Ok(answer) };
    let patience = mango.read(account, |pbx| pbx.settings().backend_wait_ms);
    let patience = Duration::from_millis(patience.unwrap_or_default().into());
    until_ready(mango, account, "stats/result", &key, patience).await;
    let result = object(json!({ "key": key }));
    let (answer, _) = perform(mango, account, "stats/result", result).await?;
    if answer != Ok(Reply::Building) {
        return Ok(answer);
    }
    let rows = mango.read_at(account, |pbx, now| pbx.statistics_now(now, &key)).flatten();
    Ok(Ok(Reply::Csv(rows.unwrap_or_default())))
}

fn order(filter: &Upstream, given: &mut Arguments) -> Value {
    let mut order = Map::new();
    if let Upstream::Statistics { party, extension, number } = filter {
        // The number counts only where no extension is given. vendors/mango.md, 3
        let (extension, number) = (given.take(extension), given.take(number));
        let is_blank = extension.as_str().is_none_or(str::is_empty);
        let filter = if is_blank && !number.is_null() {
            json!({ "number": number })
        } else {
            json!({ "extenstion": extension })
        };
        order.insert((*party).to_owned(), filter);
    }
    for date in ["date_from", "date_to"] {
        let seconds = given.take(date);
        let text = seconds.as_i64().map(|seconds| seconds.to_string());
        order.insert(date.to_owned(), text.map_or(seconds, Value::String));
    }
    for name in ["fields", "request_id"] {
        order.insert(name.to_owned(), given.take(name));
    }
    Value::Object(order)
}

/// Makes parameters of what is an object.
pub(super) fn object(value: Value) -> Params {
    serde_json::from_value(value).unwrap_or_default()
}
