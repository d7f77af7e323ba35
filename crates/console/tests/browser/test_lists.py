import pytest
from conftest import eventually
from flows import FLOWS, drive


def test_calls_are_found_in_one_language(frozen, look):
    for name in ["answered", "busy", "menu"]:
        drive(frozen, *FLOWS[name])
    page = look(frozen.hub, "calls")
    search = page.get_by_label("Search calls")
    rows = lambda: page.locator(".vlist .call").evaluate_all("rows => rows.map(row => row.innerText)")
    eventually(lambda: len(rows()) > 3)
    for query, test in [("vendor:mango", lambda row: "mango" in row), ("cause:USER_BUSY", lambda row: "user busy" in row), ("to:0912* state:ended", lambda row: "0912345678" in row), ("-vendor:mango has:recording", lambda row: "mango" not in row)]:
        search.fill(query)
        eventually(lambda: rows() and all(test(row) for row in rows()))
        assert f"q={query.split(':')[0]}" in page.url.replace("%3A", ":") or "q=" in page.url
    page.reload()
    page.wait_for_selector(".vlist .call")
    assert page.get_by_label("Search calls").input_value() == "-vendor:mango has:recording"


def test_a_refused_request_says_why_and_is_sent_again(frozen, look):
    body = '{"requestType":"getUsr","partnerSecret":"rdn7mllWMqND7S5DnZF8","data":{}}'
    frozen.post("/voip24h/request", {"method": "POST", "path": "/api/v1/partner/voip24h", "body": body})
    page = look(frozen.hub, "requests?q=refused:true")
    page.locator(".req a").first.click()
    why = page.locator(".why-box")
    why.wait_for()
    assert "Invalid request type" in why.inner_text() and "getUser" in why.inner_text()
    assert "rdn7mll" not in page.locator(".detail").inner_text().split("Asked")[1]
    page.get_by_role("button", name="Replay", exact=True).click()
    eventually(lambda: frozen.get("/journal?account=*&refused=true")["total"] == 2)


def test_the_next_request_is_answered_503(frozen, look):
    if "POST /__admin/mappings" not in frozen.get("")["routes"]:
        pytest.skip("the control API has no mappings")
    assert frozen.post("/scfm/request", {"path": "/api/callouts"})["status"] == 200
    page = look(frozen.hub, "requests")
    page.locator(".req a").first.click()
    page.get_by_role("button", name="Answer 503 next time", exact=True).click()
    page.locator(".toast", has_text="503").wait_for()
    assert [frozen.post("/scfm/request", {"path": "/api/callouts"})["status"] for _ in range(2)] == [503, 200]


def test_requests_and_webhooks_come_by_themselves(start, look):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm")
    page = look(ringback.hub, "requests")
    page.locator(".empty", has_text="No request").wait_for()
    ringback.post("/scfm/request", {"path": "/api/callouts"})
    page.locator(".req", has_text="list-callouts").wait_for()
    page.goto(f"{ringback.hub}/#/webhooks")
    page.locator(".empty", has_text="No webhook").wait_for()
    ringback.post("/mango/webhook/test")
    page.locator(".dlv", has_text="ping").wait_for()


def test_rules_are_added_moved_and_switched_off(frozen, look):
    frozen.post("/voip24h/behaviours", {"to": "0911*", "outcome": "busy"})
    frozen.post("/voip24h/behaviours", {"to": "0912*", "outcome": "busy"})
    page = look(frozen.hub, "numbers")
    rules = lambda: [rule["to"] for rule in frozen.get("/voip24h/behaviours")["rules"]]
    page.locator(".rule").nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    eventually(lambda: rules() == ["0911*", "0912*"])
    page.get_by_role("button", name="Disable rule 1", exact=True).click()
    eventually(lambda: frozen.get("/voip24h/behaviours")["rules"][0].get("probability") == 0)
    page.get_by_label("Number, for the next call with voip24h").fill("0999*")
    page.get_by_role("button", name="Set the next call with voip24h", exact=True).click()
    eventually(lambda: "0999*" in rules())
    assert next(rule for rule in frozen.get("/voip24h/behaviours")["rules"] if rule["to"] == "0999*")["times"] == 1


def test_a_campaign_is_started(frozen, look):
    page = look(frozen.hub, "campaigns")
    page.get_by_role("button", name="Call 200 made-up contacts").click()
    page.locator(".toast", has_text="it begins").wait_for()
    frozen.advance(30)
    demo = page.locator(".campaign").filter(has=page.get_by_text("demo", exact=True))
    eventually(lambda: "running" in demo.inner_text())
    demo.get_by_role("button", name="Pause demo", exact=True).click()
    eventually(lambda: "paused" in demo.inner_text())
