import datetime
import hashlib
import json
import threading
import time
import urllib.parse
import urllib.request

import pytest

from ringback import Account, Ringback, VerificationError, WaitTimeout


def signed(mango: Account, operation: str, question: object) -> dict[str, object]:
    """Asks the vendor as an integration does."""
    key, salt = mango.credentials["vpbx_api_key"], mango.credentials["vpbx_api_salt"]
    text = json.dumps(question)
    sign = hashlib.sha256(f"{key}{text}{salt}".encode()).hexdigest()
    form = urllib.parse.urlencode({"vpbx_api_key": key, "sign": sign, "json": text})
    with urllib.request.urlopen(f"{mango.url}/vpbx/{operation}", form.encode()) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def callback(mango: Account, number: str = "79161234567") -> None:
    question = {"command_id": "1", "from": {"extension": "101"}, "to_number": number}
    assert signed(mango, "commands/callback", question)["result"] == 1000


def test_a_busy_customer_is_seen_by_the_vendors_client(mango: Account) -> None:
    rule = mango.when("7916*").is_busy()
    callback(mango)
    mango.advance(seconds=30)
    ended = mango.wait(event="call_ended", cause="USER_BUSY")
    assert ended["to"] == "79161234567"
    mango.verify(operation="callback", times=1)
    mango.verify(operation="callback", body={"$.to_number": "79161234567"})
    mango.verify(operation="callback-group", never=True)
    mango.verify_order({"kind": "request", "operation": "callback"}, {"event": "call_ended"})
    assert rule.hits == 1
    [request] = mango.requests(operation="callback")
    assert request["response"]["status"] == 200


def test_what_has_not_happened_is_told_with_what_came_nearest(mango: Account) -> None:
    callback(mango)
    with pytest.raises(VerificationError) as caught:
        mango.verify(kind="request", operation="callback", body={"$.to_number": "79160000000"})
    text = str(caught.value)
    assert text.startswith("verification failed: expected at least 1, found 0 (mango, account ")
    assert 'NOT -> body/$.to_number: wanted "79160000000", there is "79161234567"' in text
    assert 'operation is "callback"' in text
    assert isinstance(caught.value, AssertionError)
    with pytest.raises(VerificationError, match="expected 2, found 1|expected exactly 2, found 1"):
        mango.verify(operation="callback", times=2)


def test_a_wait_says_that_the_clock_stands(mango: Account) -> None:
    mango.dial("79161234567", "101")
    with pytest.raises(WaitTimeout, match="the clock stands at"):
        mango.wait(event="call_ended", timeout=0.05)


def test_a_wait_ends_when_it_happens(mango: Account) -> None:
    cursor = mango.cursor()
    call = mango.dial("79161234567", "101", behaviour={"outcome": "manual"})
    threading.Timer(0.2, call.hang_up).start()
    begun = time.monotonic()
    assert mango.wait(event="call_ended", since=cursor)["call"] == call.id
    assert 0.1 < time.monotonic() - begun < 3


def test_the_inbox_answers_by_its_plan_and_the_vendor_tries_again(ringback: Ringback) -> None:
    with Ringback.start(["mango"], settings={"mango.webhook_retries": [5, 30]}) as rb:
        mango = rb.account("mango")
        inbox = mango.inbox("crm", plan=[500, 500, 200])
        mango.dial("79161234567", "101", behaviour={"outcome": "manual"})
        mango.advance(seconds=60)
        first = inbox.messages()[:3]
        assert [message.status for message in first] == [500, 500, 200]
        assert len({message.raw["delivery"] for message in first}) == 1
        assert first[0].valid and first[0].json()["call_state"] == "Appeared"
        assert first[0].path == "/events/call" and first[0].form()["vpbx_api_key"] == mango.name
        assert inbox.wait(path="/events/call").id == first[0].id
        inbox.verify(status=500, times=2)
        assert mango.deliveries()[0]["state"] == "delivered"
        inbox.clear()
        assert inbox.messages() == []
        with pytest.raises(AssertionError, match="has received nothing"):
            inbox.last


def test_a_message_by_hand_is_kept_as_it_came(impactpbx: Account) -> None:
    inbox = impactpbx.inbox("hooks", receive=False, then={"status": 202, "body": "so be it"})
    request = urllib.request.Request(f"{inbox.http_url}/a/b?c=d", b"\xff\x00", {"X-One": "two"})
    with urllib.request.urlopen(request) as answer:
        assert (answer.status, answer.read()) == (202, b"so be it")
    message = inbox.last
    assert (message.method, message.path, message.query) == ("POST", "/a/b", {"c": "d"})
    assert message.body == b"\xff\x00" and message.headers["x-one"] == "two"


