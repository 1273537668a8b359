"""Reading pictures from files and bytes of any origin: an upright RGB picture, or an `ImageError`."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import ImageError

ImageSource: TypeAlias = Path | str | bytes
"""A picture's file: its path, or its bytes."""

MAX_PIXELS = 100_000_000
"""Pictures of more pixels are refused before they are decoded: a file of 1 MB can decode to 30 GB."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
"""Pillow's names of the formats that are accepted. It reads more, some by running other programs (EPS)."""


def load_image(source: ImageSource, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Read a picture as upright RGB.

    The EXIF orientation is applied, transparency is composited on white, palette, 16-bit, grey and CMYK pictures are
    converted, and the first frame of an animation is taken.

    Args:
        source: A path, or the bytes of a file. The format is detected from the content, not from the name.
        max_pixels: Largest width × height that is accepted, checked before decoding.

    Returns:
        A picture of mode RGB.

    Raises:
        ImageError: The file is missing, empty, truncated, too large, or not a picture.
    """
    name = "The picture" if isinstance(source, bytes) else f"The picture {Path(source).name}"
    data = source if isinstance(source, bytes) else _read(Path(source), name)
    if not data:
        raise ImageError(f"{name} is an empty file; choose a JPEG, PNG or WebP picture.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about unusual metadata; only the pixels matter here
            return _decode(data, name, max_pixels)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(f"{name} is not in a known format; choose a JPEG, PNG or WebP picture.") from None
    except Image.DecompressionBombError:
        raise _too_large(name, max_pixels) from None
    except Exception as error:  # decoders raise exceptions of many types on malformed files
        raise ImageError(f"{name} is damaged or incomplete; send it again or choose another.") from error


def upright_rgb(image: Image.Image) -> Image.Image:
    """Convert any PIL picture to RGB: EXIF orientation applied, alpha composited on white, 16 bits scaled to 8."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist; check the path.") from None
    except OSError as error:
        raise ImageError(f"{name} cannot be read ({error.strerror}); check the path.") from None


def _decode(data: bytes, name: str, max_pixels: int) -> Image.Image:
    Image.init()
    with Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
        if image.width * image.height > max_pixels:
            raise _too_large(name, max_pixels)
        image.load()
        return upright_rgb(image)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale a 16-bit or float grey picture to 8 bits; Pillow's own conversion would clip at 255."""
    low, high = image.getextrema()
    assert isinstance(low, (int, float)) and isinstance(high, (int, float))
    if image.mode == "F":
        span = 1.0 if high <= 1 else 255.0 if high <= 255 else float(high)
    else:
        span = 255.0 if high <= 255 else 65535.0 if high <= 65535 else float(high)
    return image.convert("F").point(lambda value: value * (255 / span)).convert("L")


def _too_large(name: str, max_pixels: int) -> ImageError:
    return ImageError(f"{name} has more than {max_pixels // 1_000_000} megapixels; make it smaller first.")
