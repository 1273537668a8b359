"""Between PIL pictures and tensors, and between sizes."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

Size = tuple[int, int]
"""Width and height in pixels, PIL's order."""


def to_tensor(image: Image.Image, device: str = "cpu") -> Tensor:
    """RGB picture to (1, 3, H, W), float32 in 0..1."""
    pixels = torch.from_numpy(np.array(image.convert("RGB"))).to(device)
    return pixels.permute(2, 0, 1)[None].float().div_(255).contiguous()


def to_image(tensor: Tensor) -> Image.Image:
    """(1, 3, H, W) in 0..1 (values outside are cut) to an RGB picture."""
    pixels = tensor.detach()[0].permute(1, 2, 0).clamp(0, 1).mul(255).round_().to(torch.uint8)
    return Image.fromarray(pixels.cpu().numpy())


def noise(size: Size, seed: int, device: str = "cpu", *, grey: bool = False) -> Tensor:
    """Uniform noise, (1, 3, H, W) in 0..1, the same for one seed on every device.

    Args:
        size: Width and height.
        seed: From 0.
        device: Where the tensor is put; the numbers are drawn on the CPU.
        grey: The three channels are one.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(1, 1 if grey else 3, size[1], size[0], generator=generator)
    return drawn.expand(1, 3, -1, -1).contiguous().to(device)


def fit(size: Size, longest_edge: int) -> Size:
    """The size of the same aspect ratio, as far as whole pixels allow, with this longest edge."""
    scale = longest_edge / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def same_shape(size: Size, other: Size) -> bool:
    """Whether the aspect ratios agree, but for 2 % and what rounding to whole pixels takes."""
    expected = fit(other, max(size))
    return all(abs(edge - due) <= max(1, 0.02 * due) for edge, due in zip(size, expected, strict=True))


def resize(image: Image.Image, size: Size) -> Image.Image:
    """The picture at this size, antialiased."""
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def centre_square(image: Image.Image, edge: int) -> Image.Image:
    """The published preparation: short edge to `edge`, bilinear, then a square from the middle."""
    short = min(image.size)
    size = (edge * image.width // short, edge * image.height // short)
    image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = round((image.width - edge) / 2), round((image.height - edge) / 2)
    return image.crop((left, top, left + edge, top + edge))
