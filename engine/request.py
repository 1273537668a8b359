"""What a caller asks for: pictures from anywhere, checked and opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from engine.errors import OptionsError
from engine.images import io
from engine.images.masks import check_masks
from engine.images.tensors import Size, same_shape
from engine.optimize.canvas import Painting
from engine.options import SIZES, Options
from engine.progress import OnProgress

Picture = Image.Image | io.Source
"""A PIL picture, a path, or the bytes of a file."""


@dataclass(frozen=True)
class Request:
    """One picture to paint; see `engine.stylize`.

    Attributes:
        content: The picture to paint.
        styles: One picture or more.
        options: The caller's choices.
        masks: For each style, where it is painted; None: everywhere.
        start: A picture to go on from.
        on_progress: Told of the run.
    """

    content: Picture
    styles: Sequence[Picture]
    options: Options = field(default_factory=Options)
    masks: Sequence[Picture | None] | None = None
    start: Picture | None = None
    on_progress: OnProgress | None = None

    def opened(self) -> Opened:
        """Read all pictures.

        Raises:
            ImageError: A picture cannot be read.
            OptionsError: No style, not one weight or mask for each style, or a mask or start picture of another shape.
        """
        self._check_styles()
        content, styles = _open(self.content), [_open(style) for style in self.styles]
        masks, start = self._open_masks(content.size), self._open_start(content.size)
        return Opened(content, styles, self.options, masks, start, self.on_progress)

    def _check_styles(self) -> None:
        if isinstance(self.styles, (str, bytes, Path, Image.Image)) or not self.styles:
            raise OptionsError("Give a list of one style picture or more.")
        if self.options.style_weights and len(self.options.style_weights) != len(self.styles):
            raise OptionsError(f"Give one style weight for each of the {len(self.styles)} styles, or none.")

    def _open_masks(self, content: Size) -> list[Image.Image | None] | None:
        if self.masks is None:
            return None
        if isinstance(self.masks, (str, bytes, Path, Image.Image)):
            raise OptionsError("Give a list of masks, one or None for each style.")
        opened = [None if mask is None else _open(mask).convert("L") for mask in self.masks]
        check_masks(opened, len(self.styles), content)
        return opened

    def _open_start(self, content: Size) -> Image.Image | None:
        if self.start is None:
            return None
        if self.options.init != "content":
            raise OptionsError(f"Give a start picture or init {self.options.init}, not both.")
        opened = _open(self.start)
        shape = (1, 1) if self.options.recipe.crop else content
        if not same_shape(opened.size, shape):
            whose = "a square" if self.options.recipe.crop else "of the content's shape"
            raise OptionsError(f"The start picture must be {whose}; it is {opened.width}×{opened.height}.")
        return opened


@dataclass(frozen=True)
class Opened:
    """A request whose pictures are read: RGB, masks of mode L."""

    content: Image.Image
    styles: Sequence[Image.Image]
    options: Options
    masks: Sequence[Image.Image | None] | None
    start: Image.Image | None
    on_progress: OnProgress | None

    def painting(self, shrink: int = 1) -> Painting:
        """What is to be painted, its edges divided by `shrink`."""
        options = self.options
        if shrink > 1:
            options = replace(options, size=max(SIZES[0], (options.size or options.recipe.size) // shrink))
        return Painting(self.content, self.styles, options, masks=self.masks, start=self.start)


def _open(picture: Picture) -> Image.Image:
    return io.upright_rgb(picture) if isinstance(picture, Image.Image) else io.load_image(picture)
