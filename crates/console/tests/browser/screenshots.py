"""Takes pictures of every page, at two sizes, light and dark: `just screenshots` looks here for how."""

import pathlib
import shutil
import sys
import tempfile

from conftest import ROOT, Ringback
from flows import FLOWS, drive
from playwright.sync_api import sync_playwright

SIZES = {"wide": {"width": 1280, "height": 720}, "narrow": {"width": 390, "height": 844}}
# Those that the documents show.
SHOWN = ["start-wide-light", "calls-wide-dark", "call-wide-light", "requests-wide-light", "webhooks-wide-light", "phone-wide-dark", "campaigns-wide-light", "call-narrow-light", "calls-narrow-dark"]


def world(folder):
    """A world with something of everything, the same at each run."""
    ringback = Ringback(folder, "--freeze", "--history", "60", "--webhook", "mango=inbox:crm", "--webhook", "tel4vn=inbox:desk")
    ringback.ask("PUT", "/inboxes/desk", {"plan": [200, 200, 500, 500], "then": 200})
    ringback.ask("PUT", "/inboxes/crm", {"plan": [200, 200, 200, 503, 200], "then": 200})
    ringback.post("/voip24h/behaviours", {"to": "0912*", "outcome": "answer", "ring": 2, "talk": {"lognormal": [45, 0.9]}})
    ringback.post("/voip24h/behaviours", {"from": "101", "to": "0987*", "outcome": "busy", "times": 3})
    calls = {name: drive(ringback, *flow) for name, flow in FLOWS.items()}
    ringback.post("/checkpoints", {"name": "before the campaign"})
    ringback.post("/snapshots", {"name": "a busy morning"})
    ringback.ask("PUT", "/mango/behaviours", {"rules": [
        {"to": "*", "direction": "outbound", "outcome": outcome, "probability": share, "setup": 1, "ring": {"uniform": [2, 15]}}
        for outcome, share in [("answer", 0.6), ("busy", 0.5), ("no_answer", 1)]
    ]})
    secret = {"requestType": "makeDial", "partnerSecret": "rdn7mllWMqND7S5DnZF8", "data": {"extension": "102", "phone": "0912345678"}}
    for request in [{**secret, "requestType": "getUsr"}, secret]:
        import json

        ringback.post("/voip24h/request", {"method": "POST", "path": "/api/v1/partner/voip24h", "body": json.dumps(request)})
    for path in ["/api/contacts", "/api/callouts/3", "/api/callouts/77"]:
        ringback.post("/scfm/request", {"path": path})
    ringback.post("/tel4vn/calls", {"from": "0987654321", "to": "103", "behaviour": {"outcome": "manual"}})
    ringback.post("/voip24h/calls", {"from": "0987654321", "to": "101", "behaviour": {"outcome": "manual"}})
    ringback.advance(7)
    ringback.post("/mango/calls", {"from": "79997654321", "to": "102", "behaviour": {"outcome": "answer", "ring": 3, "talk": 300}})
    ringback.advance(5)
    return ringback, calls


def main():
    to = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target/screenshots"
    to.mkdir(parents=True, exist_ok=True)
    only = sys.argv[2].split(",") if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ringback, calls = world(pathlib.Path(folder))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        refused = ringback.get("/journal?refused=true&account=*")["requests"][-1]["id"]
        delivery = ringback.get("/deliveries?account=*&limit=1000")["deliveries"]
        delivery = next(one["id"] for one in delivery if len(one["attempts"]) > 1)
        pages = {
            "start": "start", "calls": "calls", "call": f"call/{calls['menu']}", "views": f"call/{calls['transfer']}?tab=Views", "phone": "phone?a=voip24h/101&b=voip24h/102",
            "requests": f"requests/{refused}", "webhooks": f"webhooks/{delivery}", "campaigns": "campaigns", "numbers": "numbers", "time": "time", "settings": "settings", "docs": "docs/vendors/mango",
        }
        seeded = False
        for size, viewport in SIZES.items():
            for scheme in ["light", "dark"]:
                context = browser.new_context(viewport=viewport, color_scheme=scheme)
                page = context.new_page()
                page.goto(ringback.hub)
                page.wait_for_selector(".light.live")
                for name, where in pages.items():
                    if only and name not in only:
                        continue
                    if name == "campaigns" and not seeded:
                        page.goto(f"{ringback.hub}/#/campaigns")
                        page.get_by_role("button", name="Call 200 made-up contacts").click()
                        page.locator(".toast", has_text="200").wait_for()
                        page.get_by_role("button", name="Call twenty numbers").click()
                        page.locator(".toast", has_text="twenty").wait_for()
                        ringback.advance(90)
                        seeded = True
                    page.goto(f"{ringback.hub}/#/{where}")
                    page.wait_for_timeout(900)
                    page.screenshot(path=to / f"{name}-{size}-{scheme}.png")
                if not only:
                    page.goto(f"{ringback.hub}/#/call/{calls['keys-and-hold']}")
                    page.get_by_role("button", name="Make this a test").click()
                    page.wait_for_selector("dialog pre")
                    page.screenshot(path=to / f"test-{size}-{scheme}.png")
                context.close()
        browser.close()
        ringback.kill()
    if not only:
        shown = ROOT / "docs/console"
        shown.mkdir(exist_ok=True)
        for name in SHOWN:
            shutil.copyfile(to / f"{name}.png", shown / f"{name}.png")


main()
