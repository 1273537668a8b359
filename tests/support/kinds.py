"""Picture files of many kinds that all show the same: what people send, and what decoders stumble over."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin
from skimage.color import deltaE_ciede2000, rgb2lab

from tests.support import profiles
from tests.support.pictures import encoded

CAT = Image.fromarray(skimage.data.chelsea()).resize((240, 160), Image.Resampling.LANCZOS)
GREY = CAT.convert("L")
LEVELS = np.asarray(GREY)
HOLE = (20, 20, 90, 70)  # what is transparent, and therefore white

# 64×48, red on the left and blue on the right; no encoder of HEVC is at hand where the tests run.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAGoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAHJtZGF0AAAAZigBrxOA+BDhp//8TSj/+nXPD9PMiYn/+tNSR/hU"
    "O//WicPySkWzrHl9nv8H4h1KpEq3xpK+HfM2sf+d4tvFAhneIy6JZXLEP+zlxMa+qdw77mN6fapRbf83mqG4xuGn3Gx6O58SuA=="
)


@dataclass(frozen=True)
class Kind:
    """A file and what it shows.

    Attributes:
        off: The largest mean ΔE2000 that its compression may cause.
    """

    data: bytes
    shows: Image.Image = field(default_factory=lambda: CAT)
    off: float = 0.2


def distance(found: Image.Image, wanted: Image.Image) -> float:
    """Return the mean ΔE2000 of two pictures of one size."""
    labs = [rgb2lab(np.asarray(image.convert("RGB")) / 255) for image in (found, wanted)]
    return float(deltaE_ciede2000(*labs).mean())


def png_with(data: bytes, *chunks: bytes) -> bytes:
    """Return a PNG file with other chunks after its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def chunk(kind: bytes, body: bytes, *, intact: bool = True) -> bytes:
    """Return a chunk of a PNG file; one that is not intact has a wrong checksum."""
    checksum = zlib.crc32(kind + body) ^ (0 if intact else 1)
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", checksum)


def exif(
    kind: int, count: int, value: bytes, order: str = "<", before: Sequence[tuple[int, int, int, bytes]] = ()
) -> bytes:
    """Return an EXIF block with an orientation of any type, and entries of other tags before it."""
    entries = [*before, (0x0112, kind, count, value.ljust(4, b"\0"))]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(entries))
    return (
        b"Exif\0\0" + head + b"".join(struct.pack(f"{order}HHI", *each[:3]) + each[3] for each in entries) + bytes(20)
    )


def xmp(orientation: int) -> bytes:
    """Return an XMP packet that states an orientation."""
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta>'
        % orientation
    )


def lying() -> Image.Image:
    """Return the cat as a camera that was turned stores it: orientation 6 makes it stand upright."""
    return CAT.transpose(Image.Transpose.ROTATE_90)


def with_hole(image: Image.Image = CAT) -> Image.Image:
    """Return the picture on white, without what is in the hole."""
    image = image.convert("RGB")
    image.paste("white", HOLE)
    return image


def _clear(mode: str) -> Image.Image:
    image = CAT.convert(mode)
    alpha = Image.new("L", CAT.size, 255)
    alpha.paste(0, HOLE)
    image.putalpha(alpha)
    return image


def _palette() -> Kind:
    image = CAT.quantize(255)
    shows = with_hole(image)
    image.putpalette([*(image.getpalette() or []), 10, 20, 30])
    image.paste(255, HOLE)
    return Kind(encoded(image, "PNG", transparency=255), shows)


def _lab() -> Image.Image:
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = to_lab.apply(CAT)
    lab.info = {}
    return lab


def _png16(levels: NDArray[np.uint16]) -> bytes:
    """Return a PNG file of 16 bits per channel; Pillow writes none of colours."""
    height, width, channels = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _tiff32() -> bytes:
    """Return a TIFF file of unsigned 32 bits; Pillow writes signed ones."""
    data = encoded(Image.fromarray((LEVELS.astype(np.uint32) * 0x01010101).view(np.int32)), "TIFF")
    return data.replace(struct.pack("<HHII", 339, 3, 1, 2), struct.pack("<HHII", 339, 3, 1, 1))


def _in_wide_gamut() -> Kind:
    """The cat's values, taken for P3's: more colourful than the cat, as far as sRGB goes."""
    values = profiles.from_wide_gamut(np.asarray(CAT) / 255)
    shows = Image.fromarray((values * 255).round().astype(np.uint8))
    return Kind(encoded(CAT, "PNG", icc_profile=profiles.wide_gamut()), shows, off=0.3)


def _text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 3_000_000, zip=True)
    return info


def _formats() -> dict[str, Kind]:
    """Return files of the usual formats."""
    cat = encoded(CAT, "PNG")
    jpeg = encoded(CAT, "JPEG", quality=95, subsampling=0)
    return {
        "png": Kind(cat),
        "jpeg": Kind(jpeg, off=1.5),
        "webp": Kind(encoded(CAT, "WEBP", lossless=True)),
        "bmp": Kind(encoded(CAT, "BMP")),
        "tga": Kind(encoded(CAT, "TGA")),
        "qoi": Kind(encoded(CAT, "QOI")),
        "tiff": Kind(encoded(CAT, "TIFF", compression="tiff_lzw")),
        "jpeg 2000": Kind(encoded(CAT, "JPEG2000")),
        "avif": Kind(encoded(CAT, "AVIF", quality=95), off=2),
        "gif": Kind(encoded(CAT.quantize(256), "GIF"), CAT.quantize(256).convert("RGB")),
        "animation": Kind(encoded(CAT, "WEBP", lossless=True, save_all=True, append_images=[with_hole()])),
    }


