"""Made-up results of a study with known effects, and pictures drawn for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from engine.study.records import Environment, MethodDescription, MetricDescription, Painted, Results, Settings

METHODS = msgspec.convert(
    [
        {"name": name, "family": family, "purpose": purpose, "parameters": parameters}
        for name, family, purpose, parameters in (
            ("content", "control", "the content untouched", {}),
            ("style", "control", "the style picture itself", {}),
            ("blend", "control", "half of each", {}),
            ("sketch", "neural", "a first look in seconds", {}),
            ("standard", "neural", "a good picture", {}),
            ("adam", "ablation", "Adam instead of L-BFGS", {"optimizer": "adam"}),
            ("reinhard", "traditional", "means and deviations of colours in Lab", {}),
            ("quilting", "traditional", "texture transfer of Efros and Freeman", {"block": 24}),
            ("kuwahara", "traditional", "a filter that paints by itself", {"radius": 5}),
            ("order-denoise-style", "combination", "noise removed, then painted", {}),
            ("order-style-denoise", "combination", "painted, then noise removed", {}),
            ("order-style-alone", "combination", "painted", {}),
            ("grid-ratio", "ablation", "sketch over its ratio of weights", {}),
        )
    ],
    list[MethodDescription],
)

METRICS = msgspec.convert(
    [
        {"name": name, "title": title, "against": against, "better": better, "low": 0, "high": high, "network": network}
        | {"source": source}
        for name, title, against, better, high, network, source in (
            ("ssim", "SSIM", "content", "higher", 1, "none", "Wang et al. 2004"),
            ("edges", "Edge F-score", "content", "higher", 1, "none", "Martin et al. 2004"),
            ("cfsd", "CFSD", "content", "lower", None, "main", "Chung et al. 2024"),
            ("patch-swd", "Patch sliced Wasserstein", "style", "lower", None, "none", "Karras et al. 2018"),
            ("gram-other", "Bounded Gram, other network", "style", "lower", 1, "other", "arXiv 2104.10064"),
            ("gram", "Bounded Gram", "style", "lower", 1, "main", "arXiv 2104.10064"),
            ("noise", "Noise", "none", "lower", None, "none", "Donoho and Johnstone 1994"),
        )
    ],
    list[MetricDescription],
)

Place = tuple[float, float]

PLACES: dict[str, Place] = {  # closeness to style and content, 0..1
    "content": (0.0, 1.0),
    "style": (1.0, 0.0),
    "blend": (0.3, 0.5),
    "sketch": (0.6, 0.55),
    "standard": (0.75, 0.6),
    "adam": (0.65, 0.5),
    "reinhard": (0.25, 0.85),
    "quilting": (0.7, 0.25),
    "kuwahara": (0.1, 0.8),
    "order-denoise-style": (0.7, 0.58),
    "order-style-denoise": (0.72, 0.5),
    "order-style-alone": (0.72, 0.56),
}
"""Where the methods stand in the made-up results: `standard` is nearer to the style than every traditional method."""


class _Study:
    """Rows of made-up results, with a random effect of each picture."""

    def __init__(self, contents: Sequence[str], styles: Sequence[str]) -> None:
        self.rows: list[Painted] = []
        self._generator = np.random.default_rng(7)
        self._moods = {name: float(self._generator.normal(0, 0.03)) for name in (*contents, *styles)}

    def paint(
        self, pair: tuple[str, str], method: MethodDescription, place: Place, seed: int = 0, **changes: float
    ) -> None:
        """Add an output that stands at a place."""
        optimised = method.family in ("neural", "ablation", "combination")
        near_style, near_content = place
        if method.family != "control":
            near_style, near_content = near_style + self._moods[pair[1]], near_content + self._moods[pair[0]]
        row = Painted(
            content=pair[0],
            style=pair[1],
            method=method.name,
            family=method.family,
            parameters={**method.parameters, **changes},
            seed=seed,
            size=256,
            file=f"{len(self.rows):04d}.png",
            seconds=0.2 + 4 * optimised,
            losses=[1e3 / (1 + step) ** 0.7 for step in range(60)] if optimised else [],
            metrics=self._measured(near_style, near_content, spread=0.0 if method.family == "control" else 0.02),
            unmeasured={"lpips": "weights absent"},
        )
        self.rows.append(row)

    def _measured(self, near_style: float, near_content: float, spread: float) -> dict[str, float | None]:
        noise = (self._generator.normal(0, 1, len(METRICS)) * spread).tolist()
        return {
            "ssim": min(1.0, near_content + noise[0]),
            "edges": min(1.0, max(0.0, near_content + noise[1])),
            "cfsd": max(0.0, 1 - near_content + noise[2]),
            "patch-swd": max(0.0, 100 * (1 - near_style + noise[3])),
            "gram-other": min(1.0, max(0.0, 1 - near_style + noise[4])),
            "gram": min(1.0, max(0.0, 1 - near_style + noise[5])),
            "noise": abs(0.05 + noise[6]),
            "lpips": None,
        }


def made_up_results(
    contents: int = 5,
    styles: int = 5,
    *,
    places: dict[str, Place] = PLACES,
    repeated: bool = True,
    grid: Sequence[float] = (0.01, 0.1, 1.0, 10.0),
    name: Callable[[str], str] = str,
) -> Results:
    """Return results with effects as in `places`; `name` makes the names of the files."""
    content_names = [name(f"photo-{index}.jpg") for index in range(contents)]
    style_names = [name(f"glass-{index}.png") for index in range(styles)]
    study = _Study(content_names, style_names)
    known = [method for method in METHODS if method.name in places]
    for pair, method in product(product(content_names, style_names), known):
        study.paint(pair, method, places[method.name])
        if repeated and method.family == "neural":
            study.paint(pair, method, places[method.name], seed=1)
    varied = next(method for method in METHODS if method.name == "grid-ratio")
    for pair, (index, ratio) in product(product(content_names[:2], style_names[:3]), enumerate(grid)):
        share = index / max(1, len(grid) - 1)
        study.paint(pair, varied, (share, 1 - share), ratio=ratio)
    return Results(
        settings=Settings(
            pictures="default", profile="quick", size=256, seed=0, methods=[method.name for method in known],
            weights="builtin", other=None, device="cpu",
        ),
        environment=Environment(
            versions={"vitrage": "0.1.0"}, processor="made up", system="Linux", processes=2, threads=1, seconds=60.0
        ),
        metrics=METRICS,
        methods=[*known, varied],
        painted=study.rows,
        skipped=["notes.txt: not a picture."],
    )  # fmt: skip


def draw_pictures(results: Results, folder: Path, edge: int = 96) -> None:
    """Draw a picture for each row that names a file."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:edge, 0:edge] / edge
    for index, row in enumerate(results.painted):
        if row.file is not None:
            waves = [np.sin((3 + index % 7) * x + k * y * (1 + index % 5) + index) for k in range(3)]
            pixels = (127 + 120 * np.stack(waves, axis=-1)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "pictures" / row.file)
