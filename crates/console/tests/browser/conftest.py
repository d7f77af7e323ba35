"""A Ringback of its own for each test, and a browser that looks at its console."""

import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[4]
BINARY = pathlib.Path(os.environ.get("RINGBACK_BINARY", ROOT / "target/debug/ringback"))
VENDORS = ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"]


class Ringback:
    """A process, and its control API."""

    def __init__(self, folder, *flags, ports=None):
        self.log = folder / f"log-{time.monotonic_ns()}"
        ports = ports or {}
        vendors = ",".join(f"{name}={ports.get(name, 0)}" for name in VENDORS)
        begin = [BINARY, "--vendor", vendors, "--hub", str(ports.get("hub", 0)), "--log-format", "json"]
        if "--seed" not in flags:
            begin += ["--seed", "7"]
        self.process = subprocess.Popen([*begin, *flags], stdout=subprocess.PIPE, stderr=self.log.open("w"), text=True)
        table = json.loads(self.process.stdout.readline())
        self.urls = {one["name"]: one["url"] for one in table["listening"]}
        self.hub = self.urls["hub"]
        self.ports = {name: int(url.rsplit(":", 1)[1]) for name, url in self.urls.items()}

    def ask(self, method, path, body=None, account=None):
        request = urllib.request.Request(f"{self.hub}/__admin{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
        if account:
            request.add_header("Ringback-Account", account)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None, account=None):
        return self.ask("POST", path, {} if body is None else body, account)

    def text(self, path):
        with urllib.request.urlopen(f"{self.hub}/__admin{path}") as answer:
            return answer.read().decode()

    def advance(self, seconds):
        return self.post("/clock/advance", {"seconds": seconds})

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start(tmp_path):
    """Starts a Ringback with flags; all of them are ended with the test."""
    started = []

    def begin(*flags, ports=None):
        started.append(Ringback(tmp_path, *flags, ports=ports))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        lines = [line for line in one.log.read_text().splitlines() if '"ERROR"' in line or "panic" in line]
        assert not lines, lines


@pytest.fixture
def ringback(start):
    return start()


@pytest.fixture
def frozen(start):
    return start("--freeze")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield browser
        browser.close()


@pytest.fixture
def look(browser):
    """Opens a page of a console. What its scripts complain of fails the test."""
    contexts, errors = [], []

    def open_(url, page="start", **options):
        options.setdefault("viewport", {"width": 1280, "height": 720})
        context = browser.new_context(**options)
        contexts.append(context)
        view = context.new_page()
        view.set_default_timeout(8000)
        view.on("pageerror", lambda error: errors.append(str(error)))
        view.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        view.goto(f"{url}/#/{page}")
        view.wait_for_selector(".light.live")
        return view

    yield open_
    for context in contexts:
        context.close()
    assert not errors, errors


def eventually(condition, seconds=5):
    """Waits until something holds, and returns it."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found or time.monotonic() > until:
            assert found
            return found
        time.sleep(0.02)
