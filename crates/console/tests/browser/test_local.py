import urllib.parse

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
