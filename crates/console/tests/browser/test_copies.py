"""Every action is copied as a program says it: choices and orders as well. And what the page asks to show is no client's."""

from conftest import eventually


def copied(page, opener, label="Copy as curl"):
    """Opens the menu of an action, and returns the text that one of its entries copies."""
    opener.click()
    page.get_by_role("menuitem", name=label, exact=True).click()
    return page.evaluate("navigator.clipboard.readText()")


def test_the_rate_and_a_habit_are_copied(start, look):
    running = start()
    page = look(running.hub, "phone", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Simulated seconds per second", exact=True).select_option("60")
    eventually(lambda: running.get("/clock")["rate"] == 60)
    page.locator(".jumps .split", has=page.get_by_label("Simulated seconds per second", exact=True)).hover()
    line = copied(page, page.get_by_role("button", name="Rate: copy as code"))
    assert line == f"curl -s {running.hub}/__admin/clock/rate -d '{{\"rate\":60}}'"

    page.get_by_label("Habit", exact=True).first.select_option("busy")
    script = copied(page, page.get_by_role("button", name="Habit, phone a: copy as code"), "Copy as Python")
    number = page.get_by_label("My number").first.input_value()
    assert script.startswith("import requests") and f"/extensions/{number}" in script and "requests.patch(" in script
    assert "{\"outcome\": \"busy\"}" in script
    eventually(lambda: any(one.get("habit") for one in running.get("/extensions")["extensions"]))


def test_rules_are_moved_without_dragging_and_their_order_is_copied(frozen, look):
    for to in ("1", "2", "3"):
        frozen.post("/mango/behaviours", {"to": to, "outcome": "busy"})
    page = look(frozen.hub, "numbers", permissions=["clipboard-read", "clipboard-write"])
    rules = page.get_by_label("Rules of mango")
    order = lambda: [rule["to"] for rule in frozen.get("/mango/behaviours")["rules"]]
    grip = rules.get_by_role("button", name="Move rule 1", exact=True)
    grip.focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Down").click()
    eventually(lambda: order() == ["2", "3", "1"])
    eventually(lambda: rules.locator("li code").nth(1).inner_text() == "2")
    line = copied(page, rules.get_by_role("button", name="Move rule 1", exact=True), "Copy this order as curl")
    assert line.startswith("curl -s -X PUT ") and line.index('"to":"2"') < line.index('"to":"3"') < line.index('"to":"1"')
    assert '"hits"' not in line and '"id"' not in line


def test_what_the_page_asks_to_show_is_in_no_journal(frozen, look):
    page = look(frozen.hub, "campaigns")
    card = lambda vendor: page.locator("section.card", has=page.locator("h2", has_text=vendor))
    for vendor in ("scfm", "tel4vn", "mango"):
        card(vendor).wait_for()
    eventually(lambda: card("tel4vn").locator(".campaign").count() or card("tel4vn").get_by_text("There is no campaign.").count())
    frozen.advance(5)
    page.wait_for_timeout(1500)
    assert frozen.get("/journal")["requests"] == []
    # What it does is a client's.
    card("scfm").get_by_role("button", name="Call 200 made-up contacts").click()
    eventually(lambda: card("scfm").get_by_role("button", name="Pause demo", exact=True).count())
    asked = frozen.get("/journal")["requests"]
    assert asked and {one["method"] for one in asked} == {"POST"}, asked
