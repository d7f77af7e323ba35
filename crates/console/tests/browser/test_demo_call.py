SEEN = """() => new Promise((done) => {
  const began = performance.now();
  const rings = () => document.querySelector('.live .call[data-state=ringing]');
  new MutationObserver(() => { if (rings()) done(performance.now() - began); }).observe(document.body, { childList: true, subtree: true });
  document.querySelector('section.vendor[data-vendor=voip24h] header .split button').click();
})"""


def test_a_demo_call_rings_at_once_and_is_over_a_minute_later(ringback, look):
    page = look(ringback.hub)
    page.wait_for_selector("section.vendor")
    # The first one warms what is compiled and connected at the first use.
    took = min(page.evaluate(SEEN), page.evaluate(SEEN.replace("voip24h", "mango")))
    print(f"the row rang {took:.0f} ms after the click")
    assert took < 200
    page.keyboard.press("f")
    page.locator(".clock button.primary", has_text="Run").wait_for()
    assert ringback.get("/clock")["frozen"]
    page.get_by_role("button", name="+1 min: forward", exact=True).click()
    page.wait_for_selector(".live .call[data-state=ended]")
    page.locator(".did", has_text="events").wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.live .call:not(.head)')].every((row) => row.dataset.state === 'ended')")


def test_jumps_say_what_they_did(start, look):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm")
    ringback.ask("PUT", "/inboxes/crm", {"then": 500})
    ringback.post("/mango/calls", {"from": "79161234567", "to": "101", "behaviour": {"outcome": "answer", "ring": 2, "talk": 5}})
    page = look(ringback.hub)
    page.get_by_role("button", name="+1 min: forward", exact=True).click()
    said = page.locator(".did")
    said.wait_for()
    page.locator(".did", has_text="failed").wait_for()
    assert "webhooks" in said.inner_text() and "events" in said.inner_text(), said.inner_text()
