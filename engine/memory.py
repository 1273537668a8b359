"""Running out of memory, told apart from other failures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engine.errors import OutOfMemoryError

# The CPU allocator and oneDNN raise a plain RuntimeError; only the message tells.
_SIGNS = ("not enough memory", "out of memory", "can't allocate memory", "could not create a memory")


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn every kind of allocation failure within into one error that says what to do.

    Raises:
        OutOfMemoryError: The device or the machine has no memory left.
    """
    try:
        yield
    except OutOfMemoryError:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _advice() from error
    except RuntimeError as error:
        if any(sign in str(error).lower() for sign in _SIGNS):
            raise _advice() from error
        raise


def _advice() -> OutOfMemoryError:
    return OutOfMemoryError("The device has too little memory for this picture; choose a smaller size.")
