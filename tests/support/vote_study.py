"""A small finished study to vote on."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import msgspec
from PIL import Image

from engine.study.records import Environment, Painted, Results, Settings

METHODS = {
    "content": "control",
    "style": "control",
    "standard": "neural",
    "reinhard": "traditional",
    "kuwahara": "traditional",
}


def small_study(folder: Path, *, contents: int = 2, styles: int = 1) -> Results:
    """Write results and pictures: three methods to vote on, so three contests, on contents × styles pairs."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    found = product([f"photo-{n}.jpg" for n in range(contents)], [f"glass-{n}.png" for n in range(styles)], METHODS)
    rows = [
        {"content": content, "style": style, "method": method, "family": METHODS[method], "file": f"{number:04d}.png"}
        | {"parameters": {}, "seed": 0, "size": 96, "seconds": 1.0}
        for number, (content, style, method) in enumerate(found)
    ]
    for number, row in enumerate(rows):
        Image.new("RGB", (96, 64), (40 * number % 256, 90, 255 - 7 * number)).save(
            folder / "pictures" / str(row["file"])
        )
    results = Results(
        settings=Settings(
            pictures="default", profile="quick", size=96, seed=0, methods=list(METHODS), weights="builtin", other=None,
            device="cpu",
        ),
        environment=Environment(
            versions={}, processor="made up", system="Linux", processes=1, threads=1, seconds=1.0
        ),
        metrics=[],
        methods=[],
        painted=msgspec.convert(rows, list[Painted]),
    )  # fmt: skip
    (folder / "results.json").write_bytes(results.to_json())
    return results