def test_a_call_is_driven_by_hand(tel4vn: Account) -> None:
    call = tel4vn.dial("101", "0912345678", behaviour={"outcome": "manual"})
    assert call.state == "ringing" and call.cause is None
    call.callee.answer()
    assert call.state == "answered" and tel4vn.call(call.vendor_ids["call_id"]).id == call.id
    call.callee.press("12#").callee.hold()
    call.callee.resume()
    tel4vn.advance(seconds=42)
    call.transfer("102", moved="b")
    tel4vn.advance(seconds=5)
    call.hang_up()
    assert call.is_over and call.cause == "NORMAL_CLEARING"
    assert call.wait_until_over(timeout=0.1) is call
    assert [event["digits"] for event in call.timeline() if event["event"] == "dtmf"] == ["12#"]
    assert call.recording()[:4] == b"RIFF"
    assert call.ladder().startswith("sequenceDiagram")
    assert [found.id for found in tel4vn.calls(to="0912*", state="ended")] == [call.id]


def test_rules_say_all_that_a_rule_can(voip24h: Account) -> None:
    with voip24h.when("0912*", from_="101").once().after_ringing_for(3).hung_up_by("b").answers(talk=7) as rule:
        assert rule.show()["times"] == 1
        call = voip24h.dial("101", "0912345678")
        voip24h.advance_until(event="leg_answered", leg=1)
        voip24h.advance_until_idle()
        assert call.show()["recording_seconds"] == 7
    assert voip24h.rules() == []
    voip24h.when("0913*").fails_with("UNALLOCATED_NUMBER")
    unknown = voip24h.dial("101", "0913000000")
    voip24h.advance(seconds=30)
    assert unknown.cause == "UNALLOCATED_NUMBER"


def test_what_is_not_come_to_is_told_with_what_happened(voip24h: Account) -> None:
    voip24h.when("0912*").answers(talk=5)
    voip24h.dial("101", "0912345678")
    with pytest.raises(WaitTimeout, match=r"within 60 simulated seconds no event like(.|\n)*call_ended .* NORMAL_CL"):
        voip24h.advance_until(event="call_parked", max=60)


def test_time_is_the_accounts_own(mango: Account, ringback: Ringback) -> None:
    before = ringback.now
    mango.advance(to=before + datetime.timedelta(days=1))
    assert mango.now - before == datetime.timedelta(days=1) and ringback.now == before


def test_going_back_undoes_and_a_fork_goes_its_own_way(mango: Account, ringback: Ringback) -> None:
    call = mango.dial("79161234567", "101", behaviour={"outcome": "manual"})
    moment = mango.checkpoint()
    fork = mango.fork(f"{mango.name}-fork")
    call.callee.reject()
    assert call.is_over and moment.changes()["calls"]["counts"]["changed"] == 1
    moment.rewind()
    assert call.state == "ringing" and moment.changes() == {}
    [copied] = fork.calls(state="ringing")
    copied.callee.answer()
    assert (copied.state, call.state) == ("answered", "ringing")
    ringback.forget(fork)


def test_records_of_the_past_late_records_and_traffic(tel4vn: Account) -> None:
    assert tel4vn.add_records({"from": "0912345678", "to": "101", "created_at": "2025-12-01T09:00:00Z", "talk": 60}) == 1
    tel4vn.record_faults({"late": 900})
    call = tel4vn.dial("101", "0912345678", behaviour={"outcome": "answer", "talk": 10})
    tel4vn.advance(seconds=60)
    assert call.show()["record"]["faults"][0]["fault"] == "late"
    tel4vn.record_faults()
    assert tel4vn.doctor()["healthy"]
    tel4vn.traffic(3600)
    tel4vn.advance(seconds=600)
    tel4vn.traffic(None)
    assert len(tel4vn.calls()) > 100 / 2


def test_extensions_and_services(voip24h: Account) -> None:
    voip24h.set_extension("199", registered=True)
    assert "199" in {extension["number"] for extension in voip24h.extensions()}
    voip24h.set_service("300", {"ring_group": {"members": ["199"]}})
    call = voip24h.dial("0912345678", "300")
    assert [leg["party"]["number"] for leg in call.show()["legs"]] == ["0912345678", "199"]
    voip24h.remove_extension("199")


def test_what_has_happened_is_described_for_people(mango: Account) -> None:
    callback(mango)
    mango.inbox("crm")
    mango.advance(seconds=120)
    text = mango.describe()
    assert "101 -> 79161234567  outbound, ended" in text
    assert "POST" in text and "/vpbx/commands/callback -> 200" in text
    assert "delivered after 1 attempt" in text


def test_a_client_with_a_wrong_credential_is_named(ringback: Ringback, voip24h: Account) -> None:
    question = json.dumps({"requestType": "getUser", "partnerSecret": "nobody's", "data": {"user": "101"}})
    urllib.request.urlopen(f"{voip24h.url}/api/v1/partner/voip24h", question.encode()).close()
    assert "1 with credentials that are nobody's, such as POST /api/v1/partner/voip24h -> 200" in voip24h.describe()
