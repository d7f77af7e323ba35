"""An account with a vendor: a world of its own, with its own calls, rules, webhooks and time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from ._call import Call
from ._errors import NotFound, Refused, VerificationError, WaitTimeout, explain
from ._http import segment
from ._inbox import Answer, Inbox
from ._rules import When
from ._time import Advanced, Moment, Timed, match_of, written

# A test that fails is shown where it asked.
__tracebackhide__ = True

if TYPE_CHECKING:
    from ._ringback import Ringback

__all__ = ["Account", "Advanced", "Checkpoint"]


class Account(Timed):
    """An account of one vendor. Whatever is done here is seen by no other account."""

    def __init__(self, ringback: Ringback, vendor: str, name: str | None, shown: Mapping[str, Any]) -> None:
        self.ringback = ringback
        self.vendor = vendor
        #: What its clients send as their credential; ``None`` for the demo account.
        self.name = name
        #: Where the vendor's API answers, such as ``http://127.0.0.1:8081``.
        self.url = str(shown["base_url"])
        #: Everything a client needs, by the vendor's names.
        self.credentials: dict[str, Any] = dict(shown["credentials"] or {})

    def __repr__(self) -> str:
        return f"<Account {self.name or '(demo)'} of {self.vendor}>"

    def _ask(self, method: str, path: str, body: object = None, /, **query: Any) -> Any:
        return self.ringback.request(method, f"/{self.vendor}{path}", body, account=self.name, **query)

    # -- what numbers do ---------------------------------------------------------------------------------

    def when(self, to: str | None = None, *, from_: str | None = None, direction: str | None = None) -> When:
        """Begins a rule for calls to a number or pattern: ``mango.when("7916*").is_busy()``."""
        about = {"to": to, "from": from_, "direction": direction}
        return When(self, {name: value for name, value in about.items() if value is not None})

    def rules(self) -> list[dict[str, Any]]:
        """The rules there are; the first that matches decides."""
        return list(self._ask("GET", "/behaviours")["rules"])

    def clear_rules(self) -> None:
        self._ask("DELETE", "/behaviours")

    def set_extension(self, number: str, **changes: Any) -> dict[str, Any]:
        """Makes an extension, or changes ``registered``, ``do_not_disturb`` or ``habit`` of one."""
        return dict(self._ask("PUT", f"/extensions/{segment(number)}", changes))

    def remove_extension(self, number: str) -> None:
        self._ask("DELETE", f"/extensions/{segment(number)}")

    def extensions(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/extensions")["extensions"])

    def set_service(self, number: str, kind: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a ring group, a queue or a menu: ``{"queue": {"group": {"members": ["103"]}, "wait": 60}}``."""
        return dict(self._ask("PUT", f"/services/{segment(number)}", {"kind": kind}))

    # -- calls -------------------------------------------------------------------------------------------

    def dial(
        self,
        from_: str,
        to: str,
        *,
        line: str | None = None,
        keys: Sequence[str] | None = None,
        direct: bool | None = None,
        behaviour: Mapping[str, Any] | None = None,
    ) -> Call:
        """Lets somebody pick up a phone and dial: an extension, or somebody outside."""
        said = {"from": from_, "to": to, "line": line, "keys": keys, "direct": direct, "behaviour": behaviour}
        placed = self._ask("POST", "/calls", {name: value for name, value in said.items() if value is not None})
        return Call(self, str(placed["id"]))

    def call(self, id: str | int) -> Call:
        """Finds a call by its id, or by any of the vendor's own."""
        return Call(self, str(self._ask("GET", f"/calls/{segment(str(id))}")["id"]))

    def calls(self, *, limit: int = 100, **filters: Any) -> list[Call]:
        """Calls, live ones first, then newest first; filters are ``state``, ``direction``, ``from_``, ``to``,
        ``cause``, ``vendor_id`` and ``since``."""
        asked = {name.rstrip("_"): value for name, value in filters.items()}
        found = self._ask("GET", "/calls", limit=limit, **asked)["calls"]
        return [Call(self, str(call["id"])) for call in found]

    def add_records(self, *records: Mapping[str, Any]) -> int:
        """Adds finished calls of the past, each with ``from``, ``to``, ``created_at`` and, if wanted,
        ``ring``, ``talk`` and ``cause``."""
        return int(self.control("add_records", records=list(records))["added"])

    def control(self, do: str, **what: Any) -> dict[str, Any]:
        """Does anything that can be done, in the form of ``POST /__admin/control``."""
        return dict(self._ask("POST", "/control", {"do": do, **what}) or {})

    # -- time --------------------------------------------------------------------------------------------

    def set_time(self, at: Moment, *, frozen: bool | None = None) -> None:
        """Sets this account's own time, which does not go back."""
        said = {"at": written(at), "frozen": frozen}
        self._ask("PUT", "/clock", {name: value for name, value in said.items() if value is not None})

    def checkpoint(self, name: str = "checkpoint") -> Checkpoint:
        """Saves the world and the time as they are, to go back to."""
        self._ask("POST", "/checkpoints", {"name": name})
        return Checkpoint(self, name)

    def fork(self, to: str) -> Account:
        """Makes another account whose world is a copy, live calls and all."""
        whose = self.name if self.name is not None else self._own_name()
        path = f"/{self.vendor}/accounts/{segment(whose)}/fork"
        return Account(self.ringback, self.vendor, to, self.ringback.request("POST", path, {"to": to}))

    def _own_name(self) -> str:
        accounts = self.ringback.request("GET", f"/{self.vendor}/accounts", limit=1)["accounts"]
        return str(accounts[0]["account"])

    def reset(self) -> None:
        """Makes the world anew: calls, rules and deliveries are gone."""
        self._ask("POST", "/reset")

    def delete(self) -> None:
        """Removes the account. The demo account stays: that is refused."""
        name = self.name if self.name is not None else self._own_name()
        self.ringback.request("DELETE", f"/{self.vendor}/accounts/{segment(name)}")

    # -- what has happened -------------------------------------------------------------------------------

    def verify(
        self,
        match: Mapping[str, Any] | None = None,
        /,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        never: bool = False,
        since: str | int | None = None,
        **conditions: Any,
    ) -> list[str]:
        """Makes sure that something has happened, once at least unless said, and returns its ids.

        A match is said by keywords, ``mango.verify(operation="callback", times=1)``, or as a
        dictionary. Otherwise a :class:`VerificationError` says what came nearest.
        """
        counts = {"times": times, "at_least": at_least, "at_most": at_most, "never": never or None}
        asked: dict[str, Any] = {"match": match_of(match, conditions), **counts, "since": since}
        return self._verify(asked)

    def verify_order(
        self, *matches: Mapping[str, Any], strict: bool = False, since: str | int | None = None
    ) -> list[str]:
        """Makes sure that things have happened one after the other; with ``strict`` nothing of their kinds
        in between."""
        return self._verify({"order": list(matches), "strict": strict or None, "since": since})

    def _verify(self, asked: dict[str, Any]) -> list[str]:
        asked = _said(asked)
        try:
            return list(self._ask("POST", "/verify", asked)["found"])
        except Refused as refused:
            if refused.status != 422:
                raise
            raise VerificationError(explain(self._whose(), asked, refused.problem), refused.problem) from None

    def wait(
        self,
        match: Mapping[str, Any] | None = None,
        /,
        *,
        times: int = 1,
        timeout: float = 5,
        since: str | int = 0,
        **conditions: Any,
    ) -> dict[str, Any]:
        """Waits until something has happened so many ``times`` and returns it, the last one of several.

        What has happened already counts; with ``since="now"``, or a cursor of :meth:`cursor`, only what
        comes after. ``timeout`` is in the computer's seconds: where the clock stands, ``advance`` it first.
        """
        asked = {"match": match_of(match, conditions), "times": times, "timeout": timeout, "since": str(since)}
        query = {"account": self.name}
        try:
            path = f"/{self.vendor}/wait"
            found = self.ringback.transport.ask("POST", path, asked, query, patience=timeout + 30)["found"]
        except Refused as refused:
            if refused.status != 408:
                raise
            raise WaitTimeout(explain(self._whose(), asked, refused.problem), refused.problem) from None
        return dict(found[-1])

    def cursor(self) -> str:
        """Where what has happened ends now, as ``since`` of :meth:`wait` and :meth:`verify` takes it."""
        return str(self._ask("POST", "/verify", {"match": {"kind": "clock"}, "at_least": 0})["next"])

    def _whose(self) -> str:
        return f"{self.vendor}, account {self.name or '(demo)'}"

    def requests(self, *, limit: int = 100, **filters: Any) -> list[dict[str, Any]]:
        """The requests of the account's clients with their answers, the oldest first; filters are such as
        ``operation``, ``path``, ``status``, ``method``, ``call`` and ``refused``."""
        return list(reversed(self._ask("GET", "/journal", limit=limit, **filters)["requests"]))

    def deliveries(self, *, limit: int = 100, **filters: Any) -> list[dict[str, Any]]:
        """The webhooks, the oldest first; filters are ``state``, ``event``, ``call`` and ``url``."""
        return list(reversed(self._ask("GET", "/deliveries", limit=limit, **filters)["deliveries"]))

    def delivery(self, id: str) -> dict[str, Any]:
        """One webhook with what went over the wire."""
        return dict(self._ask("GET", f"/deliveries/{segment(id)}"))

    def doctor(self) -> dict[str, Any]:
        """Whether all views of all calls agree: ``healthy`` and ``findings``."""
        return dict(self._ask("GET", "/doctor"))

    # -- webhooks ----------------------------------------------------------------------------------------

    def send_webhooks_to(self, url: str | None) -> None:
        """Sends webhooks to an address from now on; nowhere with ``None``."""
        self._ask("PUT", "/webhook", {"url": url})

    def inbox(
        self,
        name: str = "inbox",
        *,
        plan: Iterable[Answer] = (),
        then: Answer = 200,
        receive: bool = True,
    ) -> Inbox:
        """Makes a receiver of webhooks inside Ringback, to which this account's are sent from now on unless
        ``receive`` is false. ``plan`` lists its answers, one a request, and ``then`` is the one after them."""
        if self.name is not None:
            own = hashlib.sha256(f"{self.vendor} {self.name}".encode()).hexdigest()[:10]
            name = f"{name}.{own}"
        inbox = Inbox(self, name).answers(*plan, then=then)
        self.ringback._inboxes.add((self.vendor, self.name, name))
        if receive:
            self.send_webhooks_to(inbox.url)
        return inbox

    def resend(self, delivery: str) -> dict[str, Any]:
        """Sends a webhook once more."""
        return dict(self._ask("POST", f"/deliveries/{segment(delivery)}/resend"))

    # -- what goes wrong ---------------------------------------------------------------------------------

    def chaos(self, **what: Any) -> None:
        """What goes wrong between the vendor and its receivers: ``drop``, ``duplicate``, ``reorder``,
        ``delay``, ``corrupt_signature``, …; what is not given is calm."""
        self._ask("PUT", "/chaos", what)

    def calm(self) -> None:
        """Ends the chaos."""
        self._ask("DELETE", "/chaos")

    def record_faults(self, *rules: Mapping[str, Any]) -> None:
        """Records that are late or wrong: ``mango.record_faults({"to": "7916*", "late": 300})``; none
        with no rules."""
        if rules:
            self._ask("PUT", "/record_faults", {"rules": list(rules)})
        else:
            self._ask("DELETE", "/record_faults")

    def traffic(self, calls_per_hour: float | None, **more: Any) -> None:
        """Lets calls come by themselves; no more with ``None``."""
        if calls_per_hour is None:
            self._ask("DELETE", "/traffic")
        else:
            self._ask("PUT", "/traffic", {"calls_per_hour": calls_per_hour, **more})

    # -- for people --------------------------------------------------------------------------------------

    def describe(self, most: int = 10) -> str:
        """Says in some lines what has happened here lately, as a failed test shows it."""
        clock = self.clock
        stands = ", standing" if clock.frozen else ""
        lines = [f"{self._whose()}, {self.url}, {written(clock.now)}{stands}"]
        calls = self._ask("GET", "/calls", limit=most)
        lines.append(f"calls: {calls['total']}")
        for call in calls["calls"]:
            ways = f"{call['from']['number']} -> {call['to']['number']}"
            lines.append(f"  {call['id']}  {ways}  {call['direction']}, {call['state']}"
                         + (f" {call['cause']}" if call["cause"] else ""))
        lines.append("requests, the newest last:")
        try:
            entries = self.requests(limit=most)
        except Refused as refused:  # --journal off
            entries = []
            lines.append(f"  {refused}")
        for entry in entries:
            refusal = entry.get("refused")
            lines.append(f"  {entry['id']}  {entry['method']} {entry['url']} -> {entry['response']['status']}"
                         + (f", refused: {refusal['detail']}" if refusal else ""))
        if not entries:
            lines += self._strangers()
        lines.append("webhooks, the newest last:")
        for sent in self.deliveries(limit=most):
            attempts = sent["attempts"]
            lines.append(f"  {sent['id']}  {sent['event']} to {sent['url']}: {sent['state']} after "
                         f"{len(attempts)} attempt{'' if len(attempts) == 1 else 's'}")
        return "\n".join(lines)


    def _strangers(self) -> list[str]:
        """Tells of requests that were refused as nobody's: a client with a wrong credential is one of them."""
        try:
            path = f"/{self.vendor}/journal"
            all_of_them = self.ringback.request("GET", path, account="*", step="auth", limit=1000)["requests"]
        except Refused:
            return []
        strangers = [entry for entry in all_of_them if entry.get("account") is None and self.name is not None]
        lines = ["  none with this account's credentials"]
        if strangers:
            newest = strangers[0]
            lines[0] += (f"; {len(strangers)} with credentials that are nobody's, such as "
                         f"{newest['method']} {newest['url']} -> {newest['response']['status']}")
        return lines


class Checkpoint:
    """A moment of an account."""

    def __init__(self, account: Account, name: str) -> None:
        self._account = account
        self.name = name

    def rewind(self) -> None:
        """Brings the world and the account's time back."""
        self._account._ask("POST", f"/checkpoints/{segment(self.name)}/rewind")

    def changes(self) -> dict[str, Any]:
        """What came, went and changed since, by table; nothing at all is ``{}``."""
        return dict(self._account._ask("GET", "/changes", since=self.name))

    def delete(self) -> None:
        self._account._ask("DELETE", f"/checkpoints/{segment(self.name)}")


def _said(asked: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in asked.items() if value is not None}
    if "since" in said:
        said["since"] = str(said["since"])
    return said


def forget(account: Account) -> None:
    """Removes an account and its inboxes, whether or not they are still there."""
    ringback = account.ringback
    for vendor, name, inbox in [*ringback._inboxes]:
        if (vendor, name) == (account.vendor, account.name):
            ringback._inboxes.discard((vendor, name, inbox))
            try:
                ringback.request("DELETE", f"/inboxes/{segment(inbox)}")
            except NotFound:
                pass
    try:
        account.delete()
    except NotFound:
        pass
