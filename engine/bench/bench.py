"""`vitrage-engine bench`: what the engine costs on this machine, in time and memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psutil
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.api import stylize, stylize_batch
from engine.bench.peak_memory import peak_bytes
from engine.bench.reference import PublishedObjective, ReferenceObjective
from engine.model import Model
from engine.network.kernels import Kernels, nnpack_is_available
from engine.network.layers import CHANNELS, CONVOLUTIONS, convolution_of, pools_before
from engine.network.machine import processor
from engine.network.vgg import Features
from engine.optimize.graphs import recorded
from engine.optimize.objective import Extractor, Objective, choose_layers
from engine.options import HYPERPARAMETERS, Hyperparameters, Options
from engine.request import Request
from engine.weights.find import Weights

Row = tuple[str, dict[str, Any]]
"""The name of a measurement, and its figures by name; the names contain the units."""

ITERATIONS = 6
"""Iterations of the runs that measure memory and the time for each pixel."""


def untrained() -> Weights:
    """VGG19 to conv5_1 with random weights: a run costs what it costs with the real weights, without their download."""
    generator = torch.Generator().manual_seed(0)
    state: dict[str, Tensor] = {}
    for name in (name for name in CONVOLUTIONS if name <= "conv5_1"):
        inputs, outputs = CHANNELS[name]
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * (2 / (9 * inputs)) ** 0.5
        state |= {f"features.{CONVOLUTIONS[name]}.weight": weight}
        state |= {f"features.{CONVOLUTIONS[name]}.bias": torch.zeros(outputs)}
    return Weights(state, "untrained")


def machine(model: Model) -> Row:
    """Describe the machine and the model."""
    cuda = model.device.startswith("cuda")
    name = torch.cuda.get_device_name(model.device) if cuda else processor()
    figures = {
        "device": name,
        "cores": torch.get_num_threads(),
        "torch": torch.__version__,
        "precision": str(model.dtype(exact=False)).removeprefix("torch."),
        "weights": model.weights,
        "layers to": model.layers[-1],
        "load at start": round(psutil.getloadavg()[0], 1),
    }
    return "machine", figures


def imported() -> Row:
    """Measure the seconds that `import engine` and `import torch` take in a new process."""
    code = "import time; t = time.monotonic(); import {}; print(time.monotonic() - t)"
    seconds = [
        statistics.median(
            float(subprocess.run([sys.executable, "-c", code.format(name)], capture_output=True, check=True).stdout)
            for _ in range(3)
        )
        for name in ("engine", "torch")
    ]
    return "import", {"engine s": round(seconds[0], 3), "torch s": round(seconds[1], 2)}


def evaluation(model: Model, edge: int, rounds: int) -> Row:
    """Measure one evaluation of loss and gradient, in turns with the reference and with convolutions alone.

    Args:
        model: With a network as deep as its weights.
        edge: Longest edge in pixels of the picture, 4 : 3.
        rounds: Number of measurements, of which the medians are reported.
    """
    hyperparameters = HYPERPARAMETERS["standard"]
    layers = choose_layers(hyperparameters, model.layers)
    content, style, image = torch.rand(3, 1, 3, edge * 3 // 4, edge).to(model.device)
    extractor = Extractor(model.features(exact=False), layers, first_moments=False)
    target, factors = extractor.style_moments(style), torch.ones(1, device=model.device)
    objective = Objective(extractor, hyperparameters, content=content, target=target, style_weight_factors=factors)
    evaluate = recorded(objective, image, tiled=False, statistic=hyperparameters.statistic)
    reference = ReferenceObjective(model.state, hyperparameters, layers, content, style)
    convolve, convolution_flops = _convolution(model)
    works = [lambda: evaluate(image), lambda: reference(image), convolve]
    engine_s, reference_s, convolution_s = _alternate(works, rounds, model.device)
    names = list(CONVOLUTIONS)[: list(CONVOLUTIONS).index(convolution_of(layers.deepest)) + 1]
    computed = [name for name in names if name not in extractor.features.identities]
    # A multiplication and an addition in the forward pass, and as many in the backward pass.
    flops = 4 * sum(map(_multiplications, computed)) * edge * (edge * 3 // 4)
    speed, peak = flops / engine_s, convolution_flops / convolution_s
    figures = {
        "ms": round(engine_s * 1e3, 1),
        "reference ms": round(reference_s * 1e3, 1),
        "times faster": round(reference_s / engine_s, 2),
        "GFLOP/s": round(speed / 1e9),
        "convolution peak GFLOP/s": round(peak / 1e9),
        "share of the peak": round(speed / peak, 2),
    }
    return f"evaluation at {edge} px", figures


def kernels(model: Model, edge: int, rounds: int) -> Row:
    """Measure one evaluation with each kind of kernels in float32, and in the fastest type, in turns; 4 : 3."""
    hyperparameters = HYPERPARAMETERS["standard"]
    pictures = torch.rand(3, 1, 3, edge * 3 // 4, edge)
    networks: dict[str, Features] = {kind: _float32(model, kind, exact=False) for kind in _kinds()}
    if model.dtype(exact=False) != torch.float32:
        networks[str(model.dtype(exact=False)).removeprefix("torch.")] = model.features(exact=False)
    seconds = _alternate(
        [_evaluate(model, each, hyperparameters, pictures) for each in networks.values()], rounds, "cpu"
    )
    figures = {f"{kind} ms": round(1e3 * taken, 1) for kind, taken in zip(networks, seconds, strict=True)}
    return f"kernels at {edge} px", {**figures, "chosen": model.features(exact=True).kernels}


def paper(model: Model, rounds: int) -> Row:
    """Measure an evaluation of `paper` at 128 px with each kind of kernels, in turns with autograd (`engine.paper`)."""
    pictures = torch.rand(3, 1, 3, 128, 128)
    works = [
        _evaluate(model, _float32(model, kind, exact=True), HYPERPARAMETERS["paper"], pictures) for kind in _kinds()
    ]
    *seconds, autograd_s = _alternate([*works, PublishedObjective(model.state, *pictures)], rounds, "cpu")
    figures = {"autograd ms": round(1e3 * autograd_s, 1)}
    for kind, taken in zip(_kinds(), seconds, strict=True):
        figures |= {f"{kind} ms": round(1e3 * taken, 1), f"{kind} / autograd": round(taken / autograd_s, 2)}
    return "paper at 128 px", figures


def _kinds() -> tuple[Kernels, ...]:
    return ("direct", "winograd") if nnpack_is_available() else ("direct",)


def _float32(model: Model, kind: Kernels, *, exact: bool) -> Features:
    return Features(model.state, exact=exact, kernels=kind)


def _evaluate(
    model: Model, features: Features, hyperparameters: Hyperparameters, pictures: Tensor
) -> Callable[[], object]:
    """An evaluation of loss and gradient; `pictures` are content, style and what is painted, (3, 1, 3, H, W)."""
    content, style, image = pictures
    extractor = Extractor(features, choose_layers(hyperparameters, model.layers), first_moments=False)
    target = extractor.style_moments(style)
    objective = Objective(
        extractor, hyperparameters, content=content, target=target, style_weight_factors=torch.ones(1)
    )
    return lambda: objective(image)


def preset_run(model: Model, name: str, edge: int, size: int | None = None) -> Row:
    """Measure a run of a preset, with a new style and with a cached one.

    Its longest edge is `size` if it is given, else the preset's own, at most `edge`, in pixels.
    """
    options = Options(preset=name, size=size or min(edge, HYPERPARAMETERS[name].size))
    content, style = _pictures()
    model.forget()
    seconds = [stylize(content, [style], options, model=model).report.seconds for _ in range(2)]
    figures = {"s": round(seconds[0], 2), "same style again s": round(seconds[1], 2)}
    return f"{name} at {options.longest_edge} px", figures


def memory(model: Model, edge: int) -> Row:
    """Measure the peak memory of a run beyond the model's. Must run first, before the process keeps freed memory."""
    content, style = _pictures()
    stylize(content, [style], _one_scale(64), model=model)
    with peak_bytes(model.device) as peak:
        report = stylize(content, [style], _one_scale(edge), model=model).report
    pixels = report.size[0] * report.size[1]
    figures = {
        "peak MB": None if peak.bytes is None else round(peak.bytes / 1e6),
        "bytes a pixel": None if peak.bytes is None else round(peak.bytes / pixels),
        "notes": "; ".join(note for note in report.notes if "memory" in note) or None,
    }
    return f"memory at {edge} px", figures


