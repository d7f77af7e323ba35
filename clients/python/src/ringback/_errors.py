"""What can go wrong, and how it is told."""

from __future__ import annotations

import json
from typing import Any, Mapping


class RingbackError(Exception):
    """Everything that this package raises."""


class StartError(RingbackError):
    """Ringback could not be found, started or reached."""


class Refused(RingbackError):
    """The control API refused a request, which has changed nothing.

    ``status`` is that of the answer and ``problem`` the whole of it (RFC 9457).
    """

    def __init__(self, what: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        detail = str(problem.get("detail") or problem.get("title") or "no reason given")
        lines = [f"{what} is answered {status}: {detail}"]
        for error in problem.get("errors") or []:
            lines.append(f"  at {error.get('at')}: {error.get('detail')}")
        if hint := problem.get("hint"):
            lines.append(f"  hint: {hint}")
        super().__init__("\n".join(lines))


class NotFound(Refused):
    """There is no such account, call, inbox, …"""


class VerificationError(RingbackError, AssertionError):
    """What was to have happened has not; the text says what came nearest.

    ``problem`` is the answer of the control API, with ``count``, ``expected``, ``found`` and ``nearest``.
    """

    def __init__(self, text: str, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__(text)


class WaitTimeout(VerificationError):
    """What was waited for did not happen in time."""


for _error in (RingbackError, StartError, Refused, NotFound, VerificationError, WaitTimeout):
    # As users import them, and as a failed test names them.
    _error.__module__ = "ringback"


def shown(value: object) -> str:
    """Writes a value as JSON, which is what the other side has."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "…"


def explain(whose: str, asked: Mapping[str, Any], problem: Mapping[str, Any]) -> str:
    """Says in several lines what was asked for and what was there."""
    lines = [f"{problem.get('detail', 'it has not happened')} ({whose})"]
    wanted = asked["order"] if "order" in asked else [asked.get("match")]
    lines += [f"  wanted: {shown(match)}" for match in wanted]
    if found := problem.get("found"):
        lines.append(f"  found: {', '.join(map(str, found))}")
    nearest = problem.get("nearest") or []
    for place, candidate in enumerate(nearest):
        lines.append(f"  {'nearest:' if place == 0 else '     and:'} {candidate.get('what')}"
                     f" [{candidate.get('id')}]")
        for condition in candidate.get("conditions") or []:
            at = str(condition.get("at", "")).removeprefix("/match/")
            expected, there = shown(condition.get("expected")), shown(condition.get("found"))
            if condition.get("holds"):
                lines.append(f"             {at} is {there}")
            else:
                lines.append(f"      NOT -> {at}: wanted {expected}, there is {there}")
    if not nearest and not problem.get("found"):
        lines.append("  nothing of the kind has happened there at all")
    if hint := problem.get("hint"):
        lines.append(f"  hint: {hint}")
    return "\n".join(lines)
