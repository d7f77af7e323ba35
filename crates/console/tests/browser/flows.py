"""Calls as they go, by way of the control API: what ladders and generated tests are tried with."""


def drive(ringback, vendor, dial, steps):
    """Dials, then does what is listed: a number is a jump in seconds, a pair is a verb with its body."""
    call = ringback.post(f"/{vendor}/calls", dial)["id"]
    for step in steps:
        if isinstance(step, (int, float)):
            ringback.advance(step)
        else:
            verb, body = step
            ringback.post(f"/calls/{call}/{verb}", body)
    return call


def out(**behaviour):
    return {"from": "101", "to": "0912345678", "behaviour": behaviour}


def consulted(*rest):
    """101 asks 103 while who was called waits."""
    return ("voip24h", out(outcome="manual"), [2, ("answer", {"leg": "b"}), 3, ("consult", {"by": "a", "to": "103"}), ("take_over", {"leg": 2}), 2, *rest])


CONSULTATIONS = {
    "consulted-and-transferred": consulted(("answer", {"leg": 2}), 3, ("complete", {}), 4, ("hang_up", {"leg": "b"})),
    "transferred-while-it-rings": consulted(("complete", {}), 2, ("answer", {"leg": 2}), 4, ("hang_up", {"leg": "a"})),
    "consulted-and-back": consulted(("answer", {"leg": 2}), 3, ("cancel_consultation", {}), 4, ("hang_up", {"leg": "a"})),
    "held-before": ("voip24h", out(outcome="manual"), [2, ("answer", {"leg": "b"}), 3, ("hold", {"leg": "b"}), 2, ("consult", {"by": "a", "to": "103"}), ("take_over", {"leg": 2}), 1, ("reject", {"leg": 2}), 3, ("hang_up", {"leg": "a"})]),
}

FLOWS = {
    "answered": ("voip24h", out(outcome="answer", ring=3, talk=20), [30]),
    "busy": ("voip24h", out(outcome="busy", ring=1), [30]),
    "no-answer": ("voip24h", out(outcome="no_answer", ring=20), [60]),
    "rejected": ("voip24h", out(outcome="manual"), [4, ("reject", {"leg": "b"})]),
    "no-such-number": ("voip24h", out(outcome={"fail": "UNALLOCATED_NUMBER"}), [10]),
    "keys-and-hold": (
        "voip24h",
        {"from": "0987654321", "to": "102", "behaviour": {"outcome": "manual"}},
        [2, ("answer", {"leg": "b"}), 3, ("dtmf", {"leg": "a", "digits": "12#"}), 1, ("hold", {"leg": "b"}), 4, ("resume", {"leg": "b"}), 2, ("hang_up", {"leg": "b"})],
    ),
    "transfer": (
        "tel4vn",
        {"from": "0987654321", "to": "101", "behaviour": {"outcome": "manual"}},
        [2, ("answer", {"leg": "b"}), 5, ("transfer", {"moved": "a", "to": "102"}), 0.5, ("take_over", {"leg": 2}), 2, ("answer", {"leg": 2}), 6, ("hang_up", {"leg": "a"})],
    ),
    "park": ("tel4vn", out(outcome="manual"), [2, ("answer", {"leg": "b"}), 5, ("park", {"cut": "b", "seconds": 6}), 20]),
    "whisper": ("tel4vn", out(outcome="manual"), [2, ("answer", {"leg": "b"}), 2, ("supervise", {"extension": "103", "supervision": "whisper"}), 5, ("hang_up", {"leg": "b"})]),
    "menu": ("mango", {"from": "79161234567", "to": "74950000001"}, [5.5, ("take_over", {"leg": 3}), ("take_over", {"leg": 4}), 3, ("answer", {"leg": 3}), 8, ("hang_up", {"leg": "a"})]),
}
