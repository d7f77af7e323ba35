"""The documented examples of `wiremock` (PyPI) against a vendor's port: stubbing, verifying, scenarios,
faults. Arguments: the port, the hub."""
import json
import sys

import requests
from wiremock.client import (
    CommonHeaders, DelayDistribution, DelayDistributionMethods, GlobalSetting, GlobalSettings, HttpMethods, Mapping,
    MappingRequest, MappingResponse, Mappings, NearMisses, NearMissMatchPatternRequest, NearMissMatchRequest,
    Requests, ResponseFaultType, Scenarios, WireMockMatchers)
from wiremock.constants import Config
from wiremock.exceptions import ApiException

PORT, HUB = (url.rstrip("/") for url in sys.argv[1:])
Config.base_url = f"{PORT}/__admin"
checked = 0


def check(what, found, wanted):
    global checked
    checked += 1
    if found != wanted:
        sys.exit(f"{what}: {found!r} instead of {wanted!r}")


def get(path, **rest):
    return requests.get(PORT + path, timeout=10, **rest)


# Stubbing, as the client's documentation begins.
mapping = Mapping(
    priority=100,
    request=MappingRequest(method=HttpMethods.GET, url="/hello"),
    response=MappingResponse(status=200, body="hi"),
    persistent=False,
)
mapping = Mappings.create_mapping(mapping=mapping)
check("the stub", (get("/hello").status_code, get("/hello").text), (200, "hi"))
check("all mappings", Mappings.retrieve_all_mappings().meta.total, 1)
check("one mapping", Mappings.retrieve_mapping(mapping).response.body, "hi")
mapping.response.body = "hello"
Mappings.update_mapping(mapping)
check("the changed stub", get("/hello").text, "hello")

# Matching.
Mappings.create_mapping(Mapping(
    request=MappingRequest(
        method=HttpMethods.POST,
        url_path_pattern="/things/[0-9]+",
        headers={CommonHeaders.ACCEPT: {WireMockMatchers.CONTAINS: "json"}},
        query_parameters={"search": {WireMockMatchers.MATCHES: ".*WireMock.*"}},
        cookies={"session": {WireMockMatchers.EQUAL_TO: "s1"}},
        body_patterns=[
            {WireMockMatchers.EQUAL_TO_JSON: '{"total": 4}', WireMockMatchers.IGNORE_EXTRA_ELEMENTS: True},
            {WireMockMatchers.MATCHES_JSON_PATH: "$.things[?(@.name == 'RequiredThing')]"},
        ],
    ),
    response=MappingResponse(
        status=201, json_body={"made": True}, headers={"Content-Type": "application/json"}),
    metadata={"suite": "things"},
))


def post(**changed):
    given = {
        "params": {"search": "is WireMock good"}, "headers": {"Accept": "application/json"}, "cookies": {"session": "s1"},
        "json": {"total": 4, "things": [{"name": "RequiredThing"}]}, **changed}
    return requests.post(PORT + "/things/17", timeout=10, **given).status_code


check("everything fits", post(), 201)
check("another query", post(params={"search": "no"}), 404)
check("another cookie", post(cookies={"session": "s2"}), 404)
check("another header", post(headers={"Accept": "text/html"}), 404)
check("another body", post(json={"total": 5, "things": [{"name": "RequiredThing"}]}), 404)
check("no such thing", post(json={"total": 4, "things": []}), 404)

# Verifying.
count = lambda **pattern: Requests.get_matching_request_count(NearMissMatchPatternRequest(**pattern)).count
check("count", count(method=HttpMethods.POST, url_path_pattern="/things/.*"), 6)
check("count by header", count(
    url_path_pattern="/things/.*", headers={"Accept": {"equalTo": "text/html"}}), 1)
found = Requests.get_matching_requests(NearMissMatchPatternRequest(method=HttpMethods.GET, url="/hello"))
check("find", [request.url for request in found.requests], ["/hello"] * 3)
received = Requests.get_all_received_requests(limit=2)
check("all requests", (len(received.requests), received.meta.total, received.request_journal_disabled), (2, 9, False))
one = Requests.get_request(received.requests[0].id)
check("one request", (one.request.method, one.response_definition.from_configured_stub), ("POST", False))
unmatched = Requests.get_unmatched_requests()
check("unmatched", {request.url.split("?")[0] for request in unmatched.requests}, {"/things/17"})
near = Requests.get_unmatched_requests_near_misses().near_misses
check("near misses", near[0].match_result.distance < 0.3, True)
near = NearMisses.find_nearest_misses_by_request(NearMissMatchRequest(url="/helo", method=HttpMethods.GET))
check("near a request", 0 < near.near_misses[0].match_result.distance < 0.2, True)
near = NearMisses.find_nearest_misses_by_request_pattern(
    NearMissMatchPatternRequest(url="/hallo", method=HttpMethods.GET))
check("near a pattern", near.near_misses[0].request.url, "/hello")

