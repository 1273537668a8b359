"""Reading pictures from files and bytes of any origin: an upright RGB picture, or an `ImageError`."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image, TiffImagePlugin, TiffTags, UnidentifiedImageError

from engine.errors import ImageError, OutOfMemoryError
from engine.reading import jpeg, orientation, png
from engine.reading.colour import to_srgb
from engine.reading.depth import eight_bits
from engine.reading.formats import is_picture, known_formats
from engine.reading.silence import SILENCE
from engine.sizes import Size

ImageSource: TypeAlias = Path | str | bytes
"""A picture's file: its path, or its bytes."""

MAX_PIXELS = 100_000_000
"""Pictures of more pixels are refused before they are decoded: a file of 1 MB can decode to 30 GB."""

PHOTOMETRIC, SAMPLE_FORMAT, WHITE_IS_ZERO, UNSIGNED = 262, 339, 0, 1  # TIFF 6.0
INNER_PNG = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR(.{4})(.{4})", re.DOTALL)
EXIF_ITEM = re.compile(
    rb"(infe.{8})Exif", re.DOTALL
)  # ISO/IEC 14496-12: box, version, flags, identity, protection, type
TRANSPARENT = ("RGBA", "LA", "PA", "La", "RGBa")


@dataclass(frozen=True)
class _Opened:
    """A picture that is loaded, and what its metadata say of it."""

    image: Image.Image
    orientation: int
    profile: bytes
    unsigned: bool = False  # numbers of mode I
    inverted: bool = False  # 0 is white; Pillow turns pictures of 8 bits itself


def load_image(source: ImageSource, *, max_pixels: int = MAX_PIXELS, at_least: Size | None = None) -> Image.Image:
    """Read a picture as upright RGB: what a viewer shows.

    Colours are converted from their profile to sRGB, the orientation of EXIF or XMP is applied, transparency is laid on
    white, and the first frame of an animation is taken. Metadata that are damaged, odd or long are passed over.

    Args:
        source: A path, or the bytes of a file. The format is detected from the content, not from the name.
        max_pixels: Largest width × height that is accepted, checked before decoding.
        at_least: Width and height that suffice: a large JPEG is decoded smaller, but not smaller than that.

    Returns:
        A picture of mode RGB.

    Raises:
        ImageError: The file is missing, empty, truncated, too large, or not a picture.
        OutOfMemoryError: There is too little memory to decode it.
    """
    name = "The picture" if isinstance(source, bytes) else f"The picture {Path(source).name}"
    data = source if isinstance(source, bytes) else _read(Path(source), name)
    if not data:
        raise ImageError(f"{name} is an empty file; choose a JPEG, PNG or WebP picture.", "unknown")
    try:
        with SILENCE:
            return _upright_rgb(_open(data, max_pixels, at_least))
    except (_TooLargeError, Image.DecompressionBombError) as error:
        sentence = f"{name} has more than {max_pixels // 1_000_000} megapixels; make it smaller first."
        raise ImageError(sentence, "too large", pixels=getattr(error, "pixels", 0)) from None
    except MemoryError:
        raise OutOfMemoryError(f"{name} takes more memory than there is; make it smaller first.") from None
    except Exception as error:  # decoders raise exceptions of many types on malformed files
        if _is_foreign(error, data):
            raise ImageError(
                f"{name} is not in a known format; choose a JPEG, PNG or WebP picture.", "unknown"
            ) from error
        raise _damaged(name) from error


def upright_rgb(image: Image.Image) -> Image.Image:
    """Convert any PIL picture to what `load_image` returns: turned, in sRGB, transparency laid on white, 8 bits."""
    image.load()
    exif, xmp = (_bytes_of(image.info.get(key)) for key in ("exif", "xmp"))
    return _upright_rgb(_Opened(image, orientation.stated(exif, xmp), _bytes_of(image.info.get("icc_profile"))))


def read_size(data: bytes) -> Size:
    """Return width and height of a picture, as its header states them, before it is turned.

    Raises:
        ImageError: It is not a picture.
    """
    try:
        with SILENCE, _opened(png.parts(data).data if data.startswith(png.SIGNATURE) else data) as image:
            return image.size
    except Exception as error:
        raise _damaged("The picture") from error


class _TooLargeError(Exception):
    def __init__(self, pixels: int) -> None:
        self.pixels = pixels


def _is_foreign(error: Exception, data: bytes) -> bool:
    """Return whether a file is no picture, or one of a kind that is not supported, rather than a damaged one."""
    if isinstance(error, UnidentifiedImageError):
        return not is_picture(data)
    return isinstance(error, NotImplementedError) or str(error).startswith("Unsupported")


