import datetime

import pytest

from ringback import NotFound, Refused, Ringback, StartError, uniform

START = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.timezone.utc)


def test_one_is_started_with_the_vendors_named_and_ends_with_its_block() -> None:
    with Ringback.start(vendors=["mango", "voip24h"], seed=7) as rb:
        assert sorted(rb.vendors) == ["mango", "voip24h"]
        assert rb.now == START and rb.clock.frozen
        assert rb.demo("voip24h").credentials["partnerSecret"] == "rdn7mllWMqND7S5DnZF8"
    with pytest.raises(Exception, match="refused"):
        rb.reset()


def test_all_vendors_are_started_unless_some_are_named(ringback: Ringback) -> None:
    assert sorted(ringback.vendors) == ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"]


def test_a_flag_that_is_wrong_is_told_in_its_own_words() -> None:
    with pytest.raises(StartError, match="mango.webhook_retris"):
        Ringback.start(["mango"], settings={"mango.webhook_retris": [5]})


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGBACK_BIN", "/no/such/ringback")
    with pytest.raises(StartError, match=r"/no/such/ringback: .*RINGBACK_BIN"):
        Ringback.start()


def test_one_that_runs_is_taken_by_the_address_of_a_vendor_too(ringback: Ringback) -> None:
    found = Ringback.connect(ringback.vendor("mango").url)
    assert list(found.vendors) == ["mango"]
    account = found.account("mango")
    assert account.dial("79161234567", "101").state in ("created", "ringing")
    found.forget(account)


def test_an_address_where_nothing_runs_is_told() -> None:
    with pytest.raises(StartError, match="no Ringback answers at http://127.0.0.1:9"):
        Ringback.connect("http://127.0.0.1:9")


def test_a_vendor_that_does_not_run_is_told_with_those_that_do() -> None:
    with Ringback.start(["mango"]) as rb, pytest.raises(StartError, match="scfm does not run .* there are mango"):
        rb.account("scfm")


def test_settings_scenarios_and_a_moment_are_those_of_the_program(tmp_path_factory: pytest.TempPathFactory) -> None:
    scenario = tmp_path_factory.mktemp("rules") / "busy.toml"
    scenario.write_text('[[rules]]\nto = "0912*"\noutcome = "busy"\n')
    at = datetime.datetime(2026, 3, 1, 12)
    with Ringback.start(["voip24h"], freeze=at, scenario=scenario) as rb:
        voip = rb.account("voip24h")
        assert voip.now == at.replace(tzinfo=datetime.timezone.utc)
        call = voip.dial("101", "0912345678")
        voip.advance(seconds=30)
        assert call.cause == "USER_BUSY"


def test_a_control_token_is_shown() -> None:
    env = {"RINGBACK_CONTROL_TOKEN": "secret"}
    with Ringback.start(["mango"], env=env) as rb:
        assert rb.account("mango").now == START
        with pytest.raises(Exception, match="401"):
            Ringback.connect(rb.url)
        assert Ringback.connect(rb.url, token="secret").vendors


def test_the_same_seed_gives_the_same_calls() -> None:
    def play(seed: int) -> object:
        with Ringback.start(["voip24h"], seed=seed) as rb:
            voip = rb.account("voip24h")
            voip.when("0912*").after_ringing_for(uniform(1, 20)).answers(talk=uniform(5, 500))
            calls = [voip.dial("101", f"09123456{place:02}") for place in range(3)]
            voip.advance(seconds=3600)
            return [call.show() for call in calls]

    assert play(7) == play(7) != play(8)


def test_a_refusal_says_where_and_what_was_meant(ringback: Ringback) -> None:
    with pytest.raises(Refused) as caught:
        ringback.request("POST", "/clock/advance", {"second": 30})
    assert caught.value.status == 400
    assert str(caught.value).splitlines()[1:] == ["  at /second: unknown key", "  hint: did you mean seconds?"]
    with pytest.raises(NotFound, match="/mango/calls/none is answered 404"):
        ringback.demo("mango").call("none")


def test_the_clock_of_all_runs_at_a_rate() -> None:
    with Ringback.start(["mango"], freeze=False, rate=3600) as rb:
        assert rb.clock.rate == 3600 and not rb.clock.frozen
        rb.freeze()
        before = rb.now
        rb.advance(to=before + datetime.timedelta(hours=1))
        assert rb.now - before == datetime.timedelta(hours=1)
        rb.set_rate(60)
        rb.release()
        assert rb.clock.rate == 60 and not rb.clock.frozen


def test_one_in_a_container_is_taken_with_its_mapped_ports() -> None:
    env = {"RINGBACK_CONTROL_TOKEN": "secret"}
    with Ringback.start(["mango"], args=["--bind", "0.0.0.0"], env=env) as inside:
        mapped = {"mango": "http://127.0.0.1:49152"}
        rb = Ringback.connect(inside.url, token="secret", urls=mapped)
        assert rb.vendor("mango").url == rb.account("mango").url == mapped["mango"]
        assert rb.account("mango").dial("79161234567", "101").state == "ringing"
