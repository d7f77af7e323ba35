import urllib.parse

import pytest
from flows import FLOWS, drive

PAGES = ["start", "calls", "phone", "requests", "webhooks", "campaigns", "numbers", "time", "settings", "docs", "docs/vendors/mango"]


def test_no_request_leaves_the_host_and_the_page_is_small(frozen, browser):
    call = drive(frozen, *FLOWS["menu"])
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(frozen.hub)
    for name in [*PAGES, f"call/{call}"]:
        page.goto(f"{frozen.hub}/#/{name}")
        page.wait_for_timeout(300)
    elsewhere = [url for url in asked if urllib.parse.urlsplit(url).netloc != urllib.parse.urlsplit(frozen.hub).netloc]
    assert not elsewhere and len(asked) > 40, elsewhere
    context.close()


def test_all_that_a_browser_loads_is_small(frozen, look):
    """As it says itself, of what it has asked for: with what the server has compressed, and without."""
    call = drive(frozen, *FLOWS["menu"])
    page = look(frozen.hub)
    if page.evaluate("performance.getEntriesByType('resource').some(one => one.name.endsWith('/dom.js'))"):
        pytest.skip("the sources are as large as they are")
    for name in [*PAGES, f"call/{call}"]:
        page.goto(f"{frozen.hub}/#/{name}")
        page.wait_for_selector("main h1")
    loaded = page.evaluate("""() => Object.values(Object.fromEntries(
        [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter(({ name }) => name.includes('/__admin/ui/'))]
            .map(one => [one.name.split('#')[0], [one.encodedBodySize, one.decodedBodySize]])))""")
    compressed, plain = (sum(sizes) for sizes in zip(*loaded))
    print(f"{plain:,} bytes, {compressed:,} compressed, in {len(loaded)} files")
    assert 50_000 < plain <= 150_000 and 20_000 < compressed <= 50_000
