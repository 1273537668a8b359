"""Files that this project did not make: each loads, or gets one right sentence, and no library says anything else.

Give the folder by PICTURES_FOLDER; Pillow's own `Tests/images` is a good one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from PIL import Image

from engine.reading.formats import FORMATS
from engine.reading.load import load_image
from tests.support.kinds import distance

FOLDER = Path(os.environ.get("PICTURES_FOLDER", "/nowhere"))
CASES = Path(__file__).parents[4] / "shared" / "cases"
EACH = """
import sys
from pathlib import Path
from engine.errors import ImageError
from engine.reading.load import load_image
for path in sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_file()):
    try:
        load_image(path)
        print("loads", path, sep="\\t")
    except ImageError as error:
        assert error.fault in ("unknown", "damaged", "too large"), (path, error)
        print(error.fault, path, sep="\\t")
"""


def opens(path: Path) -> bool:
    """Return whether Pillow alone loads a file of one of the formats."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            image.load()
    except Exception:  # noqa: BLE001 - decoders raise exceptions of many types
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER.is_dir(), reason="PICTURES_FOLDER names no folder")
def test_every_file_loads_or_gets_its_sentence() -> None:
    """What Pillow loads, we load; and the process that reads them all writes nothing to standard error."""
    done = subprocess.run([sys.executable, "-c", EACH, FOLDER], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    outcomes = {Path(path): outcome for outcome, path in (line.split("\t") for line in done.stdout.splitlines())}
    counts = {outcome: list(outcomes.values()).count(outcome) for outcome in sorted(set(outcomes.values()))}
    print(f"{len(outcomes)} files: {counts}")  # noqa: T201 - the campaign's result, shown by pytest -s
    assert [path for path, outcome in outcomes.items() if outcome == "unknown" and opens(path)] == []
    assert [path for path, outcome in outcomes.items() if outcome == "damaged" and opens(path)] == []


@pytest.mark.skipif(not CASES.is_dir(), reason="the files are not here")
@pytest.mark.parametrize(
    ("name", "off"),
    [
        ("badcrc_text.png", 0),
        ("ztxt2mb.png", 0),
        ("exif_badrational.jpg", 2),
        ("icc_p3.jpg", 1.5),
        ("lab.tif", 0.5),
        ("noeoi.jpg", 2.2),
        ("o6.avif", 2),
        ("g16.png", 0),
        ("g16_bigendian.tif", 0.4),
    ],
)
def test_files_from_real_life_show_their_reference(name: str, off: float) -> None:
    """As far as their compression lets them."""
    found, wanted = load_image(CASES / name), load_image(CASES / "ref.png")
    if name.startswith("g16"):
        wanted = wanted.convert("L")
    assert distance(found, wanted.resize(found.size, Image.Resampling.LANCZOS)) <= off
