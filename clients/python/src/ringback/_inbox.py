"""A receiver of webhooks inside Ringback, and what it received."""

from __future__ import annotations

import base64
import json
import urllib.parse
from typing import TYPE_CHECKING, Any, Mapping, Union

from ._http import segment

# A test that fails is shown where it asked.
__tracebackhide__ = True

if TYPE_CHECKING:
    from ._account import Account

#: What an inbox answers: a status, ``"reset"`` (the connection is), or an object of ``status``,
#: ``headers``, ``body``, ``delay`` (the computer's seconds) and ``reset``.
Answer = Union[int, str, Mapping[str, Any]]


class Message:
    """A request that an inbox received. ``raw`` is all that the control API says of it."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.id = str(raw["id"])
        self.method = str(raw["method"])
        #: Behind the name of the inbox, such as ``/events/summary``.
        self.path = str(raw["path"])
        self.url = str(raw["url"])
        self.query: dict[str, str] = dict(urllib.parse.parse_qsl(str(raw.get("query") or ""), True))
        headers = raw["headers"]
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        #: By name, in lower case.
        self.headers: dict[str, str] = {str(name): str(value) for name, value in pairs}
        #: What was answered; ``None`` for a reset.
        self.status: int | None = raw.get("status")
        #: Whether the signature is right, where the vendor signs.
        self.valid: bool | None = raw.get("valid")
        #: The event that a webhook tells of, by the vendor's name for it.
        self.event: str | None = raw.get("event")
        self.call: str | None = raw.get("call")

    @property
    def body(self) -> bytes:
        if (text := self.raw.get("body")) is not None:
            return str(text).encode()
        return base64.b64decode(self.raw.get("body_base64") or "")

    @property
    def text(self) -> str:
        return self.body.decode()

    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(urllib.parse.parse_qsl(self.text, True))

    def json(self) -> Any:
        """The body as JSON; of a form with JSON in its field ``json`` (MANGO OFFICE) that JSON."""
        if "urlencoded" in self.headers.get("content-type", ""):
            return json.loads(self.form()["json"])
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<Message {self.id}: {self.method} {self.path} → {self.status or 'reset'}>"


class Inbox:
    """An inbox of one account; see :meth:`Account.inbox`."""

    def __init__(self, account: Account, name: str) -> None:
        self._account = account
        #: As Ringback has it. Of an account that was made it has more in it than was asked for, so that
        #: no other account's webhooks come here.
        self.name = name
        #: As an address of webhooks.
        self.url = f"inbox:{name}"
        #: As an address for everything else that speaks HTTP.
        self.http_url = f"{account.url}/__inbox/{name}"

    def __repr__(self) -> str:
        return f"<Inbox {self.name}>"

    def _ask(self, method: str, path: str = "", body: object = None, **query: Any) -> Any:
        path = f"/inboxes/{segment(self.name)}{path}"
        return self._account.ringback.request(method, path, body, **query)

    def show(self) -> dict[str, Any]:
        """``plan``, what is ``left`` of it, ``then``, and how many messages there are."""
        return dict(self._ask("GET"))

    def answers(self, *plan: Answer, then: Answer = 200) -> Inbox:
        """Begins a plan: the answers to the next requests, one each, and ``then`` to all after them."""
        self._ask("PUT", body={"plan": list(plan), "then": then})
        return self

    def messages(self, **filters: Any) -> list[Message]:
        """What it received, the oldest first; filters are ``method``, ``path``, ``call``, ``delivery``."""
        found, after = [], None
        while True:
            page = self._ask("GET", "/messages", order="asc", limit=1000, after=after, **filters)
            found += [Message(raw) for raw in page["messages"]]
            after = page["next"]
            if after is None or not page["messages"]:
                return found

    @property
    def last(self) -> Message:
        """The newest message; an ``AssertionError`` where there is none."""
        newest = self._ask("GET", "/messages", limit=1)["messages"]
        if not newest:
            raise AssertionError(f"inbox {self.name} has received nothing")
        return Message(newest[0])

    def wait(
        self,
        match: Mapping[str, Any] | None = None,
        /,
        *,
        times: int = 1,
        timeout: float = 5,
        since: str | int = 0,
        **conditions: Any,
    ) -> Message:
        """As :meth:`Account.wait`, for a message of this inbox."""
        conditions = {"kind": "message", "inbox": self.name, **conditions}
        return Message(self._account.wait(match, times=times, timeout=timeout, since=since, **conditions))

    def verify(self, match: Mapping[str, Any] | None = None, /, **conditions: Any) -> list[str]:
        """As :meth:`Account.verify`, for messages of this inbox."""
        conditions = {"kind": "message", "inbox": self.name, **conditions}
        return self._account.verify(match, **conditions)

    def clear(self) -> None:
        """Forgets the messages; the plan stays."""
        self._ask("DELETE", "/messages")

    def delete(self) -> None:
        self._ask("DELETE")
