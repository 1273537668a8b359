"""One picture of a run: what each scale begins with and is compared with, and the finished picture."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from PIL import Image
from torch import Tensor

from engine.images import colors
from engine.images.masks import Mixture, Regions
from engine.images.tensors import centre_square, noise, resize, to_image, to_tensor
from engine.optimize import strength
from engine.optimize.schedule import Schedule, make_schedule
from engine.options import SIZES, Options
from engine.sizes import Size, fit


@dataclass(frozen=True, kw_only=True)
class Style:
    """A style picture of a run.

    Attributes:
        image: RGB, any size.
        mask: Mode L, of the content's shape, white where the style is painted; None: everywhere.
        weight: Relative to the other styles', from 0; a style of weight 0 is left out.
    """

    image: Image.Image
    mask: Image.Image | None
    weight: float


class Canvas:
    """A content picture with its styles, prepared for the scales of a run.

    Args:
        content: RGB.
        styles: One or more, not all of weight 0.
        options: The caller's choices.
        start: RGB, of the output's shape: a picture to continue from; None: begin as the options say.

    Attributes:
        options: The caller's choices.
        schedule: Sizes and iterations of the scales, coarse to fine.
        styles: RGB, without those of weight 0, in the colours that `options.colors` asks for.
        masked: Whether some style has a mask.
        mixtures: For each region, the styles that are painted there and the share of each.
        continued: Whether the run continues from an earlier picture.
        force: Of the strength that the caller chose, as the run has corrected it.
    """

    def __init__(
        self, content: Image.Image, styles: Sequence[Style], options: Options, *, start: Image.Image | None = None
    ) -> None:
        self.options, self._hyperparameters = options, options.hyperparameters
        self._original, self._start = content, start
        self._styles = [style for style in styles if style.weight]
        self.schedule: Schedule = make_schedule(content.size, options, start.size if start else None)
        self.continued = start is not None
        self.reset_force()
        weights = [style.weight for style in self._styles]
        self.masked = any(style.mask is not None for style in self._styles)
        masks = [style.mask for style in self._styles]
        self._regions = Regions(masks, weights, self._at) if self.masked else None
        one_region = tuple(enumerate(weight / sum(weights) for weight in weights))
        self.mixtures: tuple[Mixture, ...] = self._regions.mixtures if self._regions else (one_region,)
        self._content, self.styles = self._in_colors([style.image for style in self._styles])

    def shrunk(self, divisor: int) -> Canvas:
        """The same picture with its edges divided by `divisor`, where memory is short."""
        edge = max(SIZES[0], (self.options.size or self._hyperparameters.size) // divisor)
        return Canvas(self._original, self._styles, replace(self.options, size=edge), start=self._start)

    @property
    def size(self) -> Size:
        """Width and height of the output in pixels."""
        return self.schedule[-1][0]

    @property
    def bucket(self) -> Hashable:
        """Equal for pictures that can be painted as one batch."""
        return tuple(self.schedule), self._hyperparameters, self.masked and len(self.mixtures)

    @property
    def style_weight_factor(self) -> float:
        """Factor of the style weight, from the force."""
        return strength.style_weight_factor(self.force)

    @property
    def correction(self) -> float:
        """Factor by which the run has corrected the style weight; 1: not at all."""
        return self.style_weight_factor / strength.style_weight_factor(strength.force(self.options.strength))

    @property
    def opacity(self) -> float:
        """Share of the painted picture in the output, 0..1; the rest is the content."""
        return 1.0 if self.options.strength >= strength.NEARLY_ALL_STYLE else strength.opacity(self.force)

    def reset_force(self) -> None:
        """Take the force of the strength that the caller chose."""
        self.force = strength.force(self.options.strength)
        self._tried: list[tuple[float, float]] = []  # forces, and how far each has moved the picture

    def correct_force(self, distance: float, style_left: float) -> None:
        """Correct the force by how far the present one has moved the picture; see `strength.reached`.

        Not where it began with noise: the content has hardly come out of it yet.
        """
        if self.options.init == "noise" and not self.continued:
            return
        chosen = self.options.strength
        self._tried.append((self.force, strength.reached(distance, style_left, chosen)))
        self.force = strength.corrected_force(self._tried, chosen)

    def first(self) -> Tensor:
        """The picture that the first scale begins with, (1, 3, H, W): the start picture, noise, or the content.

        `paper` begins with the unchanged content. The other presets begin with the content in the style's colours: the
        optimisation alone would find these colours too, but put them in the wrong places where an area is flat.
        """
        size, grey = self.schedule[0][0], self.options.colors == "content"
        if self._start:
            return self._tensor(colors.luminance_of(self._start) if grey else self._start, size)
        if self.options.init == "noise":
            return noise(size, self.options.seed, grey=grey)
        content = self._at(self._content, size)
        start = to_tensor(content)
        if self._hyperparameters.exact:
            return start
        recolored = to_tensor(self._recolored(content))
        return start.lerp(recolored, strength.recolored_share(self.options.strength))

    def content(self, size: Size) -> Tensor:
        """The content at a scale, (1, 3, H, W)."""
        return self._tensor(self._content, size)

    def style(self, style: Image.Image, size: Size) -> Tensor:
        """A style at a scale, (1, 3, h, w).

        A larger style picture gives larger strokes, because the receptive field of the network stays the same.
        """
        return self._tensor(style, fit(style.size, self.style_edge(size)))

    def style_edge(self, size: Size) -> int:
        """Longest edge in pixels of the style pictures at a scale."""
        return max(1, round(max(size) * self.options.style_scale))

    def regions(self, size: Size) -> Tensor | None:
        """Weight of each region on each pixel, (1, regions, H, W) in 0..1; None: one region, all weights 1."""
        return self._regions.region_weights(size)[None] if self._regions else None

    def finish(self, image: Tensor) -> Image.Image:
        """Convert an optimised picture (1, 3, H, W) to the output.

        It is blended with the content where the strength is low, gets the content's chrominance where the options ask
        for it, and is composited with the content where the masks are black.
        """
        output = to_image(image)
        if self.opacity < 1:
            output = Image.blend(self._at(self._content, output.size), output, self.opacity)
        if self.options.colors == "content":
            output = colors.with_chrominance_of(output, resize(self._original_resized, output.size))
        if self._regions:
            kept = resize(self._original_resized, output.size)
            return Image.composite(output, kept, self._regions.coverage(output.size))
        return output

    @cached_property
    def _original_resized(self) -> Image.Image:
        return self._at(self._original, self.size)

    def _in_colors(self, styles: Sequence[Image.Image]) -> tuple[Image.Image, Sequence[Image.Image]]:
        """The content and the styles in the colours that `options.colors` asks for."""
        content = self._original
        if self.options.colors == "content":
            content = colors.luminance_of(content)
            styles = [colors.match_luminance(colors.luminance_of(style), content) for style in styles]
        elif self.options.colors == "match":
            styles = [colors.match_colors(style, content) for style in styles]
        return content, styles

    def _recolored(self, content: Image.Image) -> Image.Image:
        """The content in the styles' colours, in each region those of its styles."""
        groups = self._regions.groups if self._regions else self.mixtures
        mapped = [colors.map_colors(content, [(self.styles[n], share) for n, share in group]) for group in groups]
        return self._regions.compose(content, mapped) if self._regions else mapped[0]

    def _tensor(self, image: Image.Image, size: Size) -> Tensor:
        return to_tensor(self._at(image, size))

    def _at(self, image: Image.Image, size: Size) -> Image.Image:
        """A picture of the content's shape at a scale: resized, or cropped to a square as in `paper`."""
        return centre_square(image, max(size)) if self._hyperparameters.square else resize(image, size)
