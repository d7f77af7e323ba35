"""Whatever a caller, a client or a receiver controls shows as text."""

import json
import urllib.error
import urllib.parse
import urllib.request

MARK = "<img src=x onerror=\"window.__ran=1\"><b class=planted>x</b>"
MARKS = ["start", "calls", "phone", "requests", "webhooks", "campaigns", "numbers", "time", "settings"]


def tried(work):
    """What the API refuses cannot be shown either."""
    try:
        return work()
    except urllib.error.HTTPError as error:
        assert error.code < 500, error.read()
        return None


def test_markup_shows_as_text(start, look):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm", "--webhook", "impactpbx=inbox:crm")
    # Numbers, names, metadata.
    calls = [
        tried(lambda: ringback.post("/voip24h/calls", {"from": MARK, "to": "101", "behaviour": {"outcome": "answer", "ring": 1, "talk": 5}})),
        tried(lambda: ringback.post("/voip24h/calls", {"from": "101", "to": MARK})),
        tried(lambda: ringback.post("/mango/calls", {"from": MARK, "to": "101", "behaviour": {"outcome": "answer", "ring": 1, "talk": 5}})),
        tried(lambda: ringback.post("/impactpbx/control", {"do": "trigger", "from": MARK, "to": MARK})),
    ]
    quoted = urllib.parse.quote(MARK, safe="")
    tried(lambda: ringback.ask("PUT", f"/voip24h/extensions/{quoted}", {}))
    tried(lambda: ringback.ask("PUT", f"/voip24h/services/{quoted}", {"kind": {"ring_group": {"members": [MARK]}}}))
    tried(lambda: ringback.ask("PUT", f"/voip24h/accounts/{quoted}"))
    tried(lambda: ringback.post("/voip24h/behaviours", {"from": MARK, "to": MARK, "outcome": "busy"}))
    tried(lambda: ringback.post("/checkpoints", {"name": MARK}))
    # Requests of clients: path, headers, user agent, bodies, metadata.
    form = urllib.parse.urlencode({f"metadata[{MARK}]": MARK})
    for vendor, path, body in [("scfm", "/api/callouts", form), ("voip24h", f"/{quoted}", MARK), ("voip24h", "/api/v1/partner/voip24h", json.dumps({"requestType": MARK, "partnerSecret": MARK, "data": {MARK: MARK}}))]:
        request = urllib.request.Request(ringback.urls[vendor] + path, data=body.encode(), headers={"User-Agent": MARK, "X-Mark": MARK})
        tried(lambda: urllib.request.urlopen(request).read())
    # Answers of receivers.
    ringback.ask("PUT", "/inboxes/crm", {"then": {"status": 500, "headers": {"x-mark": MARK}, "body": MARK}})
    ringback.advance(60)
    tried(lambda: ringback.ask("PUT", "/mango/webhook", {"url": f"http://127.0.0.1:9/{MARK}"}))

    page = look(ringback.hub)
    planted = 0
    made = [call["id"] for call in calls if call and "id" in call]
    assert made
    requests = [one["id"] for one in ringback.get("/journal?account=*")["requests"]]
    deliveries = [one["id"] for one in ringback.get("/deliveries?account=*")["deliveries"]]
    assert len(requests) >= 3 and deliveries
    where = [*MARKS, *(f"call/{one}" for one in made), *(f"call/{made[0]}?tab={tab}" for tab in ["Views", "Webhooks", "Timeline"]),
             *(f"requests/{one}" for one in requests), *(f"webhooks/{one}" for one in deliveries), f"calls?q={quoted}", f"docs/{quoted}", f"call/{quoted}",
             f"phone?a=voip24h/{quoted}", f"start?account={quoted}"]
    for one in where:
        page.evaluate("hash => { location.hash = hash; }", f"#/{one}")
        page.wait_for_timeout(250)
        assert page.evaluate("document.querySelectorAll('.planted, img[src=x]').length") == 0, one
        planted += "onerror" in page.evaluate("document.body.innerText + [...document.querySelectorAll('input, option')].map(one => one.value).join()")
    page.goto(f"{ringback.hub}/#/call/{made[0]}")
    page.get_by_role("button", name="Make this a test").click()
    page.wait_for_selector("dialog pre")
    assert page.evaluate("window.__ran") is None
    # It was there to be seen, on many pages.
    assert planted > 10, planted
