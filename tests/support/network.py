"""Hosts with networks of their own, each with a cable to a switch that a test can pull: namespaces of Linux."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

SERVER = "198.18.0.1"
"""This machine's address at the switch; the block is set apart for measurements (RFC 2544)."""
SUBNET = "198.18.0.0/24"


def ip(*words: str) -> None:
    """Call `ip`; a test without the right to do this is skipped."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"Networks of their own need root on Linux: ip {' '.join(words)}: {done.stderr.strip()}")


class Switch:
    """A switch, to which this machine has the first cable."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._name = f"vitrage-{os.getpid()}"
        self._add_namespace(self._name)
        self._in_switch("link", "add", "name", "switch", "type", "bridge")
        self._in_switch("link", "set", "dev", "switch", "up")
        own = f"vi{os.getpid()}"
        ip("link", "add", "name", own, "type", "veth", "peer", "name", "port0", "netns", self._name)
        stack.callback(ip, "link", "delete", "dev", own)
        ip("address", "add", f"{SERVER}/24", "dev", own)
        ip("link", "set", "dev", own, "up")
        self._in_switch("link", "set", "dev", "port0", "master", "switch", "up")

    def host(self, number: int) -> list[str]:
        """Make a host with a cable; return what runs a command there."""
        name = f"{self._name}-{number}"
        self._add_namespace(name)
        ip(
            "-n",
            name,
            "link",
            "add",
            "name",
            "eth0",
            "type",
            "veth",
            "peer",
            "name",
            f"port{number}",
            "netns",
            self._name,
        )
        ip("-n", name, "address", "add", f"198.18.0.{number + 1}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", name, "link", "set", "dev", device, "up")
        self._in_switch("link", "set", "dev", f"port{number}", "master", "switch", "up")
        return ["nsenter", f"--net=/run/netns/{name}"]

    def pull(self, number: int) -> None:
        """Pull a host's cable: what is sent on either side is lost, and nobody is told."""
        self._in_switch("link", "set", "dev", f"port{number}", "down")

    def plug(self, number: int) -> None:
        """Put it back."""
        self._in_switch("link", "set", "dev", f"port{number}", "up")

    def _add_namespace(self, name: str) -> None:
        ip("netns", "add", name)
        self._stack.callback(ip, "netns", "delete", name)

    def _in_switch(self, *words: str) -> None:
        ip("-n", self._name, *words)


@contextmanager
def network() -> Iterator[Switch]:
    """Give a switch for the block."""
    with ExitStack() as stack:
        yield Switch(stack)
