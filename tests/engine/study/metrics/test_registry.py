"""All metrics together: bounds, controls, equal numbers, and what is absent."""

from __future__ import annotations

import math

import pytest
import torch
from PIL import Image

import engine
from engine.model import Model
from engine.study.metrics import METRICS
from engine.study.metrics.sample import LAYERS, Sample
from engine.study.records import UnavailableError
from engine.weights.find import Weights

LEARNED = ("lpips", "dists")


@pytest.fixture(scope="module")
def networks(model: engine.Model) -> dict[str, Model]:
    """The builtin network, and one whose filters are negated, so that the two differ."""
    state = {key: part if key.startswith("features.0.") else part.flip(0) for key, part in model.state.items()}
    return {"main": model, "other": Model(Weights(state, "flipped"), "cpu")}


Measured = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def measured(photograph: Image.Image, texture: Image.Image, networks: dict[str, Model]) -> Measured:
    """All metrics of three controls, and of a flat picture."""
    given = {name: (lambda network=network: network) for name, network in networks.items()}
    outputs = {
        "content": photograph,
        "style": texture,
        "blend": Image.blend(photograph, texture, 0.5),
        "flat": Image.new("RGB", photograph.size, "white"),
    }
    return {
        name: {
            metric.name: metric.measure(Sample(output, photograph, texture, given))
            for metric in METRICS.values()
            if metric.name not in LEARNED
        }
        for name, output in outputs.items()
    }


def test_values_lie_within_their_bounds(measured: Measured) -> None:
    for output, values in measured.items():
        for name, value in values.items():
            metric = METRICS[name]
            assert math.isfinite(value), (output, name)
            assert metric.low is None or value >= metric.low, (output, name)
            assert metric.high is None or value <= metric.high, (output, name)


@pytest.mark.parametrize(
    "name", [name for name, metric in METRICS.items() if metric.against != "none" and name not in LEARNED]
)
def test_controls_are_ranked_as_anybody_would(name: str, measured: Measured) -> None:
    """The picture itself is best, the other one worst of the controls, a blend of both between them."""
    metric = METRICS[name]
    itself, foreign = (metric.against, "style" if metric.against == "content" else "content")
    sign = 1 if metric.better == "lower" else -1
    values = [sign * measured[control][name] for control in (itself, "blend", foreign)]
    assert values[0] < values[1] < values[2]


def test_metrics_of_the_other_network_read_it(
    photograph: Image.Image, texture: Image.Image, networks: dict[str, Model]
) -> None:
    sample = Sample(
        photograph, texture, texture, {"main": lambda: networks["main"], "other": lambda: networks["other"]}
    )
    pairs = [(name, f"{name}-other") for name, metric in METRICS.items() if metric.network == "main"]
    assert len(pairs) == 9
    for name, other in pairs:
        assert METRICS[other].network == "other"
        assert METRICS[name].measure(sample) != METRICS[other].measure(sample), name


def test_an_absent_network_is_named(photograph: Image.Image, networks: dict[str, Model]) -> None:
    sample = Sample(photograph, photograph, photograph, {"main": lambda: networks["main"]})
    shallow = Sample(
        photograph, photograph, photograph, {"main": lambda: engine.load_model("builtin", "cpu", layers=["conv1_1"])}
    )
    for metric in METRICS.values():
        if metric.network == "other":
            with pytest.raises(UnavailableError, match="no other network"):
                metric.measure(sample)
        if metric.network == "main":
            with pytest.raises(UnavailableError, match="lack relu3_1"):
                metric.measure(shallow)


def test_numbers_are_equal_bit_for_bit(
    photograph: Image.Image, texture: Image.Image, networks: dict[str, Model], measured: Measured
) -> None:
    given = {name: (lambda network=network: network) for name, network in networks.items()}
    sample = Sample(Image.blend(photograph, texture, 0.5), photograph, texture, given)
    torch.manual_seed(7)
    assert {name: METRICS[name].measure(sample) for name in measured["blend"]} == measured["blend"]


def test_every_metric_says_what_it_is() -> None:
    for metric in METRICS.values():
        function = getattr(metric.measure, "func", metric.measure)
        for word in ("ange", "better" if metric.against != "none" else "lower"):
            assert word in (function.__doc__ or ""), metric.name
        assert metric.title and metric.source


def test_pictures_are_brought_to_the_size_of_the_output(photograph: Image.Image, model: engine.Model) -> None:
    sample = Sample(photograph.resize((96, 64)), photograph, photograph.resize((50, 200)), {"main": lambda: model})
    assert sample.content.size == (96, 64)
    assert sample.style.size == (24, 96)
    shapes = [tuple(sample.features("output", layer).shape) for layer in LAYERS]
    assert shapes == [(64, 64, 96), (128, 32, 48), (256, 16, 24)]
    assert sample.features("content", "relu1_1").dtype == torch.float32
