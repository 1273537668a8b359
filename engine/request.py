"""What a caller asks for: pictures of any origin, which are read and checked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from PIL import Image

from engine.combine.steps import prepared
from engine.errors import OptionsError
from engine.images.masks import check_masks
from engine.optimize.canvas import Canvas, Style
from engine.options import Options
from engine.progress import OnProgress
from engine.reading.load import ImageSource, load_image, upright_rgb
from engine.sizes import Size, same_shape

Picture = Image.Image | ImageSource
"""A PIL picture, a path, or the bytes of a file."""


@dataclass(frozen=True)
class Request:
    """One picture to paint; see `engine.stylize`.

    Attributes:
        content: The picture to paint.
        styles: One picture or more.
        options: The caller's choices.
        masks: For each style, the mask of where it is painted, or None for everywhere; None: no masks.
        start: A picture to continue from.
        on_progress: Called after an iteration of the run.
    """

    content: Picture
    styles: Sequence[Picture]
    options: Options = field(default_factory=Options)
    _: KW_ONLY
    masks: Sequence[Picture | None] | None = None
    start: Picture | None = None
    on_progress: OnProgress | None = None

    def canvas(self) -> Canvas:
        """Read all pictures and prepare them for painting.

        Raises:
            ImageError: A picture cannot be read.
            OptionsError: There is no style, or not one weight or mask for each style, or a mask or start picture has
                another shape.
        """
        if isinstance(self.styles, (str, bytes, Path, Image.Image)) or not self.styles:
            raise OptionsError("Give a list of one style picture or more.")
        weights = self.options.style_weights or (1.0,) * len(self.styles)
        if len(weights) != len(self.styles):
            raise OptionsError(f"Give one style weight for each of the {len(self.styles)} styles, or none.")
        content, images = prepared(_read(self.content), self.options), [_read(style) for style in self.styles]
        masks, start = self._read_masks(content.size), self._read_start(content.size)
        styles = [
            Style(image=image, mask=mask, weight=weight)
            for image, mask, weight in zip(images, masks, weights, strict=True)
        ]
        return Canvas(content, styles, self.options, start=start)

    def _read_masks(self, content: Size) -> Sequence[Image.Image | None]:
        if self.masks is None:
            return [None] * len(self.styles)
        if isinstance(self.masks, (str, bytes, Path, Image.Image)):
            raise OptionsError("Give a list of masks, one or None for each style.")
        masks = [None if mask is None else _read(mask).convert("L") for mask in self.masks]
        check_masks(masks, len(self.styles), content)
        return masks

    def _read_start(self, content: Size) -> Image.Image | None:
        if self.start is None:
            return None
        if self.options.init != "content":
            raise OptionsError(f"Give a start picture or init {self.options.init}, not both.")
        start, square = _read(self.start), self.options.hyperparameters.square
        if not same_shape(start.size, (1, 1) if square else content):
            expected = "a square" if square else "of the content's shape"
            raise OptionsError(f"The start picture must be {expected}; it is {start.width}×{start.height}.")
        return start


def _read(picture: Picture) -> Image.Image:
    return upright_rgb(picture) if isinstance(picture, Image.Image) else load_image(picture)
