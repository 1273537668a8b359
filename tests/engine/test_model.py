"""The model: its layers, its device and its cache."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

import engine
from engine import model as model_module
from engine.model import auto_devices, convolution_seconds, fast_dtype, half_dtype


def test_a_model_is_cut_at_the_deepest_layer_asked_for(model: engine.Model) -> None:
    assert engine.load_model("builtin", "cpu", layers=["relu1_1", "conv2_1"]).layers[-1] == "relu2_1"
    with pytest.raises(engine.WeightsError, match="do not reach"):
        engine.load_model("builtin", "cpu", layers=["relu5_1"])
    with pytest.raises(engine.WeightsError, match="no layer relu9_9"):
        engine.load_model("builtin", "cpu", layers=["relu9_9"])


def test_a_device_that_is_not_there_is_said() -> None:
    with pytest.raises(engine.EngineError, match="no device toaster"):
        engine.load_model("builtin", "toaster")


@pytest.mark.parametrize(
    ("cards", "apple", "seconds", "devices"),
    [
        (0, False, {}, ("cpu",)),
        (0, True, {"cpu": 2.0, "mps": 1.0}, ("mps",)),
        (0, True, {"cpu": 1.0, "mps": 2.0}, ("cpu",)),
        (1, True, {"cpu": 2.0, "cuda": 1.0}, ("cuda",)),
        (2, False, {"cpu": 2.0, "cuda:0": 1.0}, ("cuda:0", "cuda:1")),
        (2, False, {"cpu": 1.0, "cuda:0": 2.0}, ("cpu",)),
    ],
)
def test_auto_takes_cards_then_apples_gpu_then_the_cpu_unless_that_is_faster(
    cards: int, apple: bool, seconds: dict[str, float], devices: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: apple)
    monkeypatch.setattr(model_module, "convolution_seconds", seconds.__getitem__)
    assert auto_devices.__wrapped__() == devices


@pytest.mark.parametrize(
    ("card", "capability", "fast", "half"),
    [
        ("NVIDIA H200", (9, 0), torch.bfloat16, torch.bfloat16),
        ("NVIDIA GeForce RTX 3060", (8, 6), torch.bfloat16, torch.bfloat16),
        ("Tesla T4", (7, 5), torch.float16, torch.float16),
        ("Tesla V100-SXM2-16GB", (7, 0), torch.float16, torch.float16),
        ("NVIDIA GeForce GTX 1660", (7, 5), torch.float32, torch.float16),
        ("Tesla P100-PCIE-16GB", (6, 0), torch.float32, torch.float16),
    ],
)
def test_a_card_without_bfloat16_computes_in_float16_if_it_has_tensor_cores(
    card: str, capability: tuple[int, int], fast: torch.dtype, half: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where memory is short, each of them computes in a type of 16 bits."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: card)
    assert (fast_dtype.__wrapped__("cuda:0"), half_dtype("cuda:0")) == (fast, half)


def test_a_convolution_is_timed() -> None:
    assert convolution_seconds("cpu") > 0


def test_the_statistics_of_a_known_style_are_not_measured_again(
    pair: tuple[Image.Image, Image.Image], model: engine.Model, style_sizes: list[tuple[int, int]]
) -> None:
    """Styles are compared by their pixels, not by identity."""
    options = engine.preset("sketch", size=64, iterations=2)
    first = engine.stylize(pair[0], [pair[1]], options, model=model)
    again = engine.stylize(pair[0], [pair[1].copy()], options, model=model)
    assert style_sizes == [(64, 64)] and first.image.tobytes() == again.image.tobytes()
    engine.stylize(pair[0], [pair[1].rotate(90)], options, model=model)
    assert len(style_sizes) == 2
    model.forget()
    engine.stylize(pair[0], [pair[1]], options, model=model)
    assert len(style_sizes) == 3