def _odd_files() -> dict[str, Kind]:
    """Return files with faults that viewers pass over."""
    cat = encoded(CAT, "PNG")
    jpeg = encoded(CAT, "JPEG", quality=95, subsampling=0)
    return {
        "wrong checksum of a text": Kind(png_with(cat, chunk(b"tEXt", b"Comment\0hello", intact=False))),
        "wrong checksum of a profile": Kind(png_with(cat, chunk(b"iCCP", b"p3\0\0" + b"broken", intact=False))),
        "broken profile": Kind(encoded(CAT, "PNG", icc_profile=b"no profile at all" * 20)),
        "foreign profile": Kind(encoded(CAT, "PNG", icc_profile=profiles.odd_ink())),
        "long text": Kind(encoded(CAT, "PNG", pnginfo=_text())),
        "no last chunk": Kind(cat[:-12]),
        "jpeg without its end": Kind(jpeg[:-2], off=1.5),
        "jpeg without its last bytes": Kind(jpeg[:-30], off=1.5),
        "progressive jpeg without its end": Kind(encoded(CAT, "JPEG", quality=95, progressive=True)[:-2], off=3),
    }


def _by_profile() -> dict[str, Kind]:
    """Return files whose colours are not sRGB's numbers."""
    cat = encoded(CAT, "PNG")
    wide = _in_wide_gamut()
    linear = Image.fromarray((profiles.srgb(LEVELS / 255.0) * 255).round().astype(np.uint8))
    return {
        "wide gamut": wide,
        "wide gamut in jpeg": Kind(
            encoded(CAT, "JPEG", quality=98, subsampling=0, icc_profile=profiles.wide_gamut()), wide.shows, off=1
        ),
        "grey with a profile": Kind(encoded(GREY, "PNG", icc_profile=profiles.grey(1.0)), linear, off=0.3),
        "grey with a profile of colours": Kind(
            encoded(GREY, "PNG", icc_profile=profiles.wide_gamut()), _grey_of_gamma(profiles.GAMMA), off=0.5
        ),
        "gamma": Kind(png_with(cat, chunk(b"gAMA", struct.pack(">I", 100_000))), _linear(CAT), off=0.3),
        "gamma as usual": Kind(png_with(cat, chunk(b"gAMA", struct.pack(">I", 45_455)))),
    }


def _by_depth() -> dict[str, Kind]:
    """Return files of other depths, colour spaces and kinds of transparency."""
    wide_levels = LEVELS.astype(np.uint16) * 257
    return {
        "grey 16 bits": Kind(encoded(Image.fromarray(wide_levels), "PNG"), GREY),
        "grey 16 bits in tiff": Kind(encoded(Image.fromarray(wide_levels), "TIFF"), GREY),
        "grey 16 bits, big-endian": Kind(encoded(Image.fromarray(wide_levels.astype(">u2")), "TIFF"), GREY),
        "grey 32 bits": Kind(encoded(Image.fromarray(LEVELS.astype(np.int32) * 257), "TIFF"), GREY),
        "grey 32 bits, all of them": Kind(_tiff32(), GREY),
        "floats to 1": Kind(encoded(Image.fromarray((LEVELS / 255).astype(np.float32)), "TIFF"), GREY),
        "floats to 255": Kind(encoded(Image.fromarray(LEVELS.astype(np.float32)), "TIFF"), GREY),
        "colours 16 bits": Kind(_png16(np.asarray(CAT).astype(np.uint16) * 257)),
        "lab": Kind(encoded(_lab(), "TIFF"), off=0.6),
        "ycbcr": Kind(encoded(CAT.convert("YCbCr"), "JPEG", quality=95, subsampling=0), off=1.5),
        "cmyk": Kind(encoded(CAT.convert("CMYK"), "TIFF"), CAT.convert("CMYK").convert("RGB")),
        "odd ink": Kind(
            encoded(Image.new("CMYK", (80, 60), (255, 0, 0, 0)), "TIFF", icc_profile=profiles.odd_ink()),
            Image.new("RGB", (80, 60), "red"),
            off=4,
        ),
        "transparent": Kind(encoded(_clear("RGBA"), "PNG"), with_hole()),
        "transparent grey": Kind(encoded(_clear("LA"), "PNG"), with_hole(GREY)),
        "transparent colour of a palette": _palette(),
        "black and white": Kind(encoded(CAT.convert("1"), "PNG"), CAT.convert("1")),
        "heic": Kind(HEIC, _halves(), off=1),
    }


def _grey_of_gamma(gamma: float) -> Image.Image:
    return Image.fromarray((profiles.srgb((LEVELS / 255.0) ** gamma) * 255).round().astype(np.uint8))


def _linear(image: Image.Image) -> Image.Image:
    return Image.fromarray((profiles.srgb(np.asarray(image) / 255.0) * 255).round().astype(np.uint8))


def _halves() -> Image.Image:
    image = Image.new("RGB", (64, 48), "red")
    image.paste("blue", (32, 0, 64, 48))
    return image


KINDS: Mapping[str, Kind] = _formats() | _odd_files() | _by_profile() | _by_depth()