def _damaged(name: str) -> ImageError:
    return ImageError(f"{name} is damaged or incomplete; send it again or choose another.", "damaged")


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist; check the path.") from None
    except OSError as error:
        raise ImageError(f"{name} cannot be read ({error.strerror}); check the path.") from None


def _open(data: bytes, max_pixels: int, at_least: Size | None) -> _Opened:
    """Open and load a picture.

    Raises:
        _TooLargeError: It has more pixels.
        Exception: Pillow and its decoders raise many others.
    """
    extras = png.parts(data) if data.startswith(png.SIGNATURE) else None
    with _opened(extras.data if extras else data) as image:
        _check_size(image, data, max_pixels)
        if at_least:
            image.draft("RGB", at_least)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            return _load_tiff(image)
        try:
            image.load()
        except OSError:
            whole = jpeg.completed(data) if image.format in ("JPEG", "MPO") else None
            if whole is None:
                raise
            return _open(whole, max_pixels, at_least)
        if extras:
            return _Opened(image, orientation.stated(extras.exif, extras.xmp), extras.profile)
        return _Opened(image, _stated(image), _bytes_of(image.info.get("icc_profile")))


def _opened(data: bytes) -> Image.Image:
    formats = known_formats()
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except Exception:
        if b"ftypavi" not in data[:16]:
            raise
        # Pillow writes the EXIF block of an AVIF file anew, and odd tags cannot be written: hide the block.
        return Image.open(io.BytesIO(EXIF_ITEM.sub(rb"\1none", data)), formats=["AVIF"])


def _check_size(image: Image.Image, data: bytes, max_pixels: int) -> None:
    sizes = [image.size]
    if image.format in ("ICO", "CUR", "ICNS"):  # they hold other files, which may be larger than they say
        sizes += [(int.from_bytes(found[1]), int.from_bytes(found[2])) for found in INNER_PNG.finditer(data)]
    if (pixels := max(width * height for width, height in sizes)) > max_pixels:
        raise _TooLargeError(pixels)


def _stated(image: Image.Image) -> int:
    """Return the orientation that is still to be applied."""
    if image.format in ("HEIF", "JXL"):  # their decoders turn the picture, as these formats' own fields say
        return 1
    xmp = b"" if image.format == "AVIF" else _bytes_of(image.info.get("xmp"))
    return orientation.stated(_bytes_of(image.info.get("exif")), xmp)


def _load_tiff(image: TiffImagePlugin.TiffImageFile) -> _Opened:
    """Load a TIFF file without Pillow's own turning, and without the directories in it that are not about pixels."""
    turn = orientation.meaning(image.tag_v2.get(orientation.TAG))
    with suppress(Exception):
        image.getexif()  # it fails on odd tags; what it keeps of them it does not read again
    exif = image.getexif()
    exif[orientation.TAG] = 1
    for group in TiffTags.TAGS_V2_GROUPS:
        exif.pop(group, None)
    image.load()
    return _Opened(
        image.copy(),  # at the size that the pixels have, not at that after turning
        turn or orientation.stated(b"", _bytes_of(image.info.get("xmp"))),
        _bytes_of(image.info.get("icc_profile")),
        unsigned=image.tag_v2.get(SAMPLE_FORMAT, (UNSIGNED,))[0] == UNSIGNED,
        inverted=image.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO,
    )


def _upright_rgb(opened: _Opened) -> Image.Image:
    image, alpha = opened.image, _alpha(opened.image)
    if image.mode.startswith(("I", "F")):
        image = eight_bits(image, unsigned=opened.unsigned, inverted=opened.inverted)
    elif alpha is not None and image.mode in ("L", "LA", "La", "1"):
        image = image.convert("LA").getchannel("L")
    elif image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("L" if image.mode == "1" else "RGBA").convert("L" if image.mode == "1" else "RGB")
    image = to_srgb(image, opened.profile)
    if alpha is not None:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=alpha)
        image = white
    image = orientation.turned(image, opened.orientation)
    image.info = {}  # it is applied, and would be applied again
    return image


def _alpha(image: Image.Image) -> Image.Image | None:
    """Return how opaque each pixel is, None if all are."""
    if image.mode in TRANSPARENT:
        return image.convert("RGBA").getchannel("A")
    clear = image.info.get("transparency")
    if clear is None or image.mode in ("I", "F"):
        return None
    if image.mode.startswith("I;16"):
        return Image.fromarray(np.where(np.asarray(image) == clear, 0, 255).astype(np.uint8))
    return image.convert("RGBA").getchannel("A")


def _bytes_of(value: object) -> bytes:
    """Return metadata as Pillow keeps it, bytes or text."""
    return value if isinstance(value, bytes) else value.encode("utf-8", "replace") if isinstance(value, str) else b""
