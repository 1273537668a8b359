"""The head of a file that `torch.save` wrote before torch 1.6: which tensors it holds, and where their values lie.

Such a file begins with five pickles (a magic number, a version, the machine's types, the tensors without their values,
the keys of their storages), followed by the storages in the order of the keys: eight bytes with the number of values,
then the values. So the values of some tensors can be read without the others. The pickles are read by an unpickler that
knows five names and calls nothing of torch; each stands for a function of this module, or for an empty dictionary.
"""

from __future__ import annotations

import io
import math
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from typing_extensions import override

_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
COUNT_BYTES = 8
"""Before the values of a storage: how many there are, little-endian."""
VALUE_BYTES = 4
"""Of a float32."""


class UnknownFormatError(Exception):
    """The file is not of this kind, or holds what this module does not know."""


@dataclass(frozen=True)
class Storage:
    """A run of float32 values in the file, and before them their number.

    Attributes:
        start: Of the number, in bytes from the beginning of the file.
        count: Of the values.
    """

    start: int
    count: int

    @property
    def stop(self) -> int:
        """Behind the last value, in bytes from the beginning of the file."""
        return self.start + COUNT_BYTES + VALUE_BYTES * self.count


@dataclass(frozen=True)
class Layout:
    """What a file holds, and where.

    Attributes:
        shapes: Tensor name to shape, of tensors that fill a storage of their own.
        storages: Tensor name to that storage.
        size: Of the whole file, in bytes.
    """

    shapes: Mapping[str, tuple[int, ...]]
    storages: Mapping[str, Storage]
    size: int


@dataclass(frozen=True)
class _Reference:
    """A storage as the pickle names it."""

    key: str
    count: int


@dataclass(frozen=True)
class _Tensor:
    """A tensor as the pickle describes it."""

    storage: _Reference
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def is_whole_storage(self) -> bool:
        strides = tuple(math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape)))
        return self.offset == 0 and math.prod(self.shape) == self.storage.count and self.stride == strides


def _tensor(storage: _Reference, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(stride))


def _parameter(tensor: _Tensor, *_: Any) -> _Tensor:
    return tensor


_FLOATS = "float32"
_KNOWN: Mapping[tuple[str, str], Callable[..., Any] | str] = MappingProxyType(
    {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch", "FloatStorage"): _FLOATS,
        ("torch._utils", "_rebuild_tensor"): _tensor,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch._utils", "_rebuild_parameter"): _parameter,
    }
)


class _Unpickler(pickle.Unpickler):
    """Knows the names above; any other ends the reading before anything of it is run."""

    @override
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise UnknownFormatError(f"it names {module}.{name}")
        return _KNOWN[module, name]

    @override
    def persistent_load(self, pid: Any) -> _Reference:
        kind, values, key, _, count, *view = pid
        if kind != "storage" or values != _FLOATS or any(view) or not isinstance(count, int) or count < 0:
            raise UnknownFormatError("it holds other values than float32")
        return _Reference(str(key), count)


def read_layout(head: bytes) -> Layout:
    """Return what a file holds by its first bytes.

    Args:
        head: From the beginning of the file, at least to the end of its pickles.

    Raises:
        UnknownFormatError: The file is of another kind, or its pickles do not end in `head`.
    """
    file = io.BytesIO(head)
    try:
        magic, version, machine, tensors, keys = (_Unpickler(file).load() for _ in range(5))
        if (magic, version) != (_MAGIC, _VERSION) or not machine["little_endian"]:
            raise UnknownFormatError("it was not written by an old torch.save, or on another kind of machine")
        whole = {name: each for name, each in tensors.items() if isinstance(each, _Tensor) and each.is_whole_storage}
        counts = {each.storage.key: each.storage.count for each in tensors.values()}
        places, position = dict[str, Storage](), file.tell()
        for key in keys:
            places[key] = Storage(position, counts[key])
            position = places[key].stop
        storages = {name: places[each.storage.key] for name, each in whole.items()}
        return Layout({name: each.shape for name, each in whole.items()}, storages, position)
    except UnknownFormatError:
        raise
    except Exception as error:  # noqa: BLE001  a damaged pickle can raise anything
        raise UnknownFormatError(f"its head is damaged ({type(error).__name__})") from None
