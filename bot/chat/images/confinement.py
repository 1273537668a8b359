"""What a process that decodes a stranger's picture gives up before: memory, time, files, the network.

Source: the manual pages setrlimit(2) and landlock(7); uapi/linux/landlock.h of Linux 6.12 for the numbers.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import struct
import sys

SECONDS = 30
"""Of the clock, and of the processors, that a picture may take."""

MEMORY = 2 << 30
"""Bytes of address space that a picture may take; 64 megapixels take 1.4 GB as JPEG 2000, 1.2 as WebP, 1.0 as PNG."""

LIMITS = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_NOFILE, 16),
    (resource.RLIMIT_CORE, 0),  # a core dump would hold the picture
)

CREATE_RULESET, RESTRICT_SELF = 444, 446  # system calls, of one number on every kind of processor
VERSION = 1  # the flag that asks which version the kernel has
NO_NEW_PRIVILEGES = 38  # of prctl(2)
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many there are by version; 16 from version 5 on
TCP_RIGHTS, SCOPES = 0b11, 0b11  # to bind and to connect; abstract sockets of others, and signals to others


def confine() -> None:
    """Give them up, for good."""
    for kind, most in LIMITS:
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError):  # macOS limits no memory
            resource.setrlimit(kind, (least, least))
    signal.alarm(SECONDS)
    if sys.platform == "linux":
        _open_nothing()


def _open_nothing() -> None:
    """Open no file and reach no other process, as far as the kernel sees to that.

    Linux 5.13 keeps from files, and with them from what /proc tells of the bot; 6.7 from TCP; 6.12 from signals. An
    older one, or one without Landlock, leaves it at the limits.
    """
    system = ctypes.CDLL(None)
    version = system.syscall(CREATE_RULESET, None, 0, VERSION)
    if version < 1:
        return
    files = (1 << FILE_RIGHTS.get(version, 16)) - 1
    wanted = struct.pack("=QQQ", files, TCP_RIGHTS if version >= 4 else 0, SCOPES if version >= 6 else 0)
    rules = system.syscall(CREATE_RULESET, wanted, len(wanted), 0)
    system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if system.syscall(RESTRICT_SELF, rules, 0) != 0:
        raise OSError("Landlock refused what it offers.")
