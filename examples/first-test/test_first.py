"""The first test of a new user: pip install ringback pytest, then pytest"""

import json
import urllib.request


def test_a_busy_customer(voip24h):
    voip24h.when("0912*").is_busy()

    # Here your own code goes, pointed at the simulator.
    def ask(kind, data):
        body = {"requestType": kind, "data": data, **voip24h.credentials}
        url = f"{voip24h.url}/api/v1/partner/voip24h"
        with urllib.request.urlopen(url, json.dumps(body).encode()) as answer:
            return json.load(answer)

    ask("makeDial", {"extension": "101", "phone": "0912345678"})
    voip24h.advance(seconds=30)  # time moves when the test says so
    calls = ask("getUser", {"user": "101"})["data"]

    assert calls[0]["callStatus"] == "BUSY"
    voip24h.verify(operation="partner", body={"$.requestType": "makeDial"}, times=1)
    voip24h.wait(event="call_ended", cause="USER_BUSY")
