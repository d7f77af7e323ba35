import pytest
from conftest import ROOT
from flows import FLOWS, drive

PAGES = ["start", "calls", "phone", "requests", "webhooks", "campaigns", "numbers", "time", "settings", "docs", "reference", "operation", "call", "request", "delivery", "dialog"]


def axe():
    return (ROOT / "target/tools/axe/package/axe.min.js").read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(start, look, scheme):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm")
    call = drive(ringback, *FLOWS["menu"])
    drive(ringback, "voip24h", {"from": "101", "to": "0912345678", "behaviour": {"outcome": "manual"}}, [1])
    ringback.post("/voip24h/behaviours", {"to": "0912*", "outcome": "busy"})
    ringback.post("/checkpoints", {"name": "before"})
    refused = ringback.post("/scfm/request", {"path": "/api/callouts/x"})
    assert refused["status"] == 404
    request = ringback.get("/journal?limit=1")["requests"][0]["id"]
    delivery = ringback.get("/deliveries?limit=1")["deliveries"][0]["id"]
    page = look(ringback.hub, color_scheme=scheme)
    page.evaluate(axe())
    where = {"operation": "reference/control?op=advance", "call": f"call/{call}", "request": f"requests/{request}", "delivery": f"webhooks/{delivery}", "dialog": "calls"}
    faults = []
    for name in PAGES:
        page.evaluate("hash => { location.hash = hash; }", f"#/{where.get(name, name)}")
        page.wait_for_timeout(500)
        if name == "dialog":
            page.get_by_role("button", name="Dial…").click()
        found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
        faults += [
            (name, one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
    assert not faults, faults
