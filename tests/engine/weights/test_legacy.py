"""The head of an old file of torch's: where the tensors lie, and what is refused without being run."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.weights import legacy
from engine.weights.legacy import COUNT_BYTES, UnknownFormatError, read_layout
from tests.support.weights_server import legacy_file


def values_at(body: bytes, layout: legacy.Layout, name: str) -> Tensor:
    storage = layout.storages[name]
    values = np.frombuffer(body, "<f4", storage.count, storage.start + COUNT_BYTES)
    return torch.from_numpy(values.copy()).reshape(layout.shapes[name])


@pytest.mark.parametrize("kind", ["tensors", "parameters"])
def test_every_tensor_is_found_where_torch_wrote_it(kind: str, whole_state: dict[str, Tensor]) -> None:
    state = OrderedDict(whole_state)
    if kind == "parameters":
        state = OrderedDict((name, torch.nn.Parameter(part)) for name, part in state.items())
    body = legacy_file(state)
    layout = read_layout(body[: 1 << 16])
    assert layout.size == len(body)
    assert set(layout.storages) == set(state)
    assert all(torch.equal(values_at(body, layout, name), state[name]) for name in state)


def test_the_oldest_way_to_name_a_tensor_is_known_too() -> None:
    """Files of 2017 name torch._utils._rebuild_tensor, which today's torch does not write any more."""
    file = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        pickle.dump(value, file, protocol=2)
    reference = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x007X\x03\x00\x00\x00cpuK\x06NtQ"
    tensor = b"ctorch._utils\n_rebuild_tensor\n(" + reference + b"K\x00K\x02K\x03\x86K\x03K\x01\x86tR"
    file.write(b"\x80\x02}X\x01\x00\x00\x00a" + tensor + b"s.")
    pickle.dump(["7"], file, protocol=2)
    layout = read_layout(file.getvalue())
    assert layout.shapes == {"a": (2, 3)}
    assert layout.storages["a"].start == file.tell()
    assert layout.size == file.tell() + 8 + 6 * 4


def test_a_view_into_a_storage_is_left_out() -> None:
    """Its values do not lie one behind the other."""
    square = torch.arange(9.0).reshape(3, 3)
    layout = read_layout(legacy_file({"turned": square.T, "row": square[1], "whole": torch.ones(2)}))
    assert set(layout.storages) == {"whole"}


class Trap:
    """A pickle that runs code when it is loaded without protection."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("trapped"),))  # type: ignore[return-value]


@pytest.mark.parametrize("place", range(5))
def test_a_name_that_is_not_known_is_refused_and_not_run(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    good: list[object] = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, {}, []]
    good[place] = Trap()
    with pytest.raises(UnknownFormatError, match="it names "):
        read_layout(b"".join(pickle.dumps(value, protocol=2) for value in good))
    assert not (tmp_path / "trapped").exists()


def test_values_of_other_kinds_are_refused() -> None:
    with pytest.raises(UnknownFormatError, match=r"names torch\.HalfStorage"):
        read_layout(legacy_file({"a": torch.ones(2, dtype=torch.float16)}))


def test_any_damage_to_the_head_is_refused_or_seen(whole_state: dict[str, Tensor]) -> None:
    """A byte of the head is changed, or the rest is missing: never another error, never anything that is run."""
    body = legacy_file(whole_state)
    layout = read_layout(body)
    head = body[: min(storage.start for storage in layout.storages.values())]
    for place in range(0, len(head), 7):
        for damaged in (head[:place], head[:place] + bytes([head[place] ^ 0x55]) + head[place + 1 :]):
            try:
                read_layout(damaged)
            except UnknownFormatError:
                continue
            assert len(damaged) == len(head)
