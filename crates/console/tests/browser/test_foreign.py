"""What a page of another origin can do to the API, .ci/foreign-page tries; here it is about the console."""

import http.server
import threading

import pytest


@pytest.fixture
def foreign():
    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>foreign</title><body>")

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://foreign.localhost:{server.server_port}/"
    server.shutdown()


def test_a_page_of_another_origin_can_neither_read_nor_write_nor_show_it(ringback, browser, foreign):
    before = [ringback.get("/calls"), ringback.get("/clock")["frozen"]]
    context = browser.new_context()
    page = context.new_page()
    page.goto(foreign)
    for path in ["/", "/__admin/ui", "/__admin/ui/main.js", "/__admin", "/__admin/events"]:
        read = page.evaluate("async (url) => { try { return await (await fetch(url)).text(); } catch { return null; } }", ringback.hub + path)
        assert read is None, path
    page.evaluate("async (url) => { try { await fetch(url + '/__admin/clock/freeze', { method: 'POST', mode: 'no-cors' }); } catch {} }", ringback.hub)
    page.evaluate("async (url) => { try { await fetch(url + '/__admin/voip24h/calls', { method: 'POST', mode: 'no-cors', body: '{\"from\":\"101\",\"to\":\"102\"}' }); } catch {} }", ringback.hub)
    assert [ringback.get("/calls"), ringback.get("/clock")["frozen"]] == before
    page.evaluate("(url) => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }", ringback.hub)
    page.wait_for_timeout(700)
    shown = [frame.evaluate("document.body?.innerText ?? ''") for frame in page.frames[1:]]
    assert not any("Ringback" in text and "vendors" in text for text in shown), shown
    context.close()
