"""Conversions between PIL pictures and tensors, and resizing."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.sizes import Size


def to_tensor(image: Image.Image, device: str = "cpu") -> Tensor:
    """Convert an RGB picture to (1, 3, H, W), float32 in 0..1."""
    pixels = torch.from_numpy(np.array(image.convert("RGB"))).to(device)
    return pixels.permute(2, 0, 1)[None].float().div_(255).contiguous()


def to_image(tensor: Tensor) -> Image.Image:
    """Convert (1, 3, H, W) in 0..1 to an RGB picture; values outside are clipped."""
    pixels = tensor.detach()[0].permute(1, 2, 0).clamp(0, 1).mul(255).round_().to(torch.uint8)
    return Image.fromarray(pixels.cpu().numpy())


def noise(size: Size, seed: int, device: str = "cpu", *, grey: bool = False) -> Tensor:
    """Draw uniform noise, (1, 3, H, W) in 0..1; one seed gives the same noise on every device.

    Args:
        size: Width and height in pixels.
        seed: From 0.
        device: Where the tensor is put; the numbers are drawn on the CPU.
        grey: Whether the three channels are equal.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(1, 1 if grey else 3, size[1], size[0], generator=generator)
    return drawn.expand(1, 3, -1, -1).contiguous().to(device)


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Resize a picture with antialiasing (bicubic); a picture that has this size already is returned as it is."""
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def centre_square(image: Image.Image, edge: int) -> Image.Image:
    """Resize the short edge to `edge` pixels (bilinear) and crop a square from the middle, as the paper's code does."""
    short = min(image.size)
    size = (edge * image.width // short, edge * image.height // short)
    image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = round((image.width - edge) / 2), round((image.height - edge) / 2)
    return image.crop((left, top, left + edge, top + edge))
