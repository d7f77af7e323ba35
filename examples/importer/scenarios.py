"""Plays five scenarios against an importer and says which it gets right.

    python3 scenarios.py naive|mended HUB [SCENARIO]

HUB is the address of a Ringback with mango, tel4vn and voip24h and a clock that stands still.
Exit status 0 if all scenarios pass, 10 if the importer gets one wrong.
"""

import collections
import importlib
import json
import sys
import urllib.request

import vendors

# What goes wrong with the third of six calls.
SCENARIOS = {
    "late": {"late": 900},
    "doubled": {"doubled": 3600},
    "corrected": {"wrong_duration": {"by": 7, "for": 900}},
    "out_of_order": {"out_of_order": {"places": 2, "for": 900}},
    "recording_not_ready": {"recording": {"after": 900}},
}


class Control:
    def __init__(self, hub):
        self.hub = hub.rstrip("/")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.hub}/__admin{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def vendor(control, name):
    index = control.ask("GET", "")
    found = next(one for one in index["vendors"] if one["name"] == name)
    if name == "mango":
        credentials = found["credentials"]
        return vendors.Mango(found["base_url"], credentials["vpbx_api_key"], credentials["vpbx_api_salt"])
    if name == "voip24h":
        return vendors.Voip24h(found["base_url"], found["credentials"]["partnerSecret"])
    headers = {"Content-Type": "application/json"}
    key = {"api_key": found["credentials"]["api_key"]}
    _, body = vendors.ask(f"{found['base_url']}/v1/auth/token", key, headers)
    return vendors.Tel4vn(found["base_url"], json.loads(body)["data"]["token"])


def play(control, name, fault, make):
    """Returns what the importer has wrong in the end."""
    control.ask("POST", "/reset")
    importer = make(vendor(control, name))
    importer.poll()
    for place in range(6):
        to = f"09111111{place:02}"
        rule = dict(fault, to="0911111102")
        control.ask("PUT", f"/{name}/record_faults", rule)
        behaviour = {"outcome": "answer", "ring": 1, "talk": 20 + place}
        call = {"from": "101", "to": to, "behaviour": behaviour}
        control.ask("POST", f"/{name}/calls", call)
        control.ask("POST", "/clock/advance", {"seconds": 60})
        # Out of order is a matter of what is new together.
        if place in (0, 4, 5):
            importer.poll()
    for _ in range(4):
        control.ask("POST", "/clock/advance", {"seconds": 600})
        importer.poll()
    calls = control.ask("GET", f"/{name}/calls?limit=100&to=091111*&order=asc")["calls"]
    key = {"mango": "entry_id", "tel4vn": "call_id", "voip24h": "callId"}[name]
    truth = {call["vendor_ids"][key]: call for call in calls}
    wrong = []
    imported = collections.Counter(known for known, _, _ in importer.calls)
    found = {known: (duration, recording) for known, duration, recording in importer.calls}
    for known, call in truth.items():
        number = call["to"]["number"]
        if imported[known] != 1:
            wrong.append(f"{number} is there {imported[known]} times")
            continue
        duration, recording = found[known]
        talk = call["recording_seconds"]
        if not talk <= duration <= talk + 3:
            wrong.append(f"{number} lasted {talk} s of talk, and {duration} s here")
        if recording is None:
            wrong.append(f"{number} has no recording")
    return wrong


def main():
    which, hub, *only = sys.argv[1:]
    control, make = Control(hub), importlib.import_module(which).Importer
    failed = 0
    for name in ("mango", "tel4vn", "voip24h"):
        for scenario, fault in SCENARIOS.items():
            if only and scenario not in only:
                continue
            wrong = play(control, name, fault, make)
            failed += bool(wrong)
            print(f"{'FAILED' if wrong else 'passed'}  {name:8} {scenario:20} {'; '.join(wrong)}")
    sys.exit(10 if failed else 0)


if __name__ == "__main__":
    main()
