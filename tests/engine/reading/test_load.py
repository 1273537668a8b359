"""Whatever file a person sends becomes an upright RGB picture, or one clear error."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import engine


def encode(image: Image.Image, kind: str, **settings: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def two_halves() -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (8, 4), "red")
    image.paste("blue", (4, 0, 8, 4))
    return image


def test_exif_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    image = engine.load_image(encode(two_halves(), "PNG", exif=exif))
    assert image.size == (4, 8)
    assert image.getpixel((2, 0)) == (255, 0, 0)
    assert image.getpixel((2, 7)) == (0, 0, 255)


def test_transparency_is_laid_on_white() -> None:
    image = engine.load_image(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))
    assert image.mode == "RGB"
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour_is_laid_on_white() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    loaded = engine.load_image(encode(image, "PNG", transparency=0))
    assert loaded.getpixel((0, 0)) == (255, 255, 255)
    assert loaded.getpixel((1, 0)) == (40, 50, 60)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    grey = Image.fromarray(np.array([[0, 32896, 65535]], np.uint16))
    image = engine.load_image(encode(grey, "PNG"))
    assert [image.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_cmyk_is_converted() -> None:
    image = engine.load_image(encode(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = np.asarray(image)[4, 4]
    assert red > 200 and green < 60 and blue < 60


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (6, 6), color) for color in ("lime", "blue")]
    image = engine.load_image(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert image.getpixel((3, 3)) == (0, 255, 0)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(encode(two_halves(), "PNG"))
    assert engine.load_image(path).size == (8, 4)
    assert engine.load_image(str(path)).size == (8, 4)


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header says a large size, with almost no data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


HOSTILE = {
    "empty": b"",
    "text": b"just some words, no picture at all",
    "bomb": bomb(20_000, 20_000),
    "giant bomb": bomb(2**31 - 1, 2**31 - 1),
    "zero size": bomb(0, 0),
    "no pixels": bomb(30, 30),
    "truncated png": encode(Image.effect_noise((64, 64), 90).convert("RGB"), "PNG")[:900],
    "truncated jpeg": encode(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG")[:900],
    "header alone": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_one_clear_sentence(kind: str) -> None:
    with pytest.raises(engine.ImageError) as caught:
        engine.load_image(HOSTILE[kind])
    sentence = str(caught.value)
    assert sentence.startswith("The picture ") and sentence.endswith(".") and "\n" not in sentence


def test_what_is_no_picture_and_what_is_a_broken_one_are_told_apart() -> None:
    for kind, words in (("text", "not in a known format"), ("truncated jpeg", "damaged or incomplete")):
        with pytest.raises(engine.ImageError, match=words):
            engine.load_image(HOSTILE[kind])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO"])
def test_the_formats_that_people_send_are_read(kind: str) -> None:
    assert engine.load_image(encode(two_halves(), kind)).size == (8, 4)


def test_the_pixel_limit_is_the_callers() -> None:
    with pytest.raises(engine.ImageError, match="pixels"):
        engine.load_image(encode(two_halves(), "PNG"), max_pixels=31)
    assert engine.load_image(encode(two_halves(), "PNG"), max_pixels=32).size == (8, 4)


def test_a_missing_file_and_a_folder_are_image_errors(tmp_path: Path) -> None:
    with pytest.raises(engine.ImageError, match=r"no\.png does not exist"):
        engine.load_image(tmp_path / "no.png")
    with pytest.raises(engine.ImageError, match="cannot be read"):
        engine.load_image(tmp_path)
