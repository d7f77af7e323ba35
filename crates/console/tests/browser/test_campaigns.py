"""Campaigns: how far they have come, and how those who are called answer."""

import json

from conftest import eventually


def card(page, vendor):
    return page.locator("section.card", has=page.locator("h2", has_text=vendor))


def counts(campaign):
    """What stands in it, by name."""
    return {one.locator("dt").inner_text(): int(one.locator("dd").inner_text()) for one in campaign.locator(".counts > div").all()}


def set_mix(page, vendor, **shares):
    card(page, vendor).get_by_role("button", name="Answer mix…").click()
    box = page.get_by_role("dialog")
    for label, share in shares.items():
        box.locator("label.slider", has_text=label.replace("_", " ")).locator("input").fill(str(share))
    return box


def test_the_answer_mix_is_rules_and_decides_how_a_campaign_goes(frozen, look):
    frozen.post("/mango/behaviours", {"to": "79161230000", "outcome": "no_answer"})
    page = look(frozen.hub, "campaigns")
    box = set_mix(page, "mango", answered=0.75, busy=0.75)
    box.get_by_text("That is 150 %.").wait_for()
    box.get_by_role("button", name="Set", exact=True).click()
    page.locator(".toast.bad", has_text="150 %").wait_for()
    assert len(frozen.get("/mango/behaviours")["rules"]) == 1
    box.locator("label.slider", has_text="answered").locator("input").fill("0.25")
    box.get_by_role("button", name="Set", exact=True).click()
    box.wait_for(state="detached")
    # Of what those before have left: a quarter, then all.
    rules = frozen.get("/mango/behaviours")["rules"]
    assert [(rule["to"], rule["outcome"], rule.get("probability")) for rule in rules] == [
        ("79161230000", "no_answer", None), ("*", "answer", 0.25), ("*", "busy", 1)]
    card(page, "mango").get_by_role("button", name="Call twenty numbers").click()
    campaign = card(page, "mango").locator(".campaign")
    campaign.wait_for()
    frozen.advance(3)
    ringing = eventually(lambda: (now := counts(campaign)).get("ringing") and now)
    # The keyboard stays where it is while numbers change.
    campaign.get_by_role("button", name="Stop demo", exact=True).focus()
    frozen.advance(5)
    eventually(lambda: counts(campaign) != ringing)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Stop demo"
    assert ringing["ringing"] + ringing["talking"] == 5 and sum(ringing.values()) == 20
    frozen.advance(20_000)
    eventually(lambda: counts(campaign)["done"] == 20)
    shown = {row.locator("span").first.inner_text(): int(row.locator("b").inner_text()) for row in campaign.locator(".outcomes > div").all()}
    assert sum(shown.values()) == 20 and shown["no answer"] == 1 and min(shown["talked"], shown["busy"]) > 2
    # Seen again, and taken back.
    box = set_mix(page, "mango")
    eventually(lambda: box.locator("output").all_inner_texts()[:3] == ["25 %", "75 %", "0 %"])
    box.get_by_role("button", name="The vendor’s own mix", exact=True).click()
    box.wait_for(state="detached")
    assert len(frozen.get("/mango/behaviours")["rules"]) == 1


def test_campaigns_of_tel4vn_show_who_is_rung_and_talked_to(frozen, look):
    token = json.loads(frozen.post("/tel4vn/request", {"method": "POST", "path": "/v1/auth/token", "headers": {"content-type": "application/json"},
        "body": json.dumps({"api_key": frozen.get("")["vendors"][3]["credentials"]["api_key"]})})["body"])["data"]["token"]

    def ask(path, body):
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return json.loads(frozen.post("/tel4vn/request", {"method": "POST", "path": path, "headers": headers, "body": json.dumps(body)})["body"])

    frozen.post("/tel4vn/behaviours", {"to": "034900000*", "outcome": "answer", "ring": 4, "talk": 10})
    campaign = ask("/v3/campaign", {"campaign_name": "made", "type": "autocall", "concurrent_call": 2, "active": True, "carrier_uuid": "", "schedules": None})["campaign_uuid"]
    made = ask("/v3/list", {"list_name": "l", "campaign_uuid": campaign, "active": True})
    for place in range(3):
        ask("/v3/lead", {"list_uuid": made["list_uuid"], "phone_number": f"034900000{place}"})
    frozen.post("/tel4vn/control", {"do": "run_campaign", "campaign": campaign, "status": "start"})
    page = look(frozen.hub, "campaigns")
    shown = card(page, "tel4vn").locator(".campaign", has_text="made")
    shown.wait_for()
    far = lambda: next(one for one in frozen.post("/tel4vn/control", {"do": "show_campaigns"})["campaigns"] if one["campaign_uuid"] == campaign)
    for seconds in [1, 5, 60]:
        frozen.advance(seconds)
        now = far()
        eventually(lambda: (counts(shown)["ringing"], counts(shown)["talking"]) == (now["ringing"], now["talking"]))
