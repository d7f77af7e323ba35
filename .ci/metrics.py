"""The metrics as the parser of PyPI's `prometheus-client` reads them, and as they move: `metrics.py HUB VOIP24H`.

The parser refuses what OpenMetrics 1.0 does not allow: names, units and suffixes that do not fit a type, buckets that
are no histogram, a family in two places, a missing end.
"""

import json
import sys
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

hub, voip24h = sys.argv[1:]


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def scrape(base):
    """Returns every sample by its name and labels, and the types of the families."""
    status, headers, text = ask(f"{base}/__admin/metrics")
    assert status == 200, status
    assert headers["content-type"].startswith("application/openmetrics-text; version=1.0.0"), headers
    samples, types = {}, {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, f"{family.name} has no help"
        assert family.name.startswith(("ringback_", "process_")), family.name
        types[family.name] = family.type
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in samples, f"{key} is there twice"
            samples[key] = sample.value
    assert types["ringback_requests"] == "counter" and types["ringback_live_calls"] == "gauge", types
    assert types["ringback_request_duration_seconds"] == "histogram", types
    return samples, types


def moved(before, after, name, **labels):
    """Returns by how much the samples of a name with these labels have grown together."""

    def all_of(samples):
        wanted = labels.items()
        return sum(value for (known, own), value in samples.items() if known == name and wanted <= dict(own).items())

    return all_of(after) - all_of(before)


before, types = scrape(hub)
for _ in range(3):
    assert ask(f"{voip24h}/api/v1/partner/voip24h", {"requestType": "nonsense"})[0] < 500
for _ in range(2):
    assert ask(f"{voip24h}/nowhere")[0] == 404
status, _, call = ask(f"{hub}/__admin/voip24h/calls", {"from": "0912345678", "to": "101"})
assert status == 201, (status, call)
after, _ = scrape(hub)
own = {"vendor": "voip24h"}
for name, labels, by in [
    ("ringback_requests_total", {**own, "operation": "partner"}, 3),
    ("ringback_requests_total", {**own, "operation": "none", "status": "404"}, 2),
    ("ringback_request_duration_seconds_count", own, 5),
    ("ringback_request_duration_seconds_bucket", {**own, "operation": "partner", "le": "+Inf"}, 3),
    ("ringback_calls_total", own, 1),
    ("ringback_live_calls", own, 1),
    ("ringback_requests_total", {"vendor": "mango"}, 0),
]:
    found = moved(before, after, name, **labels)
    assert found == by, f"{name} {labels}: {found}, not {by}"
falling = [key for key, value in before.items() if key[0].endswith(("_total", "_count", "_bucket")) and after[key] < value]
assert not falling, falling
# A port of one vendor tells of that one alone.
alone, _ = scrape(voip24h)
vendors = {dict(labels)["vendor"] for _, labels in alone if "vendor" in dict(labels)}
assert vendors == {"voip24h"}, vendors
print(f"metrics: {len(types)} families, {len(after)} samples are OpenMetrics to prometheus-client, and move as they should")
