"""A process that reads damaged files until it has read all, or one of them ends it.

    python -m tests.support.mutation_run FORMAT FIRST LAST

Before each file it writes the file's number, and at its end one line of JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import signal
import sys
import time
from collections import Counter

import psutil

from engine.errors import ImageError, OutOfMemoryError
from engine.reading.load import MAX_PIXELS, load_image
from tests.support.mutations import mutated

SECONDS = 20
MEMORY = 2 << 30
FEW_PIXELS = 1_000_000  # lies about larger sizes are refused before decoding, and decoding them would tell nothing new
WHOLE = 50  # every so many files are read by the limit that holds in service
WARM = 200  # files after which a process has all that it keeps


def outcome_of(data: bytes, number: int) -> str:
    """Return what becomes of a file. Other errors than those that are promised end the process."""
    try:
        load_image(data, max_pixels=FEW_PIXELS if number % WHOLE else MAX_PIXELS)
    except ImageError as error:
        return error.fault
    except OutOfMemoryError:
        return "memory"
    return "loads"


def main(name: str, first: int, last: int) -> None:
    """Read the files of a format from one number to another."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    outcomes, slowest, own, warm = Counter[str](), (0.0, 0), psutil.Process(), 0
    for number in range(first, last + 1):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        data = mutated(name, number)
        signal.alarm(SECONDS)
        begun = time.perf_counter()
        outcomes[outcome_of(data, number)] += 1
        slowest = max(slowest, (time.perf_counter() - begun, number))
        if number - first == WARM:
            gc.collect()
            warm = own.memory_info().rss
    signal.alarm(0)
    gc.collect()
    grown = (own.memory_info().rss - warm) / 1e6 if warm else 0.0
    print(json.dumps({"outcomes": outcomes, "slowest": slowest, "grown": grown}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
