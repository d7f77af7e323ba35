"""Simulated time: of a whole Ringback, or of one account."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Mapping, Union

from ._errors import WaitTimeout, shown

# A test that fails is shown where it asked.
__tracebackhide__ = True

Moment = Union[str, datetime.datetime]


def written(moment: Moment) -> str:
    """Writes a moment as the control API takes it; a ``datetime`` without a zone is in UTC."""
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    moment = moment.astimezone(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(moment: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))


def match_of(match: Mapping[str, Any] | None, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Puts both ways of saying a match together: ``from_=…`` is ``from``, which is a word of Python."""
    said = {name.rstrip("_"): value for name, value in conditions.items()}
    return {**(match or {}), **said}


@dataclass(frozen=True)
class Clock:
    """A clock as it is read."""

    now: datetime.datetime
    rate: float
    frozen: bool
    #: How many seconds an account is ahead of the process.
    offset: float

    @classmethod
    def _of(cls, shown: Mapping[str, Any]) -> Clock:
        return cls(read(shown["now"]), float(shown["rate"]), bool(shown["frozen"]), float(shown["offset"]))


@dataclass(frozen=True)
class Advanced:
    """What happened while time was advanced."""

    #: From when to when.
    begun: datetime.datetime
    ended: datetime.datetime
    #: In the order of time, at most 10,000 of ``event_count``.
    events: list[dict[str, Any]]
    event_count: int
    #: Every webhook that waited before or came meanwhile, with how it went.
    deliveries: list[dict[str, Any]]
    #: Those still under way when the patience for them ended.
    unsettled: list[Any]

    @classmethod
    def _of(cls, told: Mapping[str, Any]) -> Advanced:
        return cls(read(told["from"]), read(told["to"]), told["events"], int(told["event_count"]),
                   told["deliveries"], told["unsettled"])


class Timed:
    """What has a time that a test moves."""

    def _ask(self, method: str, path: str, body: object = None, /, **query: Any) -> Any:
        raise NotImplementedError

    @property
    def clock(self) -> Clock:
        return Clock._of(self._ask("GET", "/clock"))

    @property
    def now(self) -> datetime.datetime:
        """What time it is there."""
        return self.clock.now

    def freeze(self) -> None:
        """Stops the clock."""
        self._ask("POST", "/clock/freeze")

    def release(self) -> None:
        """Lets the clock run on."""
        self._ask("POST", "/clock/release")

    def advance(
        self,
        seconds: float | None = None,
        *,
        to: Moment | None = None,
        settle: bool = True,
        settle_timeout: float | None = None,
    ) -> Advanced:
        """Jumps forward, so many ``seconds`` or ``to`` a moment, and returns when everything due has
        happened and every webhook that became due has had its attempts."""
        if (seconds is None) == (to is None):
            raise TypeError("advance() takes either seconds or to")
        asked = {"seconds": seconds} if to is None else {"to": written(to)}
        return Advanced._of(self._jump(asked, settle, settle_timeout))

    def advance_until(
        self,
        match: Mapping[str, Any] | None = None,
        /,
        *,
        max: float = 3600,
        settle_timeout: float | None = None,
        **conditions: Any,
    ) -> Advanced:
        """Jumps to the first event like this, or fails if none comes within ``max`` simulated seconds."""
        wanted = match_of(match, conditions)
        told = self._jump({"until": wanted, "max": max}, True, settle_timeout)
        if told["matched"]:
            return Advanced._of(told)
        happened = told["events"][-10:]
        lines = [f"within {max:g} simulated seconds no event like {shown(wanted)} has come"]
        lines.append(f"  {told['event_count']} events happened" + (", the last of them:" if happened else ""))
        for event in happened:
            words = (str(event[name]) for name in ("event", "call", "from", "to", "cause") if event.get(name))
            lines.append(f"    {event['at']} {' '.join(words)}")
        raise WaitTimeout("\n".join(lines), told)

    def advance_until_idle(self, *, max: float = 86_400, settle_timeout: float | None = None) -> Advanced:
        """Jumps until nothing is due any more, and at most so many simulated seconds."""
        return Advanced._of(self._jump({"until": "idle", "max": max}, True, settle_timeout))

    def _jump(self, asked: dict[str, Any], settle: bool, settle_timeout: float | None) -> Any:
        if not settle:
            asked["settle"] = False
        if settle_timeout is not None:
            asked["settle_timeout"] = settle_timeout
        return self._ask("POST", "/clock/advance", asked)
