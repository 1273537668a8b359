"""One run: the scales of a picture painted from coarse to fine."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine import colors, descent
from engine.model import Model
from engine.objective import Objective, choose_layers
from engine.options import Options
from engine.pixels import Size, centre_square, fit, noise, resize, to_image, to_tensor
from engine.progress import Halt, OnProgress, ShouldStop, Watch
from engine.regions import Regions
from engine.report import Report
from engine.scales import plan_scales

THIN_BELOW = 30.0
"""Strengths below this blend the painted picture with the content."""


class Painting:
    """A content picture on its way to a painted one.

    Args:
        content: RGB.
        styles: RGB, one or more.
        options: The caller's choices.
        model: The network.
        masks: Mode L, of the content's shape, one or None for each style; None: no masks.
        start: RGB, of the output's shape: a picture to go on from.
        on_progress: Told of the run.
        should_stop: Asked whether to end it.
    """

    def __init__(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        options: Options,
        model: Model,
        *,
        masks: Sequence[Image.Image | None] | None = None,
        start: Image.Image | None = None,
        on_progress: OnProgress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        self._options, self._recipe, self._model = options, options.recipe, model
        self._features = model.features(exact=self._recipe.exact)
        self._layers = choose_layers(self._recipe, model.layers)
        self._start = start
        self._plan = plan_scales(content.size, options, start.size if start else None)
        shares = options.style_weights or (1.0,) * len(styles)
        self._regions = self._find_regions(masks, shares)
        self._content, self._styles = self._prepare(content, styles, shares)
        # Looking at the loss makes CUDA wait for the device, so not every time.
        every = 10 if model.device.startswith("cuda") else 1
        self._watch = Watch(self._plan, on_progress, should_stop, every)
        self._original = self._at(content, self._plan[-1][0])
        self._notes = [*filter(None, [model.note]), *self._layers.notes]
        self._stopped = False
        self._losses: dict[str, float] = {}

    def paint(self) -> Image.Image:
        """Run all scales, or as many as the caller lets it, and return the best picture, RGB."""
        canvas = self._first()
        for size, iterations in self._plan:
            canvas, halted = self._paint_scale(_enlarge(canvas, size), size, iterations)
            if halted:
                break
        return self._finish(_enlarge(canvas, self._plan[-1][0]))

    def report(self, seconds: float) -> Report:
        """What the run did."""
        return Report(
            preset=self._options.preset,
            size=self._plan[-1][0],
            seconds=round(seconds, 3),
            iterations=self._watch.iteration,
            scales=tuple(size for size, _ in self._plan),
            losses=self._losses,
            device=self._model.device,
            precision=str(self._features.dtype).removeprefix("torch."),
            weights=self._model.weights,
            strength=self._options.strength,
            style_scale=self._options.style_scale,
            init="start" if self._start else self._options.init,
            colors=self._options.colors,
            masked=self._regions is not None,
            seed=self._options.seed,
            stopped=self._stopped,
            notes=tuple(self._notes),
        )

    def _prepare(
        self, content: Image.Image, styles: Sequence[Image.Image], shares: Sequence[float]
    ) -> tuple[Image.Image, list[tuple[Image.Image, float]]]:
        """The pictures as the colour option wants them, each style with its share of 1."""
        if self._options.colors == "content":
            content = colors.luminance_of(content)
            styles = [colors.match_luminance(colors.luminance_of(style), content) for style in styles]
        pairs = [(style, share / sum(shares)) for style, share in zip(styles, shares, strict=True) if share]
        if self._options.colors == "match":
            content = self._recolored(content, pairs)
        return content, pairs

    def _find_regions(self, masks: Sequence[Image.Image | None] | None, shares: Sequence[float]) -> Regions | None:
        """Masks of the styles that have a say, if there are any."""
        held = [(mask, share) for mask, share in zip(masks or (), shares, strict=False) if share]
        if all(mask is None for mask, _ in held):
            return None
        return Regions([mask for mask, _ in held], [share for _, share in held], self._at)

    def _recolored(self, content: Image.Image, styles: Sequence[tuple[Image.Image, float]]) -> Image.Image:
        """The content in the styles' colours, each style's in its region."""
        if self._regions:
            return self._regions.mix(content, [colors.map_colors(content, [(style, 1.0)]) for style, _ in styles])
        return colors.map_colors(content, styles)

    def _first(self) -> Tensor:
        """Where the first scale begins: a picture given, noise, or the content.

        `paper` begins with the content as it is, the others with it in the style's colours: the descent alone
        finds these too, but puts them in the wrong places where an area is flat.
        """
        size, grey = self._plan[0][0], self._options.colors == "content"
        if self._start:
            return self._tensor(colors.luminance_of(self._start) if grey else self._start, size)
        if self._options.init == "noise":
            return noise(size, self._options.seed, self._model.device, grey=grey)
        content = self._at(self._content, size)
        start = to_tensor(content, self._model.device)
        if self._recipe.exact:
            return start
        mapped = to_tensor(self._recolored(content, self._styles), self._model.device)
        return start.lerp(mapped, min(1.0, self._options.strength / 50))

    def _paint_scale(self, start: Tensor, size: Size, iterations: int) -> tuple[Tensor, bool]:
        """One scale's descent: its best picture, and whether the run was halted in it."""
        objective = self._objective(size)
        best = descent.Best(start)

        def tick(image: Tensor, loss: Tensor) -> None:
            best.offer(image, loss)
            self._watch.step(loss, size, lambda: self._finish(image))

        try:
            last = self._descend(objective, start, iterations, tick)
            with torch.no_grad():
                best.offer(last, objective(last))
            halted = False
        except Halt as halt:
            self._stopped, halted = halt.stopped, True
            self._notes.append("stopped early" if halt.stopped else "the loss was no longer a number")
        if halted or not torch.equal(best.image, last):
            self._notes.append(f"returned the best iterate at {size[0]}×{size[1]}")
        self._losses = objective.losses(best.image)
        return best.image, halted

    def _descend(self, objective: Objective, start: Tensor, iterations: int, tick: descent.Tick) -> Tensor:
        if self._recipe.optimizer == "lbfgs":
            return descent.lbfgs(objective, start, iterations, tick)
        return descent.adam(objective, start, iterations, tick, self._recipe)

    def _objective(self, size: Size) -> Objective:
        # A larger style picture has larger strokes, for the network looks at both through the same windows.
        edge = max(1, round(max(size) * self._options.style_scale))
        styles = [(self._tensor(style, fit(style.size, edge)), share) for style, share in self._styles]
        return Objective(
            self._features,
            self._layers,
            self._recipe,
            balance=self._balance(),
            content=self._tensor(self._content, size),
            styles=styles,
            portions=self._regions.portions(size).to(self._model.device) if self._regions else None,
        )

    def _balance(self) -> float:
        """What the caller's strength multiplies the style weight by: 1 at 50, a decade for each 25."""
        return float(10 ** ((self._options.strength - 50) / 25))

    def _tensor(self, image: Image.Image, size: Size) -> Tensor:
        return to_tensor(self._at(image, size), self._model.device)

    def _at(self, image: Image.Image, size: Size) -> Image.Image:
        return centre_square(image, max(size)) if self._recipe.crop else resize(image, size)

    def _finish(self, canvas: Tensor) -> Image.Image:
        """The canvas as a picture, with the content's colours where these are wanted, and itself where masks keep it.

        A weak style is also laid on thinly: without it a descent still wanders off, for Adam's steps do not
        shrink with the loss.
        """
        image = to_image(canvas)
        if (opacity := self._options.strength / THIN_BELOW) < 1:
            image = Image.blend(self._at(self._content, image.size), image, opacity)
        if self._options.colors == "content":
            image = colors.with_chrominance_of(image, resize(self._original, image.size))
        if self._regions:
            kept = resize(self._original, image.size)
            return Image.composite(image, kept, self._regions.coverage(image.size))
        return image


def _enlarge(canvas: Tensor, size: Size) -> Tensor:
    width, height = size
    if canvas.shape[2:] == (height, width):
        return canvas
    return functional.interpolate(canvas, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)
