//! What there is to measure, in the text form of OpenMetrics, which Prometheus reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, text::encode},
    metrics::{MetricType, exemplar::Exemplar},
    registry::{Registry, Unit},
};
use time::OffsetDateTime;

use super::{Answer, Ask};
use crate::{
    Mount,
    bench::{Bench, Counted, Kind, LATENCIES},
    serve,
};

type Written = Result<(), std::fmt::Error>;

/// No exemplars: a request is found in the journal.
const NO_EXEMPLAR: Option<&Exemplar<[(&str, &str); 0], f64>> = None;

/// `GET metrics`
pub(super) async fn metrics(ask: Ask) -> Answer {
    let scrape = Scrape { bench: Arc::clone(ask.bench()?), mounts: ask.mounts };
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    // Memory takes every text.
    let _ = encode(&mut text, &registry);
    let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().content_type(form).body(text))
}

struct Scrape {
    bench: Arc<Bench>,
    mounts: Vec<Arc<dyn Mount>>,
}

impl std::fmt::Debug for Scrape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scrape").finish_non_exhaustive()
    }
}

/// Writes one metric: a value for each set of labels.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn metric(
        &mut self,
        (name, help, kind): (&str, &str, MetricType),
        unit: Option<&Unit>,
        write: impl FnOnce(&mut MetricEncoder<'_>) -> Written,
    ) -> Written {
        write(&mut self.0.encode_descriptor(name, help, unit, kind)?)
    }

    /// Writes counters by their labels.
    fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        counts: impl IntoIterator<Item = ([(&'static str, String); N], u64)>,
    ) -> Written {
        self.metric((name, help, MetricType::Counter), None, |metric| {
            counts.into_iter().try_for_each(|(labels, count)| {
                metric.encode_family(&labels)?.encode_counter(&count, NO_EXEMPLAR)
            })
        })
    }

    /// Writes gauges by their labels.
    fn gauges<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        values: impl IntoIterator<Item = ([(&'static str, String); N], f64)>,
    ) -> Written {
        self.metric((name, help, MetricType::Gauge), unit, |metric| {
            values
                .into_iter()
                .try_for_each(|(labels, value)| metric.encode_family(&labels)?.encode_gauge(&value))
        })
    }

    /// Writes one gauge without labels, if there is a value.
    fn gauge(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        value: impl Into<Option<u64>>,
    ) -> Written {
        match value.into() {
            Some(value) => self.metric((name, help, MetricType::Gauge), unit, |metric| {
                metric.encode_gauge(&figure(value))
            }),
            None => Ok(()),
        }
    }
}

/// Above 2⁵³ the last digits are lost, which no such figure has.
fn figure(value: u64) -> f64 {
    u32::try_from(value).map_or_else(
        |_| {
            f64::from(u32::try_from(value >> 32).unwrap_or(0)) * 4_294_967_296.0
                + f64::from(u32::try_from(value & 0xffff_ffff).unwrap_or(0))
        },
        f64::from,
    )
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Written {
        let mut page = Page(encoder);
        self.requests(&mut page)?;
        self.calls(&mut page)?;
        self.webhooks(&mut page)?;
        self.bench(&mut page)?;
        self.clocks(&mut page)?;
        process(&mut page)
    }
}

impl Scrape {
    fn vendors(&self) -> impl Iterator<Item = (&Arc<dyn Mount>, (&'static str, String))> {
        self.mounts.iter().map(|mount| (mount, ("vendor", mount.name().to_owned())))
    }

    fn requests(&self, page: &mut Page<'_>) -> Written {
        // Several endpoints may be one operation: of two methods, or of two spellings.
        let mut counted: BTreeMap<(String, &str), Counted> = BTreeMap::new();
        for mount in &self.mounts {
            let names = mount.endpoints().iter().map(|endpoint| endpoint.operation);
            for (operation, found) in names.chain(["none"]).zip(mount.meter().operations()) {
                if found.count() > 0 {
                    counted.entry((mount.name().to_owned(), operation)).or_default().add(&found);
                }
            }
        }
        let labels = |vendor: &str, operation: &str| {
            [("vendor", vendor.to_owned()), ("operation", operation.to_owned())]
        };
        let counts = counted.iter().flat_map(|((vendor, operation), counted)| {
            counted.statuses.iter().map(move |(status, count)| {
                let [vendor, operation] = labels(vendor, operation);
                let status = if *status == 0 { "other".to_owned() } else { status.to_string() };
                ([vendor, operation, ("status", status)], *count)
            })
        });
        let help =
            "Requests of the vendors' own APIs, by operation (none: of no endpoint) and status";
        page.counters("ringback_requests", help, counts)?;
        let help = "How long requests took, until their answer began";
        let metric = ("ringback_request_duration", help, MetricType::Histogram);
        page.metric(metric, Some(&Unit::Seconds), |metric| {
            counted.iter().try_for_each(|((vendor, operation), counted)| {
                let ends = LATENCIES.iter().map(|micros| f64::from(*micros) / 1_000_000.0);
                let mut buckets: Vec<(f64, u64)> = ends.zip(counted.latencies).collect();
                let rest = counted.count().saturating_sub(counted.latencies.iter().sum());
                buckets.push((f64::INFINITY, rest));
                let labels = labels(vendor, operation);
                let mut metric = metric.encode_family(&labels)?;
                metric.encode_histogram(
                    counted.seconds,
                    counted.count(),
                    &buckets,
                    None::<&std::collections::HashMap<_, Exemplar<[(&str, &str); 0], f64>>>,
                )
            })
        })
    }

    fn calls(&self, page: &mut Page<'_>) -> Written {
        let begun = || self.vendors().map(|(mount, vendor)| (vendor, mount.meter().begun()));
        let calls = begun().map(|(vendor, (calls, _))| ([vendor], calls));
        page.counters("ringback_calls", "Calls that began", calls)?;
        let legs = begun().map(|(vendor, (_, legs))| ([vendor], legs));
        page.counters("ringback_legs", "Legs that were dialled", legs)?;
        let ended = self.vendors().flat_map(|(mount, vendor)| {
            mount
                .meter()
                .ended()
                .map(move |(cause, count)| ([vendor.clone(), ("cause", cause.to_string())], count))
        });
        let help = "Calls that ended, by FreeSWITCH's name for why";
        page.counters("ringback_calls_ended", help, ended)?;
        let levels: Vec<_> =
            self.vendors().map(|(mount, vendor)| ([vendor], mount.levels())).collect();
        for (name, help, read) in [
            (
                "ringback_live_calls",
                "Calls that are not over",
                (|levels| levels.live_calls) as fn(&crate::Levels) -> u64,
            ),
            ("ringback_live_legs", "Legs that are not over", |levels| levels.live_legs),
            ("ringback_call_records", "Finished calls that are kept", |levels| levels.records),
            ("ringback_accounts", "Accounts, each a world of its own", |levels| levels.accounts),
            (
                "ringback_deliveries_pending",
                "Webhooks that wait for an attempt or for an answer",
                |levels| levels.pending,
            ),
        ] {
            let values =
                levels.iter().map(|(labels, levels)| (labels.clone(), figure(read(levels))));
            page.gauges(name, help, None, values)?;
        }
        Ok(())
    }

    fn webhooks(&self, page: &mut Page<'_>) -> Written {
        let told = || self.vendors().filter(|(mount, _)| mount.has_webhooks());
        let attempts = told().map(|(mount, vendor)| ([vendor], mount.meter().deliveries().0));
        page.counters("ringback_delivery_attempts", "Attempts to deliver a webhook", attempts)?;
        let ends = told().flat_map(|(mount, vendor)| {
            let (_, ends) = mount.meter().deliveries();
            ends.map(move |(state, count)| ([vendor.clone(), ("state", state.to_owned())], count))
        });
        page.counters("ringback_deliveries", "Webhooks, by what became of them", ends)
    }

    fn bench(&self, page: &mut Page<'_>) -> Written {
        let feed = self.bench.feed();
        let kept = || {
            Kind::ALL.into_iter().map(|kind| ([("kind", kind.word().to_owned())], feed.kept(kind)))
        };
        let size = |size: usize| figure(u64::try_from(size).unwrap_or(u64::MAX));
        let items = kept().map(|(labels, (items, ..))| (labels, size(items)));
        let help = "Items that are kept of the feed; those of kind request are the journal";
        page.gauges("ringback_feed_items", help, None, items)?;
        let bytes = kept().map(|(labels, (_, bytes, _))| (labels, size(bytes)));
        let help = "Memory that the feed takes, about";
        page.gauges("ringback_feed", help, Some(&Unit::Bytes), bytes)?;
        let evicted = kept().map(|(labels, (.., evicted))| (labels, evicted));
        page.counters("ringback_feed_evicted", "Items that later ones pushed out", evicted)?;
        page.gauge("ringback_feed_cursor", "The cursor of the last item", None, feed.last())?;
        let subscribers = u64::try_from(self.bench.subscribers()).unwrap_or(u64::MAX);
        page.gauge("ringback_feed_subscribers", "Open streams of events", None, subscribers)
    }

    fn clocks(&self, page: &mut Page<'_>) -> Written {
        let states: Vec<_> =
            self.vendors().map(|(mount, vendor)| ([vendor], mount.clock().state())).collect();
        let rates = states.iter().map(|(labels, state)| (labels.clone(), state.rate.as_f64()));
        let help = "Simulated seconds per second, while the clock runs";
        page.gauges("ringback_clock_rate", help, None, rates)?;
        let frozen = states
            .iter()
            .map(|(labels, state)| (labels.clone(), f64::from(u8::from(state.frozen))));
        page.gauges("ringback_clock_frozen", "1 while the clock stands", None, frozen)?;
        let now = states.iter().map(|(labels, state)| {
            (labels.clone(), (state.now - OffsetDateTime::UNIX_EPOCH).as_seconds_f64())
        });
        let help = "The simulated time, since 1970";
        page.gauges("ringback_clock", help, Some(&Unit::Seconds), now)
    }
}

/// What the process takes, as far as the system tells.
fn process(page: &mut Page<'_>) -> Written {
    let connections = u64::try_from(serve::connections()).unwrap_or(u64::MAX);
    page.gauge("ringback_connections", "Open connections of clients", None, connections)?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|size| size * 1_024)
    };
    let bytes = Some(&Unit::Bytes);
    let resident = kibibytes("VmRSS:");
    page.gauge("process_resident_memory", "Memory in use", bytes, resident)?;
    let virtually = kibibytes("VmSize:");
    page.gauge("process_virtual_memory", "Memory that is addressed", bytes, virtually)?;
    let open = std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    let open = open.and_then(|open| u64::try_from(open).ok());
    page.gauge("process_open_fds", "Open descriptors", None, open)?;
    let limit = rlimit::Resource::NOFILE.get().ok().map(|(soft, _)| soft);
    page.gauge("process_max_fds", "The most descriptors", None, limit)
}
