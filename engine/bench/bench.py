"""What the engine costs on this machine: an evaluation beside a naive one, presets, memory, sizes, batches."""

from __future__ import annotations

import platform
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
from engine.bench.reference import NaiveObjective
from engine.model import Model
from engine.network.vgg import CHANNELS, CONVOLUTIONS, convolution_of, pools_before
from engine.optimize.objective import Meter, Objective, choose_layers
from engine.options import RECIPES, Options
from engine.request import Request
from engine.weights.find import Weights

Row = tuple[str, dict[str, Any]]
"""What was measured, and its figures by name with their units."""

STEPS = 6
"""Iterations of a run whose memory, or whose cost for each pixel, is measured."""


def untrained() -> Weights:
    """VGG19 to conv5_1 with random filters: what full weights cost, without having them."""
    generator = torch.Generator().manual_seed(0)
    state: dict[str, Tensor] = {}
    for name in (name for name in CONVOLUTIONS if name <= "conv5_1"):
        inputs, outputs = CHANNELS[name]
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * (2 / (9 * inputs)) ** 0.5
        state |= {f"features.{CONVOLUTIONS[name]}.weight": weight}
        state |= {f"features.{CONVOLUTIONS[name]}.bias": torch.zeros(outputs)}
    return Weights(state, "untrained")


def machine(model: Model) -> Row:
    """What is measured on."""
    cuda = model.device.startswith("cuda")
    name = torch.cuda.get_device_name(model.device) if cuda else platform.processor() or platform.machine()
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
    """Seconds that `import engine` takes in a new process, and with torch."""
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
    """One evaluation of loss and gradient, alternately with a naive one and with bare convolutions.

    Args:
        model: Its full network is used.
        edge: Longest edge of the picture, 4 : 3.
        rounds: Of which the medians are taken.
    """
    recipe = RECIPES["standard"]
    layers = choose_layers(recipe, model.layers)
    content, style, image = torch.rand(3, 1, 3, edge * 3 // 4, edge).to(model.device)
    meter = Meter(model.features(exact=False), layers, means=False)
    target, balance = meter.moments(style), torch.ones(1, device=model.device)
    ours = Objective(meter, recipe, content=content, target=target, balance=balance)
    naive = NaiveObjective(model.state, recipe, layers, content, style)
    convolve, peak_flops = _bare_convolution(model)
    mine, plain, bare = _alternate([lambda: ours(image), lambda: naive(image), convolve], rounds, model.device)
    convolutions = [name for name in _network(layers.deepest) if name not in meter.features.identities]
    flops = 4 * sum(map(_multiplications, convolutions)) * edge * (edge * 3 // 4)
    figures = {
        "ms": round(mine * 1e3, 1),
        "naive ms": round(plain * 1e3, 1),
        "times faster": round(plain / mine, 2),
        "GFLOP/s": round(flops / mine / 1e9),
        "convolution peak GFLOP/s": round(peak_flops / bare / 1e9),
        "share of the peak": round(flops / mine / (peak_flops / bare), 2),
    }
    return f"evaluation at {edge} px", figures


def preset_run(model: Model, name: str, edge: int, size: int | None = None) -> Row:
    """A whole run of a preset, of a new style and of a known one; at its own size, but `edge` at most, or at `size`."""
    options = Options(preset=name, size=size or min(edge, RECIPES[name].size))
    content, style = _pictures()
    model.forget()
    seconds = [stylize(content, [style], options, model=model).report.seconds for _ in range(2)]
    figures = {"s": round(seconds[0], 2), "same style again s": round(seconds[1], 2)}
    return f"{name} at {options.longest_edge} px", figures


def memory(model: Model, edge: int) -> Row:
    """The most memory that a run takes beyond the model's; first of all, before a process holds on to any."""
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
    """Time for each pixel at several sizes, one scale each, in a style that is known."""
    figures = {}
    for edge in edges:
        content, style = _pictures()
        _, report = (stylize(content, [style], _one_scale(edge), model=model).report for _ in range(2))
        taken = report.seconds / STEPS / (report.size[0] * report.size[1])
        figures[f"{edge} px, µs a pixel and iteration"] = round(taken * 1e6, 3)
    return "sizes", figures


def batch(model: Model, count: int = 8, edge: int = 512) -> Row:
    """Several pictures at once beside one by one."""
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
    recipe = replace(RECIPES["standard"], size=edge, iterations=(STEPS,))
    return Options(preset="standard", size=edge, custom=recipe)


def _alternate(works: list[Callable[[], object]], rounds: int, device: str) -> list[float]:
    """Median seconds of each, taken in turns, so that a busy moment falls on all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, seconds in zip(works, taken, strict=True):
            _wait(device)
            began = time.perf_counter()
            work()
            _wait(device)
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds[1:]) for seconds in taken]  # the first warms up


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def _bare_convolution(model: Model) -> tuple[Callable[[], Tensor], int]:
    """VGG19's conv2_2 at 512 px, ten times over, and its operations: as fast as convolutions get here."""
    dtype = model.dtype(exact=False)
    maps = torch.randn(1, 128, 192, 256).to(model.device, dtype).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(128, 128, 3, 3).to(model.device, dtype).contiguous(memory_format=torch.channels_last)

    def convolve() -> Tensor:
        for _ in range(10):
            result = functional.conv2d(maps, weight, padding=1)
        return result

    return convolve, 10 * 2 * 128 * 128 * 9 * 192 * 256


def _network(deepest: str) -> list[str]:
    names = list(CONVOLUTIONS)
    return names[: names.index(convolution_of(deepest)) + 1]


def _multiplications(name: str) -> int:
    """Of a convolution for each pixel of the picture, rounded up."""
    inputs, outputs = CHANNELS[name]
    return -(-inputs * outputs * 9 >> 2 * pools_before(name))


def run(model: Model, *, rounds: int = 5, edge: int = 512, largest: int = 2048) -> Iterator[Row]:
    """All measurements, each as soon as it is there.

    Args:
        model: What is measured.
        rounds: Evaluations of which the median is taken.
        edge: Longest edge of a picture.
        largest: Longest edge of the largest one, where sizes are compared.
    """
    yield machine(model)
    yield memory(model, largest)
    yield imported()
    yield evaluation(model, edge, rounds)
    for name in ("sketch", "standard"):
        yield preset_run(model, name, edge)
    yield sizes(model, [edge << doublings for doublings in range(8) if edge << doublings <= largest])
    if model.device.startswith("cuda"):
        yield preset_run(model, "standard", edge, 2 * edge)
        yield preset_run(model, "fine", edge, 4 * edge)
        yield batch(model, edge=edge)
