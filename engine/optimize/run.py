"""One run: canvases of one bucket, optimised together scale by scale, and their reports."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.combine.steps import described, finished
from engine.model import Model, half_dtype
from engine.network.memory import FULL, MemoryPlan
from engine.optimize import distance
from engine.optimize.balance import measure_balance
from engine.optimize.canvas import Canvas
from engine.optimize.graphs import recorded
from engine.optimize.losses import Moments
from engine.optimize.objective import Balance, Extractor, Objective, StyleTarget, choose_layers
from engine.optimize.optimizers import OPTIMIZERS, BestImages, LossAndGradient
from engine.progress import EarlyStop, ProgressTracker
from engine.report import Report, Result
from engine.sizes import Size, fit


@dataclass(frozen=True)
class Comparison:
    """What pictures are compared with where forces are corrected.

    Attributes:
        contents: (N, 3, H, W), at the size of the comparison.
        features: Theirs, by layer.
        objective: At this size.
        coverage: (N, 1, H, W) in 0..1, how much each pixel counts; None: all alike.
    """

    contents: Tensor
    features: dict[str, Tensor]
    objective: Objective
    coverage: Tensor | None


@dataclass
class Scale:
    """What the passes of a run at one size have in common.

    Attributes:
        size: Width and height in pixels.
        objective: Of the canvases.
        evaluate: The same, or recorded as a graph.
        compared: What pictures are compared with, once a force has been corrected.
    """

    size: Size
    objective: Objective
    evaluate: LossAndGradient
    compared: Comparison | None = None


class Run:
    """A run of one or more canvases.

    Args:
        canvases: One or more, of one bucket.
        model: The network.
        tracker: Counts the iterations, reports them and stops the run.
        plan: How memory is saved.
    """

    def __init__(
        self, canvases: Sequence[Canvas], model: Model, tracker: ProgressTracker, plan: MemoryPlan = FULL
    ) -> None:
        self._canvases, self._model, self._tracker = canvases, model, tracker
        self._hyperparameters = canvases[0].options.hyperparameters
        dtype = half_dtype(model.device) if plan.half else None
        how = self._hyperparameters
        self._features = model.features(exact=how.exact, dtype=dtype, pooling=how.pooling)
        layers = choose_layers(self._hyperparameters, model.layers)
        first_moments = self._hyperparameters.statistic == "wasserstein"
        self._extractor = Extractor(self._features, layers, first_moments=first_moments, tile=plan.tile)
        self._compared = [layer for layer in distance.LAYERS if layer in layers.style]
        custom = "painted with custom hyperparameters" if canvases[0].options.custom else ""
        self._notes = [
            [*filter(None, [custom, *described(canvas.options), model.note, *layers.notes, plan.note])]
            for canvas in canvases
        ]
        self._balance: Balance | None = None
        self._scale: Scale | None = None
        self._losses: list[dict[str, float]] = [{} for _ in canvases]
        for canvas in canvases:
            canvas.reset_force()  # an attempt before, which ran out of memory, may have corrected it
        self._stopped = False

    def paint(self) -> list[Result]:
        """Optimise all scales, or until the run is stopped, and return the best picture of each canvas."""
        began = time.monotonic()
        schedule = self._canvases[0].schedule
        images = self._of_each(Canvas.first)
        correct = self._hyperparameters.corrected and bool(self._compared)
        for size, iterations, measure in distance.passes(schedule, correct=correct):
            images, ended = self._paint_scale(images, size, iterations)
            if ended:
                break
            if measure:
                self._correct_forces(images)
        images = _enlarge(images, schedule[-1][0])
        outputs = [
            finished(canvas.finish(images[n : n + 1]), canvas.options) for n, canvas in enumerate(self._canvases)
        ]
        seconds = time.monotonic() - began
        return [Result(image=output, report=self._report(n, output.size, seconds)) for n, output in enumerate(outputs)]

    def _paint_scale(self, images: Tensor, size: Size, iterations: int) -> tuple[Tensor, bool]:
        """Optimise one scale, or a part of it. Returns the best pictures, and whether the run ended early."""
        if self._scale is None or self._scale.size != size:
            images = self._begin_scale(images, size)
        assert self._scale is not None
        objective, best = self._scale.objective, BestImages()
        objective.weigh(self._style_weight_factors(images))

        def on_evaluation(images: Tensor, losses: Tensor) -> None:
            best.update(images, losses)
            self._tracker.step(losses, size, lambda n: self._canvases[n].finish(images[n : n + 1]))

        last: Tensor | None = None
        try:
            optimize = OPTIMIZERS[self._hyperparameters.optimizer]
            last = optimize(self._scale.evaluate, images, iterations, on_evaluation)
        except EarlyStop as stop:
            self._stopped = stop.by_caller
            for notes in self._notes:
                notes.append("stopped early" if stop.by_caller else "the loss was no longer a number")
        for n, notes in enumerate(self._notes):
            note = f"returned the best iterate at {size[0]}×{size[1]}"
            if note not in notes and (last is None or not torch.equal(best.images[n], last[n])):
                notes.append(note)
        if last is None or size == self._canvases[0].size:
            self._losses = objective.losses(best.images)
        return best.images, last is None

    def _begin_scale(self, images: Tensor, size: Size) -> Tensor:
        """Make the objective of a scale. Returns the pictures that it begins with."""
        self._scale = None  # before the next one takes memory
        content = self._of_each(lambda canvas: canvas.content(size))
        objective, images = self._objective(size, content), self._enlarge_with_detail(images, content)
        tiled, statistic = bool(self._extractor.tiles(images)), self._hyperparameters.statistic
        self._scale = Scale(size, objective, recorded(objective, images, tiled=tiled, statistic=statistic))
        return images

    def _correct_forces(self, images: Tensor) -> None:
        """Correct the force of each canvas by how far its picture has moved in content and in style."""
        assert self._scale is not None
        if self._scale.compared is None:
            self._scale.compared = self._comparison(self._scale)
        compared = self._scale.compared
        images = functional.interpolate(images, compared.contents.shape[2:], mode="area")
        opacities = images.new_tensor([canvas.opacity for canvas in self._canvases])
        outputs = compared.contents.lerp(images, opacities[:, None, None, None])
        found = self._features.extract(outputs, self._compared)
        moved = distance.moved(found, compared.features, compared.coverage).tolist()
        left = compared.objective.style_left(found, compared.features).tolist()
        for n, canvas in enumerate(self._canvases):
            canvas.correct_force(moved[n], left[n])

    def _comparison(self, scale: Scale) -> Comparison:
        size = fit(scale.size, min(max(scale.size), distance.LARGEST_EDGE))
        contents, regions = self._of_each(lambda canvas: canvas.content(size)), self._regions(size)
        return Comparison(
            contents,
            self._features.extract(contents, self._compared),
            scale.objective if size == scale.size else self._objective(size, contents),
            None if regions is None else regions.sum(1, keepdim=True),
        )

    def _enlarge_with_detail(self, images: Tensor, content: Tensor) -> Tensor:
        """The pictures at the contents' size, with the detail of the contents that has no room at their own size."""
        coarse, size = (images.shape[3], images.shape[2]), (content.shape[3], content.shape[2])
        if coarse == size:
            return images
        blurred = self._of_each(lambda canvas: canvas.content(coarse))
        return (_enlarge(images, size) + content - _enlarge(blurred, size)).clamp_(0, 1)

    def _objective(self, size: Size, content: Tensor) -> Objective:
        targets = [self._style_target(canvas, size) for canvas in self._canvases]
        target = {layer: _concatenate([each[layer] for each in targets], 0) for layer in targets[0]}
        regions = self._regions(size)
        if self._balance is None:  # measured at the first scale, where it is cheap, and the same at all of them
            self._balance = measure_balance(
                self._extractor, self._hyperparameters, content=content, target=target, regions=regions
            )
        return Objective(
            self._extractor,
            self._hyperparameters,
            content=content,
            target=target,
            style_weight_factors=self._style_weight_factors(content),
            regions=regions,
            balance=self._balance,
        )

    def _style_weight_factors(self, images: Tensor) -> Tensor:
        return images.new_tensor([canvas.style_weight_factor for canvas in self._canvases])

    def _regions(self, size: Size) -> Tensor | None:
        regions = [weights for canvas in self._canvases if (weights := canvas.regions(size)) is not None]
        return self._batch(regions) if regions else None

    def _style_target(self, canvas: Canvas, size: Size) -> StyleTarget:
        """The moments that a canvas aims at: for each region, the weighted mean of its styles' moments."""
        moments = []
        for style in canvas.styles:
            digest, edge = hashlib.sha256(style.tobytes()).digest(), canvas.style_edge(size)
            key = (digest, style.size, edge, self._hyperparameters, self._features.dtype)
            moments.append(self._model.cached(key, partial(self._style_moments, canvas, style, size)))
        return {
            layer: _concatenate(
                [_mean([(moments[n][layer], share) for n, share in mixture]) for mixture in canvas.mixtures], 1
            )
            for layer in moments[0]
        }

    def _style_moments(self, canvas: Canvas, style: Image.Image, size: Size) -> StyleTarget:
        return self._extractor.style_moments(self._batch([canvas.style(style, size)]))

    def _of_each(self, make: Callable[[Canvas], Tensor]) -> Tensor:
        """What is made of each canvas, (1, ...), as one batch; side by side, for Pillow lets other threads run."""
        if len(self._canvases) == 1:
            return self._batch([make(self._canvases[0])])
        with ThreadPoolExecutor(min(len(self._canvases), os.cpu_count() or 1)) as threads:
            return self._batch(list(threads.map(make, self._canvases)))

    def _batch(self, tensors: Sequence[Tensor]) -> Tensor:
        """Tensors (1, ...) as one batch (N, ...) on the model's device."""
        return torch.cat([tensor.to(self._model.device, self._features.picture_dtype) for tensor in tensors])

    def _report(self, n: int, size: Size, seconds: float) -> Report:
        canvas, options = self._canvases[n], self._canvases[n].options
        return Report(
            preset=options.preset,
            size=size,
            seconds=round(seconds, 3),
            iterations=self._tracker.iteration,
            scales=tuple(size for size, _ in canvas.schedule),
            losses=self._losses[n],
            device=self._model.device,
            precision=str(self._features.dtype).removeprefix("torch."),
            kernels=self._features.kernels,
            weights=self._model.weights,
            strength=options.strength,
            correction=round(canvas.correction, 3),
            style_scale=options.style_scale,
            init="start" if canvas.continued else options.init,
            colors=options.colors,
            masked=canvas.masked,
            seed=options.seed,
            stopped=self._stopped,
            notes=tuple(self._notes[n]),
        )


def _enlarge(images: Tensor, size: Size) -> Tensor:
    """Pictures (N, 3, H, W) at another size, in 0..1."""
    width, height = size
    if images.shape[2:] == (height, width):
        return images
    return functional.interpolate(images, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)


def _concatenate(moments: Sequence[Moments], dim: int) -> Moments:
    """Concatenate moments of several pictures (`dim` 0) or of several regions (`dim` 1)."""
    first = [each.first for each in moments if each.first is not None]
    return Moments(torch.cat([each.second for each in moments], dim), torch.cat(first, dim) if first else None)


def _mean(moments: Sequence[tuple[Moments, float]]) -> Moments:
    """Mean of the moments of several styles, weighted by their shares."""
    second = sum((share * each.second for each, share in moments), torch.zeros_like(moments[0][0].second))
    first = [share * each.first for each, share in moments if each.first is not None]
    return Moments(second, torch.stack(first).sum(0) if first else None)
