"""What is nearly whole is taken, what is broken is refused, and nothing is written to standard error."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import ImageError, OutOfMemoryError
from engine.reading import load
from engine.reading.depth import eight_bits
from engine.reading.load import load_image, read_size
from engine.reading.silence import SILENCE
from tests.support.kinds import CAT, HEIC, chunk, distance, png_with
from tests.support.pictures import encoded

FLAVOURS = [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}, {"subsampling": 0}]


def fault_of(data: bytes) -> str:
    """Return why a file is refused, an empty text if it is not."""
    try:
        load_image(data)
    except ImageError as error:
        return error.fault
    return ""


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: next(iter(flavour), "plain"))
def test_of_a_jpeg_only_the_very_end_may_be_missing(flavour: dict[str, bool]) -> None:
    """The marker at its end and a few bytes before it; a quarter or a half is missed by everybody."""
    data = encoded(CAT, "JPEG", quality=90, **flavour)
    for cut in (1, 2, 3, 10, 30):
        assert distance(load_image(data[:-cut]), load_image(data)) < 0.5
    for cut in (len(data) // 10, len(data) // 4, len(data) // 2, len(data) - 30):
        assert fault_of(data[:-cut]) == "damaged"
    small = load_image(encoded(CAT.resize((2400, 1600)), "JPEG", **flavour)[:-2], at_least=(240, 160))
    assert small.size == (300, 200)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF", "TIFF", "JPEG2000", "BMP"])
def test_half_a_file_is_damaged_and_no_unknown_format(kind: str) -> None:
    """One sentence, with the right reason."""
    image = Image.effect_noise((200, 200), 80).convert("L" if kind == "GIF" else "RGB")
    data = encoded(image, kind)
    assert fault_of(data) == ""
    assert fault_of(data[: len(data) // 2]) == "damaged"


def test_half_a_heic_file_is_damaged() -> None:
    """Libheif says so."""
    assert fault_of(HEIC[:300]) == fault_of(HEIC[:500]) == "damaged"


def test_a_wrong_checksum_of_the_header_is_damage() -> None:
    """What says what the pixels are is needed."""
    data = bytearray(encoded(CAT, "PNG"))
    data[30] ^= 1
    assert fault_of(bytes(data)) == "damaged"


def test_a_transparent_colour_of_any_depth_is_laid_on_white() -> None:
    """A PNG of 16 bits of grey, and one of 4, whose black is transparent."""
    levels = np.array([[0, 40_000]], np.uint16)
    grey16 = encoded(Image.fromarray(levels), "PNG")
    assert load_image(png_with(grey16, chunk(b"tRNS", b"\0\0"))).getpixel((0, 0)) == (255, 255, 255)
    assert load_image(png_with(grey16, chunk(b"tRNS", b"\x9c\x40"))).getpixel((1, 0)) == (255, 255, 255)
    header = b"\0\0\0\x02\0\0\0\x01\x04\0\0\0\0"  # 2×1 pixels of 4 bits
    import zlib

    body = chunk(b"IHDR", header) + chunk(b"tRNS", b"\0\x05") + chunk(b"IDAT", zlib.compress(b"\0\x5a"))
    image = load_image(b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b""))
    assert [image.getpixel((x, 0)) for x in (0, 1)] == [(255,) * 3, (170,) * 3]


def test_an_icon_that_holds_a_larger_picture_than_it_says_is_refused() -> None:
    """It would be decoded before anybody sees its size."""
    inner = encoded(Image.new("RGB", (300, 300)), "PNG")
    icon = b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + len(inner).to_bytes(4, "little") + b"\x16\0\0\0" + inner
    with pytest.raises(ImageError) as caught:
        load_image(icon, max_pixels=80_000)
    assert (caught.value.fault, caught.value.pixels) == ("too large", 90_000)


def test_numbers_of_any_range_have_black_and_white() -> None:
    """Measurements with negative numbers are stretched, sparks and what is no number do not darken the rest."""
    values = np.linspace(-2, 2, 256, dtype=np.float32).reshape(16, 16)
    assert eight_bits(Image.fromarray(values)).getextrema() == (0, 255)
    spark = np.full((100, 100), 0.5, np.float32)
    spark[0, 0], spark[0, 1], spark[0, 2] = 40, np.nan, np.inf
    assert eight_bits(Image.fromarray(spark)).getpixel((50, 50)) == 128
    assert eight_bits(Image.fromarray(np.full((2, 2), 1000, np.uint16)), inverted=True).getpixel((0, 0)) == 251


def test_what_is_no_picture_has_no_size() -> None:
    """One error for all."""
    with pytest.raises(ImageError):
        read_size(b"no picture")


def test_warnings_are_silent_while_any_thread_reads_and_as_before_afterwards() -> None:
    """The filters belong to the process: the last one that goes gives them back."""
    filters, level = warnings.filters[:], logging.getLogger("PIL").level
    first_is_in, first_may_go = threading.Event(), threading.Event()

    def first() -> None:
        with SILENCE:
            first_is_in.set()
            first_may_go.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert first_is_in.wait(10)
    with SILENCE:
        first_may_go.set()
        thread.join(10)
        warnings.warn("is not heard", stacklevel=1)  # an error by this project's settings of pytest
    assert warnings.filters == filters
    assert logging.getLogger("PIL").level == level


def test_no_library_writes_to_standard_error(tmp_path: Path) -> None:
    """Libtiff would, past Python: of a wrong strip and of unknown tags."""
    data = bytearray(encoded(CAT, "TIFF", compression="tiff_lzw", tiffinfo={65_000: "odd"}))
    data[2000:2100] = bytes(range(100))
    (tmp_path / "odd.tif").write_bytes(data)
    (tmp_path / "half.heic").write_bytes(HEIC[:500])
    code = (
        "import sys; from pathlib import Path; from engine.errors import ImageError\n"
        "from engine.reading.load import load_image\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try: load_image(path)\n"
        "    except ImageError as error: print(path.name, error.fault)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "False"
    assert "half.heic damaged" in done.stdout


def test_a_jpeg_xl_file_is_read_where_there_is_a_plug_in() -> None:
    """With its profile; where there is none, it is a format that is not known."""
    pytest.importorskip("pylibjxl")
    load_image(encoded(CAT, "PNG"))  # the plug-ins are registered by now
    file = io.BytesIO()
    CAT.save(file, "JXL", lossless=True)
    assert distance(load_image(file.getvalue()), CAT) == 0
    assert fault_of(file.getvalue()[:300]) == "damaged"


def test_a_decoder_that_fails_in_an_unforeseen_way_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it raises."""

    def fail(*_: object) -> None:
        raise RuntimeError("no reason")

    monkeypatch.setattr(load, "_check_size", fail)
    assert fault_of(encoded(CAT, "PNG")) == "damaged"


def test_too_little_memory_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture may be whole: who sent it is told to make it smaller."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(load, "_check_size", fail)
    with pytest.raises(OutOfMemoryError, match="takes more memory than there is"):
        load_image(encoded(CAT, "PNG"))
