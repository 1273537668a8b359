"""One picture of a study: painted, kept, and measured from its file. It runs in a child process."""

from __future__ import annotations

import math
import random
import time
from functools import cache, partial
from pathlib import Path

import msgspec
import numpy as np
import torch

from engine.errors import EngineError
from engine.model import Model, load_model
from engine.reading.load import load_image
from engine.study import durable
from engine.study.metrics import METRICS
from engine.study.metrics.sample import Sample
from engine.study.networks import Network, Networks
from engine.study.plan import Task, method_of
from engine.study.records import Painted, UnavailableError, Work


class Painter:
    """Paints and measures the tasks of a study.

    Args:
        folder: With the contents and styles; outputs are kept there.
        networks: Loaded when they are first needed.
    """

    def __init__(self, folder: Path, networks: Networks) -> None:
        self._folder = folder
        found = {"main": networks.main, "other": networks.other}
        self._networks = {role: cache(partial(_load, network)) for role, network in found.items() if network}
        # A processor's own time does not depend on what else the machine does; a GPU's work is not in it.
        self._clock = time.process_time if networks.main.device == "cpu" else time.perf_counter

    def paint(self, task: Task) -> Painted:
        """Paint and measure; what goes wrong is told in the row."""
        row = task.row()
        content, style = (load_image(self._folder / picture.file) for picture in (task.content, task.style))
        work = Work(task.size, task.seed, self._networks["main"])
        _seed_everything(task.seed)
        began = self._clock()
        method = method_of(task.method, task.parameters)
        try:
            output = method.paint(content, style, work)
        except Exception as error:  # noqa: BLE001  any failure is a row of the results, and the rest goes on
            return msgspec.structs.replace(row, error=_sentence(error))
        seconds = self._clock() - began
        file = f"{task.key}.png"
        durable.write(self._folder / file, durable.png(output.convert("RGB")))
        metrics, unmeasured = _measure(
            Sample(load_image(self._folder / file), method.composed(content), style, self._networks)
        )
        return msgspec.structs.replace(
            row,
            file=file,
            seconds=round(seconds, 3),
            losses=[loss for loss in work.losses if math.isfinite(loss)],
            metrics=metrics,
            unmeasured=unmeasured,
        )


def _load(network: Network) -> Model:
    return load_model(network.weights, network.device)


def _measure(sample: Sample) -> tuple[dict[str, float | None], dict[str, str]]:
    metrics: dict[str, float | None] = {}
    unmeasured: dict[str, str] = {}
    for name, metric in METRICS.items():
        metrics[name] = None
        try:
            value = float(metric.measure(sample))
        except UnavailableError as error:
            unmeasured[name] = str(error)
        except Exception as error:  # noqa: BLE001  one metric that fails must not cost the others
            unmeasured[name] = f"It failed: {_sentence(error)}"
        else:
            if math.isfinite(value):
                metrics[name] = value
            else:
                unmeasured[name] = "It is not a finite number for this picture."
    return metrics, unmeasured


def _sentence(error: Exception) -> str:
    """What a reader of the report is told of an error: ours are sentences, others are named by their kind."""
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, EngineError) else f"{type(error).__name__}: {text or 'no message'}"


def _seed_everything(seed: int) -> None:
    """Libraries that draw numbers of their own draw the same ones, whatever was painted before."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
