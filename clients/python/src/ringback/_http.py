"""Requests to the control API."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any, Mapping

from ._errors import NotFound, Refused, RingbackError, StartError

# A test that fails is shown where it asked.
__tracebackhide__ = True

Query = Mapping[str, "str | int | float | bool | None"]


def segment(text: str) -> str:
    """Writes a name as one segment of a path."""
    return urllib.parse.quote(text, safe="")


class Transport:
    """One connection a request: nothing is shared between threads, and a proxy has no say."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StartError(f"{url}: give an address such as http://127.0.0.1:4010")
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._parts = parts
        self._token = token

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Query | None = None,
        *,
        patience: float = 60,
    ) -> Any:
        """Sends a request to a path behind ``/__admin`` and returns what is answered: a JSON value, or
        bytes where it is none."""
        status, kind, answer = self.raw(method, f"/__admin{path}", body, query, patience=patience)
        if status == 204 or not answer:
            value: Any = None
        elif "json" in kind:
            value = json.loads(answer)
        else:
            value = answer
        if status < 400:
            return value
        problem = value if isinstance(value, dict) else {"detail": answer.decode(errors="replace")}
        raise (NotFound if status == 404 else Refused)(f"{method} {path}", status, problem)

    def raw(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Query | None = None,
        *,
        patience: float = 60,
    ) -> tuple[int, str, bytes]:
        """Sends a request and returns the status, the content type and the body of the answer."""
        asked = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in (query or {}).items()
            if value is not None
        }
        target = path + (f"?{urllib.parse.urlencode(asked)}" if asked else "")
        headers = {"Connection": "close"}
        data = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self._parts.hostname), self._parts.port, timeout=patience)
        try:
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise RingbackError(f"{method} {self.url}{target}: {why}") from error
        finally:
            connection.close()
