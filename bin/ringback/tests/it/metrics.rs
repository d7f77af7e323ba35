//! Metrics, read as Prometheus reads them.

use std::collections::{BTreeMap, BTreeSet};

use awc::Client;
use serde_json::json;

use crate::started::Started;

/// What a page of metrics says: each sample by its name and labels.
struct Scraped(BTreeMap<String, f64>);

impl Scraped {
    async fn of(url: &str) -> Self {
        let mut response =
            Client::default().get(format!("{url}/__admin/metrics")).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let form = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
        assert!(form.starts_with("application/openmetrics-text; version=1.0.0"), "{form}");
        let body = response.body().await.unwrap();
        Self::read(std::str::from_utf8(&body).unwrap())
    }

    /// Reads the text form, and fails where it is none.
    fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let (last, lines) = lines.split_last().unwrap();
        assert_eq!(*last, "# EOF");
        let (mut types, mut helped) = (BTreeMap::new(), BTreeSet::new());
        let (mut samples, mut family) = (BTreeMap::new(), String::new());
        for line in lines {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(helped.insert(name.to_owned()) && !help.is_empty(), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram", "unknown"].contains(&kind), "{line}");
                assert!(types.insert(name.to_owned(), kind.to_owned()).is_none(), "{line}");
                name.clone_into(&mut family);
            } else if let Some(rest) = line.strip_prefix("# UNIT ") {
                let (name, unit) = rest.split_once(' ').unwrap();
                assert!(name.ends_with(unit), "{line}");
            } else {
                let (sample, value) = line.rsplit_once(' ').unwrap();
                let name = sample.split('{').next().unwrap();
                let rest =
                    name.strip_prefix(&family).unwrap_or_else(|| panic!("{line} of {family}"));
                let endings: &[&str] = match types[&family].as_str() {
                    "counter" => &["_total"],
                    "histogram" => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                assert!(endings.contains(&rest), "{line}");
                assert!(
                    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                );
                let value: f64 = value.parse().unwrap();
                assert!(value.is_finite(), "{line}");
                assert!(samples.insert(sample.to_owned(), value).is_none(), "twice: {line}");
            }
        }
        assert_eq!(types.keys().collect::<Vec<_>>(), helped.iter().collect::<Vec<_>>());
        let scraped = Self(samples);
        scraped.buckets_add_up();
        scraped
    }

    /// Buckets hold those before them, and the last one all.
    fn buckets_add_up(&self) {
        for (sample, count) in self.0.iter().filter(|(name, _)| name.contains("_count{")) {
            let (name, labels) = sample.split_once("_count{").unwrap();
            let labels = labels.trim_end_matches('}');
            let of = |(known, value): (&String, &f64)| {
                let rest = known.strip_prefix(name)?.strip_prefix("_bucket{")?;
                let is_its = labels.split(',').all(|label| rest.contains(label));
                let end = rest.split("le=\"").nth(1)?.split('"').next()?;
                is_its.then(|| (end.parse().unwrap_or(f64::INFINITY), *value))
            };
            let mut buckets: Vec<(f64, f64)> = self.0.iter().filter_map(of).collect();
            buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(buckets.len() > 5 && buckets.is_sorted_by_key(|(_, count)| *count), "{sample}");
            assert_eq!(buckets.last(), Some(&(f64::INFINITY, *count)), "{sample}");
        }
    }

    fn value(&self, sample: &str) -> f64 {
        *self.0.get(sample).unwrap_or_else(|| panic!("no {sample} in {:?}", self.0.keys()))
    }
}

#[actix_web::test]
async fn what_happens_is_counted_by_vendor() {
    let running = Started::with(&[
        "--hub",
        "0",
        "--freeze",
        "--vendor",
        "voip24h=0",
        "--vendor",
        "impactpbx=0",
        "--webhook",
        "impactpbx=http://127.0.0.1:9/crm",
    ]);
    let (hub, voip) = (running.url("hub"), running.url("voip24h"));
    let before = Scraped::of(&hub).await;
    assert_eq!(before.value("ringback_live_calls{vendor=\"voip24h\"}"), 0.0);
    assert_eq!(before.value("ringback_clock_frozen{vendor=\"impactpbx\"}"), 1.0);
    let client = Client::default();
    for _ in 0..3 {
        client.get(format!("{voip}/no/such/path")).send().await.unwrap();
    }
    let secret = json!({ "partnerSecret": "wrong" });
    client.post(format!("{voip}/api/v1/partner/voip24h")).send_json(&secret).await.unwrap();
    for vendor in ["voip24h", "impactpbx"] {
        let from = if vendor == "voip24h" { "101" } else { "33123456789" };
        let call = json!({
            "from": from, "to": "33612345678", "behaviour": { "outcome": "busy", "setup": 5 },
        });
        let url = format!("{hub}/__admin/{vendor}/calls");
        assert_eq!(client.post(url).send_json(&call).await.unwrap().status().as_u16(), 201);
    }
    let during = Scraped::of(&hub).await;
    assert_eq!(during.value("ringback_live_calls{vendor=\"voip24h\"}"), 1.0);
    assert!(during.value("ringback_live_legs{vendor=\"voip24h\"}") >= 1.0);
    let advance = client.post(format!("{hub}/__admin/clock/advance"));
    advance.send_json(&json!({ "seconds": 60 })).await.unwrap();

    let after = Scraped::of(&hub).await;
    for (sample, value) in [
        ("ringback_requests_total{vendor=\"voip24h\",operation=\"none\",status=\"404\"}", 3.0),
        ("ringback_request_duration_seconds_count{vendor=\"voip24h\",operation=\"none\"}", 3.0),
        ("ringback_calls_total{vendor=\"voip24h\"}", 1.0),
        ("ringback_calls_ended_total{vendor=\"voip24h\",cause=\"USER_BUSY\"}", 1.0),
        ("ringback_calls_ended_total{vendor=\"impactpbx\",cause=\"USER_BUSY\"}", 1.0),
        ("ringback_live_calls{vendor=\"voip24h\"}", 0.0),
        ("ringback_accounts{vendor=\"impactpbx\"}", 1.0),
        ("ringback_deliveries_total{vendor=\"impactpbx\",state=\"delivered\"}", 0.0),
        ("ringback_feed_subscribers", 0.0),
        ("ringback_feed_items{kind=\"request\"}", 4.0),
    ] {
        assert_eq!(after.value(sample), value, "{sample}");
    }
    let failed = after.value("ringback_deliveries_total{vendor=\"impactpbx\",state=\"failed\"}");
    assert!(failed >= 2.0, "{failed}");
    assert_eq!(after.value("ringback_delivery_attempts_total{vendor=\"impactpbx\"}"), failed);
    assert_eq!(after.value("ringback_deliveries_pending{vendor=\"impactpbx\"}"), 0.0);
    assert!(after.value("ringback_connections") >= 1.0);
    assert!(after.value("ringback_feed_cursor") > during.value("ringback_feed_cursor"));
    if cfg!(target_os = "linux") {
        assert!(after.value("process_resident_memory_bytes") > 1e6);
        assert!(after.value("process_open_fds") > 3.0);
    }
    // On a vendor's port of that vendor alone.
    let own = Scraped::of(&voip).await;
    assert!(own.0.keys().all(|sample| !sample.contains("impactpbx")));
}