# The simulator's own answers are verified as well.
requests.post(PORT + "/post", json={"a": 1}, timeout=10)
check("the simulator's", count(method=HttpMethods.POST, url="/post"), 1)
long = "x" * 100_000
requests.post(PORT + "/post", data=long, timeout=10)
body = {"method": "POST", "urlPath": "/post", "bodyPatterns": [{"equalTo": long}]}
answer = requests.post(PORT + "/__admin/requests/count", json=body, timeout=10).json()
check("what is not kept is not denied", (answer["count"], answer["undecided"]), (0, 1))

# Scenarios.
for required, state, text in [
        ("Started", "Cancel newspaper item added", "Buy milk"),
        ("Cancel newspaper item added", None, "Cancel newspaper subscription")]:
    Mappings.create_mapping(Mapping(
        scenario_name="To do list", required_scenario_state=required, new_scenario_state=state,
        request=MappingRequest(method=HttpMethods.GET, url="/todo/items"),
        response=MappingResponse(status=200, body=f"<item>{text}</item>"),
    ))
check("the first state", get("/todo/items").text, "<item>Buy milk</item>")
check("the next state", get("/todo/items").text, "<item>Cancel newspaper subscription</item>")
Scenarios.reset_all_scenarios()
check("the first again", get("/todo/items").text, "<item>Buy milk</item>")

# Delays.
GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=200))
check("a fixed delay for all", get("/hello").elapsed.total_seconds() >= 0.2, True)
GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=0))
Mappings.create_mapping(Mapping(
    request=MappingRequest(method=HttpMethods.GET, url="/late"),
    response=MappingResponse(status=200, fixed_delay_milliseconds=150),
))
check("a fixed delay", 0.15 <= get("/late").elapsed.total_seconds() < 2, True)
Mappings.create_mapping(Mapping(
    request=MappingRequest(method=HttpMethods.GET, url="/random"),
    response=MappingResponse(status=200, delay_distribution=DelayDistribution(
        distribution_type=DelayDistributionMethods.UNIFORM, lower=20, upper=60)),
))
check("a delay that is drawn", 0.02 <= get("/random").elapsed.total_seconds() < 2, True)

# Faults.
for fault in (ResponseFaultType.EMPTY_RESPONSE, ResponseFaultType.MALFORMED_RESPONSE_CHUNK,
              ResponseFaultType.RANDOM_DATA_THEN_CLOSE, "CONNECTION_RESET_BY_PEER"):
    Mappings.create_mapping(Mapping(
        request=MappingRequest(method=HttpMethods.GET, url="/broken"),
        response=MappingResponse(status=200, fault=fault),
    ))
    try:
        get("/broken")
        broke = False
    except requests.exceptions.RequestException:
        broke = True
    check(fault, broke, True)

# What is not there is said.
try:
    Mappings.create_mapping(Mapping(
        request=MappingRequest(method=HttpMethods.GET, url="/x"),
        response=MappingResponse(proxy_base_url="http://example.com")))
    refused = None
except ApiException as error:
    refused = error
check("proxying is refused", "proxyBaseUrl" in str(refused.args), True)

# Keeping and removing.
Mappings.delete_mapping_by_metadata({"matchesJsonPath": {"expression": "$.suite", "equalTo": "things"}})
check("removed by metadata", post(), 404)
Mappings.persist_mappings()
Mappings.create_mapping(Mapping(
    request=MappingRequest(method=HttpMethods.GET, url="/later"), response=MappingResponse(status=200)))
Mappings.reset_mappings()
check("what was saved", (get("/hello").text, get("/later").status_code), ("hello", 404))
Mappings.delete_mapping(mapping)
check("removed", get("/hello").status_code, 404)
Mappings.delete_all_mappings()
check("none", Mappings.retrieve_all_mappings().meta.total, 0)
Requests.reset_request_journal()
check("no requests", Requests.get_all_received_requests().meta.total, 0)

# On the hub a mapping is for all vendors, and one with an operation for those that have it.
Config.base_url = f"{HUB}/__admin"
Mappings.create_mapping(Mapping(
    request=MappingRequest(method=HttpMethods.GET, url="/everywhere"), response=MappingResponse(status=202)))
check("everywhere", get("/everywhere").status_code, 202)
for path, wanted in (("/__admin/mango/mappings", 1), ("/__admin/mappings", 1)):
    listed = requests.get(HUB + path, timeout=10).json()
    check(path, listed["meta"]["total"], wanted)
operation = {"request": {"operation": "voip24h.makeDial"}, "response": {"status": 503}}
check("of one vendor", requests.post(HUB + "/__admin/mappings", json=operation, timeout=10).status_code, 201)
for vendor, wanted in (("mango", 1), ("voip24h", 2)):
    listed = requests.get(f"{HUB}/__admin/{vendor}/mappings", timeout=10).json()
    check(vendor, listed["meta"]["total"], wanted)
Mappings.delete_all_mappings()
check("none anywhere", get("/everywhere").status_code, 404)
print(f"wiremock of PyPI: {checked} checks")
