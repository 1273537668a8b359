"""Gathers the calls that sandboxes have logged, in this process and in others, for the check after each test."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.state.call_log import CallLog, Entry


@dataclass(frozen=True)
class LoggedCall:
    """One call with its answer.

    Attributes:
        parts: The names of the parts of the form that are files.
        status: Of the answer; 0 where there was none.
        fault: The kind of fault that the test had switched on for it, or "".
    """

    method: str
    request: Mapping[str, Any]
    parts: frozenset[str]
    status: int
    answer: Any
    fault: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> LoggedCall:
        """Return a call as the sandbox's log has it in JSON."""
        parts = frozenset(entry["files"])
        return cls(entry["method"], entry["request"], parts, entry["status"], entry["response"], entry["fault"])


@dataclass
class _Process:
    """A sandbox in another process, and which of its calls have been read."""

    url: str
    read: set[int] = field(default_factory=set)
    after: int = 0  # all calls up to this id have been read

    def new_calls(self) -> Iterator[LoggedCall]:
        """Read what has been answered since the last time."""
        entries = _log(self.url, self.after)
        if entries and entries[0]["id"] > self.after + 1:
            raise LookupError("the sandbox forgot calls before they were checked: it was left alone for too long")
        for entry in entries:
            if entry["status"] and entry["id"] not in self.read:
                self.read.add(entry["id"])
                yield LoggedCall.of(entry)
        while self.after + 1 in self.read:
            self.after += 1
            self.read.remove(self.after)


def _log(url: str, after: int) -> list[dict[str, Any]]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request("GET", f"/api/wire?after={after}")
        found: list[dict[str, Any]] = json.loads(connection.getresponse().read())["calls"]
        return found
    finally:
        connection.close()


class Watch:
    """The calls that were answered since they were last taken."""

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []
        self._processes: dict[str, _Process] = {}
        self._listening = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note the calls of every sandbox in this process, as its log is told of their answers."""
        end = CallLog.end

        def note(log: CallLog, entry: Entry, status: int, response: Any) -> None:
            end(log, entry, status, response)
            self._calls.append(LoggedCall.of(vars(entry)))

        CallLog.end = note  # type: ignore[method-assign, assignment]
        self._listening = True
        try:
            yield
        finally:
            CallLog.end = end  # type: ignore[method-assign]
            self._listening = False

    def follow(self, url: str) -> None:
        """Read the log of a sandbox in another process from now on; a benchmark, where nobody listens, does not."""
        if self._listening:
            self._processes[url] = _Process(url)

    def leave(self, url: str) -> None:
        """Read the log of a sandbox for the last time, before it ends."""
        process = self._processes.pop(url, None)
        with contextlib.suppress(ConnectionError):  # the test has stopped the sandbox
            self._calls += process.new_calls() if process is not None else ()

    @contextmanager
    def following(self, url: str) -> Iterator[None]:
        """Read the log of a sandbox in another process until the end of the block."""
        self.follow(url)
        try:
            yield
        finally:
            self.leave(url)

    def taken(self) -> list[LoggedCall]:
        """Return the calls since the last time, and forget them."""
        for process in self._processes.values():
            self._calls += process.new_calls()
        calls, self._calls = self._calls, []
        return calls


WATCH = Watch()