def sizes(model: Model, edges: list[int]) -> Row:
    """Measure the time for each pixel at several longest edges, one scale each, with a cached style."""
    figures = {}
    for edge in edges:
        content, style = _pictures()
        _, report = (stylize(content, [style], _one_scale(edge), model=model).report for _ in range(2))
        taken = report.seconds / ITERATIONS / (report.size[0] * report.size[1])
        figures[f"{edge} px, µs a pixel and iteration"] = round(taken * 1e6, 3)
    return "sizes", figures


def batch(model: Model, count: int = 8, edge: int = 512) -> Row:
    """Measure `count` pictures in one batch and one by one."""
    content, style = _pictures()
    request = Request(content, [style], _one_scale(edge))
    stylize_batch([request], model=model)
    together, alone = _alternate(
        [
            lambda: stylize_batch([request] * count, model=model),
            lambda: [stylize_batch([request], model=model) for _ in range(count)],
        ],
        3,
        model.device,
    )
    figures = {"together s": round(together, 2), "one by one s": round(alone, 2), "times": round(alone / together, 2)}
    return f"{count} pictures at {edge} px", figures


def _pictures() -> tuple[Image.Image, Image.Image]:
    return Image.effect_noise((640, 480), 90).convert("RGB"), Image.effect_noise((480, 480), 60).convert("RGB")


