"""The page against a MANGO OFFICE that is not there: pytest, with the package ringback and php-cli."""

import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

PAGE = pathlib.Path(__file__).with_name("callback.php")


class Page:
    def __init__(self, url):
        self.url = url

    def ask(self, path="/", **form):
        """Returns the status and the text of the answer."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with urllib.request.urlopen(self.url + path, data) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def page(mango, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    env = {
        "MANGO_URL": mango.url,
        "MANGO_KEY": mango.credentials["vpbx_api_key"],
        "MANGO_SALT": mango.credentials["vpbx_api_salt"],
        "CALLS_FILE": str(tmp_path / "calls.json"),
        # Webhooks come while a page is being made.
        "PHP_CLI_SERVER_WORKERS": "4",
    }
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([shutil.which("php"), "-S", address, str(PAGE)], env=env, stdout=log, stderr=log)
    page = Page(f"http://{address}")
    for _ in range(200):
        try:
            page.ask()
            break
        except urllib.error.URLError:
            time.sleep(0.02)
    mango.send_webhooks_to(page.url)
    yield page
    server.terminate()
    server.wait()


def test_a_customer_is_called_and_talked_with(mango, page):
    mango.when("79161234567").after_ringing_for(3).answers(talk=40)
    status, text = page.ask(number="+7 (916) 123-45-67")
    assert status == 200 and "We are calling you." in text
    mango.verify(operation="callback", body={"$.to_number": "79161234567"}, times=1)
    assert "79161234567: ordered" in page.ask()[1]
    mango.advance(seconds=120)
    assert {sent["state"] for sent in mango.deliveries()} == {"delivered"}
    assert "79161234567: talked" in page.ask()[1]


def test_a_customer_who_is_busy_was_missed(mango, page):
    mango.when("7916*").is_busy()
    page.ask(number="89161234567")
    mango.advance(seconds=120)
    assert "79161234567: missed" in page.ask()[1]


def test_what_is_no_number_is_not_ordered(mango, page):
    status, text = page.ask(number="123")
    assert status == 422 and "no number" in text
    mango.verify(kind="request", operation="callback", never=True)


def test_a_vendor_that_refuses_is_told(mango, page):
    mango.control("force_result", code=4001, times=1, operation="commands/callback")
    status, text = page.ask(number="79161234567")
    assert status == 502 and "We cannot call now" in text and "79161234567: refused" in text


def test_a_notification_of_somebody_else_is_refused(mango, page):
    form = {"vpbx_api_key": mango.credentials["vpbx_api_key"], "sign": "0" * 64, "json": "{}"}
    assert page.ask("/events/summary", **form)[0] == 403
