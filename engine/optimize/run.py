"""One run: paintings of one shape, painted together scale by scale."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from functools import partial

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.images.tensors import Size
from engine.model import Model
from engine.network.memory import PLENTY, Means
from engine.optimize import optimizers
from engine.optimize.canvas import Painting
from engine.optimize.losses import Moments
from engine.optimize.objective import Meter, Objective, StyleTarget, choose_layers
from engine.progress import Halt, Watch
from engine.report import Report, Result


class Studio:
    """Paintings of one plan and recipe, and what they are painted with.

    Args:
        paintings: One or more, with equal plans and recipes, and as many regions each.
        model: The network.
        watch: Told of every iteration.
        means: How, where memory is short.
    """

    def __init__(self, paintings: Sequence[Painting], model: Model, watch: Watch, means: Means = PLENTY) -> None:
        self._paintings, self._model, self._watch = paintings, model, watch
        self._recipe = paintings[0].options.recipe
        self._features = model.features(exact=self._recipe.exact, dtype=torch.bfloat16 if means.bfloat16 else None)
        layers = choose_layers(self._recipe, model.layers)
        self._meter = Meter(self._features, layers, means=self._recipe.statistic == "wasserstein", tile=means.tile)
        custom = "painted by a custom recipe" if paintings[0].options.custom else ""
        self._notes = [[*filter(None, [custom, model.note, *layers.notes, means.note])] for _ in paintings]
        self._losses: list[dict[str, float]] = [{} for _ in paintings]
        self._stopped = False

    def paint(self) -> list[Result]:
        """Run all scales, or as many as the caller lets it, and return each painting's best picture."""
        began = time.monotonic()
        plan = self._paintings[0].plan
        canvas = self._stacked([painting.first() for painting in self._paintings])
        for size, iterations in plan:
            canvas, halted = self._paint_scale(canvas, size, iterations)
            if halted:
                break
        canvas = _enlarge(canvas, plan[-1][0])
        pictures = [each.finish(canvas[n : n + 1]) for n, each in enumerate(self._paintings)]
        seconds = time.monotonic() - began
        return [Result(image=image, report=self._report(n, seconds)) for n, image in enumerate(pictures)]

    def _paint_scale(self, canvas: Tensor, size: Size, iterations: int) -> tuple[Tensor, bool]:
        """One scale's descent: the best pictures, and whether the run was halted in it."""
        objective, best = self._objective(size), optimizers.Best()

        def tick(images: Tensor, losses: Tensor) -> None:
            best.offer(images, losses)
            self._watch.step(losses, size, lambda n: self._paintings[n].finish(images[n : n + 1]))

        last: Tensor | None = None
        descend = optimizers.published if self._recipe.optimizer == "published" else optimizers.lbfgs
        try:
            last = descend(objective, _enlarge(canvas, size), iterations, tick)
        except Halt as halt:
            self._stopped = halt.stopped
            for notes in self._notes:
                notes.append("stopped early" if halt.stopped else "the loss was no longer a number")
        for n, notes in enumerate(self._notes):
            if last is None or not torch.equal(best.images[n], last[n]):
                notes.append(f"returned the best iterate at {size[0]}×{size[1]}")
        if last is None or size == self._paintings[0].size:
            self._losses = objective.losses(best.images)
        return best.images, last is None

    def _objective(self, size: Size) -> Objective:
        targets = [self._target(painting, size) for painting in self._paintings]
        regions = [part for painting in self._paintings if (part := painting.regions(size)) is not None]
        balance = [painting.balance for painting in self._paintings]
        return Objective(
            self._meter,
            self._recipe,
            content=self._stacked([painting.content(size) for painting in self._paintings]),
            target={layer: _stack([target[layer] for target in targets]) for layer in targets[0]},
            balance=torch.tensor(balance, device=self._model.device, dtype=self._features.picture_dtype),
            regions=self._stacked(regions) if regions else None,
        )

    def _target(self, painting: Painting, size: Size) -> StyleTarget:
        """The styles' moments: for each region the mean of what is blended there."""
        found = []
        for style in painting.styles:
            digest, edge = hashlib.sha256(style.tobytes()).digest(), painting.style_edge(size)
            key = (digest, style.size, edge, self._recipe, self._features.dtype)
            found.append(self._model.remembered(key, partial(self._measure, painting, style, size)))
        return {
            layer: _join([_mean([(found[style][layer], share) for style, share in blend]) for blend in painting.blends])
            for layer in found[0]
        }

    def _measure(self, painting: Painting, style: Image.Image, size: Size) -> StyleTarget:
        return self._meter.moments(self._stacked([painting.style(style, size)]))

    def _stacked(self, tensors: Sequence[Tensor]) -> Tensor:
        return torch.cat([tensor.to(self._model.device, self._features.picture_dtype) for tensor in tensors])

    def _report(self, n: int, seconds: float) -> Report:
        painting, options = self._paintings[n], self._paintings[n].options
        return Report(
            preset=options.preset,
            size=painting.size,
            seconds=round(seconds, 3),
            iterations=self._watch.iteration,
            scales=tuple(size for size, _ in painting.plan),
            losses=self._losses[n],
            device=self._model.device,
            precision=str(self._features.dtype).removeprefix("torch."),
            weights=self._model.weights,
            strength=options.strength,
            style_scale=options.style_scale,
            init="start" if painting.started else options.init,
            colors=options.colors,
            masked=painting.masked,
            seed=options.seed,
            stopped=self._stopped,
            notes=tuple(self._notes[n]),
        )


def _enlarge(canvas: Tensor, size: Size) -> Tensor:
    width, height = size
    if canvas.shape[2:] == (height, width):
        return canvas
    return functional.interpolate(canvas, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)


def _stack(moments: Sequence[Moments]) -> Moments:
    """Of several pictures."""
    first = [each.first for each in moments if each.first is not None]
    return Moments(torch.cat([each.second for each in moments]), torch.cat(first) if first else None)


def _join(moments: Sequence[Moments]) -> Moments:
    """Of several regions."""
    first = [each.first for each in moments if each.first is not None]
    return Moments(torch.cat([each.second for each in moments], 1), torch.cat(first, 1) if first else None)


def _mean(moments: Sequence[tuple[Moments, float]]) -> Moments:
    """Of several styles, by their shares."""
    second = sum((share * each.second for each, share in moments), torch.zeros_like(moments[0][0].second))
    first = [share * each.first for each, share in moments if each.first is not None]
    return Moments(second, torch.stack(first).sum(0) if first else None)
