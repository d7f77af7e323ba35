"""A whole Ringback: started here, or one that runs already."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import uuid
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from ._account import Account, forget
from ._errors import RingbackError, StartError
from ._http import Transport, segment
from ._process import Process, find_binary
from ._time import Clock, Moment, Timed, written

# A test that fails is shown where it asked.
__tracebackhide__ = True

__all__ = ["Clock", "Ringback", "Vendor"]


@dataclass(frozen=True)
class Vendor:
    """A vendor that is simulated."""

    name: str
    title: str
    url: str
    #: Those of the demo account.
    credentials: dict[str, Any]


class Ringback(Timed):
    """Vendors with one clock. Ends what it has started when it is closed, or at the end of a ``with``."""

    def __init__(
        self, transport: Transport, process: Process | None = None, urls: Mapping[str, str] | None = None
    ) -> None:
        self.transport = transport
        self._process = process
        self._numbers = itertools.count(1)
        self._inboxes: set[tuple[str, str | None, str]] = set()
        index = self.request("GET", "")
        if not isinstance(index, dict) or index.get("name") != "ringback":
            raise StartError(f"{transport.url} is not a Ringback")
        self.version = str(index["version"])
        self._urls = dict(urls or {})
        self.vendors: dict[str, Vendor] = {}
        for one in index["vendors"]:
            name, url = one["name"], self._urls.get(one["name"], one["base_url"])
            self.vendors[name] = Vendor(name, one["title"], url, one["credentials"] or {})

    @classmethod
    def start(
        cls,
        vendors: Sequence[str] | None = None,
        *,
        freeze: bool | Moment = True,
        seed: int | None = 0,
        rate: float | None = None,
        settings: Mapping[str, Any] | None = None,
        webhooks: Mapping[str, str] | None = None,
        scenario: str | os.PathLike[str] | None = None,
        fixtures: str | os.PathLike[str] | None = None,
        history: int | None = None,
        contacts: int | str | os.PathLike[str] | None = None,
        open_accounts: bool = False,
        config: str | os.PathLike[str] | None = None,
        args: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
        binary: str | os.PathLike[str] | None = None,
        timeout: float = 30,
    ) -> Ringback:
        """Starts vendors, all of them unless named, on free ports.

        The clock stands, at 2026-01-05T09:00:00Z or the moment given, until a test moves it; with
        ``freeze=False`` it runs, at ``rate`` simulated seconds per second. With the same ``seed`` the same
        requests get the same answers; ``None`` draws one. ``settings`` are the vendors' own, such as
        ``{"mango.webhook_retries": [5, 30]}``. ``args`` are further flags of ``ringback``. Neither a
        ``ringback.toml`` nor a variable ``RINGBACK_…`` has a say unless given as ``config`` or ``env``.
        """
        program = find_binary(binary)
        flags = ["--config", os.fspath(config) if config else os.devnull, "--hub", "0"]
        for vendor in vendors if vendors is not None else all_vendors(program):
            flags += ["--vendor", vendor if "=" in vendor else f"{vendor}=0"]
        if freeze:
            flags.append("--freeze" if freeze is True else f"--freeze={written(freeze)}")
        for flag, value in [("--seed", seed), ("--rate", rate), ("--scenario", scenario),
                            ("--fixtures", fixtures), ("--history", history), ("--contacts", contacts)]:
            if value is not None:
                flags += [flag, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
        for name, value in (settings or {}).items():
            flags += ["--set", f"{name}={json.dumps(value)}"]
        for vendor, url in (webhooks or {}).items():
            flags += ["--webhook", f"{vendor}={url}"]
        if open_accounts:
            flags += ["--accounts", "open"]
        process = Process([*flags, *args], program, env, timeout)
        try:
            return cls(Transport(process.ready["hub"]["url"], (env or {}).get("RINGBACK_CONTROL_TOKEN")), process)
        except BaseException:
            process.stop()
            raise

    @classmethod
    def connect(
        cls, url: str | None = None, *, token: str | None = None, urls: Mapping[str, str] | None = None
    ) -> Ringback:
        """Takes one that runs, at the address of its hub or of a vendor; ``RINGBACK_URL`` unless given.

        ``urls`` says where vendors answer, by name, where that is not what Ringback knows of itself: in a
        container whose ports are mapped.
        """
        url = url or os.environ.get("RINGBACK_URL")
        if not url:
            raise StartError("say where it runs: Ringback.connect(URL), or the variable RINGBACK_URL")
        transport = Transport(url, token or os.environ.get("RINGBACK_CONTROL_TOKEN") or None)
        try:
            return cls(transport, urls=urls)
        except StartError:
            raise
        except RingbackError as error:
            raise StartError(f"no Ringback answers at {url}: {error}") from error

    @property
    def url(self) -> str:
        """Where it was found: the hub of one that was started."""
        return self.transport.url

    def vendor(self, name: str) -> Vendor:
        """A vendor by its name; an error names those there are."""
        try:
            return self.vendors[name]
        except KeyError:
            there = ", ".join(sorted(self.vendors))
            raise StartError(f"{name} does not run at {self.url}: there are {there}") from None

    def account(self, vendor: str, name: str | None = None) -> Account:
        """Opens an account: a world of its own. One of a name that is there is taken as it stands; without
        a name it is a new one."""
        self.vendor(vendor)
        if name is None:
            # The same names in each run, where nobody else may have taken them.
            name = f"account-{next(self._numbers)}" if self._process else f"account-{uuid.uuid4().hex[:12]}"
        shown = self.request("PUT", f"/{vendor}/accounts/{segment(name)}")
        return Account(self, vendor, name, {**shown, "base_url": self._urls.get(vendor, shown["base_url"])})

    def demo(self, vendor: str) -> Account:
        """The account that is there from the beginning. Its time is that of the whole Ringback."""
        known = self.vendor(vendor)
        return Account(self, vendor, None, {"base_url": known.url, "credentials": known.credentials})

    def forget(self, account: Account) -> None:
        """Removes an account and its inboxes."""
        forget(account)

    def request(self, method: str, path: str, body: object = None, /, **query: Any) -> Any:
        """Asks the control API anything: a path behind ``/__admin``, as the hub has it."""
        return self.transport.ask(method, path, body, query)

    def _ask(self, method: str, path: str, body: object = None, /, **query: Any) -> Any:
        return self.request(method, path, body, **query)

    def set_rate(self, rate: float) -> None:
        """How many simulated seconds pass in a second."""
        self.request("POST", "/clock/rate", {"rate": rate})

    def reset(self) -> None:
        """Makes everything anew. Accounts that were made are gone."""
        self.request("POST", "/reset")

    @property
    def log(self) -> str:
        """What a Ringback that was started here has written to standard error."""
        return self._process.log if self._process else ""

    def close(self) -> None:
        """Ends it, if it was started here."""
        if self._process:
            self._process.stop()

    def __enter__(self) -> Ringback:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ringback {self.version} at {self.url}: {', '.join(sorted(self.vendors))}>"


def all_vendors(program: str | os.PathLike[str]) -> list[str]:
    """Asks the program which vendors it has."""
    try:
        told = subprocess.run([program, "vendors", "--json"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(f"{program}: {error}") from error
    return [str(vendor["name"]) for vendor in json.loads(told.stdout)]
