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


def fit(size: Size, longest_edge: int) -> Size:
    """The size of the same aspect ratio, as far as whole pixels allow, with this longest edge."""
    scale = longest_edge / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


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