def _one_scale(edge: int) -> Options:
    hyperparameters = replace(HYPERPARAMETERS["standard"], size=edge, iterations=(ITERATIONS,))
    return Options(preset="standard", size=edge, custom=hyperparameters)


def _alternate(works: list[Callable[[], object]], rounds: int, device: str) -> list[float]:
    """Median seconds of each work. They run in turns, so that other load on the machine affects all of them."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, seconds in zip(works, taken, strict=True):
            _synchronize(device)
            began = time.perf_counter()
            work()
            _synchronize(device)
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds[1:]) for seconds in taken]  # without the first round, which warms up


def _synchronize(device: str) -> None:
    """Wait until a CUDA device has finished its work."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def _convolution(model: Model) -> tuple[Callable[[], Tensor], int]:
    """VGG19's conv2_2 at 512 px, ten times, and its floating-point operations: the peak speed of convolutions."""
    dtype = model.dtype(exact=False)
    maps = torch.randn(1, 128, 192, 256).to(model.device, dtype).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(128, 128, 3, 3).to(model.device, dtype).contiguous(memory_format=torch.channels_last)

    def convolve() -> Tensor:
        for _ in range(10):
            result = functional.conv2d(maps, weight, padding=1)
        return result

    return convolve, 10 * 2 * 128 * 128 * 9 * 192 * 256


def _multiplications(name: str) -> int:
    """Multiplications of a convolution for each pixel of the picture, rounded up."""
    inputs, outputs = CHANNELS[name]
    return -(-inputs * outputs * 9 >> 2 * pools_before(name))


def run(model: Model, *, rounds: int = 5, edge: int = 512, largest: int = 2048) -> Iterator[Row]:
    """Run all measurements, and yield each when it is finished.

    Args:
        model: The model that is measured.
        rounds: Number of evaluations, of which the median is reported.
        edge: Longest edge of the pictures in pixels.
        largest: Longest edge of the largest picture where sizes are compared.
    """
    yield machine(model)
    yield memory(model, largest)
    yield imported()
    yield evaluation(model, edge, rounds)
    if model.device == "cpu":
        yield kernels(model, edge, rounds)
        yield paper(model, rounds)
    for name in ("sketch", "standard"):
        yield preset_run(model, name, edge)
    yield sizes(model, [edge << doublings for doublings in range(8) if edge << doublings <= largest])
    if model.device.startswith("cuda"):
        yield preset_run(model, "standard", edge, 2 * edge)
        yield preset_run(model, "fine", edge, 4 * edge)
        yield batch(model, edge=edge)
