"""Weights from a file: whole, partial, or refused with a reason."""

from __future__ import annotations

import hashlib
import pickle
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

import engine
from engine.network.vgg import CHANNELS, CONVOLUTIONS, Features, normalize
from engine.weights.files import read_weights
from engine.weights.find import BUILTIN, find_weights

State = dict[str, Tensor]


def test_layer_names_point_at_torchvisions_convolutions() -> None:
    """Every name is a convolution of torchvision's VGG19, of the channels that are written down."""
    from torchvision.models.vgg import cfgs, make_layers

    with torch.device("meta"):
        features = make_layers(cfgs["E"], batch_norm=False)
    found = {index: layer for index, layer in enumerate(features) if isinstance(layer, torch.nn.Conv2d)}
    assert list(found) == list(CONVOLUTIONS.values())
    for name, index in CONVOLUTIONS.items():
        assert CHANNELS[name] == (found[index].in_channels, found[index].out_channels)


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


def test_features_agree_with_torchvisions_own_forward(random_state: State) -> None:
    """At even sizes, where ceil_mode changes nothing."""
    from torchvision.models.vgg import cfgs, make_layers

    reference = make_layers(cfgs["E"], batch_norm=False)[:11]
    reference.load_state_dict({key.removeprefix("features."): part for key, part in random_state.items()})
    image = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(3))
    features = Features(random_state)
    with torch.no_grad():
        expected = reference(normalize(image))
    found = features.extract(image, ["conv3_1"])["conv3_1"]
    assert torch.allclose(found, expected, atol=1e-5)


def test_a_model_is_cut_at_the_deepest_layer_asked_for(model: engine.Model) -> None:
    assert engine.load_model("builtin", "cpu", layers=["relu1_1", "conv2_1"]).layers[-1] == "relu2_1"
    with pytest.raises(engine.WeightsError, match="do not reach"):
        engine.load_model("builtin", "cpu", layers=["relu5_1"])
    with pytest.raises(engine.WeightsError, match="no layer relu9_9"):
        engine.load_model("builtin", "cpu", layers=["relu9_9"])


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
    """A pickle that runs code when it is read the careless way."""

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


def test_a_missing_file_is_said() -> None:
    with pytest.raises(engine.WeightsError, match="no weights file"):
        find_weights("nowhere.pth")


def test_the_builtin_file_is_the_one_that_its_readme_describes() -> None:
    """Its hash stands beside it, and it is small enough for a repository."""
    readme = (BUILTIN.parent / "README.md").read_text(encoding="utf-8")
    promised = re.search(r"[0-9a-f]{64}", readme)
    assert promised and promised[0] == hashlib.sha256(BUILTIN.read_bytes()).hexdigest()
    assert BUILTIN.stat().st_size <= 1_500_000
    assert engine.load_model("builtin", "cpu").layers[-1] == "relu3_1"


def test_a_device_that_is_not_there_is_said() -> None:
    with pytest.raises(engine.EngineError, match="no device toaster"):
        engine.load_model("builtin", "toaster")
