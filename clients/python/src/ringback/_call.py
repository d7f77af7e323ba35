"""A call and its parties, as a test holds them: ``mango.dial("101", "102").callee.answer()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._errors import WaitTimeout
from ._http import segment

# A test that fails is shown where it asked.
__tracebackhide__ = True

if TYPE_CHECKING:
    from ._account import Account


class Call:
    """A call, live or over. What it says of itself is asked anew each time."""

    def __init__(self, account: Account, id: str) -> None:
        self._account = account
        self.id = id

    def __repr__(self) -> str:
        return f"<Call {self.id}>"

    def show(self) -> dict[str, Any]:
        """The call as the control API shows it: ``state``, ``from``, ``to``, ``legs``, ``timeline``, …"""
        shown: dict[str, Any] = self._account._ask("GET", f"/calls/{segment(self.id)}")
        return shown

    @property
    def state(self) -> str:
        """``created``, ``waiting``, ``ringing``, ``answered``, ``parked`` or ``ended``."""
        return str(self.show()["state"])

    @property
    def is_over(self) -> bool:
        return self.state == "ended"

    @property
    def cause(self) -> str | None:
        """The hangup cause of a call that is over, such as ``NORMAL_CLEARING``."""
        cause = self.show()["cause"]
        return None if cause is None else str(cause)

    @property
    def vendor_ids(self) -> dict[str, Any]:
        """The vendor's own ids of the call, by its names for them."""
        return dict(self.show()["vendor_ids"])

    @property
    def caller(self) -> Party:
        """Who placed the call."""
        return Party(self, "a")

    @property
    def callee(self) -> Party:
        """Who was called."""
        return Party(self, "b")

    def leg(self, number: int) -> Party:
        """The party of one of the call's ``legs``, by its number."""
        return Party(self, number)

    def do(self, verb: str, **body: Any) -> Call:
        """Does one of the verbs of ``POST /__admin/calls/{id}/{verb}``."""
        said = {name: value for name, value in body.items() if value is not None}
        self._account._ask("POST", f"/calls/{segment(self.id)}/{verb}", said or None)
        return self

    def hang_up(self) -> Call:
        """Ends the whole call."""
        return self.do("hang_up")

    def transfer(self, to: str, *, moved: str = "b", or_return: str | None = None) -> Call:
        """Rings ``to`` in place of the other side; ``moved`` (``"a"`` or ``"b"``) stays."""
        return self.do("transfer", to=to, moved=moved, or_return=or_return)

    def route(self, to: str) -> Call:
        """Sends a call that nobody has picked up elsewhere."""
        return self.do("route", to=to)

    def consult(self, to: str, *, by: str = "b") -> Call:
        """One side asks ``to`` while the other is held."""
        return self.do("consult", to=to, by=by)

    def complete(self) -> Call:
        """Lets whoever is consulted take the place of who asked."""
        return self.do("complete")

    def cancel_consultation(self) -> Call:
        """Ends a consultation; the two sides talk on."""
        return self.do("cancel_consultation")

    def park(self, *, cut: str = "b", seconds: float | None = None) -> Call:
        """One side leaves, the other waits."""
        return self.do("park", cut=cut, seconds=seconds)

    def supervise(self, extension: str, supervision: str = "listen") -> Call:
        """Rings an extension that joins to ``listen``, ``whisper`` or ``barge``."""
        return self.do("supervise", extension=extension, supervision=supervision)

    def start_recording(self) -> Call:
        return self.do("start_recording")

    def stop_recording(self) -> Call:
        return self.do("stop_recording")

    def recording(self) -> bytes:
        """What the two sides said, as a WAV file, once the call is over."""
        return bytes(self._account._ask("GET", f"/calls/{segment(self.id)}/recording.wav"))

    def timeline(self) -> list[dict[str, Any]]:
        """What happened in the call, in its order."""
        return list(self._account._ask("GET", f"/calls/{segment(self.id)}/events")["events"])

    def views(self) -> dict[str, Any]:
        """The call as each of the vendor's own views shows it."""
        return dict(self._account._ask("GET", f"/calls/{segment(self.id)}/views"))

    def ladder(self, format: str = "mermaid") -> str:
        """A diagram of who told whom what: ``mermaid``, ``svg`` or ``json``."""
        drawn = self._account._ask("GET", f"/calls/{segment(self.id)}/ladder", format=format)
        return drawn.decode() if isinstance(drawn, bytes) else str(drawn)

    def deliveries(self) -> list[dict[str, Any]]:
        """The webhooks that tell of the call, the oldest first."""
        return self._account.deliveries(call=self.id)

    def resend(self, speed: float = 0) -> None:
        """Sends everything that was told of the call once more, in its order."""
        self.do("resend", speed=speed)

    def wait_until_over(self, timeout: float = 5) -> Call:
        """Waits, in the computer's time, until the call is over; where the clock stands, ``advance`` it."""
        try:
            self._account.wait(kind="event", event="call_ended", call=self.id, timeout=timeout)
        except WaitTimeout:
            # The end of a call may have been pushed out of the list of what has happened.
            if not self.is_over:
                raise
        return self


class Party:
    """One of the phones in a call."""

    def __init__(self, call: Call, leg: str | int) -> None:
        self._call = call
        self.leg = leg

    def __repr__(self) -> str:
        return f"<Party {self.leg} of {self._call.id}>"

    def answer(self) -> Call:
        """Picks up the phone that rings."""
        return self._call.do("answer", leg=self.leg)

    def reject(self) -> Call:
        """Declines the call that rings."""
        return self._call.do("reject", leg=self.leg)

    def take_over(self) -> Call:
        """Lets the phone do nothing by itself any more: it waits for the test."""
        return self._call.do("take_over", leg=self.leg)

    def hang_up(self) -> Call:
        return self._call.do("hang_up", leg=self.leg)

    def press(self, digits: str) -> Call:
        """Presses keys, of ``0-9 * # A-D``."""
        return self._call.do("dtmf", leg=self.leg, digits=digits)

    def hold(self) -> Call:
        return self._call.do("hold", leg=self.leg)

    def resume(self) -> Call:
        return self._call.do("resume", leg=self.leg)
