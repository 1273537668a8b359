"""Sizes of pictures in pixels."""

from __future__ import annotations

Size = tuple[int, int]
"""Width and height in pixels, in PIL's order."""


def fit(size: Size, longest_edge: int) -> Size:
    """Return the size with this longest edge and the same aspect ratio, rounded to whole pixels, at least 1 × 1."""
    scale = longest_edge / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def same_shape(size: Size, other: Size) -> bool:
    """Whether the aspect ratios agree within 2 % or one pixel, whichever is larger."""
    expected = fit(other, max(size))
    return all(abs(edge - due) <= max(1, 0.02 * due) for edge, due in zip(size, expected, strict=True))
