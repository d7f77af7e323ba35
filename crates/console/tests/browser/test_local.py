import gzip
import posixpath
import re
import urllib.parse

from conftest import ROOT
from flows import FLOWS, drive

STATIC = ROOT / "crates/console/static"
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


def test_every_view_is_small():
    """What a browser loads for a view: the frame and its page, with all that these import."""
    files = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in STATIC.rglob("*") if path.is_file()}

    def loads(name, found):
        if name not in found:
            found.add(name)
            text = files[name].decode()
            for imported in re.findall(r"^(?:import|export) .* from '(\.[^']*)'", text, re.M):
                loads(posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)), found)
        return found

    frame = {"index.html", "icon.svg", "console.css"} | loads("main.js", set())
    for page in sorted(name for name in files if name.startswith("pages/")):
        view = frame | loads(page, set())
        raw, packed = (sum(size(files[name]) for name in view) for size in (len, lambda data: len(gzip.compress(data, 9))))
        print(f"{page}: {raw:,} bytes, {packed:,} compressed")
        assert raw <= 150_000 and packed <= 50_000, page
    everything = sum(map(len, files.values())), sum(len(gzip.compress(data, 9)) for data in files.values())
    print(f"everything: {everything[0]:,} bytes, {everything[1]:,} compressed")
