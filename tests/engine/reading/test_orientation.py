"""A photo stands upright, whatever wrote how it lies; and no tag, however odd, refuses it."""

from __future__ import annotations

import struct

import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from engine.reading.load import load_image, upright_rgb
from engine.reading.orientation import METHODS, stated
from tests.support.kinds import CAT, chunk, distance, exif, lying, png_with, xmp
from tests.support.pictures import encoded

BAD_RATIONAL = (0x011A, 5, 1, struct.pack("<I", 60_000))  # XResolution, which stands beyond the end
BAD_TYPE = (0x010F, 99, 7, b"abcd")
BLOCKS = {
    "a number": exif(3, 1, b"\x06\0"),
    "a number, big-endian": exif(3, 1, b"\0\x06", ">"),
    "a long number": exif(4, 1, struct.pack("<I", 6)),
    "a byte": exif(1, 1, b"\x06"),
    "a text": exif(2, 2, b"6\0"),
    "beside a bad rational": exif(3, 1, b"\x06\0", before=[BAD_RATIONAL]),
    "beside an unknown type": exif(3, 1, b"\x06\0", before=[BAD_TYPE]),
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_read_from_any_type_of_tag(kind: str, block: bytes) -> None:
    """EXIF 2.32 wants a SHORT; programs write what they like."""
    data = encoded(lying(), kind, exif=block if kind != "PNG" else block[6:], quality=95)
    image = load_image(data)
    assert image.size == CAT.size
    assert distance(image, CAT) < 4


@pytest.mark.parametrize("number", range(1, 9))
def test_all_eight_orientations(number: int) -> None:
    """Each is undone, and nothing is left that would turn the picture again."""
    turn = {5: 5, 6: 8, 7: 7, 8: 6}.get(number, number)  # what undoes it
    stored = CAT.transpose(METHODS[turn]) if turn in METHODS else CAT
    image = load_image(encoded(stored, "TIFF", exif=_exif(number)))
    assert image.tobytes() == CAT.tobytes()
    assert upright_rgb(image).tobytes() == CAT.tobytes()


def _exif(number: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = number
    return tags


def test_orientation_is_read_from_xmp() -> None:
    """Where EXIF says nothing; if both do, EXIF decides."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp(6).decode(), zip=True)
    for data in (
        encoded(lying(), "JPEG", xmp=xmp(6), quality=95),
        encoded(lying(), "PNG", pnginfo=info),
        encoded(lying(), "WEBP", xmp=xmp(6), lossless=True),
        encoded(lying(), "TIFF", tiffinfo={700: xmp(6)}),
    ):
        assert distance(load_image(data), CAT) < 2
    both = encoded(lying(), "JPEG", xmp=xmp(3), exif=BLOCKS["a number"], quality=95)
    assert distance(load_image(both), CAT) < 2
    assert stated(b"", xmp(6).decode().encode("utf-16")) == 6


def test_a_tiff_file_is_turned_by_odd_tags_too() -> None:
    """Its orientation is one of its own tags: a byte or a text there turn it, a nonsense leaves it."""
    for kind, value, turned in ((1, b"\x06", True), (2, "6", True), (3, 77, False)):
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags.tagtype[0x0112] = kind
        tags[0x0112] = value
        image = load_image(encoded(lying(), "TIFF", tiffinfo=tags))
        assert image.size == (CAT.size if turned else lying().size)


def test_imagemagicks_exif_in_a_png_text_is_read() -> None:
    """As digits, below a name and a length."""
    block = BLOCKS["a number"]
    text = b"Raw profile type exif\0\nexif\n%8d\n" % len(block) + block.hex().encode() + b"\n"
    assert load_image(png_with(encoded(lying(), "PNG"), chunk(b"tEXt", text))).size == CAT.size


def test_avif_is_turned_by_its_own_field_also_beside_odd_exif() -> None:
    """Pillow writes such an EXIF block anew, and fails."""
    plain = encoded(lying(), "AVIF", quality=95, exif=_exif(6))
    assert distance(load_image(plain), CAT) < 2
    tags = _exif(6)
    tags[0x010F] = "X" * 40
    odd = encoded(lying(), "AVIF", quality=95, exif=tags)
    maker = struct.pack(">HHI", 0x010F, 2, 41)
    assert maker in odd
    odd = odd.replace(maker, struct.pack(">HHI", 0x010F, 5, 1))  # a rational where a text belongs
    assert distance(load_image(odd), CAT) < 2


@pytest.mark.parametrize("cut", [0, 3, 6, 9, 14, 17, 21, 25])
def test_an_exif_block_that_ends_early_states_nothing(cut: int) -> None:
    """No error either."""
    assert stated(BLOCKS["a number"][:cut], b"") in (0, 1)


def test_a_rational_and_nonsense() -> None:
    """6/1 is 6; 1/0, 0 and 9 are nothing."""
    rational = exif(5, 1, struct.pack("<I", 26)) + b""
    body = rational[:32] + struct.pack("<II", 6, 1)
    assert stated(body, b"") == 6
    assert stated(rational[:32] + struct.pack("<II", 1, 0), b"") == 1
    assert [stated(exif(3, 1, bytes([value, 0])), b"") for value in (0, 9, 255)] == [1, 1, 1]
