"""One picture on its way: what each scale begins with and aims at, and what comes out at the end."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property

from PIL import Image
from torch import Tensor

from engine.images import colors
from engine.images.masks import Blend, Regions
from engine.images.tensors import Size, centre_square, fit, noise, resize, to_image, to_tensor
from engine.optimize import strength
from engine.optimize.schedule import Plan, plan_scales
from engine.options import Options


class Painting:
    """A content picture on its way to a painted one.

    Args:
        content: RGB.
        styles: RGB, one or more.
        options: The caller's choices.
        masks: Mode L, of the content's shape, one or None for each style; None: no masks.
        start: RGB, of the output's shape: a picture to go on from.

    Attributes:
        options: The caller's choices.
        plan: Sizes and iterations of the scales, coarse to fine.
        styles: RGB, in the colours that they are painted in, those of no weight left out.
        masked: Whether some style is held to a region.
        blends: For each region the styles that are painted there, and their shares of 1.
        started: Whether it goes on from an earlier picture.
    """

    def __init__(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        options: Options,
        *,
        masks: Sequence[Image.Image | None] | None = None,
        start: Image.Image | None = None,
    ) -> None:
        self.options, self._recipe = options, options.recipe
        self._start = start
        self.plan: Plan = plan_scales(content.size, options, start.size if start else None)
        shares = options.style_weights or (1.0,) * len(styles)
        self._regions = self._find_regions(masks, shares)
        self._source = content
        self._content, self.styles = self._prepare(
            content, [style for style, share in zip(styles, shares, strict=True) if share]
        )
        self.masked, self.started = self._regions is not None, start is not None
        everything = tuple(enumerate(share / sum(shares) for share in shares if share))
        self.blends: tuple[Blend, ...] = self._regions.blends if self._regions else (everything,)

    @property
    def size(self) -> Size:
        """Width and height of the output."""
        return self.plan[-1][0]

    @property
    def bucket(self) -> Hashable:
        """Equal for pictures that can be painted together."""
        return tuple(self.plan), self._recipe, self.masked and len(self.blends)

    @property
    def balance(self) -> float:
        """What the caller's strength multiplies the style weight by."""
        return strength.balance(self.options.strength)

    def first(self) -> Tensor:
        """Where the first scale begins, (1, 3, H, W): a picture given, noise, or the content.

        `paper` begins with the content as it is, the others with it in the style's colours: the descent alone
        finds these too, but puts them in the wrong places where an area is flat.
        """
        size, grey = self.plan[0][0], self.options.colors == "content"
        if self._start:
            return self._tensor(colors.luminance_of(self._start) if grey else self._start, size)
        if self.options.init == "noise":
            return noise(size, self.options.seed, grey=grey)
        content = self._at(self._content, size)
        start = to_tensor(content)
        if self._recipe.exact:
            return start
        mapped = to_tensor(self._recolored(content))
        return start.lerp(mapped, strength.recolored_share(self.options.strength))

    def content(self, size: Size) -> Tensor:
        """The content at a scale, (1, 3, H, W)."""
        return self._tensor(self._content, size)

    def style(self, style: Image.Image, size: Size) -> Tensor:
        """A style at a scale, (1, 3, h, w): a larger one has larger strokes, for the network has one window."""
        return self._tensor(style, fit(style.size, self.style_edge(size)))

    def style_edge(self, size: Size) -> int:
        """Longest edge of the style pictures at a scale."""
        return max(1, round(max(size) * self.options.style_scale))

    def regions(self, size: Size) -> Tensor | None:
        """How much of each of the `blends` belongs on each pixel, (1, regions, H, W); None: everywhere the same."""
        return self._regions.parts(size)[None] if self._regions else None

    def finish(self, canvas: Tensor) -> Image.Image:
        """A canvas (1, 3, H, W) as a picture, in the colours wanted, and the content where masks keep it."""
        image = to_image(canvas)
        if (opacity := strength.opacity(self.options.strength)) < 1:
            image = Image.blend(self._at(self._content, image.size), image, opacity)
        if self.options.colors == "content":
            image = colors.with_chrominance_of(image, resize(self._original, image.size))
        if self._regions:
            kept = resize(self._original, image.size)
            return Image.composite(image, kept, self._regions.coverage(image.size))
        return image

    @cached_property
    def _original(self) -> Image.Image:
        return self._at(self._source, self.size)

    def _prepare(
        self, content: Image.Image, styles: Sequence[Image.Image]
    ) -> tuple[Image.Image, Sequence[Image.Image]]:
        """The pictures as the colour option wants them."""
        if self.options.colors == "content":
            content = colors.luminance_of(content)
            styles = [colors.match_luminance(colors.luminance_of(style), content) for style in styles]
        elif self.options.colors == "match":
            styles = [colors.match_colors(style, content) for style in styles]
        return content, styles

    def _find_regions(self, masks: Sequence[Image.Image | None] | None, shares: Sequence[float]) -> Regions | None:
        """Masks of the styles that have a say, if there are any."""
        held = [(mask, share) for mask, share in zip(masks or (), shares, strict=False) if share]
        if all(mask is None for mask, _ in held):
            return None
        return Regions([mask for mask, _ in held], [share for _, share in held], self._at)

    def _recolored(self, content: Image.Image) -> Image.Image:
        """The content in the styles' colours, each style's in its region."""
        groups = self._regions.groups if self._regions else self.blends
        mapped = [colors.map_colors(content, [(self.styles[n], share) for n, share in group]) for group in groups]
        return self._regions.mix(content, mapped) if self._regions else mapped[0]

    def _tensor(self, image: Image.Image, size: Size) -> Tensor:
        return to_tensor(self._at(image, size))

    def _at(self, image: Image.Image, size: Size) -> Image.Image:
        return centre_square(image, max(size)) if self._recipe.crop else resize(image, size)
