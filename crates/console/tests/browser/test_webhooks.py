from conftest import eventually


def test_a_failed_webhook_is_red_and_delivered_once_it_is_sent_again(start, look):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm")
    ringback.ask("PUT", "/inboxes/crm", {"then": 500})
    ringback.post("/mango/calls", {"from": "79161234567", "to": "101", "behaviour": {"outcome": "busy"}})
    ringback.advance(4000)
    failed = ringback.get("/deliveries?state=failed&limit=1")["deliveries"][0]["id"]
    page = look(ringback.hub, "webhooks")
    row = page.locator(f".dlv[data-id='{failed}']")
    row.wait_for()
    assert row.get_attribute("data-state") == "failed"
    assert "bad" in row.locator(".chip").first.get_attribute("class")
    ringback.ask("PUT", "/inboxes/crm", {"then": 200})
    row.locator("a").click()
    page.get_by_role("button", name="Resend", exact=True).click()
    eventually(lambda: ringback.get("/deliveries?state=delivered")["total"] >= 1)
    page.wait_for_selector(".dlv[data-state=delivered]")


def test_a_target_is_set_and_a_wait_skipped(start, look):
    ringback = start("--freeze")
    page = look(ringback.hub, "webhooks")
    page.get_by_label("Webhooks of mango go to").fill("inbox:desk")
    page.get_by_role("button", name="Set the target of mango", exact=True).click()
    eventually(lambda: ringback.get("/mango/webhook")["url"] == "inbox:desk")
    page.get_by_role("button", name="Test: send an event of mango", exact=True).click()
    received = lambda: {one["name"]: one["messages"] for one in ringback.get("/inboxes")["inboxes"]}.get("desk", 0)
    eventually(lambda: received() == 1)
    page.locator(".lane", has_text="inbox:desk").wait_for()
    # One that is refused waits for its next attempt, in simulated time.
    ringback.ask("PUT", "/inboxes/desk", {"plan": [500], "then": 200})
    ringback.ask("PUT", "/tel4vn/webhook", {"url": "inbox:desk"})
    ringback.post("/tel4vn/calls", {"from": "0987654321", "to": "101", "behaviour": {"outcome": "manual"}})
    waits = eventually(lambda: ringback.get("/deliveries?state=pending")["deliveries"])[0]["id"]
    row = page.locator(f".dlv[data-id='{waits}'][data-state=pending]")
    row.locator(".why", has_text="due").wait_for()
    row.locator("a").click()
    page.get_by_role("button", name="Skip the wait", exact=True).click()
    eventually(lambda: ringback.get(f"/deliveries/{waits}")["state"] == "delivered")


def test_chaos_is_set_by_switches(ringback, look):
    page = look(ringback.hub, "webhooks")
    page.locator(".target", has_text="mango").get_by_role("button", name="Chaos…").click()
    page.get_by_label("Overtaken by, at most").fill("3")
    page.get_by_role("dialog").get_by_role("button", name="Set", exact=True).click()
    eventually(lambda: ringback.get("/mango/chaos")["reorder"] == 3)
