"""What a dialled number does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Union

# A test that fails is shown where it asked.
__tracebackhide__ = True

if TYPE_CHECKING:
    from ._account import Account

#: Seconds, or a distribution of them such as ``uniform(2, 6)``.
Seconds = Union[float, Mapping[str, Any]]


def uniform(low: float, high: float) -> dict[str, Any]:
    """Seconds between two bounds, each as likely as the others."""
    return {"uniform": [low, high]}


def whole_seconds(low: int, high: int) -> dict[str, Any]:
    """Whole seconds between two bounds, both included."""
    return {"whole_seconds": [low, high]}


def normal(mean: float, deviation: float) -> dict[str, Any]:
    """Normally distributed seconds."""
    return {"normal": [mean, deviation]}


def lognormal(median: float, sigma: float) -> dict[str, Any]:
    """Lognormally distributed seconds, as talk times are."""
    return {"lognormal": [median, sigma]}


def exponential(mean: float) -> dict[str, Any]:
    """Exponentially distributed seconds."""
    return {"exponential": mean}


class When:
    """Which calls a rule is about, and how long what it says takes. Nothing is said before one of its
    outcomes is named, such as ``is_busy()``."""

    def __init__(self, account: Account, rule: dict[str, Any]) -> None:
        self._account = account
        self._rule = rule

    def _with(self, **more: Any) -> When:
        return When(self._account, {**self._rule, **more})

    def times(self, times: int) -> When:
        """Only for so many calls; afterwards the next rule counts."""
        return self._with(times=times)

    def once(self) -> When:
        """Only for the next call."""
        return self.times(1)

    def for_seconds(self, seconds: float) -> When:
        """Only for so long, in simulated seconds from now."""
        return self._with(ttl=seconds)

    def with_probability(self, share: float) -> When:
        """Only for a share of the calls, from 0 to 1, drawn from the seed."""
        return self._with(probability=share)

    def after_setup_of(self, seconds: Seconds) -> When:
        """So long passes before anything rings."""
        return self._with(setup=seconds)

    def after_ringing_for(self, seconds: Seconds) -> When:
        """So long it rings before what it does."""
        return self._with(ring=seconds)

    def hung_up_by(self, side: str) -> When:
        """Who hangs up after the talk: ``"a"`` (who placed the call) or ``"b"``."""
        return self._with(hangs_up=side)

    def pressing(self, digits: str, *, after: float = 1, by: str = "callee") -> When:
        """Keys that are pressed so many seconds after the answer, or after the keys before."""
        keys = [*self._rule.get("keys", []), {"digits": digits, "after": after, "by": by}]
        return self._with(keys=keys)

    def answers(self, *, talk: Seconds | None = None) -> Rule:
        """It picks up and talks, for as long as is usual unless said."""
        return (self if talk is None else self._with(talk=talk))._does("answer")

    def is_busy(self) -> Rule:
        """It is in another call; nothing rings."""
        return self._does("busy")

    def does_not_answer(self) -> Rule:
        """It rings until the exchange gives up."""
        return self._does("no_answer")

    def rejects(self) -> Rule:
        """It rings, then declines."""
        return self._does("reject")

    def is_given_up(self) -> Rule:
        """It rings, then the caller gives up."""
        return self._does("cancel")

    def waits_for_the_test(self) -> Rule:
        """It rings until the test answers, rejects or hangs up: see :meth:`Account.dial`, :meth:`Account.call`."""
        return self._does("manual")

    def fails_with(self, cause: str) -> Rule:
        """It cannot be reached, with a hangup cause of FreeSWITCH such as ``UNALLOCATED_NUMBER``."""
        return self._does({"fail": cause})

    def _does(self, outcome: object) -> Rule:
        rule = self._account._ask("POST", "/behaviours", {**self._rule, "outcome": outcome})
        return Rule(self._account, int(rule["id"]))


class Rule:
    """A rule that has been said. It stays until the account is reset; in a ``with`` block, until its end."""

    def __init__(self, account: Account, id: int) -> None:
        self._account = account
        self.id = id

    def show(self) -> dict[str, Any]:
        """The rule as the control API has it."""
        shown: dict[str, Any] = self._account._ask("GET", f"/behaviours/{self.id}")
        return shown

    @property
    def hits(self) -> int:
        """How many calls it has decided."""
        return int(self.show()["hits"])

    def forget(self) -> None:
        """Takes the rule back."""
        self._account._ask("DELETE", f"/behaviours/{self.id}")

    def __enter__(self) -> Rule:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def __repr__(self) -> str:
        return f"<Rule {self.id} of {self._account.vendor}>"
