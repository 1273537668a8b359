"""Which files the bot accepts as pictures, and with which message it refuses others."""

import struct
import zlib

import pytest
from PIL import Image

from bot.chat.errors import BadPictureError
from bot.chat.images.check import check
from tests.support.pictures import encoded


def bomb(edge: int) -> bytes:
    """Return a PNG of a few bytes whose header says that it has edge×edge pixels."""
    header = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "TGA", "ICO"])
def test_every_usual_format_is_taken(kind: str) -> None:
    """JPEG, PNG, WebP, GIF, BMP, TIFF."""
    check(encoded(Image.effect_noise((60, 40), 50).convert("RGB"), kind))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_usual_mode_is_taken(mode: str) -> None:
    """Grey, palette, transparent, CMYK and 16-bit pictures."""
    check(encoded(Image.new(mode, (40, 40)), "TIFF" if mode == "CMYK" else "PNG"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "bad-not-image"),
        (b"%PDF-1.7 hello", "bad-not-image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bad-not-image"),
        (encoded(Image.effect_noise((300, 300), 80), "JPEG")[:2000], "bad-truncated"),
        (encoded(Image.effect_noise((300, 300), 80), "PNG")[:2000], "bad-truncated"),
        (encoded(Image.effect_noise((300, 300), 80), "WEBP")[:2000], "bad-truncated"),
        (b"\x89PNG\r\n\x1a\n and no more", "bad-truncated"),
        (bomb(9_000), "bad-too-large"),
        (bomb(60_000), "bad-too-large"),
        (encoded(Image.new("RGB", (15, 200)), "PNG"), "bad-too-small"),
    ],
    ids=["nothing", "pdf", "svg", "half-jpeg", "half-png", "half-webp", "head-of-png", "large", "bomb", "tiny"],
)
def test_what_is_no_usable_picture_gets_its_own_sentence(data: bytes, sentence: str) -> None:
    """Hostile and broken files are refused before they are decoded in full."""
    with pytest.raises(BadPictureError) as caught:
        check(data)
    assert caught.value.name == sentence
