"""The frame: token, account, keys, addresses, clocks."""

from conftest import Ringback, eventually
from flows import FLOWS, drive


def test_the_control_token_is_asked_for(start, browser):
    ringback = start("--control-token", "s3cret")
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(ringback.hub)
    page.get_by_label("This server asks for its control token").fill("s3cret")
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(".light.live")
    page.wait_for_selector("section.vendor")
    assert "s3cret" not in page.url and "s3cret" not in page.content()
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"
    context.close()


def test_an_account_narrows_the_page_and_its_time_is_its_own(frozen, look):
    frozen.ask("PUT", "/voip24h/accounts/crm-test")
    other = frozen.post("/voip24h/calls", {"from": "101", "to": "0912345678"}, account="crm-test")["id"]
    demo = drive(frozen, "voip24h", {"from": "101", "to": "0912345678"}, [])
    page = look(frozen.hub, "calls")
    page.wait_for_selector(f".call[data-call='{demo}']")
    page.get_by_label("Account").select_option("crm-test")
    page.wait_for_selector(f".call[data-call='{demo}']", state="detached")
    page.wait_for_selector(f".call[data-call='{other}']")
    assert "account=crm-test" in page.url
    before = frozen.get("/clock")["now"]
    page.keyboard.press(".")
    page.locator(".did", has_text="+1 s").wait_for()
    assert frozen.get("/clock")["now"] == before
    assert frozen.get("/voip24h/clock?account=crm-test")["offset"] == 1
    page.locator("nav a", has_text="Numbers").click()
    page.wait_for_selector(".rules")
    assert "account=crm-test" in page.url


def test_keys_lead_everywhere(frozen, look):
    page = look(frozen.hub)
    for key, place in [("c", "calls"), ("p", "phone"), ("r", "requests"), ("w", "webhooks"), ("n", "numbers"), ("t", "time"), ("e", "settings"), ("s", "start")]:
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_selector(f"main[data-page={place}] h1")
    page.keyboard.press("/")
    eventually(lambda: page.evaluate("document.activeElement.getAttribute('aria-label')") == "Search calls")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    drive(frozen, *FLOWS["answered"])
    page.wait_for_selector(".vlist .call")
    page.locator(".vlist").focus()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ladder")
    page.keyboard.press("Escape")
    page.wait_for_selector("main[data-page=calls]")
    page.keyboard.press("n")
    page.get_by_role("dialog", name="Dial").wait_for()


def test_each_vendor_may_have_a_clock_of_its_own(start, look):
    ringback = start("--clock", "per-vendor", "--freeze")
    ringback.post("/mango/clock/advance", {"seconds": 3600})
    call = ringback.post("/mango/calls", {"from": "79161234567", "to": "101", "behaviour": {"outcome": "manual"}})["id"]
    page = look(ringback.hub)
    row = page.locator(f".live .call[data-call='{call}']")
    row.wait_for()
    # Its timers go by its vendor's clock.
    assert "0:00" in row.inner_text() and "1:00:00" not in row.inner_text()
    page.get_by_role("button", name="+10 s: forward", exact=True).click()
    row.locator("text=0:10").wait_for()


def test_the_page_fits_a_telephone(frozen, look):
    call = drive(frozen, *FLOWS["menu"])
    page = look(frozen.hub, viewport={"width": 390, "height": 844})
    for where in ["start", "calls", "phone", "requests", "webhooks", "campaigns", "numbers", "time", "settings", "docs", f"call/{call}"]:
        page.evaluate("hash => { location.hash = hash; }", f"#/{where}")
        page.wait_for_timeout(400)
        wide = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]")
        assert max(wide) <= 390, (where, wide)
