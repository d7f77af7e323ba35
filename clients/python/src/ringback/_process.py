"""Finding and running the program."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any, Mapping, Sequence

from ._errors import StartError

# A test that fails is shown where it asked.
__tracebackhide__ = True

PROGRAM = "ringback.exe" if os.name == "nt" else "ringback"


def find_binary(path: str | os.PathLike[str] | None = None) -> Path:
    """Finds the program: the path given, ``RINGBACK_BIN``, the one that came with this package, ``PATH``."""
    said = path or os.environ.get("RINGBACK_BIN")
    if said:
        found = Path(said).expanduser().absolute()
        if found.is_file():
            return found
        raise StartError(f"{found}: there is no such file"
                         + ("" if path else " (the variable RINGBACK_BIN)"))
    schemes = [sysconfig.get_path("scripts")]
    if "posix_user" in sysconfig.get_scheme_names():
        schemes.append(sysconfig.get_path("scripts", "posix_user"))
    for folder in schemes:
        if (own := Path(folder) / PROGRAM).is_file():
            return own
    if on_path := shutil.which("ringback"):
        return Path(on_path)
    raise StartError(
        "the program `ringback` is not there: install this package from a wheel, put the program on PATH, "
        "name it in RINGBACK_BIN, or name one that runs in RINGBACK_URL"
    )


class Process:
    """A Ringback that was started here, and ends with this process at the latest."""

    def __init__(
        self,
        flags: Sequence[str],
        binary: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ringback-")
        folder = Path(self._folder.name)
        ready, self._said = folder / "ready.json", folder / "said"
        command = [str(find_binary(binary)), "--ready-file", str(ready), *flags]
        # What a person has set for their own Ringback is not about that of a test.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RINGBACK_")}
        with self._said.open("wb") as said:
            try:
                self._child = subprocess.Popen(
                    command,
                    env={**kept, **(env or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                )
            except OSError as error:
                self._folder.cleanup()
                raise StartError(f"{command[0]}: {error}") from error
        atexit.register(self.stop)
        until = time.monotonic() + timeout
        while not ready.exists():
            if self._child.poll() is not None:
                raise StartError(self._end(f"ended with status {self._child.returncode}", command))
            if time.monotonic() > until:
                raise StartError(self._end(f"is not ready after {timeout:g} s", command))
            time.sleep(0.01)
        self.ready: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        return self._said.read_text(encoding="utf-8", errors="replace") if self._said.exists() else ""

    def _end(self, why: str, command: Sequence[str]) -> str:
        said = self.log.strip()
        self.stop()
        return f"{' '.join(command)}\n  {why}" + (f": {said}" if said else "")

    def stop(self) -> None:
        """Ends it, if it still runs."""
        atexit.unregister(self.stop)
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._folder.cleanup()
