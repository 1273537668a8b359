"""Weight files: complete, with the first layers only, or refused with a reason."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

import engine
from engine.weights.files import read_weights

State = dict[str, Tensor]


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_of_either_kind_serves_the_layers_that_it_holds(
    suffix: str, random_state: State, tmp_path: Path
) -> None:
    path = tmp_path / f"some{suffix}"
    others = {"classifier.0.weight": torch.zeros(2, 2)}
    if suffix == ".pth":
        torch.save(random_state | others, path)
    else:
        save_file(random_state | others, path)
    model = engine.load_model(path, "cpu")
    assert (model.weights, model.device, model.note) == (path.name, "cpu", "")
    assert model.layers[0] == "conv1_1" and model.layers[-1] == "relu3_1"


def test_a_file_with_a_gap_a_wrong_shape_or_nothing_is_refused(random_state: State, tmp_path: Path) -> None:
    def refused(state: State, reason: str) -> None:
        save_file(state, tmp_path / "bad.safetensors")
        with pytest.raises(engine.WeightsError, match=reason):
            read_weights(tmp_path / "bad.safetensors")

    refused({key: part for key, part in random_state.items() if ".5." not in key}, "lacks conv2_1 but holds conv2_2")
    refused(random_state | {"features.2.weight": torch.zeros(64, 3, 3, 3)}, "wrong shape at conv1_2")
    refused({key: part for key, part in random_state.items() if key != "features.2.bias"}, "wrong shape at conv1_2")
    refused({"conv.weight": torch.zeros(3)}, "holds no VGG19 layer")
    refused(random_state | {"features.0.bias": torch.full((64,), float("nan"))}, "not finite")


class Trap:
    """A pickle that runs code when it is loaded without protection."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("trapped"),))  # type: ignore[return-value]


def test_an_evil_pickle_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.pth").write_bytes(pickle.dumps({"features.0.weight": Trap()}, protocol=2))
    with pytest.raises(engine.WeightsError, match=r"evil\.pth is damaged or of an unknown kind"):
        read_weights(tmp_path / "evil.pth")
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\x80\x02}q\x00."])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_that_is_no_weights_is_refused(content: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"odd{suffix}"
    path.write_bytes(content)
    with pytest.raises(engine.WeightsError, match="odd"):
        read_weights(path)
