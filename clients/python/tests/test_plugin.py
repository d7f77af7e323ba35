"""The plugin as a user has it: tests in a project of their own."""

import pytest

from ringback import Ringback

TESTS = """
def test_one(mango):
    mango.dial("79161234567", "101")
    assert len(mango.calls(state="ringing") + mango.calls(state="created")) == 1

def test_other(mango, voip24h):
    assert mango.calls(state="ringing") == []
    assert mango.name != "mangomockkey0000000000000000000k"
    mango.advance(seconds=86400)

def test_time_is_as_it_was(mango, ringback):
    assert mango.now == ringback.now
"""


def test_each_test_has_an_account_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.makeini("[pytest]\nringback_vendors = mango voip24h\n")
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=3)


def test_a_failure_tells_what_has_happened(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(mango):
            mango.when("7916*").is_busy()
            mango.dial("101", "79161234567")
            mango.advance(seconds=30)
            mango.verify(event="call_ended", cause="NORMAL_CLEARING")
    """)
    pytester.makeini("[pytest]\nringback_vendors = mango\n")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        '*NOT -> cause: wanted "NORMAL_CLEARING", there is "USER_BUSY"',
        "*Ringback: mango*",
        "mango, account test-it-*, standing",
        "calls: 1",
        "*101 -> 79161234567  outbound, ended USER_BUSY",
    ])


def test_one_that_runs_is_used_and_left_as_it_was(pytester: pytest.Pytester, ringback: Ringback) -> None:
    pytester.makepyfile(TESTS)
    before = ringback.request("GET", "/mango/accounts")["total"]
    for _ in range(2):
        pytester.runpytest_subprocess("-q", "--ringback-url", ringback.url).assert_outcomes(passed=3)
    assert ringback.request("GET", "/mango/accounts")["total"] == before
    pytester.runpytest_subprocess("-q", "--ringback-url", ringback.url, "--ringback-keep").assert_outcomes(passed=3)
    assert ringback.request("GET", "/mango/accounts")["total"] == before + 3


def test_an_address_where_nothing_runs_fails_in_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(mango):\n    pass\n")
    result = pytester.runpytest_subprocess("-q", "--ringback-url", "http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["no Ringback answers at http://127.0.0.1:9: *refused*"])


def test_a_vendor_that_does_not_run_fails_in_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(scfm):\n    pass\n")
    pytester.makeini("[pytest]\nringback_vendors = mango\n")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["scfm does not run at http://*: there are mango"])
