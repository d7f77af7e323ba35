"""Fixtures for pytest: a Ringback for the whole run, and in it an account of its own for each test.

``RINGBACK_URL`` or ``--ringback-url`` names one that runs; otherwise it is started, with the clock standing.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Callable, Generator, Iterator

import pytest

from ._account import Account, forget
from ._errors import RingbackError, StartError
from ._process import find_binary
from ._ringback import Ringback

_accounts = pytest.StashKey[dict[str, Account]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ringback", "telephony vendors, simulated")
    group.addoption("--ringback-url", metavar="URL",
                    help="a Ringback that runs, instead of one that is started (RINGBACK_URL)")
    group.addoption("--ringback-bin", metavar="FILE", help="the program to start (RINGBACK_BIN)")
    group.addoption("--ringback-keep", action="store_true",
                    help="leave the accounts of tests where they are, to be looked at")
    parser.addini("ringback_vendors", "vendors to start, all unless named", type="args", default=[])
    parser.addini("ringback_args", "further flags of the program", type="args", default=[])


@pytest.fixture(scope="session")
def ringback(pytestconfig: pytest.Config) -> Iterator[Ringback]:
    """The Ringback of this run. Tests that change all of it want one of their own: ``Ringback.start``."""
    url = pytestconfig.getoption("ringback_url") or os.environ.get("RINGBACK_URL")
    binary = pytestconfig.getoption("ringback_bin")
    try:
        if url and not binary:
            found = Ringback.connect(url)
        else:
            vendors = pytestconfig.getini("ringback_vendors") or None
            found = Ringback.start(vendors, binary=find_binary(binary), args=pytestconfig.getini("ringback_args"))
    except StartError as error:
        pytest.fail(str(error), pytrace=False)
    with found:
        yield found


@pytest.fixture
def ringback_account(request: pytest.FixtureRequest, ringback: Ringback) -> Iterator[Callable[[str], Account]]:
    """Opens accounts for one test: ``ringback_account("mango")``, the same one each time it is asked."""
    opened: dict[str, Account] = {}
    request.node.stash[_accounts] = opened

    def account(vendor: str) -> Account:
        if vendor not in opened:
            try:
                made = ringback.account(vendor, account_name(request.node.nodeid))
            except StartError as error:
                pytest.fail(str(error), pytrace=False)
            # An earlier run may have left it.
            made.reset()
            if not made.clock.frozen:
                made.freeze()
            opened[vendor] = made
        return opened[vendor]

    yield account
    if not request.config.getoption("ringback_keep"):
        for made in opened.values():
            try:
                forget(made)
            except RingbackError:
                pass  # a test that ended it has said so


def account_name(test: str) -> str:
    """Names the account of a test, the same in each run: what is drawn in it follows from the name."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", test.rpartition("::")[2]).strip("-")[:40]
    return f"{words}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"


@pytest.fixture
def mango(ringback_account: Callable[[str], Account]) -> Account:
    """An account with MANGO OFFICE that this test alone has."""
    return ringback_account("mango")


@pytest.fixture
def tel4vn(ringback_account: Callable[[str], Account]) -> Account:
    """An account with TEL4VN that this test alone has."""
    return ringback_account("tel4vn")


@pytest.fixture
def voip24h(ringback_account: Callable[[str], Account]) -> Account:
    """An account with Voip24h that this test alone has."""
    return ringback_account("voip24h")


@pytest.fixture
def scfm(ringback_account: Callable[[str], Account]) -> Account:
    """An account with Somleng SCFM that this test alone has."""
    return ringback_account("scfm")


@pytest.fixture
def impactpbx(ringback_account: Callable[[str], Account]) -> Account:
    """An account with Impact PBX that this test alone has."""
    return ringback_account("impactpbx")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows with a test that failed what has happened in its accounts."""
    report = yield
    if report.when == "call" and report.failed:
        for account in item.stash.get(_accounts, {}).values():
            try:
                report.sections.append((f"Ringback: {account.vendor}", account.describe()))
            except RingbackError as error:
                report.sections.append((f"Ringback: {account.vendor}", f"it no longer answers: {error}"))
    return report
